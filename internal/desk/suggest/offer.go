// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Outcome says what became of an offer.
type Outcome string

// The outcomes.
const (
	Waits    Outcome = ""         // nobody has decided yet
	Accepted Outcome = "accepted" // a person saved the same value
	Changed  Outcome = "changed"  // a person saved another
	Applied  Outcome = "applied"  // the desk saved it, as an administrator allowed
	Undone   Outcome = "undone"   // and a person took it back
)

// Sureness is a share in a word.
type Sureness string

// The words.
const (
	Sure     Sureness = "sure"     // such guesses were right nine times in ten when it was measured
	Likely   Sureness = "likely"   // a share of likely and more
	Possible Sureness = "possible" // less
)

// The shares, in thousandths, from which a guess may be called sure or likely, and from which it
// is offered at all.
const (
	least   = 700 // no less is called sure, whatever a small history says
	likely  = 500
	offered = 350
)

// Offer is a guess about one label of a ticket.
type Offer struct {
	Ticket  ticket.ID
	Label   Label
	Value   string // a key, or an answer of grading
	Share   int64  // how much speaks for it, in thousandths
	Sure    int64  // from which share the model's guesses are right nine times in ten; above 1000 for never
	Version int64  // of the model
	Reasons []string
	At      time.Time
	Outcome Outcome
	By      person.ID // who decided; 0 for the desk
}

// Sureness is the word for the share.
func (o Offer) Sureness() Sureness {
	switch {
	case o.Share >= max(o.Sure, least):
		return Sure
	case o.Share >= likely:
		return Likely
	}
	return Possible
}

// Percent is the share as people read it. Nothing is certain: it ends at 99.
func (o Offer) Percent() int64 { return min((o.Share+5)/10, 99) }

// settle says what a value that somebody saved makes of an offer.
func (o Offer) settle(value string, byPerson bool) Outcome {
	switch {
	case !byPerson:
		return o.Outcome
	case o.Outcome == Applied && value == o.Value:
		return Applied // looked at, and left as it is
	case o.Outcome == Applied:
		return Undone
	case o.Outcome != Waits || value == "":
		return o.Outcome
	case value == o.Value:
		return Accepted
	}
	return Changed
}
