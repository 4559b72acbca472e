// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math"
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// maxUnits and maxBytes bound what is read of a text: the matter stands at its beginning, and
// five megabytes of log are not read for it.
const (
	maxUnits = 400
	maxBytes = 16 << 10
)

// subjectWeight is how often a word of the subject counts.
const subjectWeight = 2

// stemLength is how much of a long word stands for its other forms, in bytes.
const stemLength = 5

// Text is what a ticket says: its subject and the words of whoever asked.
type Text struct{ Subject, Body string }

// mark is one feature where it stands: of the unit at the place, or of it and the one before it.
type mark struct {
	term   uint64
	unit   int
	pair   bool
	word   bool // the unit itself, neither a pair nor a beginning
	weight float32
}

// cut returns the units of a text, of the subject first, and how many are of the subject.
func (t Text) cut() (units []text.Unit, subject int) {
	units = slices.Clip(head(t.Subject, maxUnits/4))
	subject = len(units)
	return append(units, head(t.Body, maxUnits-subject)...), subject
}

func head(s string, most int) []text.Unit {
	units := text.Units(s[:min(len(s), maxBytes)])
	return units[:min(len(units), most)]
}

// marks returns the features of a text: each word and ideograph, each pair of neighbours, and
// the beginning of each long word.
func marks(units []text.Unit, subject int) []mark {
	list := make([]mark, 0, 3*len(units))
	for i, u := range units {
		w := float32(1)
		if i < subject {
			w = subjectWeight
		}
		list = append(list, mark{term: hash('.', u.Text, ""), unit: i, word: true, weight: w})
		if len(u.Text) > stemLength && !u.Han {
			list = append(list, mark{term: hash('^', u.Text[:stemLength], ""), unit: i, weight: w})
		}
		if i > 0 && i != subject {
			list = append(list, mark{term: hash('+', units[i-1].Text, u.Text), unit: i, pair: true, weight: w})
		}
	}
	return list
}

// hash is FNV-1a over 64 bits. It is stored with a model: another one needs another Format.
func hash(kind byte, a, b string) uint64 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(kind)) * prime
	for i := range len(a) {
		h = (h ^ uint64(a[i])) * prime
	}
	h *= prime
	for i := range len(b) {
		h = (h ^ uint64(b[i])) * prime
	}
	return h
}

// entry is one feature of a document as the classifier sees it.
type entry struct {
	row   int32
	value float32
}

// vocabulary gives each known feature its row and how much it says.
type vocabulary struct {
	rows map[uint64]int32
	idf  []float32
}

// vector weighs the features of a text: seldom ones say more, repeated ones little more, and
// long texts no more than short ones.
func (v *vocabulary) vector(list []mark) []entry {
	counts := make([]entry, 0, len(list))
	for _, m := range list {
		if row, ok := v.rows[m.term]; ok {
			counts = append(counts, entry{row, m.weight})
		}
	}
	slices.SortFunc(counts, func(a, b entry) int { return int(a.row) - int(b.row) })
	out := counts[:0]
	for _, e := range counts {
		if n := len(out); n > 0 && out[n-1].row == e.row {
			out[n-1].value += e.value
			continue
		}
		out = append(out, e)
	}
	var sum float64
	for i, e := range out {
		x := (1 + math.Log(float64(e.value))) * float64(v.idf[e.row])
		out[i].value = float32(x)
		sum += x * x
	}
	if sum > 0 {
		norm := float32(1 / math.Sqrt(sum))
		for i := range out {
			out[i].value *= norm
		}
	}
	return out
}

// learnWords chooses the features that are worth a row: those that at least least documents
// hold, the most frequent of them where there are more than most.
func learnWords(docs [][]mark, least, most int) *vocabulary {
	held := map[uint64]int32{}
	last := map[uint64]int32{}
	for i, list := range docs {
		for _, m := range list {
			if seen, ok := last[m.term]; !ok || seen != int32(i) {
				last[m.term] = int32(i)
				held[m.term]++
			}
		}
	}
	terms := make([]uint64, 0, len(held))
	for term, n := range held {
		if int(n) >= least {
			terms = append(terms, term)
		}
	}
	slices.SortFunc(terms, func(a, b uint64) int {
		switch {
		case held[a] != held[b]:
			return int(held[b] - held[a])
		case a < b:
			return -1
		default:
			return 1
		}
	})
	terms = terms[:min(len(terms), most)]
	v := &vocabulary{rows: make(map[uint64]int32, len(terms)), idf: make([]float32, len(terms))}
	for i, term := range terms {
		v.rows[term] = int32(i)
		v.idf[i] = float32(1 + math.Log(float64(1+len(docs))/float64(1+held[term])))
	}
	return v
}
