// SPDX-License-Identifier: Apache-2.0

package form

import (
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// What bounds a form, so that reading and showing one costs little whatever was saved.
const (
	MaxFields  = 40
	MaxOptions = 40
	MaxTests   = 5
)

var nameShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`) //nolint:gochecknoglobals // a constant in all but name

// Check returns what is wrong with a form, all at once: "label_2" names the label of the third
// question, "option_2" its options, "test_2" its tests.
func (f Form) Check() error {
	if len(f) > MaxFields {
		return errs.Field("fields", "form.fields_many", "Max", MaxFields)
	}
	var bad []errs.FieldError
	for i, field := range f {
		mark := func(what, key string, args ...any) {
			bad = append(bad, errs.FieldError{Name: what + "_" + strconv.Itoa(i), Key: key, Args: args})
		}
		if !nameShape.MatchString(field.Name) {
			mark("name", "form.name_shape")
		}
		if slices.ContainsFunc(f[:i], func(x Field) bool { return x.Name == field.Name }) {
			mark("name", "form.name_taken")
		}
		if !slices.Contains(Kinds(), field.Kind) {
			mark("kind", "form.kind_unknown")
		}
		if field.By != Never && !slices.Contains(Stages(), field.By) {
			mark("by", "form.stage_unknown")
		}
		field.checkTexts(mark)
		field.checkRange(mark)
		field.checkOptions(mark)
		field.checkTests(f[:i], mark)
	}
	return errs.Invalidf(bad...)
}

type marker func(what, key string, args ...any)

func (f Field) checkTexts(mark marker) {
	switch n := utf8.RuneCountInString(f.Label); {
	case n == 0:
		mark("label", "form.label_empty")
	case n > 120:
		mark("label", "form.too_long", "Max", 120)
	}
	for _, x := range []struct {
		what, text string
		limit      int
	}{{"label_en", f.LabelEN, 120}, {"help", f.Help, 400}, {"help_en", f.HelpEN, 400}, {"unit", f.Unit, 20}, {"unit_en", f.UnitEN, 20}} {
		if utf8.RuneCountInString(x.text) > x.limit {
			mark(x.what, "form.too_long", "Max", x.limit)
		}
	}
}

func (f Field) checkRange(mark marker) {
	if f.Kind == Number && f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		mark("max", "form.range_upside_down")
	}
}

func (f Field) checkOptions(mark marker) {
	if !f.Kind.Chosen() {
		return
	}
	switch n := len(f.Options); {
	case n < 2:
		mark("option", "form.options_few")
	case n > MaxOptions:
		mark("option", "form.options_many", "Max", MaxOptions)
	}
	for i, o := range f.Options {
		switch n := utf8.RuneCountInString(o.Label); {
		case n == 0 || n > 80 || utf8.RuneCountInString(o.LabelEN) > 80:
			mark("option", "form.option_length")
			return
		case !nameShape.MatchString(o.Value), slices.ContainsFunc(f.Options[:i], func(x Option) bool { return x.Value == o.Value || x.Label == o.Label }):
			mark("option", "form.option_twice", "Name", o.Label)
			return
		}
	}
}

// checkTests lets a question depend on those before it only, with a comparison that their kind
// knows and a value that they may have.
func (f Field) checkTests(before Form, mark marker) {
	if len(f.Show.Tests) > MaxTests {
		mark("test", "form.tests_many", "Max", MaxTests)
		return
	}
	for _, t := range f.Show.Tests {
		on, ok := before.Field(t.Field)
		if !ok {
			mark("test", "form.test_before")
			return
		}
		if !t.fits(on) {
			mark("test", "form.test_value", "Name", on.Label)
			return
		}
	}
}

func (t Test) fits(on Field) bool {
	switch t.Op {
	case Answered, Unanswered:
		return t.Value == ""
	case AtLeast, AtMost:
		_, err := strconv.ParseFloat(t.Value, 64)
		return on.Kind == Number && err == nil
	case Is, IsNot:
		if on.Kind == Long || on.Kind == File || t.Value == "" {
			return false
		}
		free := on
		free.Min, free.Max = nil, nil
		_, wrong := free.one(t.Value)
		return wrong == nil
	}
	return false
}
