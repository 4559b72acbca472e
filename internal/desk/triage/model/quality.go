// SPDX-License-Identifier: Apache-2.0

package model

import (
	"context"
	"math"
	"slices"
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

// trial is an example that was tested: the score of each label, and which was right.
type trial struct {
	labels []string
	scores []float64
	truth  string
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
		m, err := fit(ctx, learn, learnDocs, tn)
		if err != nil {
			return nil, err
		}
		for i, e := range test {
			p := make([]float64, len(m.labels))
			m.scores(m.words.vector(testDocs[i]), p)
			out = append(out, trial{m.labels, p, e.Label})
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

// calibrate finds the heat under which the shares of the right labels are highest together.
func calibrate(tests []trial) float64 {
	low, high := math.Log(0.1), math.Log(10.0)
	for range 40 {
		a, b := low+(high-low)/3, high-(high-low)/3
		if loss(tests, math.Exp(a)) < loss(tests, math.Exp(b)) {
			high = b
		} else {
			low = a
		}
	}
	return math.Exp((low + high) / 2)
}

func loss(tests []trial, heat float64) (sum float64) {
	for _, x := range tests {
		at, ok := slices.BinarySearch(x.labels, x.truth)
		if !ok {
			continue
		}
		p := slices.Clone(x.scores)
		softmax(p, heat)
		sum -= math.Log(math.Max(p[at], 1e-9))
	}
	return sum
}

// measure counts how the trials went.
func measure(list []Example, tests []trial, heat float64) Quality {
	if len(tests) == 0 {
		return Quality{Sure: 2}
	}
	t := NewTally()
	for _, x := range tests {
		p := slices.Clone(x.scores)
		softmax(p, heat)
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
