// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

func (f *Faces) mountForms(r *page.Router) {
	r.Get("/admin/categories/{id}/form", access.AdminRead, f.editForm)
	r.Post("/admin/categories/{id}/form", access.AdminWork, f.saveForm)
	r.Post("/admin/categories/{id}/form/preview", access.AdminRead, f.previewForm)
}

// formView is the editor of what a category asks.
type formView struct {
	Category catalog.Category
	Now      catalog.Form // the version in force; none where there never was one
	Draft    form.Form
	In       *page.Form
	Focus    int    // the question that a button was about; -1 for none
	Act      string // and what the button did
	Versions []versionLine
	Shown    int64 // the older version that the draft was begun with; 0 for the one in force
}

// versionLine is one version in the list.
type versionLine struct {
	Version int64
	Count   int
	Author  string
	When    ui.When
	Href    string
	Now     bool
}

// formOf reads the category in the address and its form.
func (f *Faces) formOf(c *page.Ctx) (formView, error) {
	n, err := c.PathInt("id")
	if err != nil {
		return formView{}, err
	}
	v := formView{Category: f.Catalog.Category(c.Context(), catalog.CategoryID(n)), Focus: -1}
	if v.Category.ID == 0 {
		return v, errs.New(errs.NotFound, "errs.not_found")
	}
	v.Now, err = f.Catalog.OwnForm(c.Context(), v.Category.ID)
	return v, err
}

func (v formView) address() string { return "/admin/categories/" + num(int64(v.Category.ID)) + "/form" }

func (f *Faces) editForm(c *page.Ctx) error {
	v, err := f.formOf(c)
	if err != nil {
		return err
	}
	v.Draft = v.Now.Fields
	if n := c.QueryInt("version"); n > 0 && n != v.Now.Version {
		old, err := f.Catalog.FormAt(c.Context(), v.Category.ID, n)
		if err != nil {
			return err
		}
		v.Draft, v.Shown = old.Fields, n
	}
	v.In = page.Filled("from", num(v.Now.Version))
	fillDraft(c.Lang, v.In, v.Draft)
	return f.showForm(c, http.StatusOK, v)
}

func (f *Faces) showForm(c *page.Ctx, status int, v formView) error {
	if c.Fragment() {
		return c.Render(status, formEditor(c.Frame(""), v))
	}
	list, err := f.Catalog.Forms(c.Context(), c.Actor, v.Category.ID)
	if err != nil {
		return err
	}
	for _, one := range list {
		line := versionLine{
			Version: one.Version, Count: len(one.Fields), Author: f.People.Card(c.Context(), one.Author).Name,
			When: ui.At(c.Lang, one.At, c.Now, c.Zone), Now: one.Version == v.Now.Version,
			Href: v.address() + "?version=" + num(one.Version),
		}
		v.Versions = append(v.Versions, line)
	}
	fr := c.Frame(c.T("formadmin.title", "Category", v.Category.Label(string(c.Lang))))
	return c.Render(status, framed(ui.Admin{Page: fr.Page(), Nav: Nav(fr), Lead: fr.T("formadmin.lead"), Wide: true}, formPage(fr, v)))
}

// saveForm makes a new version, or does to the draft what another button says.
func (f *Faces) saveForm(c *page.Ctx) error {
	v, err := f.formOf(c)
	if err != nil {
		return err
	}
	if v.In, err = c.Form(page.TextForm, draftFields()...); err != nil {
		return err
	}
	var bad []errs.FieldError
	v.Draft, bad = readDraft(v.In, v.Now.Fields)
	act := v.In.Get("act")
	err = errs.Invalidf(bad...)
	switch {
	case err != nil:
	case act != "save":
		v.Act, _, _ = strings.Cut(act, " ")
		v.Draft, v.Focus = change(slices.Clone(v.Draft), act, v.Now.Fields)
		fillDraft(c.Lang, v.In, v.Draft)
		return f.showForm(c, http.StatusOK, v)
	default:
		var saved catalog.Form
		if saved, err = f.Catalog.SaveForm(c.Context(), c.Actor, v.Category.ID, v.Draft, v.In.Int("from")); err == nil {
			c.Say("formadmin.saved", "Version", saved.Version)
			return c.Redirect(v.address())
		}
	}
	return again(c, v.In, err, func(status int) error {
		if v.In.Stale { // this form says "from" of what it begins with
			v.In.Values.Set("from", v.In.Get("version"))
		}
		return f.showForm(c, status, v)
	})
}

// previewForm answers the form as requesters will see it, with what was tried in it.
func (f *Faces) previewForm(c *page.Ctx) error {
	v, err := f.formOf(c)
	if err != nil {
		return err
	}
	if v.In, err = c.Form(page.TextForm, draftFields()...); err != nil {
		return err
	}
	v.Draft, _ = readDraft(v.In, v.Now.Fields)
	return c.Show(formPreview(c.Frame(""), v))
}

// preview are the questions as the portal shows them.
func (v formView) preview(f page.Frame) []ui.Question {
	return v.In.Questions(f.Lang, v.Draft, true)
}

// mark is what is wrong with a field of a question.
func (v formView) mark(name string, i int) string { return v.In.Mark(at(name, i)) }

func answerKinds(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, k := range form.Kinds() {
		out = append(out, ui.Option{Value: string(k), Label: f.T("formadmin.kind_" + string(k))})
	}
	return out
}

func stageOptions(f page.Frame) []ui.Option {
	out := []ui.Option{{Value: "", Label: f.T("formadmin.by_never")}}
	for _, s := range form.Stages() {
		out = append(out, ui.Option{Value: string(s), Label: f.T("formadmin.by_" + string(s))})
	}
	return out
}

func opOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, o := range form.Ops() {
		out = append(out, ui.Option{Value: string(o), Label: f.T("formadmin.op_" + string(o))})
	}
	return out
}

// before are the questions above one, on which it may depend.
func (v formView) before(lang i18n.Lang, i int) []ui.Option {
	var out []ui.Option
	for n, q := range v.Draft[:i] {
		if q.Kind == form.Long || q.Kind == form.File {
			continue
		}
		label := q.Question(lang)
		if label == "" {
			label = q.Name
		}
		out = append(out, ui.Option{Value: q.Name, Label: num(int64(n+1)) + ". " + label})
	}
	return out
}

// testLines are the places for tests of a question: those that it has, and one more.
func (v formView) testLines(i int) int { return min(len(v.Draft[i].Show.Tests)+1, form.MaxTests) }

func (v formView) called(f page.Frame, i int) string {
	if q := v.Draft[i].Question(f.Lang); q != "" {
		return q
	}
	return f.T("formadmin.question_new")
}

// problems lead to what is wrong with a draft.
func (v formView) problems() []ui.Problem {
	out := slices.Clone(v.In.Beside())
	for i := range v.Draft {
		for _, name := range []string{"label", "label_en", "name", "kind", "by", "help", "help_en", "unit", "unit_en", "min", "max", "option", "test"} {
			if m := v.mark(name, i); m != "" {
				out = append(out, ui.Problem{Field: at(name, i), Text: num(int64(i+1)) + ". " + m})
			}
		}
	}
	return out
}

// labelFocus puts the focus into the question that the pressed button was about.
func labelFocus(v formView, i int) templ.Attributes {
	if v.Focus == i && (v.Act == "add" || v.Act == "remove") {
		return templ.Attributes{"data-focus": true, "autofocus": true}
	}
	return nil
}

// kindAttrs bring the fields of another type as soon as it is chosen.
func kindAttrs(v formView) templ.Attributes {
	return templ.Attributes{
		"hx-post": v.address(), "hx-trigger": "change", "hx-include": "#editor", "hx-target": "#editor", "hx-swap": "outerHTML",
	}
}

func anyOrAll(r form.Rule) string {
	if r.Any {
		return "any"
	}
	return "all"
}
