// SPDX-License-Identifier: Apache-2.0

package model

import (
	"cmp"
	"math"
	"slices"
)

// Pool holds texts and finds those that are about the same matter: by the words that they share,
// seldom ones first. It is not safe for concurrent use.
type Pool struct {
	docs []pooled
	at   map[int64]int
	held map[uint64][]posting
	size int // how many there were when lengths were reckoned
}

type pooled struct {
	key    int64
	terms  []weighed
	length float64 // under the weights of size documents
}

type weighed struct {
	term  uint64
	times float64
}

type posting struct {
	doc   int
	times float64
}

// Match is a text that is alike.
type Match struct {
	Key   int64
	Share float64 // 0 to 1: the cosine of the weighed words
}

// NewPool makes an empty one.
func NewPool() *Pool { return &Pool{at: map[int64]int{}, held: map[uint64][]posting{}} }

// Len is how many texts it holds.
func (p *Pool) Len() int { return len(p.docs) }

// Has reports whether it holds a text under the key.
func (p *Pool) Has(key int64) bool {
	_, ok := p.at[key]
	return ok
}

// Add takes a text in. One whose key is there already stays as it is.
func (p *Pool) Add(key int64, t Text) {
	if p.Has(key) {
		return
	}
	d := pooled{key: key, terms: weigh(marks(t.cut()))}
	p.at[key] = len(p.docs)
	for _, w := range d.terms {
		p.held[w.term] = append(p.held[w.term], posting{len(p.docs), w.times})
	}
	p.docs = append(p.docs, d)
}

// weigh counts the marks of a text, each once.
func weigh(list []mark) []weighed {
	slices.SortFunc(list, func(a, b mark) int {
		switch {
		case a.term < b.term:
			return -1
		case a.term > b.term:
			return 1
		}
		return 0
	})
	var out []weighed
	for _, m := range list {
		if n := len(out); n > 0 && out[n-1].term == m.term {
			out[n-1].times += float64(m.weight)
			continue
		}
		out = append(out, weighed{m.term, float64(m.weight)})
	}
	for i := range out {
		out[i].times = 1 + math.Log(out[i].times)
	}
	return out
}

func (p *Pool) idf(term uint64) float64 {
	return math.Log(float64(1+len(p.docs))/float64(1+len(p.held[term]))) + 0.1
}

// reckon brings the lengths up to date, once the pool has grown by a twentieth since.
func (p *Pool) reckon() {
	if len(p.docs) == 0 || p.size > 0 && len(p.docs) <= p.size+p.size/20 {
		for i := len(p.docs) - 1; i >= p.size && p.docs[i].length == 0; i-- { // those that came since the last look
			p.docs[i].length = p.length(p.docs[i].terms)
		}
		return
	}
	for i := range p.docs {
		p.docs[i].length = p.length(p.docs[i].terms)
	}
	p.size = len(p.docs)
}

func (p *Pool) length(terms []weighed) float64 {
	var sum float64
	for _, w := range terms {
		x := w.times * p.idf(w.term)
		sum += x * x
	}
	return math.Sqrt(sum)
}

// Alike returns the texts that share most with a text, the most alike first, without the one
// under the key that it has itself. among says which keys count; nil for all.
func (p *Pool) Alike(own int64, t Text, most int, among func(key int64) bool) []Match {
	p.reckon()
	terms := weigh(marks(t.cut()))
	length := p.length(terms)
	if length == 0 {
		return nil
	}
	dots := make([]float64, len(p.docs)) // where all say the same, every text shares something
	for _, w := range terms {
		idf := p.idf(w.term)
		for _, x := range p.held[w.term] {
			dots[x.doc] += w.times * x.times * idf * idf
		}
	}
	out := make([]Match, 0, most+1)
	for doc, dot := range dots {
		d := p.docs[doc]
		if dot == 0 || d.key == own || d.length == 0 || among != nil && !among(d.key) {
			continue
		}
		m := Match{d.key, min(dot/(length*d.length), 1)}
		if len(out) == most && most > 0 && before(out[most-1], m) <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, m, before)
		if out = slices.Insert(out, at, m); len(out) > most {
			out = out[:most]
		}
	}
	return out
}

// before orders matches: the most alike first, and of those the newer one.
func before(a, b Match) int {
	return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.Key, a.Key))
}

// Shared names the words of a text that another has as well and few others do, the strongest first.
func (p *Pool) Shared(t, other Text, most int) []string {
	theirs := map[uint64]bool{}
	for _, m := range marks(other.cut()) {
		theirs[m.term] = true
	}
	units, subject := t.cut()
	credit, links := make([]float64, len(units)), make([]bool, len(units))
	top := 0.0
	for _, m := range marks(units, subject) {
		if m.pair {
			links[m.unit] = theirs[m.term]
		} else if theirs[m.term] {
			credit[m.unit] = max(credit[m.unit], p.idf(m.term))
			top = max(top, credit[m.unit])
		}
	}
	if top <= 0.2 {
		return nil
	}
	return named(units, subject, credit, links, top/2, []string{t.Subject, t.Body}, most)
}
