// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// RunID is the key of a run.
type RunID int64

// RunState is where a run stands.
type RunState string

// The states of a run. After Sent both the requester and the desk may go on with it.
const (
	Running     RunState = "running"
	Sent        RunState = "sent"
	RunSolved   RunState = "solved"
	RunUnsolved RunState = "unsolved"
	RunWaived   RunState = "waived"
	RunStopped  RunState = "stopped"
)

// Over reports whether nobody goes on with it.
func (s RunState) Over() bool { return s != Running && s != Sent }

// guide is the state as the ticket keeps it.
func (s RunState) guide() ticket.GuideState {
	switch s {
	case Running:
		return ticket.GuideBegun
	case Sent:
		return ticket.GuideSent
	case RunSolved:
		return ticket.GuideSolved
	case RunUnsolved:
		return ticket.GuideUnsolved
	case RunWaived:
		return ticket.GuideWaived
	case RunStopped:
	}
	return ticket.GuideStopped
}

// Run is one following of a version on a ticket.
type Run struct {
	ID      RunID
	Ticket  ticket.ID
	Runbook ID
	Number  int64 // of the version that it began with
	Version int64 // of the row
	State   RunState
	Step    string // where the next mark is made
	Marks   int
	Reason  string // of one that is left out
	Starter person.ID
	At      time.Time
	SentAt  time.Time // when the requester got it; zero for one of the desk's own
	EndedAt time.Time
	BackAt  time.Time // when the ticket came back although it was said to be solved; zero for one that holds
}

// Course is a run with all that its page shows.
type Course struct {
	Run
	Book    Book
	Text    Version
	Marked  []Mark
	At      Standing
	Of      ticket.Ticket
	Lock    Lock // of the step at which it stands
	Retired bool
}

// Here is the step at which the run stands; false where it ended.
func (c Course) Here() (Step, bool) { return c.Book.Step(c.At.Step) }

// Last is the last mark; false before the first.
func (c Course) Last() (Mark, bool) {
	if len(c.Marked) == 0 {
		return Mark{}, false
	}
	return c.Marked[len(c.Marked)-1], true
}

// Word is an outcome of a step in words: the author's own label, else the house's.
func Word(l i18n.Lang, s Step, outcome string) string {
	for _, o := range s.Options {
		if o.Value == outcome && o.Label != "" {
			return o.Label
		}
	}
	switch outcome {
	case Done, Failed, Answered, In, Out, Cannot, Unclear, Waived:
		return i18n.T(l, "runbook.outcome_"+outcome)
	}
	return outcome
}

// Said is a mark in words: what came of it, and what was answered.
func Said(l i18n.Lang, s Step, m Mark) string {
	word := Word(l, s, m.Outcome)
	switch {
	case m.Outcome == Waived:
		return i18n.T(l, "runbook.said_waived", "Reason", m.Reason)
	case m.Outcome == Answered:
		return m.Value
	case s.Kind == Measure && m.Value != "":
		return i18n.T(l, "runbook.said_measured", "Value", m.Value, "Unit", s.Unit, "Word", word)
	case m.Value != "":
		return i18n.T(l, "runbook.said_with", "Word", word, "Value", m.Value)
	}
	return word
}
