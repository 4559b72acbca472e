// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// A form is edited as a draft that lives in the page: every button sends the whole of it, and
// comes back with the draft changed. Nothing is stored before it is saved, and all of it works
// without a script.

// Fields of the page carry the place of their question, "label_2", and of tests the place of the
// test too, "test_field_2_0".

// maxDraft is how many questions a draft may carry: more than a form, so that the refusal can be shown.
const maxDraft = form.MaxFields + 10

// draftFields names what the editor's form may carry.
func draftFields() []string {
	out := []string{"act", "from", "count"}
	for _, name := range []string{"name", "kind", "label", "label_en", "help", "help_en", "by", "unit", "unit_en", "min", "max", "option", "any", "test"} {
		out = append(out, name+"_*")
	}
	return append(out, form.Prefix+"*", page.FormVersion)
}

func at(name string, i int) string { return name + "_" + strconv.Itoa(i) }

func testAt(name string, i, n int) string {
	return "test_" + name + "_" + strconv.Itoa(i) + "_" + strconv.Itoa(n)
}

// readDraft reads the questions as far as they can be understood, and what cannot.
func readDraft(in *page.Form, before form.Form) (form.Form, []errs.FieldError) {
	n := int(min(max(in.Int("count"), 0), maxDraft))
	var out form.Form
	var bad []errs.FieldError
	for i := range n {
		f := form.Field{
			Name: in.Text(at("name", i)), Kind: form.Kind(in.Get(at("kind", i))), Label: in.Text(at("label", i)), LabelEN: in.Text(at("label_en", i)),
			Help: in.Text(at("help", i)), HelpEN: in.Text(at("help_en", i)), By: form.Stage(in.Get(at("by", i))),
		}
		if f.Kind == form.Number {
			f.Unit, f.UnitEN = in.Text(at("unit", i)), in.Text(at("unit_en", i))
			var wrong []errs.FieldError
			f.Min, wrong = bound(in, at("min", i))
			bad = append(bad, wrong...)
			f.Max, wrong = bound(in, at("max", i))
			bad = append(bad, wrong...)
		}
		if f.Kind.Chosen() {
			was, _ := before.Field(f.Name)
			f.Options = readOptions(in.Get(at("option", i)), was.Options)
		}
		f.Show = readRule(in, i, out)
		out = append(out, f)
	}
	return out, bad
}

// bound reads an end of a range; none where nothing is typed.
func bound(in *page.Form, name string) (*float64, []errs.FieldError) {
	text := in.Text(name)
	if text == "" {
		return nil, nil
	}
	read, bad := form.Form{{Name: "n", Kind: form.Number}}.Read(map[string][]string{"n": {text}})
	if len(bad) > 0 {
		return nil, []errs.FieldError{{Name: name, Key: bad[0].Key}}
	}
	n, err := strconv.ParseFloat(read["n"][0], 64)
	if err != nil {
		return nil, []errs.FieldError{{Name: name, Key: "form.number_shape"}}
	}
	return &n, nil
}

// readOptions reads one option a line, "卡纸 | Paper jam". An option that was there before keeps
// the value under which it was chosen.
func readOptions(text string, before []form.Option) []form.Option {
	var out []form.Option
	for _, line := range strings.Split(text, "\n") {
		zh, en, _ := strings.Cut(line, "|")
		o := form.Option{Label: strings.TrimSpace(zh), LabelEN: strings.TrimSpace(en)}
		if o.Label == "" && o.LabelEN == "" {
			continue
		}
		if i := slices.IndexFunc(before, func(x form.Option) bool { return x.Label == o.Label }); i >= 0 {
			o.Value = before[i].Value
		}
		out = append(out, o)
	}
	for i := range out {
		if out[i].Value == "" {
			out[i].Value = newValue(out[i], append(slices.Clone(before), out...))
		}
	}
	return out
}

// newValue names an option by its English word, or by a number, as no other is named.
func newValue(o form.Option, others []form.Option) string {
	taken := func(v string) bool {
		return slices.ContainsFunc(others, func(x form.Option) bool { return x.Value == v })
	}
	if v := plainName(o.LabelEN); v != "" && !taken(v) {
		return v
	}
	for n := 1; ; n++ {
		if v := "o" + strconv.Itoa(n); !taken(v) {
			return v
		}
	}
}

// plainName makes a name of words: "Paper jam" is paper_jam. "" where nothing is left of them.
func plainName(words string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(words) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) && b.Len() > 0):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String()[:min(b.Len(), 40)], "_")
}

// readRule reads the tests of a question. Options are typed by their words.
func readRule(in *page.Form, i int, before form.Form) form.Rule {
	r := form.Rule{Any: in.Get(at("any", i)) == "any"}
	for n := range form.MaxTests + 1 {
		t := form.Test{Field: in.Text(testAt("field", i, n)), Op: form.Op(in.Get(testAt("op", i, n))), Value: in.Text(testAt("value", i, n))}
		if t.Field == "" {
			continue
		}
		if t.Op == "" {
			t.Op = form.Is
		}
		if on, ok := before.Field(t.Field); ok {
			t.Value = valueOf(on, t.Value)
		}
		if t.Op.Bare() {
			t.Value = ""
		}
		r.Tests = append(r.Tests, t)
	}
	if len(r.Tests) == 0 {
		return form.Rule{}
	}
	return r
}

// valueOf turns the words of an option, or of yes and no, into what an answer says.
func valueOf(on form.Field, word string) string {
	for _, o := range on.Options {
		if strings.EqualFold(word, o.Label) || strings.EqualFold(word, o.LabelEN) && o.LabelEN != "" {
			return o.Value
		}
	}
	for _, v := range []string{"yes", "no"} {
		for _, lang := range i18n.Langs() {
			if on.Kind == form.YesNo && strings.EqualFold(word, on.Text(lang, []string{v})) {
				return v
			}
		}
	}
	return word
}

// fillDraft writes questions as the editor shows them.
func fillDraft(lang i18n.Lang, in *page.Form, f form.Form) {
	for name := range in.Values {
		if name != "from" && name != "act" && !strings.HasPrefix(name, form.Prefix) {
			in.Values.Del(name)
		}
	}
	in.Values.Set("count", strconv.Itoa(len(f)))
	for i, q := range f {
		for name, v := range map[string]string{
			"name": q.Name, "kind": string(q.Kind), "label": q.Label, "label_en": q.LabelEN, "help": q.Help, "help_en": q.HelpEN,
			"by": string(q.By), "unit": q.Unit, "unit_en": q.UnitEN, "min": written(q.Min), "max": written(q.Max), "option": optionLines(q.Options),
		} {
			in.Values.Set(at(name, i), v)
		}
		if q.Show.Any {
			in.Values.Set(at("any", i), "any")
		}
		for n, t := range q.Show.Tests {
			in.Values.Set(testAt("field", i, n), t.Field)
			in.Values.Set(testAt("op", i, n), string(t.Op))
			in.Values.Set(testAt("value", i, n), wordOf(lang, f, t))
		}
	}
}

func written(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func optionLines(list []form.Option) string {
	var out []string
	for _, o := range list {
		line := o.Label
		if o.LabelEN != "" {
			line += " | " + o.LabelEN
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// wordOf writes the value of a test as an administrator typed it.
func wordOf(lang i18n.Lang, f form.Form, t form.Test) string {
	on, _ := f.Field(t.Field)
	for _, o := range on.Options {
		if o.Value == t.Value {
			return o.Label // the one word that every option has
		}
	}
	if on.Kind == form.YesNo {
		return on.Text(lang, []string{t.Value})
	}
	return t.Value
}

// change does to a draft what a button says: "add", "up 2", "down 2", "remove 2", "test 2".
func change(f form.Form, act string, before form.Form) (form.Form, int) {
	what, place, _ := strings.Cut(act, " ")
	i, err := strconv.Atoi(place)
	if what == "add" && len(f) < maxDraft {
		return append(f, form.Field{Name: newName(f, before), Kind: form.Text}), len(f)
	}
	if err != nil || i < 0 || i >= len(f) {
		return f, -1
	}
	switch {
	case what == "up" && i > 0:
		f[i-1], f[i] = f[i], f[i-1]
		return f, i - 1
	case what == "down" && i+1 < len(f):
		f[i], f[i+1] = f[i+1], f[i]
		return f, i + 1
	case what == "remove":
		return slices.Delete(f, i, i+1), min(i, len(f)-2)
	}
	return f, i
}

// newName is a name that neither the draft nor the version before has.
func newName(f, before form.Form) string {
	for n := len(f) + 1; ; n++ {
		name := "q" + strconv.Itoa(n)
		if _, taken := f.Field(name); taken {
			continue
		}
		if _, taken := before.Field(name); !taken {
			return name
		}
	}
}
