// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// peopleView is a page of the list of people.
type peopleView struct {
	People []person.Person
	Groups map[person.ID][]string
	Text   string
	Staff  bool
	Pager  ui.PagerView
}

const peoplePage = 50

// listPeople shows everybody the desk knows, by name, with a search.
func (f *Faces) listPeople(c *page.Ctx) error {
	v := peopleView{Text: c.Query("q"), Staff: c.Query("staff") != "", Groups: map[person.ID][]string{}}
	after := person.Person{Name: c.Query("after"), ID: person.ID(c.QueryInt("id"))}
	list, err := f.People.List(c.Context(), c.Actor, person.Filter{Text: v.Text, Staff: v.Staff, After: after, Limit: peoplePage + 1})
	if err != nil {
		return err
	}
	keep := url.Values{}
	if v.Text != "" {
		keep.Set("q", v.Text)
	}
	if v.Staff {
		keep.Set("staff", "1")
	}
	if after.ID != 0 {
		v.Pager.Newer = "/admin/people?" + keep.Encode()
	}
	if len(list) > peoplePage {
		list = list[:peoplePage]
		last := list[peoplePage-1]
		keep.Set("after", last.Name)
		keep.Set("id", num(int64(last.ID)))
		v.Pager.Older = "/admin/people?" + keep.Encode()
	}
	v.People = list
	groups, err := f.People.Groups(c.Context())
	for _, g := range groups {
		for _, m := range g.Members {
			v.Groups[m] = append(v.Groups[m], g.Label(string(c.Lang)))
		}
	}
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, "admin.people", "admin.people_lead", func(fr page.Frame) templ.Component { return peoplePageOf(fr, v) })
}

// personView is the form of one person.
type personView struct {
	ID   int64 // 0 for a new one
	Form *page.Form
	Link string // a one-time link just made, shown this once
	Zone []ui.Option
}

func personFields() []string {
	return []string{"name", "email", "phone", "department", "place", "title", "manager", "numbers", "devices", "lang", "zone", "role", "active", "skills", "limit", "version"}
}

func (f *Faces) newPerson(c *page.Ctx) error {
	return f.showPerson(c, http.StatusOK, personView{Form: page.Filled("lang", c.Desk.Lang, "role", string(access.Requester), "active", "yes")})
}

func (f *Faces) showPerson(c *page.Ctx, status int, v personView) error {
	title := "admin.person_edit"
	if v.ID == 0 {
		title = "admin.person_new"
	}
	return show(c, status, title, "admin.person_lead", func(fr page.Frame) templ.Component { return personPage(fr, v) })
}

// read writes a form into a person.
func read(form *page.Form, p person.Person) person.Person {
	p.Name, p.Email, p.Phone = form.Get("name"), form.Get("email"), form.Get("phone")
	p.Department, p.Place, p.Title, p.Manager = form.Get("department"), form.Get("place"), form.Get("title"), form.Get("manager")
	p.Further, p.Devices = person.ReadLines(form.Get("numbers")), person.ReadLines(form.Get("devices"))
	p.Lang, p.Zone, p.Role = form.Get("lang"), form.Text("zone"), access.Role(form.Get("role"))
	p.Active = form.On("active")
	p.Skills, p.Limit = person.ReadSkills(form.Get("skills")), form.CountOrNone("limit")
	return p
}

// addPerson makes a person; staff get a one-time link to choose their own password.
func (f *Faces) addPerson(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, personFields()...)
	if err != nil {
		return err
	}
	p, err := f.People.Add(c.Context(), c.Actor, read(form, person.Person{}))
	if err != nil {
		return again(c, form, err, func(status int) error { return f.showPerson(c, status, personView{Form: form}) })
	}
	c.Say("admin.person_added", "Name", p.Name)
	return c.Redirect("/admin/people/" + num(int64(p.ID)))
}

func (f *Faces) editPerson(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	p, err := f.People.Get(c.Context(), person.ID(n))
	if errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, "person.not_found")
	}
	if err != nil {
		return err
	}
	return f.showPerson(c, http.StatusOK, personView{ID: n, Form: personForm(p)})
}

func personForm(p person.Person) *page.Form {
	active := ""
	if p.Active {
		active = "yes"
	}
	return page.Filled("name", p.Name, "email", p.Email, "phone", p.Phone, "department", p.Department, "place", p.Place,
		"title", p.Title, "manager", p.Manager, "numbers", string(p.Further), "devices", string(p.Devices),
		"lang", p.Lang, "zone", p.Zone, "role", string(p.Role), "active", active, "skills", skillsText(p.Skills), "limit", limitText(p.Limit), "version", num(p.Version))
}

func (f *Faces) savePerson(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, personFields()...)
	if err != nil {
		return err
	}
	p, err := f.People.Get(c.Context(), person.ID(n))
	if errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, "person.not_found")
	}
	if err != nil {
		return err
	}
	if _, err := f.People.Change(c.Context(), c.Actor, read(form, p), form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showPerson(c, status, personView{ID: n, Form: form}) })
	}
	c.Say("admin.saved")
	return c.Redirect("/admin/people/" + num(n))
}

// passwordLink makes a one-time link with which somebody chooses a password. It is shown in
// this answer and never again; the administrator never sees the password (A62).
func (f *Faces) passwordLink(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	p, err := f.People.Get(c.Context(), person.ID(n))
	if err != nil {
		return err
	}
	secret, err := f.Sessions.MakeOneTime(c.Context(), session.ForPassword, p.ID, session.InviteFor)
	if err != nil {
		return err
	}
	return f.showPerson(c, http.StatusOK, personView{ID: n, Form: personForm(p), Link: c.Kit.Public + "/password/" + secret})
}

// again shows a form again after its command failed; what no form can mend goes to the
// designed page.
func again(c *page.Ctx, form *page.Form, failed error, show func(status int) error) error {
	switch errs.KindOf(failed) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return failed
	}
	return show(c.MarkUp(form, failed))
}

func roleOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, r := range access.Roles() {
		out = append(out, ui.Option{Value: string(r), Label: f.T("admin.role_" + string(r)), Note: f.T("admin.role_" + string(r) + "_note")})
	}
	return out
}
