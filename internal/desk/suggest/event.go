// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// WasApplied says that the desk saved a guess by itself, and why.
type WasApplied struct {
	Ticket  ticket.ID
	Label   Label
	Value   string
	Before  string `json:",omitempty"` // what stood there
	Share   int64  // in thousandths
	Version int64  // of the model
	Reasons []string
}

// EventName is "suggest.applied".
func (WasApplied) EventName() string { return "suggest.applied" }

// EventSubject is the ticket.
func (f WasApplied) EventSubject() int64 { return int64(f.Ticket) }

// Learned says that a model was made.
type Learned struct {
	Label   Label
	Version int64
	From    int64 // tickets
}

// EventName is "suggest.learned".
func (Learned) EventName() string { return "suggest.learned" }

// EventSubject is 0: models belong to the desk.
func (Learned) EventSubject() int64 { return 0 }
