// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// The states of a Step and of an Item in it.
const (
	Done    = "done"
	Now     = "now"
	Todo    = "todo"
	Waiting = "wait" // for an approval, for somebody else
	Dev     = "dev"  // left out, signed with a reason
	Lapsed  = "miss" // can no longer be met
)

// Rail is the process of a ticket: the steps of the standard, what is done, what
// is next, what would be missing.
type Rail struct {
	Score   int    // conformance, 0 to 100
	Title   string // "" is the message ui.process
	Summary string // "符合度 12/14 条 · 0 项偏离"
	All     string // where all clauses are listed
	Steps   []Step
}

// Step is one step of the rail.
type Step struct {
	ID       string
	Title    string
	Meta     string // at the right: the time of a done one, "缺 1 项" of the current one
	State    string
	Evidence string // "七要素 7/7 · 已复述"
	Clauses  []Clause
	Items    []Item
}

// Item is what a step asks for. A missing one with a Form opens it where it
// stands; the first of the current step may be open from the start.
type Item struct {
	ID     string
	Label  string
	State  string // Done, Todo, Waiting, Dev or Lapsed
	Note   templ.Component
	Clause Clause
	Form   templ.Component
	Open   bool
	// Href leads to where it is filled, in place of Form; Attrs are those of the link.
	Href  string
	Attrs templ.Attributes
}

// chips says whether the items of a step are shown as a row of words: those of
// a step to come. The current one lists them.
func (s Step) chips() bool { return s.State != Now }

// itemIcon returns the sign of an item and its tone.
func itemIcon(state string) (icon, tone string) {
	switch state {
	case Done:
		return "check", "text-ok"
	case Waiting:
		return "lock-keyhole", "text-warn"
	case Dev:
		return "signature", "text-fg2"
	case Lapsed:
		return "triangle-alert", "text-danger"
	}
	return "circle-dashed", "text-fg3"
}

// done counts the steps that are through.
func (r Rail) done() int {
	n := 0
	for _, s := range r.Steps {
		if s.State == Done || s.State == Dev || s.State == Lapsed {
			n++
		}
	}
	return n
}

// current returns the step that is being worked on; all done, it is the last.
func (r Rail) current() Step {
	for _, s := range r.Steps {
		if s.State == Now || s.State == Waiting {
			return s
		}
	}
	if len(r.Steps) == 0 {
		return Step{}
	}
	return r.Steps[len(r.Steps)-1]
}

// FactView is one fact in the side: a label, a value, and where it may be
// changed a form that opens in place.
type FactView struct {
	ID    string
	Label string
	Value templ.Component
	Form  templ.Component
	Open  bool // the form was refused and stands open
}

func (r Rail) title(lang i18n.Lang) string {
	if r.Title != "" {
		return r.Title
	}
	return i18n.T(lang, "ui.process")
}

func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
