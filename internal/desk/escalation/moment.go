// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"cmp"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// Clock is one run of a time limit of a ticket, as the room that owns it computes it.
type Clock struct {
	Name    string
	Run     string                              // names this run on its ticket; another start is another run
	Running bool                                // neither stopped nor paused: somebody owes something
	Due     time.Time                           // zero where it cannot be said now
	At      func(percent int) time.Time         // when so much of the target is used; zero where it cannot be said
	Off     func(after time.Duration) time.Time // working time after Due, before it where negative
}

// Scene is what a ticket's steps depend on besides the plan.
type Scene struct {
	Clocks   []Clock
	Priority triage.Priority
	Urgent   bool              // P1, or a major incident: told at any hour
	Hours    calendar.Calendar // by which the ticket's clocks count
}

// Moment is a step of the plan at its time.
type Moment struct {
	Step  Step
	Clock Clock
	At    time.Time // when it is raised
}

// key is what makes a moment one of its kind on its ticket.
type key struct{ run, step string }

func (m Moment) key() key { return key{m.Clock.Run, m.Step.ID} }

// Moments returns every step of the clocks that run, by time. It is pure: page, preview and
// the act itself come from it.
func (p Plan) Moments(s Scene) []Moment {
	var out []Moment
	for _, c := range s.Clocks {
		if !c.Running {
			continue
		}
		for _, step := range p.Steps {
			if !step.of(c.Name, s.Priority) {
				continue
			}
			if at := s.moment(step, c); !at.IsZero() && !at.Before(step.Since) {
				out = append(out, Moment{Step: step, Clock: c, At: at})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Step.ID, b.Step.ID)) })
	return out
}

// moment is when a step of a clock is raised; outside working hours it waits for the opening.
func (s Scene) moment(step Step, c Clock) time.Time {
	var at time.Time
	if step.Percent != 0 {
		at = c.At(step.Percent)
	} else {
		at = c.Off(time.Duration(step.Minutes) * time.Minute)
	}
	if at.IsZero() || s.Urgent || s.Hours == nil {
		return at
	}
	return s.Hours.Add(at, 0)
}

// together is how old a moment may be and still be raised beside a later one of its clock.
const together = 15 * time.Minute

// judged is what is to be done about a ticket at an instant.
type judged struct {
	raise []Moment
	pass  []Moment  // overtaken by a later step of the same clock before anybody could raise them
	next  time.Time // when the ticket is looked at next; zero for never
}

// judge decides about the moments of a ticket, given what was raised or passed before.
func judge(list []Moment, done map[key]bool, now time.Time) judged {
	var out judged
	last := map[string]time.Time{} // by run: the latest moment that is reached
	for _, m := range list {
		if !m.At.After(now) && !done[m.key()] {
			last[m.Clock.Run] = m.At
		}
	}
	for _, m := range list {
		switch {
		case done[m.key()]:
		case m.At.After(now):
			if out.next.IsZero() {
				out.next = m.At
			}
		case m.At.Before(last[m.Clock.Run]) && now.Sub(m.At) > together:
			out.pass = append(out.pass, m)
		default:
			out.raise = append(out.raise, m)
		}
	}
	return out
}
