// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
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
		form = page.Filled("name", s.Name, "name_en", s.NameEN, "skills", skillsText(s.Skills), "owner", num(int64(s.Owner)), "version", num(s.Version))
		if s.Active {
			form.Values.Set("active", "yes")
		}
		for _, need := range s.Depends.List() {
			form.Values.Add("depends", num(int64(need)))
		}
		if s.Core {
			form.Values.Set("core", "yes")
		}
	}
	return f.showService(c, http.StatusOK, n, form)
}

// serviceForm is the form of a service and whom and what it can name.
type serviceForm struct {
	ID     int64
	Form   *page.Form
	Owners []ui.Option
	Others []ui.Option
}

func (f *Faces) showService(c *page.Ctx, status int, n int64, form *page.Form) error {
	title := "admin.service_edit"
	if n == 0 {
		title = "admin.service_new"
	}
	v := serviceForm{ID: n, Form: form}
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return err
	}
	for _, p := range staff {
		v.Owners = append(v.Owners, ui.Option{Value: num(int64(p.ID)), Label: p.Name})
	}
	list, err := f.Catalog.Services(c.Context())
	if err != nil {
		return err
	}
	for _, s := range list {
		if int64(s.ID) != n && s.Active {
			v.Others = append(v.Others, ui.Option{Value: num(int64(s.ID)), Label: s.Label(string(c.Lang))})
		}
	}
	v.Owners = c.StillThere(v.Owners, form.Get("owner"), f.People.Card(c.Context(), person.ID(form.Int("owner"))).Name)
	for _, need := range form.Ints("depends") {
		v.Others = c.StillThere(v.Others, num(need), f.Catalog.Service(c.Context(), catalog.ServiceID(need)).Label(string(c.Lang)))
	}
	return show(c, status, title, "admin.service_lead", func(fr page.Frame) templ.Component { return servicePage(fr, v) })
}

func (f *Faces) saveService(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "name", "name_en", "core", "active", "skills", "owner", "depends", "version")
	if err != nil {
		return err
	}
	s := catalog.Service{
		ID: catalog.ServiceID(n), Name: form.Get("name"), NameEN: form.Get("name_en"), Core: form.On("core"), Active: form.On("active"), Skills: person.ReadSkills(form.Get("skills")),
		Owner: person.ID(form.Int("owner")), Depends: catalog.ReadNeeds(strings.Join(form.All("depends"), "\n")),
	}
	if _, err := f.Catalog.SaveService(c.Context(), c.Actor, s, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showService(c, status, n, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/services")
}
