// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Skipped says that somebody was offered a ticket and passed it over.
type Skipped struct {
	Ticket ticket.ID
	Person person.ID
	Reason Reason
	Words  string `json:",omitempty"`
}

// EventName is "pull.skipped".
func (Skipped) EventName() string { return "pull.skipped" }

// EventSubject is the ticket.
func (f Skipped) EventSubject() int64 { return int64(f.Ticket) }
