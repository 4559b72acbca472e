// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// wanted is one thing that the desk asks for, with the box it is answered in.
type wanted struct {
	Element  ticket.Element
	Label    string
	Question ui.Question // of the category's form; none for an element
	Quick    []ui.Option // answers by one press
}

// answerFields names what the answers may carry. "quick" is an answer given by one press.
func answerFields() []string {
	out := []string{"act", "quick"}
	for _, e := range ticket.Elements() {
		out = append(out, string(e), string(e)+"_unknown")
	}
	return append(out, page.AnswerFields()...)
}

// wants are what is missing from the request, for whoever asked for help: what somebody asked for
// and is still open, else what nobody has asked for yet (N15).
func (f *Faces) wants(c *page.Ctx, t ticket.Ticket, in *page.Form) ([]wanted, error) {
	open := missing(t, c.Lang)
	if !mine(c, t) || len(open) == 0 {
		return nil, nil
	}
	of, err := f.tickets.FormOf(c.Context(), t)
	if err != nil {
		return nil, err
	}
	questions := in.Questions(c.Lang, of.Fields, true)
	var out []wanted
	for _, w := range open {
		x := wanted{Element: w.Element, Label: w.Label}
		if w.Element != "" {
			x.Label = c.T("ticket.ask_" + string(w.Element))
			x.Quick = quickOptions(c, w.Element)
		}
		for _, q := range questions {
			if q.Name == w.Question && q.Kind != string(form.File) {
				q.Hidden, q.Show, q.Optional = false, "", false
				x.Question = q
			}
		}
		if x.Element != "" || x.Question.Name != "" {
			out = append(out, x)
		}
	}
	return out, nil
}

// answer fills what was asked for (N15). What is left empty stays asked for.
func (f *Faces) answer(c *page.Ctx) error {
	in, err := c.Form(page.TextForm, answerFields()...)
	if err != nil {
		return err
	}
	t, err := f.find(c)
	if err != nil {
		return err
	}
	cmd := ticket.Answering{Elements: map[ticket.Element]ticket.Answer{}, Questions: map[string][]string{}, Say: ticket.Say{Channel: ticket.Portal}}
	if c.Actor.Kind == access.Link {
		cmd.Say.Channel = ticket.Web
	}
	of, err := f.tickets.FormOf(c.Context(), t)
	if err != nil {
		return err
	}
	quick(c, in)
	var lines []string
	for _, w := range missing(t, c.Lang) {
		value := in.Text(string(w.Element))
		switch {
		case w.Element == "":
			if values := notEmpty(in.Answers()[w.Question]); len(values) > 0 {
				cmd.Questions[w.Question] = values
				q, _ := of.Fields.Field(w.Question)
				lines = append(lines, c.T("portal.problem_of", "Label", w.Label, "Text", q.Text(c.Lang, values)))
			}
			continue
		case value != "":
			if w.Element == ticket.People {
				value = peopleWord(c, value)
			}
			cmd.Elements[w.Element] = ticket.Answer{Value: value}
		case in.On(string(w.Element) + "_unknown"):
			value = c.T("portal.not_known")
			cmd.Elements[w.Element] = ticket.Answer{Unknown: true, Reason: c.T("portal.not_known_reason")}
		default:
			continue
		}
		lines = append(lines, c.T("portal.answer_of", "Question", c.T("ticket.ask_"+string(w.Element)), "Text", value))
	}
	if cmd.Say.Text = strings.Join(lines, "\n"); cmd.Say.Text == "" {
		cmd.Say.Text = "-" // the room says what is missing, not that there are no words
	}
	return f.do(c, in, cmd, "portal.answered")
}

func notEmpty(values []string) []string {
	var out []string
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			out = append(out, v)
		}
	}
	return out
}

// peopleWord is what one of the choices for the number of people says.
func peopleWord(c *page.Ctx, value string) string {
	switch value {
	case "one", "team", "department", "everyone":
		return c.T("portal.people_" + value)
	}
	return value
}
