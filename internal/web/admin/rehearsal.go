// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountRehearsal adds what a changed pack would do to the tickets of the last months.
func (f *Faces) mountRehearsal(r *page.Router) {
	r.Get("/admin/rehearsals", access.AdminRead, f.rehearsals)
	r.Post("/admin/rehearsals", access.AdminWork, f.rehearse)
	r.Get("/admin/rehearsals/{id}", access.AdminRead, f.rehearsal)
	r.Post("/admin/rehearsals/{id}/policy", access.AdminWork, f.switchPolicy)
	r.Post("/admin/rehearsals/{id}/cancel", access.AdminWork, f.cancelRehearsal)
}

// rehearsalView is one rehearsal on its page.
type rehearsalView struct {
	Run     rehearsal.Run
	By      string
	Started string
	Version int64 // of what is in force of its kind
	Tallies []rehearsalTally
	Changes []rehearsalChange
}

type rehearsalTally struct {
	rehearsal.Tally
	Title string
}

type rehearsalChange struct{ Ref, Subject, What string }

type rehearsalsView struct {
	Runs []rehearsalView
}

func monthChoices() []int { return []int{1, 3, 6, 12, 24} }

func monthOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, n := range monthChoices() {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: f.T("rehearsal.months_of", "Count", n)})
	}
	return out
}

func monthsOr(form *page.Form) string {
	if form != nil && form.Get("months") != "" {
		return form.Get("months")
	}
	return "3"
}

func (f *Faces) rehearsals(c *page.Ctx) error {
	list, err := f.Rehearsals.List(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var v rehearsalsView
	for _, r := range list {
		v.Runs = append(v.Runs, f.rehearsalRow(c, r))
	}
	return show(c, http.StatusOK, "rehearsal.title", "rehearsal.lead", func(fr page.Frame) templ.Component { return rehearsalsPage(fr, v) })
}

func (f *Faces) rehearsalRow(c *page.Ctx, r rehearsal.Run) rehearsalView {
	return rehearsalView{Run: r, By: f.People.Card(c.Context(), r.By).Name, Started: c.Moment(r.Started)}
}

// rehearse begins one with the pack as it stands in the form; nothing of it is in force.
func (f *Faces) rehearse(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "pack", "version", "months")
	if err != nil {
		return err
	}
	id, err := f.Rehearsals.Start(c.Context(), c.Actor, rehearsal.Pack, form.Get("pack"), int(form.Int("months")))
	if err != nil {
		if errs.KindOf(err) == errs.Conflict {
			status := c.MarkUp(form, err)
			return f.norm(c, status, normView{Form: form})
		}
		return f.refusedNorm(c, form, err)
	}
	return c.Redirect("/admin/rehearsals/" + num(int64(id)))
}

// rehearsal shows how far one is, or what it came to. While it runs the part of the page that says so
// asks again by itself.
func (f *Faces) rehearsal(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	r, tallies, changes, err := f.Rehearsals.Get(c.Context(), c.Actor, rehearsal.ID(id))
	if err != nil {
		return err
	}
	v := f.rehearsalRow(c, r)
	if r.Kind == rehearsal.Policy {
		_, v.Version, err = setting.Load(c.Context(), f.Settings, sla.PolicyName, sla.Standard())
	} else {
		_, v.Version, err = f.Norm.Stored(c.Context(), c.Actor)
	}
	if err != nil {
		return err
	}
	for _, t := range tallies {
		v.Tallies = append(v.Tallies, rehearsalTally{t, f.Norm.Pack().Title(c.Lang, t.Clause)})
	}
	// What would change comes first.
	slices.SortStableFunc(v.Tallies, func(a, b rehearsalTally) int { return cmp.Compare(same(a), same(b)) })
	keys := make([]ticket.ID, 0, len(changes))
	for _, x := range changes {
		keys = append(keys, x.Ticket)
	}
	tickets, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	if err != nil {
		return err
	}
	for _, x := range changes {
		t := tickets[x.Ticket]
		v.Changes = append(v.Changes, rehearsalChange{t.Ref(), t.Subject, x.What})
	}
	if c.Fragment() {
		return c.Show(rehearsalProgress(c.Frame(""), v))
	}
	return show(c, http.StatusOK, "rehearsal.title", "rehearsal.lead", func(fr page.Frame) templ.Component { return rehearsalPage(fr, v) })
}

// switchPolicy puts a policy that was rehearsed in force, as it was rehearsed.
func (f *Faces) switchPolicy(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	r, _, _, err := f.Rehearsals.Get(c.Context(), c.Actor, rehearsal.ID(id))
	if err != nil {
		return err
	}
	p, err := r.Policy()
	if err != nil {
		return err
	}
	if err := f.Clocks.SavePolicy(c.Context(), c.Actor, p, form.Version()); err != nil {
		return err
	}
	c.Say("policyadmin.saved")
	return c.Redirect("/admin/policies")
}

func (f *Faces) cancelRehearsal(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Rehearsals.Cancel(c.Context(), c.Actor, rehearsal.ID(id)); err != nil {
		return err
	}
	c.Say("rehearsal.stopped")
	return c.Redirect("/admin/rehearsals/" + num(id))
}

// same is 0 for a clause that would be judged differently, 1 for the others.
func same(t rehearsalTally) int {
	if t.MetWas != t.MetNow || t.MissedWas != t.MissedNow {
		return 0
	}
	return 1
}

// changeWords writes "N33 missed→not_applicable" in the reader's language.
func changeWords(f page.Frame, what string) string {
	for _, state := range []string{"not_applicable", "deviated", "missed", "open", "met"} {
		what = strings.ReplaceAll(what, state, f.T("workticket.clause_"+state))
	}
	return what
}
