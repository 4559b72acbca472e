// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
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

// A promised call is first of all of whoever was named to make it: that it is due soon, and that nobody
// called, is told to them as to whoever has the ticket. Another promise of the ticket is not theirs.
func TestN18_N29_WhoIsNamedForACallIsTold(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		colleague := o.Somebody(access.Agent)
		o.do(o.agent, ticket.PromiseCall{At: o.Clock.Now().Add(4 * time.Hour), Number: "13800000000", Who: colleague.ID})
		o.do(o.agent, ticket.HoldFor{Reason: ticket.ForVendor, Next: o.Clock.Now().Add(2 * time.Hour)})
		o.Advance(3 * time.Hour)
		o.same("of another promise", o.told(colleague, inbox.Open))
		o.Advance(40 * time.Minute)
		o.same("due soon", o.told(colleague, inbox.Open), inbox.Promise)
		o.Advance(time.Hour)
		o.same("nobody called", o.told(colleague, inbox.Open), inbox.Promise, inbox.Promise)
		if broke := (promise.Broke{}).EventName(); !o.hears(colleague, broke) || !o.hears(o.agent, broke) {
			o.Errorf("that nobody called is told to whoever was named: %v, to whoever has the ticket: %v", o.hears(colleague, broke), o.hears(o.agent, broke))
		}
	})
}

// A visit that a colleague calls off is told to the engineer who was to go, and to no engineer who calls
// off their own (N27).
func TestN27_TheEngineerHearsThatAVisitWasCalledOff(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		engineer := o.Somebody(access.Agent)
		from := o.Clock.Now().Add(26 * time.Hour)
		wish := visit.Wish{Act: visit.Fix, Engineer: engineer.ID, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "A座 301", Purpose: "换搓纸轮", Zone: "Asia/Shanghai"}
		for _, own := range []bool{true, false} {
			v, err := o.Visits.Propose(o.Context(), apptest.Actor(o.agent, "web"), ticket.Target{ID: o.t.ID}, wish)
			if err != nil {
				o.Fatal(err)
			}
			by := o.lead
			if own {
				by = engineer
			}
			if _, err := o.Visits.Do(o.Context(), apptest.Actor(by, "web"), v.ID, visit.Wish{Act: visit.Cancel, Why: "用户说好了"}); err != nil {
				o.Fatal(err)
			}
			if own && o.hears(engineer, inbox.VisitOff) {
				o.Error("they are told of what they did themselves")
			}
		}
		p, err := o.Inbox.List(o.Context(), apptest.Actor(engineer, "web"), inbox.Filter{})
		if err != nil || len(p.Lines) != 1 || p.Lines[0].Items[0].Words() != "inbox.did_visit_off" {
			o.Errorf("the engineer is told %+v, %v", p.Lines, err)
		}
	})
}
