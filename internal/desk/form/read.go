// SPDX-License-Identifier: Apache-2.0

package form

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Lengths of answers, in characters.
const (
	MaxText = 400
	MaxLong = 4000
)

// How answers of Date and Moment are written.
const (
	DayLayout    = "2006-01-02"
	MomentLayout = "2006-01-02T15:04"
)

// Prefix stands before the name of a question where its answer shares a form with other fields.
const Prefix = "a_"

// Read turns what was typed into answers: right in type, within their ranges, of questions that
// are shown. What is wrong is named by Prefix and the question, all at once. Answers of questions
// that are not shown, or that the form does not have, are left out.
func (f Form) Read(given map[string][]string) (Answers, []errs.FieldError) {
	out := Answers{}
	var bad []errs.FieldError
	for _, field := range f {
		if !field.Show.holds(out) {
			continue
		}
		values, wrong := field.read(given[field.Name])
		if wrong != nil {
			wrong.Name = Prefix + field.Name
			bad = append(bad, *wrong)
			continue
		}
		if len(values) > 0 {
			out[field.Name] = values
		}
	}
	return out, bad
}

func (f Field) read(typed []string) ([]string, *errs.FieldError) {
	var values []string
	for _, v := range typed {
		v = text.Body(v)
		if v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil, nil
	}
	if len(values) > 1 && f.Kind != Choices && f.Kind != File {
		return nil, &errs.FieldError{Key: "form.one_answer"}
	}
	for i, v := range values {
		clean, wrong := f.one(v)
		if wrong != nil {
			return nil, wrong
		}
		values[i] = clean
	}
	if f.Kind == Choices { // in the order of the form, whatever the order of the ticks
		slices.SortFunc(values, func(a, b string) int { return f.place(a) - f.place(b) })
	}
	return values, nil
}

func (f Field) place(value string) int {
	return slices.IndexFunc(f.Options, func(o Option) bool { return o.Value == value })
}

// one checks a single value and writes it as answers are written.
func (f Field) one(v string) (string, *errs.FieldError) {
	limit := MaxText
	switch f.Kind {
	case Number:
		return f.number(v)
	case Date:
		return instant(v, DayLayout, "form.date_shape")
	case Moment:
		return instant(strings.Replace(v, " ", "T", 1), MomentLayout, "form.moment_shape")
	case Choice, Choices:
		if f.place(v) < 0 {
			return "", &errs.FieldError{Key: "form.not_an_option"}
		}
		return v, nil
	case YesNo:
		if v != "yes" && v != "no" {
			return "", &errs.FieldError{Key: "form.yes_or_no"}
		}
		return v, nil
	case Long:
		limit = MaxLong
	case Text, Person, Device, File:
		v = strings.Join(strings.Fields(v), " ")
	}
	if utf8.RuneCountInString(v) > limit {
		return "", &errs.FieldError{Key: "form.too_long", Args: []any{"Max", limit}}
	}
	return v, nil
}

// wide turns the digits of a Chinese keyboard into plain ones.
func wide(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r == '．':
		return '.'
	case r == '－':
		return '-'
	case r == '，', r == ',', r == ' ', r == '\u00a0':
		return ','
	}
	return r
}

func (f Field) number(v string) (string, *errs.FieldError) {
	plain := strings.Map(wide, v)
	if strings.Contains(plain, ",") && !grouped(plain) || strings.ContainsAny(plain, "xXpP_") {
		return "", &errs.FieldError{Key: "form.number_shape"}
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(plain, ",", ""), 64)
	if err != nil || math.IsNaN(n) || math.Abs(n) > 1e15 {
		return "", &errs.FieldError{Key: "form.number_shape"}
	}
	if f.Min != nil && n < *f.Min || f.Max != nil && n > *f.Max {
		return "", f.outside()
	}
	return number(n), nil
}

// grouped reports whether the commas of a number stand between groups of three: "12,000".
func grouped(s string) bool {
	whole, _, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	for i, part := range strings.Split(whole, ",") {
		if i > 0 && len(part) != 3 || part == "" {
			return false
		}
	}
	return !strings.Contains(s[strings.LastIndexByte(s, '.')+1:], ",") || !strings.Contains(s, ".")
}

func (f Field) outside() *errs.FieldError {
	switch {
	case f.Max == nil:
		return &errs.FieldError{Key: "form.number_least", Args: []any{"Min", number(*f.Min)}}
	case f.Min == nil:
		return &errs.FieldError{Key: "form.number_most", Args: []any{"Max", number(*f.Max)}}
	}
	return &errs.FieldError{Key: "form.number_range", Args: []any{"Min", number(*f.Min), "Max", number(*f.Max)}}
}

func instant(v, layout, key string) (string, *errs.FieldError) {
	at, err := time.Parse(layout, v)
	if err != nil || at.Year() < 1900 || at.Year() > 2200 {
		return "", &errs.FieldError{Key: key}
	}
	return at.Format(layout), nil
}

// Ask is a question that has to be answered and is not.
type Ask struct {
	Name    string
	By      Stage
	Label   string
	LabelEN string `json:",omitempty"`
}

// Missing returns the questions that are shown, have to be answered by some stage, and are not.
func (f Form) Missing(a Answers) []Ask {
	shown := f.Shown(a)
	var out []Ask
	for _, field := range f {
		if field.By != Never && shown[field.Name] && len(a[field.Name]) == 0 {
			out = append(out, Ask{field.Name, field.By, field.Label, field.LabelEN})
		}
	}
	return out
}

// Carry takes over from answers, to whatever form they were given, those that fit this one too:
// to a question of the same name, right in type, and shown.
func (f Form) Carry(a Answers) Answers {
	out := Answers{}
	for _, field := range f {
		if !field.Show.holds(out) {
			continue
		}
		if values, wrong := field.read(slices.Clone(a[field.Name])); wrong == nil && len(values) > 0 {
			out[field.Name] = values
		}
	}
	return out
}
