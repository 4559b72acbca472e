// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"fmt"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

func (f *Faces) mountSuggest(r *page.Router) {
	r.Get("/admin/suggestions", access.AdminRead, f.showSuggest)
	r.Post("/admin/suggestions", access.AdminWork, f.saveSuggest)
	r.Post("/admin/suggestions/learn", access.AdminWork, f.learnNow)
}

// showSuggest shows what the desk learned, how good that is, and what people made of it.
func (f *Faces) showSuggest(c *page.Ctx) error { return f.suggest(c, http.StatusOK, nil) }

func (f *Faces) suggest(c *page.Ctx, status int, form *page.Form) error {
	o, err := f.Suggest.Overview(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	if form == nil {
		form = page.Filled("version", num(o.Version), "threshold", num(o.Policy.Threshold))
		for _, l := range o.Policy.Apply {
			form.Values.Add("apply", string(l))
		}
	}
	return show(c, status, "suggest.title", "suggest.lead", func(fr page.Frame) templ.Component { return suggestPage(fr, o, form) })
}

func (f *Faces) saveSuggest(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "threshold", "apply", "version")
	if err != nil {
		return err
	}
	p := suggest.Policy{Threshold: form.Count("threshold")}
	for _, l := range form.All("apply") {
		p.Apply = append(p.Apply, suggest.Label(l))
	}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, suggest.PolicyName, p, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.suggest(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/suggestions")
}

func (f *Faces) learnNow(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Suggest.Learn(c.Context(), c.Actor); err != nil {
		return err
	}
	c.Say("suggest.learning")
	return c.Redirect("/admin/suggestions")
}

// modelOf is the model of a label that guesses; false where there is none.
func modelOf(o suggest.Overview, l suggest.Label) (suggest.Made, bool) {
	for _, m := range o.InUse {
		if m.Label == l {
			return m, true
		}
	}
	return suggest.Made{}, false
}

// attemptOf is the newest attempt to learn a label.
func attemptOf(o suggest.Overview, l suggest.Label) (suggest.Made, bool) {
	for _, m := range o.Newest {
		if m.Label == l {
			return m, true
		}
	}
	return suggest.Made{}, false
}

// percent writes thousandths as people read them.
func percent(n int64) string { return fmt.Sprintf("%.1f %%", float64(n)/10) }

// decimal writes thousandths as the measure that has no per cent.
func decimal(n int64) string { return fmt.Sprintf("%.2f", float64(n)/1000) }

func sureFrom(f page.Frame, m suggest.Made) string {
	if m.Sure > 1000 {
		return f.T("suggest.never_sure")
	}
	return f.T("suggest.sure_from", "Share", percent(m.Sure), "Coverage", percent(m.Coverage))
}

func took(d time.Duration) string {
	if d < 100*time.Millisecond {
		return "< 0.1 s"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func rate(f page.Frame, u suggest.Use) string {
	if r := u.Rate(); r >= 0 {
		return percent(r)
	}
	return f.T("suggest.no_rate")
}

func applyOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, l := range suggest.Appliable() {
		out = append(out, ui.Option{Value: string(l), Label: f.T("suggest.label_" + string(l))})
	}
	return out
}
