// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountTicket adds the page of one ticket, its parts for live hints, and every command. A
// command that takes a form of its own has the form and the deed under one address.
func (f *Faces) mountTicket(r *page.Router) {
	const at = "/work/tickets/{number}"
	r.Get(at, access.QueueRead, f.ticket)
	r.Get(at+"/head", access.QueueRead, f.part(headPart))
	r.Get(at+"/thread", access.QueueRead, f.part(threadPart))
	r.Get(at+"/presence", access.TicketWork, f.presence)
	r.Get(at+"/peek", access.QueueRead, f.part(peekPanel))
	r.Get(at+"/side", access.QueueRead, f.part(sidePart))
	r.Get(at+"/conformance", access.QueueRead, f.conformance)
	r.Get(at+"/clock/{name}", access.QueueRead, f.clockPage)
	r.Get(at+"/sent", access.QueueRead, f.sentPage)
	r.Get(at+"/other", access.QueueRead, f.otherTicket)
	r.Get(at+"/people", access.PersonRead, f.findParticipant)
	r.Get(at+"/mentions", access.QueueRead, f.offerMentions)
	r.Post(at+"/draft", access.TicketWork, f.keepDraft)
	r.Post(at+"/preview", access.TicketWork, f.previewSolution)
	r.Post(at+"/wording", access.TicketWork, f.checkWording)
	r.Post(at+"/promise", access.TicketWork, f.offerPromise)
	r.Post(at+"/send-again", access.TicketWork, f.sendAgain)
	r.Post(at+"/take-back", access.TicketWork, f.takeBack)
	r.Post(at+"/undo/{version}", access.TicketWork, f.undo)
	for name, d := range deeds() {
		r.Post(at+"/"+string(name), access.TicketWork, f.give(name, d))
	}
	r.Post(at+"/triage", access.TicketWork, f.fileTriage)
	r.Post(at+"/suggestions/{label}/undo", access.TicketWork, f.undoApplied)
	r.Post(at+"/alike/refuse", access.TicketWork, f.refuseAlike)
	r.Post(at+"/solved/{act}", access.TicketWork, f.useSolved)
	r.Get(at+"/act", access.QueueRead, f.part(func(*sheet) templ.Component { return noAct() }))
	for _, act := range acts() {
		r.Get(at+"/"+act, access.QueueRead, f.openAct(act))
	}
}

// ticket shows the page: the user's words first, one thread, the process beside it.
func (f *Faces) ticket(c *page.Ctx) error {
	c.Together()
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	return f.showTicket(c, http.StatusOK, s)
}

// openAct shows the form of a larger act: within the page that is open, or as a page of its
// own for a reader without a script.
func (f *Faces) openAct(act string) page.Handler {
	return func(c *page.Ctx) error {
		s, err := f.sheetOf(c)
		if err != nil {
			return err
		}
		if !s.may(act) {
			return f.notNow(c, s, ticket.NotNow(ticket.Name(act), s.t.Status))
		}
		s.act = act
		if c.Fragment() {
			return c.Show(actBox(s))
		}
		return f.showTicket(c, http.StatusOK, s)
	}
}

// notNow answers an act whose time is not now: on the ticket itself, where what leads on is at hand.
func (f *Faces) notNow(c *page.Ctx, s *sheet, why error) error {
	e := errs.As(why)
	if c.Fragment() || e == nil {
		return why
	}
	c.Say(e.Key, e.Args...)
	return c.Redirect(s.home())
}

// showTicket answers with the whole page.
func (f *Faces) showTicket(c *page.Ctx, status int, s *sheet) error {
	list, err := f.beside(c, s)
	if err != nil {
		return err
	}
	fr := c.Frame(s.t.Ref()+" "+s.t.Subject).Listen("person", s.topic(), s.writing())
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, list.View), Rail: true, Keys: keyMap(fr)}
	return c.Render(status, framed(w, ticketPage(s, list)))
}

// part answers one pane again, for a page that heard that it is stale.
func (f *Faces) part(show func(*sheet) templ.Component) page.Handler {
	return func(c *page.Ctx) error {
		c.Together()
		s, err := f.sheetOf(c)
		if err != nil {
			return err
		}
		return c.Show(show(s))
	}
}

// sheetOf reads the ticket that the address names, with all that its page shows.
func (f *Faces) sheetOf(c *page.Ctx) (*sheet, error) {
	number, err := c.Number("number")
	if err != nil {
		return nil, err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return nil, err
	}
	return f.sheet(c, t)
}
