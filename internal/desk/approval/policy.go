// SPDX-License-Identifier: Apache-2.0

package approval

import "github.com/loopdesk/loopdesk/internal/kit/errs"

// PolicyName is the name under which Policy is stored.
const PolicyName = "approval.policy"

// Policy says when approvers are asked again and when nobody waits for them any longer, in hours
// of the desk's working time.
type Policy struct {
	RemindHours int64 // 1–240: until those whose turn it is are asked once more, and again
	ExpireHours int64 // 1–960, not less than RemindHours: until it ends undecided
}

// Start is the policy of a new desk: asked again after half a working day, over after three.
func Start() Policy { return Policy{RemindHours: 4, ExpireHours: 24} }

// Check returns Invalid with the fields out of range.
func (p Policy) Check() error {
	var bad []errs.FieldError
	if p.RemindHours < 1 || p.RemindHours > 240 {
		bad = append(bad, errs.FieldError{Name: "remind_hours", Key: "approval.remind_range"})
	}
	if p.ExpireHours < max(p.RemindHours, 1) || p.ExpireHours > 960 {
		bad = append(bad, errs.FieldError{Name: "expire_hours", Key: "approval.expire_range"})
	}
	return errs.Invalidf(bad...)
}
