// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// visitView is a visit as whoever waits for it sees it.
type visitView struct {
	visit.Visit
	Engineer person.Person
	When     string   // the time that holds
	Times    []string // to choose from
	Asks     bool     // the reader chooses
}

// visitsOf are the visits that concern the reader: those ahead, and those that have no time yet.
func (f *Faces) visitsOf(c *page.Ctx, t ticket.Ticket) ([]visitView, error) {
	list, err := f.visits.Of(c.Context(), c.Actor, t)
	if err != nil {
		return nil, err
	}
	var out []visitView
	for _, v := range list {
		if v.State != visit.Proposed && v.State != visit.Refused && !v.State.Ahead() {
			continue
		}
		x := visitView{Visit: v, Engineer: f.people.Card(c.Context(), v.Engineer), Asks: v.State == visit.Proposed && mine(c, t)}
		if !v.From.IsZero() {
			x.When = c.Span(v.Span().From, v.Span().To, v.Zone)
		}
		for _, s := range v.Times.List() {
			x.Times = append(x.Times, c.Span(s.From, s.To, v.Zone))
		}
		out = append(out, x)
	}
	return out, nil
}

// answerVisit is the requester's choice between proposed times, or that none of them suits. It
// names the proposal that was read; opening the page changes nothing.
func (f *Faces) answerVisit(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "visit", "round", "pick", "why", "act")
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
	if err = c.Limit(session.Saying); err == nil {
		w := visit.Wish{Act: visit.Pick, Pick: int(form.Int("pick")), Round: form.Int("round"), Why: form.Text("why")}
		if form.Get("act") == "refuse" {
			w.Act = visit.Refuse
		}
		if err = f.chooseTime(c, t, visit.ID(form.Int("visit")), w); err == nil {
			if c.Say("portal.visit_agreed"); w.Act == visit.Refuse {
				c.Say("portal.visit_refused")
			}
			return c.Redirect(base(c, t))
		}
	}
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return err
	}
	return f.showRequest(c, c.MarkUp(form, err), form)
}

// chooseTime gives the answer to the room of visits. The same choice once more is well: it was
// pressed twice, or in two windows.
func (f *Faces) chooseTime(c *page.Ctx, t ticket.Ticket, which visit.ID, w visit.Wish) error {
	if which == 0 {
		return errs.Field("pick", "visit.pick_one")
	}
	v, err := f.visits.Get(c.Context(), c.Actor, which)
	if err != nil {
		return err
	}
	if v.Ticket != t.ID {
		return errs.New(errs.NotFound, "visit.not_found")
	}
	if w.Act == visit.Pick && v.State == visit.Agreed && w.Round == v.Round {
		return nil
	}
	_, err = f.visits.Do(c.Context(), c.Actor, v.ID, w)
	return err
}

// scan is where the code on a label leads: whoever came to mend it to their visit or to the device,
// everybody else to a request that is about it already. Nothing is said before somebody has signed
// in, and nothing is changed by looking.
func (f *Faces) scan(c *page.Ctx) error {
	token := c.Path("token")
	l, err := f.devices.Scan(c.Context(), c.Actor, token)
	if err != nil {
		return err
	}
	if !c.Person.Role.Staff() {
		return c.Redirect("/new?device=" + token)
	}
	by := c.Actor
	by.Via = "web"
	list, err := f.visits.At(c.Context(), by, visit.Where{Device: int64(l.Device.ID), Place: int64(l.Place.ID)})
	switch {
	case err != nil:
		return err
	case len(list) > 0:
		return c.Redirect("/work/visits/" + id(int64(list[0].ID)) + "?label=" + token)
	case l.IsRoom():
		return c.Redirect("/work/devices?place=" + id(int64(l.Place.ID)))
	}
	return c.Redirect("/work/devices/" + id(int64(l.Device.ID)))
}

// aboutView is what a request that began by a label is about.
type aboutView struct {
	Token   string
	Name    string
	Retired bool
	Unknown bool
}

// aboutOf says what a code stands on, for the form of a request.
func (f *Faces) aboutOf(c *page.Ctx, token string) aboutView {
	if token == "" {
		return aboutView{}
	}
	l, err := f.devices.Scan(c.Context(), c.Actor, token)
	switch {
	case err != nil:
		return aboutView{Unknown: true}
	case l.IsRoom():
		return aboutView{Token: token, Name: l.Place.Label()}
	}
	name := l.Device.Tag + " · " + c.T("device.kind_"+string(l.Device.Kind))
	if l.Device.Model != "" {
		name += " · " + l.Device.Model
	}
	if p := l.Place.Label(); p != "" {
		name += " · " + p
	}
	return aboutView{Token: token, Name: name, Retired: l.Device.Retired()}
}

// visitStep tells what happened to a visit in the requester's history.
func (f *Faces) visitStep(c *page.Ctx, fact ticket.VisitStepped, s *step) bool {
	v := fact.Visit
	who := f.people.Card(c.Context(), v.Engineer).Name
	s.Title = c.T("portal.step_visit_"+string(v.Step), "Name", who)
	for _, x := range v.Times {
		s.Lines = append(s.Lines, c.Span(x.From, x.To, ""))
	}
	switch v.Step {
	case ticket.VisitProposed, ticket.VisitFixed, ticket.VisitMoved:
		s.Text = v.Place
	case ticket.VisitMissed, ticket.VisitCancelled:
		s.Text = v.Words
	case ticket.VisitAgreed, ticket.VisitRefused:
		s.Icon, s.State = "user", ui.Todo
	case ticket.VisitStarted, ticket.VisitArrived, ticket.VisitDone, ticket.VisitSigned, ticket.VisitReassigned:
	}
	return true
}
