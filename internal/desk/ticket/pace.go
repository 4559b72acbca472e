// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// CmdPace is the desk's own: a room says how often a requester hears for a while.
const CmdPace Name = "pace"

// SetPace says that from now on the requester hears at least every so many minutes, at any hour,
// whatever the policy says; 0 gives the matter back to the policy. Because names the reason.
type SetPace struct {
	Minutes int64
	Because string
}

// PaceMajor is the reason of a major incident (N4).
const PaceMajor = "major"

// Name of the command.
func (SetPace) Name() Name { return CmdPace }

// Pace is how often the requester hears while something stands.
type Pace struct {
	Minutes int64
	Because string
	From    time.Time
	To      time.Time `json:",omitzero"` // zero while it holds
}

const maxPace = 7 * 24 * 60

func (c SetPace) decide(t Ticket, _ world) ([]Fact, error) {
	if c.Minutes < 0 || c.Minutes > maxPace {
		return nil, errs.New(errs.Invalid, "errs.invalid")
	}
	was := t.Detail.Pace
	if stands := was.Minutes > 0 && was.To.IsZero(); c.Minutes == 0 && !stands || stands && was.Minutes == c.Minutes && was.Because == c.Because {
		return nil, errs.New(errs.Conflict, "ticket.same_pace")
	}
	return []Fact{Paced{Of{t.ID}, c.Minutes, c.Because}}, nil
}

func (f Paced) apply(t *Ticket, m event.Meta) {
	if f.Minutes == 0 {
		t.Detail.Pace.To = m.At
		return
	}
	t.Detail.Pace = Pace{Minutes: f.Minutes, Because: f.Because, From: m.At}
}

// asking keeps since when the requester waits for a word: their first one that nobody has
// answered yet; and the answer to what they wrote about a solution, with which the time for
// confirming it and its reminders begin anew.
func (t *Ticket) asking() {
	if t.inTime() && !t.Waiting() && t.LastRequesterAt.After(t.ResolvedAt) && t.LastPublicAt.After(t.Detail.Answered) {
		t.Detail.Answered, t.Detail.Reminders = t.LastPublicAt, 0
	}
	switch {
	case !t.Waiting():
		t.Detail.Unanswered = time.Time{}
	case t.Detail.Unanswered.IsZero():
		t.Detail.Unanswered = t.LastRequesterAt
	}
}
