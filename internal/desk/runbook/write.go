// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"fmt"
	"strconv"
	"strings"
)

// Text writes a book in the format that Read understands. Reading it again gives the same book.
func (b Book) Text() string {
	var w strings.Builder
	fmt.Fprintf(&w, "# %s\nlang: %s\n", b.Title, b.Lang)
	if b.Summary != "" {
		fmt.Fprintf(&w, "summary: %s\n", b.Summary)
	}
	for _, s := range b.Steps {
		fmt.Fprintf(&w, "\n## %s %s\nkind: %s\ntime: %d\n", s.Name, s.Title, s.Kind, s.Minutes)
		if s.Risk != "" {
			fmt.Fprintf(&w, "risk: %s\n", s.Risk)
		}
		if s.Kind == Measure {
			fmt.Fprintf(&w, "range: %s..%s %s\n", number(s.Min), number(s.Max), s.Unit)
		}
		if s.Expect != "" {
			fmt.Fprintf(&w, "expect: %s\n", s.Expect)
		}
		for _, p := range s.Pictures {
			fmt.Fprintf(&w, "picture: %s | %s\n", p.Name, p.Alt)
		}
		if s.Body != "" {
			fmt.Fprintf(&w, "\n%s\n", s.Body)
		}
		for i, o := range s.Options {
			if i == 0 {
				w.WriteString("\n")
			}
			w.WriteString("-> " + o.Value)
			if o.Label != "" {
				w.WriteString(" | " + o.Label)
			}
			w.WriteString(": " + o.To.String() + "\n")
		}
	}
	return w.String()
}

// String writes a target as the format has it.
func (t Target) String() string {
	switch {
	case t.End != "":
		return "end " + string(t.End)
	case t.Step != "":
		return t.Step
	}
	return "next"
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
