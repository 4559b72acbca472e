// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const approvalsPath = "/work/approvals"

// mountApproval adds what is asked of approvers, and what they say (N31).
func (f *Faces) mountApproval(r *page.Router) {
	const at = "/work/tickets/{number}/approvals"
	r.Get(at+"/new", access.ApprovalAsk, f.newApproval)
	r.Post(at, access.ApprovalAsk, f.askApproval)
	r.Get(approvalsPath, access.QueueRead, f.approvals)
	r.Get(approvalsPath+"/{id}", access.QueueRead, f.approvalPage)
	r.Post(approvalsPath+"/{id}/decide", access.QueueRead, f.decideApproval)
	r.Post(approvalsPath+"/{id}/call", access.QueueRead, f.callApprover)
	r.Post(approvalsPath+"/{id}/withdraw", access.ApprovalAsk, f.withdrawApproval)
}

// decision puts an approval into words for its page here.
func (f *Faces) decision(c *page.Ctx, v approval.View) (page.Decision, error) {
	about, err := f.Approvals.About(c.Context(), v.Approval)
	d := page.NewDecision(c, v, about, approvalsPath+"/"+key(int64(v.ID)))
	d.Way = "/work/tickets/" + about.Ref()
	d.Take = v.Open() && (v.AskedBy == c.Person.ID || access.Can(c.Actor, access.LeadRead, access.Object{}) == nil)
	if e := errs.As(v.Why); e != nil && e.Kind == errs.Denied { // whoever only looks, or asked
		d.Reason = ""
	}
	return d, err
}

// approvals lists what waits for the reader, and what they decided last.
func (f *Faces) approvals(c *page.Ctx) error {
	list, err := f.Approvals.Mine(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var waits, done []page.Decision
	for _, v := range list {
		d, err := f.decision(c, v)
		if err != nil {
			return err
		}
		waits = append(waits, d)
	}
	past, err := f.Approvals.Decided(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, a := range past {
		d, err := f.decision(c, approval.View{Approval: a})
		if err != nil {
			return err
		}
		done = append(done, d)
	}
	fr := c.Frame(c.T("workapproval.title")).Listen("person")
	return c.Render(http.StatusOK, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, approvalsPage(fr, waits, done)))
}

func (f *Faces) approvalPage(c *page.Ctx) error { return f.showApproval(c, http.StatusOK, nil) }

func (f *Faces) showApproval(c *page.Ctx, status int, form *page.Form) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	v, err := f.Approvals.Get(c.Context(), c.Actor, approval.ID(which))
	if err != nil {
		return err
	}
	d, err := f.decision(c, v)
	if err != nil {
		return err
	}
	d.Form = form
	fr := c.Frame(v.Subject.Title).Listen("ticket:" + key(d.About.Number))
	fr.Path = approvalsPath + "/" + key(which)
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, approvalOf(fr, d)))
}

// onApproval carries out one deed on an approval; what fails shows its page again.
func (f *Faces) onApproval(c *page.Ctx, fields []string, said string, do func(approval.ID, *page.Form) error) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, fields...)
	if err != nil {
		return err
	}
	if err := do(approval.ID(which), form); err != nil {
		if hides(err) {
			return err
		}
		return f.showApproval(c, c.MarkUp(form, err), form)
	}
	c.Say(said)
	return c.Redirect(approvalsPath + "/" + key(which))
}

func (f *Faces) decideApproval(c *page.Ctx) error {
	return f.onApproval(c, page.DecideFields(), "workapproval.done", func(which approval.ID, form *page.Form) error {
		return c.Decide(form, func(d approval.Decision) error {
			_, err := f.Approvals.Decide(c.Context(), c.Actor, which, d)
			return err
		})
	})
}

func (f *Faces) callApprover(c *page.Ctx) error {
	return f.onApproval(c, page.DecideFields(), "workapproval.called", func(which approval.ID, form *page.Form) error {
		who, err := c.ApproverNamed("who", form.Get("who"), f.approverFinder(c))
		if err == nil {
			_, err = f.Approvals.Call(c.Context(), c.Actor, which, approval.SeatID(form.Int("seat")), who, form.Get("place") != "after", form.Get("comment"))
		}
		return err
	})
}

func (f *Faces) withdrawApproval(c *page.Ctx) error {
	return f.onApproval(c, nil, "workapproval.withdrawn", func(which approval.ID, _ *page.Form) error {
		_, err := f.Approvals.Withdraw(c.Context(), c.Actor, which)
		return err
	})
}

// approverFinder finds whom a few letters may mean.
func (f *Faces) approverFinder(c *page.Ctx) func(string) ([]person.Person, error) {
	return func(text string) ([]person.Person, error) {
		return f.People.Find(c.Context(), c.Actor, text, false, 10)
	}
}

// askLevels is how many levels the form has; more come by the API.
const askLevels = 3

// askForm is the form for asking.
type askForm struct {
	Ticket ticket.Ticket
	Draft  approval.Draft
	Form   *page.Form
	Groups []person.Group
	Names  map[string]string // whom the rules find
	Free   bool
}

func (f *Faces) newApproval(c *page.Ctx) error {
	form := page.Filled("kind", c.Query("kind"), "ref", c.Query("ref"), "title", c.Query("title"), "mode", string(approval.All), "hold", "yes")
	for n := 2; n <= askLevels; n++ {
		form.Values.Set("mode_"+strconv.Itoa(n), string(approval.All))
	}
	return f.showAsk(c, http.StatusOK, form)
}

func (f *Faces) showAsk(c *page.Ctx, status int, form *page.Form) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	v := askForm{Ticket: t, Form: form, Names: map[string]string{}}
	if v.Draft, err = f.Approvals.Draft(c.Context(), c.Actor, t, form.Get("kind"), form.Get("ref")); err != nil {
		return err
	}
	v.Free = v.Draft.Subject.Kind == approval.Free
	v.Names["manager"], v.Names["owner"] = f.People.Card(c.Context(), v.Draft.Manager).Name, f.People.Card(c.Context(), v.Draft.Owner).Name
	groups, err := f.People.Groups(c.Context())
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.Active && len(g.Members) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	fr := c.Frame(c.T("workapproval.ask_title", "Ref", t.Ref()))
	fr.Path = "/work/tickets/" + t.Ref() + "/approvals/new"
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: true, Keys: keyMap(fr)}, askPage(fr, v)))
}

// approvalFields are the fields of the form, for every level.
func approvalFields() []string {
	out := []string{"kind", "ref", "title", "content", "note", "hours", "days", "hold"}
	for n := 1; n <= askLevels; n++ {
		for _, name := range []string{"people", "groups", "rule", "mode", "need"} {
			out = append(out, levelField(name, n))
		}
	}
	return out
}

// levelField names a field of a level as the room does: the first has no number.
func levelField(name string, level int) string {
	if level == 1 {
		return name
	}
	return name + "_" + strconv.Itoa(level)
}

func (f *Faces) askApproval(c *page.Ctx) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, approvalFields()...)
	if err != nil {
		return err
	}
	q, bad := f.readAsk(c, form)
	err = errs.Invalidf(bad...)
	if err == nil {
		_, err = f.Approvals.Ask(c.Context(), c.Actor, ticket.Target{ID: t.ID}, q)
	}
	if err != nil {
		if hides(err) {
			return err
		}
		return f.showAsk(c, c.MarkUp(form, err), form)
	}
	c.Say("workapproval.asked")
	return c.Redirect("/work/tickets/" + t.Ref())
}

// readAsk turns the form into a wish. Names that mean nobody, or several, are told at their field.
func (f *Faces) readAsk(c *page.Ctx, form *page.Form) (approval.Ask, []errs.FieldError) {
	q := approval.Ask{
		Subject: approval.Subject{Kind: form.Get("kind"), Ref: form.Get("ref"), Title: form.Get("title"), Content: form.Get("content")},
		Note:    form.Get("note"), Hours: form.CountOrNone("hours"), Days: form.CountOrNone("days"), Hold: form.On("hold"),
	}
	var bad []errs.FieldError
	find := f.approverFinder(c)
	for n := 1; n <= askLevels; n++ {
		field := levelField("people", n)
		l := approval.AskLevel{
			Manager: form.Has(levelField("rule", n), "manager"), Owner: form.Has(levelField("rule", n), "owner"),
			Mode: approval.Mode(form.Get(levelField("mode", n))), Need: form.Int(levelField("need", n)),
		}
		for _, g := range form.Ints(levelField("groups", n)) {
			l.Groups = append(l.Groups, person.GroupID(g))
		}
		for _, line := range form.All(field) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			who, err := c.ApproverNamed(field, line, find)
			if e := errs.As(err); e != nil && len(e.Fields) > 0 {
				bad = append(bad, e.Fields...)
				break
			}
			l.People = append(l.People, who)
		}
		if n == 1 || len(l.People)+len(l.Groups) > 0 || l.Manager || l.Owner {
			q.Levels = append(q.Levels, l)
		}
	}
	return q, bad
}

// approvalViews are the approvals of the ticket in words.
func (s *sheet) approvalViews() []page.Decision {
	var out []page.Decision
	for _, v := range s.approvals {
		d := page.NewDecision(s.c, v, s.t, approvalsPath+"/"+key(int64(v.ID)))
		out = append(out, d)
	}
	return out
}

// approvalLine tells what happened to an approval.
func (s *sheet) approvalLine(f ticket.Approval) []string {
	who := s.name(f.By)
	if f.For != 0 {
		who = s.T("workapproval.on_behalf", "Name", who, "For", s.name(f.For))
	}
	var turn []string
	for _, w := range f.Turn {
		turn = append(turn, s.name(w))
	}
	line := s.T("workapproval.line_"+string(f.Step), "Who", who, "Title", f.Title, "Added", s.name(f.Added), "Turn", s.join(turn))
	if f.Reason != "" {
		line += s.T("workapproval.colon") + s.T(f.Reason)
	}
	if f.Comment != "" {
		line += s.T("workapproval.colon") + f.Comment
	}
	return []string{line}
}
