// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Rest is how long a ticket that somebody passed over is not offered to them again.
const Rest = 2 * time.Hour

// maxWords bounds what is said with a reason, in characters.
const maxWords = 400

// Reason says why a ticket was passed over.
type Reason string

// The reasons.
const (
	NoSkill  Reason = "skill"    // they do not know how
	NoAccess Reason = "access"   // they lack rights, equipment or the way there
	Urgent   Reason = "urgent"   // they have something more urgent in hand
	Partial  Reason = "conflict" // somebody else should do it: it is about themselves
	Other    Reason = "other"    // the words say it
)

// Reasons lists the reasons in the order of the form.
func Reasons() []Reason { return []Reason{NoSkill, NoAccess, Urgent, Partial, Other} }

// check brings a reason and its words into the form in which they are recorded.
func check(r Reason, words string) (string, error) {
	words = strings.TrimSpace(person.CleanName(words))
	switch {
	case !slices.Contains(Reasons(), r):
		return "", errs.Field("reason", "pull.reason")
	case r == Other && utf8.RuneCountInString(words) < 2:
		return "", errs.Field("words", "pull.words")
	case utf8.RuneCountInString(words) > maxWords:
		return "", errs.Field("words", "ticket.text_long", "Max", maxWords)
	}
	return words, nil
}

// Pick is what is offered, and what there was to choose from.
type Pick struct {
	Ticket ticket.Ticket // without Detail; the zero Ticket where nothing is offered
	Why    Why
}

// Why says what there was to choose from, and why nothing is offered where nothing is. Counting
// ends at the ticket that is offered.
type Why struct {
	Free      int       // nobody works on them
	Elsewhere int       // of these, with groups that the agent does not belong to
	Beyond    int       // asking for what the agent cannot do
	Lacking   []string  // the skills that were missing, in order
	Skipped   int       // passed over by the agent a while ago
	Again     time.Time // when the first of these is offered again
	Own       int       // handed over by the agent, and waiting for the other team
	InWork    int64     // what the agent works on now
	Limit     int64     // how much they may; 0 for no limit
}

// Full reports whether the agent has as much in work as they may.
func (w Why) Full() bool { return w.Limit > 0 && w.InWork >= w.Limit }

// taker is who looks for a ticket, and what decides whether it is one for them.
type taker struct {
	person  person.Person
	groups  []person.GroupID // those in use
	inUse   func(person.GroupID) bool
	skipped map[ticket.ID]time.Time // until when
	now     time.Time
}

// suits reports whether a free ticket is for the taker, and counts it where it is not. Tickets
// of no group are everybody's, and whoever belongs to no group takes from all. A group that was put
// out of use is none: it would leave its tickets to nobody, and nothing to its members.
func (x taker) suits(t ticket.Ticket, asked person.Skills, w *Why) bool {
	w.Free++
	if x.inUse(t.Group) && len(x.groups) > 0 && !slices.Contains(x.groups, t.Group) {
		w.Elsewhere++
		return false
	}
	if lacking := x.person.Skills.Missing(asked); len(lacking) > 0 {
		w.Beyond++
		w.Lacking = slices.Compact(slices.Sorted(slices.Values(append(w.Lacking, lacking...))))
		return false
	}
	if until, ok := x.skipped[t.ID]; ok {
		w.Skipped++
		if w.Again.IsZero() || until.Before(w.Again) {
			w.Again = until
		}
		return false
	}
	return true
}
