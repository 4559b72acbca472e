// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math"
	"slices"
)

// reach is how many texts that hold a word are looked at from one of them. Of a word that more
// hold, those that came in nearest to it are: what is the same matter comes together.
const reach = 400

// nearness is what is worked with while the neighbours of all texts are found.
type nearness struct {
	*Pool
	idfs    [][]float32 // by text and term
	lengths []float64
	dots    []float64
	touched []int
}

// Neighbours returns for each text, in the order in which they came in, the others that share
// most with it: at most so many, each of a share of at least least, the most alike first. It is
// Alike for all texts at once, in time that grows as their number does: of a word that very many
// hold, only the nearest in order of coming are looked at, so that another text may be missed
// where all words are frequent ones. The same texts in the same order have the same neighbours.
//
// Of few texts nobody can tell which words are rare ones: a matter of which half of them speak
// would have the most ordinary words. others is how many texts are imagined beside them that hold
// none of their words; 0 for none.
func (p *Pool) Neighbours(most int, least float64, others int) [][]Match {
	n := nearness{Pool: p, idfs: make([][]float32, len(p.docs)), lengths: make([]float64, len(p.docs)), dots: make([]float64, len(p.docs))}
	for i := range p.docs {
		d := &p.docs[i]
		n.idfs[i] = make([]float32, len(d.terms))
		sum := 0.0
		for k, w := range d.terms {
			idf := math.Log(float64(1+len(p.docs)+others)/float64(1+len(p.held[w.term]))) + 0.1
			n.idfs[i][k] = float32(idf)
			sum += w.times * idf * w.times * idf
		}
		n.lengths[i] = math.Sqrt(sum)
	}
	out := make([][]Match, len(p.docs))
	for i := range p.docs {
		out[i] = n.of(i, most, least)
	}
	return out
}

// of finds the neighbours of one text: those that share rare words are looked up by their words,
// and how alike the best of them are is reckoned exactly.
func (n *nearness) of(i, most int, least float64) []Match {
	d := &n.docs[i]
	if n.lengths[i] == 0 {
		return nil
	}
	n.touched = n.touched[:0]
	cut := false
	for k, w := range d.terms {
		list := n.held[w.term]
		if len(list) > reach {
			list, cut = around(list, i), true
		}
		x := w.times * float64(n.idfs[i][k]) * float64(n.idfs[i][k])
		for _, o := range list {
			if o.doc == i {
				continue
			}
			if n.dots[o.doc] == 0 {
				n.touched = append(n.touched, o.doc)
			}
			n.dots[o.doc] += x * o.times
		}
	}
	keep := most
	if cut {
		keep = 3 * most
	}
	out := make([]Match, 0, keep+1)
	for _, o := range n.touched {
		m := Match{int64(o), min(n.dots[o]/(n.lengths[i]*n.lengths[o]), 1)}
		n.dots[o] = 0
		if m.Share < least && !cut || len(out) == keep && before(out[keep-1], m) <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, m, before)
		if out = slices.Insert(out, at, m); len(out) > keep {
			out = out[:keep]
		}
	}
	if cut {
		for x := range out {
			out[x].Share = n.exact(i, int(out[x].Key))
		}
		slices.SortFunc(out, before)
	}
	end := 0
	for end < len(out) && end < most && out[end].Share >= least {
		out[end].Key = n.docs[out[end].Key].key
		end++
	}
	return out[:end:end]
}

// around are the postings of a word that stand nearest to a text.
func around(list []posting, doc int) []posting {
	at, _ := slices.BinarySearchFunc(list, doc, func(p posting, doc int) int { return p.doc - doc })
	from := min(max(at-reach/2, 0), len(list)-reach)
	return list[from : from+reach]
}

// exact is the cosine of two texts.
func (n *nearness) exact(a, b int) float64 {
	x, y := n.docs[a].terms, n.docs[b].terms
	i, j, dot := 0, 0, 0.0
	for i < len(x) && j < len(y) {
		switch {
		case x[i].term < y[j].term:
			i++
		case x[i].term > y[j].term:
			j++
		default:
			idf := float64(n.idfs[a][i])
			dot += x[i].times * y[j].times * idf * idf
			i++
			j++
		}
	}
	return min(dot/(n.lengths[a]*n.lengths[b]), 1)
}
