// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// listGroups shows the teams that tickets are given to.
func (f *Faces) listGroups(c *page.Ctx) error {
	list, err := f.People.Groups(c.Context())
	if err != nil {
		return err
	}
	names := map[person.ID]string{}
	for _, g := range list {
		for _, m := range g.Members {
			names[m] = f.People.Card(c.Context(), m).Name
		}
	}
	return show(c, http.StatusOK, "admin.groups", "admin.groups_lead", func(fr page.Frame) templ.Component { return groupsPage(fr, list, names) })
}

func (f *Faces) editGroup(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form, err := f.groupForm(c, n)
	if err != nil {
		return err
	}
	return f.showGroup(c, http.StatusOK, n, form, nil)
}

// groupForm is a group as it is stored.
func (f *Faces) groupForm(c *page.Ctx, n int64) (*page.Form, error) {
	form := page.Filled("active", "yes")
	if n != 0 {
		g := f.People.Group(c.Context(), person.GroupID(n))
		if g.ID == 0 {
			return nil, errs.New(errs.NotFound, "errs.not_found")
		}
		form = page.Filled("name", g.Name, "name_en", g.NameEN, "limit", limitText(g.Limit), "version", num(g.Version))
		if g.Active {
			form.Values.Set("active", "yes")
		}
		for _, m := range g.Members {
			form.Values.Add("members", num(int64(m)))
		}
	}
	return form, nil
}

// showGroup shows a group and as whom the desk writes for it: sender as it was typed, nil for
// as it is stored.
func (f *Faces) showGroup(c *page.Ctx, status int, n int64, form, sender *page.Form) error {
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return err
	}
	if sender == nil {
		if sender, err = f.senderForm(c, n); err != nil {
			return err
		}
	}
	var members []ui.Option
	for _, p := range staff {
		members = append(members, ui.Option{Value: num(int64(p.ID)), Label: p.Name, Note: p.Email})
	}
	for _, m := range form.Ints("members") {
		members = c.StillThere(members, num(m), f.People.Card(c.Context(), person.ID(m)).Name)
	}
	title := "admin.group_edit"
	if n == 0 {
		title = "admin.group_new"
	}
	return show(c, status, title, "admin.group_lead", func(fr page.Frame) templ.Component { return groupPage(fr, n, form, sender, members) })
}

func (f *Faces) saveGroup(c *page.Ctx) error {
	n, err := which(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "name", "name_en", "active", "members", "limit", "version")
	if err != nil {
		return err
	}
	g := person.Group{ID: person.GroupID(n), Name: form.Get("name"), NameEN: form.Get("name_en"), Active: form.On("active"), Limit: form.CountOrNone("limit")}
	for _, m := range form.Ints("members") {
		g.Members = append(g.Members, person.ID(m))
	}
	if _, err := f.People.SaveGroup(c.Context(), c.Actor, g, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showGroup(c, status, n, form, nil) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/groups")
}
