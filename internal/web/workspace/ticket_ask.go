// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// canAsk reports whether something is missing that the requester may be asked for now.
func (s *sheet) canAsk() bool {
	return ticket.May(ticket.CmdAsk, s.t.Status) && len(s.askable()) > 0
}

// askable are the elements and questions that are not answered, as choices: the elements under
// their names, the questions under theirs behind a prefix.
func (s *sheet) askable() []ui.Option {
	var out []ui.Option
	for _, e := range ticket.Elements() {
		if !s.t.Detail.Intake[e].Filled() {
			out = append(out, ui.Option{Value: string(e), Label: s.T("workticket.element_" + string(e))})
		}
	}
	given := s.t.Detail.Form.Answers
	shown := s.questions.Fields.Shown(given)
	for _, q := range s.questions.Fields {
		if shown[q.Name] && len(given[q.Name]) == 0 && q.Kind != form.File && q.By != form.Never {
			out = append(out, ui.Option{Value: form.Prefix + q.Name, Label: q.Question(s.c.Lang)})
		}
	}
	return out
}

// knownAsk begins with everything that is missing.
func (s *sheet) knownAsk() *page.Form {
	out := page.Filled()
	for _, o := range s.askable() {
		out.Values.Add("elements", o.Value)
	}
	return out
}

// askItem is the question to the requester: what is still to be asked, or what they were asked
// and have not answered.
func (s *sheet) askItem() []ui.Item {
	var out []ui.Item
	if open := s.t.Detail.Asked.Open(s.t); len(open) > 0 && s.t.Open() {
		out = append(out, ui.Item{
			ID: "item-asked", State: ui.Waiting,
			Label: s.T("workticket.asked_open", "What", s.join(shortNames(s, open)), "Time", s.c.Moment(s.t.Detail.Asked.At)),
		})
	}
	if p := s.place(inRail, "ask"); s.canAsk() {
		out = append(out, ui.Item{ID: "item-ask", Label: s.T("workticket.ask"), State: ui.Todo, Form: inPlace(p), Open: p.refused()})
	}
	return out
}

func shortNames(s *sheet, list []ticket.Wanting) []string {
	var out []string
	for _, w := range list {
		if w.Element != "" {
			out = append(out, s.T("workticket.element_"+string(w.Element)))
			continue
		}
		q, _ := s.questions.Fields.Field(w.Question)
		out = append(out, q.Question(s.c.Lang))
	}
	return out
}

func labels(list []ticket.Wanting) []string {
	var out []string
	for _, w := range list {
		out = append(out, w.Label)
	}
	return out
}

// askField is the choice of what to ask for.
func askField(p place) ui.Field {
	f := p.field("elements", "workticket.ask_what")
	f.Options, f.Values, f.Value = p.s.askable(), p.Form.All("elements"), ""
	f.Help = p.s.T("workticket.ask_help", "Name", p.s.requester.Name, "Lang", speaks(p.s.requester))
	return f
}

// readAsk takes what is ticked, or the one thing whose own button was pressed.
func readAsk(f *Faces, c *page.Ctx, t ticket.Ticket, in *page.Form) (ticket.Command, error) {
	cmd := ticket.Ask{Lang: f.Tickets.LangOf(f.People.Card(c.Context(), t.Requester)), Channel: ticket.Web}
	list := in.All("elements")
	if only := in.Get("only"); only != "" {
		list = []string{only}
	}
	for _, name := range list {
		if q, ok := strings.CutPrefix(name, form.Prefix); ok {
			cmd.Questions = append(cmd.Questions, q)
		} else {
			cmd.Elements = append(cmd.Elements, ticket.Element(name))
		}
	}
	return cmd, nil
}

// longestFiled bounds the words that are filed as an answer by one press, in characters.
const longestFiled = 1000

// toFile offers to file a message of the requester as the answer to what they were asked for:
// where it could not be told what they answer.
func (s *sheet) toFile(e ticket.Entry) templ.Component {
	said, ok := e.Fact.(ticket.Said)
	open := s.t.Detail.Asked.Open(s.t)
	if !ok || !said.ByRequester || e.Message == nil || len(open) == 0 || e.Record.Meta.At.Before(s.t.Detail.Asked.At) ||
		utf8.RuneCountInString(e.Message.Text) > longestFiled || !ticket.May(ticket.CmdRecord, s.t.Status) {
		return nil
	}
	var list []ui.Option
	for _, w := range open {
		if w.Element != "" {
			list = append(list, ui.Option{Value: string(w.Element), Label: s.T("workticket.element_" + string(w.Element))})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return fileAs(s, strings.TrimSpace(e.Message.Text), list)
}
