// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// A ticket knows which runbooks were followed on it and what came of that, and nothing of their
// steps: the room of runbooks keeps those. Gates and clauses ask here (N25).

// CmdGuide is given by the room of runbooks, for whoever follows one.
const CmdGuide Name = "guide"

// GuideState is where the following of a runbook stands.
type GuideState string

// The states of a guide.
const (
	GuideBegun    GuideState = "begun"    // an agent follows it
	GuideSent     GuideState = "sent"     // the requester has it, as pages
	GuideAnswered GuideState = "answered" // and has answered a step
	GuideSolved   GuideState = "solved"
	GuideUnsolved GuideState = "unsolved" // every step is done, or left out with a reason
	GuideWaived   GuideState = "waived"   // it is left out as a whole, with a reason
	GuideStopped  GuideState = "stopped"
)

// Over reports whether nobody follows it any more.
func (g GuideState) Over() bool {
	switch g {
	case GuideSolved, GuideUnsolved, GuideWaived, GuideStopped:
		return true
	case GuideBegun, GuideSent, GuideAnswered:
	}
	return false
}

// Counts reports whether the runbook counts as done: to its end, or left out with a reason.
func (g GuideState) Counts() bool { return g.Over() && g != GuideStopped }

// Guide is one following of a runbook.
type Guide struct {
	Run     int64
	Runbook int64
	Version int64
	Title   string
	State   GuideState
	At      time.Time `json:",omitzero"`
	Sent    time.Time `json:",omitzero"` // when the requester got it
	Message MessageID `json:",omitempty"`
	Step    string    `json:",omitempty"` // title of the step that was answered last
	Outcome string    `json:",omitempty"` // and the answer
	Reason  string    `json:",omitempty"` // of what is left out
}

type (
	// GuideWith records where the following of a runbook stands. With words it is a message that
	// the requester sees, or one from them.
	GuideWith struct {
		Guide
		Say Say
	}
	// Guided says that.
	Guided struct {
		Of
		Guide       Guide
		ByRequester bool `json:",omitempty"`
	}
)

// maxGuides bounds the runbooks that are followed on one ticket.
const maxGuides = 60

// Name of the command.
func (GuideWith) Name() Name { return CmdGuide }

// EventName is "ticket.guided".
func (Guided) EventName() string { return "ticket.guided" }

// decide makes a runbook that is sent a word of a human, as a question is (N3), and the requester's
// report at its end a word of theirs.
func (c GuideWith) decide(t Ticket, w world) ([]Fact, error) {
	known := slices.ContainsFunc(t.Detail.Guides, func(g Guide) bool { return g.Run == c.Run })
	if !known && len(t.Detail.Guides) >= maxGuides {
		return nil, errs.New(errs.Conflict, "ticket.guides_many", "Max", maxGuides)
	}
	if err := fits(map[string]string{"reason": c.Reason}); err != nil {
		return nil, err
	}
	byUser := !w.by.Staff()
	g := c.Guide
	g.Title, g.Step, g.Reason, g.Message = oneLine(g.Title, 200), oneLine(g.Step, 200), text.Body(g.Reason), w.message
	var out []Fact
	if w.message != 0 {
		said := Said{Of: Of{t.ID}, Message: w.message, Kind: Public, ByRequester: byUser}
		said.FirstResponse = !byUser && t.FirstResponseAt.IsZero() && w.by.Kind == access.Person
		out = append(out, said)
	}
	out = append(out, Guided{Of: Of{t.ID}, Guide: g, ByRequester: byUser})
	if w.message != 0 && byUser && t.Status == Pending && t.Detail.Hold.Reason == ForRequester {
		out = append(out, Resumed{Of{t.ID}, "requester_replied"})
	}
	return out, nil
}

func (f Guided) apply(t *Ticket, m event.Meta) {
	g := f.Guide
	g.At = m.At
	t.Detail.Guides = slices.Clone(t.Detail.Guides)
	i := slices.IndexFunc(t.Detail.Guides, func(x Guide) bool { return x.Run == g.Run })
	if g.State == GuideSent {
		g.Sent = m.At
	}
	if i < 0 {
		t.Detail.Guides = append(t.Detail.Guides, g)
		return
	}
	if was := t.Detail.Guides[i]; g.State != GuideSent {
		g.Sent, g.Message = was.Sent, was.Message
	}
	t.Detail.Guides[i] = g
}

// GuideOf returns the following of a runbook that a message sent; false where it sent none.
func (t Ticket) GuideOf(which MessageID) (Guide, bool) {
	i := slices.IndexFunc(t.Detail.Guides, func(g Guide) bool { return which != 0 && g.Message == which && !g.Sent.IsZero() })
	if i < 0 {
		return Guide{}, false
	}
	return t.Detail.Guides[i], true
}
