// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// showDesk shows what the whole desk shares: its name, hotline, language and zone.
func (f *Faces) showDesk(c *page.Ctx) error {
	d, version, err := setting.Load(c.Context(), f.Settings, setting.DeskName, setting.Start())
	if err != nil {
		return err
	}
	return f.desk(c, http.StatusOK, page.Filled("name", d.Name, "hotline", d.Hotline, "lang", d.Lang, "zone", d.Zone,
		"reopen_days", num(int64(d.ReopenDays)), "undo_seconds", num(int64(d.UndoSeconds)), "mail_signin", page.Ticked(d.MailSignIn), "version", num(version)))
}

func (f *Faces) desk(c *page.Ctx, status int, form *page.Form) error {
	return show(c, status, "admin.desk", "admin.desk_lead", func(fr page.Frame) templ.Component { return deskPage(fr, form) })
}

func (f *Faces) saveDesk(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "name", "hotline", "lang", "zone", "reopen_days", "undo_seconds", "mail_signin", "version")
	if err != nil {
		return err
	}
	d := setting.Desk{Name: form.Text("name"), Hotline: form.Text("hotline"), Lang: form.Get("lang"), Zone: form.Text("zone"), ReopenDays: int(form.Count("reopen_days")), UndoSeconds: int(form.Count("undo_seconds")), MailSignIn: form.On("mail_signin")}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, setting.DeskName, d, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.desk(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/desk")
}
