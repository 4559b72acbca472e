// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math"
	"slices"
)

// usual is how much the counts say beside the weights where the tickets do not tell otherwise, and
// others are what else is tried. Chosen on learning parts alone; see docs/benchmarks.md.
const usual = 0.45

var others = [...]float64{0, 0.3, 1} //nolint:gochecknoglobals // a constant list

// settle finds how much the counts say beside the weights, and the heat, on examples that neither
// had seen. Another than the usual is taken only where it is better by more than what chance does
// to so few examples (one standard error): of fifty tickets most of what one sees is chance.
func settle(tests []trial) (beside, heat float64) {
	beside, heat = usual, calibrate(tests, usual)
	if len(tests) < 2 {
		return beside, heat
	}
	base, best := losses(tests, usual, heat), 0.0
	for _, other := range others {
		warm := calibrate(tests, other)
		var sum, squares float64
		for i, l := range losses(tests, other, warm) {
			d := base[i] - l
			sum += d
			squares += d * d
		}
		n := float64(len(tests))
		mean := sum / n
		chance := math.Sqrt(max(squares/n-mean*mean, 0) / (n - 1))
		if mean > chance && mean > best {
			beside, heat, best = other, warm, mean
		}
	}
	return beside, heat
}

// calibrate finds the heat under which the shares of the right labels are highest together.
func calibrate(tests []trial, beside float64) float64 {
	low, high := math.Log(0.1), math.Log(10.0)
	for range 24 {
		a, b := low+(high-low)/3, high-(high-low)/3
		if loss(tests, beside, math.Exp(a)) < loss(tests, beside, math.Exp(b)) {
			high = b
		} else {
			low = a
		}
	}
	return math.Exp((low + high) / 2)
}

func loss(tests []trial, beside, heat float64) (sum float64) {
	for _, l := range losses(tests, beside, heat) {
		sum += l
	}
	return sum
}

// losses is how surprising each right label was: nothing for one that had not been learned.
func losses(tests []trial, beside, heat float64) []float64 {
	out := make([]float64, len(tests))
	var p []float64
	for i := range tests {
		x := &tests[i]
		at, ok := slices.BinarySearch(x.labels, x.truth)
		if !ok {
			continue
		}
		p = slices.Grow(p[:0], len(x.labels))[:len(x.labels)]
		x.together(beside, heat, p)
		out[i] = -math.Log(math.Max(p[at], 1e-9))
	}
	return out
}
