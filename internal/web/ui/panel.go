// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/a-h/templ"

// Toast is a line that comes up once. With Undo it offers to take the act back
// for ten seconds; the form is a POST to Undo.
type Toast struct {
	Text   string
	Danger bool
	Undo   string
	Label  string // of the undo button
	Hidden []string
	While  string // selector of what there is as long as it can be taken back; "" is any time
	// Seconds until it goes by itself; 0 is 10 with Undo and 6 without. One that
	// says Danger stays until it is closed.
	Seconds int
}

func (t Toast) stay() string {
	switch {
	case t.Danger:
		return ""
	case t.Seconds > 0:
		return itoa(t.Seconds * 1000)
	case t.Undo != "":
		return "10000"
	}
	return "6000"
}

// PanelView is a box with a heading.
type PanelView struct {
	ID     string
	Title  string
	Sub    string
	Clause Clause
	Aside  templ.Component // at the right of the heading
	Flush  bool            // the content brings its own padding: a table, a list
}

// Column is the head of a table column. Right is for numbers.
type Column struct {
	Label string
	Right bool
	// Hidden columns hold buttons; their label is only read out.
	Hidden bool
}

// Failure is what an error page says: what is wrong and the way on.
type Failure struct {
	Status   int
	Title    string
	Text     string
	Incident string   // the number an administrator looks up
	Lines    []string // what exactly: fields, gaps
	Typed    []string // what was written in the form that came, so that nothing is lost
	Ways     []Link   // on from here, the best one first
}

// PagerView leads through a list by key, never by page number.
type PagerView struct {
	Newer string
	Older string
	Shown string // "1–50 / 128"
}
