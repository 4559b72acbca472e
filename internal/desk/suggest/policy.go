// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PolicyName is the name under which the policy is stored.
const PolicyName = "suggest.policy"

// Policy says what the desk may do with its guesses by itself. At first: nothing.
type Policy struct {
	Apply     []Label // saved without asking, where the share is high enough; category and service only
	Threshold int64   // from which share, in per cent, 80–99
}

// Start is the policy of a new desk.
func Start() Policy { return Policy{Threshold: 95} }

// Appliable are the labels that the desk may save by itself: what a person takes back with a
// press. Facts about the world, which grading asks for, are stated by people; the group follows
// from the category and from the rules of routing.
func Appliable() []Label { return []Label{Category, ServiceLabel} }

// Check returns Invalid with the fields to mend.
func (p Policy) Check() error {
	if p.Threshold < 80 || p.Threshold > 99 {
		return errs.Field("threshold", "suggest.threshold")
	}
	for _, l := range p.Apply {
		if !slices.Contains(Appliable(), l) {
			return errs.Field("apply", "suggest.apply_label")
		}
	}
	return nil
}

// applies reports whether an offer is saved without asking.
func (p Policy) applies(o Offer) bool {
	return slices.Contains(p.Apply, o.Label) && o.Share >= p.Threshold*10 && o.Outcome == Waits
}
