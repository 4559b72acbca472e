// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// policiesView is the page of the time limits.
type policiesView struct {
	Rules     []ruleRow
	Groups    []ui.Option
	Calendars []ui.Option
	Version   int64
	Try       *trial
	Choices   ruleChoices
}

// ruleRow is one rule in the list.
type ruleRow struct {
	Place      int // from 1
	Name       string
	Conditions []string
	Targets    []string
	Calendar   string
}

// ruleChoices are what conditions may name.
type ruleChoices struct {
	Categories, Services, Groups, Calendars []ui.Option
}

// listPolicies shows the time limits, the rules that change them, and a place to try them (N3, N23).
func (f *Faces) listPolicies(c *page.Ctx) error { return f.policies(c, http.StatusOK, nil) }

func (f *Faces) policies(c *page.Ctx, status int, form *page.Form) error {
	p, version, err := setting.Load(c.Context(), f.Settings, sla.PolicyName, sla.Standard())
	if err != nil {
		return err
	}
	if form == nil {
		form = filledPolicy(p, version)
	}
	choices, err := f.ruleChoices(c)
	if err != nil {
		return err
	}
	try, err := f.try(c, p)
	if err != nil {
		return err
	}
	return show(c, status, "policyadmin.title", "policyadmin.lead", func(fr page.Frame) templ.Component {
		v := policiesView{Rules: ruleRows(fr, p, choices), Groups: choices.Groups, Calendars: choices.Calendars, Version: version, Try: try, Choices: choices}
		return policiesPage(fr, v, form)
	})
}

func filledPolicy(p sla.Policy, version int64) *page.Form {
	form := page.Filled("version", num(version), "confirm_days", num(p.ConfirmDays), "remind_days", num(p.RemindDays), "calendar", p.Calendar, "p1_always", page.Ticked(p.P1Always), "cadence", string(p.Cadence))
	for i, t := range p.Targets {
		for _, name := range sla.Aims() {
			fillAim(form, sla.Field(string(name), triage.Priority(i+1)), t.Of(name))
		}
	}
	for g, name := range p.Groups {
		form.Values.Set("group_calendar_"+num(int64(g)), name)
	}
	for name, list := range p.Pauses {
		for _, w := range list {
			form.Values.Add("pause_"+string(name), string(w))
		}
	}
	return form
}

func (f *Faces) ruleChoices(c *page.Ctx) (out ruleChoices, err error) {
	lang := string(c.Lang)
	tree, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return out, err
	}
	for _, at := range tree {
		out.Categories = append(out.Categories, ui.Option{Value: num(int64(at.ID)), Label: strings.Repeat("　", at.Depth) + at.Label(lang)})
	}
	services, err := f.Catalog.Services(c.Context())
	if err != nil {
		return out, err
	}
	for _, s := range services {
		out.Services = append(out.Services, ui.Option{Value: num(int64(s.ID)), Label: s.Label(lang)})
	}
	groups, err := f.People.Groups(c.Context())
	if err != nil {
		return out, err
	}
	for _, g := range groups {
		out.Groups = append(out.Groups, ui.Option{Value: num(int64(g.ID)), Label: g.Label(lang)})
	}
	book, _, err := f.Clocks.Book(c.Context())
	out.Calendars = calendarOptions(c.Frame(""), book)
	return out, err
}

func (f *Faces) savePolicies(c *page.Ctx) error {
	form, p, err := f.policyForm(c)
	if err != nil {
		return err
	}
	if err := f.Clocks.SavePolicy(c.Context(), c.Actor, p, form.Version()); err != nil {
		return again(c, form, sayRules(c, p, err, -1), func(status int) error { return f.policies(c, status, form) })
	}
	c.Say("policyadmin.saved")
	return c.Redirect("/admin/policies")
}

// rehearsePolicies runs what stands in the form, with the rules as they are, over the tickets of the
// last months; nothing of it is in force.
func (f *Faces) rehearsePolicies(c *page.Ctx) error {
	form, p, err := f.policyForm(c)
	if err != nil {
		return err
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	id, err := f.Rehearsals.Start(c.Context(), c.Actor, rehearsal.Policy, string(body), int(form.Int("months")))
	if err != nil {
		return again(c, form, sayRules(c, p, err, -1), func(status int) error { return f.policies(c, status, form) })
	}
	return c.Redirect("/admin/rehearsals/" + num(int64(id)))
}

// policyForm is the form of the basic targets, and the policy that it makes with the rules as stored.
func (f *Faces) policyForm(c *page.Ctx) (*page.Form, sla.Policy, error) {
	form, err := c.Form(page.SmallForm, "response_*", "update_*", "resolve_*", "accept_*", "silence_*", "pause_*", "group_calendar_*",
		"none", "cadence", "confirm_days", "remind_days", "calendar", "p1_always", "months", "version")
	if err != nil {
		return nil, sla.Policy{}, err
	}
	p, _, err := setting.Load(c.Context(), f.Settings, sla.PolicyName, sla.Standard())
	if err != nil {
		return nil, p, err
	}
	p.ConfirmDays, p.RemindDays, p.Calendar, p.P1Always = form.Count("confirm_days"), form.Count("remind_days"), form.Get("calendar"), form.On("p1_always")
	p.Cadence = sla.Cadence(form.Get("cadence"))
	for i := range p.Targets {
		for _, name := range sla.Aims() {
			p.Targets[i].Set(name, aim(form, sla.Field(string(name), triage.Priority(i+1))))
		}
	}
	p.Pauses = map[sla.Name][]ticket.Waiting{}
	for _, name := range pausing() {
		p.Pauses[name] = []ticket.Waiting{}
		for _, w := range form.All("pause_" + string(name)) {
			p.Pauses[name] = append(p.Pauses[name], ticket.Waiting(w))
		}
	}
	groups, err := f.People.Groups(c.Context())
	if err != nil {
		return nil, p, err
	}
	p.Groups = map[person.GroupID]string{}
	for _, g := range groups {
		if name := form.Get("group_calendar_" + num(int64(g.ID))); name != "" {
			p.Groups[g.ID] = name
		}
	}
	return form, p, nil
}

// fillAim writes a target into a form: its number, or the tick that says that there is none.
func fillAim(form *page.Form, field string, v int64) {
	if v == sla.None {
		form.Values.Add("none", field)
		return
	}
	form.Values.Set(field, num(v))
}

// aim reads a target. What is no length of time is no wish for none: that is ticked.
func aim(form *page.Form, field string) int64 {
	if form.Has("none", field) {
		return sla.None
	}
	return max(form.Int(field), 0)
}

// mayLack reports whether a clock may be done without: whoever waits is always asked again.
func mayLack(name sla.Name) bool { return name != sla.Silence }

// cadences are from what updates may be counted.
func cadences(f page.Frame) []ui.Option {
	return []ui.Option{
		{Value: string(sla.EveryWord), Label: f.T("policyadmin.cadence_word")},
		{Value: string(sla.WhenAsked), Label: f.T("policyadmin.cadence_asked")},
	}
}

// pausing are the clocks that a wait may rest, as the columns of the table.
func pausing() []sla.Name { return []sla.Name{sla.Response, sla.Update, sla.Resolve, sla.Accept} }

// waits are the rows of the table.
func waits() []ticket.Waiting { return append(ticket.WaitingReasons(), sla.Tried) }

func mayPause(name sla.Name, w ticket.Waiting) bool { return slices.Contains(sla.Pausable(name), w) }

// sayRules turns the marks of rules into what a form can show: those of the rule at a place
// lose their prefix, those of others become the sentence above it. A place of -1 has none.
func sayRules(c *page.Ctx, p sla.Policy, failed error, at int) error {
	e := errs.As(failed)
	if e == nil || len(e.Fields) == 0 {
		return failed
	}
	out := *e
	out.Fields = nil
	for _, m := range e.Fields {
		if own, ok := strings.CutPrefix(m.Name, sla.RuleField(at, "")); ok {
			m.Name = own
			out.Fields = append(out.Fields, m)
			continue
		}
		if strings.HasPrefix(m.Name, "rule.") || m.Name == "rules" || at >= 0 {
			name := ""
			for i, r := range p.Rules {
				if strings.HasPrefix(m.Name, sla.RuleField(i, "")) {
					name = r.Name
				}
			}
			return errs.New(errs.Invalid, "policyadmin.other_rule", "Name", name, "Text", c.T(m.Key, m.Args...))
		}
		out.Fields = append(out.Fields, m)
	}
	return &out
}

func baseColumns(f page.Frame) []ui.Column {
	out := []ui.Column{{Label: f.T("admin.priority")}}
	for _, name := range sla.Aims() {
		out = append(out, ui.Column{Label: f.T("sla.clock_" + string(name))})
	}
	return out
}

func pauseColumns(f page.Frame) []ui.Column {
	out := []ui.Column{{Label: f.T("policyadmin.wait")}}
	for _, name := range pausing() {
		out = append(out, ui.Column{Label: f.T("sla.clock_" + string(name))})
	}
	return out
}

func placeWord(at int) string {
	if at < 0 {
		return "new"
	}
	return num(int64(at + 1))
}
