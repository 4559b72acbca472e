// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// BookName is the name under which the book is stored.
const BookName = "calendar.calendars"

// Book is every calendar of the desk, and the years that an administrator gave it.
type Book struct {
	Sheets []Sheet
	Years  []Year // besides those that come with the desk; one for the same set and year wins
}

// Bounds of a book.
const (
	maxSheets = 30
	maxYears  = 200
)

// Start is the book of a new desk: one office in China, ready to be chosen.
func Start() Book {
	office := Sheet{Name: "china-office", Title: "中国办公时间", TitleEN: "China office hours", Zone: "Asia/Shanghai", MakeUp: time.Monday, Sets: []string{"cn"}}
	for d := time.Monday; d <= time.Friday; d++ {
		office.Week[d] = []Shift{{9 * 60, 12 * 60}, {13*60 + 30, 18 * 60}}
	}
	return Book{Sheets: []Sheet{office}}
}

// Check returns Invalid where a sheet or a year is wrong, a name stands twice, or a sheet
// names a set of holidays that nobody has.
func (b Book) Check() error {
	if len(b.Sheets) > maxSheets {
		return errs.New(errs.Invalid, "calendar.sheets_many", "Max", maxSheets)
	}
	if len(b.Years) > maxYears {
		return errs.New(errs.Invalid, "calendar.years_many", "Max", maxYears)
	}
	names, years := map[string]bool{}, map[string]bool{}
	for _, y := range b.Years {
		if err := y.Check(); err != nil {
			return err
		}
		if years[y.Key()] {
			return errs.Field("file", "calendar.year_twice", "Set", y.Set, "Year", y.Year)
		}
		years[y.Key()] = true
	}
	sets := b.Sets()
	for _, s := range b.Sheets {
		if err := s.Check(); err != nil {
			return err
		}
		if names[s.Name] {
			return errs.Field("name", "calendar.name_taken", "Name", s.Name)
		}
		names[s.Name] = true
		for _, set := range s.Sets {
			if !slices.Contains(sets, set) {
				return errs.Field("sets", "calendar.set_unknown", "Set", short(set))
			}
		}
	}
	return nil
}

// Sheet finds a calendar by its name.
func (b Book) Sheet(name string) (Sheet, bool) {
	i := slices.IndexFunc(b.Sheets, func(s Sheet) bool { return s.Name == name })
	if i < 0 {
		return Sheet{}, false
	}
	return b.Sheets[i], true
}

// AllYears returns the years that hold: those of the desk, and the administrator's.
func (b Book) AllYears() []Year { return merged(b.Years) }

// Sets names the sets of holidays there are.
func (b Book) Sets() []string {
	var out []string
	for _, y := range b.AllYears() {
		out = append(out, y.Set)
	}
	return slices.Compact(out) // they come in order
}

// With returns the book with a sheet in the place of the one called old, or added where old is
// empty.
func (b Book) With(old string, s Sheet) (Book, error) {
	out := Book{Sheets: slices.Clone(b.Sheets), Years: b.Years}
	if old == "" {
		out.Sheets = append(out.Sheets, s)
		return out, nil
	}
	i := slices.IndexFunc(out.Sheets, func(x Sheet) bool { return x.Name == old })
	if i < 0 {
		return b, errs.New(errs.NotFound, "errs.not_found")
	}
	out.Sheets[i] = s
	return out, nil
}

// Without returns the book without a sheet.
func (b Book) Without(name string) Book {
	return Book{Sheets: slices.DeleteFunc(slices.Clone(b.Sheets), func(s Sheet) bool { return s.Name == name }), Years: b.Years}
}

// WithYears returns the book with years added, or put in the place of the same years.
func (b Book) WithYears(list []Year) Book {
	out := b
	for _, y := range list {
		out = out.WithoutYear(y.Set, y.Year)
		out.Years = append(out.Years, y)
	}
	return out
}

// WithoutYear returns the book without an administrator's year; one that came with the desk
// for the same set and year counts again.
func (b Book) WithoutYear(set string, year int) Book {
	return Book{Sheets: b.Sheets, Years: slices.DeleteFunc(slices.Clone(b.Years), func(y Year) bool { return y.Set == set && y.Year == year })}
}

// Missing is a year whose holidays a calendar needs and nobody has given.
type Missing struct {
	Set  string
	Year int
}

// Missing returns the years that should be here by now: this one, and from October on the
// next, for every set that a calendar uses. Until they come, days are counted by the week.
func (b Book) Missing(now time.Time) []Missing {
	var out []Missing
	years := b.AllYears()
	for _, s := range b.Sheets {
		loc, err := zone(s.Zone)
		if err != nil {
			continue
		}
		local := now.In(loc)
		need := []int{local.Year()}
		if local.Month() >= time.October {
			need = append(need, local.Year()+1)
		}
		for _, set := range s.Sets {
			for _, y := range need {
				m := Missing{set, y}
				if !slices.Contains(out, m) && !slices.ContainsFunc(years, func(x Year) bool { return x.Set == set && x.Year == y }) {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// Shelf is a book made ready: it gives out calendars by name.
type Shelf struct {
	hours map[string]*Hours
}

// Open makes a book ready.
func (b Book) Open() (*Shelf, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	years := b.AllYears()
	out := &Shelf{hours: make(map[string]*Hours, len(b.Sheets))}
	for _, s := range b.Sheets {
		h, err := New(s, years)
		if err != nil {
			return nil, err
		}
		out.hours[s.Name] = h
	}
	return out, nil
}

// Get returns the calendar of a name, "always" among them; false where there is none.
func (s *Shelf) Get(name string) (Calendar, bool) {
	if name == AlwaysName {
		return Always{}, true
	}
	h, ok := s.hours[name]
	if !ok {
		return nil, false
	}
	return h, true
}
