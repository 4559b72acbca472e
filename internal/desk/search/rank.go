// SPDX-License-Identifier: Apache-2.0

package search

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ranked is a ticket with its weight.
type ranked struct {
	brief
	weight int64
}

// What makes a ticket more likely to be the one that is meant. The weights add up.
const (
	forNumber   = 5000 // its number was typed
	forAllWords = 300  // all words stand in the subject
	forSubject  = 400  // a word stands in the subject
	forFirst    = 150  // or in the user's first words
	forOpen     = 60   // somebody works on it
	forNew      = 300  // made right now; half of it after halfLife, a quarter after twice that
	halfLife    = 60 * 24 * time.Hour
)

// weigh says how likely a ticket is the one that is meant, and whether its subject and first
// words hold all words that are looked for.
func weigh(t brief, p *plan, now time.Time) (r ranked, all bool) {
	subject := text.Units(t.Subject)
	var first []text.Unit
	r.brief = t
	inSubject, seen := 0, 0
	for _, x := range p.patterns {
		if x.In(subject) {
			inSubject++
			seen++
			r.weight += forSubject
			continue
		}
		if first == nil {
			first = text.Units(t.Snippet)
		}
		if x.In(first) {
			seen++
			r.weight += forFirst
		}
	}
	if n := len(p.patterns); n > 0 && inSubject == n {
		r.weight += forAllWords
	}
	if p.number != 0 && p.number == t.Number {
		r.weight += forNumber
	}
	if t.Open() {
		r.weight += forOpen
	}
	age := max(now.Sub(t.CreatedAt), 0)
	r.weight += int64(forNew * math.Exp2(-float64(age)/float64(halfLife)))
	return r, p.plain && seen == len(p.patterns)
}

func byRank(a, b ranked) int {
	return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.ID, a.ID))
}

// place is where a page begins: in the window that ends at top, after a weight and a key. What
// comes in later has a greater key and moves nothing.
type place struct {
	top     int64
	now     time.Time // of the first page, so that weights stay
	within  bool      // after weight and id; from the beginning of the window where not
	weight  int64
	id      int64
	counted bool
	total   Total
}

func (p place) after(rows []ranked) []ranked {
	if !p.within {
		return rows
	}
	i := slices.IndexFunc(rows, func(r ranked) bool { return r.weight < p.weight || r.weight == p.weight && int64(r.ID) < p.id })
	if i < 0 {
		return nil
	}
	return rows[i:]
}

// next is the cursor after what was taken of a window; "" at the end of everything.
func (p place) next(taken []ranked, left int, w window) string {
	switch {
	case len(taken) < left:
		last := taken[len(taken)-1]
		p.within, p.weight, p.id = true, last.weight, int64(last.ID)
		if p.top == math.MaxInt64 { // what comes in from now on belongs to no later page
			p.top = int64(slices.MaxFunc(w.rows, func(a, b ranked) int { return cmp.Compare(a.ID, b.ID) }).ID)
		}
	case w.more:
		p.within, p.top = false, w.last-1
	default:
		return ""
	}
	return p.String()
}

// String is the place as a cursor.
func (p place) String() string {
	within, weight, id := 0, p.weight, p.id
	if p.within {
		within = 1
	} else {
		weight, id = 0, 0
	}
	flags := 0
	if p.total.More {
		flags |= 1
	}
	if p.total.About {
		flags |= 2
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "s.%d.%d.%d.%d.%d.%d.%d", p.top, p.now.UnixMilli(), within, weight, id, p.total.N, flags))
}

func readPlace(cursor string, now time.Time) (place, error) {
	p := place{top: math.MaxInt64, now: time.UnixMilli(now.UnixMilli())}
	if cursor == "" {
		return p, nil
	}
	bad := errs.Field("cursor", "search.cursor")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) > 200 {
		return p, bad
	}
	var at, within, flags int64
	if _, err := fmt.Sscanf(string(raw), "s.%d.%d.%d.%d.%d.%d.%d", &p.top, &at, &within, &p.weight, &p.id, &p.total.N, &flags); err != nil || p.total.N < 0 {
		return p, bad
	}
	p.now, p.within, p.counted = time.UnixMilli(at), within == 1, true
	p.total.More, p.total.About = flags&1 != 0, flags&2 != 0
	if p.String() != cursor {
		return p, bad
	}
	return p, nil
}
