// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Clocks computes every clock of the ticket as it stands at now, by a policy with one calendar.
func Clocks(t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) []Clock {
	return By(p, cal).Terms(t).Clocks(t, now)
}

// One computes a single clock of the ticket as it stands at now, by a policy with one calendar;
// false where it has none of that name.
func One(name Name, t ticket.Ticket, p Policy, cal calendar.Calendar, now time.Time) (Clock, bool) {
	return By(p, cal).Terms(t).One(name, t, now)
}

// Next is Rulebook.Next by a policy with one calendar.
func Next(t ticket.Ticket, p Policy, cal calendar.Calendar) (time.Time, string) {
	return By(p, cal).Next(t)
}

// Clocks computes every clock of the ticket, with the reasons, as it stands at now.
func (x Terms) Clocks(t ticket.Ticket, now time.Time) []Clock {
	out := make([]Clock, 0, len(Names()))
	for _, name := range Names() {
		if c, ok := x.One(name, t, now); ok {
			out = append(out, c)
		}
	}
	return out
}

// One computes a single clock of the ticket as it stands at now; false where it has none of
// that name. It costs a part of Clocks, for those who judge every fact.
func (x Terms) One(name Name, t ticket.Ticket, now time.Time) (Clock, bool) {
	switch name {
	case Response:
		c, ok := x.response(t)
		return c.judged(now), ok
	case Update:
		c, ok := x.update(t)
		return c.judged(now), ok
	case Silence:
		c, ok := x.silence(t)
		return c.judged(now), ok
	case Accept:
		c, ok := x.accept(t)
		return c.judged(now), ok
	case Resolve:
		c, ok := x.resolve(t)
		return c.judged(now), ok
	case Confirm:
		c, ok := x.confirm(t)
		return c.judged(now), ok
	}
	return Clock{}, false
}

// begin starts a clock with a target in working time.
func (x Terms) begin(name Name, start time.Time, key string, goal time.Duration, target string) Clock {
	c := Clock{Name: name, Start: start, Goal: goal, Counted: goal, calendar: x.calendar}
	c.Due = x.calendar.Add(start, goal)
	if !x.mute {
		c.Why = make([]Line, 0, 5)
		c.Why = append(c.Why, Line{Key: key, At: start}, Line{Key: target, Length: goal, Working: rests(x.calendar), Word: x.Priority.String()}, part(x.calendar.Line()))
	}
	return c
}

func (c *Clock) because(x Terms, l Line) {
	if !x.mute {
		c.Why = append(c.Why, l)
	}
}

// pause counts the stretches in which the clock rests, in order. One that began when the time
// was up already changes nothing: late stays late. One that lasts leaves the clock paused.
func (c *Clock) pause(x Terms, list []ticket.Wait) {
	for _, w := range list {
		if w.From.Before(c.Start) || (!c.Stopped.IsZero() && !w.From.Before(c.Stopped)) {
			continue
		}
		p := Pause{From: w.From, To: w.To, Reason: w.Reason, Late: w.From.After(c.Due)}
		if w.To.IsZero() && c.Stopped.IsZero() {
			c.Pauses = append(c.Pauses, p)
			c.State, c.Due, c.Counted = Paused, time.Time{}, 0
			c.because(x, pauseLine(p, x.calendar))
			return
		}
		if p.To.IsZero() || (!c.Stopped.IsZero() && p.To.After(c.Stopped)) {
			p.To = c.Stopped
		}
		p.Length = x.calendar.Between(p.From, p.To)
		c.Pauses = append(c.Pauses, p)
		if !p.Late {
			c.Due = x.calendar.Add(c.Due, p.Length)
			c.Counted += p.Length
		}
		c.because(x, pauseLine(p, x.calendar))
	}
}

func (x Terms) response(t ticket.Ticket) (Clock, bool) {
	if x.Target.Response == None {
		return Clock{}, false
	}
	start, key := t.CreatedAt, "sla.why_recorded"
	if back := t.Detail.ReopenedAt; back.After(start) && (t.FirstResponseAt.IsZero() || t.FirstResponseAt.After(back)) {
		start, key = back, "sla.why_reopened" // nobody had answered it, and it comes back
	}
	c := x.begin(Response, start, key, minutes(x.Target.Response), "sla.why_target")
	c.Stopped = t.FirstResponseAt
	if !t.Open() && c.Stopped.IsZero() {
		c.Stopped = t.ClosedAt
	}
	c.pause(x, x.waits(t, Response))
	c.because(x, Line{Key: "sla.why_human_only"})
	if t.FirstResponseAt.IsZero() && t.ClosedAs == ticket.Cancelled && c.Stopped.After(c.Due) { // called off before anybody answered: nothing was owed
		c.Due, c.Counted, c.Goal = c.Stopped, 0, 0
	}
	return c, true
}

// update runs from the last word that the requester saw while somebody owes the next one. It
// starts again where the desk's turn begins anew: when a wait in which it rests ends, when they
// reject a solution, when the ticket is reopened, when they write after a solution.
//
// A time that was told is the time that is owed (N30), while the wait lasts and after it until
// the next word. A higher priority shortens the cadence at once, from the last word on.
func (x Terms) update(t ticket.Ticket) (Clock, bool) {
	if t.Status == ticket.Closed || t.Status == ticket.Resolved && (!t.Waiting() || !t.ConfirmedAt.IsZero()) {
		return Clock{}, false // nobody asked anything since the last word
	}
	c, ok := x.cadence(t)
	return x.paced(t, c, ok)
}

// cadence is the update clock as the policy has it. Where it runs only while the requester
// waits, or has no target, a time that was told is owed all the same.
func (x Terms) cadence(t ticket.Ticket) (Clock, bool) {
	if t.FirstResponseAt.IsZero() {
		return Clock{}, false
	}
	from, key := x.turn(t)
	if x.Target.Update == None || x.asked && t.Detail.Unanswered.IsZero() {
		next := told(t, from, ticket.Never)
		return x.promised(Update, from, next), !next.IsZero()
	}
	c := x.begin(Update, from, key, minutes(x.Target.Update), "sla.why_cadence")
	if x.asked {
		c.because(x, Line{Key: "sla.why_asked_only"})
	} else {
		c.because(x, Line{Key: "sla.why_visible_only"})
	}
	if next := told(t, from, c.Due); !next.IsZero() {
		return x.promised(Update, from, next), true
	} else if t.Status == ticket.Pending && x.rest(Update, t.Pending) && t.Detail.Hold.Next.IsZero() {
		begun := x.begun(t)
		c.State, c.Due, c.Counted, c.Pauses = Paused, time.Time{}, 0, []Pause{{From: latest(begun, from), Reason: t.Pending}}
		c.because(x, Line{Key: "sla.why_waits_for", At: begun, Word: string(t.Pending)})
	}
	return c, true
}

// promised is a clock whose due time was told to the requester.
func (x Terms) promised(name Name, from, next time.Time) Clock {
	c := Clock{Name: name, Start: from, Due: next, calendar: x.calendar}
	if !x.mute {
		c.Why = []Line{{Key: "sla.why_promised", At: next}}
	}
	return c
}

// paced shortens the cadence while something stands for which the requester hears more often: a
// major incident (N4). Every minute counts then, and nothing rests. What was owed before it ended
// stays owed.
func (x Terms) paced(t ticket.Ticket, c Clock, ok bool) (Clock, bool) {
	p := t.Detail.Pace
	if p.Minutes == 0 {
		return c, ok
	}
	word := latest(t.LastPublicAt, t.FirstResponseAt)
	since := latest(word, p.From)
	due := since.Add(minutes(p.Minutes))
	if !p.To.IsZero() && !due.Before(p.To) || ok && c.State != Paused && !due.Before(c.Due) {
		return c, ok
	}
	always := x
	always.calendar = calendar.Always{}
	if since.Equal(word) { // the whole stretch counts by the shorter cadence
		out := always.begin(Update, word, "sla.why_last_word", minutes(p.Minutes), "sla.why_paced_"+p.Because)
		out.because(always, Line{Key: "sla.why_visible_only"})
		return out, true
	}
	out := Clock{Name: Update, Start: since, Due: due, Counted: minutes(p.Minutes), Goal: minutes(p.Minutes), calendar: always.calendar}
	if ok { // the run that was under way, due sooner
		out.Start, out.Counted, out.Goal = c.Start, 0, 0
	}
	if !x.mute {
		out.Why = []Line{{Key: "sla.why_paced_since_" + p.Because, At: p.From}, {Key: "sla.why_paced_" + p.Because, Length: minutes(p.Minutes)}, {Key: "sla.why_visible_only"}}
	}
	return out, true
}

// begun is when the wait began that lasts.
func (x Terms) begun(t ticket.Ticket) time.Time {
	if n := len(t.Detail.Waits); n > 0 {
		return t.Detail.Waits[n-1].From
	}
	return t.LastPublicAt
}

// turn returns since when it is the desk's turn to speak, and the line that says why.
func (x Terms) turn(t ticket.Ticket) (time.Time, string) {
	asked := t.Detail.Unanswered
	if t.Status == ticket.Resolved {
		if asked.IsZero() {
			asked = t.LastRequesterAt
		}
		return asked, "sla.why_user_wrote"
	}
	from, key := latest(t.LastPublicAt, t.FirstResponseAt), "sla.why_last_word"
	if x.asked && !asked.IsZero() {
		from, key = asked, "sla.why_user_wrote"
	}
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
		if x.rest(Update, w.Reason) {
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

// silence bounds a wait in which no word is owed, for the update clock rests, or the response
// clock before anybody answered: whoever is waited for is asked again, and nothing is forgotten
// (N29). It never rests, and runs from the last word or the begin of the wait. What the requester
// writes about a solution is not forgotten either, where the policy has no updates.
func (x Terms) silence(t ticket.Ticket) (Clock, bool) {
	if t.Status != ticket.Pending && !t.AsksBack() {
		return Clock{}, false
	}
	if u, ok := x.muted().update(t); ok && u.State != Paused {
		return Clock{}, false
	}
	if t.AsksBack() { // by a policy without updates
		return x.begin(Silence, t.Detail.Unanswered, "sla.why_user_wrote", minutes(x.Target.Silence), "sla.why_silence"), true
	}
	if t.FirstResponseAt.IsZero() && x.Target.Response != None && !x.rest(Response, t.Pending) {
		return Clock{}, false
	}
	from, key := x.begun(t), "sla.why_waits_since"
	if t.LastPublicAt.After(from) {
		from, key = t.LastPublicAt, "sla.why_last_word"
	}
	return x.begin(Silence, from, key, minutes(x.Target.Silence), "sla.why_silence"), true
}

// accept runs from a hand-over until somebody of the other team takes it (N28).
func (x Terms) accept(t ticket.Ticket) (Clock, bool) {
	h := t.Detail.HandOver
	if x.Target.Accept == None || h.At.IsZero() || h.At.Before(t.Detail.ReopenedAt) {
		return Clock{}, false
	}
	c := x.begin(Accept, h.At, "sla.why_handed_over", minutes(x.Target.Accept), "sla.why_accept")
	c.Stopped = h.Answered() // taken, given back with a reason, or solved before
	c.pause(x, x.waits(t, Accept))
	return c, true
}

// resolve counts working time from recording, less the time in which the requester had the
// ball: the waits that the policy says, and between a solution and its rejection.
func (x Terms) resolve(t ticket.Ticket) (Clock, bool) {
	if x.Target.Resolve == None {
		return Clock{}, false
	}
	start, key := t.CreatedAt, "sla.why_recorded"
	if t.Detail.ReopenedAt.After(start) {
		start, key = t.Detail.ReopenedAt, "sla.why_reopened"
	}
	c := x.begin(Resolve, start, key, minutes(x.Target.Resolve), "sla.why_target")
	c.Stopped = t.ResolvedAt
	if !t.Open() && c.Stopped.IsZero() {
		c.Stopped = t.ClosedAt
	}
	c.pause(x, x.waits(t, Resolve))
	return c, true
}

// waits returns the stretches in which a clock rests, in order.
func (x Terms) waits(t ticket.Ticket, name Name) []ticket.Wait {
	var out []ticket.Wait
	for _, w := range t.Detail.Waits {
		if x.rest(name, w.Reason) {
			out = append(out, w)
		}
	}
	if len(t.Detail.Rejections) == 0 || !x.rest(name, Tried) {
		return out
	}
	for _, r := range t.Detail.Rejections {
		if !r.Solved.IsZero() {
			out = append(out, ticket.Wait{Reason: Tried, From: r.Solved, To: r.At})
		}
	}
	slices.SortStableFunc(out, func(a, b ticket.Wait) int { return a.From.Compare(b.From) })
	return out
}

// confirm counts working days, of the policy's own calendar whatever the priority: it is the
// requester who must not be asked to answer on a holiday. It rests while the desk owes an answer
// to what they wrote about the solution, and begins anew with it.
func (x Terms) confirm(t ticket.Ticket) (Clock, bool) {
	if t.ResolvedAt.IsZero() {
		return Clock{}, false
	}
	from, key := t.ConfirmFrom(), "sla.why_solution"
	if from.After(t.ResolvedAt) {
		key = "sla.why_answered"
	}
	c := Clock{Name: Confirm, Start: from, Due: x.patience(from), Stopped: t.ConfirmedAt, calendar: x.own}
	if t.AsksBack() {
		c.State, c.Due = Paused, time.Time{}
		c.because(x, Line{Key: "sla.why_unanswered", At: t.Detail.Unanswered})
		return c, true
	}
	if !x.mute {
		days := Line{Key: "sla.why_confirm_days", Length: time.Duration(x.ConfirmDays) * 24 * time.Hour}
		if rests(x.own) {
			days = Line{Key: "sla.why_confirm_workdays", Word: strconv.FormatInt(x.ConfirmDays, 10)}
		}
		c.Why = []Line{{Key: key, At: from}, days, {Key: "sla.why_unconfirmed"}}
		if rests(x.own) {
			c.Why = append(c.Why, part(x.own.Line()))
		}
	}
	if t.TimeIsUp() {
		c.State, c.Stopped = Missed, t.Detail.Expired // whatever a policy says since
	}
	return c, true
}

// patience is when the time for confirming a solution is up that counts from an instant.
func (x Terms) patience(from time.Time) time.Time {
	return x.own.AddDays(from, int(x.ConfirmDays))
}
