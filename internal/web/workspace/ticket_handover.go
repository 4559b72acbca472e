// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/clue"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mayAnswerHandOver reports whether the reader may take over or give back what waits for their team:
// not whoever sent it (N28).
func (s *sheet) mayAnswerHandOver() bool {
	me := s.c.Person.ID
	if !s.t.HandedOver() || me == s.t.Detail.HandOver.By {
		return false
	}
	lead := s.c.Actor.Role == access.Lead || s.c.Actor.Role == access.Admin
	return lead || me == s.t.Assignee || slices.Contains(s.f.People.GroupsOf(s.c.Context(), me), s.t.Group)
}

// showsHandOver reports whether the package of a hand-over stands above the thread: until it is
// answered for everybody, then folded; a refusal until something else happens with the work.
func (s *sheet) showsHandOver() bool {
	h := s.t.Detail.HandOver
	return !h.At.IsZero() && h.Over.IsZero() && (s.t.Status == ticket.Opened || s.t.Status == ticket.Pending)
}

// acceptClock is the time in which the other team answers; false once it did.
func (s *sheet) acceptClock() (ui.Clock, bool) {
	for _, c := range s.clocks {
		if c.Name == sla.Accept && c.Stopped.IsZero() {
			return s.clock(c), true
		}
	}
	return ui.Clock{}, false
}

// packed are the facts of the record that a specialist needs, element by element (N15).
func (s *sheet) packed() []answer {
	var out []answer
	for _, e := range []ticket.Element{ticket.Symptom, ticket.Since, ticket.Affected, ticket.People, ticket.Wanted} {
		a := s.t.Detail.Intake[e]
		switch {
		case a.Value != "":
			out = append(out, answer{s.T("workticket.element_" + string(e)), a.Value})
		case a.Unknown:
			out = append(out, answer{s.T("workticket.element_" + string(e)), s.T("workticket.pack_unknown", "Reason", a.Reason)})
		}
	}
	if name := s.service(s.t); name != "" {
		out = append(out, answer{s.T("workticket.service"), name})
	}
	return out
}

// codes are the facts in what the requester wrote, each once (N16).
func (s *sheet) codes() []clue.Clue {
	var out []clue.Clue
	for _, e := range s.entries {
		if e.Message == nil || !e.Message.ByUser {
			continue
		}
		text := e.Message.Text
		if len(text) > readText {
			text = text[:readText]
		}
		for _, c := range s.f.cluesIn(text) {
			if len(out) < shownClues && !slices.ContainsFunc(out, func(x clue.Clue) bool { return x.Value == c.Value }) {
				out = append(out, c)
			}
		}
	}
	return out
}

// running are the clocks that the other team takes along.
func (s *sheet) running() []ui.Clock {
	var out []ui.Clock
	for _, c := range s.clocks {
		if c.Stopped.IsZero() && c.Name != sla.Accept && c.Name != sla.Confirm {
			out = append(out, s.clock(c))
		}
	}
	return out
}
