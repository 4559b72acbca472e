// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// deed is a command as its form sends it.
type deed struct {
	fields []string
	limit  int64
	read   func(f *Faces, c *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error)
	// leads says that more of the page changes than its panes: the answer is a new page.
	leads bool
	// carry does it in another room; nil gives the command to the ticket.
	carry func(f *Faces, c *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Ticket, error)
}

// give carries out a command. What fails comes back in the place where it was typed; what
// succeeds is shown around whatever else is being written.
func (f *Faces) give(name ticket.Name, d deed) page.Handler {
	return func(c *page.Ctx) error {
		number, err := c.Number("number")
		if err != nil {
			return err
		}
		form, err := c.Form(d.limit, append([]string{"at", "version"}, d.fields...)...)
		if err != nil {
			return err
		}
		before, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
		if err != nil {
			return err
		}
		spot := spotOf(form, name)
		cmd, err := d.read(f, c, before, form)
		if err == nil {
			err = f.unheard(c, before, form)
		}
		after := before
		switch {
		case err == nil && d.carry != nil:
			after, err = d.carry(f, c, before, form)
		case err == nil:
			after, err = f.Tickets.Do(c.Context(), c.Actor, ticket.Target{ID: before.ID, Version: form.Version()}, cmd)
		}
		if err != nil {
			return f.refused(c, before.ID, spot, form, err)
		}
		f.tell(c, before, after, cmd)
		return f.done(c, after, spot, d, form)
	}
}

// refused shows the form again where it stood, within the ticket as it is by now: who was not
// quick enough sees what has changed around the words that they wrote.
func (f *Faces) refused(c *page.Ctx, which ticket.ID, spot string, form *page.Form, err error) error {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return err
	}
	if !hasForm(spot) {
		return err
	}
	t, read := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: which})
	if read != nil {
		return read
	}
	s, read := f.sheet(c, t)
	if read != nil {
		return read
	}
	if !c.Fragment() && !s.stands(spot) { // the ticket has moved on, and the place of the form with it
		_, kind, _ := strings.Cut(spot, "-")
		if spot = inAct + "-" + kind; !slices.Contains(acts(), kind) && !slices.Contains(spares(), kind) {
			return err
		}
	}
	status := c.MarkUp(form, err)
	s.spot, s.form, s.act = spot, form, actOf(spot)
	if c.Fragment() {
		return c.Render(status, refusedPart(s))
	}
	return f.showTicket(c, status, s)
}

// stands reports whether a form that was refused still has its place on the page.
func (s *sheet) stands(spot string) bool {
	p := s.placeOf(spot)
	if isDeviation(spot) {
		return s.canDeviate(p.Gap)
	}
	switch zoneOf(spot) {
	case inRail:
		if p.Kind == "ask" {
			return s.canAsk()
		}
		items := s.item(clauseOf(p.Gap), p.Kind, "")
		return len(items) > 0 && items[0].Form != nil && (p.Kind != "archive" && p.Kind != "confirm" || s.t.Status == ticket.Resolved)
	case inFact:
		return ticket.May(p.command(), s.t.Status)
	case inGaps:
		return slices.ContainsFunc(s.solutionGaps(), func(g place) bool { return g.Kind == p.Kind })
	case "reply":
		return canSay(s.t)
	}
	return true
}

// spares are forms that open in place of the composers only where their own place is gone.
func spares() []string { return []string{"record", "read-back"} }

// hasForm reports whether a refusal can be shown in a form: one press has none.
func hasForm(spot string) bool {
	for _, name := range []ticket.Name{ticket.CmdAddParticipant, ticket.CmdRemoveParticipant, ticket.CmdLeaveOut, ticket.CmdAskReadBack} {
		if spot == inAct+"-"+string(name) {
			return false
		}
	}
	return spot != inAct+"-"+string(ticket.CmdAccept) && spot != inAct+"-"+string(ticket.CmdResume)
}

// done answers a command that was carried out.
func (f *Faces) done(c *page.Ctx, t ticket.Ticket, spot string, d deed, form *page.Form) error {
	s := f.bare(c, t)
	switch {
	case spot == inAct+"-split": // the new ticket is what comes next
		return c.Redirect(s.of(ticket.Ref(t.SplitTo()), ""))
	case form.Get("how") == "phone" && t.Status == ticket.Resolved: // said on the telephone: what they said comes next
		return c.Redirect(s.at("confirm"))
	case !c.Fragment() && actOf(spot) == string(ticket.CmdResolve) && !d.leads: // one gap less before the solution
		return c.Redirect(s.at("resolve"))
	case !c.Fragment() || d.leads:
		return c.Redirect(s.home())
	}
	s, err := f.sheet(c, t)
	if err != nil {
		return err
	}
	return c.Render(http.StatusOK, changedPart(s, spot))
}

// tell says in a quiet line what was done. What can be taken back honestly says how.
func (f *Faces) tell(c *page.Ctx, before, after ticket.Ticket, cmd ticket.Command) {
	words := "workticket.done_" + strings.ReplaceAll(string(cmd.Name()), "-", "_")
	args := []any{
		"Name", f.People.Card(c.Context(), after.Requester).Name, "Ref", after.Ref(), "Priority", after.Priority.String(),
		"Group", f.People.Group(c.Context(), after.Group).Label(string(c.Lang)),
	}
	if _, ok := cmd.(ticket.Reply); ok && after.Detail.Outgoing.Message != 0 {
		c.SayUndoWhile("#"+takeBackID(after.Detail.Outgoing), f.bare(c, after).at("take-back"), "workticket.done_reply_leaving", args...)
		return
	}
	if back(before, cmd) == nil {
		c.Say(words, args...)
		return
	}
	s := f.bare(c, after)
	c.SayUndo(s.at("undo/"+key(after.Version)), words, args...)
}
