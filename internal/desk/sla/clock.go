// SPDX-License-Identifier: Apache-2.0

package sla

import (
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
	Accept   Name = "accept"   // until somebody of the other team takes what was handed over (N28)
	Silence  Name = "silence"  // until somebody asks again where the update clock rests (N29)
	Confirm  Name = "confirm"  // until the user answers; then the time is up (N35)
)

// Names lists the clocks in the order in which they are shown.
func Names() []Name { return []Name{Response, Update, Silence, Accept, Resolve, Confirm} }

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
	// is counted in days. Goal is the target in it, without the pauses.
	Counted time.Duration
	Goal    time.Duration
	Pauses  []Pause // in order
	// Left is the time until Due at the present instant, negative once it is over, and Working
	// says that it is time of a calendar that rests. Only Service.Clocks fills them in.
	Left    time.Duration
	Working bool
	Policy  []Line // which rule counts and why, and which calendar; only Service.Clocks fills it in
	Why     []Line // start, target, calendar and pauses
	Days    []Line // what Due is made of, day by day; only Service.Clocks fills it in

	calendar calendar.Calendar
}

// Pause is a stretch that does not count.
type Pause struct {
	From, To time.Time
	Reason   ticket.Waiting // Tried for a solution that was tried and rejected
	Length   time.Duration  // working time; 0 while it lasts
	Late     bool           // it began when the time was up, and moves nothing
}

// Tried is the reason of a pause in which the requester tried a solution that did not last.
const Tried ticket.Waiting = "tried"

// Line is one step of the explanation of a clock: a message key with the instant or length it speaks of.
type Line struct {
	Key     string
	At      time.Time
	To      time.Time // the end of a stretch that began At; zero while it lasts
	Length  time.Duration
	Working bool          // Length is time of a calendar that rests
	Word    string        // a status, priority, name or number that the sentence names
	WordEN  string        // the same for English readers, where it has another name there
	Part    calendar.Line // what the calendar says; then Key is its key, and all else empty
	Event   int64         // the fact that it comes from, where one is known
	Ended   int64         // the fact that ended the stretch
}

// Calendar is the one by which the clock counts.
func (c Clock) Calendar() calendar.Calendar { return c.calendar }

// Used is how much of its time had passed at an instant, or when it stopped: working time since
// its start, the pauses not counted.
func (c Clock) Used(at time.Time) time.Duration {
	if !c.Stopped.IsZero() {
		at = earlier(at, c.Stopped)
	}
	used := c.calendar.Between(c.Start, at)
	for _, p := range c.Pauses {
		to := p.To
		if to.IsZero() {
			to = at
		}
		used -= c.calendar.Between(earlier(p.From, at), earlier(to, at))
	}
	return max(used, 0)
}

// At returns the instant at which a percentage of the target is used up, pauses not counted;
// At(100) is Due. Zero where it cannot be said yet: it lies behind a pause that still lasts.
// Percentages below 0 are taken for 0.
func (c Clock) At(percent int) time.Time {
	percent = max(percent, 0)
	if c.Goal == 0 {
		return c.between(percent)
	}
	at := c.calendar.Add(c.Start, share(c.Goal, percent))
	for _, p := range c.Pauses {
		if p.From.After(at) {
			break
		}
		if p.To.IsZero() {
			return time.Time{}
		}
		if !p.Late || percent > 100 {
			at = c.calendar.Add(at, p.Length)
		}
	}
	return at
}

// between is At for a due time that was told, or is counted in days.
func (c Clock) between(percent int) time.Time {
	if c.Due.IsZero() || percent == 100 {
		return c.Due
	}
	all := c.calendar.Between(c.Start, c.Due)
	if percent < 100 {
		return earlier(c.calendar.Add(c.Start, share(all, percent)), c.Due)
	}
	return c.calendar.Add(c.Due, share(all, percent-100))
}

func share(d time.Duration, percent int) time.Duration {
	return d/100*time.Duration(percent) + d%100*time.Duration(percent)/100
}

// Off returns the instant from which d of working time has passed since Due, or will pass until
// it where d < 0. Zero while the clock is paused.
func (c Clock) Off(d time.Duration) time.Time {
	switch {
	case c.Due.IsZero():
		return time.Time{}
	case d < 0:
		return c.calendar.Back(c.Due, -d)
	}
	return c.calendar.Add(c.Due, d)
}

// Run names this run of the clock among those of its ticket: a new word, a new hand-over or a
// reopening begins another run, another target or calendar does not.
func (c Clock) Run() string {
	return string(c.Name) + ":" + strconv.FormatInt(c.Start.UnixMilli(), 10)
}

// judged sets the state from due, stop and now.
func (c Clock) judged(now time.Time) Clock {
	switch {
	case c.State != "": // paused, or lost for good
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

// rests reports whether there is time that a calendar does not count.
func rests(cal calendar.Calendar) bool { return cal.Key() != calendar.Always{}.Key() }

// part makes a line of what a calendar says.
func part(l calendar.Line) Line { return Line{Key: l.Key, Part: l} }

// explained adds to a clock what is left of it, and stretch by stretch what its due time is made of.
func (c Clock) explained(now time.Time) Clock {
	cal := c.calendar
	if !c.Due.IsZero() {
		c.Left = c.Due.Sub(now)
	}
	if c.Goal == 0 {
		return c
	}
	from, used := c.Start, time.Duration(0)
	for _, p := range c.Pauses {
		if p.Late {
			continue
		}
		c.Days = append(c.Days, c.days(from, p.From)...)
		used += cal.Between(from, p.From)
		c.Days = append(c.Days, pauseLine(p, cal))
		from = p.To
	}
	if c.Due.IsZero() {
		c.Days = append(c.Days, Line{Key: "sla.why_left", At: c.Pauses[len(c.Pauses)-1].From, Length: c.Goal - used, Working: rests(cal)})
		return c
	}
	c.Days = append(c.Days, c.days(from, c.Due)...)
	c.Days = append(c.Days, Line{Key: "sla.why_due", At: c.Due, Length: c.Goal, Working: rests(cal)})
	if rests(cal) {
		c.Left, c.Working = cal.Between(now, c.Due)-cal.Between(c.Due, now), true
	}
	return c
}

// days says what counts from one instant to another: day by day, or in one line where every
// minute does.
func (c Clock) days(from, to time.Time) []Line {
	if !rests(c.calendar) {
		if len(c.Pauses) == 0 || !to.After(from) {
			return nil
		}
		return []Line{{Key: "sla.why_counts", At: from, To: to, Length: to.Sub(from)}}
	}
	var out []Line
	for _, l := range c.calendar.Explain(from, to) {
		out = append(out, part(l))
	}
	return out
}

// pauseLine says of a pause in which wait, from when to when, and what it takes out.
func pauseLine(p Pause, cal calendar.Calendar) Line {
	l := Line{Key: "sla.why_paused", At: p.From, To: p.To, Length: p.Length, Working: rests(cal), Word: string(p.Reason)}
	switch {
	case p.To.IsZero():
		l = Line{Key: "sla.why_paused_now", At: p.From, Word: string(p.Reason)}
	case p.Late:
		l.Key = "sla.why_paused_late"
	case p.Reason == Tried:
		l.Key = "sla.why_tried"
	}
	return l
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
