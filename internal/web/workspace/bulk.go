// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// listFields are what the form around the list carries, whichever of its buttons is pressed.
func listFields() []string { return append(actFields(), "back", "claim", "ticket", "every") }

// tooLate reports whether somebody else was quicker.
func tooLate(err error) bool {
	switch errs.KindOf(err) {
	case errs.Conflict, errs.Stale, errs.NotFound:
		return true
	default:
		return false
	}
}

// claim takes the ticket whose button was pressed. Where somebody was quicker the list says
// who, and stays where it was.
func (f *Faces) claim(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, listFields()...)
	if err != nil {
		return err
	}
	on := ticket.Target{Number: ticket.ParseRef(form.Get("claim"))}
	t, err := f.Tickets.Do(c.Context(), c.Actor, on, ticket.Accept{})
	if errs.KindOf(err) == errs.Conflict {
		return f.claimed(c, form, on, err)
	}
	if err != nil {
		return err
	}
	c.Say("work.taken", "Ref", t.Ref())
	return c.Redirect("/work/tickets/" + t.Ref())
}

// claimed answers a claim that came too late. Whoever pressed twice has the ticket already.
func (f *Faces) claimed(c *page.Ctx, form *page.Form, on ticket.Target, why error) error {
	t, err := f.Tickets.Get(c.Context(), c.Actor, on)
	if err != nil {
		return err
	}
	if by := person.ID(c.Actor.ID); by == t.Owner || by == t.Assignee {
		return c.Redirect("/work/tickets/" + t.Ref())
	}
	o := &outcome{Claim: true}
	reason := reasonOf(c, why)
	if who := f.People.Card(c.Context(), cmp.Or(t.Assignee, t.Owner)); who.ID != 0 {
		reason.Text = c.T("work.claim_taken", "Name", who.Name)
	}
	o.add(reason, t)
	return o.tell(c, backTo(form))
}

// bulk gives one command on every ticket that was picked. Each passes the same gates as on
// its own page, and what did not go through is named with its reason; nothing is skipped silently.
func (f *Faces) bulk(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, listFields()...)
	if err != nil {
		return err
	}
	picked, err := f.picked(c, form)
	if err != nil {
		return err
	}
	cmd, unread := f.bulkCommand(c, form)
	if unread != nil && errs.KindOf(unread) != errs.Invalid {
		return unread
	}
	o, before := f.giveAll(c, picked, cmd, unread)
	switch {
	case len(o.Reasons) > 0 && filledIn(form):
		return f.bulkAgain(c, form, o)
	case len(o.Reasons) > 0:
		return o.tell(c, backTo(form))
	}
	c.SayUndo(undoOf(cmd, before), "work.bulk_"+strings.ReplaceAll(c.Path("act"), "-", "_"), "Count", o.Done)
	return c.Redirect(backTo(form))
}

// filledIn reports whether an act was told more than which one it is.
func filledIn(form *page.Form) bool {
	return slices.ContainsFunc(actFields(), func(name string) bool {
		return name != "wait" && name != "as" && form.Text(name) != "" // these two are buttons
	})
}

// bulkAgain answers a command that did not go through everywhere with the list, what became of it, and
// the form of the act as it was filled in: an address could not carry the words.
func (f *Faces) bulkAgain(c *page.Ctx, form *page.Form, o *outcome) error {
	u, err := url.Parse(backTo(form))
	if err != nil {
		return err
	}
	v, err := f.readQueue(c, u.Query())
	if err != nil {
		return err
	}
	v.Outcome, v.Bulk.Act, v.Bulk.Form = o, c.Path("act"), form
	return f.showQueue(c, http.StatusUnprocessableEntity, v)
}

// maxEvery bounds how many tickets one command is given on; the bar says how many it will be.
const maxEvery = 200

// picked are the tickets that a command is meant for: those that are ticked, or all of the list
// as it is now, at most maxEvery, in its order.
func (f *Faces) picked(c *page.Ctx, form *page.Form) ([]string, error) {
	picked := slices.Compact(slices.Sorted(slices.Values(form.All("ticket"))))
	if form.On("every") {
		u, err := url.Parse(backTo(form))
		if err != nil {
			return nil, err
		}
		l, err := f.list(c, u.Query())
		if err != nil {
			return nil, err
		}
		l.flt.Cursor, l.flt.Limit = "", maxEvery
		p, err := f.Tickets.List(c.Context(), c.Actor, l.flt)
		if err != nil {
			return nil, err
		}
		picked = nil
		for _, t := range p.Tickets {
			picked = append(picked, t.Ref())
		}
	}
	if len(picked) == 0 {
		return nil, errs.New(errs.Invalid, "work.pick_some")
	}
	return picked, nil
}

// giveAll gives a command on each ticket and keeps what became of it. before holds each that it
// went through on as it was and as it is. A command that could not be read goes through on none.
func (f *Faces) giveAll(c *page.Ctx, picked []string, cmd ticket.Command, unread error) (o *outcome, before []ticket.Ticket) {
	o = &outcome{}
	for _, ref := range picked {
		was, now, err := f.giveOne(c, ticket.ParseRef(ref), cmd, unread)
		if err != nil {
			o.add(reasonOf(c, err), was)
			continue
		}
		o.Done++
		before = append(before, was, now)
	}
	return o, before
}

// giveOne gives a command on one ticket and returns it as it was and as it is. A ticket that
// cannot be read is still named by its number.
func (f *Faces) giveOne(c *page.Ctx, number int64, cmd ticket.Command, unread error) (was, now ticket.Ticket, err error) {
	on := ticket.Target{Number: number}
	if was, err = f.Tickets.Get(c.Context(), c.Actor, on); err != nil {
		return ticket.Ticket{Number: number}, ticket.Ticket{}, err
	}
	if unread != nil {
		return was, ticket.Ticket{}, unread
	}
	now, err = f.Tickets.Do(c.Context(), c.Actor, on, onOne(cmd, was))
	return was, now, err
}

// backTo is the list that a command was given from.
func backTo(form *page.Form) string {
	back := page.LocalPath(form.Get("back"), "/work")
	if back != "/work" && !strings.HasPrefix(back, "/work?") {
		return "/work"
	}
	return back
}
