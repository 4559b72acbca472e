// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// A hand-over is a question: the other team takes the work, or says why not. The owner stays
// accountable whatever the answer (N12, N28).
//
//	handed over ──take over, or work on it──▶ taken
//	     └── refused, with a reason ──▶ back with the team that sent it

// The answers to a hand-over.
const (
	CmdTakeOver       Name = "take-over"
	CmdRefuseHandOver Name = "refuse-hand-over"
)

// PassedOften is the number of hand-overs between the same two groups from which a ticket is passed
// around instead of being solved, and is raised (N11).
const PassedOften = 3

type (
	// TakeOver accepts what was handed over; without a name on it, the actor works on it from now on.
	TakeOver struct{}
	// RefuseHandOver gives it back to the team that sent it, with the reason.
	RefuseHandOver struct{ Reason string }
)

type (
	// TakenOver says that the other team accepted (N28).
	TakenOver struct {
		Of
		Assignee person.ID
	}
	// HandOverRefused says that it did not, and with whom the work is again.
	HandOverRefused struct {
		Of
		From     person.GroupID // who refused
		To       person.GroupID // who has it back
		Assignee person.ID      // whoever handed it over; 0 where they left
		Reason   string
	}
	// PassedAround says that two groups pass the ticket back and forth (N11).
	PassedAround struct {
		Of
		Groups [2]person.GroupID
		Count  int
	}
)

// EventName of each fact.
func (TakenOver) EventName() string       { return "ticket.taken_over" }
func (HandOverRefused) EventName() string { return "ticket.hand_over_refused" }
func (PassedAround) EventName() string    { return "ticket.passed_around" }

// Name of each command.
func (TakeOver) Name() Name       { return CmdTakeOver }
func (RefuseHandOver) Name() Name { return CmdRefuseHandOver }

// Moved counts the hand-overs between two groups.
type Moved struct {
	Groups [2]person.GroupID // the smaller key first
	Count  int
}

// pairOf names two groups whatever the direction.
func pairOf(a, b person.GroupID) [2]person.GroupID {
	return [2]person.GroupID{min(a, b), max(a, b)}
}

// passes counts the hand-overs between the groups of one more, itself included; 0 where it stays in
// its group or comes from none.
func (t Ticket) passes(from, to person.GroupID) int {
	if from == 0 || from == to {
		return 0
	}
	for _, m := range t.Detail.Moves {
		if m.Groups == pairOf(from, to) {
			return m.Count + 1
		}
	}
	return 1
}

// PingPong is the largest number of hand-overs between the same two groups.
func (t Ticket) PingPong() int {
	n := 0
	for _, m := range t.Detail.Moves {
		n = max(n, m.Count)
	}
	return n
}

// move counts a hand-over.
func (t *Ticket) move(from, to person.GroupID) {
	n := t.passes(from, to)
	if n == 0 {
		return
	}
	t.Detail.Moves = slices.Clone(t.Detail.Moves)
	for i := range t.Detail.Moves {
		if t.Detail.Moves[i].Groups == pairOf(from, to) {
			t.Detail.Moves[i].Count = n
			return
		}
	}
	t.Detail.Moves = append(t.Detail.Moves, Moved{pairOf(from, to), n})
}

// HandedOver reports whether a hand-over waits for the answer of the other team.
func (t Ticket) HandedOver() bool {
	h := t.Detail.HandOver
	return !h.At.IsZero() && h.Answered().IsZero() && (t.Status == Opened || t.Status == Pending)
}

// noHandOver notes that nobody has to answer a hand-over any more: the ticket is solved, or has ended. If
// it comes back, it is whose it is (N28).
func (t *Ticket) noHandOver(f Fact, m event.Meta) {
	switch f.(type) {
	case SolutionGiven, Ended:
		if h := &t.Detail.HandOver; !h.At.IsZero() && h.Answered().IsZero() {
			h.Over = m.At
		}
	}
}

// HandedOverBy reports whether somebody handed the ticket over and waits for the other team.
func (t Ticket) HandedOverBy(who person.ID) bool {
	return t.HandedOver() && t.Detail.HandOver.By == who
}

// ErrHandOverOwn refuses the answer to a hand-over from whoever sent it (N28).
var ErrHandOverOwn = errs.New(errs.Denied, "ticket.hand_over_own") //nolint:gochecknoglobals // a sentinel

// answersHandOver reports why the actor may not answer a hand-over; nil where they may. Whoever sent it does
// not; members of the team, whoever it names, and those who lead do.
func (w world) answersHandOver(t Ticket) error {
	switch {
	case !t.HandedOver():
		return errs.New(errs.Conflict, "ticket.no_hand_over")
	case w.by.Kind == access.System:
		return nil
	case t.HandedOverBy(person.ID(w.by.ID)):
		return ErrHandOverOwn
	case w.member[t.Group], t.Assignee == person.ID(w.by.ID), w.by.Role == access.Lead, w.by.Role == access.Admin:
		return nil
	}
	return errs.New(errs.Denied, "ticket.hand_over_others")
}

func (TakeOver) decide(t Ticket, w world) ([]Fact, error) {
	if err := w.answersHandOver(t); err != nil {
		return nil, err
	}
	who := t.Assignee
	if who == 0 {
		who = person.ID(w.by.ID)
	}
	return []Fact{TakenOver{Of{t.ID}, who}}, nil
}

func (c RefuseHandOver) decide(t Ticket, w world) ([]Fact, error) {
	if err := w.answersHandOver(t); err != nil {
		return nil, err
	}
	reason := text.Body(c.Reason)
	if text.Seen(reason) < 5 {
		return nil, errs.Field("reason", "ticket.refuse_reason")
	}
	h := t.Detail.HandOver
	back, who := h.From, h.By
	if !w.group[back] { // it came from none, or from one out of use: it stays where it is
		back = t.Group
	}
	if !w.staff[who] { // they left: it is free
		who = 0
	}
	return []Fact{HandOverRefused{Of{t.ID}, t.Group, back, who, reason}}, fits(map[string]string{"reason": reason})
}

func (f TakenOver) apply(t *Ticket, m event.Meta) {
	t.Detail.HandOver.Taken, t.Assignee = m.At, f.Assignee
}

func (f HandOverRefused) apply(t *Ticket, m event.Meta) {
	t.Group, t.Assignee = f.To, f.Assignee
	t.Detail.HandOver.Refused, t.Detail.HandOver.Refusal = m.At, f.Reason
}

func (PassedAround) apply(*Ticket, event.Meta) {}

// Answered is when the other team answered a hand-over, either way, or nobody had to any more; zero before.
func (h HandOverNote) Answered() time.Time {
	switch {
	case !h.Taken.IsZero():
		return h.Taken
	case !h.Refused.IsZero():
		return h.Refused
	}
	return h.Over
}
