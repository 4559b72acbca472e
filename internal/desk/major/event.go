// SPDX-License-Identifier: Apache-2.0

package major

import "github.com/loopdesk/loopdesk/internal/desk/ticket"

// Declared records that a ticket became a major incident.
type Declared struct {
	Ticket   ticket.ID
	Headline string
	Public   bool
}

// EventName is "major.declared".
func (Declared) EventName() string { return "major.declared" }

// EventSubject is the ticket.
func (e Declared) EventSubject() int64 { return int64(e.Ticket) }

// Updated records a word about a major incident.
type Updated struct {
	Ticket ticket.ID
	Update int64
	Public bool
	Spread int64 // attached requests on which it was posted
}

// EventName is "major.updated".
func (Updated) EventName() string { return "major.updated" }

// EventSubject is the ticket.
func (e Updated) EventSubject() int64 { return int64(e.Ticket) }

// Attached records that a request belongs to a major incident.
type Attached struct {
	Ticket  ticket.ID // the incident
	Request ticket.ID
}

// EventName is "major.attached".
func (Attached) EventName() string { return "major.attached" }

// EventSubject is the ticket.
func (e Attached) EventSubject() int64 { return int64(e.Ticket) }

// Ended records the end of a major incident, with its review or the reason for having none.
type Ended struct {
	Ticket    ticket.ID
	Review    string
	Deviation string
}

// EventName is "major.ended".
func (Ended) EventName() string { return "major.ended" }

// EventSubject is the ticket.
func (e Ended) EventSubject() int64 { return int64(e.Ticket) }
