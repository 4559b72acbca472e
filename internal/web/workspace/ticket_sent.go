// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// sentPage shows every letter about a ticket and how far it came: within the side of the
// ticket when its line there is opened, or as a page of its own for a reader without a script.
// The ticket itself holds only what did not arrive.
func (f *Faces) sentPage(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	s := f.bare(c, t)
	list, err := f.Notify.ForTicket(c.Context(), c.Actor, t)
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Show(sentList(s, list))
	}
	s.sent = briefOf(list)
	fr := c.Frame(s.T("sendlog.title", "Ref", t.Ref())).Listen("person", s.topic())
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: true, Keys: keyMap(fr)}
	return c.Render(http.StatusOK, framed(w, sentPage(s, list)))
}

// briefOf is the short form of a log that was read as a whole.
func briefOf(list []notify.Delivery) notify.Brief {
	b := notify.Brief{Lines: int64(len(list))}
	for _, d := range list {
		if d.Lost() {
			b.Unsent++
		}
	}
	return b
}

// resent answers to a letter that was sent again from the whole log.
func (f *Faces) resent(c *page.Ctx, t ticket.Ticket) error {
	s := f.bare(c, t)
	list, err := f.Notify.ForTicket(c.Context(), c.Actor, t)
	if err != nil {
		return err
	}
	s.sent = briefOf(list)
	return c.Show(sentAgain(s, list))
}
