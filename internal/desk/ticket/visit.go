// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Somebody goes there (N27). The room of visits owns the appointment; what the ticket keeps is that
// it waits for one, and what happened, as facts of its own. The ticket waits from the first
// proposal until the engineer stands at the place, and while the desk has to propose again it waits
// for nobody but the desk.

const (
	// CmdVisit proposes a visit or fixes one. Gates stand before it: first things first (N25).
	CmdVisit Name = "visit"
	// CmdVisitStep is what happens to a visit afterwards. It happened: nothing stands before it.
	CmdVisitStep Name = "visit-step"
)

// VisitStep is what happened to a visit.
type VisitStep string

// What happens to visits.
const (
	VisitProposed  VisitStep = "proposed"
	VisitFixed     VisitStep = "fixed"   // by staff, as it was agreed on the telephone
	VisitAgreed    VisitStep = "agreed"  // the requester chose
	VisitRefused   VisitStep = "refused" // none of the times suits the requester
	VisitMoved     VisitStep = "moved"
	VisitStarted   VisitStep = "started"
	VisitArrived   VisitStep = "arrived"
	VisitDone      VisitStep = "done"
	VisitSigned    VisitStep = "signed"
	VisitMissed    VisitStep = "missed" // nobody was there
	VisitCancelled VisitStep = "cancelled"

	VisitReassigned VisitStep = "reassigned" // another engineer goes; all else stays as it was
)

// VisitSteps lists them in the order of a visit's life.
func VisitSteps() []VisitStep {
	return []VisitStep{
		VisitProposed, VisitFixed, VisitAgreed, VisitRefused, VisitMoved, VisitStarted, VisitArrived, VisitDone, VisitSigned, VisitMissed, VisitCancelled,
		VisitReassigned,
	}
}

// Waits reports whether the ticket waits after the step: for the requester's choice or for the day.
func (s VisitStep) Waits() bool {
	switch s {
	case VisitProposed, VisitFixed, VisitAgreed, VisitMoved, VisitStarted:
		return true
	case VisitRefused, VisitArrived, VisitDone, VisitSigned, VisitMissed, VisitCancelled, VisitReassigned:
	}
	return false
}

// endsWithTicket reports whether a visit that stands there is off when its ticket ends: nobody goes
// there any more. One that is being made is finished.
func (s VisitStep) endsWithTicket() bool {
	switch s {
	case VisitProposed, VisitFixed, VisitAgreed, VisitRefused, VisitMoved, VisitStarted, VisitMissed:
		return true
	case VisitArrived, VisitDone, VisitSigned, VisitCancelled, VisitReassigned:
	}
	return false
}

// Span is a stretch of time.
type Span struct {
	From time.Time
	To   time.Time
}

// VisitNote is one step of a visit as the ticket's timeline keeps it.
type VisitNote struct {
	ID       int64
	Step     VisitStep
	Engineer person.ID `json:",omitempty"`
	Before   person.ID `json:",omitempty"` // reassigned: who was to go until then
	Times    []Span    `json:",omitempty"` // proposed ones, or the one that holds
	Place    string    `json:",omitempty"` // in words
	How      string    `json:",omitempty"` // arrived: "label" or "press"; agreed: the door; signed: "drawn", "typed", "none"
	Words    string    `json:",omitempty"` // why, what was done, who signed
	Parts    string    `json:",omitempty"`
	Did      time.Time `json:",omitzero"` // when the engineer did it, where the desk heard of it later
}

type (
	// Visit records a step of a visit. The room of visits decides whether the step is possible.
	Visit struct{ Note VisitNote }
	// VisitStepped says what happened to a visit.
	VisitStepped struct {
		Of
		Visit       VisitNote
		ByRequester bool `json:",omitempty"`
	}
)

// VisitNow is how a visit of a ticket stands.
type VisitNow struct {
	ID       int64
	Step     VisitStep
	Engineer person.ID `json:",omitempty"`
}

// Name depends on the step: gates stand before those with which a visit begins.
func (c Visit) Name() Name {
	switch c.Note.Step {
	case VisitProposed, VisitFixed:
		return CmdVisit
	default:
		return CmdVisitStep
	}
}

// answersVisit reports whether a step is the requester's to take.
func answersVisit(s VisitStep) bool { return s == VisitAgreed || s == VisitRefused }

// EventName is "ticket.visit".
func (VisitStepped) EventName() string { return "ticket.visit" }

// agreed is until when somebody is there, where the step is an appointment; zero for any other.
func (f VisitStepped) agreed() time.Time {
	switch f.Visit.Step {
	case VisitFixed, VisitAgreed, VisitMoved:
		if len(f.Visit.Times) == 1 {
			return f.Visit.Times[0].To
		}
	case VisitProposed, VisitRefused, VisitStarted, VisitArrived, VisitDone, VisitSigned, VisitMissed, VisitCancelled, VisitReassigned:
	}
	return time.Time{}
}

func (c Visit) decide(t Ticket, w world) ([]Fact, error) {
	if !slices.Contains(VisitSteps(), c.Note.Step) || c.Note.ID == 0 {
		return nil, errs.New(errs.Invalid, "errs.invalid")
	}
	over := t.Status == Closed || t.Status == Resolved && c.Note.Step != VisitStarted // what was agreed before it was solved is kept
	if over && c.Note.Step.Waits() || t.Status == Closed && answersVisit(c.Note.Step) {
		return nil, errs.New(errs.Conflict, "ticket.visit_over")
	}
	f := VisitStepped{Of: Of{t.ID}, Visit: c.Note, ByRequester: answersVisit(c.Note.Step) && !w.by.Staff()}
	if i := t.visit(c.Note.ID); i >= 0 && c.Note.Step == VisitReassigned {
		f.Visit.Before = t.Detail.Visits[i].Engineer
	}
	out := []Fact{f}
	after := t
	f.apply(&after, w.by.Meta(w.at))
	waits := slices.ContainsFunc(after.Detail.Visits, func(v VisitNow) bool { return v.Step.Waits() })
	held := t.Status == Pending && t.Detail.Hold.Reason == ForVisit
	switch {
	case waits && !held && (t.Status == Opened || t.Status == Pending):
		out = append(out, Held{Of: Of{t.ID}, Reason: ForVisit})
	case !waits && held:
		out = append(out, Resumed{Of{t.ID}, "visit"})
	}
	return out, nil
}

// visit is the place of a visit among those of the ticket; -1 for none.
func (t Ticket) visit(which int64) int {
	return slices.IndexFunc(t.Detail.Visits, func(v VisitNow) bool { return v.ID == which })
}

func (f VisitStepped) apply(t *Ticket, m event.Meta) {
	now := VisitNow{ID: f.Visit.ID, Step: f.Visit.Step, Engineer: f.Visit.Engineer}
	t.Detail.Visits = slices.Clone(t.Detail.Visits)
	switch i := t.visit(now.ID); {
	case i < 0:
		t.Detail.Visits = append(t.Detail.Visits, now)
	case now.Step == VisitReassigned: // the wait stays
		t.Detail.Visits[i].Engineer = now.Engineer
	default:
		t.Detail.Visits[i] = now
	}
	switch {
	case f.ByRequester:
		t.LastRequesterAt = m.At
	case f.Visit.Step == VisitReassigned && len(f.Visit.Times) == 0: // no appointment that somebody else keeps: nobody is told
	case f.Visit.Step != VisitSigned && m.ActorKind != string(access.System): // it is told to the requester
		t.LastPublicAt = latest(t.LastPublicAt, m.At)
	}
}
