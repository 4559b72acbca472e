// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// mountNorm adds the norm pack: the clauses in force, what the organisation writes over them, and how
// that came to be.
func (f *Faces) mountNorm(r *page.Router) {
	r.Get("/admin/norm", access.AdminRead, f.showNorm)
	r.Post("/admin/norm", access.AdminWork, f.saveNorm)
	r.Post("/admin/norm/preview", access.AdminWork, f.previewNorm)
	r.Post("/admin/norm/restore", access.AdminWork, f.restoreNorm)
}

// normView is the pack on its page.
type normView struct {
	Pack    *norm.Pack
	Text    string
	Version int64
	Form    *page.Form
	Wrong   []string // what is wrong with it, line by line
	Preview bool
	Changes []norm.Difference
	Past    []edition
	Fields  string
}

func (f *Faces) showNorm(c *page.Ctx) error { return f.norm(c, http.StatusOK, normView{}) }

func (f *Faces) norm(c *page.Ctx, status int, v normView) error {
	own, version, err := f.Norm.Stored(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	v.Pack, v.Fields = f.Norm.Pack(), strings.Join(norm.Fields(), ", ")
	if v.Form == nil {
		v.Text, v.Version = own.Text, version
	} else {
		v.Text, v.Version = v.Form.Get("pack"), v.Form.Version()
	}
	list, err := f.Norm.History(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for i, e := range list {
		before := norm.Standard()
		if i+1 < len(list) {
			if p, err := norm.Read(list[i+1].Text); err == nil {
				before = p
			}
		}
		x := edition{Version: e.Version, When: c.Moment(e.At), By: f.People.Card(c.Context(), person.ID(e.By)).Name, What: c.T("normadmin.unreadable")}
		if p, err := norm.Read(e.Text); err == nil {
			x.What = c.T("normadmin.changed", "Count", len(norm.Differences(before, p)))
		}
		v.Past = append(v.Past, x)
	}
	return show(c, status, "normadmin.title", "normadmin.lead", func(fr page.Frame) templ.Component { return normPage(fr, v) })
}

// previewNorm says what would change, or what is wrong, and stores nothing.
func (f *Faces) previewNorm(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "pack", "version", "months")
	if err != nil {
		return err
	}
	p, err := norm.Read(form.Get("pack"))
	if err != nil {
		return f.refusedNorm(c, form, err)
	}
	return f.norm(c, http.StatusOK, normView{Form: form, Preview: true, Changes: norm.Differences(f.Norm.Pack(), p)})
}

// refusedNorm shows what is wrong with a pack, line by line, and the text as it was typed.
func (f *Faces) refusedNorm(c *page.Ctx, form *page.Form, err error) error {
	status := c.MarkUp(form, err)
	if status != http.StatusUnprocessableEntity && status != http.StatusPreconditionFailed {
		return err
	}
	v := normView{Form: form}
	if e := errs.As(err); e != nil {
		for _, m := range e.Fields {
			v.Wrong = append(v.Wrong, c.T(m.Key, m.Args...))
		}
	}
	return f.norm(c, status, v)
}

// saveNorm puts a pack in force.
func (f *Faces) saveNorm(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "pack", "version", "months")
	if err != nil {
		return err
	}
	if err := f.Norm.Save(c.Context(), c.Actor, form.Get("pack"), form.Version()); err != nil {
		return f.refusedNorm(c, form, err)
	}
	c.Say("normadmin.saved")
	return c.Redirect("/admin/norm")
}

// restoreNorm saves a version of before once more.
func (f *Faces) restoreNorm(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "version", "to")
	if err != nil {
		return err
	}
	if err := f.Norm.Restore(c.Context(), c.Actor, form.Int("to"), form.Version()); err != nil {
		return err
	}
	c.Say("wordingadmin.restored", "Version", int(form.Int("to")))
	return c.Redirect("/admin/norm")
}
