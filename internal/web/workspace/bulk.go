// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
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
	form, err := c.Form(page.SmallForm, listFields()...)
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
	form, err := c.Form(page.SmallForm, listFields()...)
	if err != nil {
		return err
	}
	cmd, err := f.bulkCommand(c, form)
	if err != nil {
		return err
	}
	picked, err := f.picked(c, form)
	if err != nil {
		return err
	}
	o, before := f.giveAll(c, picked, cmd)
	if len(o.Reasons) > 0 {
		return o.tell(c, backTo(form))
	}
	c.SayUndo(undoOf(cmd, before), "work.bulk_"+strings.ReplaceAll(c.Path("act"), "-", "_"), "Count", o.Done)
	return c.Redirect(backTo(form))
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
// went through on as it was and as it is.
func (f *Faces) giveAll(c *page.Ctx, picked []string, cmd ticket.Command) (o *outcome, before []ticket.Ticket) {
	o = &outcome{}
	for _, ref := range picked {
		was, now, err := f.giveOne(c, ticket.ParseRef(ref), cmd)
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
func (f *Faces) giveOne(c *page.Ctx, number int64, cmd ticket.Command) (was, now ticket.Ticket, err error) {
	on := ticket.Target{Number: number}
	if was, err = f.Tickets.Get(c.Context(), c.Actor, on); err != nil {
		return ticket.Ticket{Number: number}, ticket.Ticket{}, err
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
