// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// newView is the form in which staff record a request that reached them by some other way.
type newView struct {
	Form     *page.Form
	Caller   caller
	Channels []ui.Option
	Elements []elementView
	From     choices
	Filing   filing
	Halt     []ui.Option
}

// newFields are what the form carries.
func newFields() []string {
	return append(append(callerFields(), filingFields()...), "act", "key", "channel", "subject", "text", "mine", page.FileField)
}

// newTicket shows the form, with a requester where the address names one.
func (f *Faces) newTicket(c *page.Ctx) error {
	form := page.Filled("key", id.Token(), "channel", string(ticket.Web), "q", c.Query("q"), "requester", c.Query("requester"))
	return f.showNew(c, http.StatusOK, form)
}

func (f *Faces) showNew(c *page.Ctx, status int, form *page.Form) error {
	v, err := f.gatherNew(c, form, caller.recognised)
	if err != nil {
		return err
	}
	fr := c.Frame(c.T("work.new_ticket"))
	fr.Path = "/work/new"
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, newPage(fr, v)))
}

// checkNew answers what follows from the form as it is now, as checkCall does.
func (f *Faces) checkNew(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, newFields()...)
	if err != nil {
		return err
	}
	v, err := f.gatherNew(c, form, nil)
	if err != nil {
		return err
	}
	return c.Show(newParts(c.Frame(""), v))
}

// gatherNew gathers the form. choose may settle who asks where the search leaves no doubt.
func (f *Faces) gatherNew(c *page.Ctx, form *page.Form, choose func(caller) caller) (newView, error) {
	v := newView{Form: form, Halt: haltOptions(c)}
	var err error
	if v.Caller, err = f.caller(c, form); err != nil {
		return v, err
	}
	if choose != nil {
		v.Caller = choose(v.Caller)
	}
	for _, ch := range []ticket.Channel{ticket.Web, ticket.Phone, ticket.Mail} {
		v.Channels = append(v.Channels, ui.Option{Value: string(ch), Label: c.T("work.channel_" + string(ch))})
	}
	if v.From, err = f.choices(c); err != nil {
		return v, err
	}
	if v.Filing, err = f.filing(c, form, v.Caller.Who.ID); err != nil {
		return v, err
	}
	v.Elements = f.elementViews(c, form, reached(v.Caller.Who)) // what was taken is in the form by now
	return v, nil
}

// openTicket records the request. The requester's words are kept as they were said (N17).
func (f *Faces) openTicket(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, newFields()...)
	if err != nil {
		return err
	}
	// To look somebody up, to see what a category asks, to take a suggestion: nothing is recorded.
	if act := form.Get("act"); act == "find" || act == "check" || form.Get("take") != "" {
		if err := f.keepFiles(c, form); err != nil {
			return err
		}
		return f.showNew(c, http.StatusOK, form)
	}
	t, repeated, err := f.recordNew(c, form)
	if closed(err) {
		return err
	}
	if err != nil {
		return f.showNew(c, c.MarkUp(form, page.Used(form, err)), form)
	}
	if repeated {
		c.Say("work.recorded_before", "Ref", t.Ref())
	} else {
		c.Say("work.recorded", "Ref", t.Ref())
	}
	return c.Redirect("/work/tickets/" + t.Ref())
}

func (f *Faces) recordNew(c *page.Ctx, form *page.Form) (ticket.Ticket, bool, error) {
	channel := ticket.Channel(form.Get("channel"))
	switch channel {
	case ticket.Web, ticket.Phone, ticket.Mail:
	default:
		return ticket.Ticket{}, false, errs.Field("channel", "work.channel_unknown")
	}
	if err := unexplained(form); err != nil {
		return ticket.Ticket{}, false, err
	}
	who, err := f.requester(c, form)
	if err != nil {
		return ticket.Ticket{}, false, err
	}
	r := f.filed(c, form, ticket.Request{
		Requester: who, Subject: form.Text("subject"), Channel: channel,
		Say: ticket.Say{Text: form.Get("text"), Files: form.Tokens(), Channel: channel},
	})
	var then []ticket.Command
	if a, whole := f.grading(c, form); whole {
		then = append(then, ticket.Grade{Answers: a})
	}
	if form.On("mine") {
		then = append(then, ticket.Accept{})
	}
	return f.Tickets.Record(c.Context(), c.Actor, r, then...)
}
