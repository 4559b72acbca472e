// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// sample is one line of the public sets.
type sample struct {
	ID, Title, Body, Text, Question, Corpus string
	Choices                                 []string
	Labels                                  map[string]string
}

func readSet(t testing.TB, name string) []sample {
	t.Helper()
	dir := os.Getenv("LOOPDESK_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var out []sample
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// examples are the lines with one of their labels.
func examples(list []sample, label string) []model.Example {
	out := make([]model.Example, 0, len(list))
	for _, s := range list {
		out = append(out, model.Example{Key: key(s.ID), Text: model.Text{Subject: s.Title, Body: s.Body + s.Text}, Label: s.Labels[label]})
	}
	return out
}

// key is the first half of the SHA-256 of the id. The sets stand in the order of their labels, and
// a weaker hash would keep some of that.
func key(id string) uint64 {
	h := sha256.Sum256([]byte(id))
	return binary.BigEndian.Uint64(h[:])
}

// split is the one way in which all sets are parted: the key modulo five; the part with the
// number is for testing.
func split(list []model.Example, part uint64) (learn, test []model.Example) {
	for _, e := range list {
		if e.Key%5 == part {
			test = append(test, e)
		} else {
			learn = append(learn, e)
		}
	}
	return learn, test
}

// bayes is the plain multinomial naive Bayes that the model has to beat: the words and
// ideographs of the same text, Laplace smoothing of one.
type bayes struct {
	labels []string
	prior  []float64
	total  []float64
	words  map[string][]float64
}

func learnBayes(list []model.Example) *bayes {
	b := &bayes{words: map[string][]float64{}}
	for _, e := range list {
		b.labels = append(b.labels, e.Label)
	}
	slices.Sort(b.labels)
	b.labels = slices.Compact(b.labels)
	b.prior, b.total = make([]float64, len(b.labels)), make([]float64, len(b.labels))
	for _, e := range list {
		k, _ := slices.BinarySearch(b.labels, e.Label)
		b.prior[k] += 1 / float64(len(list))
		for _, u := range text.Units(e.Text.Subject + "\n" + e.Text.Body) {
			if b.words[u.Text] == nil {
				b.words[u.Text] = make([]float64, len(b.labels))
			}
			b.words[u.Text][k]++
			b.total[k]++
		}
	}
	return b
}

func (b *bayes) guess(t model.Text) (label string, share float64) {
	p := make([]float64, len(b.labels))
	for k := range p {
		p[k] = math.Log(b.prior[k])
	}
	for _, u := range text.Units(t.Subject + "\n" + t.Body) {
		counts, known := b.words[u.Text]
		if !known {
			continue
		}
		for k := range p {
			p[k] += math.Log((counts[k] + 1) / (b.total[k] + float64(len(b.words))))
		}
	}
	top, sum, best := slices.Max(p), 0.0, 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
		sum += math.Exp(p[k] - top)
	}
	return b.labels[best], 1 / sum
}

// first is the model's first guess; "" where it knows no word of the text.
func first(m *model.Model, t model.Text) (string, float64) {
	if g := m.Guesses(t, 1); len(g) > 0 {
		return g[0].Label, g[0].Share
	}
	return "", 0
}

func learn(t testing.TB, list []model.Example) *model.Model {
	t.Helper()
	m, err := model.Learn(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func judge(test []model.Example, guess func(model.Text) (string, float64)) *model.Tally {
	out := model.NewTally()
	for _, e := range test {
		label, share := guess(e.Text)
		out.Add(e.Label, label, share)
	}
	return out
}

// spreadOut are n examples in the order of their hash.
func spreadOut(list []model.Example, n int) []model.Example {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b model.Example) int {
		switch {
		case a.Key < b.Key:
			return -1
		case a.Key > b.Key:
			return 1
		}
		return 0
	})
	return out[:min(n, len(out))]
}
