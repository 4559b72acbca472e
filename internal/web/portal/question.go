// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// askedOf is the form of the category that was chosen: in the version that was shown, so that
// nothing moves under whoever is filling it in.
func (f *Faces) askedOf(c *page.Ctx, form *page.Form) (catalog.Form, error) {
	of, err := f.catalog.FormFor(c.Context(), catalog.CategoryID(form.Int("category")))
	if v := form.Int(page.FormVersion); err == nil && of.Version != 0 && v > 0 && v != of.Version {
		shown, err := f.catalog.FormAt(c.Context(), of.Category, v)
		if errs.KindOf(err) == errs.NotFound {
			return of, nil
		}
		return shown, err
	}
	return of, err
}

// asking are the categories that ask something of their own.
func (f *Faces) asking(c *page.Ctx) ([]catalog.Category, error) {
	tree, err := f.catalog.Categories(c.Context())
	if err != nil {
		return nil, err
	}
	var out []catalog.Category
	for _, at := range tree {
		own, err := f.catalog.OwnForm(c.Context(), at.ID)
		if err != nil {
			return nil, err
		}
		if at.Active && len(own.Fields) > 0 {
			out = append(out, at)
		}
	}
	return out, nil
}

// common are they as links to their forms, which take along what is written already. There are none
// beside more than an address carries: then the category is chosen in the form itself.
func (f *Faces) common(c *page.Ctx, written string) ([]ui.Link, error) {
	if utf8.RuneCountInString(written) > knowledge.MaxTyped {
		return nil, nil
	}
	list, err := f.asking(c)
	var out []ui.Link
	for _, at := range list {
		out = append(out, ui.Link{Label: at.Label(string(c.Lang)), Href: formAddress(at.ID, written)})
	}
	return out, err
}

// formAddress is the guided form of a category, with what is written already.
func formAddress(of catalog.CategoryID, written string) string {
	q := url.Values{"category": {id(int64(of))}}
	if written != "" {
		q.Set("text", written)
	}
	return "/new?" + q.Encode()
}

// questions answers which questions a category asks, while somebody chooses one.
func (f *Faces) questions(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, asked()...)
	if err != nil {
		return err
	}
	form.Values.Del(page.FormVersion) // it was that of another category
	of, err := f.askedOf(c, form)
	if err != nil {
		return err
	}
	useful, err := f.usefulFor(c, form)
	if err != nil {
		return err
	}
	return c.Show(questionPart(c.Frame(""), of, form, useful))
}

// problems are what is wrong with the answers, for the summary above the form.
func problems(f page.Frame, of catalog.Form, form *page.Form) []ui.Problem {
	var out []ui.Problem
	for _, q := range form.Questions(f.Lang, of.Fields, true) {
		if q.Error != "" && !q.Hidden {
			out = append(out, ui.Problem{Field: q.Field.Name, Text: f.T("portal.problem_of", "Label", q.Label, "Text", q.Error)})
		}
	}
	return slices.Clip(out)
}
