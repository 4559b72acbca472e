// SPDX-License-Identifier: Apache-2.0

package runbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// books are random runbooks: their branches lead anywhere, also nowhere.
func books(t *rapid.T, most int) runbook.Book {
	n := rapid.IntRange(1, most).Draw(t, "steps")
	name := func(i int) string { return fmt.Sprintf("s%d", i) }
	target := func() runbook.Target {
		switch rapid.IntRange(0, 9).Draw(t, "target") {
		case 0:
			return runbook.Target{End: runbook.Solved}
		case 1:
			return runbook.Target{End: runbook.Unsolved}
		case 2, 3, 4:
			return runbook.Target{}
		case 5:
			return runbook.Target{Step: name(rapid.IntRange(0, n).Draw(t, "beyond"))} // the last one is missing
		}
		return runbook.Target{Step: name(rapid.IntRange(0, n-1).Draw(t, "step"))}
	}
	b := runbook.Book{Title: "x", Lang: i18n.ZH}
	for i := range n {
		s := runbook.Step{Name: name(i), Title: "t", Minutes: 1, Body: "b", Kind: rapid.SampledFrom(runbook.Kinds()).Draw(t, "kind")}
		switch s.Kind {
		case runbook.Choose:
			for k := range rapid.IntRange(2, 4).Draw(t, "answers") {
				s.Options = append(s.Options, runbook.Option{Value: fmt.Sprintf("a%d", k), Label: "l", To: target()})
			}
		case runbook.Measure:
			s.Min, s.Max, s.Unit = 0, 50, "ms"
			s.Options = []runbook.Option{{Value: runbook.In, To: target()}, {Value: runbook.Out, To: target()}}
		case runbook.Ask:
			s.Options = []runbook.Option{{Value: runbook.Answered, To: target()}}
		case runbook.Instruct, runbook.Act:
			s.Options = []runbook.Option{{Value: runbook.Done, To: target()}, {Value: runbook.Failed, To: target()}}
		}
		b.Steps = append(b.Steps, s)
	}
	return b
}

// ways is the graph of a book by the plainest means, to compare with.
func ways(b runbook.Book) (next map[string][]string, ends map[string]bool) {
	next, ends = map[string][]string{}, map[string]bool{}
	for _, s := range b.Steps {
		for _, o := range b.Outcomes(s) {
			if o.To.End != "" {
				ends[s.Name] = true
			} else {
				next[s.Name] = append(next[s.Name], o.To.Step)
			}
		}
	}
	return next, ends
}

func reach(next map[string][]string, from string) map[string]bool {
	out := map[string]bool{from: true}
	for grew := true; grew; {
		grew = false
		for s := range out {
			for _, to := range next[s] {
				if !out[to] {
					out[to], grew = true, true
				}
			}
		}
	}
	return out
}

// TestN25_TheCheckFindsWhatIsWrong compares the check with a search by the plainest means.
func TestN25_TheCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := books(t, 9)
		next, ends := ways(b)
		var want []string
		reached := reach(next, b.Steps[0].Name)
		for _, s := range b.Steps {
			for _, to := range next[s.Name] {
				if _, ok := b.Step(to); !ok {
					want = append(want, "runbook.line_missing")
				}
			}
			if !reached[s.Name] {
				want = append(want, "runbook.line_unreached")
				continue
			}
			out, goes := false, false
			for x := range reach(next, s.Name) {
				out = out || ends[x]
			}
			for _, to := range next[s.Name] {
				_, ok := b.Step(to)
				goes = goes || ok
			}
			if !out && goes {
				want = append(want, "runbook.line_circle")
			}
		}
		var got []string
		for _, p := range runbook.Check(b) {
			got = append(got, p.Key)
			if !i18n.Has(i18n.ZH, p.Key) || !i18n.Has(i18n.EN, p.Key) {
				t.Fatalf("%s is said in one language only", p.Key)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s\n%s", b.Text(), d)
		}
	})
}

// sound are the random books that may be put in force.
func sound() *rapid.Generator[runbook.Book] {
	return rapid.Custom(func(t *rapid.T) runbook.Book { return books(t, 12) }).Filter(func(b runbook.Book) bool { return len(runbook.Check(b)) == 0 })
}

// TestN25_EveryRunEndsOrStandsOnAStep walks random books at random: a run never stands anywhere
// but on a step of its book or at an end, and walking its marks again leads to the same place.
func TestN25_EveryRunEndsOrStandsOnAStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := sound().Draw(t, "runbook")
		at := b.Start()
		var marks []runbook.Mark
		for range rapid.IntRange(0, 60).Draw(t, "marks") {
			step, ok := b.Step(at.Step)
			if !ok {
				break
			}
			m := runbook.Mark{Seq: len(marks) + 1, Step: at.Step, Value: "v", Reason: "r"}
			choices := []string{runbook.Cannot, runbook.Unclear, runbook.Waived, "nonsense"}
			for _, o := range b.Outcomes(step) {
				choices = append(choices, o.Value, o.Value)
			}
			m.Outcome = rapid.SampledFrom(choices).Draw(t, "outcome")
			if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
				m.Step = "elsewhere"
			}
			after, err := b.Next(at, m)
			if wrong := m.Outcome == "nonsense" || m.Step == "elsewhere"; wrong != (err != nil) {
				t.Fatalf("%+v: %v", m, err)
			}
			if err != nil {
				if after != at {
					t.Fatalf("a mark that was refused moved the run from %+v to %+v", at, after)
				}
				continue
			}
			marks, at = append(marks, m), after
		}
		_, on := b.Step(at.Step)
		if on == at.Over() || at.Over() && at.Step != "" {
			t.Fatalf("the run stands at %+v", at)
		}
		again, err := b.Walk(marks)
		if err != nil || again != at {
			t.Fatalf("walked again: %+v, %v, was %+v", again, err, at)
		}
		if at.Over() {
			if _, err := b.Next(at, runbook.Mark{Step: at.Step, Outcome: runbook.Done}); err == nil {
				t.Fatal("a run that is over goes on")
			}
		}
	})
}

// TestN25_AnEndIsNeverFarAway follows, from wherever a run of a sound book stands, some outcomes
// to an end.
func TestN25_AnEndIsNeverOutOfReach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := sound().Draw(t, "runbook")
		next, ends := ways(b)
		for _, s := range b.Steps {
			out := false
			for x := range reach(next, s.Name) {
				out = out || ends[x]
			}
			if !out {
				t.Fatalf("%s never ends:\n%s", s.Name, b.Text())
			}
		}
	})
}

// TestN25_AFileReadAgainIsTheSame writes books and reads them.
func TestN25_AFileReadAgainIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := books(t, 6)
		for i := range b.Steps {
			b.Steps[i].Expect = rapid.SampledFrom([]string{"", "灯亮了", "a | b: c"}).Draw(t, "expect")
			b.Steps[i].Risk = rapid.SampledFrom([]string{"", "security"}).Draw(t, "risk")
			b.Steps[i].Body = rapid.SampledFrom([]string{"一段话", "kind: not a setting", "- one\n- two\n\nend"}).Draw(t, "body")
			if rapid.Bool().Draw(t, "picture") {
				b.Steps[i].Pictures = []runbook.Picture{{Name: "a.png", Alt: "网口"}}
			}
		}
		again, bad := runbook.Read(b.Text())
		if len(bad) > 0 {
			t.Fatalf("%v\n%s", bad, b.Text())
		}
		if again.Text() != b.Text() {
			t.Fatalf("-wrote +read\n%s", cmp.Diff(b.Text(), again.Text()))
		}
	})
}

// TestN25_AnythingMayBeTyped reads whatever is thrown at it: problems have lines of the text, and
// sentences in both languages.
func TestN25_AnythingMayBeTyped(t *testing.T) {
	t.Parallel()
	pieces := []string{"# x", "## a b", "## a b", "##", "-> done: b", "-> done", "->", "-> x | y: end solved", "kind: choose", "kind: x", "time: y", "range: 1..0", "range: 1..2 ms", "risk: ???", "picture: x", "lang: fr", "text", "", "\x00", "\xff", "expect: " + strings.Repeat("长", 500)}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "lines"), "\n")
		b, bad := runbook.Read(text)
		lines := strings.Count(text, "\n") + 1
		for _, p := range bad {
			if p.Line < 0 || p.Line > lines {
				t.Fatalf("line %d of %d", p.Line, lines)
			}
			for _, l := range i18n.Langs() {
				if s := i18n.T(l, p.Key, p.Args...); s == p.Key || strings.Contains(s, "<no value>") {
					t.Fatalf("%s: %q", p.Key, s)
				}
			}
		}
		if len(bad) == 0 {
			runbook.Check(b)
		}
	})
}

// Five hundred steps are fine, one more is refused, and a circle of all of them is found.
func TestN25_FiveHundredSteps(t *testing.T) {
	t.Parallel()
	var w strings.Builder
	w.WriteString("# long\n")
	for i := range runbook.MaxSteps {
		fmt.Fprintf(&w, "## s%d step %d\n", i, i)
	}
	b, bad := runbook.Read(w.String())
	if bad = append(bad, runbook.Check(b)...); len(bad) > 0 {
		t.Fatal(bad)
	}
	if _, bad := runbook.Read(w.String() + "## more more\n"); len(bad) != 1 || bad[0].Key != "runbook.line_steps" || bad[0].Line != runbook.MaxSteps+2 {
		t.Errorf("one more: %v", bad)
	}
	b, _ = runbook.Read(w.String() + "-> done: s0\n-> failed: s0\n")
	last, _ := b.Step("s499")
	if to := b.Outcomes(last)[0].To.Step; to != "s0" {
		t.Fatalf("the circle is open: %s", to)
	}
	if bad := runbook.Check(b); len(bad) != runbook.MaxSteps || bad[0].Key != "runbook.line_circle" {
		t.Errorf("the circle: %d problems", len(bad))
	}
}
