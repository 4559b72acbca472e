// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// ID is a promise's key.
type ID int64

// Source says what told the time.
type Source string

// The sources.
const (
	Acknowledgement Source = "acknowledgement" // somebody will be in touch by then (N20)
	Wait            Source = "wait"            // the next feedback of a ticket that waits (N30)
	Reply           Source = "reply"           // a time in what an agent wrote or said
	Call            Source = "call"            // somebody calls back then (N18)
	Visit           Source = "visit"           // somebody is there by the end of the time that was agreed (N27)
)

// State says how a promise stands.
type State string

// The states.
const (
	Open         State = "open"
	Kept         State = "kept"
	Broken       State = "broken"
	Renegotiated State = "renegotiated"
	Void         State = "void"
)

// Promise is one time that was told.
type Promise struct {
	ID     ID
	Ticket ticket.ID
	Source Source
	Fact   int64     // the fact that told it
	ToldAt time.Time // when
	ToldBy person.ID // 0 for the desk itself
	Due    time.Time // kept until then, this very millisecond included
	Words  string    // the words that told it, where they were written by hand; of a visit, the place
	Visit  int64     // the visit that it is about; 0 for none

	State    State
	DoneAt   time.Time // when it was settled; a broken one at its due time
	DoneFact int64     // the fact that settled it; 0 while it is open and where it broke
	MovedTo  time.Time // the later time, where it was renegotiated

	// Who answers for it, as it stood when it was settled, and stands while it is open.
	Group    person.GroupID
	Owner    person.ID
	Assignee person.ID
	Priority triage.Priority
}

// Overdue reports whether its time has passed without a word, whether or not the desk has
// noticed yet.
func (p Promise) Overdue(now time.Time) bool {
	return p.State == Broken || p.State == Open && now.After(p.Due)
}

// Heard is a fact of a ticket with its place in the log. Facts of this room are read too: that a
// promise broke stands before what was said afterwards.
type Heard struct {
	ID   int64
	Meta event.Meta
	Fact event.Fact
}

// Fold computes the promises of a ticket from its facts, oldest first, as they stand at now.
func Fold(list []Heard, now time.Time) []Promise {
	var out []Promise
	for _, h := range list {
		if b, ok := h.Fact.(Broke); ok {
			for i := range out {
				if out[i].Fact == b.Told && out[i].State == Open {
					out[i].fall()
				}
			}
			continue
		}
		for i := range out {
			out[i].hear(h)
		}
		if p, ok := made(h); ok {
			out = append(out, p)
		}
	}
	for i := range out {
		if out[i].Overdue(now) {
			out[i].fall()
		}
	}
	return out
}

// concerns reports whether a fact can make or settle a promise.
func concerns(f event.Fact, m event.Meta) bool {
	of, ok := f.(ticket.Fact)
	if !ok {
		return false
	}
	if _, over := f.(ticket.Ended); over {
		return true
	}
	if _, visit := f.(ticket.VisitStepped); visit {
		return true
	}
	return ticket.Word(of, m) || ticket.Called(of, m) || !ticket.Told(of).IsZero()
}

// hear applies one fact to a promise.
func (p *Promise) hear(h Heard) {
	if v, visit := h.Fact.(ticket.VisitStepped); visit || p.Source == Visit {
		if _, over := h.Fact.(ticket.Ended); over || p.Visit != 0 && p.Visit == v.Visit.ID {
			p.hearVisit(h, v.Visit)
		}
		return
	}
	if p.State != Open || !concerns(h.Fact, h.Meta) {
		return
	}
	f, _ := h.Fact.(ticket.Fact)
	told := ticket.Told(f)
	_, over := f.(ticket.Ended)
	_, call := f.(ticket.CallPromised)
	switch {
	case h.Meta.At.After(p.Due):
		p.fall()
	case over:
		p.settle(Void, h)
	case p.Source == Call || call: // another appointment, or the call; nothing else is about it, and it is about nothing else
		switch {
		case p.Source != Call:
		case call:
			p.settle(Renegotiated, h)
			p.MovedTo = told
		case ticket.Called(f, h.Meta):
			p.settle(Kept, h)
		}
	case p.Source != Acknowledgement && told.After(p.Due):
		p.settle(Renegotiated, h)
		p.MovedTo = told
	case ticket.Word(f, h.Meta):
		p.settle(Kept, h)
	}
}

// hearVisit applies what happened to a visit to the promise of it, or that the ticket ended. When the
// engineer was there counts, not when the desk heard of it: where there was no network, a promise that
// was broken for want of news is found to be kept.
func (p *Promise) hearVisit(h Heard, v ticket.VisitNote) {
	at := h.Meta.At
	switch v.Step {
	case ticket.VisitArrived, ticket.VisitDone, ticket.VisitSigned, ticket.VisitMissed: // where nobody else was, the engineer was
		if !v.Did.IsZero() {
			at = v.Did
		}
		if (p.State == Open || p.State == Broken) && !at.After(p.Due) {
			p.settle(Kept, h)
			return
		}
	case ticket.VisitStarted, ticket.VisitReassigned: // on the way is not there, and whoever goes, the time is owed
		return
	case ticket.VisitProposed, ticket.VisitFixed, ticket.VisitAgreed, ticket.VisitRefused, ticket.VisitMoved, ticket.VisitCancelled:
	}
	if p.State != Open {
		return
	}
	if at.After(p.Due) {
		p.fall()
		return
	}
	switch v.Step {
	case ticket.VisitFixed, ticket.VisitAgreed, ticket.VisitMoved:
		p.settle(Renegotiated, h)
		p.MovedTo = v.Times[0].To.UTC().Truncate(time.Millisecond)
	case ticket.VisitProposed, ticket.VisitRefused, ticket.VisitCancelled, ticket.VisitStarted, ticket.VisitArrived, ticket.VisitDone, ticket.VisitSigned, ticket.VisitMissed, ticket.VisitReassigned:
		p.settle(Void, h)
	default: // the ticket ended
		p.settle(Void, h)
	}
}

func (p *Promise) settle(as State, h Heard) {
	p.State, p.DoneAt, p.DoneFact = as, h.Meta.At, h.ID
}

// fall breaks a promise, at the instant at which it was due.
func (p *Promise) fall() { p.State, p.DoneAt, p.DoneFact = Broken, p.Due, 0 }

// made is the promise that a fact makes, if it makes one.
func made(h Heard) (Promise, bool) {
	f, ok := h.Fact.(ticket.Fact)
	if !ok || ticket.Told(f).IsZero() {
		return Promise{}, false
	}
	p := Promise{
		Ticket: ticket.ID(f.EventSubject()), Fact: h.ID, ToldAt: h.Meta.At, ToldBy: person.ID(h.Meta.ActorID),
		Due: ticket.Told(f), State: Open,
	}
	switch f := f.(type) {
	case ticket.Acknowledged:
		p.Source, p.ToldBy = Acknowledgement, 0
	case ticket.Held:
		p.Source = Wait
	case ticket.Said:
		p.Source, p.Words = Reply, f.Words
	case ticket.CallPromised:
		p.Source, p.Words = Call, f.Call.Number
	case ticket.VisitStepped:
		p.Source, p.Words, p.Visit, p.ToldBy = Visit, f.Visit.Place, f.Visit.ID, f.Visit.Engineer
	}
	return p, true
}
