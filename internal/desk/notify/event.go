// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Undelivered records that somebody was not told what the desk meant to tell: the mail was
// refused for good, or its patience is over. What was told stands in the send log.
type Undelivered struct {
	Ticket   ticket.ID
	Person   person.ID
	Template Template
	Reason   string // message key
	Address  string // where it was sent
	Answer   string // what the mail server said
}

// EventName is "notify.undelivered".
func (Undelivered) EventName() string { return "notify.undelivered" }

// EventSubject is the ticket.
func (e Undelivered) EventSubject() int64 { return int64(e.Ticket) }
