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

// listCategories shows the tree (N21).
func (f *Faces) listCategories(c *page.Ctx) error {
	tree, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return err
	}
	groups := map[person.GroupID]string{}
	for _, at := range tree {
		groups[at.Group] = f.People.Group(c.Context(), at.Group).Label(string(c.Lang))
	}
	asks := map[catalog.CategoryID]int{}
	for _, at := range tree {
		own, err := f.Catalog.OwnForm(c.Context(), at.ID)
		if err != nil {
			return err
		}
		asks[at.ID] = len(own.Fields)
	}
	return show(c, http.StatusOK, "admin.categories", "admin.categories_lead", func(fr page.Frame) templ.Component { return categoriesPage(fr, tree, groups, asks) })
}

func (f *Faces) editCategory(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form := page.Filled("active", "yes", "place", "0", "parent", c.Query("parent"))
	if n != 0 {
		at := f.Catalog.Category(c.Context(), catalog.CategoryID(n))
		if at.ID == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		form = page.Filled("name", at.Name, "name_en", at.NameEN, "parent", num(int64(at.Parent)), "group", num(int64(at.Group)), "service", num(int64(at.Service)),
			"place", num(at.Place), "skills", skillsText(at.Skills), "version", num(at.Version))
		if at.Active {
			form.Values.Set("active", "yes")
		}
	}
	return f.showCategory(c, http.StatusOK, n, form)
}

func (f *Faces) showCategory(c *page.Ctx, status int, n int64, form *page.Form) error {
	tree, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return err
	}
	var parents, groups []ui.Option
	for _, at := range tree {
		if int64(at.ID) != n {
			parents = append(parents, ui.Option{Value: num(int64(at.ID)), Label: strings.Repeat("　", at.Depth) + at.Label(string(c.Lang))})
		}
	}
	list, err := f.People.Groups(c.Context())
	if err != nil {
		return err
	}
	for _, g := range list {
		if g.Active {
			groups = append(groups, ui.Option{Value: num(int64(g.ID)), Label: g.Label(string(c.Lang))})
		}
	}
	var services []ui.Option
	register, err := f.Catalog.Services(c.Context())
	if err != nil {
		return err
	}
	for _, s := range register {
		if s.Active {
			services = append(services, ui.Option{Value: num(int64(s.ID)), Label: s.Label(string(c.Lang))})
		}
	}
	groups = c.StillThere(groups, form.Get("group"), f.People.Group(c.Context(), person.GroupID(form.Int("group"))).Label(string(c.Lang)))
	services = c.StillThere(services, form.Get("service"), f.Catalog.Service(c.Context(), catalog.ServiceID(form.Int("service"))).Label(string(c.Lang)))
	title := "admin.category_edit"
	if n == 0 {
		title = "admin.category_new"
	}
	return show(c, status, title, "admin.category_lead", func(fr page.Frame) templ.Component {
		return categoryPage(fr, n, form, parents, groups, services)
	})
}

func (f *Faces) saveCategory(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "name", "name_en", "parent", "group", "service", "place", "active", "skills", "version")
	if err != nil {
		return err
	}
	at := catalog.Category{
		ID: catalog.CategoryID(n), Parent: catalog.CategoryID(form.Int("parent")), Name: form.Get("name"), NameEN: form.Get("name_en"),
		Group: person.GroupID(form.Int("group")), Service: catalog.ServiceID(form.Int("service")), Place: form.Int("place"), Active: form.On("active"), Skills: person.ReadSkills(form.Get("skills")),
	}
	if _, err := f.Catalog.SaveCategory(c.Context(), c.Actor, at, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showCategory(c, status, n, form) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/categories")
}
