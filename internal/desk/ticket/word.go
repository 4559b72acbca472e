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
	}
	return by.UTC().Truncate(time.Millisecond)
}

// owe keeps the times that were told. A word settles them all; a later time that is told without
// a word stands in for those that were told before, but for the acknowledgement's.
func (t *Ticket) owe(f Fact, m event.Meta) {
	if _, over := f.(Ended); over || Word(f, m) {
		t.Detail.Owed = nil
	}
	by := Told(f)
	if by.IsZero() {
		return
	}
	_, ack := f.(Acknowledged)
	owed := slices.Clone(t.Detail.Owed)
	if !ack {
		owed = slices.DeleteFunc(owed, func(o Owed) bool { return !o.Ack && (by.After(o.By) || o.By.Before(m.At)) })
	}
	t.Detail.Owed = append(owed, Owed{by, ack})
}
