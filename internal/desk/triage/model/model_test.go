// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
)

// desk is a small history in two languages.
func desk() []model.Example {
	var out []model.Example
	for i := range 12 {
		for label, words := range map[string][2]string{
			"printer": {"打印机卡纸", "三楼的打印机又卡纸了，printer jam %d"},
			"network": {"VPN连不上", "在家连不上 VPN，提示 ERR-%d timeout"},
			"account": {"密码忘了", "登录不了，请重置密码 password reset %d"},
		} {
			out = append(out, model.Example{
				Key: uint64(len(out)), Label: label,
				Text: model.Text{Subject: words[0], Body: fmt.Sprintf(words[1], i)},
			})
		}
	}
	slices.SortFunc(out, func(a, b model.Example) int { return strings.Compare(a.Text.Body+a.Label, b.Text.Body+b.Label) })
	for i := range out {
		out[i].Key = uint64(i)
	}
	return out
}

func TestAGuessNamesItsWords(t *testing.T) {
	t.Parallel()
	m := learn(t, desk())
	x := model.Text{Subject: "请帮忙", Body: "二楼打印机卡纸，很急"}
	g := m.Guesses(x, 3)
	if len(g) != 3 || g[0].Label != "printer" || g[0].Share < 0.6 {
		t.Fatalf("%+v", g)
	}
	why := m.Explain(x, "printer", 3)
	if len(why) == 0 || !strings.Contains(why[0], "打印机卡纸") {
		t.Errorf("%q", why)
	}
	if why := m.Explain(model.Text{Body: "VPN: err-77 timeout"}, "network", 3); len(why) == 0 || !slices.Contains(why, "VPN") {
		t.Errorf("%q", why)
	}
	if why := m.Explain(x, "nonsense", 3); why != nil {
		t.Errorf("reasons for a label that it does not know: %q", why)
	}
	if g := m.Guesses(model.Text{Body: "zzz"}, 1); g != nil {
		t.Errorf("a guess without a known word: %+v", g)
	}
}

func TestTheSameTicketsGiveTheSameModel(t *testing.T) {
	t.Parallel()
	one, err := learn(t, desk()).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	two, err := learn(t, desk()).Bytes()
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("two models of the same tickets differ: %v", err)
	}
}

func TestWhatWasStoredGuessesAsWhatWasLearned(t *testing.T) {
	t.Parallel()
	m := learn(t, desk())
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	back, err := model.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Quality() != m.Quality() || back.Learned() != m.Learned() || !slices.Equal(back.Labels(), m.Labels()) {
		t.Errorf("%+v, want %+v", back.Quality(), m.Quality())
	}
	for _, e := range desk() {
		if a, b := m.Guesses(e.Text, 3), back.Guesses(e.Text, 3); !slices.Equal(a, b) {
			t.Fatalf("%+v, want %+v", b, a)
		}
	}
}

func TestA22_DamagedModelsAreRefused(t *testing.T) {
	t.Parallel()
	whole, err := learn(t, desk()).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.Read(whole[:len(whole)/2]); !errors.Is(err, model.ErrFormat) {
		t.Errorf("half a model: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := slices.Clone(whole)
		for range rapid.IntRange(1, 4).Draw(t, "bits") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		if m, err := model.Read(b); err == nil {
			m.Guesses(model.Text{Body: "打印机 VPN"}, 3)
		}
	})
}

// Shares add to one, stand in order, and no text breaks the model.
func TestA22_AnyText(t *testing.T) {
	t.Parallel()
	m := learn(t, desk())
	rapid.Check(t, func(t *rapid.T) {
		x := model.Text{Subject: rapid.String().Draw(t, "subject"), Body: rapid.SampledFrom([]string{"打印机", "VPN", "", "\x00\xff"}).Draw(t, "word") + rapid.String().Draw(t, "body")}
		g := m.Guesses(x, 10)
		sum := 0.0
		for i, one := range g {
			sum += one.Share
			if i > 0 && one.Share > g[i-1].Share {
				t.Fatalf("%+v", g)
			}
			for _, w := range m.Explain(x, one.Label, 3) {
				if !strings.Contains(x.Subject+"\n"+x.Body, w) {
					t.Fatalf("the reason %q does not stand in the text", w)
				}
			}
		}
		if len(g) > 0 && math.Abs(sum-1) > 1e-9 {
			t.Fatalf("shares add to %v", sum)
		}
	})
	long := model.Text{Body: strings.Repeat("打印机卡纸 printer ", 250_000)} // five megabytes
	if g := m.Guesses(long, 1); len(g) == 0 || g[0].Label != "printer" {
		t.Errorf("%+v", g)
	}
}

func TestTooLittleToLearnFrom(t *testing.T) {
	t.Parallel()
	one := desk()
	for i := range one {
		one[i].Label = "same"
	}
	for name, list := range map[string][]model.Example{"none": nil, "few": desk()[:model.Least-1], "one label": one} {
		if _, err := model.Learn(t.Context(), list); !errors.Is(err, model.ErrTooFew) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := model.Learn(ended, desk()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A small fixed part of each public set: the whole comparison is make bench-triage.
func TestItBeatsNaiveBayes(t *testing.T) {
	t.Parallel()
	parts := map[string][]model.Example{
		"endava category":  examples(readSet(t, "endava/cases.jsonl.gz"), "category"),
		"endava impact":    examples(readSet(t, "endava/cases.jsonl.gz"), "impact"),
		"endava service":   examples(readSet(t, "endava/cases.jsonl.gz")[:1200], "business_service"),
		"banking77 intent": examples(readSet(t, "banking77/cases.jsonl.gz")[:1500], "intent"),
		"nlu-it intent":    examples(readSet(t, "nlu-it/cases.jsonl"), "intent"),
	}
	for name, list := range parts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, plain := model.NewTally(), model.NewTally()
			for part := range uint64(5) {
				if part > 0 && len(list) > 200 && name != "endava impact" {
					break // every part is tested of the smallest set, and where three of five labels have fewer than ten rows
				}
				known, test := split(list, part)
				m, b := learn(t, known), learnBayes(known)
				for _, e := range test {
					label, share := first(m, e.Text)
					ours.Add(e.Label, label, share)
					label, share = b.guess(e.Text)
					plain.Add(e.Label, label, share)
				}
			}
			if ours.MacroF1() <= plain.MacroF1() {
				t.Errorf("macro F1 %.3f, naive Bayes %.3f", ours.MacroF1(), plain.MacroF1())
			}
			t.Logf("macro F1 %.3f, naive Bayes %.3f; accuracy %.3f, %.3f", ours.MacroF1(), plain.MacroF1(), ours.Accuracy(), plain.Accuracy())
		})
	}
}
