// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ImprovementID is an improvement's key; people see it as its number.
type ImprovementID int64

// Ref is the number as people see it, "IMP-3".
func (n ImprovementID) Ref() string { return "IMP-" + strconv.FormatInt(int64(n), 10) }

// Progress is how far an improvement is.
type Progress string

// The states of an improvement.
const (
	Planned Progress = "open"
	Doing   Progress = "doing"
	Done    Progress = "done"
	Dropped Progress = "dropped" // with a reason
)

// Progresses lists every state in order.
func Progresses() []Progress { return []Progress{Planned, Doing, Done, Dropped} }

// Standing reports whether something is still to be done.
func (p Progress) Standing() bool { return p == Planned || p == Doing }

// Improvement is an entry of the register: something that is changed so that tickets need not be
// written (N39).
type Improvement struct {
	ID      ImprovementID
	Version int64
	Plan
	State     Progress
	Reason    string // why it was dropped
	MadeAt    time.Time
	MadeBy    person.ID
	DoneAt    time.Time
	Effect    Effect
	CountedAt time.Time
}

// Plan is what people write about an improvement.
type Plan struct {
	Title string
	Why   string
	Owner person.ID
	Due   time.Time // zero for none

	// Which tickets it is to make fewer: those of a problem, or those that pass the filter.
	Problem  ID
	Category catalog.CategoryID // with everything below it
	Service  catalog.ServiceID
	Words    []string // any of them in subject or first words
}

// Effect is how many tickets came by week, before and after an improvement was done. While it is
// not, Before are the last weeks.
type Effect struct {
	Before []int64 // the oldest week first
	After  []int64 // of weeks that have begun, the first week after first
	Part   bool    // the last week of After is not over
}

// EffectWeeks is how many weeks are counted on either side.
const EffectWeeks = 4

// Averages are the tickets a week before and after, in tenths; ok is false before a week is over.
func (e Effect) Averages() (before, after int64, ok bool) {
	full := e.After
	if e.Part && len(full) > 0 {
		full = full[:len(full)-1]
	}
	return tenths(e.Before), tenths(full), len(full) > 0 && len(e.Before) > 0
}

func tenths(list []int64) int64 {
	if len(list) == 0 {
		return 0
	}
	sum := int64(0)
	for _, x := range list {
		sum += x
	}
	return (20*sum + int64(len(list))) / (2 * int64(len(list)))
}

// Overdue reports whether something stands open after its day.
func (i Improvement) Overdue(now time.Time) bool {
	return i.State.Standing() && !i.Due.IsZero() && i.Due.Before(now)
}

func (p *Plan) clean() error {
	var bad []errs.FieldError
	p.Title, p.Why = line(p.Title), prose(p.Why)
	if n := utf8.RuneCountInString(p.Title); n < 3 || n > maxTitle {
		bad = append(bad, errs.FieldError{Name: "title", Key: "problem.title_length"})
	}
	if n := utf8.RuneCountInString(p.Why); n < 3 || n > maxText {
		bad = append(bad, errs.FieldError{Name: "why", Key: "problem.why_length"})
	}
	var words []string
	for _, w := range p.Words {
		if w = line(w); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if p.Words = words; len(words) > 10 || utf8.RuneCountInString(strings.Join(words, ",")) > maxTitle {
		bad = append(bad, errs.FieldError{Name: "words", Key: "problem.words_many"})
	}
	return errs.Invalidf(bad...)
}

// Measured reports whether there is something by which tickets are counted.
func (p Plan) Measured() bool {
	return p.Problem != 0 || p.Category != 0 || p.Service != 0 || len(p.Words) > 0
}

// sieve tells which tickets an improvement is about.
type sieve struct {
	categories map[catalog.CategoryID]bool // nil for all
	service    catalog.ServiceID
	words      []string // in lower case
	linked     map[ticket.ID]bool
	alike      func(ticket.First) bool
}

// holds reports whether a ticket is one of them: of its problem, or like those of it; and whatever
// the filter says, where there is one.
func (s sieve) holds(t ticket.First) bool {
	if s.linked != nil && s.linked[t.ID] {
		return true
	}
	if s.categories == nil && s.service == 0 && len(s.words) == 0 {
		return s.alike != nil && s.alike(t)
	}
	if s.categories != nil && !s.categories[t.Category] || s.service != 0 && s.service != t.Service {
		return false
	}
	if len(s.words) > 0 {
		text := strings.ToLower(t.Subject + "\n" + t.Words)
		return slices.ContainsFunc(s.words, func(w string) bool { return strings.Contains(text, w) })
	}
	return true
}

// effect counts the tickets by week around an instant; done is false while the improvement is
// not, and around is then the present.
func effect(list []ticket.First, around, now time.Time, done bool, holds func(ticket.First) bool) Effect {
	const week = 7 * 24 * time.Hour
	e := Effect{Before: make([]int64, EffectWeeks)}
	if done {
		begun := int(now.Sub(around)/week) + 1
		e.After = make([]int64, min(max(begun, 0), EffectWeeks))
		e.Part = begun <= EffectWeeks
	}
	for _, t := range list {
		if !holds(t) {
			continue
		}
		off := t.CreatedAt.Sub(around)
		switch {
		case off < 0 && off >= -EffectWeeks*week:
			e.Before[EffectWeeks-1-int((-off-1)/week)]++
		case off >= 0 && int(off/week) < len(e.After) && !t.CreatedAt.After(now):
			e.After[int(off/week)]++
		}
	}
	return e
}
