// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Routed says that a rule gave a ticket to a group, and why to that person or to none.
type Routed struct {
	Ticket ticket.ID
	Rule   RuleID
	Name   string
	Group  person.GroupID
	Person person.ID `json:",omitempty"`
	Choice Choice
	InWork int64 `json:",omitempty"` // what the person had in work
}

// EventName is "routing.routed".
func (Routed) EventName() string { return "routing.routed" }

// EventSubject is the ticket.
func (f Routed) EventSubject() int64 { return int64(f.Ticket) }

// RuleChanged records a new or changed rule as it now is.
type RuleChanged struct{ Rule Rule }

// EventName is "routing.rule_changed".
func (RuleChanged) EventName() string { return "routing.rule_changed" }

// EventSubject is 0: rules belong to the desk.
func (RuleChanged) EventSubject() int64 { return 0 }
