// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// What the requester thought of it, once they have said that it works again. They alone are
// asked, the last word counts, and the facts keep the ones before. Nothing follows from a rating
// but what people read in it: no clock, no status, no letter.

// Scores of a rating, from worst to best.
const (
	MinScore = 1
	MaxScore = 5
)

// maxComment bounds the words beside a rating, in characters.
const maxComment = 1000

// MaxRatings is how often one solution may be rated: opinions change, and the last one counts, but
// nobody fills the timeline with them.
const MaxRatings = 10

// RateFor is how long after the confirmation a rating is taken: a later one is about a memory.
const RateFor = 30 * 24 * time.Hour

type (
	// Rate says how content the requester is, from MinScore to MaxScore, with a comment or none.
	Rate struct {
		Score   int
		Comment string
	}
	// Rated is the requester's opinion of what was done.
	Rated struct {
		Of
		Score   int
		Comment string
	}
)

// Rating is what the requester thought of it; Score is 0 while they have said nothing.
type Rating struct {
	Score   int
	Comment string `json:",omitempty"`
	At      time.Time
	Times   int `json:",omitempty"` // how often it was said
}

// Name is "rate".
func (Rate) Name() Name { return CmdRate }

// Rateable reports whether the requester may rate the ticket at an instant.
func (t Ticket) Rateable(at time.Time) bool {
	return May(CmdRate, t.Status) && !t.ConfirmedAt.IsZero() && at.Sub(t.ConfirmedAt) <= RateFor
}

func (c Rate) decide(t Ticket, w world) ([]Fact, error) {
	switch {
	case t.ConfirmedAt.IsZero():
		return nil, errs.New(errs.Conflict, "ticket.rate_unconfirmed")
	case t.Detail.Rating.Times >= MaxRatings:
		return nil, errs.New(errs.Conflict, "ticket.rate_often", "Max", MaxRatings)
	case !t.Rateable(w.at):
		return nil, errs.New(errs.Conflict, "ticket.rate_late")
	}
	var bad []errs.FieldError
	if c.Score < MinScore || c.Score > MaxScore {
		bad = append(bad, errs.FieldError{Name: "score", Key: "ticket.rate_score"})
	}
	comment := text.Body(c.Comment)
	if utf8.RuneCountInString(comment) > maxComment {
		bad = append(bad, errs.FieldError{Name: "comment", Key: "ticket.text_long", Args: []any{"Max", maxComment}})
	}
	return []Fact{Rated{Of{t.ID}, c.Score, comment}}, errs.Invalidf(bad...)
}

func (f Rated) apply(t *Ticket, m event.Meta) {
	t.Detail.Rating = Rating{Score: f.Score, Comment: f.Comment, At: m.At, Times: t.Detail.Rating.Times + 1}
}
