// SPDX-License-Identifier: Apache-2.0

package model

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// words are what drawn tickets are made of.
var words = []string{"打印机", "卡纸", "VPN", "timeout", "printer", "password", "重置", "再", "the"} //nolint:gochecknoglobals // a constant list

// drawn are tickets of three labels, and a seldom fourth one, in words that are drawn.
func drawn(t *rapid.T) []Example {
	out := make([]Example, rapid.IntRange(Least+10, 60).Draw(t, "tickets"))
	for i := range out {
		label := fmt.Sprint("l", i%3)
		if i%13 == 0 {
			label = "seldom"
		}
		out[i] = Example{Key: uint64(i), Text: drawnText(t), Label: label}
	}
	return out
}

func drawnText(t *rapid.T) Text {
	some := rapid.SliceOfN(rapid.SampledFrom(words), 1, 8)
	return Text{Subject: strings.Join(some.Draw(t, "subject"), " "), Body: strings.Join(some.Draw(t, "body"), " ")}
}

func TestTheSameTicketsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawn(t)
		var last []byte
		for range 2 {
			m, err := Learn(t.Context(), slices.Clone(list))
			if err != nil {
				t.Fatal(err)
			}
			b, err := m.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if last != nil && !bytes.Equal(last, b) {
				t.Fatal("two models of the same tickets differ")
			}
			last = b
		}
		m, err := Read(last)
		if err != nil {
			t.Fatal(err)
		}
		again, err := m.Bytes()
		if err != nil || !bytes.Equal(again, last) {
			t.Fatalf("read and written it differs: %v", err)
		}
	})
}

// What the words of a text are credited with is all that speaks for a label, but for how frequent it is.
func TestTheReasonsAddUpToTheScore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := Learn(t.Context(), drawn(t))
		if err != nil {
			t.Fatal(err)
		}
		m.beside = rapid.SampledFrom([]float64{0, usual, 1}).Draw(t, "beside")
		x := drawnText(t)
		units, subject := x.cut()
		n := len(m.labels)
		score, counts := make([]float64, n), make([]float64, n)
		list := marks(units, subject)
		m.scores(m.words.vector(list), score)
		m.counted.scores(m.words, list, counts)
		mean := 0.0
		for k := range score {
			score[k] += m.beside*counts[k] - float64(m.bias[k])
			mean += score[k] / float64(n)
		}
		for k := range score {
			credit, _ := m.credit(units, subject, k)
			sum := 0.0
			for _, c := range credit {
				sum += c
			}
			if math.Abs(sum-(score[k]-mean)) > 1e-4 {
				t.Fatalf("%s: reasons of %v, said %v", m.labels[k], sum, score[k]-mean)
			}
		}
	})
}

func TestCountsByHand(t *testing.T) {
	t.Parallel()
	list := []Example{
		{Text: Text{Body: "printer printer jam"}, Label: "a"},
		{Text: Text{Body: "vpn jam"}, Label: "b"},
	}
	docs := cutAll(list)
	v := learnWords(docs, 1, 100)
	c := countWords(v, docs, []int{0, 1}, 2)
	if len(c.counts) != 6 { // three words of two labels; pairs and beginnings are not counted
		t.Fatalf("%v", c.counts)
	}
	out := make([]float64, 2)
	units, subject := Text{Body: "printer unheard"}.cut()
	c.scores(v, marks(units, subject), out)
	want := math.Log((2+smoothing)/(3+3*smoothing)) - math.Log(smoothing/(2+3*smoothing))
	if got := out[0] - out[1]; math.Abs(got-want) > 1e-6 {
		t.Errorf("printer speaks %v for a, want %v", got, want)
	}
	units, subject = Text{Body: "printer printer printer printer"}.cut()
	c.scores(v, marks(units, subject), out)
	if got := out[0] - out[1]; math.Abs(got-2*want) > 1e-6 {
		t.Errorf("four times it speaks %v, want twice as much as once, %v", got, 2*want)
	}
}

// trials are tests in which the weights and the counts are right as often as told, out of ten.
func trials(n, weights, counts int) []trial {
	out := make([]trial, n)
	for i := range out {
		say := func(right bool) []float64 {
			if right {
				return []float64{2, 0}
			}
			return []float64{0, 2}
		}
		out[i] = trial{[]string{"a", "b"}, say(i%10 < weights), say((i*7)%10 < counts), "a"}
	}
	return out
}

func TestAnotherShareOfTheCountsNeedsMoreThanChance(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		tests []trial
		want  float64
	}{
		"counts tell more":     {trials(200, 6, 9), 1},
		"counts mislead":       {trials(200, 9, 3), 0},
		"too few to tell":      {trials(4, 5, 5), usual},
		"nothing was tested":   {nil, usual},
		"both say the same":    {slices.Repeat([]trial{{[]string{"a", "b"}, []float64{1, 0}, []float64{1, 0}, "a"}, {[]string{"a", "b"}, []float64{1, 0}, []float64{1, 0}, "b"}}, 40), usual},
		"the right is foreign": {slices.Repeat([]trial{{[]string{"a", "b"}, []float64{1, 0}, []float64{0, 1}, "c"}}, 40), usual},
	} {
		if beside, heat := settle(x.tests); beside != x.want || heat < 0.1 || heat > 10 {
			t.Errorf("%s: %v, heat %v; want %v", name, beside, heat, x.want)
		}
	}
}

// A model that was stored before the desk counted guesses until the next night learns a new one.
func TestAModelOfWeightsAloneIsStillRead(t *testing.T) {
	t.Parallel()
	stored, err := os.ReadFile(filepath.Join("testdata", "format1.model"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := Read(stored)
	if err != nil {
		t.Fatal(err)
	}
	if m.beside != 0 || m.Learned() != 36 {
		t.Errorf("%v %v", m.beside, m.Learned())
	}
	x := Text{Subject: "请帮忙", Body: "二楼打印机卡纸，很急"}
	g, why := m.Guesses(x, 3), m.Explain(x, "printer", 3)
	if len(g) != 3 || g[0].Label != "printer" || !slices.ContainsFunc(why, func(w string) bool { return strings.Contains(w, "打印机") }) {
		t.Errorf("%+v because of %q", g, why)
	}
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(b)
	if err != nil || !slices.Equal(back.Guesses(x, 3), g) || !slices.Equal(back.Explain(x, "printer", 3), why) {
		t.Errorf("written anew it guesses otherwise: %v", err)
	}
}
