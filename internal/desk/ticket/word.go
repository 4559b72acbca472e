// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Word reports whether a fact is a word of a human of the desk that the requester sees or hears:
// a reply, a call in which they were reached, the three answers of an honest wait, a solution.
// The desk's own letters never are one (N3, N29).
func Word(f Fact, m event.Meta) bool {
	if m.ActorKind != string(access.Person) {
		return false
	}
	switch f := f.(type) {
	case Said:
		return !f.ByRequester && (f.Kind == Public || f.Spoke)
	case Held:
		return f.Reason == Blocked
	case SolutionGiven:
		return true
	}
	return false
}

// Told returns the time by which a fact tells the requester that they hear next, to the
// millisecond as it is stored; zero where it tells none.
func Told(f Fact) time.Time {
	var by time.Time
	switch f := f.(type) {
	case Acknowledged:
		by = f.ExpectBy
	case Held:
		by = f.Next
	case Said:
		by = f.Promise
	case CallPromised:
		by = f.Call.At
	case VisitStepped:
		by = f.agreed()
	}
	return by.UTC().Truncate(time.Millisecond)
}

// owe keeps the times that were told. A word settles them all but a promised call, which a call
// settles, and an agreed visit, which the engineer's arrival or another appointment settles; a later time that is told without a word stands in for those that were told before, but
// for the acknowledgement's and for a call.
func (t *Ticket) owe(f Fact, m event.Meta) {
	_, over := f.(Ended)
	word, called := Word(f, m), Called(f, m)
	_, call := f.(CallPromised)
	visit, _ := f.(VisitStepped)
	t.settle(func(o Owed) bool {
		switch {
		case over:
			return true
		case o.Visit != 0:
			return o.Visit == visit.Visit.ID && visit.Visit.Step != VisitStarted && visit.Visit.Step != VisitReassigned
		case o.Call:
			return called || call
		}
		return word
	})
	by := Told(f)
	if by.IsZero() {
		return
	}
	_, ack := f.(Acknowledged)
	if !ack && !call && visit.Visit.ID == 0 {
		t.settle(func(o Owed) bool { return !o.Ack && !o.Call && o.Visit == 0 && (by.After(o.By) || o.By.Before(m.At)) })
	}
	t.Detail.Owed = append(slices.Clone(t.Detail.Owed), Owed{By: by, Call: call, Ack: ack, Visit: visit.Visit.ID})
}

// settle takes owed times away; nil where none is left, as a stored ticket reads back.
func (t *Ticket) settle(done func(Owed) bool) {
	var left []Owed
	for _, o := range t.Detail.Owed {
		if !done(o) {
			left = append(left, o)
		}
	}
	t.Detail.Owed = left
}
