// SPDX-License-Identifier: Apache-2.0

package simulation_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// records are the facts of a ticket as they are stored.
func (d *desk) records(id ticket.ID) []event.Record {
	out := make([]event.Record, 0, len(d.of[id]))
	for _, i := range d.of[id] {
		out = append(out, d.log[i])
	}
	return out
}

// check holds one ticket against its facts.
func (d *desk) check(id ticket.ID) error {
	t := d.rows[id]
	folded, err := ticket.Fold(ticket.Ticket{}, d.records(id))
	if err != nil {
		return err
	}
	// I10: the stored due time is the one that computing it again gives.
	due, name := d.book.Next(folded)
	if !due.Equal(t.NextDue) || name != t.NextClock {
		return fmt.Errorf("I10: ticket %d is planned for %v (%s), its facts say %v (%s)", id, t.NextDue, t.NextClock, due, name)
	}
	// I5: the row is what its facts fold to, and nothing besides.
	folded.Version, folded.NextDue, folded.NextClock, folded.PromiseAt = t.Version, t.NextDue, t.NextClock, t.PromiseAt
	if a, b := printed(t), printed(folded); a != b {
		return fmt.Errorf("I5: ticket %d differs from its facts:\n row  %s\n facts %s", id, a, b)
	}
	return errors.Join(d.life(t), d.clocks(t))
}

// life is what the standard lets nobody get around.
func (d *desk) life(t ticket.Ticket) error {
	fail := func(what string) error { return fmt.Errorf("ticket %d (%s): %s", t.ID, t.Status, what) }
	deviated := func(gap string) bool { _, ok := t.Detail.Deviations[gap]; return ok }
	switch {
	case t.Open() && !t.NextDue.Before(ticket.Never):
		return fail("it is open and nothing is ever due")
	case !t.Open() && t.NextDue.Before(ticket.Never):
		return fail("it is closed and something is due")
	case t.Status != ticket.New && t.Status != ticket.Closed && t.Owner == 0:
		return fail("N12: nobody is accountable")
	case t.Status == ticket.Resolved && t.Detail.Solution.Text == "":
		return fail("N32: solved without a solution")
	case t.ClosedAs == ticket.Confirmed && t.ConfirmedAt.IsZero():
		return fail("N35: closed as confirmed without a word")
	case t.ClosedAs == ticket.Unconfirmed && t.Detail.Expired.IsZero():
		return fail("N35: closed as unconfirmed before the time was up")
	case (t.ClosedAs == ticket.Confirmed || t.ClosedAs == ticket.Unconfirmed) && t.Detail.Closure.Approach == "" && !deviated("gap.closure"):
		return fail("N36: closed without its closure sheet")
	case t.Status == ticket.Pending && t.Pending == ticket.Blocked && t.Detail.Hold.Next.IsZero() && !deviated("gap.next"):
		return fail("N30: blocked without a next time")
	case t.Status == ticket.Pending && (len(t.Detail.Waits) == 0 || !t.Detail.Waits[len(t.Detail.Waits)-1].To.IsZero()):
		return fail("it waits without a wait")
	}
	return nil
}

// clocks holds each clock against what it is made of: start, target, pauses and calendar.
func (d *desk) clocks(t ticket.Ticket) error {
	for _, name := range sla.Names() {
		c, ok := d.book.One(name, t, d.now())
		if !ok {
			continue
		}
		if again, _ := d.book.One(name, t, d.now()); !again.Due.Equal(c.Due) || again.State != c.State {
			return fmt.Errorf("I10: %s of ticket %d computed twice: %v %s, %v %s", name, t.ID, c.Due, c.State, again.Due, again.State)
		}
		if c.Due.IsZero() != (c.State == sla.Paused) {
			return fmt.Errorf("%s of ticket %d is %s and due %v", name, t.ID, c.State, c.Due)
		}
		if !c.Due.IsZero() && c.Goal > 0 {
			want := c.Goal
			for _, p := range c.Pauses {
				if !p.Late {
					want += p.Length
				}
			}
			if c.Counted != want {
				return fmt.Errorf("%s of ticket %d counts %v, target and pauses are %v", name, t.ID, c.Counted, want)
			}
			if got := worked(c.Calendar(), c.Start, c.Due); got != want {
				return fmt.Errorf("%s of ticket %d: %v of work between start %v and due %v, not %v", name, t.ID, got, c.Start, c.Due, want)
			}
		}
		rests := len(c.Pauses) > 0 && c.State == sla.Paused && c.Pauses[len(c.Pauses)-1].From.After(c.At(100)) // it was late when it came to rest
		if at := c.At(100); !at.Equal(c.Due) && !rests {
			return fmt.Errorf("%s of ticket %d is due %v, and all used up at %v", name, t.ID, c.Due, at)
		}
	}
	return nil
}

// worked is the working time between two instants.
func worked(cal calendar.Calendar, a, b time.Time) time.Duration { return cal.Between(a, b) }

// promises breaks what was not kept in time, and holds that what is decided stays decided.
func (d *desk) promises() error {
	for _, id := range d.order {
		list, err := d.heard(id)
		if err != nil {
			return err
		}
		for _, p := range promise.Fold(list, d.now()) {
			if was, ok := d.settled[p.Fact]; ok {
				if was.State != p.State || !was.DoneAt.Equal(p.DoneAt) {
					return fmt.Errorf("the promise of fact %d was %s, and is %s", p.Fact, was.State, p.State)
				}
				continue
			}
			if p.State == promise.Open {
				continue
			}
			if p.State == promise.Kept && p.DoneAt.After(p.Due) || p.State == promise.Broken && p.Due.After(d.now()) {
				return fmt.Errorf("the promise of fact %d, due %v, is %s at %v", p.Fact, p.Due, p.State, p.DoneAt)
			}
			d.settled[p.Fact] = p
			if p.State == promise.Broken {
				d.broke(id, p)
			}
		}
	}
	return nil
}

// broke records that a promise broke, as its job does.
func (d *desk) broke(id ticket.ID, p promise.Promise) {
	f := promise.Broke{}
	f.Ticket, f.Told = id, p.Fact
	data, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	d.log = append(d.log, event.Record{ID: int64(len(d.log) + 1), Name: f.EventName(), Subject: int64(id), Data: data, Meta: access.Desk().Meta(d.now())})
	d.of[id] = append(d.of[id], len(d.log)-1)
}

func (d *desk) heard(id ticket.ID) ([]promise.Heard, error) {
	var out []promise.Heard
	for _, r := range d.records(id) {
		if r.Name == (promise.Broke{}).EventName() {
			var b promise.Broke
			if err := json.Unmarshal(r.Data, &b); err != nil {
				return nil, err
			}
			out = append(out, promise.Heard{ID: r.ID, Meta: r.Meta, Fact: b})
			continue
		}
		f, err := ticket.Decode(r)
		if err != nil {
			return nil, err
		}
		out = append(out, promise.Heard{ID: r.ID, Meta: r.Meta, Fact: f})
	}
	return out, nil
}

// all holds everything against everything.
func (d *desk) all() error {
	numbers := map[int64]bool{}
	for _, id := range d.order {
		if err := d.check(id); err != nil {
			return err
		}
		t := d.rows[id]
		if numbers[t.Number] {
			return fmt.Errorf("I6: number %d twice", t.Number)
		}
		numbers[t.Number] = true
		told, err := report.Read(d.records(id))
		if err != nil {
			return err
		}
		born, ok := told[0].Fact.(ticket.Recorded)
		if !ok || d.said[born.Message] != id {
			return fmt.Errorf("I4: ticket %d has no first message", id)
		}
		if err := d.outcomes(t, told); err != nil {
			return err
		}
	}
	return errors.Join(d.counted(), d.sent(), d.promises())
}

// outcomes holds the report against the clocks of the page.
func (d *desk) outcomes(t ticket.Ticket, told []report.Told) error {
	runs := map[string]report.Outcome{}
	for _, x := range report.Outcomes(told, d.book) {
		if _, twice := runs[x.Run]; twice {
			return fmt.Errorf("the report counts %s of ticket %d twice", x.Run, t.ID)
		}
		runs[x.Run] = x
	}
	last := told[len(told)-1].Meta.At
	for _, name := range report.Names() {
		c, ok := d.book.One(name, t, last)
		if !ok {
			continue
		}
		x, there := runs[c.Run()]
		if !there && t.ClosedAs.Dropped() && c.State == sla.Met && c.Stopped.Equal(t.ClosedAt) { // its end kept nothing
			continue
		}
		if !there || !x.Due.Equal(c.Due) && c.State != sla.Paused || (c.State == sla.Met) != (x.State == report.Kept) || (c.State == sla.Missed) != (x.State == report.Broken) {
			return fmt.Errorf("I10: the report says %s of %s of ticket %d, due %v; the page says %s, due %v", x.State, c.Run(), t.ID, x.Due, c.State, c.Due)
		}
	}
	return nil
}

// counted holds the log against what was asked for: I1 every ok once, I2 every unknown once or
// not at all, I3 nothing of what failed.
func (d *desk) counted() error {
	facts := map[ticket.ID]int{}
	next := 0
	for _, a := range d.acts {
		if a.outcome == "failed" && a.facts != 0 {
			return fmt.Errorf("I3: what was refused left %d facts", a.facts)
		}
		if a.outcome == "ok" && a.facts == 0 {
			return errors.New("I1: what was done left no fact")
		}
		if a.from < next {
			return fmt.Errorf("I1: facts %d overlap", a.from)
		}
		next = a.from + a.facts
		for i := a.from; i < next; i++ {
			if d.log[i].Subject != int64(a.ticket) {
				return fmt.Errorf("I1: fact %d is of ticket %d, not %d", i, d.log[i].Subject, a.ticket)
			}
		}
		facts[a.ticket] += a.facts
	}
	for id, places := range d.of {
		n := 0
		for _, i := range places {
			if d.log[i].Name != (promise.Broke{}).EventName() {
				n++
			}
		}
		if n != facts[id] {
			return fmt.Errorf("I5: ticket %d has %d facts, %d were decided", id, n, facts[id])
		}
	}
	return nil
}

// sent holds that every letter speaks of something that was committed (I7).
func (d *desk) sent() error {
	for _, id := range d.outbox {
		if id < 1 || id > int64(len(d.log)) || d.log[id-1].ID != id {
			return fmt.Errorf("I7: a letter speaks of fact %d, which there is not", id)
		}
	}
	return nil
}
