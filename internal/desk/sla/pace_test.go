// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// updateOf is the update clock of a life by the policy of a new desk and office hours.
func updateOf(t *testing.T, l *slatest.Life) sla.Clock {
	t.Helper()
	c, ok := sla.One(sla.Update, l.Ticket, sla.Standard(), office(t), l.Now)
	if !ok {
		t.Fatal("no update clock")
	}
	return c
}

func dueAt(t *testing.T, c sla.Clock, want time.Time) {
	t.Helper()
	if !c.Due.Equal(want) {
		t.Errorf("due %v, want %v (%s)", c.Due, want, c.State)
	}
}

// While a major incident stands the requester hears every half hour, at any hour and in any wait.
func TestN4_AMajorIncidentShortensTheUpdateClock(t *testing.T) {
	t.Parallel()
	l := answered()
	word := l.Now
	before := updateOf(t, l)
	l.Then(time.Hour, slatest.Paced(30))
	declared := l.Now
	c := updateOf(t, l)
	dueAt(t, c, declared.Add(30*time.Minute))
	if c.Run() != before.Run() || !c.Start.Equal(word) {
		t.Errorf("the declaration began another run: %s, %s", before.Run(), c.Run())
	}
	l.Then(10*time.Hour, l.Word()) // late, and in the evening
	word = l.Now
	dueAt(t, updateOf(t, l), word.Add(30*time.Minute))
	l.Then(time.Minute, slatest.Held(ticket.ForRequester, time.Time{}))
	if c = updateOf(t, l); c.State == sla.Paused {
		t.Error("a wait rests the clock of a major incident")
	}
	dueAt(t, c, word.Add(30*time.Minute))
	if _, ok := sla.One(sla.Silence, l.Ticket, sla.Standard(), office(t), l.Now); ok {
		t.Error("a word is owed, and the silence clock runs")
	}
	l.Then(time.Minute, slatest.Held(ticket.Blocked, l.Now.Add(5*time.Hour)))
	dueAt(t, updateOf(t, l), l.Now.Add(30*time.Minute)) // what is told later than the cadence does not stretch it
	l.Then(time.Minute, slatest.Resumed())
	l.Then(10*time.Minute, slatest.Paced(0))
	if c = updateOf(t, l); !c.Due.After(l.Now.Add(30 * time.Minute)) {
		t.Errorf("ended in time, and the short cadence still holds: due %v", c.Due)
	}
}

// What was owed when it ended stays owed; nothing is forgiven by ending it.
func TestN4_EndingAMajorIncidentForgivesNothing(t *testing.T) {
	t.Parallel()
	l := answered().Then(time.Minute, slatest.Paced(30))
	due := l.Now.Add(30 * time.Minute)
	l.Then(2*time.Hour, slatest.Paced(0)).Wait(time.Minute)
	c := updateOf(t, l)
	if dueAt(t, c, due); c.State != sla.Over {
		t.Errorf("late, and %s after the end", c.State)
	}
	l.Then(time.Minute, l.Word())
	if c = updateOf(t, l); c.Due.Equal(due) || c.State != sla.Running {
		t.Errorf("a word was said: %s, due %v", c.State, c.Due)
	}
}

// Nobody has answered yet: the word is owed from the declaration.
func TestN4_AMajorIncidentBeforeTheFirstWord(t *testing.T) {
	t.Parallel()
	l := slatest.New(ticket.Portal).Then(time.Hour, slatest.Paced(30))
	dueAt(t, updateOf(t, l), l.Now.Add(30*time.Minute))
}
