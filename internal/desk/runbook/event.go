// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Versioned records that a version of a runbook came to another state.
type Versioned struct {
	Runbook ID
	Number  int64
	State   State
	Note    string `json:",omitempty"`
}

// EventName is "runbook.versioned".
func (Versioned) EventName() string { return "runbook.versioned" }

// EventSubject is the runbook.
func (e Versioned) EventSubject() int64 { return int64(e.Runbook) }

// Placed records for which categories a runbook is offered from now on.
type Placed struct {
	Runbook ID
	Places  []Place
}

// EventName is "runbook.placed".
func (Placed) EventName() string { return "runbook.placed" }

// EventSubject is the runbook.
func (e Placed) EventSubject() int64 { return int64(e.Runbook) }

// Retired records that nobody begins a runbook any more, or that one may again.
type Retired struct {
	Runbook ID
	Back    bool
}

// EventName is "runbook.retired".
func (Retired) EventName() string { return "runbook.retired" }

// EventSubject is the runbook.
func (e Retired) EventSubject() int64 { return int64(e.Runbook) }

// Pictured records that a picture was attached.
type Pictured struct {
	Runbook ID
	Name    string
}

// EventName is "runbook.pictured".
func (Pictured) EventName() string { return "runbook.pictured" }

// EventSubject is the runbook.
func (e Pictured) EventSubject() int64 { return int64(e.Runbook) }

// Known records that somebody has read a version (N9).
type Known struct {
	Runbook ID
	Number  int64
	Person  person.ID
}

// EventName is "runbook.known".
func (Known) EventName() string { return "runbook.known" }

// EventSubject is the runbook.
func (e Known) EventSubject() int64 { return int64(e.Runbook) }

// Marked records what came of a step of a run, beside the ticket.
type Marked struct {
	Ticket ticket.ID
	Run    RunID
	Mark   Mark
}

// EventName is "run.marked".
func (Marked) EventName() string { return "run.marked" }

// EventSubject is the ticket.
func (e Marked) EventSubject() int64 { return int64(e.Ticket) }

// Prepared records what will be done at a step with a risk, and how it is taken back (N31).
type Prepared struct {
	Ticket ticket.ID
	Run    RunID
	Deed   DeedID
	Step   string
	Risk   string
	Digest string
}

// Ref names the deed to the room of approvals.
func (e Prepared) Ref() string { return Deed{ID: e.Deed}.Ref() }

// EventName is "run.prepared".
func (Prepared) EventName() string { return "run.prepared" }

// EventSubject is the ticket.
func (e Prepared) EventSubject() int64 { return int64(e.Ticket) }

// Released records that a second person let it be done.
type Released struct {
	Ticket ticket.ID
	Run    RunID
	Deed   DeedID
	Step   string
	Digest string
}

// EventName is "run.released".
func (Released) EventName() string { return "run.released" }

// EventSubject is the ticket.
func (e Released) EventSubject() int64 { return int64(e.Ticket) }
