// SPDX-License-Identifier: Apache-2.0

package score_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// of scores a life as the room does.
func of(l *slatest.Life) (score.Sheet, bool) {
	book := sla.By(sla.Standard(), calendar.Always{})
	var told []report.Told
	in := norm.Input{Ticket: l.Ticket, Rules: book, Now: l.Now}
	for _, f := range l.Told {
		told = append(told, report.Told{ID: f.ID, Meta: f.Meta, Fact: f.Fact})
		in.Facts = append(in.Facts, norm.Noted{ID: f.ID, Meta: f.Meta, Fact: f.Fact})
	}
	return score.Compute(told, report.Outcomes(told, book), norm.Judge(in))
}

func looked(words ...string) ticket.Worded {
	w := ticket.Worded{Looked: true}
	for _, x := range words {
		w.Remarks = append(w.Remarks, ticket.Remark{Clause: "N41", Words: x})
	}
	return w
}

// answered is a ticket with a first word after an hour.
func answered(w ticket.Worded) *slatest.Life {
	l := slatest.New(ticket.Portal)
	l.Then(0, slatest.Acknowledged(l.Now.Add(2*hour))).Then(time.Minute, slatest.Accepted()).Then(0, slatest.Complete()).Then(0, slatest.Graded(triage.P3)).Then(0, ticket.Classified{Of: ticket.Of{Ticket: 1}, Category: 4})
	word := l.Word()
	word.Worded = w
	return l.Then(59*time.Minute, word)
}

func closed(l *slatest.Life, as ticket.Outcome) *slatest.Life {
	if as == ticket.Confirmed {
		l.Then(hour, slatest.Confirmed())
	} else {
		l.Then(3*day, slatest.TimeUp())
	}
	return l.Then(0, slatest.Archived()).Then(0, slatest.Ended(as))
}

func TestN1_ThreeScoresOfAClosedTicket(t *testing.T) {
	t.Parallel()
	rated := func(stars int, l *slatest.Life) *slatest.Life {
		return l.Then(hour, ticket.Rated{Of: ticket.Of{Ticket: 1}, Score: stars})
	}
	late := slatest.New(ticket.Portal)
	late.Then(3*hour, late.Word()).Then(40*day, slatest.Solved())
	for name, tt := range map[string]struct {
		life                *slatest.Life
		efficient, friendly int
		whole               bool // every clause was met
		needed, confirmed   bool
	}{
		"everything right, nobody rated, nothing looked at": {closed(answered(ticket.Worded{}).Then(hour, slatest.Solved()), ticket.Confirmed), 100, score.None, true, true, true},
		"five stars":                        {rated(5, closed(answered(ticket.Worded{}).Then(hour, slatest.Solved()), ticket.Confirmed)), 100, 100, true, true, true},
		"one star":                          {rated(1, closed(answered(ticket.Worded{}).Then(hour, slatest.Solved()), ticket.Confirmed)), 100, 0, true, true, true},
		"five stars and one rough word":     {rated(5, closed(answered(looked("你自己弄错了")).Then(hour, slatest.Solved()), ticket.Confirmed)), 100, 66, false, true, true},
		"a rough word and no rating":        {closed(answered(looked("你自己弄错了")).Then(hour, slatest.Solved()), ticket.Confirmed), 100, 0, false, true, true},
		"the time ran out":                  {closed(answered(looked()).Then(hour, slatest.Solved()), ticket.Unconfirmed), 100, 100, false, true, false},
		"the last rating counts":            {rated(4, rated(1, closed(answered(ticket.Worded{}).Then(hour, slatest.Solved()), ticket.Confirmed))), 100, 75, true, true, true},
		"answered late and solved too late": {closed(late, ticket.Confirmed), 0, score.None, false, true, true},
	} {
		s, ok := of(tt.life)
		if !ok {
			t.Errorf("%s: not scored", name)
			continue
		}
		if s.Efficient != tt.efficient || s.Friendly != tt.friendly {
			t.Errorf("%s: efficient %d, friendly %d; want %d, %d (%+v)", name, s.Efficient, s.Friendly, tt.efficient, tt.friendly, s)
		}
		if s.Book != s.Met*100/s.Judged || (s.Book == 100) != tt.whole {
			t.Errorf("%s: by the book %d, %d of %d", name, s.Book, s.Met, s.Judged)
		}
		if s.Needed != tt.needed || s.Confirmed() != tt.confirmed {
			t.Errorf("%s: needed %v, confirmed %v", name, s.Needed, s.Confirmed())
		}
	}
}

func TestN1_WhatIsNotClosedOrWasCalledOffHasNoScore(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]*slatest.Life{
		"open":            answered(ticket.Worded{}),
		"waits for a yes": answered(ticket.Worded{}).Then(hour, slatest.Solved()),
		"called off":      answered(ticket.Worded{}).Then(hour, slatest.Ended(ticket.Cancelled)),
		"a duplicate":     answered(ticket.Worded{}).Then(hour, slatest.Ended(ticket.Duplicate)),
		"came back":       closed(answered(ticket.Worded{}).Then(hour, slatest.Solved()), ticket.Confirmed).Then(day, slatest.Reopened()),
	} {
		if s, ok := of(l); ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// Whatever happens, scores are within their range, and time that ran out is never a confirmation (N35).
func TestN1_N35_ScoresOfAnyLife(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := slatest.Random(t, 14)
		s, ok := of(l)
		if !ok {
			return
		}
		for _, name := range score.Names() {
			if n := s.Of(name); n < score.None || n > 100 {
				t.Fatalf("%s is %d", name, n)
			}
		}
		if s.Confirmed() != (l.Ticket.ClosedAs == ticket.Confirmed && s.Needed) {
			t.Fatalf("closed as %s and counted as confirmed: %v", l.Ticket.ClosedAs, s.Confirmed())
		}
		if s.Confirmed() && l.Ticket.ClosedAs == ticket.Unconfirmed {
			t.Fatal("time that ran out counts as confirmed")
		}
	})
}
