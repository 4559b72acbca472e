// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
)

// BenchmarkTriage prints the figures of docs/benchmarks.md: make bench-triage. Every set is
// parted by split; nothing was tuned on a tested row.
func BenchmarkTriage(b *testing.B) {
	if os.Getenv("LOOPDESK_BENCH_TRIAGE") == "" {
		b.Run("predict", benchPredict)
		return
	}
	endava, banking := readSet(b, "endava/cases.jsonl.gz"), readSet(b, "banking77/cases.jsonl.gz")
	nlu := readSet(b, "nlu-it/cases.jsonl")
	fmt.Printf("%-28s %6s %6s %6s | %5s %5s | %5s %5s | %-17s %-17s | %s\n", "set", "learn", "test", "labels", "acc", "bayes", "F1", "bayes", "sure: prec cover", "bayes prec cover", "gap, time")
	for _, label := range []string{"category", "sub_category1", "business_service", "ticket_type", "urgency", "impact"} {
		compare("endava "+label, b, examples(endava, label), 0, 5)
	}
	compare("banking77 intent", b, examples(banking, "intent"), 0, 1)
	compare("nlu-it intent", b, examples(nlu, "intent"), 0, 5)
	fmt.Println()
	for _, n := range []int{20, 100, 500, 2700} {
		curve(b, "banking77 intent", examples(banking, "intent"), n, 1)
		for _, label := range []string{"category", "business_service"} {
			curve(b, "endava "+label, examples(endava, label), n, 1)
			curve(b, "endava "+label, examples(endava, label), n, 5)
		}
	}
	fmt.Println()
	for _, label := range []string{"category", "sub_category1", "business_service", "ticket_type", "urgency", "impact"} {
		otherwise("endava "+label, b, endava, label, 5)
	}
	otherwise("banking77 intent", b, banking, "intent", 1)
	otherwise("nlu-it intent", b, nlu, "intent", 5)
	b.Run("predict", benchPredict)
}

func compare(name string, b *testing.B, list []model.Example, from, to uint64) {
	b.Helper()
	ours, plain := model.NewTally(), model.NewTally()
	var sure, sureN, plainSure, plainN float64
	var took time.Duration
	learned, labels := 0, 0
	var shares steps
	for part := from; part < to; part++ {
		known, test := split(list, part)
		start := time.Now()
		m := learn(b, known)
		took += time.Since(start)
		bay := learnBayes(known)
		mine := judge(test, func(t model.Text) (string, float64) { return first(m, t) })
		theirs := judge(test, bay.guess)
		// The share from which a guess counts as sure is found on the learning part alone.
		p, c := mine.From(m.Quality().Sure)
		sure, sureN = sure+p*c*float64(len(test)), sureN+c*float64(len(test))
		p, c = theirs.From(bayesSure(known))
		plainSure, plainN = plainSure+p*c*float64(len(test)), plainN+c*float64(len(test))
		shares.add(m, test)
		ours.Join(mine)
		plain.Join(theirs)
		learned, labels = len(known), len(m.Labels())
	}
	n := float64(ours.Tested())
	fmt.Printf("%-28s %6d %6d %6d | %.3f %.3f | %.3f %.3f | %5.3f %5.3f       %5.3f %5.3f       | %.3f | %v\n", name, learned, ours.Tested(), labels,
		ours.Accuracy(), plain.Accuracy(), ours.MacroF1(), plain.MacroF1(), ratio(sure, sureN), sureN/n, ratio(plainSure, plainN), plainN/n, shares.gap(), (took / time.Duration(to-from)).Round(time.Millisecond))
}

// bayesSure finds the same for naive Bayes, by five folds within the learning part.
func bayesSure(known []model.Example) float64 {
	all := model.NewTally()
	for k := range uint64(5) {
		var learn, test []model.Example
		for i, e := range known {
			if uint64(i)%5 == k {
				test = append(test, e)
			} else {
				learn = append(learn, e)
			}
		}
		all.Join(judge(test, learnBayes(learn).guess))
	}
	share, _ := all.SureAt(0.9)
	return share
}

// steps are guesses by their share, in ten steps from 0 to 1: how many, what was said, what was right.
type steps [10]struct{ guesses, said, right float64 }

func (s *steps) add(m *model.Model, test []model.Example) {
	for _, e := range test {
		label, share := first(m, e.Text)
		at := &s[min(int(share*10), 9)]
		at.guesses++
		at.said += share
		if label == e.Label {
			at.right++
		}
	}
}

// gap is by how much shares differ from what came of them, on average (expected calibration error).
func (s *steps) gap() float64 {
	var sum, all float64
	for _, at := range s {
		sum += math.Abs(at.said - at.right)
		all += at.guesses
	}
	return ratio(sum, all)
}

// curve learns from the first n of the learning part, by their hash, and tests on the whole test
// part, for each of the parts.
func curve(b *testing.B, name string, list []model.Example, n int, parts uint64) {
	b.Helper()
	ours, plain := model.NewTally(), model.NewTally()
	learned := 0
	for part := range parts {
		known, test := split(list, part)
		some := spreadOut(known, n)
		theirs := judge(test, learnBayes(some).guess)
		m, err := model.Learn(b.Context(), some)
		if err != nil {
			fmt.Printf("%-28s %5d tickets, part %d: nothing learned (%v); naive Bayes accuracy %.3f, F1 %.3f\n", name, len(some), part, err, theirs.Accuracy(), theirs.MacroF1())
			continue
		}
		learned++
		plain.Join(theirs)
		ours.Join(judge(test, func(t model.Text) (string, float64) { return first(m, t) }))
	}
	if learned > 0 {
		fmt.Printf("%-28s %5d tickets, %d of %d parts: accuracy %.3f (naive Bayes %.3f), F1 %.3f (%.3f)\n", name, n, learned, parts,
			ours.Accuracy(), plain.Accuracy(), ours.MacroF1(), plain.MacroF1())
	}
}

// otherwise parts a set in four other ways, by other hashes, so that no figure hangs on the one
// way in which the rows fell.
func otherwise(name string, b *testing.B, list []sample, label string, parts uint64) {
	b.Helper()
	for seed := range 4 {
		other := examples(list, label)
		for i, s := range list {
			other[i].Key = key(fmt.Sprint("seed ", seed, " ", s.ID))
		}
		ours, plain := model.NewTally(), model.NewTally()
		var shares steps
		var sure, sureN float64
		for part := range parts {
			known, test := split(other, part)
			m := learn(b, known)
			shares.add(m, test)
			mine := judge(test, func(t model.Text) (string, float64) { return first(m, t) })
			p, c := mine.From(m.Quality().Sure)
			sure, sureN = sure+p*c*float64(len(test)), sureN+c*float64(len(test))
			ours.Join(mine)
			plain.Join(judge(test, learnBayes(known).guess))
		}
		_, exact := ours.SureAt(0.9) // the share from which nine in ten were right, had one known it
		fmt.Printf("%-28s seed %d: accuracy %.3f (naive Bayes %.3f), F1 %.3f (%.3f), gap %.3f, sure %.3f of %.3f, nine in ten of %.3f\n", name, seed, ours.Accuracy(), plain.Accuracy(), ours.MacroF1(), plain.MacroF1(), shares.gap(),
			ratio(sure, sureN), sureN/float64(ours.Tested()), exact)
	}
}

func ratio(a, of float64) float64 {
	if of == 0 {
		return 0
	}
	return a / of
}

func benchPredict(b *testing.B) {
	list := examples(readSet(b, "banking77/cases.jsonl.gz")[:3000], "intent")
	m := learn(b, list)
	for i := 0; b.Loop(); i++ {
		t := list[i%len(list)].Text
		g := m.Guesses(t, 3)
		m.Explain(t, g[0].Label, 3)
	}
}
