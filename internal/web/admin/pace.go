// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// showPace shows how soon letters go out.
func (f *Faces) showPace(c *page.Ctx) error {
	p, version, err := setting.Load(c.Context(), f.Settings, notify.PaceName, notify.StartPace())
	if err != nil {
		return err
	}
	return f.pace(c, http.StatusOK, paceForm(p, version))
}

func paceForm(p notify.Pace, version int64) *page.Form {
	form := page.Filled("gather", num(p.Gather), "version", num(version))
	if p.Quiet.From != p.Quiet.To {
		form.Values.Set("quiet_from", page.ClockOf(p.Quiet.From))
		form.Values.Set("quiet_to", page.ClockOf(p.Quiet.To))
	}
	return form
}

func (f *Faces) pace(c *page.Ctx, status int, form *page.Form) error {
	a, version, err := f.Notify.Automatic(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	bounds := page.Filled("domain", num(a.Domain), "desk", num(a.Desk), "version", num(version))
	if form.Has("which", "bounds") {
		bounds = form
		p, version, err := setting.Load(c.Context(), f.Settings, notify.PaceName, notify.StartPace())
		if err != nil {
			return err
		}
		form = paceForm(p, version)
	}
	return show(c, status, "mailadmin.pace", "mailadmin.pace_lead", func(fr page.Frame) templ.Component { return pacePage(fr, form, bounds, a.Stopped) })
}

// saveBounds changes how much the desk answers by itself (S14).
func (f *Faces) saveBounds(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "which", "domain", "desk", "version")
	if err != nil {
		return err
	}
	if err := f.Notify.SaveBounds(c.Context(), c.Actor, form.Count("domain"), form.Count("desk"), form.Version()); err != nil {
		form.Values.Set("which", "bounds")
		return again(c, form, err, func(status int) error { return f.pace(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/pace")
}

func (f *Faces) savePace(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "gather", "quiet_from", "quiet_to", "version")
	if err != nil {
		return err
	}
	p := notify.Pace{Gather: form.Count("gather"), Quiet: notify.Hours{From: page.MinuteOf(form.Text("quiet_from")), To: page.MinuteOf(form.Text("quiet_to"))}}
	if form.Text("quiet_from") == "" && form.Text("quiet_to") == "" {
		p.Quiet = notify.Hours{}
	}
	if err := setting.Save(c.Context(), f.Settings, c.Actor, notify.PaceName, p, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.pace(c, status, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/pace")
}

// senderForm is as whom the desk writes about the tickets of a group, as it is stored.
func (f *Faces) senderForm(c *page.Ctx, n int64) (*page.Form, error) {
	g, version, err := f.Notify.GroupSender(c.Context(), c.Actor, person.GroupID(n))
	if err != nil {
		return nil, err
	}
	return page.Filled("sender_name", g.Name, "sender_name_en", g.NameEN, "sender_address", g.Address, "sign", g.Sign, "sign_en", g.SignEN, "version", num(version)), nil
}

func (f *Faces) saveSender(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "sender_name", "sender_name_en", "sender_address", "sign", "sign_en", "version")
	if err != nil {
		return err
	}
	g := notify.GroupSender{
		Group: person.GroupID(n), Name: form.Get("sender_name"), NameEN: form.Get("sender_name_en"), Address: form.Get("sender_address"),
		Sign: form.Get("sign"), SignEN: form.Get("sign_en"),
	}
	if err := f.Notify.SaveGroupSender(c.Context(), c.Actor, g, form.Version()); err != nil {
		return again(c, form, err, func(status int) error {
			group, err := f.groupForm(c, n)
			if err != nil {
				return err
			}
			return f.showGroup(c, status, n, group, form)
		})
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/groups/" + num(n))
}
