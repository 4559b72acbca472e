// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Asked records that an approval was asked for, with what exactly it is about.
type Asked struct {
	Approval ID
	Ticket   ticket.ID
	Subject  Subject
	Digest   string
	Seats    []person.ID
}

// EventName is "approval.asked".
func (Asked) EventName() string { return "approval.asked" }

// EventSubject is the approval.
func (e Asked) EventSubject() int64 { return int64(e.Approval) }

// Answered records what one person said.
type Answered struct {
	Approval ID
	Seat     SeatID
	By       person.ID
	For      person.ID `json:",omitempty"` // whom they stood in for
	Yes      bool
	Via      string // by which door; "link" is the signed one of a letter
}

// EventName is "approval.answered".
func (Answered) EventName() string { return "approval.answered" }

// EventSubject is the approval.
func (e Answered) EventSubject() int64 { return int64(e.Approval) }

// Ended records how it ended.
type Ended struct {
	Approval ID
	Ticket   ticket.ID
	State    State
	Digest   string
	Until    time.Time `json:",omitzero"`
}

// EventName is "approval.ended".
func (Ended) EventName() string { return "approval.ended" }

// EventSubject is the approval.
func (e Ended) EventSubject() int64 { return int64(e.Approval) }

// LeaveSet records who sits in somebody's seats while they are away; nobody where Deputy is 0.
type LeaveSet struct {
	Person person.ID
	Deputy person.ID
	From   time.Time `json:",omitzero"`
	To     time.Time `json:",omitzero"`
}

// EventName is "approval.leave_set".
func (LeaveSet) EventName() string { return "approval.leave_set" }

// EventSubject is the person.
func (e LeaveSet) EventSubject() int64 { return int64(e.Person) }
