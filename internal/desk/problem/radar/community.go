// SPDX-License-Identifier: Apache-2.0

package radar

import "slices"

// link is an edge of the graph of reports: how alike two of them are.
type link struct {
	to     int
	weight float64
}

// communities parts a graph into groups: each node moves to the neighbouring group that gains
// most, then groups become nodes, until nothing moves (the method of Louvain, with the quality of
// the constant Potts model: what links a node to a group, less price for each node of the group).
// So a group may be the greater the more alike its nodes are, and how many others there are does
// not matter. Nodes are taken in their order and the first of equals wins: the same graph has the
// same groups. What is returned is a group's number by node.
func communities(graph [][]link, price float64) []int {
	group, sizes := make([]int, len(graph)), make([]float64, len(graph))
	for i := range group {
		group[i], sizes[i] = i, 1
	}
	for range 10 {
		at, moved := settle(graph, sizes, price)
		if !moved {
			break
		}
		count := renumber(at)
		for i, g := range group {
			group[i] = at[g]
		}
		graph, sizes = together(graph, sizes, at, count)
	}
	renumber(group)
	return group
}

// settle moves nodes to where they gain most until none does.
func settle(graph [][]link, sizes []float64, price float64) (at []int, moved bool) {
	at = make([]int, len(graph))
	for i := range at {
		at[i] = i
	}
	held, within := slices.Clone(sizes), make([]float64, len(graph))
	var near []int
	for range 20 {
		changes := 0
		for i, links := range graph {
			near = near[:0]
			for _, l := range links {
				if l.to == i {
					continue
				}
				if within[at[l.to]] == 0 {
					near = append(near, at[l.to])
				}
				within[at[l.to]] += l.weight
			}
			own := at[i]
			held[own] -= sizes[i]
			best, most := own, within[own]-price*sizes[i]*held[own]
			slices.Sort(near)
			for _, g := range near {
				if gain := within[g] - price*sizes[i]*held[g]; gain > most+1e-12 {
					best, most = g, gain
				}
			}
			for _, g := range near {
				within[g] = 0
			}
			held[best] += sizes[i]
			if best != own {
				at[i] = best
				changes++
			}
		}
		if changes == 0 {
			break
		}
		moved = true
	}
	return at, moved
}

// renumber gives groups the numbers from 0 in the order in which they appear.
func renumber(at []int) int {
	number := make(map[int]int, len(at))
	for i, g := range at {
		n, ok := number[g]
		if !ok {
			n = len(number)
			number[g] = n
		}
		at[i] = n
	}
	return len(number)
}

// together makes each group one node, linked by all that linked its members.
func together(graph [][]link, sizes []float64, at []int, count int) ([][]link, []float64) {
	sums, size := make([]map[int]float64, count), make([]float64, count)
	for i, links := range graph {
		size[at[i]] += sizes[i]
		if sums[at[i]] == nil {
			sums[at[i]] = map[int]float64{}
		}
		for _, l := range links {
			sums[at[i]][at[l.to]] += l.weight
		}
	}
	out := make([][]link, count)
	for i, m := range sums {
		for to, weight := range m {
			out[i] = append(out[i], link{to, weight})
		}
		slices.SortFunc(out[i], func(a, b link) int { return a.to - b.to })
	}
	return out, size
}
