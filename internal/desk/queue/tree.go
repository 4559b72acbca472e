// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Op joins conditions.
type Op string

// The ways to join.
const (
	Leaf Op = ""    // one condition
	And  Op = "and" // all of them; none is everything
	Or   Op = "or"  // one of them
	Not  Op = "not" // not the one
)

// Cmp compares a ticket with a value.
type Cmp string

// The comparisons.
const (
	Is      Cmp = "" // is one of the values, or holds one
	Over    Cmp = ">"
	AtLeast Cmp = ">="
	Under   Cmp = "<"
	AtMost  Cmp = "<="
)

// Tree is a filter. The zero Tree asks about nothing known; All is every ticket.
type Tree struct {
	Op   Op
	Kids []Tree
	Cond Cond // where Op is Leaf
}

// Cond asks about one field. Values stand in the form in which filters are stored: codes, "me",
// "mine", "none", "#12" for what has a key, "90m", "2026-01-31", or words.
type Cond struct {
	Field  Field
	Cmp    Cmp
	Values []string

	// What a question keeps beside, and what is stored does not: whether words stand in marks, by
	// which name the field was typed, and where, in characters from 1.
	Phrase bool
	Typed  string
	At     int
}

// All is the filter that leaves nothing out.
func All() Tree { return Tree{Op: And} }

// Empty reports whether the filter leaves nothing out.
func (t Tree) Empty() bool { return t.Op == And && len(t.Kids) == 0 }

// Unset reports whether no filter was given at all.
func (t Tree) Unset() bool { return t.Op == Leaf && t.Cond.Field == "" }

// Of makes a filter of one condition.
func Of(f Field, c Cmp, values ...string) Tree {
	return Tree{Cond: Cond{Field: f, Cmp: c, Values: values}}
}

// Key makes a filter of one condition on what has a key.
func Key(f Field, key int64) Tree { return Of(f, Is, "#"+strconv.FormatInt(key, 10)) }

// The limits of a filter: beyond them nobody reads it any more, and a query does not end.
const (
	MaxText   = 2000 // characters of a filter as it is written
	MaxDepth  = 6    // brackets within brackets
	MaxConds  = 40
	MaxValues = 50 // of one condition
)

// Check returns Invalid where a filter is beyond the limits or asks what cannot be asked.
func (t Tree) Check() error {
	n := 0
	return t.check(0, &n)
}

func (t Tree) check(depth int, conds *int) error {
	if depth > MaxDepth {
		return wrong("queue.deep", "Max", MaxDepth)
	}
	switch t.Op {
	case Leaf:
		if *conds++; *conds > MaxConds {
			return wrong("queue.many", "Max", MaxConds)
		}
		return t.Cond.check()
	case Not:
		if len(t.Kids) != 1 {
			return wrong("queue.not_what")
		}
	case And, Or:
	default:
		return wrong("queue.not_what")
	}
	for _, k := range t.Kids {
		if err := k.check(depth+1, conds); err != nil {
			return err
		}
	}
	return nil
}

func (c Cond) check() error {
	s, ok := SpecOf(c.Field)
	if !ok {
		return c.wrong("queue.field_unknown", "Name", c.name())
	}
	if len(c.Values) == 0 {
		return c.wrong("queue.value_missing", "Name", c.name())
	}
	if len(c.Values) > MaxValues {
		return c.wrong("queue.values_many", "Max", MaxValues)
	}
	if c.Cmp != Is && !s.Compares() {
		return c.wrong("queue.compare", "Name", c.name(), "Compare", string(c.Cmp))
	}
	if s.Compares() && (c.Cmp != Is || s.Type == Ago || s.Type == Left) && len(c.Values) > 1 {
		return c.wrong("queue.one_value", "Name", c.name())
	}
	return nil
}

// name is what whoever typed the condition calls its field.
func (c Cond) name() string {
	if c.Typed != "" {
		return c.Typed
	}
	return string(c.Field)
}

// lang is the language in which the field was written.
func (c Cond) lang() string {
	if strings.ContainsFunc(c.name(), func(r rune) bool { return r >= utf8.RuneSelf }) {
		return "zh-CN"
	}
	return "en"
}

// wrong is a failure of the condition, with the place where it stands.
func (c Cond) wrong(key string, args ...any) error { return wrong(key, append(args, at(c.At)...)...) }

// at names a place in what was typed; none where nobody typed it.
func at(place int) []any {
	if place == 0 {
		return nil
	}
	return []any{"At", place}
}

// WrongAt is where, in characters from 1, what is wrong with a typed filter begins; 0 where the
// failure tells of none.
func WrongAt(err error) int {
	e := errs.As(err)
	if e == nil {
		return 0
	}
	for i := 0; i+1 < len(e.Args); i += 2 {
		if n, ok := e.Args[i+1].(int); ok && e.Args[i] == "At" {
			return n
		}
	}
	return 0
}

// wrong is a failure of the filter, which stands in the field "q" of forms and queries.
func wrong(key string, args ...any) error { return errs.Field("q", key, args...) }
