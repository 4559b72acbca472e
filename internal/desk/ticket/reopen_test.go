// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"errors"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// The time was up for a solution that the requester then rejected: nothing is left of that, and the
// ticket closes neither as unconfirmed nor with the word about another solution.
func TestN35_ARejectedSolutionDoesNotCloseAsTimedOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.complete(r.record("付款失败"))
		r.do(r.agent, v, ticket.Resolve{Solution: solution()})
		if v = r.do(access.Desk(), v, ticket.Expire{}); v.Status != ticket.Resolved || v.Detail.Expired.IsZero() {
			t.Fatalf("without a closure sheet: %s, %v", v.Status, v.Detail.Expired)
		}
		if v = r.do(r.requester, v, ticket.Reject{Reason: "还是不行"}); !v.Detail.Expired.IsZero() {
			t.Errorf("rejected, and its time is still up: %v", v.Detail.Expired)
		}
		r.do(r.agent, v, ticket.Archive{Difficulties: "难", Approach: "试了"})
		for as, key := range map[ticket.Outcome]string{ticket.Unconfirmed: "ticket.not_expired", ticket.Confirmed: "ticket.not_confirmed"} {
			if _, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Close{As: as}); !errors.Is(err, errs.New(errs.Conflict, key)) {
				t.Errorf("closed as %s: %v", as, err)
			}
		}
	})
}
