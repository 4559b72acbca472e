// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// problemView is one problem.
type problemView struct {
	problemLine
	May, Lead    bool
	Form         *page.Form
	Choices      problemChoices
	Tickets      []evidenceLine
	Improvements []improvementLine
	History      []historyLine
	Next         []problem.State // where it may move
	New          bool
}

// historyLine is one fact in words.
type historyLine struct{ When, Who, Text string }

func (f *Faces) problemOf(c *page.Ctx) (problem.Problem, error) {
	which := problem.ParseRef(c.Path("id"))
	if which == 0 {
		return problem.Problem{}, errs.New(errs.NotFound, "problem.not_found")
	}
	return f.Problems.Get(c.Context(), c.Actor, which)
}

func (f *Faces) problemPage(c *page.Ctx) error {
	p, err := f.problemOf(c)
	if err != nil {
		return err
	}
	return f.showProblem(c, p, filledProblem(p), nil)
}

// showProblem shows a problem, with a form that was refused where there is one.
func (f *Faces) showProblem(c *page.Ctx, p problem.Problem, form *page.Form, refused error) error {
	v, err := f.problemView(c, p, form)
	if err != nil {
		return err
	}
	v.Form = form
	title, body := p.ID.Ref()+" "+p.Title, func(fr page.Frame) templ.Component { return problemPageOf(fr, v) }
	if refused != nil {
		return f.againInFrame(c, form, refused, title, v.Href, body)
	}
	return f.problemFrame(c, http.StatusOK, title, v.Href, body)
}

func (f *Faces) problemView(c *page.Ctx, p problem.Problem, form *page.Form) (v problemView, err error) {
	v.problemLine, v.May, v.Lead = f.problemLine(c, p), problem.MayWork(c.Actor, p), leads(c)
	for _, to := range p.State.Next() {
		if v.Lead || v.May && to != problem.Closed && !p.State.Reopens(to) {
			v.Next = append(v.Next, to)
		}
	}
	if v.Choices, err = f.problemChoices(c, form); err != nil {
		return v, err
	}
	list, err := f.Problems.TicketsOf(c.Context(), c.Actor, p.ID)
	if err != nil {
		return v, err
	}
	v.Tickets = f.evidence(c, list)
	improvements, err := f.Problems.ImprovementsOf(c.Context(), c.Actor, p.ID)
	if err != nil {
		return v, err
	}
	for _, i := range improvements {
		v.Improvements = append(v.Improvements, f.improvementLine(c, i))
	}
	records, err := f.Problems.Records(c.Context(), c.Actor, p.ID)
	for _, r := range slices.Backward(records) {
		v.History = append(v.History, f.historyLine(c, r))
	}
	return v, err
}

// historyLine says in words what happened to a problem.
func (f *Faces) historyLine(c *page.Ctx, r event.Record) historyLine {
	l := historyLine{When: c.Moment(r.Meta.At), Who: c.T("workticket.desk")}
	if r.Meta.ActorKind == string(access.Person) {
		l.Who = f.People.Card(c.Context(), personID(r.Meta.ActorID)).Name
	}
	read := func(into any) bool { return json.Unmarshal(r.Data, into) == nil }
	switch r.Name {
	case "problem.opened":
		var e problem.Opened
		l.Text = c.T("workproblem.did_opened")
		if read(&e) && e.Candidate != 0 {
			l.Text = c.T("workproblem.did_taken")
		}
	case "problem.edited":
		var e problem.Edited
		var names []string
		if read(&e) {
			for _, n := range e.Fields {
				names = append(names, c.T("workproblem.field_"+n))
			}
		}
		l.Text = c.T("workproblem.did_edited", "Fields", strings.Join(names, c.T("workproblem.comma")))
	case "problem.moved":
		var e problem.Moved
		if read(&e) {
			l.Text = c.T("workproblem.did_moved", "From", c.T("workproblem.state_"+string(e.From)), "To", c.T("workproblem.state_"+string(e.To)))
			if e.Note != "" {
				l.Text += c.T("workproblem.colon") + e.Note
			}
		}
	case "problem.linked", "problem.unlinked", "problem.used":
		var e problem.LinkedTo
		if read(&e) {
			l.Text = c.T("workproblem.did_"+strings.TrimPrefix(r.Name, "problem."), "Ref", ticket.Ref(e.Number))
		}
	}
	return l
}

func (f *Faces) newProblem(c *page.Ctx) error {
	return f.showNewProblem(c, page.Filled("owner", "0", "category", "0", "service", "0"), nil)
}

func (f *Faces) showNewProblem(c *page.Ctx, form *page.Form, refused error) error {
	v := problemView{May: true, Lead: true, New: true, Form: form}
	var err error
	if v.Choices, err = f.problemChoices(c, form); err != nil {
		return err
	}
	title, body := c.T("workproblem.new"), func(fr page.Frame) templ.Component { return newProblemPage(fr, v) }
	if refused != nil {
		return f.againInFrame(c, form, refused, title, problemPath+"/new", body)
	}
	return f.problemFrame(c, http.StatusOK, title, problemPath+"/new", body)
}

func (f *Faces) openProblem(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, problemFields()...)
	if err != nil {
		return err
	}
	p, err := f.Problems.Open(c.Context(), c.Actor, draftOf(form))
	if err != nil {
		return f.showNewProblem(c, form, err)
	}
	c.Say("workproblem.opened", "Ref", p.ID.Ref())
	return c.Redirect(problemPath + "/" + p.ID.Ref())
}

func (f *Faces) editProblem(c *page.Ctx) error {
	p, err := f.problemOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, problemFields()...)
	if err != nil {
		return err
	}
	if _, err = f.Problems.Edit(c.Context(), c.Actor, p.ID, form.Version(), draftOf(form)); err != nil {
		return f.showProblem(c, p, form, err)
	}
	c.Say("workproblem.saved")
	return c.Redirect(problemPath + "/" + p.ID.Ref())
}

func (f *Faces) moveProblem(c *page.Ctx) error {
	p, err := f.problemOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "version", "to", "note")
	if err != nil {
		return err
	}
	to := problem.State(form.Get("to"))
	if _, err = f.Problems.Move(c.Context(), c.Actor, p.ID, form.Version(), to, form.Get("note")); err != nil {
		filled := filledProblem(p)
		filled.Values.Set("note", form.Get("note"))
		filled.Values.Set("version", form.Get("version"))
		return f.showProblem(c, p, filled, err)
	}
	c.Say("workproblem.moved", "State", c.T("workproblem.state_"+string(to)))
	return c.Redirect(problemPath + "/" + p.ID.Ref())
}

// linkProblem puts a ticket to a problem on the page of the problem, or takes it away.
func (f *Faces) linkProblem(c *page.Ctx) error {
	p, err := f.problemOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "ticket")
	if err != nil {
		return err
	}
	number := ticket.ParseRef(form.Get("ticket"))
	do := f.Problems.Link
	if strings.HasSuffix(c.Request.URL.Path, "/unlink") {
		do = f.Problems.Unlink
	}
	if number == 0 {
		err = errs.Field("ticket", "problem.ticket_unknown")
	} else if _, err = do(c.Context(), c.Actor, p.ID, ticket.Target{Number: number}); errs.KindOf(err) == errs.NotFound && err != nil {
		err = errs.Field("ticket", "problem.ticket_unknown")
	}
	if err != nil {
		filled := filledProblem(p)
		filled.Values.Set("ticket", form.Get("ticket"))
		return f.showProblem(c, p, filled, err)
	}
	return c.Redirect(problemPath + "/" + p.ID.Ref() + "#tickets")
}

// moveLabel is what a move is called.
func moveLabel(f page.Frame, from, to problem.State) string {
	if from.Reopens(to) {
		return f.T("workproblem.reopen")
	}
	return f.T("workproblem.to_" + string(to))
}

// moveIcon is its sign.
func moveIcon(to problem.State) string {
	switch to {
	case problem.Investigating:
		return "search"
	case problem.Known:
		return "wrench"
	case problem.Resolved:
		return "circle-check"
	case problem.Closed:
		return "archive"
	case problem.Open:
	}
	return "circle"
}

// steps are the states as a row of steps.
func (v problemView) steps(f page.Frame) []ui.Link {
	var out []ui.Link
	for _, s := range problem.States() {
		out = append(out, ui.Link{Label: f.T("workproblem.state_" + string(s)), Current: s == v.State})
	}
	return out
}
