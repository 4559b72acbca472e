// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

func (f *Faces) mountRouting(r *page.Router) {
	r.Get("/admin/routing", access.AdminRead, f.listRules)
	r.Get("/admin/routing/{id}", access.AdminRead, f.editRoutingRule)
	r.Post("/admin/routing/{id}", access.AdminWork, f.saveRoutingRule)
	r.Post("/admin/routing/{id}/up", access.AdminWork, f.moveRoutingRule)
}

// tryBox is the place where a condition is tried on tickets that are there. Nothing changes.
type tryBox struct {
	Form  *page.Form
	Tried bool
	Trial routing.Trial
}

// listRules shows the rules with what they did, and the box to try a condition.
func (f *Faces) listRules(c *page.Ctx) error {
	lines, of, err := f.Routing.Lines(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	box, status, err := f.tryCondition(c)
	if err != nil {
		return err
	}
	groups := map[person.GroupID]string{}
	for _, l := range lines {
		groups[l.Group] = f.People.Group(c.Context(), l.Group).Label(string(c.Lang))
	}
	return show(c, status, "routing.title", "routing.lead", func(fr page.Frame) templ.Component { return routingPage(fr, lines, groups, of, box) })
}

// tryCondition answers what was asked in the box, which is a plain GET.
func (f *Faces) tryCondition(c *page.Ctx) (tryBox, int, error) {
	box := tryBox{Form: page.Filled("condition", c.Query("condition"), "ticket", c.Query("ticket"))}
	if strings.TrimSpace(c.Query("condition")) == "" {
		return box, http.StatusOK, nil
	}
	number := ticket.ParseRef(c.Query("ticket"))
	if number == 0 && strings.TrimSpace(c.Query("ticket")) != "" {
		return box, c.MarkUp(box.Form, errs.Field("ticket", "routing.ticket_unknown")), nil
	}
	var err error
	box.Trial, err = f.Routing.Try(c.Context(), c.Actor, c.Query("condition"), number)
	if errs.KindOf(err) == errs.Invalid && err != nil {
		return box, c.MarkUp(box.Form, err), nil
	}
	box.Tried = true
	return box, http.StatusOK, err
}

func (f *Faces) editRoutingRule(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form := page.Filled("active", "yes")
	if n != 0 {
		r, err := f.Routing.Get(c.Context(), c.Actor, routing.RuleID(n))
		if err != nil {
			return err
		}
		form = page.Filled("name", r.Name, "condition", r.Condition, "group", num(int64(r.Group)), "rota", num(int64(r.Rota)), "skills", skillsText(r.Skills), "version", num(r.Version),
			"assign", page.Ticked(r.Assign), "active", page.Ticked(r.Active))
	}
	return f.showRoutingRule(c, http.StatusOK, n, form)
}

func (f *Faces) showRoutingRule(c *page.Ctx, status int, n int64, form *page.Form) error {
	title := "routing.edit"
	if n == 0 {
		title = "routing.new"
	}
	list, err := f.People.Groups(c.Context())
	if err != nil {
		return err
	}
	var groups []ui.Option
	for _, g := range list {
		if g.Active || num(int64(g.ID)) == form.Get("group") {
			groups = append(groups, ui.Option{Value: num(int64(g.ID)), Label: g.Label(string(c.Lang))})
		}
	}
	rotas := []ui.Option{{Value: "0", Label: c.T("routing.any_duty")}}
	duty, err := f.Rotas.List(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, r := range duty {
		rotas = append(rotas, ui.Option{Value: num(int64(r.ID)), Label: r.Label(string(c.Lang))})
	}
	return show(c, status, title, "routing.rule_lead", func(fr page.Frame) templ.Component { return routingRulePage(fr, n, form, groups, rotas) })
}

func (f *Faces) saveRoutingRule(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "name", "condition", "group", "rota", "skills", "assign", "active", "version")
	if err != nil {
		return err
	}
	r := routing.Rule{
		ID: routing.RuleID(n), Name: form.Get("name"), Condition: form.Text("condition"), Group: person.GroupID(form.Int("group")), Rota: rota.ID(form.Int("rota")),
		Skills: person.ReadSkills(form.Get("skills")), Assign: form.On("assign"), Active: form.On("active"),
	}
	if _, err := f.Routing.Save(c.Context(), c.Actor, r, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showRoutingRule(c, status, n, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/routing")
}

func (f *Faces) moveRoutingRule(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Routing.Up(c.Context(), c.Actor, routing.RuleID(n)); err != nil {
		return err
	}
	return c.Redirect("/admin/routing")
}

// tryFields are the values that a condition saw of a ticket, for the reader of the trial.
func tryFields(t routing.Trial) [][2]string {
	yes := map[bool]string{true: "true", false: "false"}
	f := t.Fields
	return [][2]string{
		{"category", f.Category},
		{"categories", strings.Join(f.Categories, ", ")},
		{"service", f.Service},
		{"core", yes[f.Core]},
		{"group", f.Group},
		{"department", f.Department},
		{"place", f.Place},
		{"channel", f.Channel},
		{"priority", f.Priority},
		{"graded", yes[f.Graded]},
		{"requester", f.Requester},
		{"subject", f.Subject},
	}
}
