// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// years of an ICS file that are taken, from the last one on.
const icsYears = 8

// importYears takes a file of holidays, JSON or ICS.
func (f *Faces) importYears(c *page.Ctx) error {
	form, err := c.FormWithText(calendar.MaxFile+page.SmallForm, "file", "set", "version")
	if err != nil {
		return err
	}
	text, set := form.Get("file"), form.Text("set")
	form.Values.Del("file")
	first := c.Now.In(c.Zone).Year() - 1
	list, left, err := calendar.ParseFile([]byte(text), set, first, first+icsYears)
	if err == nil {
		err = f.Clocks.SaveYears(c.Context(), c.Actor, list, form.Version())
	}
	if err != nil {
		return again(c, form, err, func(status int) error { return f.calendars(c, status, form) })
	}
	var names []string
	for _, y := range list {
		names = append(names, y.Key())
	}
	key := "calendaradmin.imported"
	if left > 0 {
		key = "calendaradmin.imported_some"
	}
	c.Say(key, "Years", strings.Join(names, ", "), "Count", left)
	return c.Redirect("/admin/calendars")
}

// yearFile gives out a year as a file, to be kept or to be changed and given back.
func (f *Faces) yearFile(c *page.Ctx) error {
	book, _, err := f.Clocks.Book(c.Context())
	if err != nil {
		return err
	}
	for _, y := range book.AllYears() {
		if y.Key() != c.Path("set")+"/"+c.Path("year") {
			continue
		}
		text, err := y.File()
		if err != nil {
			return err
		}
		c.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d.json"`, y.Set, y.Year))
		return c.Text(http.StatusOK, string(text)+"\n")
	}
	return errs.New(errs.NotFound, "errs.not_found")
}

func (f *Faces) removeYear(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(c.Path("year"))
	if err != nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if err := f.Clocks.RemoveYear(c.Context(), c.Actor, c.Path("set"), year, form.Version()); err != nil {
		return err
	}
	c.Say("calendaradmin.year_removed")
	return c.Redirect("/admin/calendars")
}
