// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// nextPath is the page of the next ticket, and what takes it.
const nextPath = "/work/next"

// mountNext adds the next ticket: to look at, to take, to pass over.
func (f *Faces) mountNext(r *page.Router) {
	r.Get(nextPath, access.TicketWork, f.showNext)
	r.Post(nextPath, access.TicketWork, f.takeNext)
	r.Post(nextPath+"/skip", access.TicketWork, f.skipNext)
}

// nextView is the ticket that would be given now, or why there is none.
type nextView struct {
	Row   *ui.QueueRow
	Ref   string
	Facts []ui.FactView
	Words string
	Form  *page.Form
	Calls []callDue // promised, and to be made before
	Why   []string  // sentences
	Room  string    // how much is in work
}

// showNext shows what taking the next ticket would give, and changes nothing.
func (f *Faces) showNext(c *page.Ctx) error { return f.next(c, http.StatusOK, nil) }

func (f *Faces) next(c *page.Ctx, status int, form *page.Form) error {
	p, err := f.Pull.Look(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	if form == nil {
		form = page.Filled()
	}
	v := nextView{Form: form}
	if v.Calls, err = f.callsDue(c); err != nil {
		return err
	}
	if p.Why.Limit > 0 {
		v.Room = c.T("pull.room", "Count", p.Why.InWork, "Limit", p.Why.Limit)
	}
	if t := p.Ticket; t.ID != 0 {
		row := f.row(c, t)
		v.Row, v.Ref, v.Words = &row, t.Ref(), t.Snippet
		v.Facts = f.nextFacts(c, t)
	} else {
		v.Why = nextReasons(c, p.Why)
	}
	return f.showHouse(c, status, c.T("work.next_title"), func(fr page.Frame) templ.Component { return nextPage(fr, v) })
}

// nextFacts are what decides whether one can do it.
func (f *Faces) nextFacts(c *page.Ctx, t ticket.Ticket) []ui.FactView {
	lang := string(c.Lang)
	var path []string
	for _, at := range f.Catalog.Path(c.Context(), t.Category) {
		path = append(path, at.Label(lang))
	}
	fact := func(key, value string) ui.FactView {
		return ui.FactView{Label: c.T(key), Value: factText(orDash(value), "")}
	}
	return []ui.FactView{
		fact("pull.fact_requester", strings.Join(present(f.People.Card(c.Context(), t.Requester).Name, f.People.Card(c.Context(), t.Requester).Place), " · ")),
		fact("pull.fact_category", strings.Join(path, " › ")),
		fact("pull.fact_service", f.Catalog.Service(c.Context(), t.Service).Label(lang)),
		fact("pull.fact_group", f.People.Group(c.Context(), t.Group).Label(lang)),
		fact("pull.fact_skills", strings.Join(f.Catalog.Skills(c.Context(), t.Category, t.Service).List(), c.T("pull.comma"))),
		fact("pull.fact_since", c.Moment(t.CreatedAt)),
	}
}

// present are the texts that are not empty.
func present(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// nextReasons says in sentences why nothing is offered.
func nextReasons(c *page.Ctx, w pull.Why) []string {
	if w.Full() {
		return []string{c.T("pull.why_full", "Count", w.InWork, "Limit", w.Limit)}
	}
	if w.Free == 0 {
		return []string{c.T("pull.why_none")}
	}
	var out []string
	if w.Elsewhere > 0 {
		out = append(out, c.T("pull.why_elsewhere", "Count", w.Elsewhere))
	}
	if w.Beyond > 0 {
		out = append(out, c.T("pull.why_beyond", "Count", w.Beyond, "Skills", strings.Join(w.Lacking, c.T("pull.comma"))))
	}
	if w.Own > 0 {
		out = append(out, c.T("pull.why_own", "Count", w.Own))
	}
	if w.Skipped > 0 {
		out = append(out, c.T("pull.why_skipped", "Count", w.Skipped, "Time", c.Moment(w.Again)))
	}
	return out
}

// takeNext takes the next ticket (N23), or the one that was shown. Somebody else may be quicker;
// then it is the one after it.
func (f *Faces) takeNext(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "back", "ticket")
	if err != nil {
		return err
	}
	if n := ticket.ParseRef(form.Get("ticket")); n != 0 {
		t, err := f.Pull.TakeThis(c.Context(), c.Actor, n)
		if err != nil {
			return f.next(c, c.MarkUp(form, err), form)
		}
		c.Say("work.taken", "Ref", t.Ref())
		return c.Redirect("/work/tickets/" + t.Ref())
	}
	list, err := f.callsDue(c)
	if err != nil {
		return err
	}
	if len(list) > 0 && !list[0].Due.After(c.Now) { // what was promised comes first; the page offers the ticket, too
		c.Say("pull.call_first", "Name", list[0].Who)
		return c.Redirect(nextPath)
	}
	p, err := f.Pull.Take(c.Context(), c.Actor)
	switch {
	case err != nil:
		return err
	case p.Ticket.ID != 0:
		c.Say("work.taken", "Ref", p.Ticket.Ref())
		return c.Redirect("/work/tickets/" + p.Ticket.Ref())
	case p.Why.Free == 0 && !p.Why.Full():
		c.Say("work.none_to_take")
		return c.Redirect(backTo(form))
	}
	return c.Redirect(nextPath) // which says why
}

// skipNext passes the ticket over that was shown, with a reason.
func (f *Faces) skipNext(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "ticket", "reason", "words")
	if err != nil {
		return err
	}
	n := ticket.ParseRef(form.Get("ticket"))
	if err := f.Pull.Pass(c.Context(), c.Actor, n, pull.Reason(form.Get("reason")), form.Get("words")); err != nil {
		return f.next(c, c.MarkUp(form, err), form)
	}
	c.Say("pull.skipped", "Ref", ticket.Ref(n))
	return c.Redirect(nextPath)
}

func skipOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, r := range pull.Reasons() {
		out = append(out, ui.Option{Value: string(r), Label: f.T("pull.reason_" + string(r))})
	}
	return out
}
