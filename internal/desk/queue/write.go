// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"slices"
	"strings"
	"unicode"
)

// String writes a filter in the form in which it is stored: English names, codes and keys.
func (t Tree) String() string {
	return t.Write("en", func(_ Spec, v string) string { return v })
}

// Write writes a filter in a language. say gives what stands for a stored value of a field whose
// values have names; codes are said by the field itself.
func (t Tree) Write(lang string, say func(s Spec, value string) string) string {
	w := writer{lang: lang, say: say}
	w.tree(t)
	return w.String()
}

type writer struct {
	strings.Builder
	lang string
	say  func(s Spec, value string) string
}

func (w *writer) tree(t Tree) {
	switch t.Op {
	case Leaf:
		w.cond(t.Cond)
		return
	case Not:
		_ = w.WriteByte('-')
		for _, k := range t.Kids {
			w.kid(k)
		}
		return
	}
	between := " "
	if t.Op == Or {
		between = " or "
		if w.lang != "en" {
			between = " 或 "
		}
	}
	for i, k := range t.Kids {
		if i > 0 {
			_, _ = w.WriteString(between)
		}
		w.kid(k)
	}
}

// kid writes what stands within something else: in brackets where it joins by itself.
func (w *writer) kid(t Tree) {
	if t.Op == And || t.Op == Or {
		_ = w.WriteByte('(')
		w.tree(t)
		_ = w.WriteByte(')')
		return
	}
	w.tree(t)
}

func (w *writer) cond(c Cond) {
	s, _ := SpecOf(c.Field)
	if c.Field == Words && len(c.Values) == 1 {
		_, _ = w.WriteString(quote(c.Values[0], true))
		return
	}
	_, _ = w.WriteString(s.Name(w.lang) + ":" + string(c.Cmp))
	for i, v := range c.Values {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		switch s.Type {
		case Enum, Yes:
			if w.lang != "en" {
				v = s.Said(v, w.lang)
			}
		case Contains, Ago, Left, Day, Count:
		default:
			v = w.say(s, v)
		}
		_, _ = w.WriteString(quote(v, false))
	}
}

// quote puts a value into marks where it would not be read as one otherwise.
func quote(v string, word bool) string {
	plain := v != "" && !slices.Contains([]string{"or", "and", "not", "或", "且", "非"}, fold(v)) && !strings.HasPrefix(v, "-")
	for _, r := range v {
		ok := unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.@+", r) || !word && r == '#'
		plain = plain && ok
	}
	if plain {
		return v
	}
	return `"` + unmarked(v) + `"`
}

// unmarked leaves out the marks of quotations, which nothing can stand for.
func unmarked(v string) string {
	return strings.Map(func(r rune) rune {
		if closing(r) != 0 || r == '」' {
			return -1
		}
		return r
	}, v)
}

// Tidy makes the simplest tree that holds the same tickets: nothing is joined with nothing, and
// what joins one alone is that one.
func (t Tree) Tidy() Tree {
	if t.Op == Leaf {
		return t
	}
	var kids []Tree
	for _, k := range t.Kids {
		if k = k.Tidy(); !k.Empty() {
			kids = append(kids, k)
		}
	}
	if len(kids) == 0 {
		return All()
	}
	if len(kids) == 1 && t.Op != Not {
		return kids[0]
	}
	return Tree{Op: t.Op, Kids: kids}
}
