// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// showMail shows as whom and through which server the desk writes. The password is never shown.
func (f *Faces) showMail(c *page.Ctx) error {
	form, stored, err := f.mailForm(c)
	if err != nil {
		return err
	}
	return f.mail(c, http.StatusOK, form, stored)
}

// mailForm is the form as it is stored, and whether a password is.
func (f *Faces) mailForm(c *page.Ctx) (*page.Form, bool, error) {
	m, version, err := f.Notify.Mailing(c.Context(), c.Actor)
	if err != nil {
		return nil, false, err
	}
	form := page.Filled("name", m.Name, "address", m.Address, "own", strings.Join(m.Own, "\n"), "host", m.Host, "port", num(m.Port),
		"security", string(m.Security), "user", m.User, "version", num(version))
	if m.Tagged {
		form.Values.Set("tagged", "yes")
	}
	if m.Returns {
		form.Values.Set("returns", "yes")
	}
	return form, m.Password(), nil
}

func (f *Faces) mail(c *page.Ctx, status int, form *page.Form, stored bool) error {
	return show(c, status, "admin.mail", "admin.mail_lead", func(fr page.Frame) templ.Component { return mailPage(fr, form, stored) })
}

func (f *Faces) saveMail(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "name", "address", "own", "tagged", "returns", "host", "port", "security", "user", "password", "version")
	if err != nil {
		return err
	}
	m, _, err := f.Notify.Mailing(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	stored := m.Password()
	m.Name, m.Address, m.Own, m.Tagged = form.Get("name"), form.Get("address"), strings.Fields(form.Get("own")), form.On("tagged")
	m.Returns = form.On("returns")
	m.Host, m.Port, m.Security, m.User = form.Get("host"), form.Int("port"), notify.Security(form.Get("security")), form.Get("user")
	if err := f.Notify.SaveMailing(c.Context(), c.Actor, m, form.Get("password"), form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.mail(c, status, form, stored) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/mail")
}

// testMail sends a mail to the administrator who asks and says at once how it went.
func (f *Faces) testMail(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if failed := f.Notify.Test(c.Context(), c.Actor, c.Person.Email); failed != nil {
		form, stored, err := f.mailForm(c)
		if err != nil {
			return err
		}
		return again(c, form, failed, func(status int) error { return f.mail(c, status, form, stored) })
	}
	c.Say("admin.mail_tested", "Address", c.Person.Email)
	return c.Redirect("/admin/mail")
}

func securityOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, s := range notify.Securities() {
		out = append(out, ui.Option{Value: string(s), Label: f.T("admin.security_" + string(s))})
	}
	return out
}
