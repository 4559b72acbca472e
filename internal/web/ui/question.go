// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/a-h/templ"

// Question is one of a category's form, as a requester or an agent answers it. It is on the page
// also while it is not shown, so that a script can show it at once; without one a button asks the
// server for the form anew.
type Question struct {
	Field
	Kind   string // as in desk/form
	Unit   string
	Name   string   // of the question, by which others look at its answer
	Show   string   // when it is shown: a rule of desk/form as JSON; "" for always
	Hidden bool     // it is not shown for the answers as they are
	Tokens []File   // of "file": what was uploaded for it
	Have   []Option // of "file" for agents: what is on the ticket, to choose from
}

// shape is how the answer is typed in: a browser's own field where it can hold what was typed.
func (q Question) shape(kind string, ok bool) Field {
	f := q.Field
	if ok {
		f.Type = kind
	}
	return f
}

// few reports whether all options can be in view.
func (q Question) few() bool { return len(q.Options) <= 4 }

func (q Question) number() Field {
	f := q.Field
	f.Attrs = templ.Attributes{"inputmode": "decimal"}
	return f
}

func (q Question) chosen() Field {
	f := q.Field
	f.Values, f.Value = append([]string(nil), f.Values...), ""
	return f
}
