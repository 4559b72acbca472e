// SPDX-License-Identifier: Apache-2.0

package model

import (
	"context"
	"math"
	"slices"
)

// Example is one text with the label that people gave it.
type Example struct {
	Key   uint64 // says which fold it belongs to: the same for the same ticket, always
	Text  Text
	Label string
}

// tuning is how the weights are learned. The values of standard were chosen by cross-validation
// on the training parts alone of two public sets; see docs/benchmarks.md.
type tuning struct {
	rate    float64 // of a step, at first
	decay   float64 // of weights, per step
	epochs  int
	balance float64 // how much more an example of a seldom label counts: 0 not at all, 1 fully
	least   int     // documents that must hold a feature
}

func standard(n int) tuning {
	t := tuning{rate: 0.5, epochs: 8, balance: 0.4, least: 1}
	t.decay = min(max(0.03/float64(n), 2e-5), 1e-3) // few tickets say less against a weight that wants to be nothing
	if n > 5000 {
		t.least = 2
	}
	return t
}

// maxRows and maxWeights bound the memory of a training. The counts beside the weights are of
// words alone, neither of pairs nor of beginnings.
const (
	maxRows    = 1 << 17
	maxWeights = 12 << 20
)

// linear is a multinomial logistic regression.
type linear struct {
	words   *vocabulary
	labels  []string
	weights []float32 // of row r and label k at r*len(labels)+k
	bias    []float32
}

func labelsOf(list []Example) []string {
	var labels []string
	for _, e := range list {
		labels = append(labels, e.Label)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// fit learns the weights by stochastic gradient with a step for each weight that shrinks with
// what it has moved (AdaGrad), over the examples in an order that is always the same.
// The counts of the same examples are made beside them.
func fit(ctx context.Context, list []Example, docs [][]mark, tn tuning) (*linear, *counted, error) {
	labels := labelsOf(list)
	k := len(labels)
	words := learnWords(docs, tn.least, min(maxRows, maxWeights/max(k, 1)))
	m := &linear{words: words, labels: labels, weights: make([]float32, len(words.idf)*k), bias: make([]float32, k)}
	moved := make([]float32, len(m.weights))
	movedBias := make([]float32, k)
	vectors := make([][]entry, len(list))
	truth := make([]int, len(list))
	counts := make([]float64, k)
	for i, e := range list {
		vectors[i] = words.vector(docs[i])
		truth[i], _ = slices.BinarySearch(labels, e.Label)
		counts[truth[i]]++
	}
	weight := make([]float64, k)
	for j, n := range counts {
		weight[j] = math.Pow(float64(len(list))/(float64(k)*n), tn.balance)
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	p := make([]float64, k)
	seed := uint64(88172645463325252)
	for range tn.epochs {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		shuffle(order, &seed)
		for _, i := range order {
			m.scores(vectors[i], p)
			softmax(p, 1)
			p[truth[i]]--
			for j := range p {
				p[j] *= weight[truth[i]]
			}
			m.step(vectors[i], p, moved, movedBias, tn)
		}
	}
	m.coarse()
	return m, countWords(words, docs, truth, k), nil
}

func (m *linear) step(x []entry, g []float64, moved, movedBias []float32, tn tuning) {
	k := len(m.labels)
	for _, e := range x {
		at := int(e.row) * k
		w, seen := m.weights[at:at+k], moved[at:at+k]
		for j := range w {
			d := float32(g[j])*e.value + float32(tn.decay)*w[j]
			seen[j] += d * d
			w[j] -= float32(tn.rate) * d / (float32(math.Sqrt(float64(seen[j]))) + 1e-3)
		}
	}
	for j := range m.bias {
		d := float32(g[j])
		movedBias[j] += d * d
		m.bias[j] -= float32(0.1*tn.rate) * d / (float32(math.Sqrt(float64(movedBias[j]))) + 1e-3)
	}
}

func shuffle(order []int, seed *uint64) {
	for i := len(order) - 1; i > 0; i-- {
		*seed ^= *seed << 13
		*seed ^= *seed >> 7
		*seed ^= *seed << 17
		j := int(*seed % uint64(i+1))
		order[i], order[j] = order[j], order[i]
	}
}

// scores writes the score of each label into out.
func (m *linear) scores(x []entry, out []float64) {
	k := len(m.labels)
	for j := range out {
		out[j] = float64(m.bias[j])
	}
	for _, e := range x {
		at := int(e.row) * k
		v := float64(e.value)
		for j, w := range m.weights[at : at+k] {
			out[j] += v * float64(w)
		}
	}
}

// softmax turns scores into shares of one, flatter with more heat.
func softmax(p []float64, heat float64) {
	top := slices.Max(p)
	var sum float64
	for j := range p {
		p[j] = math.Exp((p[j] - top) / heat)
		sum += p[j]
	}
	for j := range p {
		p[j] /= sum
	}
}
