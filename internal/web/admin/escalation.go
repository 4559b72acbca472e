// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountEscalation adds the plan of steps and how major incidents are run.
func (f *Faces) mountEscalation(r *page.Router) {
	r.Get("/admin/escalation", access.AdminRead, f.showEscalation)
	r.Post("/admin/escalation", access.AdminWork, f.saveEscalation)
	r.Post("/admin/escalation/major", access.AdminWork, f.saveMajorPolicy)
}

// escalationView is the page: the steps as they stand in the form, and what they come to.
type escalationView struct {
	Form    *page.Form
	Lines   int // steps in the form, and an empty one
	Major   *page.Form
	Rotas   []ui.Option
	Preview foreseen
}

// foreseen says when the steps of a ticket that begins at an instant would be raised.
type foreseen struct {
	Priority string
	On       string // as a browser writes a local time
	Start    time.Time
	Moments  []escalation.Moment
	Wrong    bool
}

func (f *Faces) showEscalation(c *page.Ctx) error {
	p, version, err := f.Escalations.Stored(c.Context())
	if err != nil {
		return err
	}
	return f.escalation(c, http.StatusOK, filledPlan(p, version), nil)
}

func filledPlan(p escalation.Plan, version int64) *page.Form {
	form := page.Filled("version", num(version))
	for i, s := range p.Steps {
		set := func(name, value string) { form.Values.Set(escalation.Field(name, i), value) }
		set("id", s.ID)
		set("clock", s.Clock)
		if s.Percent != 0 {
			set("percent", strconv.Itoa(s.Percent))
		} else {
			set("minutes", strconv.Itoa(s.Minutes))
		}
		if s.Rota != 0 {
			set("rota", num(int64(s.Rota)))
		}
		for _, p := range s.Priorities {
			form.Values.Add(escalation.Field("priorities", i), num(int64(p)))
		}
		for _, a := range s.To {
			form.Values.Add(escalation.Field("to", i), string(a))
		}
		form.Values[escalation.Field("by", i)] = s.By
	}
	return form
}

func (f *Faces) escalation(c *page.Ctx, status int, form, majors *page.Form) error {
	v := escalationView{Form: form, Major: majors, Lines: linesOf(form) + 1, Preview: f.foresee(c)}
	if majors == nil {
		p, version, err := setting.Load(c.Context(), f.Settings, major.PolicyName, major.Start())
		if err != nil {
			return err
		}
		v.Major = page.Filled("update_minutes", num(p.UpdateMinutes), "rota", num(int64(p.Rota)), "anonymous", page.Ticked(p.Anonymous), "version", num(version))
	}
	list, err := f.Rotas.List(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Active {
			v.Rotas = append(v.Rotas, ui.Option{Value: num(int64(r.ID)), Label: r.Label(string(c.Lang))})
		} else if v.names(num(int64(r.ID))) {
			v.Rotas = c.StillThere(v.Rotas, num(int64(r.ID)), r.Label(string(c.Lang)))
		}
	}
	return show(c, status, "escalationadmin.title", "escalationadmin.lead", func(fr page.Frame) templ.Component { return escalationPage(fr, v) })
}

// names reports whether a step, or what is said of major incidents, names a rota.
func (v escalationView) names(which string) bool {
	for i := range v.Lines {
		if v.Form.Get(escalation.Field("rota", i)) == which {
			return true
		}
	}
	return v.Major.Get("rota") == which
}

// linesOf counts the steps that a form holds.
func linesOf(form *page.Form) int {
	n := 0
	for form.Values.Has(escalation.Field("clock", n)) {
		n++
	}
	return n
}

func (f *Faces) saveEscalation(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "id_*", "clock_*", "percent_*", "minutes_*", "priorities_*", "to_*", "by_*", "rota_*", "version")
	if err != nil {
		return err
	}
	form = closedUp(form)
	p, err := planOf(form)
	if err == nil {
		err = f.Escalations.Save(c.Context(), c.Actor, p, form.Version())
	}
	if err != nil {
		return again(c, form, err, func(status int) error { return f.escalation(c, status, form, nil) })
	}
	c.Say("escalationadmin.saved")
	return c.Redirect("/admin/escalation")
}

// stepFields are the fields of a step.
func stepFields() []string {
	return []string{"id", "clock", "percent", "minutes", "priorities", "to", "by", "rota"}
}

// closedUp leaves out the lines without a clock: that is how a step is taken out. The others
// move up, so that marks stand at the lines that are shown again.
func closedUp(form *page.Form) *page.Form {
	out := page.Filled("version", form.Get("version"))
	n := 0
	for i := range linesOf(form) {
		if form.Get(escalation.Field("clock", i)) == "" {
			continue
		}
		for _, name := range stepFields() {
			if list := form.All(escalation.Field(name, i)); len(list) > 0 {
				out.Values[escalation.Field(name, n)] = list
			}
		}
		n++
	}
	return out
}

// planOf reads the form; what is no number marks its field.
func planOf(form *page.Form) (escalation.Plan, error) {
	var p escalation.Plan
	var bad []errs.FieldError
	number := func(field, key string) int {
		text := form.Text(field)
		n, err := strconv.Atoi(text)
		if text != "" && err != nil {
			bad = append(bad, errs.FieldError{Name: field, Key: key})
		}
		return n
	}
	for i := range linesOf(form) {
		at := func(name string) string { return escalation.Field(name, i) }
		s := escalation.Step{
			ID: form.Get(at("id")), Clock: form.Get(at("clock")), Rota: rota.ID(form.Int(at("rota"))), By: form.All(at("by")),
			Percent: number(at("percent"), "escalation.percent_range"), Minutes: number(at("minutes"), "escalation.minutes_range"),
		}
		for _, x := range form.Ints(at("priorities")) {
			s.Priorities = append(s.Priorities, triage.Priority(x))
		}
		for _, x := range form.All(at("to")) {
			s.To = append(s.To, escalation.Audience(x))
		}
		p.Steps = append(p.Steps, s)
	}
	if err := errs.Invalidf(bad...); err != nil {
		return p, err
	}
	return p, p.Check()
}

func (f *Faces) saveMajorPolicy(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "update_minutes", "rota", "anonymous", "version")
	if err != nil {
		return err
	}
	p := major.Policy{UpdateMinutes: form.Count("update_minutes"), Rota: rota.ID(form.Int("rota")), Anonymous: form.On("anonymous")}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, major.PolicyName, p, form.Version()); err != nil {
		return again(c, form, err, func(status int) error {
			plan, version, err := f.Escalations.Stored(c.Context())
			if err != nil {
				return err
			}
			return f.escalation(c, status, filledPlan(plan, version), form)
		})
	}
	if err := f.Majors.Load(c.Context()); err != nil {
		return err
	}
	c.Say("escalationadmin.saved")
	return c.Redirect("/admin/escalation#major")
}

// foresee computes what the plan in force comes to for a ticket of a priority: one that nobody
// answers, and for its updates one that was answered at once.
func (f *Faces) foresee(c *page.Ctx) foreseen {
	v := foreseen{Priority: c.Query("priority"), On: c.Query("on")}
	if v.Priority == "" {
		v.Priority = "2"
	}
	now := c.Now.In(c.Zone)
	monday := time.Date(now.Year(), now.Month(), now.Day()+(8-int(now.Weekday()))%7, 10, 0, 0, 0, c.Zone)
	if v.On == "" {
		v.On = monday.Format(page.LocalTime)
	}
	at, err := page.ReadLocal(v.On, c.Zone)
	if err != nil || at.Year() < 2000 || at.Year() > 2100 {
		v.Wrong, at = true, monday
	}
	v.Start = at
	t := ticket.Ticket{Status: ticket.Opened, Graded: true, Priority: triage.ParsePriority(v.Priority), CreatedAt: at, UpdatedAt: at, AcceptedAt: at}
	answered := t
	answered.FirstResponseAt, answered.LastPublicAt = at, at
	scene := escalation.Scene{Priority: t.Priority, Urgent: t.Priority == triage.P1, Hours: f.Clocks.Terms(t).Calendar()}
	for _, k := range append(f.Clocks.Running(t), f.Clocks.Running(answered)...) {
		known := slices.ContainsFunc(scene.Clocks, func(x escalation.Clock) bool { return x.Name == string(k.Name) })
		if (k.State == sla.Running || k.State == sla.Over) && !known {
			scene.Clocks = append(scene.Clocks, escalation.Clock{Name: string(k.Name), Run: k.Run(), Running: true, Due: k.Due, At: k.At, Off: k.Off})
		}
	}
	plan := f.Escalations.Plan()
	for i := range plan.Steps { // what is new now will be old by then
		plan.Steps = slices.Clone(plan.Steps)
		plan.Steps[i].Since = time.Time{}
	}
	v.Moments = plan.Moments(scene)
	return v
}

// capital begins a choice with a capital letter; the same name stands within sentences too.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func clockOptions(f page.Frame) []ui.Option {
	out := []ui.Option{{Value: "", Label: f.T("escalationadmin.no_clock")}}
	for _, name := range escalation.ClockNames() {
		out = append(out, ui.Option{Value: name, Label: capital(f.T("escalation.clock_" + name))})
	}
	return out
}

func audienceOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, a := range escalation.Audiences() {
		out = append(out, ui.Option{Value: string(a), Label: f.T("escalationadmin.to_" + string(a))})
	}
	return out
}

func channelOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, name := range []string{escalation.OnPage, escalation.ByMail} {
		out = append(out, ui.Option{Value: name, Label: f.T("escalation.by_" + name)})
	}
	return out
}

// whom writes the audiences of a step for the preview.
func whom(f page.Frame, s escalation.Step) string {
	text := ""
	for i, a := range s.To {
		if i > 0 {
			text += f.T("admin.list_comma")
		}
		text += f.T("escalationadmin.to_" + string(a))
	}
	return text
}

// when writes the moment of a step: "75 %", "30 minutes before".
func whenOf(f page.Frame, s escalation.Step) string {
	switch {
	case s.Percent != 0:
		return strconv.Itoa(s.Percent) + " %"
	case s.Minutes < 0:
		return f.T("escalationadmin.before", "Count", -s.Minutes)
	}
	return f.T("escalationadmin.after", "Count", s.Minutes)
}

func previewError(f page.Frame, p foreseen) string {
	if p.Wrong {
		return f.T("escalationadmin.on_wrong")
	}
	return ""
}
