// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Told is one person who was told, and as what.
type Told struct {
	Person person.ID
	As     Audience
}

// Raised records that a step of the plan was reached: who was told, why and when. Channels
// listen to it; those that By does not name leave it alone.
type Raised struct {
	Ticket  ticket.ID
	Clock   string
	Run     string
	Step    string
	Percent int       `json:",omitempty"`
	Minutes int       `json:",omitempty"`
	Due     time.Time `json:",omitzero"` // of the clock
	Moment  time.Time // when the step was to be raised
	Told    []Told    `json:",omitempty"`
	By      []string
	Passed  int  `json:",omitempty"` // earlier steps of this clock that came due unseen
	Gap     bool `json:",omitempty"` // nobody was on call, so that the leads are told
}

// EventName is "escalation.raised".
func (Raised) EventName() string { return "escalation.raised" }

// EventSubject is the ticket.
func (e Raised) EventSubject() int64 { return int64(e.Ticket) }

// Goes reports whether a channel is to carry it.
func (e Raised) Goes(channel string) bool { return slices.Contains(e.By, channel) }
