// SPDX-License-Identifier: Apache-2.0

package radar

import (
	"cmp"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
)

// How reports are put together.
const (
	nearest   = 15   // neighbours of a report
	leastLike = 0.15 // how much they must share of their weighed words
	// imagined is how many other texts a small desk is thought to have, so that what half of its
	// tickets say does not count as ordinary.
	imagined = 100
	// price is what each report of a group costs another that joins it: what says nearly the same
	// makes groups of thousands, what shares a few words of a hundred or two.
	price = 0.002
	// wordsShown is how many shared words a finding names.
	wordsShown = 5
	// asked is how many of a group are asked for what they share.
	asked = 24
)

// clusters are the groups of reports about one matter.
type clusters struct {
	members [][]int // by group, oldest report first; groups of one are left out
	same    []int   // of each report, the first that says exactly the same
	pool    *model.Pool
	graph   [][]link // between those that stand for others
}

// Group parts texts into groups of the same matter: the number of its group for each, in the
// order in which groups appear.
func Group(list []model.Text) []int {
	reports := make([]Report, len(list))
	for i, t := range list {
		reports[i].Text = t
	}
	w := connect(reports)
	return w.groups()
}

// cluster puts the reports together.
func (s *sky) cluster() *clusters {
	c := connect(s.list)
	c.members = make([][]int, len(s.list))
	for i, g := range c.groups() {
		c.members[g] = append(c.members[g], i)
	}
	c.members = slices.DeleteFunc(c.members, func(g []int) bool { return len(g) < 2 })
	return c
}

// groups are the numbers of the groups of reports.
func (c *clusters) groups() []int {
	at := communities(c.graph, price)
	for i, first := range c.same {
		at[i] = at[first]
	}
	renumber(at)
	return at
}

// connect links each report to those that are most like it. The first of those that say exactly
// the same stands for all of them.
func connect(list []Report) *clusters {
	c := &clusters{pool: model.NewPool(), same: make([]int, len(list)), graph: make([][]link, len(list))}
	first := map[model.Text]int{}
	for i, r := range list {
		f, again := first[r.Text]
		if !again {
			f, first[r.Text] = i, i
			c.pool.Add(int64(i), r.Text)
		}
		c.same[i] = f
	}
	known := make(map[[2]int]bool, nearest*c.pool.Len())
	at := 0
	near := c.pool.Neighbours(nearest, leastLike, imagined)
	for from := range list {
		if c.same[from] != from {
			continue
		}
		for _, m := range near[at] {
			a, b := min(from, int(m.Key)), max(from, int(m.Key))
			if known[[2]int{a, b}] {
				continue
			}
			known[[2]int{a, b}] = true
			w := m.Share * m.Share * kinship(list[a], list[b])
			c.graph[a] = append(c.graph[a], link{b, w})
			c.graph[b] = append(c.graph[b], link{a, w})
		}
		at++
	}
	return c
}

// kinship is how much more, or less, the same words mean where two reports are filed alike.
func kinship(a, b Report) float64 {
	w := 1.0
	switch {
	case a.Category == 0 || b.Category == 0:
	case a.Category == b.Category:
		w *= 1.25
	default:
		w *= 0.75
	}
	switch {
	case a.Service == 0 || b.Service == 0:
	case a.Service == b.Service:
		w *= 1.25
	default:
		w *= 0.75
	}
	if a.Site != "" && a.Site == b.Site {
		w *= 1.1
	}
	if a.Device != "" && a.Device == b.Device {
		w *= 1.5
	}
	return w
}

// head is the report of a group that is most like the others, and the words that it shares with them.
func (c *clusters) head(s *sky, g []int) (key int64, words []string) {
	in := map[int]float64{} // how many stand behind one
	for _, i := range g {
		in[c.same[i]]++
	}
	best, most := g[len(g)-1], -1.0
	for _, i := range slices.Backward(g) {
		sum := in[c.same[i]]
		for _, l := range c.graph[c.same[i]] {
			sum += in[l.to] * l.weight
		}
		if sum > most {
			best, most = i, sum
		}
	}
	return s.list[best].Key, shared(c.pool, s.list[best], s.reports(g, best))
}

// reports are the newest of a group without one of them.
func (s *sky) reports(g []int, without int) []Report {
	var out []Report
	for _, i := range slices.Backward(g) {
		if i != without && len(out) < asked {
			out = append(out, s.list[i])
		}
	}
	return out
}

// shared counts which words a report shares with others, those of most others first.
func shared(pool *model.Pool, head Report, others []Report) []string {
	count, order := map[string]int{}, map[string]int{}
	for _, o := range others {
		for at, w := range pool.Shared(head.Text, o.Text, 2*wordsShown) {
			if count[w]++; count[w] == 1 {
				order[w] = 100*at + len(order)
			}
		}
	}
	words := make([]string, 0, len(count))
	for w, n := range count {
		if 2*n >= len(others) {
			words = append(words, w)
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(count[b]-count[a], order[a]-order[b], cmp.Compare(a, b))
	})
	return words[:min(len(words), wordsShown)]
}
