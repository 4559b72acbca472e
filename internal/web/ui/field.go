// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Field is something to fill in, whatever its kind: Text, TextArea, Select,
// Segments and Ticks all take it. Its id is "f-" and the name unless said
// otherwise; an error is the text under the field and marks it as invalid.
type Field struct {
	Name         string
	ID           string
	Label        string
	Help         string
	Error        string
	Value        string
	Values       []string // the ticked ones of Ticks
	Options      []Option
	Empty        string // the first choice of Select, with an empty value; "" for none
	Type         string // of Text: "text" unless said otherwise
	Placeholder  string
	Autocomplete string
	Rows         int // of TextArea
	Max          int // characters
	Required     bool
	Optional     bool // says so beside the label
	Locked       bool // shown, not to be changed
	Big          bool // portal and phone pad
	Ask          bool // the label is the question of the page, and looks like a heading
	InRow        bool // of ticks: one beside the other, as many as fit a line
	Long         bool // of ticks: they may be many and scroll; what is said of them stands above
	HideLabel    bool // the label is read out, not shown
	Clause       Clause
	Attrs        templ.Attributes
}

// Option is one choice of a field. Note explains it where there is room.
type Option struct {
	Value string
	Label string
	Note  string
	Off   bool
	Keys  string // of a Select: what it is also found by while one types, with blanks between
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + f.Name
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) has(value string) bool {
	return slices.Contains(f.Values, value) || f.Value != "" && f.Value == value
}

// attrs are the attributes of the control itself. Those of Attrs take the place of the field's own.
func (f Field) attrs() templ.OrderedAttributes {
	a := make(templ.OrderedAttributes, 0, 8+len(f.Attrs))
	put := func(name string, value any) {
		if _, said := f.Attrs[name]; !said {
			a = append(a, templ.KeyValue[string, any]{Key: name, Value: value})
		}
	}
	put("id", f.id())
	put("name", f.Name)
	if f.Required {
		put("required", true)
	}
	if f.Placeholder != "" {
		put("placeholder", f.Placeholder)
	}
	if f.Autocomplete != "" {
		put("autocomplete", f.Autocomplete)
	}
	if f.Max > 0 {
		put("maxlength", itoa(f.Max))
	}
	if f.Rows > 0 {
		put("rows", itoa(f.Rows))
	}
	for _, said := range f.told() {
		put(said.Key, said.Value)
	}
	if len(f.Attrs) > 0 {
		a = append(a, f.Attrs.Items()...)
	}
	return a
}

// told ties help and error to the control, so that they are read out with it.
func (f Field) told() (a templ.OrderedAttributes) {
	by := ""
	if f.Help != "" {
		by = f.id() + "-help"
	}
	if f.Error != "" {
		by = strings.TrimSpace(by + " " + f.id() + "-error")
		a = append(a, templ.KeyValue[string, any]{Key: "aria-invalid", Value: "true"})
	}
	if by != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "aria-describedby", Value: by})
	}
	return a
}

// lines are the values of Rows and an empty one, so that there is always a place to write.
func (f Field) lines() []string { return append(slices.Clone(f.Values), "") }

// Problem is one thing to mend in a form, for the summary above it.
type Problem struct {
	Field string // name of the field, "" for the form as a whole
	Text  string
	Href  string // a page that helps to mend it, in a tab of its own so that what was typed stays
}
