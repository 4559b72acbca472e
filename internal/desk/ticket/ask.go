// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// What is missing from a record is asked for in one message: elements of the seven and questions
// of the category's form, numbered. The answers fill the fields, by the page of the request or by
// a mail that answers the numbers; what cannot be told apart stays a message, and an agent files it.

type (
	// Ask sends one message that asks the requester for elements and questions (N15).
	Ask struct {
		Elements  []Element
		Questions []string  // names of questions of the category's form
		Lang      i18n.Lang // of the requester; see Service.LangOf
		Channel   Channel
	}
	// Answering is what the requester answers. Say are the words, as a message.
	Answering struct {
		Elements  map[Element]Answer
		Questions map[string][]string
		Say       Say
		lenient   bool // what is wrong in type stays in the words
	}
	// AskedFor says what a message asked for.
	AskedFor struct {
		Of
		Message MessageID
		Wants   []Wanting
	}
)

// Wanting is one thing that was asked for: an element, or a question of the form.
type Wanting struct {
	Element  Element `json:",omitempty"`
	Question string  `json:",omitempty"`
	Label    string  // as it was asked
}

// Asked is what the requester was asked for last, in the order of its numbers.
type Asked struct {
	At      time.Time
	Message MessageID
	Wants   []Wanting
}

// Name of the commands.
func (Ask) Name() Name       { return CmdAsk }
func (Answering) Name() Name { return CmdAnswer }

func (f AskedFor) apply(t *Ticket, m event.Meta) {
	t.Detail.Asked = Asked{At: m.At, Message: f.Message, Wants: f.Wants}
}

// Open returns what was asked for and is still not answered.
func (a Asked) Open(t Ticket) []Wanting {
	var out []Wanting
	for _, w := range a.Wants {
		if w.Element != "" && !t.Detail.Intake[w.Element].Filled() || w.Question != "" && len(t.Detail.Form.Answers[w.Question]) == 0 {
			out = append(out, w)
		}
	}
	return out
}

// LangOf is the language in which the requester is asked.
func (s *Service) LangOf(card person.Person) i18n.Lang {
	if l, ok := i18n.Known(card.Lang); ok {
		return l
	}
	return i18n.ZH
}

// wants are the things that the command asks for, each once, in the order of the standard and of
// the form.
func (c Ask) wants(w world) []Wanting {
	var out []Wanting
	for _, e := range Elements() {
		if slices.Contains(c.Elements, e) {
			out = append(out, Wanting{Element: e, Label: i18n.T(c.Lang, "ticket.ask_"+string(e))})
		}
	}
	for _, q := range w.form.Fields {
		if slices.Contains(c.Questions, q.Name) {
			out = append(out, Wanting{Question: q.Name, Label: q.Question(c.Lang)})
		}
	}
	return out
}

// text is the message: what is asked, numbered, and how to answer.
func (c Ask) text(w world) string {
	wants := c.wants(w)
	if len(wants) == 0 {
		return ""
	}
	lines := []string{i18n.T(c.Lang, "ticket.ask_lead", "Count", len(wants)), ""}
	for i, want := range wants {
		lines = append(lines, strconv.Itoa(i+1)+". "+want.Label)
	}
	return strings.Join(append(lines, "", i18n.T(c.Lang, "ticket.ask_how")), "\n")
}

// decide makes a question a word of a human: somebody has read the request, the requester sees it and
// knows what comes next, so it counts as the first response (N3). Asked by the desk itself it does not.
func (c Ask) decide(t Ticket, w world) ([]Fact, error) {
	wants := c.wants(w)
	if len(wants) == 0 {
		return nil, errs.Field("elements", "ticket.ask_nothing")
	}
	said := Said{Of: Of{t.ID}, Message: w.message, Kind: Public, FirstResponse: t.FirstResponseAt.IsZero() && w.by.Kind == access.Person}
	return []Fact{said, AskedFor{Of{t.ID}, w.message, wants}}, nil
}

// External marks answers that came by mail, for which the desk acts: what does not fit a question,
// or is about one that is answered by now, stays in the words. A mail that was written before
// somebody filled a field, or that quotes one, writes over nothing.
func (c Answering) External() Answering {
	c.Say.external, c.lenient = true, true
	return c
}

func (c Answering) decide(t Ticket, w world) ([]Fact, error) {
	var out []Fact
	if c.lenient {
		c.Elements, c.Questions = c.fitting(t, w)
	}
	if len(c.Elements) > 0 {
		noted, err := Record{Intake: c.Elements}.decide(t, w)
		if err != nil {
			return nil, err
		}
		fact, _ := noted[0].(Noted)
		fact.ByRequester = true
		out = append(out, fact)
	}
	if len(c.Questions) > 0 {
		f, err := fillIn(t, w, c.Questions)
		if err != nil {
			return nil, err
		}
		out = append(out, FormFilled{Of: Of{t.ID}, Form: f, ByRequester: true})
	}
	if len(out) == 0 && !c.lenient {
		return nil, errs.Field("answers", "ticket.record_nothing")
	}
	out = append(out, Said{Of: Of{t.ID}, Message: w.message, Kind: Public, ByRequester: true})
	if t.Status == Pending && t.Detail.Hold.Reason == ForRequester {
		out = append(out, Resumed{Of{t.ID}, "requester_replied"})
	}
	return out, nil
}

// fitting are the answers to what is still open that are right in type.
func (c Answering) fitting(t Ticket, w world) (map[Element]Answer, map[string][]string) {
	elements, questions := map[Element]Answer{}, map[string][]string{}
	for e, a := range c.Elements {
		if !t.Detail.Intake[e].Filled() {
			elements[e] = a
		}
	}
	for name, values := range c.Questions {
		if len(t.Detail.Form.Answers[name]) > 0 {
			continue
		}
		if _, err := fillIn(t, w, map[string][]string{name: values}); err == nil {
			questions[name] = values
		}
	}
	return elements, questions
}

// options lets an answer by mail name an option by its word or by yes and no.
func optionOf(f form.Field, word string) string {
	for _, lang := range i18n.Langs() {
		for _, o := range f.Options {
			if strings.EqualFold(word, o.Word(lang)) {
				return o.Value
			}
		}
		for _, v := range []string{"yes", "no"} {
			if f.Kind == form.YesNo && strings.EqualFold(word, i18n.T(lang, "form.answer_"+v)) {
				return v
			}
		}
	}
	return word
}
