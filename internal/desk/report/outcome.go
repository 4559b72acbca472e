// SPDX-License-Identifier: Apache-2.0

package report

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// State says how a run of a clock ended.
type State string

// The states.
const (
	Kept   State = "kept"
	Broken State = "broken"
	Open   State = "open" // it runs, or rests; broken as soon as Due has passed
)

// Names are the clocks that a report counts: those in which the desk owes something. The wait for
// the requester's confirmation is not one.
func Names() []sla.Name {
	return []sla.Name{sla.Response, sla.Update, sla.Silence, sla.Accept, sla.Resolve}
}

// Outcome is how one run of a clock of a ticket stands.
type Outcome struct {
	Run      string // names it on its ticket, sla.Clock.Run
	Name     sla.Name
	State    State
	Group    person.GroupID // who had the ticket when it was decided
	Priority triage.Priority
	Due      time.Time     // zero while it rests in time
	Done     time.Time     // zero while Open
	Took     time.Duration // working time until Done, the pauses not counted; 0 while Open
}

// Told is a fact of a ticket with who and when.
type Told struct {
	ID   int64 // of the fact in the log
	Meta event.Meta
	Fact ticket.Fact
}

// Read decodes stored facts of tickets and leaves out those of other rooms.
func Read(records []event.Record) ([]Told, error) {
	out := make([]Told, 0, len(records))
	for _, r := range records {
		f, err := ticket.Decode(r)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, Told{r.ID, r.Meta, f})
		}
	}
	return out, nil
}

// course follows the runs of the clocks of one ticket from fact to fact.
type course struct {
	book *sla.Rulebook
	runs []Outcome
	late map[string]Outcome // how it stood when its time passed, by run
}

// Outcomes computes how every clock of a ticket stood at each of its runs, from its facts, in the
// order in which the runs began. A run that a fact ended is judged by what held until that fact;
// one that stopped or goes on, by what holds now. Whoever had the ticket when the time passed
// answers for it, not whoever has it later.
//
// What only ended because the ticket was dropped was neither kept nor broken, and is left out (N3, N23);
// what was late by then stays broken.
func Outcomes(list []Told, book *sla.Rulebook) []Outcome {
	c := course{book: book, late: map[string]Outcome{}}
	var t ticket.Ticket
	for _, n := range list {
		if t.ID != 0 {
			c.until(t, n.Meta.At)
		}
		t.Advance(n.Fact, n.Meta)
		c.since(t, n.Meta.At)
	}
	for i, x := range c.runs {
		was, ok := c.late[x.Run]
		if ok && x.Due.IsZero() { // it rests since, and late stays late
			x.Due = was.Due
		}
		if ok && x.State != Kept && was.Due.Equal(x.Due) {
			x.Group, x.Priority = was.Group, was.Priority
		}
		c.runs[i] = x
	}
	if t.ClosedAs.Dropped() {
		return slices.DeleteFunc(c.runs, func(x Outcome) bool { return x.State == Kept && x.Done.Equal(t.ClosedAt) })
	}
	return c.runs
}

// until looks at the clocks just before a fact: what runs out before it, and how what ends with
// it would be judged.
func (c *course) until(t ticket.Ticket, at time.Time) {
	for _, name := range Names() {
		k, ok := c.book.One(name, t, at)
		if !ok {
			continue
		}
		x := outcome(k, t)
		if was, known := c.late[x.Run]; k.State == sla.Over && (!known || !was.Due.Equal(x.Due)) {
			c.late[x.Run] = x
		}
		if x.State == Open { // where the fact does not end it, since writes it again
			x.State, x.Done, x.Took = Kept, at, whole(k.Used(at))
			_, late := c.late[x.Run]
			if x.Due.IsZero() && late || !x.Due.IsZero() && at.After(x.Due) {
				x.State = Broken
			}
		}
		c.put(x)
	}
}

// since looks at the clocks just after a fact.
func (c *course) since(t ticket.Ticket, at time.Time) {
	for _, name := range Names() {
		if k, ok := c.book.One(name, t, at); ok {
			c.put(outcome(k, t))
		}
	}
}

func (c *course) put(x Outcome) {
	if i := slices.IndexFunc(c.runs, func(o Outcome) bool { return o.Run == x.Run }); i >= 0 {
		c.runs[i] = x
		return
	}
	c.runs = append(c.runs, x)
}

func outcome(k sla.Clock, t ticket.Ticket) Outcome {
	x := Outcome{Run: k.Run(), Name: k.Name, State: Open, Group: t.Group, Priority: t.Priority, Due: k.Due}
	switch k.State {
	case sla.Met:
		x.State, x.Done, x.Took = Kept, k.Stopped, whole(k.Used(k.Stopped))
	case sla.Missed:
		x.State, x.Done, x.Took = Broken, k.Stopped, whole(k.Used(k.Stopped))
	case sla.Running, sla.Paused, sla.Over:
	}
	return x
}

// whole is a length as it is stored.
func whole(d time.Duration) time.Duration { return d.Truncate(time.Millisecond) }

// Tally is what happened to a ticket, counted.
type Tally struct {
	Opened     time.Time
	Group      person.GroupID
	Priority   triage.Priority
	Reassigned int // handed over, or given to another group
	Reopened   int // brought back after it was closed
	Rejected   int // the solution did not work for the requester
	Held       int // times that it began to wait
	Solved     int // solutions given
	Closed     bool
}

// Back is how often the ticket came back, before or after it was closed.
func (y Tally) Back() int { return y.Reopened + y.Rejected }

// Count counts the facts of a ticket.
func Count(list []Told) Tally {
	var y Tally
	var t ticket.Ticket
	for _, n := range list {
		switch f := n.Fact.(type) {
		case ticket.HandedOver:
			y.Reassigned++
		case ticket.Assigned:
			if f.Group != 0 && t.Group != 0 && f.Group != t.Group {
				y.Reassigned++
			}
		case ticket.Reopened:
			y.Reopened++
		case ticket.UserRejected:
			y.Rejected++
		case ticket.Held:
			if t.Status != ticket.Pending {
				y.Held++
			}
		case ticket.SolutionGiven:
			y.Solved++
		}
		t.Advance(n.Fact, n.Meta)
	}
	y.Opened, y.Group, y.Priority, y.Closed = t.CreatedAt, t.Group, t.Priority, !t.Open()
	return y
}
