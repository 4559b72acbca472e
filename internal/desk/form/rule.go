// SPDX-License-Identifier: Apache-2.0

package form

import (
	"slices"
	"strconv"
)

// Op is how a test compares.
type Op string

// The comparisons. An answer that is not there is no value, so that Is, AtLeast and AtMost of it
// are false and IsNot is true.
const (
	Is         Op = "is" // of Choices: is among them
	IsNot      Op = "is_not"
	AtLeast    Op = "at_least" // of Number
	AtMost     Op = "at_most"  // of Number
	Answered   Op = "answered"
	Unanswered Op = "unanswered"
)

// Ops lists the comparisons in the order in which the editor offers them.
func Ops() []Op { return []Op{Is, IsNot, AtLeast, AtMost, Answered, Unanswered} }

// Bare reports whether the comparison needs no value.
func (o Op) Bare() bool { return o == Answered || o == Unanswered }

// Rule says when a question is shown: where all tests hold, or any of them.
type Rule struct {
	Any   bool   `json:",omitempty"`
	Tests []Test `json:",omitempty"` // at most MaxTests
}

// Test compares the answer of an earlier question with a value.
type Test struct {
	Field string
	Op    Op
	Value string `json:",omitempty"`
}

// IsZero reports whether the rule shows its question always.
func (r Rule) IsZero() bool { return len(r.Tests) == 0 }

func (r Rule) holds(a Answers) bool {
	if r.IsZero() {
		return true
	}
	for _, t := range r.Tests {
		if t.holds(a[t.Field]) == r.Any {
			return r.Any
		}
	}
	return !r.Any
}

func (t Test) holds(values []string) bool {
	switch t.Op {
	case Is:
		return slices.ContainsFunc(values, t.same)
	case IsNot:
		return !slices.ContainsFunc(values, t.same)
	case Answered:
		return len(values) > 0
	case Unanswered:
		return len(values) == 0
	case AtLeast, AtMost:
		if len(values) == 0 {
			return false
		}
		n, bad := strconv.ParseFloat(values[0], 64)
		limit, worse := strconv.ParseFloat(t.Value, 64)
		return bad == nil && worse == nil && (t.Op == AtLeast && n >= limit || t.Op == AtMost && n <= limit)
	}
	return false
}

// same compares words as they are, and numbers by their value.
func (t Test) same(v string) bool {
	if v == t.Value {
		return true
	}
	n, bad := strconv.ParseFloat(v, 64)
	m, worse := strconv.ParseFloat(t.Value, 64)
	return bad == nil && worse == nil && n == m
}

// Shown returns which questions are shown for answers, by their names. Answers of questions that
// are not shown count as not given, also for the questions after them.
func (f Form) Shown(a Answers) map[string]bool {
	out, seen := map[string]bool{}, Answers{}
	for _, field := range f {
		if !field.Show.holds(seen) {
			continue
		}
		out[field.Name] = true
		if v := a[field.Name]; len(v) > 0 {
			seen[field.Name] = v
		}
	}
	return out
}

// Conditional reports whether any question is not always shown.
func (f Form) Conditional() bool {
	return slices.ContainsFunc(f, func(one Field) bool { return !one.Show.IsZero() })
}
