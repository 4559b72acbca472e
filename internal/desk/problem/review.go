// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ReviewID is a review's key.
type ReviewID int64

// Review is a meeting about a month: its agenda, and what was decided (N38).
type Review struct {
	ID      ReviewID
	Version int64
	Begin   time.Time // of the period
	End     time.Time // its end, which no longer belongs to it
	MadeAt  time.Time
	HeldAt  time.Time // zero while it is a draft
	HeldBy  person.ID
	Agenda  Agenda // frozen once it was held; before that, as it is now
}

// Draft reports whether decisions may still be recorded.
func (r Review) Draft() bool { return r.HeldAt.IsZero() }

// Runs reports whether its period is not over.
func (r Review) Runs(now time.Time) bool { return now.Before(r.End) }

// Agenda is what a review talks about.
type Agenda struct {
	At           time.Time
	Candidates   []Candidate   `json:",omitempty"` // that nobody has decided about
	Problems     []Problem     `json:",omitempty"` // that stand, the oldest first
	Overdue      []Improvement `json:",omitempty"`
	Effects      []Improvement `json:",omitempty"` // done, with their counts
	NoArticle    []CategoryUse `json:",omitempty"` // categories with tickets and without an article
	ArticlesKnow bool          // false in what was held while nobody told which articles there are
	Requesters   []Repeat      `json:",omitempty"` // who asked most
	Devices      []Repeat      `json:",omitempty"` // which devices came up most
	DevicesKnow  bool          // whether anybody told which devices tickets are about
	Reopened     []Back        `json:",omitempty"`
	Tickets      int64         // of the period
}

// CategoryUse is a category with how many tickets it had in the period.
type CategoryUse struct {
	Category catalog.CategoryID
	Tickets  int64
}

// Repeat is who or what came up again and again in the period.
type Repeat struct {
	Person  person.ID `json:",omitempty"`
	Device  string    `json:",omitempty"`
	Tickets int64
}

// Back is a ticket that was reopened in the period (N5).
type Back struct {
	Ticket   ticket.ID
	Number   int64
	Subject  string
	Category catalog.CategoryID
	Times    int64
	Cause    string `json:",omitempty"` // the cause that was given with the solution that did not hold
}

// Decision is what a review decided about an item of its agenda, or about nothing in particular.
type Decision struct {
	ID     int64
	Review ReviewID
	Item   string // "candidate:12", "problem:3", … or "" for the review as a whole
	About  string // what the item was called then
	Text   string
	Owner  person.ID
	Due    time.Time
	Makes  Makes
	Made   int64 // the improvement or the problem that came of it
	By     person.ID
	At     time.Time
}

// Makes says what comes of a decision.
type Makes string

// What may come of a decision.
const (
	Nothing         Makes = ""
	MakeImprovement Makes = "improvement"
	MakeProblem     Makes = "problem"
)

// Item is the key of a line of an agenda, by which decisions name it.
func Item[K ~int64](kind string, key K) string { return kind + ":" + strconv.FormatInt(int64(key), 10) }

func (d *Decision) clean() error {
	var bad []errs.FieldError
	if d.Text = prose(d.Text); utf8.RuneCountInString(d.Text) < 3 || utf8.RuneCountInString(d.Text) > maxText {
		bad = append(bad, errs.FieldError{Name: "text", Key: "problem.decision_length"})
	}
	if d.Item, d.About = line(d.Item), line(d.About); len(d.Item) > 60 || utf8.RuneCountInString(d.About) > 2*maxTitle {
		bad = append(bad, errs.FieldError{Name: "item", Key: "problem.item_unknown"})
	}
	switch d.Makes {
	case Nothing, MakeImprovement, MakeProblem:
	default:
		bad = append(bad, errs.FieldError{Name: "makes", Key: "problem.makes_unknown"})
	}
	return errs.Invalidf(bad...)
}

// title is the first line of what was decided, for what comes of it.
func (d Decision) title() string {
	r := []rune(line(d.Text))
	if len(r) > maxTitle {
		return string(r[:maxTitle-1]) + "…"
	}
	return string(r)
}
