// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// ruleRows are the rules as the list tells them.
func ruleRows(f page.Frame, p sla.Policy, choices ruleChoices) []ruleRow {
	var out []ruleRow
	for i, r := range p.Rules {
		row := ruleRow{Place: i + 1, Name: r.Name, Calendar: label(choices.Calendars, r.Calendar)}
		for _, x := range []struct {
			kind  sla.Condition
			names []string
		}{
			{sla.ByPriority, priorityNames(r.Priorities)},
			{sla.ByCategory, labels(choices.Categories, r.Categories)},
			{sla.ByService, labels(choices.Services, r.Services)},
			{sla.ByGroup, labels(choices.Groups, r.Groups)},
			{sla.ByOrganisation, r.Organisations},
			{sla.BySite, r.Sites},
		} {
			if len(x.names) > 0 {
				row.Conditions = append(row.Conditions, f.T("policyadmin.by_"+string(x.kind))+" "+strings.Join(x.names, f.T("admin.list_comma")))
			}
		}
		for _, name := range sla.Aims() {
			switch v := r.Target.Of(name); {
			case v == sla.None:
				row.Targets = append(row.Targets, f.T("sla.clock_"+string(name))+" "+f.T("policyadmin.none"))
			case v > 0:
				row.Targets = append(row.Targets, f.T("sla.clock_"+string(name))+" "+length(f, v, r.Calendar != "" && r.Calendar != calendar.AlwaysName))
			}
		}
		if r.ConfirmDays > 0 {
			row.Targets = append(row.Targets, f.T("policyadmin.confirm_in", "Count", r.ConfirmDays))
		}
		out = append(out, row)
	}
	return out
}

// length says a number of minutes as people do.
func length(f page.Frame, n int64, worked bool) string {
	if worked {
		return calendar.Worked(f.Lang, time.Duration(n)*time.Minute)
	}
	return i18n.Duration(f.Lang, time.Duration(n)*time.Minute)
}

func priorityNames(list []triage.Priority) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

func label(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return strings.TrimLeft(o.Label, "　")
		}
	}
	return value
}

func labels(options []ui.Option, keys []int64) []string {
	var out []string
	for _, k := range keys {
		out = append(out, label(options, num(k)))
	}
	return out
}

// placeOf reads which rule the address means, from 0; -1 stands for a new one.
func placeOf(c *page.Ctx, p sla.Policy) (int, error) {
	if c.Path("place") == "new" {
		return -1, nil
	}
	n, err := strconv.Atoi(c.Path("place"))
	if err != nil || n < 1 || n > len(p.Rules) {
		return 0, errs.New(errs.NotFound, "errs.not_found")
	}
	return n - 1, nil
}

// stored reads the policy with the rule that the address means.
func (f *Faces) stored(c *page.Ctx) (p sla.Policy, version int64, at int, err error) {
	if p, version, err = setting.Load(c.Context(), f.Settings, sla.PolicyName, sla.Standard()); err != nil {
		return p, 0, 0, err
	}
	p.Rules = slices.Clone(p.Rules)
	at, err = placeOf(c, p)
	return p, version, at, err
}

// ruleBehind reads the policy with the rule that a form was opened for, by the name that it had: its
// place may be another's by now. -1 stands for a new one, and for one that somebody took out.
func (f *Faces) ruleBehind(c *page.Ctx, was string) (p sla.Policy, version int64, at int, err error) {
	if was == "" {
		return f.stored(c)
	}
	p, version, err = setting.Load(c.Context(), f.Settings, sla.PolicyName, sla.Standard())
	p.Rules = slices.Clone(p.Rules)
	return p, version, slices.IndexFunc(p.Rules, func(r sla.Rule) bool { return r.Name == was }), err
}

func (f *Faces) editRule(c *page.Ctx) error {
	p, version, at, err := f.stored(c)
	if err != nil {
		return err
	}
	form := page.Filled("version", num(version))
	if at >= 0 {
		form = filledRule(p.Rules[at], version)
	}
	return f.showRule(c, http.StatusOK, at, form)
}

func filledRule(r sla.Rule, version int64) *page.Form {
	form := page.Filled("version", num(version), "was", r.Name, "name", r.Name, "calendar", r.Calendar,
		"organisations", strings.Join(r.Organisations, "\n"), "sites", strings.Join(r.Sites, "\n"))
	for _, p := range r.Priorities {
		form.Values.Add("priorities", num(int64(p)))
	}
	for name, list := range map[string][]int64{"categories": r.Categories, "services": r.Services, "groups": r.Groups} {
		for _, k := range list {
			form.Values.Add(name, num(k))
		}
	}
	for _, name := range sla.Aims() {
		if v := r.Target.Of(name); v != 0 {
			fillAim(form, string(name), v)
		}
	}
	if r.ConfirmDays > 0 {
		form.Values.Set("confirm_days", num(r.ConfirmDays))
	}
	return form
}

func (f *Faces) showRule(c *page.Ctx, status, at int, form *page.Form) error {
	choices, err := f.ruleChoices(c)
	if err != nil {
		return err
	}
	title := "policyadmin.rule_edit"
	if at < 0 {
		title = "policyadmin.rule_new"
	}
	return show(c, status, title, "policyadmin.rule_lead", func(fr page.Frame) templ.Component { return rulePage(fr, at, choices, form) })
}

func (f *Faces) saveRule(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "name", "priorities", "categories", "services", "groups", "organisations", "sites",
		"response", "update", "resolve", "accept", "silence", "none", "confirm_days", "calendar", "was", "version")
	if err != nil {
		return err
	}
	p, version, at, err := f.ruleBehind(c, form.Get("was"))
	if err != nil {
		return err
	}
	if version != form.Version() { // first of all: what is wrong with the rule may come from what somebody else did
		return again(c, form, errs.Overtaken(version), func(status int) error { return f.showRule(c, status, at, form) })
	}
	r := ruleOf(form)
	place := at
	if at < 0 {
		place = len(p.Rules)
		p.Rules = append(p.Rules, r)
	} else {
		p.Rules[at] = r
	}
	if err := f.Clocks.SavePolicy(c.Context(), c.Actor, p, version); err != nil {
		return again(c, form, sayRules(c, p, err, place), func(status int) error { return f.showRule(c, status, at, form) })
	}
	c.Say("policyadmin.saved")
	return c.Redirect("/admin/policies#rules")
}

// ruleOf reads the form of a rule.
func ruleOf(form *page.Form) sla.Rule {
	r := sla.Rule{
		Name: person.CleanName(form.Get("name")), Calendar: form.Get("calendar"), ConfirmDays: form.CountOrNone("confirm_days"),
		Categories: form.Ints("categories"), Services: form.Ints("services"), Groups: form.Ints("groups"),
		Organisations: lines(form.Get("organisations")), Sites: lines(form.Get("sites")),
	}
	for _, n := range form.Ints("priorities") {
		r.Priorities = append(r.Priorities, triage.Priority(n))
	}
	for _, name := range sla.Aims() {
		v := aim(form, string(name))
		if v == 0 && form.Text(string(name)) != "" {
			v = sla.None - 1 // what is no number, or nothing at all, is not the same as left empty
		}
		r.Target.Set(name, v)
	}
	return r
}

func lines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = person.CleanName(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// moveRule lets a rule and the one above it change places.
func (f *Faces) moveRule(c *page.Ctx) error {
	return f.arrange(c, func(p *sla.Policy, at int) {
		if at > 0 {
			p.Rules[at-1], p.Rules[at] = p.Rules[at], p.Rules[at-1]
		}
	})
}

func (f *Faces) removeRule(c *page.Ctx) error {
	return f.arrange(c, func(p *sla.Policy, at int) { p.Rules = slices.Delete(p.Rules, at, at+1) })
}

func (f *Faces) arrange(c *page.Ctx, change func(*sla.Policy, int)) error {
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	p, _, at, err := f.stored(c)
	if err != nil {
		return err
	}
	if at < 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	change(&p, at)
	if err := f.Clocks.SavePolicy(c.Context(), c.Actor, p, form.Version()); err != nil {
		return sayRules(c, p, err, -1)
	}
	c.Say("policyadmin.saved")
	return c.Redirect("/admin/policies#rules")
}
