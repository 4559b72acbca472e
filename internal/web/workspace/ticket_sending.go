// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// takeBack has back the reply that is about to be said: its words stand in the box again, and the
// files beside them.
func (f *Faces) takeBack(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	before, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	files, err := f.filesOf(c, before, before.Detail.Outgoing.Message)
	if err != nil {
		return err
	}
	after, err := f.Tickets.Do(c.Context(), c.Actor, ticket.Target{ID: before.ID}, ticket.TakeBack{})
	if err != nil {
		return err
	}
	c.Say("workticket.done_take_back")
	s, err := f.sheet(c, after)
	if err != nil {
		return err
	}
	if !c.Fragment() && len(files) == 0 { // the draft has it all
		return c.Redirect(s.home())
	}
	text, _ := s.draft(ticket.CmdReply)
	s.back, s.spot, s.form = true, "reply", &page.Form{Values: url.Values{"text": {text}}, Files: files}
	for _, a := range files {
		s.form.Values.Add(page.FileField, a.Token)
	}
	if !c.Fragment() {
		return f.showTicket(c, http.StatusOK, s)
	}
	return c.Render(http.StatusOK, changedPart(s, "reply"))
}

// filesOf are the files of a message; none where there is no message.
func (f *Faces) filesOf(c *page.Ctx, t ticket.Ticket, which ticket.MessageID) ([]ticket.Attachment, error) {
	if which == 0 {
		return nil, nil
	}
	m, err := f.Tickets.MessageOf(c.Context(), c.Actor, t, which)
	return m.Attached, err
}

// leaving dresses the card of a reply that is about to be said.
func (s *sheet) leaving(m *ui.Message, o ticket.Outgoing) {
	m.Aside = ui.Chip(ui.Warn, "send", s.T("workticket.sending"))
	if o.By == person.ID(s.c.Actor.ID) {
		m.Foot = takeBackButton(s, o)
	}
}

// takeBackID is the id of the form that has a reply back; it is on the page as long as that can be.
func takeBackID(o ticket.Outgoing) string { return "take-back-" + key(int64(o.Message)) }

// secondsLeft is how many seconds an instant is ahead, counted up, and never less than one.
func (s *sheet) secondsLeft(until time.Time) int {
	return max(1, int((until.Sub(s.c.Now)+time.Second-1)/time.Second))
}
