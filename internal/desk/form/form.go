// SPDX-License-Identifier: Apache-2.0

package form

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Kind is the type of an answer.
type Kind string

// The kinds.
const (
	Text    Kind = "text"    // one line, at most 400 characters
	Long    Kind = "long"    // several, at most 4,000 characters
	Number  Kind = "number"  // with unit and range
	Date    Kind = "date"    // a day, 2006-01-02
	Moment  Kind = "moment"  // a day and a time on the desk's clock, 2006-01-02T15:04
	Choice  Kind = "choice"  // one of the options
	Choices Kind = "choices" // any of the options
	YesNo   Kind = "yes_no"
	Person  Kind = "person" // a name or an address
	Device  Kind = "device" // what stands on its label
	File    Kind = "file"   // the token of an attachment of the ticket
)

// Kinds lists the kinds in the order in which the editor offers them.
func Kinds() []Kind {
	return []Kind{Text, Long, Number, Date, Moment, Choice, Choices, YesNo, Person, Device, File}
}

// Chosen reports whether answers of the kind are values of its options.
func (k Kind) Chosen() bool { return k == Choice || k == Choices }

// Stage is the step of a ticket's life by which a question has to be answered.
type Stage string

// The stages. A question of an earlier stage that is still open stands before later ones too.
const (
	Never      Stage = ""          // it may stay open
	ToRecord   Stage = "record"    // whoever is shown the form cannot leave it out
	ToAccept   Stage = "accept"    // before somebody takes the ticket
	ToHandOver Stage = "hand-over" // before another group gets it
	ToResolve  Stage = "resolve"   // before a solution is given
)

// Stages lists the stages in the order of a ticket's life.
func Stages() []Stage { return []Stage{ToRecord, ToAccept, ToHandOver, ToResolve} }

// Form is the questions in the order in which they are asked, at most MaxFields.
type Form []Field

// Field is one question.
type Field struct {
	Name    string // names the answer; stays the same over versions
	Kind    Kind
	Label   string   // the question, 1–120 characters
	LabelEN string   `json:",omitempty"`
	Help    string   `json:",omitempty"` // at most 400 characters
	HelpEN  string   `json:",omitempty"`
	By      Stage    `json:",omitempty"` // by when it has to be answered
	Unit    string   `json:",omitempty"` // of Number, at most 20 characters
	UnitEN  string   `json:",omitempty"`
	Min     *float64 `json:",omitempty"` // of Number, both ends included
	Max     *float64 `json:",omitempty"`
	Options []Option `json:",omitempty"` // of Choice and Choices
	Show    Rule     `json:",omitzero"`  // always, where it has no tests
}

// Option is one that may be chosen.
type Option struct {
	Value   string // stays the same over versions
	Label   string // 1–80 characters
	LabelEN string `json:",omitempty"`
}

func pick(lang i18n.Lang, zh, en string) string {
	if lang == i18n.EN && en != "" {
		return en
	}
	return zh
}

// Question is the label in a language.
func (f Field) Question(lang i18n.Lang) string { return pick(lang, f.Label, f.LabelEN) }

// Hint is the help text in a language.
func (f Field) Hint(lang i18n.Lang) string { return pick(lang, f.Help, f.HelpEN) }

// Measure is the unit in a language.
func (f Field) Measure(lang i18n.Lang) string { return pick(lang, f.Unit, f.UnitEN) }

// Word is the option in a language.
func (o Option) Word(lang i18n.Lang) string { return pick(lang, o.Label, o.LabelEN) }

// Field finds a question by its name.
func (f Form) Field(name string) (Field, bool) {
	for _, one := range f {
		if one.Name == name {
			return one, true
		}
	}
	return Field{}, false
}

// Answers are what was answered, by the name of the question, each as one value or, of Choices,
// several, written as Read leaves them.
type Answers map[string][]string

// Text writes an answer for people, "" where there is none. The answer of File stays its token.
func (f Field) Text(lang i18n.Lang, values []string) string {
	words := make([]string, 0, len(values))
	for _, v := range values {
		switch f.Kind {
		case Choice, Choices:
			v = f.word(lang, v)
		case YesNo:
			v = i18n.T(lang, "form.answer_"+v)
		case Number:
			if unit := f.Measure(lang); unit != "" {
				v += " " + unit
			}
		case Moment:
			v = strings.Replace(v, "T", " ", 1)
		case Text, Long, Date, Person, Device, File:
		}
		words = append(words, v)
	}
	return strings.Join(words, i18n.T(lang, "form.comma"))
}

func (f Field) word(lang i18n.Lang, value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Word(lang)
		}
	}
	return value
}

// Words are the answers as somebody may look for them: texts as they are, choices in every
// language that the form has.
func (f Form) Words(a Answers) []string {
	var out []string
	for _, field := range f {
		for _, v := range a[field.Name] {
			switch field.Kind {
			case File, YesNo:
			case Choice, Choices:
				out = append(out, field.word(i18n.ZH, v))
				if en := field.word(i18n.EN, v); en != out[len(out)-1] {
					out = append(out, en)
				}
			case Text, Long, Number, Date, Moment, Person, Device:
				out = append(out, v)
			}
		}
	}
	return out
}

// number writes a number as an answer: no exponent, no zeros behind.
func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
