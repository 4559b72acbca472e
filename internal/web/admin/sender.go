// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountSenders adds the page about senders: how theirs are checked, and how ours can be.
func (f *Faces) mountSenders(r *page.Router) {
	r.Get("/admin/senders", access.AdminRead, f.showSenders)
	r.Post("/admin/senders", access.AdminWork, f.saveTrust)
	r.Post("/admin/senders/signing", access.AdminWork, f.saveSigning)
}

// sendersView is the page: two forms that know nothing of each other, of which one may have
// been refused.
type sendersView struct {
	Trust   *page.Form
	Signing *page.Form
	Stored  notify.Signing
}

func (f *Faces) senders(c *page.Ctx) (sendersView, error) {
	t, trusted, err := f.Intake.Trust(c.Context(), c.Actor)
	if err != nil {
		return sendersView{}, err
	}
	g, signed, err := f.Notify.Signing(c.Context(), c.Actor)
	if err != nil {
		return sendersView{}, err
	}
	v := sendersView{
		Trust:   page.Filled("checks", string(t.Checks), "require", string(t.Require), "servers", strings.Join(t.Servers, "\n"), "version", num(trusted)),
		Signing: page.Filled("domain", g.Domain, "selector", g.Selector, "active", page.Ticked(g.Active), "version", num(signed)),
		Stored:  g,
	}
	if g.Domain == "" { // what most desks want
		if m, _, err := f.Notify.Mailing(c.Context(), c.Actor); err == nil {
			_, domain, _ := strings.Cut(m.Address, "@")
			v.Signing.Values.Set("domain", domain)
		}
	}
	return v, nil
}

func (f *Faces) showSenders(c *page.Ctx) error {
	v, err := f.senders(c)
	if err != nil {
		return err
	}
	return f.sendersPage(c, http.StatusOK, v)
}

func (f *Faces) sendersPage(c *page.Ctx, status int, v sendersView) error {
	return show(c, status, "senderadmin.title", "senderadmin.lead", func(fr page.Frame) templ.Component { return sendersPage(fr, v) })
}

// saveTrust stores whose word about senders counts.
func (f *Faces) saveTrust(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "checks", "require", "servers", "version")
	if err != nil {
		return err
	}
	err = f.Intake.SaveTrust(c.Context(), c.Actor, intake.Trust{
		Checks: intake.Checking(form.Get("checks")), Require: intake.Requirement(form.Get("require")), Servers: strings.Fields(form.Get("servers")),
	}, form.Version())
	if err != nil {
		v, trouble := f.senders(c)
		if trouble != nil {
			return trouble
		}
		v.Trust = form
		return again(c, form, err, func(status int) error { return f.sendersPage(c, status, v) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/senders")
}

// saveSigning stores with what the desk signs, and makes a key where one is needed.
func (f *Faces) saveSigning(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "domain", "selector", "active", "fresh", "record_name", "record", "version") // the record is shown in fields, which a browser sends
	if err != nil {
		return err
	}
	v, err := f.senders(c)
	if err != nil {
		return err
	}
	err = f.Notify.SaveSigning(c.Context(), c.Actor, notify.Signing{
		Active: form.On("active"), Domain: form.Get("domain"), Selector: form.Get("selector"),
	}, form.On("fresh"), form.Version())
	if err != nil {
		v.Signing = form
		return again(c, form, err, func(status int) error { return f.sendersPage(c, status, v) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/senders#signing")
}

func checkingOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, one := range intake.Checkings() {
		out = append(out, ui.Option{Value: string(one), Label: f.T("senderadmin.checks_" + string(one)), Note: f.T("senderadmin.checks_help_" + string(one))})
	}
	return out
}

func requireOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, one := range intake.Requirements() {
		out = append(out, ui.Option{Value: string(one), Label: f.T("senderadmin.require_" + string(one))})
	}
	return out
}
