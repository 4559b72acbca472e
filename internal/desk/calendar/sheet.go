// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Sheet says when somebody works.
type Sheet struct {
	Name    string // by which a policy chooses it: a–z, 0–9 and "-", 1–40 characters
	Title   string // for people, 1–60 characters
	TitleEN string // in English; Title where empty
	Zone    string // IANA time zone
	Week    [7][]Shift
	MakeUp  time.Weekday // whose shifts a make-up workday has, unless its year says otherwise
	Sets    []string     // sets of holidays that hold here, "cn"; a later one wins
	Special []Special    // days of its own; they win over the sets
}

// Special is a day, or a stretch of days, with hours of its own.
type Special struct {
	From, To Day // To 0: one day
	Yearly   bool
	Name     string // "盘点", 1–60 characters
	NameEN   string
	Hours    []Shift // these instead of the usual; a yearly day gets them only where it is worked
	Without  []Shift // taken out of the usual hours; neither: closed
}

func (s Special) to() Day { return max(s.From, s.To) }

// Bounds of a sheet.
const (
	MinWeek     = time.Hour // working time of a week, at least
	maxSpecials = 200
	maxYearly   = 60 // days of a year; so every weekday keeps some that are worked
	maxStretch  = 62 // days of one holiday or special
	maxSets     = 10
)

// weekdays are the field names of the shifts, from Sunday on as time.Weekday counts.
func weekdays() [7]string { return [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// Field names the form field of a weekday's shifts: "mon".
func Field(d time.Weekday) string { return weekdays()[d] }

// ParseWeekday reads what Field writes.
func ParseWeekday(s string) (time.Weekday, bool) {
	for i, name := range weekdays() {
		if s == name {
			return time.Weekday(i), true
		}
	}
	return 0, false
}

// Label is the title in a language.
func (s Sheet) Label(lang string) string { return either(lang, s.Title, s.TitleEN) }

func either(lang, zh, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return zh
}

// Worked returns the working time of an ordinary week.
func (s Sheet) Worked() time.Duration {
	n := 0
	for _, day := range s.Week {
		for _, x := range day {
			n += max(x.To-x.From, 0)
		}
	}
	return time.Duration(n) * time.Minute
}

// Check returns Invalid with every field to mend. Whether the sets exist is the book's to say.
func (s Sheet) Check() error {
	var bad marks
	if !isName(s.Name) {
		bad.add("name", errs.New(errs.Invalid, "calendar.name_form"))
	}
	if s.Name == AlwaysName || s.Name == "new" { // the address of the form for a new one
		bad.add("name", errs.New(errs.Invalid, "calendar.name_taken", "Name", s.Name))
	}
	if !isTitle(s.Title) {
		bad.add("title", errs.New(errs.Invalid, "calendar.title_length"))
	}
	if s.TitleEN != "" && !isTitle(s.TitleEN) {
		bad.add("title_en", errs.New(errs.Invalid, "calendar.title_length"))
	}
	if _, err := zone(s.Zone); err != nil {
		bad.add("zone", errs.New(errs.Invalid, "calendar.zone_unknown", "Zone", short(s.Zone)))
	}
	named := len(bad)
	for i, day := range s.Week {
		if e := wrong(day); e != nil {
			bad.add(Field(time.Weekday(i)), e)
		}
	}
	if len(bad) == named && s.Worked() < MinWeek { // of hours that can be read
		bad.add("mon", errs.New(errs.Invalid, "calendar.no_time"))
	}
	switch {
	case s.MakeUp < 0 || s.MakeUp > 6:
		bad.add("make_up", errs.New(errs.Invalid, "calendar.weekday"))
	case len(s.Sets) > 0 && len(s.Week[s.MakeUp]) == 0:
		bad.add("make_up", errs.New(errs.Invalid, "calendar.makeup_closed"))
	}
	if len(s.Sets) > maxSets {
		bad.add("sets", errs.New(errs.Invalid, "calendar.sets_many", "Max", maxSets))
	}
	bad = append(bad, s.checkSpecials()...)
	return errs.Invalidf(bad...)
}

func (s Sheet) checkSpecials() (bad marks) {
	if len(s.Special) > maxSpecials {
		bad.add("special", errs.New(errs.Invalid, "calendar.specials_many", "Max", maxSpecials))
		return bad
	}
	yearly := 0
	for _, x := range s.Special {
		if e := x.check(); e != nil {
			bad.add("special", e)
		}
		if x.Yearly {
			yearly += int(x.to()-x.From) + 1
		}
	}
	if yearly > maxYearly {
		bad.add("special", errs.New(errs.Invalid, "calendar.yearly_many", "Max", maxYearly))
	}
	return bad
}

func (s Special) check() *errs.Error {
	if e := stretch(s.From, s.To); e != nil {
		return e
	}
	if s.Yearly && s.From.Year() != s.to().Year() {
		return errs.New(errs.Invalid, "calendar.yearly_stretch", "From", s.From, "To", s.To)
	}
	if !isTitle(s.Name) || s.NameEN != "" && !isTitle(s.NameEN) {
		return errs.New(errs.Invalid, "calendar.special_name", "Day", s.From)
	}
	if len(s.Hours) > 0 && len(s.Without) > 0 {
		return errs.New(errs.Invalid, "calendar.special_both", "Day", s.From)
	}
	if e := wrong(s.Hours); e != nil {
		return e
	}
	return wrong(s.Without)
}

// stretch judges the first and the last day of something; to 0 is one day.
func stretch(from, to Day) *errs.Error {
	for _, d := range []Day{from, max(from, to)} {
		if d == 0 {
			return errs.New(errs.Invalid, "calendar.day_form", "Day", "")
		}
		if y := d.Year(); y < FirstYear || y > LastYear {
			return errs.New(errs.Invalid, "calendar.day_range", "Day", d, "First", FirstYear, "Last", LastYear)
		}
	}
	if to != 0 && to < from {
		return errs.New(errs.Invalid, "calendar.stretch_order", "From", from, "To", to)
	}
	if to-from >= maxStretch {
		return errs.New(errs.Invalid, "calendar.stretch_long", "From", from, "To", to, "Max", maxStretch)
	}
	return nil
}

// marks are the fields to mend.
type marks []errs.FieldError

func (m *marks) add(field string, e *errs.Error) {
	*m = append(*m, errs.FieldError{Name: field, Key: e.Key, Args: e.Args})
}

// zone reads a zone by its name, and anew each time: a calendar that is loaded goes by the rules of
// then (F42), which pages, who keep theirs in clock.Zone, need not.
func zone(name string) (*time.Location, error) {
	if _, ok := clock.Zone(name); !ok {
		return nil, errs.New(errs.Invalid, "calendar.zone_unknown", "Zone", name)
	}
	return time.LoadLocation(name)
}

func isName(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && !strings.HasPrefix(s, "-")
}

// isTitle reports whether a text can name something.
func isTitle(s string) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= 60 && strings.TrimSpace(s) != "" && isLine(s)
}

// isLine reports whether a text can stand in a line that people read (S10, S76).
func isLine(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp)
	}) < 0
}
