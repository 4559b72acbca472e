// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// How says what an article and a ticket have to do with each other.
type How string

// The ways.
const (
	Source   How = "source"   // the article was drawn from it
	UsedOn   How = "used"     // whoever works on it says that the article was used
	Inserted How = "inserted" // it was put into a reply
)

// Tied is an article and a ticket that belong together.
type Tied struct {
	Article  ID
	Ticket   ticket.ID
	How      How
	Edition  int64 // the one that was read then
	By       person.ID
	At       time.Time
	SolvedAt time.Time // its requester confirmed the ticket on which it was used
}

// Say is what a reader says of an article.
type Say string

// What readers say.
const (
	SolvedIt Say = "solved" // nothing needs to be asked for any more
	WasHelp  Say = "helped"
	Unhelped Say = "unhelped"
)

// Voice is one reader's word about an article, once a day and kind.
type Voice struct {
	By      person.ID
	Kind    Say
	Comment string // at most 1000 characters
	At      time.Time
}

// Stats are how often an article was of use.
type Stats struct {
	Shown    int64 // readers a day
	Used     int64 // tickets on which it was used, or put into a reply
	Solved   int64 // by the reader's own word, or on a ticket that was confirmed
	Helped   int64
	Unhelped int64
}

// ReadBy is one member of staff who is asked to have read an edition (N9).
type ReadBy struct {
	Article ID
	Edition int64
	Person  person.ID
	AskedBy person.ID
	AskedAt time.Time
	ReadAt  time.Time // zero while it is open
}

// dayOf numbers the days of UTC.
func dayOf(at time.Time) int64 { return at.Unix() / 86400 }

// tally adds up what was counted.
func tally(list []counted) map[ID]Stats {
	out := map[ID]Stats{}
	for _, c := range list {
		s := out[c.of]
		switch c.kind {
		case "shown":
			s.Shown += c.times
		case "used":
			s.Used += c.times
		case string(SolvedIt):
			s.Solved += c.times
		case string(WasHelp):
			s.Helped += c.times
		case string(Unhelped):
			s.Unhelped += c.times
		}
		out[c.of] = s
	}
	return out
}
