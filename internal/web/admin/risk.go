// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// spareRisks are the empty lines below the classes, for new ones.
const spareRisks = 2

// showRisks shows the classes of risk (N31).
func (f *Faces) showRisks(c *page.Ctx) error {
	r, version, err := setting.Load(c.Context(), f.Settings, runbook.RisksName, runbook.StartRisks())
	if err != nil {
		return err
	}
	form := page.Filled("version", num(version), "rows", strconv.Itoa(len(r.List)+spareRisks))
	for i, x := range r.List {
		at := "_" + strconv.Itoa(i)
		for name, value := range map[string]string{
			"name": x.Name, "zh": x.ZH, "en": x.EN, "approval": page.Ticked(x.Approval), "eyes": page.Ticked(x.FourEyes), "requester": page.Ticked(x.Requester),
		} {
			form.Values.Set(name+at, value)
		}
	}
	return f.risks(c, http.StatusOK, form)
}

func (f *Faces) risks(c *page.Ctx, status int, form *page.Form) error {
	return show(c, status, "riskadmin.title", "riskadmin.lead", func(fr page.Frame) templ.Component { return riskPage(fr, form) })
}

// riskRows is how many lines a form has.
func riskRows(form *page.Form) int { return int(min(max(form.Int("rows"), 1), 40)) }

// saveRisks replaces the classes. An empty line is none.
func (f *Faces) saveRisks(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "version", "rows", "name_*", "zh_*", "en_*", "approval_*", "eyes_*", "requester_*")
	if err != nil {
		return err
	}
	var r runbook.Risks
	for i := range riskRows(form) {
		at := "_" + strconv.Itoa(i)
		if form.Text("name"+at)+form.Text("zh"+at)+form.Text("en"+at) == "" {
			continue
		}
		r.List = append(r.List, runbook.Risk{
			Name: form.Text("name" + at), ZH: form.Text("zh" + at), EN: form.Text("en" + at),
			Approval: form.On("approval" + at), FourEyes: form.On("eyes" + at), Requester: form.On("requester" + at),
		})
	}
	if err := f.Runbooks.SaveRisks(c.Context(), c.Actor, r, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.risks(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/risks")
}
