// SPDX-License-Identifier: Apache-2.0

package score

import (
	"cmp"
	"math"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Of how many people, and of how many tickets of each, a spread is told: fewer are chance.
const (
	leastPeople  = 2
	leastTickets = 3
)

// Spread is how far the people who solve one category lie apart in one score (N2): the same problem
// should not be a matter of luck.
type Spread struct {
	Category catalog.CategoryID
	Score    string // of Names
	People   int
	Tickets  int64
	Lowest   int
	Highest  int
	Deviates float64 // standard deviation of the means of the people, in points
	Of       []Line[person.ID]
}

// Spreads lists the categories in which people differ, the widest first. Cells without a name count for
// nobody, so that whoever may not compare people gets none.
func Spreads(cells []Cell) []Spread {
	type pair struct {
		category catalog.CategoryID
		agent    person.ID
	}
	by := map[catalog.CategoryID][]Line[person.ID]{}
	var order []catalog.CategoryID
	for _, l := range By(cells, func(c Cell) pair { return pair{c.Category, c.Agent} }) {
		if l.Key.agent == 0 || l.Key.category == 0 || l.Tickets < leastTickets {
			continue
		}
		if len(by[l.Key.category]) == 0 {
			order = append(order, l.Key.category)
		}
		by[l.Key.category] = append(by[l.Key.category], Line[person.ID]{l.Key.agent, l.Sum})
	}
	var out []Spread
	for _, c := range order {
		if len(by[c]) < leastPeople {
			continue
		}
		for _, name := range Names() {
			if s, ok := spread(c, name, by[c]); ok {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Spread) int { return cmp.Compare(b.Deviates, a.Deviates) })
	return out
}

func spread(c catalog.CategoryID, name string, people []Line[person.ID]) (Spread, bool) {
	s := Spread{Category: c, Score: name, Lowest: 101, Highest: None}
	sum, squares := 0.0, 0.0
	for _, p := range people {
		m := p.Mean().Of(name)
		if m == None {
			continue
		}
		s.People++
		s.Tickets += p.Tickets
		s.Lowest, s.Highest = min(s.Lowest, m), max(s.Highest, m)
		sum += float64(m)
		squares += float64(m) * float64(m)
		s.Of = append(s.Of, p)
	}
	if s.People < leastPeople {
		return Spread{}, false
	}
	n := float64(s.People)
	s.Deviates = math.Sqrt(max(squares/n-(sum/n)*(sum/n), 0))
	slices.SortStableFunc(s.Of, func(a, b Line[person.ID]) int { return cmp.Compare(a.Mean().Of(name), b.Mean().Of(name)) })
	return s, true
}
