// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"bytes"
	"embed"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Year is what holds in one set of holidays for one year, as it was published.
type Year struct {
	Set      string // "cn": a–z, 0–9 and "-", 1–40 characters
	Year     int
	Source   string // where it was published, for people; may be empty
	Holidays []Holiday
}

// Holiday is a stretch of days off, with the workdays that make up for it (调休补班).
type Holiday struct {
	Name   string
	NameEN string
	From   Day // 0: no day off here, only make-up workdays
	To     Day // 0: one day
	Work   []Work
}

// Work is a make-up workday: it is worked although its weekday is not.
type Work struct {
	Day Day
	As  string // "fri": the shifts of that weekday; the sheet's own choice where empty
}

// String is "2026-02-14", or "2026-02-14=fri".
func (w Work) String() string {
	if w.As == "" {
		return w.Day.String()
	}
	return w.Day.String() + "=" + w.As
}

// MarshalText writes the workday as String does.
func (w Work) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (w *Work) UnmarshalText(text []byte) (err error) {
	day, as, _ := strings.Cut(string(text), "=")
	w.As = strings.TrimSpace(as)
	w.Day, err = ParseDay(day)
	return err
}

// Bounds of a year and of its file.
const (
	MaxFile     = 1 << 20 // bytes
	maxHolidays = 200
	maxSource   = 400 // bytes
	maxYearDays = 200 // days off and make-up workdays of a year
)

// Key names the year among others: "cn/2026".
func (y Year) Key() string { return y.Set + "/" + strconv.Itoa(y.Year) }

// Days counts the days off and the make-up workdays.
func (y Year) Days() (off, work int) {
	for _, h := range y.Holidays {
		if h.From != 0 {
			off += int(max(h.From, h.To)-h.From) + 1
		}
		work += len(h.Work)
	}
	return off, work
}

// Check returns Invalid with what is wrong with the file.
func (y Year) Check() error {
	if !isName(y.Set) {
		return errs.Field("set", "calendar.set_form")
	}
	if y.Year < FirstYear || y.Year > LastYear {
		return errs.Field("file", "calendar.year_range", "Year", y.Year, "First", FirstYear, "Last", LastYear)
	}
	if len(y.Holidays) > maxHolidays {
		return errs.Field("file", "calendar.days_many", "Max", maxYearDays)
	}
	if len(y.Source) > maxSource || y.Source != "" && !isLine(y.Source) {
		return errs.Field("file", "calendar.source_form", "Max", maxSource)
	}
	seen := map[Day]bool{} // true: off
	for _, h := range y.Holidays {
		if e := y.judge(h, seen); e != nil {
			return errs.Field("file", e.Key, e.Args...)
		}
	}
	if len(seen) == 0 {
		return errs.Field("file", "calendar.year_empty", "Year", y.Year)
	}
	return nil
}

// judge judges one holiday; seen are the days before it.
func (y Year) judge(h Holiday, seen map[Day]bool) *errs.Error {
	if !isTitle(h.Name) || h.NameEN != "" && !isTitle(h.NameEN) {
		return errs.New(errs.Invalid, "calendar.holiday_name", "Day", h.From)
	}
	if h.From != 0 {
		if e := stretch(h.From, h.To); e != nil {
			return e
		}
	}
	note := func(d Day, off bool) *errs.Error {
		if d < Date(y.Year-1, time.December, 1) || d > Date(y.Year+1, time.January, 31) {
			return errs.New(errs.Invalid, "calendar.day_other_year", "Day", d, "Year", y.Year)
		}
		if was, known := seen[d]; known && was != off {
			return errs.New(errs.Invalid, "calendar.day_both", "Day", d)
		}
		if seen[d] = off; len(seen) > maxYearDays {
			return errs.New(errs.Invalid, "calendar.days_many", "Max", maxYearDays)
		}
		return nil
	}
	for d := h.From; d != 0 && d <= max(h.From, h.To); d++ {
		if e := note(d, true); e != nil {
			return e
		}
	}
	for _, w := range h.Work {
		if _, ok := ParseWeekday(w.As); w.As != "" && !ok {
			return errs.New(errs.Invalid, "calendar.work_as", "Day", w.Day, "As", short(w.As))
		}
		if e := note(w.Day, false); e != nil {
			return e
		}
	}
	return nil
}

// file is a year as it is uploaded: our own form, or a list of single days as the collections
// of Chinese holidays publish it.
type file struct {
	Year
	Days []struct {
		Name     string
		Date     Day
		IsOffDay *bool
	}
}

// ParseYear reads the JSON file of a year:
//
//	{"set": "cn", "year": 2026, "holidays": [
//	  {"name": "元旦", "from": "2026-01-01", "to": "2026-01-03", "work": ["2026-01-04"]}]}
//
// or {"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}]}. A file
// that names no set gets the given one.
func ParseYear(data []byte, set string) (Year, error) {
	if len(data) > MaxFile {
		return Year{}, errs.Field("file", "calendar.file_large", "Max", MaxFile>>20)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if err := d.Decode(&f); err != nil {
		if e := errs.As(err); e != nil {
			return Year{}, errs.Field("file", e.Key, e.Args...)
		}
		return Year{}, &errs.Error{Kind: errs.Invalid, Key: "calendar.file_form", Cause: err, Fields: []errs.FieldError{{Name: "file", Key: "calendar.file_form"}}}
	}
	y := f.Year
	if y.Set == "" {
		y.Set = set
	}
	if len(f.Days) > maxYearDays {
		return Year{}, errs.Field("file", "calendar.days_many", "Max", maxYearDays)
	}
	for _, x := range f.Days {
		if x.IsOffDay == nil {
			return Year{}, errs.Field("file", "calendar.file_form")
		}
		y.Holidays = join(y.Holidays, x.Name, x.Date, *x.IsOffDay)
	}
	return y, y.Check()
}

// ParseFile reads years from either form of file: JSON has one, ICS those from first to last
// of which it has days. left counts the events of an ICS file that were left out.
func ParseFile(data []byte, set string, first, last int) (years []Year, left int, err error) {
	head := bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 100)], []byte("\ufeff")))
	if bytes.HasPrefix(bytes.ToUpper(head), []byte("BEGIN:VCALENDAR")) {
		return ParseICS(data, set, first, last)
	}
	y, err := ParseYear(data, set)
	return []Year{y}, 0, err
}

// File writes the year as ParseYear reads it.
func (y Year) File() ([]byte, error) {
	type holiday struct {
		Name   string `json:"name"`
		NameEN string `json:"nameEN,omitempty"`
		From   Day    `json:"from,omitzero"`
		To     Day    `json:"to,omitzero"`
		Work   []Work `json:"work,omitempty"`
	}
	out := struct {
		Set      string    `json:"set"`
		Year     int       `json:"year"`
		Source   string    `json:"source,omitempty"`
		Holidays []holiday `json:"holidays"`
	}{y.Set, y.Year, y.Source, nil}
	for _, h := range y.Holidays {
		out.Holidays = append(out.Holidays, holiday(h))
	}
	return json.MarshalIndent(out, "", "  ")
}

// join adds one day to the holiday that it belongs to: the last one, where it has the name.
func join(list []Holiday, name string, d Day, off bool) []Holiday {
	last := len(list) - 1
	follows := last >= 0 && list[last].Name == name
	switch {
	case !off && follows:
		list[last].Work = append(list[last].Work, Work{Day: d})
	case !off:
		list = append(list, Holiday{Name: name, Work: []Work{{Day: d}}})
	case follows && list[last].From == 0:
		list[last].From, list[last].To = d, d
	case follows && list[last].To+1 == d:
		list[last].To = d
	default:
		list = append(list, Holiday{Name: name, From: d, To: d})
	}
	return list
}

//go:embed year/*.json
var published embed.FS //nolint:gochecknoglobals // embedded files; never written

// Published returns the years that come with the desk: the holidays of China as the State
// Council published them. An administrator's own file for the same year stands in their place.
func Published() []Year {
	list, err := published.ReadDir("year")
	if err != nil {
		return nil
	}
	var out []Year
	for _, e := range list {
		data, err := published.ReadFile("year/" + e.Name())
		if err != nil {
			continue
		}
		if y, err := ParseYear(data, ""); err == nil { // a test reads each of them
			out = append(out, y)
		}
	}
	return out
}

// merged returns the published years with the administrator's in their place, in order.
func merged(own []Year) []Year {
	out := slices.DeleteFunc(Published(), func(y Year) bool {
		return slices.ContainsFunc(own, func(o Year) bool { return o.Key() == y.Key() })
	})
	out = append(out, own...)
	slices.SortStableFunc(out, func(a, b Year) int {
		if a.Set != b.Set {
			return strings.Compare(a.Set, b.Set)
		}
		return a.Year - b.Year
	})
	return out
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
