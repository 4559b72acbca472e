// SPDX-License-Identifier: Apache-2.0

package model

import (
	"context"
)

// Quality is what was measured on examples that were kept away from the learning.
type Quality struct {
	Tested   int
	Accuracy float64 // share of right first guesses
	MacroF1  float64 // harmonic mean of precision and recall of each label, over all labels alike
	Majority float64 // accuracy of always saying the most frequent label, to compare
	Sure     float64 // share from which guesses are right nine times in ten; above 1 where there is none
	Coverage float64 // of the tested, those with a guess that sure
}

// precise is what "sure" promises.
const precise = 0.9

const (
	folds  = 5
	enough = 1000 // tested examples; no more folds are tried then
)

// trial is an example that was tested: what the weights and what the counts said for each label,
// and which was right.
type trial struct {
	labels          []string
	weights, counts []float64
	truth           string
}

// together writes the shares of the labels into out.
func (x *trial) together(beside, heat float64, out []float64) {
	for k := range out {
		out[k] = x.weights[k] + beside*x.counts[k]
	}
	softmax(out, heat)
}

// heldOut learns from all folds but one and tests on that one, until enough was tested.
func heldOut(ctx context.Context, list []Example, docs [][]mark, tn tuning) (out []trial, err error) {
	for k := range uint64(folds) {
		var learn, test []Example
		var learnDocs, testDocs [][]mark
		for i, e := range list {
			if spread(e.Key)%folds == k {
				test, testDocs = append(test, e), append(testDocs, docs[i])
			} else {
				learn, learnDocs = append(learn, e), append(learnDocs, docs[i])
			}
		}
		if len(learn) == 0 || len(test) == 0 {
			continue
		}
		m, c, err := fit(ctx, learn, learnDocs, tn)
		if err != nil {
			return nil, err
		}
		for i, e := range test {
			x := trial{m.labels, make([]float64, len(m.labels)), make([]float64, len(m.labels)), e.Label}
			m.scores(m.words.vector(testDocs[i]), x.weights)
			c.scores(m.words, testDocs[i], x.counts)
			out = append(out, x)
		}
		if len(out) >= enough {
			break
		}
	}
	return out, nil
}

// spread makes neighbouring keys fall into different folds.
func spread(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// measure counts how the trials went.
func measure(list []Example, tests []trial, beside, heat float64) Quality {
	if len(tests) == 0 {
		return Quality{Sure: 2}
	}
	t := NewTally()
	for _, x := range tests {
		p := make([]float64, len(x.labels))
		x.together(beside, heat, p)
		best := 0
		for j := range p {
			if p[j] > p[best] {
				best = j
			}
		}
		t.Add(x.truth, x.labels[best], p[best])
	}
	q := Quality{Tested: len(tests), Accuracy: t.Accuracy(), MacroF1: t.MacroF1()}
	q.Sure, q.Coverage = t.SureAt(precise)
	counts := map[string]int{}
	for _, e := range list {
		counts[e.Label]++
	}
	top := 0
	for _, n := range counts {
		top = max(top, n)
	}
	q.Majority = float64(top) / float64(len(list))
	return q
}
