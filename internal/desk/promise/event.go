// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// about is embedded in every fact: the ticket and the promise that it happened to. Told is the
// fact that told the time, by which the promise is known when it is computed again.
type about struct {
	Ticket  ticket.ID
	Promise ID
	Told    int64
	Due     time.Time
}

// EventSubject is the ticket.
func (a about) EventSubject() int64 { return int64(a.Ticket) }

func (p Promise) about() about { return about{p.Ticket, p.ID, p.Fact, p.Due} }

type (
	// Made says that a time was told.
	Made struct {
		about
		Source Source
		Words  string `json:",omitempty"`
	}
	// WasKept says that a human spoke in time.
	WasKept struct{ about }
	// Broke says that it was due and nothing was said. It is recorded once.
	Broke struct{ about }
	// Moved says that a later time was told before it was due.
	Moved struct {
		about
		To time.Time
	}
	// Voided says that the ticket ended before it was due.
	Voided struct{ about }
)

// The names under which facts are stored.
func (Made) EventName() string    { return "promise.made" }
func (WasKept) EventName() string { return "promise.kept" }
func (Broke) EventName() string   { return "promise.broken" }
func (Moved) EventName() string   { return "promise.renegotiated" }
func (Voided) EventName() string  { return "promise.void" }
