// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// What is asked of approvers lives in a room of its own; the ticket keeps, fact by fact, what
// happened, so that its thread, its clocks and its letters tell it (N31).

// CmdTellApproval is the desk's own: the room that keeps approvals says what happened to one.
const CmdTellApproval Name = "tell-approval"

// ApprovalStep is what happened to an approval.
type ApprovalStep string

// The steps. Answered ones were given by a person, ended ones follow from the answers or from
// time.
const (
	ApprovalAsked     ApprovalStep = "asked"
	ApprovalYes       ApprovalStep = "yes"       // one person agreed
	ApprovalNo        ApprovalStep = "no"        // one person did not
	ApprovalAdded     ApprovalStep = "added"     // an approver called in another
	ApprovalReminded  ApprovalStep = "reminded"  // those whose turn it is were asked once more
	ApprovalGranted   ApprovalStep = "granted"   // the end: yes
	ApprovalRefused   ApprovalStep = "refused"   // the end: no
	ApprovalWithdrawn ApprovalStep = "withdrawn" // the end: no longer asked
	ApprovalExpired   ApprovalStep = "expired"   // the end: nobody decided in time
	ApprovalVoid      ApprovalStep = "void"      // the end: what was to be approved is not the same any more
	ApprovalDropped   ApprovalStep = "dropped"   // the end: nobody can decide it any more
)

// Ends reports whether nothing follows it.
func (s ApprovalStep) Ends() bool {
	switch s {
	case ApprovalGranted, ApprovalRefused, ApprovalWithdrawn, ApprovalExpired, ApprovalVoid, ApprovalDropped:
		return true
	case ApprovalAsked, ApprovalYes, ApprovalNo, ApprovalAdded, ApprovalReminded:
	}
	return false
}

// Approval is what happened to an approval that was asked for the ticket.
type Approval struct {
	Of
	Approval int64 // its key in the room that keeps it
	Step     ApprovalStep
	Title    string      // what is to be approved, in a line
	Asker    person.ID   // who asked
	By       person.ID   `json:",omitempty"` // who did this; 0 for the desk
	For      person.ID   `json:",omitempty"` // whom they stood in for
	Added    person.ID   `json:",omitempty"` // who was called in
	Comment  string      `json:",omitempty"` // their words
	Reason   string      `json:",omitempty"` // message key of why it was dropped
	Turn     []person.ID `json:",omitempty"` // whose turn it is from here on
}

// EventName of the fact.
func (Approval) EventName() string { return "ticket.approval" }

// apply changes nothing: a wait for it is a wait like any other.
func (Approval) apply(*Ticket, event.Meta) {}

// TellApproval puts what happened to an approval on the ticket.
type TellApproval struct{ Told []Approval }

// Name of the command.
func (TellApproval) Name() Name { return CmdTellApproval }

func (c TellApproval) decide(t Ticket, _ world) ([]Fact, error) {
	if len(c.Told) == 0 {
		return nil, errs.New(errs.Invalid, "errs.invalid")
	}
	out := make([]Fact, 0, len(c.Told))
	for _, f := range c.Told {
		f.Of = Of{t.ID}
		out = append(out, f)
	}
	return out, nil
}

// With is another command with the same preparation, for rooms that know only within the commit
// what they give: one whose rule looks up nothing outside the ticket.
func (r Ready) With(cmd Command) Ready {
	r.cmd = cmd
	return r
}
