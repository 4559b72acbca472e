// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// request shows one request: the confirmation above everything, who is on it, what happened.
func (f *Faces) request(c *page.Ctx) error {
	c.Together()
	return f.showRequest(c, http.StatusOK, nil)
}

func (f *Faces) showRequest(c *page.Ctx, status int, form *page.Form) error {
	r, err := f.read(c)
	if err != nil {
		return err
	}
	if r.Wants, err = f.wants(c, r.Ticket, form); err != nil {
		return err
	}
	if r.Asked = len(r.Ticket.Detail.Asked.Open(r.Ticket)) > 0; len(r.Wants) > 0 {
		if r.Meter, err = f.full(c, r.Ticket); err != nil {
			return err
		}
	}
	if r.Visits, err = f.visitsOf(c, r.Ticket); err != nil {
		return err
	}
	frame := c.Frame(r.Ticket.Subject).Listen(r.Live)
	p := portalFrame(frame)
	p.Back = requestBack(frame, r)
	return c.Render(status, framed(p, requestPage(frame, r, form)))
}

// requestNow answers the live fragment: everything but the box that one writes in.
func (f *Faces) requestNow(c *page.Ctx) error {
	r, err := f.read(c)
	if err != nil {
		return err
	}
	if r.Visits, err = f.visitsOf(c, r.Ticket); err != nil {
		return err
	}
	return c.Show(requestState(c.Frame(r.Ticket.Subject), r, nil))
}

// do gives a command on the request and comes back to it. What was typed is kept where it fails.
func (f *Faces) do(c *page.Ctx, form *page.Form, cmd ticket.Command, said string) error {
	t, err := f.find(c)
	if err != nil {
		return err
	}
	err = c.Limit(session.Saying)
	if err == nil {
		_, err = f.tickets.Do(c.Context(), c.Actor, ticket.Target{ID: t.ID}, cmd)
	}
	if err != nil {
		switch errs.KindOf(err) {
		case errs.NotFound, errs.Denied, errs.Unauthenticated:
			return err
		}
		return f.showRequest(c, c.MarkUp(form, err), form)
	}
	c.Say(said)
	return c.Redirect(base(c, t))
}

// reply adds words or files to a request.
func (f *Faces) reply(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "text", page.FileField)
	if err != nil {
		return err
	}
	text := form.Get("text")
	if form.Text("text") == "" && len(form.Tokens()) > 0 {
		text = c.T("portal.only_files")
	}
	channel := ticket.Portal
	if c.Actor.Kind == access.Link {
		channel = ticket.Web
	}
	return f.do(c, form, ticket.Reply{Say: ticket.Say{Text: text, Files: form.Tokens(), Channel: channel}}, "portal.sent")
}

// refusedAbove reports whether what was refused stands above everything: a press that no longer fits, or
// words whose box is gone since the page was opened. What has its box still is told there.
func refusedAbove(r request, form *page.Form) bool {
	if form == nil {
		return false
	}
	switch form.Get("act") {
	case "rate":
		return !r.Rating.Open
	case "answer":
		return len(r.Wants) == 0
	}
	return !r.Ticket.Open() || form.All("text") == nil && form.All("person") == nil
}

// confirm is the tap that closes the loop (N35). It names the solution that was read.
func (f *Faces) confirm(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "solution")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.Confirm{Resolutions: int(form.Int("solution"))}, "portal.thanks")
}

// reject brings the ticket back to whoever owns it; the reason may follow.
func (f *Faces) reject(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "solution", "reason")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.Reject{Resolutions: int(form.Int("solution")), Reason: form.Text("reason")}, "portal.rejected")
}

// readBack is the caller's word about what was taken down on the telephone (N18). It names the
// record that was read; opening the page changes nothing, and a word that was given stands.
func (f *Faces) readBack(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "mark", "right", "wrong")
	if err != nil {
		return err
	}
	t, err := f.find(c)
	if err != nil {
		return err
	}
	if !mine(c, t) {
		return errs.New(errs.Denied, "access.only_requester")
	}
	right := form.On("right")
	if right && !t.Detail.ReadBack.At.IsZero() { // pressed twice, or by two windows
		c.Say("portal.read_back_thanks")
		return c.Redirect(base(c, t))
	}
	said := "portal.read_back_wrong_sent"
	if right {
		said = "portal.read_back_thanks"
	} else if form.Text("wrong") == "" {
		return f.showRequest(c, c.MarkUp(form, errs.Field("wrong", "portal.read_back_say")), form)
	}
	channel := ticket.Portal
	if c.Actor.Kind == access.Link {
		channel = ticket.Web
	}
	return f.do(c, form, ticket.AnswerReadBack{Right: right, Mark: form.Get("mark"), Say: ticket.Say{Text: form.Get("wrong"), Channel: channel}}, said)
}

func (f *Faces) reopen(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "reason")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.Reopen{Reason: form.Text("reason")}, "portal.reopened")
}

func (f *Faces) cancel(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "reason")
	if err != nil {
		return err
	}
	reason := form.Text("reason")
	if reason == "" {
		reason = c.T("portal.cancel_reason")
	}
	return f.do(c, form, ticket.Close{As: ticket.Cancelled, Reason: reason}, "portal.cancelled")
}
