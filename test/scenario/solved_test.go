// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
)

// A hand-over that nobody answered is over with the solution, or with the end of the ticket: what comes
// back is whose it is, and no clock of the other team runs from long ago (N28).
func TestN28_AHandOverIsOverWithItsTicket(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ends func(*world)
		back func(*world)
	}{
		"withdrawn and opened again": {
			func(w *world) { w.do(w.owner, "portal", ticket.Close{As: ticket.Cancelled, Reason: "不用了"}) },
			func(w *world) { w.do(w.owner, "portal", ticket.Reopen{Reason: "又坏了"}) },
		},
		"solved by who sent it, and not confirmed": {
			func(w *world) { w.solves(true) },
			func(w *world) { w.do(w.owner, "portal", ticket.Reject{Reason: "还是不行"}) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apptest.Each(t, func(t *testing.T, h *apptest.House) {
				w := build(t, h, "")
				other, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "网络组", Members: []person.ID{w.lead.ID}}, 0)
				w.must(err)
				w.do(w.agent, "web", ticket.HandOver{Group: other.ID, Done: "查过", Why: "网络的事", Needed: "看交换机"})
				h.Clock.Advance(time.Minute)
				tt.ends(w)
				h.Clock.Advance(24 * time.Hour)
				tt.back(w)
				x := w.now()
				if c, ok := h.Clocks.One(sla.Accept, x); x.HandedOver() || ok && c.Stopped.IsZero() {
					t.Errorf("it waits for the other team: %v, its clock %+v", x.HandedOver(), c)
				}
				w.do(w.agent, "web", ticket.Assign{Assignee: w.agent.ID})
			})
		})
	}
}

// What was agreed before a ticket was solved is kept: the engineer sets out and arrives (N27).
func TestN27_AnEngineerSetsOutForASolvedTicket(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		from := o.Clock.Now().Add(26 * time.Hour)
		v, err := o.Visits.Propose(o.Context(), apptest.Actor(o.agent, "web"), ticket.Target{ID: o.t.ID}, visit.Wish{
			Act: visit.Fix, Engineer: o.agent.ID, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "A座 301", Purpose: "换搓纸轮", Zone: "Asia/Shanghai",
		})
		if err != nil {
			o.Fatal(err)
		}
		o.do(o.agent, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}})
		o.do(o.agent, ticket.Deviate{Gap: "gap.intake", Reason: "用户只说了现象"})
		o.do(o.agent, ticket.Resolve{Solution: ticket.Solution{Text: "重装驱动", Cause: "驱动旧", Prevention: "更新", Verify: []string{"打印"}}})
		o.Advance(26 * time.Hour)
		for _, w := range []visit.Wish{{Act: visit.Start}, {Act: visit.Arrive, Why: "门口没有标签"}} {
			if v, err = o.Visits.Do(o.Context(), apptest.Actor(o.agent, "web"), v.ID, w); err != nil {
				o.Fatalf("%s: %v", w.Act, err)
			}
		}
		x, err := o.Tickets.Get(o.Context(), access.Desk(), ticket.Target{ID: o.t.ID})
		if err != nil || x.Status != ticket.Resolved {
			o.Errorf("the ticket is %s (%v)", x.Status, err)
		}
		list, err := o.Promises.ForTicket(o.Context(), access.Desk(), x)
		if err != nil {
			o.Fatal(err)
		}
		for _, p := range list {
			if p.Source == promise.Visit && p.State != promise.Kept {
				o.Errorf("the promise of the visit is %s", p.State)
			}
		}
	})
}
