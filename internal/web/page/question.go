// SPDX-License-Identifier: Apache-2.0

package page

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// AnswerFields names what a form with questions of a category may carry: their answers, and the
// version of the form that was shown.
func AnswerFields() []string { return []string{form.Prefix + "*", FormVersion} }

// FormVersion is the field that says which version of a category's form was shown.
const FormVersion = "form_version"

// Answers reads what was typed into a category's form, by the names of its questions.
func (f *Form) Answers() map[string][]string {
	out := map[string][]string{}
	if f == nil {
		return out
	}
	for name, values := range f.Values {
		if question, ok := strings.CutPrefix(name, form.Prefix); ok {
			out[question] = values
		}
	}
	return out
}

// Questions are a category's form with what was typed and what is wrong with it. Optional says
// beside a question that it may be left out: where it is not asked for when a request is recorded.
func (f *Form) Questions(lang i18n.Lang, of form.Form, big bool) []ui.Question {
	read, _ := of.Read(f.Answers())
	shown := of.Shown(read)
	out := make([]ui.Question, 0, len(of))
	for _, one := range of {
		q := f.question(lang, one, big)
		q.Hidden = !shown[one.Name]
		out = append(out, q)
	}
	return out
}

func (f *Form) question(lang i18n.Lang, one form.Field, big bool) ui.Question {
	name := form.Prefix + one.Name
	q := ui.Question{Kind: string(one.Kind), Name: one.Name, Unit: one.Measure(lang)}
	q.Field = ui.Field{
		Name: name, Label: one.Question(lang), Help: one.Hint(lang), Error: f.Mark(name), Value: f.Get(name), Values: f.All(name),
		Big: big, Optional: one.By != form.ToRecord,
	}
	if q.Unit != "" {
		q.Label = i18n.T(lang, "ui.question_unit", "Label", q.Label, "Unit", q.Unit)
	}
	if !one.Show.IsZero() {
		if rule, err := json.Marshal(one.Show); err == nil {
			q.Show = string(rule)
		}
	}
	switch one.Kind {
	case form.Text, form.Person, form.Device:
		q.Max = form.MaxText
	case form.Long:
		q.Max, q.Rows = form.MaxLong, 3
	case form.Number:
		if hint := spanOf(lang, one); q.Help == "" {
			q.Help = hint
		}
	case form.Choice, form.Choices:
		for _, o := range one.Options {
			q.Options = append(q.Options, ui.Option{Value: o.Value, Label: o.Word(lang)})
		}
		q.Empty = i18n.T(lang, "ui.question_choose")
	case form.YesNo:
		q.Options = []ui.Option{{Value: "yes", Label: i18n.T(lang, "form.answer_yes")}, {Value: "no", Label: i18n.T(lang, "form.answer_no")}}
	case form.File:
		q.Value = ""
		if f != nil {
			q.Tokens = Waiting(slices.DeleteFunc(slices.Clone(f.Files), func(a ticket.Attachment) bool { return !f.Has(name, a.Token) }))
		}
	case form.Date, form.Moment:
	}
	return q
}

// spanOf says what range a number may have, "" for any.
func spanOf(lang i18n.Lang, one form.Field) string {
	_, wrong := form.Form{{Name: "n", Kind: form.Number, Min: one.Min, Max: one.Max}}.Read(map[string][]string{"n": {"-1e15"}})
	if one.Min == nil {
		_, wrong = form.Form{{Name: "n", Kind: form.Number, Max: one.Max}}.Read(map[string][]string{"n": {"1e15"}})
	}
	if len(wrong) == 0 || one.Min == nil && one.Max == nil {
		return ""
	}
	return sentence(lang, wrong[0])
}

func sentence(lang i18n.Lang, e errs.FieldError) string { return i18n.T(lang, e.Key, e.Args...) }

// Carried are answers that no question on the page takes: of a category that was chosen before,
// and is not now. They come back with the form, so that no word is lost by choosing.
func (f *Form) Carried(of form.Form) [][2]string {
	var out [][2]string
	for name, values := range f.Answers() {
		if _, asked := of.Field(name); asked {
			continue
		}
		for _, v := range values {
			if v != "" {
				out = append(out, [2]string{form.Prefix + name, v})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return out
}
