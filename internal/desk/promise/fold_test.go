// SPDX-License-Identifier: Apache-2.0

package promise_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestI10_StoredPromisesAreWhatTheFactsSay lets anything happen to tickets in any order, with
// jobs that run late or not at all for a while and a clock that jumps, and computes the rows again.
func TestI10_StoredPromisesAreWhatTheFactsSay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, outer *room) {
		rapid.Check(t, func(t *rapid.T) {
			r := &room{TB: outer.TB, Service: outer.Service, clock: outer.clock, agent: outer.agent, requester: outer.requester}
			r.clock.Set(start())
			which := r.accepted()
			for range rapid.IntRange(1, 14).Draw(t, "length") {
				r.anything(t, which)
			}
			r.runs()
			r.same(which)
			r.clock.Advance(400 * 24 * hour)
			r.runs()
			r.same(which)
			broken := map[string]int{}
			for _, p := range r.rows(which) {
				broken[string(p.State)]++
			}
			n := 0
			for _, f := range r.facts(which) {
				if f == "broken" {
					n++
				}
			}
			if n < broken["broken"] || broken["open"] != 0 { // more where a visit, of which the desk heard late, broke and was kept
				t.Fatalf("%d facts say broken; the rows say %v", n, broken)
			}
		})
	})
}

// anything lets something happen, or time pass.
func (r *room) anything(t *rapid.T, which ticket.ID) {
	in := func() time.Time {
		return r.clock.Now().Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "in")) * minute)
	}
	next := in()
	deeds := map[string]func(){
		"time": func() { r.clock.Advance(time.Duration(rapid.IntRange(0, 200).Draw(t, "minutes")) * minute) },
		"back": func() { r.clock.Advance(-time.Duration(rapid.IntRange(1, 90).Draw(t, "back")) * minute) },
		"jobs": func() { r.runs() },
		"word": func() { r.try(t, r.agent, which, ticket.Reply{Say: ticket.Say{Text: "好"}}) },
		"told": func() { r.try(t, r.agent, which, say("稍后", next)) },
		"user": func() { r.try(t, r.requester, which, ticket.Reply{Say: ticket.Say{Text: "?"}}) },
		"call": func() {
			r.try(t, r.agent, which, ticket.CallRecord{Say: ticket.Say{Text: "打通"}, Spoke: true, Promise: next})
		},
		"appoint": func() { r.try(t, r.agent, which, ticket.PromiseCall{At: next, Number: "8009"}) },
		"ring":    func() { r.try(t, r.agent, which, ticket.CallRecord{Say: ticket.Say{Text: "没人接"}}) },
		"block":   func() { r.try(t, r.agent, which, blocked(next)) },
		"wait":    func() { r.try(t, r.agent, which, ticket.HoldFor{Reason: ticket.ForVendor, Next: next}) },
		"resume":  func() { r.try(t, r.agent, which, ticket.Resume{}) },
		"close":   func() { r.try(t, r.agent, which, ticket.Close{As: ticket.Invalid, Reason: "误报"}) },
		"visit": func() {
			n := ticket.VisitNote{ID: int64(rapid.IntRange(1, 2).Draw(t, "visit")), Step: rapid.SampledFrom(ticket.VisitSteps()).Draw(t, "step"), Engineer: person.ID(r.agent.ID), Place: "A座 301"}
			switch n.Step {
			case ticket.VisitFixed, ticket.VisitAgreed, ticket.VisitMoved:
				n.Times = []ticket.Span{{From: next.Add(-minute), To: next}}
			case ticket.VisitArrived:
				n.Did = r.clock.Now().Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "ago")) * minute)
			default:
			}
			by := r.agent
			if n.Step == ticket.VisitAgreed || n.Step == ticket.VisitRefused { // those are the requester's to take
				by = r.requester
			}
			r.try(t, by, which, ticket.Visit{Note: n})
		},
		"reopen": func() { r.try(t, r.agent, which, ticket.Reopen{Reason: "没好"}) },
	}
	names := []string{"time", "time", "back", "jobs", "word", "told", "told", "user", "call", "appoint", "appoint", "ring", "block", "wait", "resume", "visit", "visit", "visit", "close", "reopen"}
	deeds[rapid.SampledFrom(names).Draw(t, "deed")]()
}

// try gives a command that the ticket's life may refuse.
func (r *room) try(t *rapid.T, by access.Actor, which ticket.ID, cmd ticket.Command) {
	_, err := r.Tickets.Do(r.Context(), by, ticket.Target{ID: which}, cmd)
	if err != nil && errs.KindOf(err) != errs.Conflict {
		t.Fatal(err)
	}
}
