// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// mine reports whether the reader asked for a ticket. Whoever else reads it here takes part.
func mine(c *page.Ctx, t ticket.Ticket) bool { return int64(t.Requester) == c.Actor.ID }

// addParticipant asks that whoever has an address takes part. The answer is the same whether or
// not the desk knows it.
func (f *Faces) addParticipant(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "person")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.AddParticipant{Address: form.Text("person")}, "portal.part_added")
}

// removeParticipant ends that at once, for a person or an address that was asked for.
func (f *Faces) removeParticipant(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "person", "address")
	if err != nil {
		return err
	}
	cmd := ticket.RemoveParticipant{Person: person.ID(form.Int("person")), Address: form.Text("address")}
	return f.do(c, form, cmd, "portal.part_removed")
}

// oneClick is what a mail program posts to the address of leaving, without cookies, when its reader
// presses its own button (RFC 8058).
const oneClick = "List-Unsubscribe"

// leaveByLink is the same address for mail programs that open it instead: it changes nothing.
func (f *Faces) leaveByLink(c *page.Ctx) error { return c.Redirect("/t/" + c.Code + "#leave") }

// leave ends it for the reader. Afterwards they read the request no more, by link or signed in;
// the link answers with a goodbye, for there is nowhere to come back to.
func (f *Faces) leave(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm, oneClick); err != nil {
		return err
	}
	t, err := f.find(c)
	if err != nil {
		return err
	}
	if _, err := f.tickets.Do(c.Context(), c.Actor, ticket.Target{ID: t.ID}, ticket.Leave{}); err != nil {
		return err
	}
	if c.Code == "" {
		c.Say("portal.left", "Ref", t.Ref())
		return c.Redirect("/requests")
	}
	frame := c.Frame(c.T("portal.left", "Ref", t.Ref()))
	frame.Code = ""
	return show(c, http.StatusOK, frame, leftPage(frame))
}
