// SPDX-License-Identifier: Apache-2.0

package score

import (
	"cmp"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// leastBlind is of how many people a cell without a name is made at least: a sum of fewer says what
// one of them did.
const leastBlind = 3

type place struct {
	week     time.Time
	group    person.GroupID
	category catalog.CategoryID
}

// blind takes the names off the cells of others, and adds up what is alike. What is of too few people
// goes without its category, then without its group, and is left out where it is of too few even then.
func blind(list []Cell, me person.ID) []Cell {
	var out, rest []Cell
	for _, c := range list {
		if me != 0 && c.Agent == me {
			out = append(out, c)
			continue
		}
		rest = append(rest, c)
	}
	own := len(out)
	people, whole := map[place]map[person.ID]bool{}, map[place]Sum{}
	for _, wider := range []func(*Cell){func(*Cell) {}, func(c *Cell) { c.Category = 0 }, func(c *Cell) { c.Group = 0 }} {
		for i := range rest {
			wider(&rest[i])
			at := placeOf(rest[i])
			if people[at] == nil {
				people[at] = map[person.ID]bool{}
			}
			if rest[i].Agent != 0 { // nobody's tickets hide nobody
				people[at][rest[i].Agent] = true
			}
		}
		var few []Cell
		for _, c := range rest {
			at := placeOf(c)
			if len(people[at]) < leastBlind {
				few = append(few, c)
				continue
			}
			whole[at] = whole[at].Add(c.Sum)
		}
		for _, c := range few {
			delete(people, placeOf(c))
		}
		rest = few
	}
	for at, sum := range whole {
		out = append(out, Cell{Week: at.week, Group: at.group, Category: at.category, Sum: sum})
	}
	slices.SortFunc(out[own:], func(a, b Cell) int {
		return cmp.Or(a.Week.Compare(b.Week), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Category, b.Category))
	})
	return out
}

func placeOf(c Cell) place { return place{c.Week, c.Group, c.Category} }
