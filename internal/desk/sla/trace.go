// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Traced adds to the reasons of a clock the facts that they come from, where the thread has them.
func (c Clock) Traced(thread []ticket.Entry) Clock {
	trace := func(list []Line) []Line {
		list = slices.Clone(list)
		for i, l := range list {
			if l.At.IsZero() {
				continue
			}
			begins, ends := causes(l)
			list[i].Event = cause(thread, l.At, begins)
			if !l.To.IsZero() {
				list[i].Ended = cause(thread, l.To, ends)
			}
		}
		return list
	}
	c.Why, c.Days = trace(c.Why), trace(c.Days)
	return c
}

// cause finds the first fact of an instant that is of one of the kinds; 0 where there is none.
func cause(thread []ticket.Entry, at time.Time, kinds []string) int64 {
	for _, e := range thread {
		if e.Record.Meta.At.Equal(at) && slices.Contains(kinds, e.Record.Name) {
			return e.Record.ID
		}
	}
	return 0
}

// causes names the facts that a line can come from, and those that end the stretch it speaks of.
func causes(l Line) (begins, ends []string) {
	begun := map[string][]string{
		"recorded":    {ticket.Recorded{}.EventName()},
		"reopened":    {ticket.Reopened{}.EventName()},
		"rejected":    {ticket.UserRejected{}.EventName()},
		"user_wrote":  {ticket.Said{}.EventName()},
		"unanswered":  {ticket.Said{}.EventName(), ticket.VisitStepped{}.EventName()},
		"answered":    {ticket.Said{}.EventName(), ticket.UserConfirmed{}.EventName()},
		"solution":    {ticket.SolutionGiven{}.EventName()},
		"handed_over": {ticket.HandedOver{}.EventName()},
		"last_word":   {ticket.Said{}.EventName(), ticket.Held{}.EventName(), ticket.SolutionGiven{}.EventName(), ticket.UserConfirmed{}.EventName()},
		"tried":       {ticket.SolutionGiven{}.EventName()},

		"paced_since_" + ticket.PaceMajor: {ticket.Paced{}.EventName()},
	}
	over := []string{ticket.Resumed{}.EventName(), ticket.Held{}.EventName(), ticket.SolutionGiven{}.EventName(), ticket.UserRejected{}.EventName(), ticket.Ended{}.EventName(), ticket.Said{}.EventName()}
	name := strings.TrimPrefix(l.Key, "sla.why_")
	switch {
	case begun[name] != nil:
		return begun[name], over
	case name == "wait_over":
		return over, nil
	case strings.HasPrefix(name, "paused"), strings.HasPrefix(name, "waits"):
		return []string{ticket.Held{}.EventName()}, over
	}
	return nil, nil
}
