// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// calendarsView is the first page: the calendars, the years of holidays, and what is missing.
type calendarsView struct {
	Sheets  []calendar.Sheet
	Years   []yearView
	Missing []calendar.Missing
	Used    []string // by the policy, its rules and groups
	Version int64
}

// yearView is a year of holidays and where it comes from.
type yearView struct {
	calendar.Year
	Off, Work int
	Own       bool // given by an administrator
}

// listCalendars shows by which calendars time is counted (N23).
func (f *Faces) listCalendars(c *page.Ctx) error {
	return f.calendars(c, http.StatusOK, page.Filled("set", "cn"))
}

func (f *Faces) calendars(c *page.Ctx, status int, upload *page.Form) error {
	book, version, err := f.Clocks.Book(c.Context())
	if err != nil {
		return err
	}
	v := calendarsView{Sheets: book.Sheets, Missing: book.Missing(c.Now), Used: f.Clocks.Policy().Calendars(), Version: version}
	for _, y := range slices.Backward(book.AllYears()) {
		off, work := y.Days()
		own := slices.ContainsFunc(book.Years, func(o calendar.Year) bool { return o.Key() == y.Key() })
		v.Years = append(v.Years, yearView{Year: y, Off: off, Work: work, Own: own})
	}
	return show(c, status, "calendaradmin.calendars", "calendaradmin.lead", func(fr page.Frame) templ.Component { return calendarsPage(fr, v, upload) })
}

// editCalendar shows one calendar, and a month as it is worked by it.
func (f *Faces) editCalendar(c *page.Ctx) error {
	name := c.Path("name")
	book, version, err := f.Clocks.Book(c.Context())
	if err != nil {
		return err
	}
	s, ok := book.Sheet(name)
	if !ok && name != "new" {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if !ok {
		s = calendar.Sheet{Zone: c.Desk.Zone, Week: calendar.Start().Sheets[0].Week, MakeUp: time.Monday}
	}
	return f.showCalendar(c, http.StatusOK, name, filledSheet(s, version))
}

func filledSheet(s calendar.Sheet, version int64) *page.Form {
	form := page.Filled("name", s.Name, "title", s.Title, "title_en", s.TitleEN, "zone", s.Zone, "make_up", calendar.Field(s.MakeUp),
		"special", calendar.FormatSpecials(s.Special), "version", num(version))
	for i, day := range s.Week {
		form.Values.Set(calendar.Field(time.Weekday(i)), calendar.FormatShifts(day))
	}
	form.Values["sets"] = s.Sets
	return form
}

func (f *Faces) showCalendar(c *page.Ctx, status int, name string, form *page.Form) error {
	book, _, err := f.Clocks.Book(c.Context())
	if err != nil {
		return err
	}
	v := calendarView{Name: name, Used: slices.Contains(f.Clocks.Policy().Calendars(), name), Sets: setOptions(book)}
	if made, ok := f.Clocks.Named(name); ok {
		if h, ok := made.(*calendar.Hours); ok {
			v.Month = monthOf(h, c.Query("month"), c.Now)
		}
	}
	title := "calendaradmin.edit"
	if name == "new" {
		title = "calendaradmin.new"
	}
	return show(c, status, title, "calendaradmin.edit_lead", func(fr page.Frame) templ.Component { return calendarPage(fr, v, form) })
}

// calendarView is one calendar.
type calendarView struct {
	Name  string // "new" for one that is not there yet
	Used  bool
	Sets  []ui.Option
	Month month
}

func (f *Faces) saveCalendar(c *page.Ctx) error {
	name := c.Path("name")
	form, err := c.Form(page.SmallForm, "name", "title", "title_en", "zone", "sun", "mon", "tue", "wed", "thu", "fri", "sat", "make_up", "sets", "special", "version")
	if err != nil {
		return err
	}
	s, err := sheetOf(form)
	if err == nil {
		old := name
		if old == "new" {
			old = ""
		}
		err = f.Clocks.SaveCalendar(c.Context(), c.Actor, old, s, form.Version())
	}
	if err != nil {
		return again(c, form, err, func(status int) error { return f.showCalendar(c, status, name, form) })
	}
	c.Say("calendaradmin.saved")
	return c.Redirect("/admin/calendars/" + s.Name)
}

// sheetOf reads the form; what is not written as it should be marks its field.
func sheetOf(form *page.Form) (calendar.Sheet, error) {
	s := calendar.Sheet{Name: form.Text("name"), Title: form.Text("title"), TitleEN: form.Text("title_en"), Zone: form.Text("zone"), Sets: form.All("sets")}
	var bad []errs.FieldError
	mark := func(field string, err error) {
		if e := errs.As(err); e != nil {
			bad = append(bad, errs.FieldError{Name: field, Key: e.Key, Args: e.Args})
		}
	}
	for i := range s.Week {
		var err error
		field := calendar.Field(time.Weekday(i))
		s.Week[i], err = calendar.ParseShifts(form.Get(field))
		mark(field, err)
	}
	var ok bool
	if s.MakeUp, ok = calendar.ParseWeekday(form.Get("make_up")); !ok {
		mark("make_up", errs.New(errs.Invalid, "calendar.weekday"))
	}
	var err error
	s.Special, err = calendar.ParseSpecials(form.Get("special"))
	mark("special", err)
	if e := errs.As(s.Check()); e != nil && len(bad) > 0 { // what does not hang on hours that nobody could read is named with them
		for _, m := range e.Fields {
			if slices.Contains([]string{"name", "title", "title_en", "zone", "sets"}, m.Name) {
				bad = append(bad, m)
			}
		}
	}
	return s, errs.Invalidf(bad...)
}

func (f *Faces) removeCalendar(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	if err := f.Clocks.RemoveCalendar(c.Context(), c.Actor, c.Path("name"), form.Version()); err != nil {
		return err
	}
	c.Say("calendaradmin.removed")
	return c.Redirect("/admin/calendars")
}

// missingYears is how many years of holidays should be here and are not; 0 where that cannot be said.
func (f *Faces) missingYears(ctx context.Context, now time.Time) int64 {
	list, err := f.Clocks.Missing(ctx, now)
	if err != nil {
		return 0
	}
	return int64(len(list))
}

// calendarOptions are what a policy may count by.
func calendarOptions(f page.Frame, b calendar.Book) []ui.Option {
	out := []ui.Option{{Value: calendar.AlwaysName, Label: f.T("calendaradmin.always")}}
	for _, s := range b.Sheets {
		out = append(out, ui.Option{Value: s.Name, Label: s.Label(string(f.Lang))})
	}
	return out
}

func setOptions(b calendar.Book) []ui.Option {
	var out []ui.Option
	for _, s := range b.Sets() {
		out = append(out, ui.Option{Value: s, Label: s})
	}
	return out
}

// week are the days of the week from Monday on.
func week() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

func weekdayOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, d := range week() {
		out = append(out, ui.Option{Value: calendar.Field(d), Label: weekday(f, d)})
	}
	return out
}

func weekday(f page.Frame, d time.Weekday) string { return f.T("time.weekday_" + num(int64(d))) }
