// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Kind is what a step wants of whoever follows it.
type Kind string

// The kinds of step.
const (
	Instruct Kind = "instruct" // do this, and see whether it helped
	Ask      Kind = "ask"      // say something in words
	Choose   Kind = "choose"   // one of several answers
	Measure  Kind = "measure"  // a number, with the range in which it is well
	Act      Kind = "act"      // the desk does something to a system
)

// Kinds lists the kinds in the order in which pages explain them.
func Kinds() []Kind { return []Kind{Instruct, Ask, Choose, Measure, Act} }

// Known reports whether k is one of the kinds.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }

// The outcomes of steps that are not answers of the author's own.
const (
	Done     = "done"     // did it, and what was expected came
	Failed   = "failed"   // did it, and it did not help
	Answered = "answered" // to a question in words
	In       = "in"       // a number within its range
	Out      = "out"      // and one outside

	// What leaves a step where it is, for somebody to help.
	Cannot  = "cannot"
	Unclear = "unclear"

	// Waived leaves a step out, with a reason.
	Waived = "waived"
)

// End is how a runbook ends.
type End string

// The ends.
const (
	Solved   End = "solved"
	Unsolved End = "unsolved"
)

// Bounds of a runbook.
const (
	MaxSteps   = 500
	MaxText    = 256 << 10 // bytes of the whole text
	maxTitle   = 120       // characters
	maxBody    = 4000
	maxExpect  = 400
	maxOptions = 9 // one key each
	maxMinutes = 480
	maxName    = 40
	MaxMarks   = 2000 // of one run: a walk in circles ends here
)

// Target is where an outcome leads: a step, or an end.
type Target struct {
	Step string
	End  End
}

func (t Target) empty() bool { return t == Target{} }

// Option is one outcome of a step.
type Option struct {
	Value string
	Label string // of the author's own; empty for the outcomes that every step of a kind has
	To    Target // empty: the next step, or the end
	Line  int
}

// Picture is an attachment of the runbook that a step shows.
type Picture struct {
	Name string // of the file, as it was attached
	Alt  string // what is to be seen
}

// Step is one action.
type Step struct {
	Name     string // unique in the runbook, "restart"
	Title    string
	Kind     Kind
	Body     string // paragraphs and lists, as Markdown has them
	Expect   string // what is seen when it went well
	Risk     string // name of a class of risk; empty for none
	Minutes  int    // how long it takes
	Pictures []Picture
	Options  []Option // where the outcomes lead, as far as the author said
	Unit     string   // of a number
	Min, Max float64  // the range in which it is well
	Line     int      // where it begins
}

// Book is a runbook as it is followed.
type Book struct {
	Title   string
	Lang    i18n.Lang
	Summary string
	Steps   []Step
}

// Outcomes are what may come of a step, with where each leads, in the order of their keys.
func (b Book) Outcomes(s Step) []Option {
	var names []string
	switch s.Kind {
	case Instruct, Act:
		names = []string{Done, Failed}
	case Ask:
		names = []string{Answered}
	case Measure:
		names = []string{In, Out}
	case Choose:
		out := slices.Clone(s.Options)
		for i := range out {
			out[i].To = b.follow(s, out[i].Value, out[i].To)
		}
		return out
	}
	out := make([]Option, 0, len(names))
	for _, n := range names {
		o := Option{Value: n}
		for _, said := range s.Options {
			if said.Value == n {
				o = said
			}
		}
		o.To = b.follow(s, n, o.To)
		out = append(out, o)
	}
	return out
}

// follow is where an outcome leads when nothing is said: to the step that stands below and, after
// the last, to the end that the outcome speaks of.
func (b Book) follow(s Step, outcome string, to Target) Target {
	if !to.empty() {
		return to
	}
	if i := b.index(s.Name); i >= 0 && i+1 < len(b.Steps) {
		return Target{Step: b.Steps[i+1].Name}
	}
	if outcome == Done || outcome == In {
		return Target{End: Solved}
	}
	return Target{End: Unsolved}
}

func (b Book) index(name string) int {
	return slices.IndexFunc(b.Steps, func(s Step) bool { return s.Name == name })
}

// Step returns a step by its name.
func (b Book) Step(name string) (Step, bool) {
	if i := b.index(name); i >= 0 {
		return b.Steps[i], true
	}
	return Step{}, false
}

// Number is the place of a step, from 1; 0 where there is none of that name.
func (b Book) Number(name string) int { return b.index(name) + 1 }

// Minutes is how long all steps take together.
func (b Book) Minutes() int {
	n := 0
	for _, s := range b.Steps {
		n += s.Minutes
	}
	return n
}

// Pictures are the names of all files that steps show, each once.
func (b Book) Pictures() []string {
	var out []string
	for _, s := range b.Steps {
		for _, p := range s.Pictures {
			if !slices.Contains(out, p.Name) {
				out = append(out, p.Name)
			}
		}
	}
	return out
}
