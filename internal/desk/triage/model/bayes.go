// SPDX-License-Identifier: Apache-2.0

package model

import "math"

// smoothing is what each word of the vocabulary counts for each label before anything was read.
// It was chosen on learning parts alone; see docs/benchmarks.md.
const smoothing = 0.3

// counted is the naive Bayes that speaks beside the weights: how often the tickets of each label
// hold each word. It says nothing of how frequent the labels are, which the weights know already:
// said twice, seldom labels would never be guessed.
type counted struct {
	at     []int32   // by row of the vocabulary: where the word stands in counts, -1 for a pair or a beginning
	counts []float32 // of the word at i and label k at i*labels+k: whole numbers
	says   []float32 // of the same: how much more likely the word is under the label than on the whole
}

// countWords counts the words of the examples that have a row. truth is the label of each.
func countWords(v *vocabulary, docs [][]mark, truth []int, labels int) *counted {
	c := &counted{at: make([]int32, len(v.idf))}
	for i := range c.at {
		c.at[i] = -1
	}
	for i, list := range docs {
		for _, m := range list {
			row, ok := v.rows[m.term]
			if !ok || !m.word {
				continue
			}
			if c.at[row] < 0 {
				c.at[row] = int32(len(c.counts) / labels)
				c.counts = append(c.counts, make([]float32, labels)...)
			}
			c.counts[int(c.at[row])*labels+truth[i]] += m.weight
		}
	}
	c.weigh(labels)
	return c
}

// weigh reckons what the counts say. What is common to all labels is taken out, so that a word
// that tells nothing apart says nothing.
func (c *counted) weigh(labels int) {
	c.says = make([]float32, len(c.counts))
	total := make([]float64, labels)
	for i, n := range c.counts {
		total[i%labels] += float64(n)
	}
	words := float64(len(c.counts) / labels)
	for k := range total {
		total[k] = math.Log(total[k] + smoothing*words)
	}
	logs := make([]float64, labels)
	for at := 0; at < len(c.counts); at += labels {
		mean := 0.0
		for k := range logs {
			logs[k] = math.Log(float64(c.counts[at+k])+smoothing) - total[k]
			mean += logs[k] / float64(labels)
		}
		for k := range logs {
			c.says[at+k] = float32(logs[k] - mean)
		}
	}
}

// damp is what each word of a text counts: less in a long text, whose words repeat one another.
// Were they independent, as naive Bayes takes them to be, it would be one.
func (c *counted) damp(v *vocabulary, list []mark) float64 {
	sum := 0.0
	for _, m := range list {
		if row, ok := v.rows[m.term]; ok && c.at[row] >= 0 {
			sum += float64(m.weight)
		}
	}
	return 1 / math.Sqrt(max(sum, 1))
}

// scores writes what the words of a text say for each label into out.
func (c *counted) scores(v *vocabulary, list []mark, out []float64) {
	clear(out)
	damp := c.damp(v, list)
	for _, m := range list {
		row, ok := v.rows[m.term]
		if !ok || c.at[row] < 0 {
			continue
		}
		x := damp * float64(m.weight)
		at := int(c.at[row]) * len(out)
		for k, w := range c.says[at : at+len(out)] {
			out[k] += x * float64(w)
		}
	}
}
