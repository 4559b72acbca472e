// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// listServices shows the register of business systems, core ones first (N22).
func (f *Faces) listServices(c *page.Ctx) error {
	list, err := f.Catalog.Services(c.Context())
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, "admin.services", "admin.services_lead", func(fr page.Frame) templ.Component { return servicesPage(fr, list) })
}

func (f *Faces) editService(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form := page.Filled("active", "yes")
	if n != 0 {
		s := f.Catalog.Service(c.Context(), catalog.ServiceID(n))
		if s.ID == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		form = page.Filled("name", s.Name, "name_en", s.NameEN, "skills", skillsText(s.Skills), "version", num(s.Version))
		if s.Active {
			form.Values.Set("active", "yes")
		}
		if s.Core {
			form.Values.Set("core", "yes")
		}
	}
	return f.showService(c, http.StatusOK, n, form)
}

func (f *Faces) showService(c *page.Ctx, status int, n int64, form *page.Form) error {
	title := "admin.service_edit"
	if n == 0 {
		title = "admin.service_new"
	}
	return show(c, status, title, "admin.service_lead", func(fr page.Frame) templ.Component { return servicePage(fr, n, form) })
}

func (f *Faces) saveService(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "name", "name_en", "core", "active", "skills", "version")
	if err != nil {
		return err
	}
	s := catalog.Service{ID: catalog.ServiceID(n), Name: form.Get("name"), NameEN: form.Get("name_en"), Core: form.On("core"), Active: form.On("active"), Skills: person.ReadSkills(form.Get("skills"))}
	if _, err := f.Catalog.SaveService(c.Context(), c.Actor, s, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showService(c, status, n, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/services")
}
