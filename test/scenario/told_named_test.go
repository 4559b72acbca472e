// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Whoever has a ticket that somebody else of the desk cancels hears of it by mail, by their own rule: a
// letter of its own there is only where the requester withdraws it.
func TestTold_WhoHadItHasALetterThatItWasCancelled(t *testing.T) {
	t.Parallel()
	for name, withdrawn := range map[string]bool{"by a colleague": false, "by the requester": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			offices(t, func(o *office) {
				by := o.lead
				if withdrawn {
					by = o.user
				}
				before := len(o.Mailbox(o.agent.Email))
				o.do(by, ticket.Close{As: ticket.Cancelled, Reason: "用户来电说不用了"})
				o.RunJobs()
				o.Advance(10 * time.Minute)
				o.same("the page", o.told(o.agent, inbox.Open), inbox.Rejected)
				if n := len(o.Mailbox(o.agent.Email)) - before; n != 1 {
					o.Errorf("%d letters to whoever had it", n)
				}
			})
		})
	}
}
