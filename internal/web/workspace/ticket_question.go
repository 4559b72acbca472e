// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// formGap is the first gap that the category's form leaves open, "" where it leaves none.
func (s *sheet) formGap() string {
	for _, stage := range form.Stages() {
		if _, open := s.gaps[ticket.GapOfForm(stage)]; open {
			return ticket.GapOfForm(stage)
		}
	}
	return ""
}

// formItems are what the category's form still asks for, each leading to the form.
func (s *sheet) formItems() []ui.Item {
	var out []ui.Item
	for _, stage := range form.Stages() {
		gap := ticket.GapOfForm(stage)
		if d, left := s.t.Detail.Deviations[gap]; left {
			out = append(out, ui.Item{
				ID: "item-" + gap, State: ui.Dev, Clause: s.clause("N21"),
				Label: s.T("workticket.left_out", "What", s.T(gap), "Reason", d.Reason),
			})
			continue
		}
		if g, open := s.gaps[gap]; open && ticket.May(ticket.CmdFill, s.t.Status) {
			out = append(out, ui.Item{ID: "item-" + gap, Label: i18n.Gap(s.c.Lang, g), State: ui.Todo, Href: "#form-fill", Clause: s.clause("N21")})
		}
	}
	return out
}

// knownAnswers are the answers as fields of a form.
func (s *sheet) knownAnswers() *page.Form {
	out := page.Filled()
	for name, values := range s.t.Detail.Form.Answers {
		out.Values[form.Prefix+name] = slices.Clone(values)
	}
	return out
}

// answerViews are the questions of a form in this place. A file is chosen from those on the ticket.
func (p place) answerViews() []ui.Question {
	out := p.Form.Questions(p.s.lang(), p.s.questions.Fields, false)
	for i := range out {
		out[i].ID, out[i].Optional = p.id(out[i].Name), false
		if out[i].Kind == string(form.File) {
			out[i].Have, out[i].Options = p.s.fileOptions(), p.s.fileOptions()
		}
	}
	return out
}

// fileOptions are the files on the ticket.
func (s *sheet) fileOptions() []ui.Option {
	out := []ui.Option{}
	for _, e := range s.entries {
		if e.Message == nil {
			continue
		}
		for _, a := range e.Message.Attached {
			if !a.Inline {
				out = append(out, ui.Option{Value: a.Token, Label: a.Name, Note: page.Size(a.Size)})
			}
		}
	}
	return out
}

// answerView is one answer as it is read; files are links.
type answerView struct {
	Label   string
	Text    string
	Files   []ui.File
	Missing bool
}

// formAnswers are the questions that are shown, answered or asked for.
func (s *sheet) formAnswers() []answerView {
	given := s.t.Detail.Form.Answers
	shown := s.questions.Fields.Shown(given)
	var out []answerView
	for _, q := range s.questions.Fields {
		missing := slices.ContainsFunc(s.t.Detail.Form.Missing, func(a form.Ask) bool { return a.Name == q.Name })
		if !shown[q.Name] || len(given[q.Name]) == 0 && !missing {
			continue
		}
		v := answerView{Label: q.Question(s.c.Lang), Text: q.Text(s.c.Lang, given[q.Name]), Missing: missing}
		if q.Kind == form.File {
			v.Text, v.Files = "", s.filesOf(given[q.Name])
		}
		out = append(out, v)
	}
	return out
}

func (s *sheet) filesOf(tokens []string) []ui.File {
	var out []ui.File
	for _, e := range s.entries {
		if e.Message == nil {
			continue
		}
		for _, a := range e.Message.Attached {
			if slices.Contains(tokens, a.Token) {
				out = append(out, ui.File{Name: a.Name, Size: page.Size(a.Size), Href: page.FilePath(s.t.Number, a.Token, a.Name)})
			}
		}
	}
	return out
}

// ofForm says whose form it is and which version of it.
func (s *sheet) ofForm() string {
	c := s.f.Catalog.Category(s.c.Context(), s.questions.Category)
	return s.T("workticket.form_of", "Category", c.Label(string(s.c.Lang)), "Version", s.questions.Version)
}

// answered tells which answers changed, from what to what.
func (s *sheet) answered(before, now ticket.Ticket, who string) []string {
	if now.Detail.Form.IsZero() {
		return []string{s.T("workticket.line_form_none")}
	}
	of, err := s.f.Tickets.FormOf(s.c.Context(), now)
	if err != nil {
		of = catalog.Form{}
	}
	was := before.Detail.Form.Answers
	var out []string
	for _, q := range of.Fields {
		from, to := q.Text(s.c.Lang, was[q.Name]), q.Text(s.c.Lang, now.Detail.Form.Answers[q.Name])
		if q.Kind == form.File {
			from, to = s.T("workticket.files_count", "Count", len(was[q.Name])), s.T("workticket.files_count", "Count", len(now.Detail.Form.Answers[q.Name]))
		}
		switch {
		case from == to:
		case len(was[q.Name]) == 0:
			out = append(out, s.T("workticket.line_set", "Who", who, "What", q.Question(s.c.Lang), "To", to))
		default:
			out = append(out, s.T("workticket.line_changed", "Who", who, "What", q.Question(s.c.Lang), "From", from, "To", orDash(to)))
		}
	}
	if len(out) == 0 {
		c := s.f.Catalog.Category(s.c.Context(), now.Detail.Form.Category)
		out = append(out, s.T("workticket.line_form", "Form", s.T("workticket.form_of", "Category", c.Label(string(s.c.Lang)), "Version", now.Detail.Form.Version)))
	}
	return out
}

// readFill takes the answers that differ from those on the ticket; what was emptied is taken back.
func readFill(f *Faces, c *page.Ctx, t ticket.Ticket, in *page.Form) (ticket.Command, error) {
	of, err := f.Tickets.FormOf(c.Context(), t)
	if err != nil {
		return nil, err
	}
	given, out := in.Answers(), map[string][]string{}
	for _, q := range of.Fields {
		if values := filled(given[q.Name]); !slices.Equal(values, t.Detail.Form.Answers[q.Name]) {
			out[q.Name] = values
		}
	}
	return ticket.Fill{Answers: out}, nil
}

func filled(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}
