// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"
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
	fmt.Printf("%-28s %6s %6s %6s | %5s %5s | %5s %5s | %-17s %-17s | %s\n", "set", "learn", "test", "labels", "acc", "bayes", "F1", "bayes", "sure: prec cover", "bayes prec cover", "time")
	for _, label := range []string{"category", "sub_category1", "business_service", "ticket_type", "urgency", "impact"} {
		compare("endava "+label, b, examples(endava, label), 0, 5)
	}
	compare("banking77 intent", b, examples(banking, "intent"), 0, 1)
	compare("nlu-it intent", b, examples(nlu, "intent"), 0, 5)
	fmt.Println()
	for _, n := range []int{20, 100, 500, 2700} {
		curve(b, "banking77 intent", examples(banking, "intent"), n)
		curve(b, "endava category", examples(endava, "category"), n)
		curve(b, "endava business_service", examples(endava, "business_service"), n)
	}
	b.Run("predict", benchPredict)
}

func compare(name string, b *testing.B, list []model.Example, from, to uint64) {
	b.Helper()
	ours, plain := model.NewTally(), model.NewTally()
	var sure, sureN, plainSure, plainN float64
	var took time.Duration
	learned, labels := 0, 0
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
		ours.Join(mine)
		plain.Join(theirs)
		learned, labels = len(known), len(m.Labels())
	}
	n := float64(ours.Tested())
	fmt.Printf("%-28s %6d %6d %6d | %.3f %.3f | %.3f %.3f | %5.3f %5.3f       %5.3f %5.3f       | %v\n", name, learned, ours.Tested(), labels,
		ours.Accuracy(), plain.Accuracy(), ours.MacroF1(), plain.MacroF1(), ratio(sure, sureN), sureN/n, ratio(plainSure, plainN), plainN/n, (took / time.Duration(to-from)).Round(time.Millisecond))
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

// curve learns from the first n of the learning part, by their hash, and tests on the whole test part.
func curve(b *testing.B, name string, list []model.Example, n int) {
	b.Helper()
	known, test := split(list, 0)
	some := spreadOut(known, n)
	start := time.Now()
	m, err := model.Learn(b.Context(), some)
	took := time.Since(start)
	plain := judge(test, learnBayes(some).guess)
	if err != nil {
		fmt.Printf("%-28s %5d tickets: nothing learned (%v); naive Bayes accuracy %.3f, F1 %.3f\n", name, len(some), err, plain.Accuracy(), plain.MacroF1())
		return
	}
	ours := judge(test, func(t model.Text) (string, float64) { return first(m, t) })
	_, cover := ours.From(m.Quality().Sure)
	fmt.Printf("%-28s %5d tickets: accuracy %.3f (naive Bayes %.3f), F1 %.3f (%.3f), sure about %.2f, learned in %v\n", name, len(some),
		ours.Accuracy(), plain.Accuracy(), ours.MacroF1(), plain.MacroF1(), cover, took.Round(time.Millisecond))
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
