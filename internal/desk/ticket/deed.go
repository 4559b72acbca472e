// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// A step with a risk that was done stands on the ticket as a fact of its own: by what it was
// covered, who let it be done, what came of it (N31). The room of runbooks keeps what exactly was
// done and how it is taken back, and records this in the commit that holds the mark.

// CmdDeed is given by the room of runbooks, in the name of whoever did the step.
const CmdDeed Name = "deed"

// Cover is what let a step with a risk be done.
type Cover string

// The covers.
const (
	ByRunbook  Cover = "runbook"  // a second person reviewed the version that says how
	ByApproval Cover = "approval" // approvers agreed to exactly this
)

type (
	// NoteDeed records that a step with a risk was done.
	NoteDeed struct{ Deed DeedDone }
	// DeedDone says that.
	DeedDone struct {
		Of
		Run      int64
		Step     string // its title
		Risk     string // name of the class
		Cover    Cover  `json:",omitempty"`
		Writer   person.ID
		Releaser person.ID `json:",omitempty"` // the second pair of eyes, where the class asks for one
		FourEyes bool      `json:",omitempty"` // it does
		Outcome  string    // in words
	}
)

// Name of the command.
func (NoteDeed) Name() Name { return CmdDeed }

// EventName is "ticket.deed_done".
func (DeedDone) EventName() string { return "ticket.deed_done" }

func (c NoteDeed) decide(t Ticket, _ world) ([]Fact, error) {
	if c.Deed.Step == "" || c.Deed.Outcome == "" {
		return nil, errs.New(errs.Invalid, "errs.invalid")
	}
	f := c.Deed
	f.Of, f.Step, f.Outcome = Of{t.ID}, oneLine(f.Step, 200), text.Body(f.Outcome)
	return []Fact{f}, nil
}

// apply changes nothing: the steps of a runbook are kept in its own room.
func (DeedDone) apply(*Ticket, event.Meta) {}
