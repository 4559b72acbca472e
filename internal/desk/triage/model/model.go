// SPDX-License-Identifier: Apache-2.0

package model

import (
	"context"
	"errors"
	"slices"
)

// ErrTooFew says that there are not enough tickets, or not two labels among them, to learn from.
var ErrTooFew = errors.New("too few examples to learn from") //nolint:gochecknoglobals // a sentinel

// Least is how many examples are needed at least; a label needs LeastOf of them.
const (
	Least   = 20
	LeastOf = 2
)

// Model guesses one kind of label.
type Model struct {
	linear
	counted *counted
	beside  float64 // how much the counts say beside the weights
	heat    float64 // flattens or sharpens the shares until they mean what they say
	learned int
	quality Quality
}

// Guess is a label and how much speaks for it, 0 to 1.
type Guess struct {
	Label string
	Share float64
}

// Learn makes a model of examples. Labels of a single example are left out: nothing is to be
// learned from them, and nothing to be measured.
//
// Errors: ErrTooFew; that of the context.
func Learn(ctx context.Context, list []Example) (*Model, error) {
	list = worth(list)
	if len(list) < Least || len(labelsOf(list)) < 2 {
		return nil, ErrTooFew
	}
	docs := cutAll(list)
	tn := standard(len(list))
	tests, err := heldOut(ctx, list, docs, tn)
	if err != nil {
		return nil, err
	}
	m := &Model{learned: len(list)}
	m.beside, m.heat = settle(tests)
	m.quality = measure(list, tests, m.beside, m.heat)
	whole, words, err := fit(ctx, list, docs, tn)
	if err != nil {
		return nil, err
	}
	m.linear, m.counted = *whole, words
	return m, nil
}

// worth leaves out the examples without a word or of a label that has too few.
func worth(list []Example) []Example {
	counts := map[string]int{}
	for _, e := range list {
		counts[e.Label]++
	}
	return slices.DeleteFunc(slices.Clone(list), func(e Example) bool { return e.Label == "" || counts[e.Label] < LeastOf })
}

func cutAll(list []Example) [][]mark {
	out := make([][]mark, len(list))
	for i, e := range list {
		out[i] = marks(e.Text.cut())
	}
	return out
}

// Guesses returns the labels with their shares, the likeliest first, at most most.
func (m *Model) Guesses(t Text, most int) []Guess {
	list := marks(t.cut())
	x := trial{labels: m.labels, weights: make([]float64, len(m.labels)), counts: make([]float64, len(m.labels))}
	v := m.words.vector(list)
	if len(v) == 0 {
		return nil // no word of it is known
	}
	m.scores(v, x.weights)
	m.counted.scores(m.words, list, x.counts)
	p := make([]float64, len(m.labels))
	x.together(m.beside, m.heat, p)
	out := make([]Guess, len(p))
	for j := range p {
		out[j] = Guess{m.labels[j], p[j]}
	}
	slices.SortStableFunc(out, func(a, b Guess) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	return out[:min(len(out), most)]
}

// Labels are those that it knows, in order. The list is shared: callers only read it.
func (m *Model) Labels() []string { return m.labels }

// Learned is how many examples it was made of.
func (m *Model) Learned() int { return m.learned }

// Quality is how good it was on examples that it had not seen.
func (m *Model) Quality() Quality { return m.quality }
