// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"errors"
	"net/url"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// move changes where a runbook stands, and comes back to its page.
func (f *Faces) move(c *page.Ctx, fields []string, said string, do func(s *bookSheet, form *page.Form) error) error {
	s, err := f.bookIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append([]string{"version"}, fields...)...)
	if err != nil {
		return err
	}
	err = do(s, form)
	var flawed *runbook.FlawedError
	switch {
	case errors.As(err, &flawed): // the editor says what is wrong, line by line
		v, _ := s.draft()
		status := c.MarkUp(form, err)
		form.Values = url.Values{"text": {v.Text}, "note": {v.Note}, "version": {key(s.Version)}}
		s.form = form
		return s.edit(status)
	case closed(err):
		return err
	case err != nil:
		return f.bookPage(c, c.MarkUp(form, err), form)
	}
	c.Say(said)
	return c.Redirect(s.at(""))
}

func (f *Faces) submitBook(c *page.Ctx) error {
	return f.move(c, nil, "workbook.submitted", func(s *bookSheet, form *page.Form) error {
		_, err := f.Runbooks.Submit(c.Context(), c.Actor, s.ID, form.Version())
		return err
	})
}

func (f *Faces) reviewBook(c *page.Ctx) error {
	return f.move(c, []string{"right", "note"}, "workbook.reviewed", func(s *bookSheet, form *page.Form) error {
		_, err := f.Runbooks.Review(c.Context(), c.Actor, s.ID, form.Get("right") == "yes", form.Get("note"), form.Version())
		return err
	})
}

func (f *Faces) publishBook(c *page.Ctx) error {
	return f.move(c, nil, "workbook.published", func(s *bookSheet, form *page.Form) error {
		_, err := f.Runbooks.Publish(c.Context(), c.Actor, s.ID, form.Version())
		return err
	})
}

func (f *Faces) retireBook(c *page.Ctx) error {
	return f.move(c, []string{"back"}, "workbook.moved", func(s *bookSheet, form *page.Form) error {
		_, err := f.Runbooks.Retire(c.Context(), c.Actor, s.ID, form.On("back"), form.Version())
		return err
	})
}

// placeBook says for which categories the runbook is offered, and where it comes first.
func (f *Faces) placeBook(c *page.Ctx) error {
	return f.move(c, []string{"category", "first"}, "workbook.placed", func(s *bookSheet, form *page.Form) error {
		var list []runbook.Place
		for _, n := range form.Ints("category") {
			list = append(list, runbook.Place{Category: catalog.CategoryID(n), First: form.Has("first", key(n))})
		}
		for _, n := range form.Ints("first") { // first without being offered is offered first
			if !slices.ContainsFunc(list, func(p runbook.Place) bool { return int64(p.Category) == n }) {
				list = append(list, runbook.Place{Category: catalog.CategoryID(n), First: true})
			}
		}
		return f.Runbooks.SetPlaces(c.Context(), c.Actor, s.ID, list, form.Version())
	})
}

// readBook is somebody's word that they have read the version in force (N9).
func (f *Faces) readBook(c *page.Ctx) error {
	return f.move(c, []string{"number"}, "workbook.confirmed", func(s *bookSheet, form *page.Form) error {
		return f.Runbooks.Confirm(c.Context(), c.Actor, s.ID, form.Int("number"))
	})
}
