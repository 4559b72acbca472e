// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Name names a clock.
type Name string

// The clocks.
const (
	Response Name = "response" // first word of a human; the automatic one never stops it (N3, N19)
	Update   Name = "update"   // next word to the requester; only such a word resets it (N29)
	Resolve  Name = "resolve"  // until a solution is given
	Confirm  Name = "confirm"  // until the user answers; then the time is up (N35)
)

// State says how a clock stands.
type State string

// The states of a clock.
const (
	Running State = "running"
	Paused  State = "paused"
	Met     State = "met"
	Missed  State = "missed" // stopped too late
	Over    State = "over"   // still running, past its due time
)

// Clock is one time limit of a ticket.
type Clock struct {
	Name    Name
	State   State
	Start   time.Time
	Due     time.Time // zero while paused
	Stopped time.Time // zero while running or paused
	// Counted is the working time from Start to Due; 0 where Due is a time that was told, or
	// is counted in days.
	Counted time.Duration
	// Left is the time until Due at the present instant, negative once it is over, and Working
	// says that it is time of a calendar that rests. Only Service.Clocks fills them in.
	Left    time.Duration
	Working bool
	Why     []Line
}

// Line is one step of the explanation of a clock: a message key with the instant or length it speaks of.
type Line struct {
	Key     string
	At      time.Time
	Length  time.Duration
	Working bool          // Length is time of a calendar that rests
	Word    string        // a status, priority, reason or number that the sentence names
	Part    calendar.Line // what the calendar says; then Key is its key, and all else empty
}

// Clocks computes every clock of the ticket as it stands at now. The calendar is the policy's
// own; a priority whose every minute counts does not ask it.
func Clocks(t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) []Clock {
	own := p.hours(cal, t.Priority)
	out := []Clock{response(t, p, own, now)}
	if c, ok := update(t, p, own, now); ok {
		out = append(out, c)
	}
	out = append(out, resolve(t, p, own, now))
	if c, ok := confirm(t, p, cal, now); ok {
		out = append(out, c)
	}
	return out
}

// One computes a single clock of the ticket as it stands at now; false where it has none of
// that name. It costs a part of Clocks, for those who judge every fact.
func One(name Name, t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) (Clock, bool) {
	own := p.hours(cal, t.Priority)
	switch name {
	case Response:
		return response(t, p, own, now), true
	case Update:
		return update(t, p, own, now)
	case Resolve:
		return resolve(t, p, own, now), true
	case Confirm:
		return confirm(t, p, cal, now)
	}
	return Clock{}, false
}

func response(t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) Clock {
	goal := minutes(p.target(t.Priority).Response)
	c := Clock{Name: Response, Start: t.CreatedAt, Due: cal.Add(t.CreatedAt, goal), Stopped: t.FirstResponseAt, Counted: goal}
	c.Why = []Line{
		{Key: "sla.why_recorded", At: t.CreatedAt},
		{Key: "sla.why_target", Length: goal, Working: rests(cal), Word: t.Priority.String()},
		part(cal.Line()),
		{Key: "sla.why_human_only"},
	}
	if c.Stopped.IsZero() && !t.Open() { // cancelled before anybody answered: nothing was owed
		if c.Stopped = t.ClosedAt; c.Stopped.After(c.Due) {
			c.Due, c.Counted = c.Stopped, 0
		}
	}
	return c.judged(now)
}

// update runs from the last word that the requester saw while somebody owes the next one. It
// starts again where the desk's turn begins anew: when a wait for the requester ends, when they
// reject a solution, when the ticket is reopened, when they write after a solution.
//
// A time that was told is the time that is owed (N30), while the wait lasts and after it until
// the next word. A higher priority shortens the cadence at once, from the last word on.
func update(t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) (Clock, bool) {
	if t.FirstResponseAt.IsZero() || t.Status == ticket.Closed {
		return Clock{}, false
	}
	if t.Status == ticket.Resolved && (!t.Waiting() || !t.ConfirmedAt.IsZero()) {
		return Clock{}, false // nobody asked anything since the last word
	}
	goal := minutes(p.target(t.Priority).Update)
	from, key := turn(t)
	c := Clock{Name: Update, Start: from, Due: cal.Add(from, goal), Counted: goal}
	c.Why = []Line{
		{Key: key, At: from},
		{Key: "sla.why_cadence", Length: goal, Working: rests(cal), Word: t.Priority.String()},
		part(cal.Line()),
		{Key: "sla.why_visible_only"},
	}
	if next := told(t, from, c.Due); !next.IsZero() {
		c.Due, c.Counted = next, 0
		c.Why = []Line{{Key: "sla.why_promised", At: next}}
	} else if t.Status == ticket.Pending && t.Pending == ticket.ForRequester && t.Detail.Hold.Next.IsZero() {
		c.State, c.Due = Paused, time.Time{}
		c.Why = append(c.Why, Line{Key: "sla.why_waits_for_user"})
		return c, true
	}
	return c.judged(now), true
}

// turn returns since when it is the desk's turn to speak, and the line that says why.
func turn(t ticket.Ticket) (time.Time, string) {
	if t.Status == ticket.Resolved {
		return t.LastRequesterAt, "sla.why_user_wrote"
	}
	from, key := latest(t.LastPublicAt, t.FirstResponseAt), "sla.why_last_word"
	begin := func(at time.Time, why string) {
		if at.After(from) {
			from, key = at, why
		}
	}
	for _, r := range t.Detail.Rejections {
		begin(r.At, "sla.why_rejected")
	}
	begin(t.Detail.ReopenedAt, "sla.why_reopened")
	for _, w := range t.Detail.Waits {
		if w.Reason == ticket.ForRequester {
			begin(w.To, "sla.why_wait_over")
		}
	}
	return from, key
}

// told returns the time that was told to the requester where that is what is owed: always while
// nothing was said since, and beyond the cadence afterwards. Zero where the cadence counts.
func told(t ticket.Ticket, from, cadence time.Time) time.Time {
	if len(t.Detail.Waits) == 0 || t.Status == ticket.Resolved {
		return time.Time{}
	}
	w := t.Detail.Waits[len(t.Detail.Waits)-1]
	spoken := from.After(w.From) // or the desk's turn began anew
	switch {
	case w.Next.IsZero():
	case !w.To.IsZero() && from.After(w.To): // the wait is over, and something was said since
	case !spoken || w.Next.After(cadence):
		return w.Next
	}
	return time.Time{}
}

// resolve counts working time from recording, less the time in which the requester had the
// ball: the waits for them, and between a solution and its rejection. A wait that began when
// the time was up already changes nothing: late stays late.
func resolve(t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) Clock {
	goal := minutes(p.target(t.Priority).Resolve)
	start, key := t.CreatedAt, "sla.why_recorded"
	if t.Detail.ReopenedAt.After(start) {
		start, key = t.Detail.ReopenedAt, "sla.why_reopened"
	}
	c := Clock{Name: Resolve, Start: start, Due: cal.Add(start, goal), Stopped: t.ResolvedAt, Counted: goal}
	c.Why = []Line{{Key: key, At: start}, {Key: "sla.why_target", Length: goal, Working: rests(cal), Word: t.Priority.String()}, part(cal.Line())}
	if !t.Open() && c.Stopped.IsZero() {
		c.Stopped = t.ClosedAt
	}
	for _, w := range theirs(t) {
		if w.From.Before(start) {
			continue
		}
		if w.To.IsZero() {
			c.State, c.Due = Paused, time.Time{}
			c.Why = append(c.Why, Line{Key: "sla.why_paused_now", At: w.From})
			return c
		}
		pause := cal.Between(w.From, w.To)
		key := "sla.why_paused"
		switch {
		case w.From.After(c.Due):
			key = "sla.why_paused_late"
		case w.Reason == "":
			key = "sla.why_tried"
		}
		if key != "sla.why_paused_late" {
			c.Due = cal.Add(c.Due, pause)
			c.Counted += pause
		}
		c.Why = append(c.Why, Line{Key: key, At: w.From, Length: pause, Working: rests(cal)})
	}
	return c.judged(now)
}

// theirs returns the stretches in which the requester had the ball, in order. A solution that
// was tried and rejected has no reason.
func theirs(t ticket.Ticket) []ticket.Wait {
	var out []ticket.Wait
	for _, w := range t.Detail.Waits {
		if w.Reason == ticket.ForRequester {
			out = append(out, w)
		}
	}
	for _, r := range t.Detail.Rejections {
		if !r.Solved.IsZero() {
			out = append(out, ticket.Wait{From: r.Solved, To: r.At})
		}
	}
	slices.SortStableFunc(out, func(a, b ticket.Wait) int { return a.From.Compare(b.From) })
	return out
}

// confirm counts working days, of the policy's own calendar whatever the priority: it is the
// requester who must not be asked to answer on a holiday.
func confirm(t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) (Clock, bool) {
	if t.ResolvedAt.IsZero() {
		return Clock{}, false
	}
	c := Clock{Name: Confirm, Start: t.ResolvedAt, Due: cal.AddDays(t.ResolvedAt, int(p.ConfirmDays)), Stopped: t.ConfirmedAt}
	days := Line{Key: "sla.why_confirm_days", Length: time.Duration(p.ConfirmDays) * 24 * time.Hour}
	if rests(cal) {
		days = Line{Key: "sla.why_confirm_workdays", Word: strconv.FormatInt(p.ConfirmDays, 10)}
	}
	c.Why = []Line{{Key: "sla.why_solution", At: t.ResolvedAt}, days, {Key: "sla.why_unconfirmed"}}
	if rests(cal) {
		c.Why = append(c.Why, part(cal.Line()))
	}
	if !t.Detail.Expired.IsZero() {
		c.State, c.Stopped = Missed, t.Detail.Expired
		return c, true
	}
	return c.judged(now), true
}

// judged sets the state from due, stop and now.
func (c Clock) judged(now time.Time) Clock {
	switch {
	case !c.Stopped.IsZero() && c.Stopped.After(c.Due):
		c.State = Missed
	case !c.Stopped.IsZero():
		c.State = Met
	case now.After(c.Due):
		c.State = Over
	default:
		c.State = Running
	}
	return c
}

// Next returns the earliest due time that somebody still owes, and its clock. It depends on
// the ticket alone, not on the present instant, so that the cache never goes stale by itself.
func Next(t ticket.Ticket, p Policy, cal calendar.Calendar) (time.Time, string) {
	if t.Status == ticket.Closed {
		return ticket.Never, ""
	}
	if t.Status == ticket.Resolved && (!t.ConfirmedAt.IsZero() || !t.Detail.Expired.IsZero()) {
		return cal.AddDays(latest(t.ConfirmedAt, t.Detail.Expired), 1), ticket.ClockArchive
	}
	due, name := ticket.Never, ""
	for _, c := range Clocks(t, p, cal, t.UpdatedAt) {
		if c.Stopped.IsZero() && c.State != Paused && c.Due.Before(due) {
			due, name = c.Due, string(c.Name)
		}
	}
	return due, name
}

// rests reports whether there is time that a calendar does not count.
func rests(cal calendar.Calendar) bool { return cal.Key() != calendar.Always{}.Key() }

// part makes a line of what a calendar says.
func part(l calendar.Line) Line { return Line{Key: l.Key, Part: l} }

// explained adds to a clock what is left of it, and day by day what its due time is made of.
func (c Clock) explained(cal calendar.Calendar, now time.Time) Clock {
	if c.Due.IsZero() {
		return c
	}
	if c.Left = c.Due.Sub(now); c.Counted == 0 || !rests(cal) {
		return c
	}
	c.Left, c.Working = cal.Between(now, c.Due)-cal.Between(c.Due, now), true
	c.Why = slices.Clip(c.Why)
	for _, l := range cal.Explain(c.Start, c.Due) {
		c.Why = append(c.Why, part(l))
	}
	return c
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
