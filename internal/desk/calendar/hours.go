// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// Kind says why a day is as it is.
type Kind string

// The kinds of days.
const (
	Weekly Kind = "weekly"  // worked, as its weekday always is
	Rest   Kind = "rest"    // not worked, as its weekday never is
	Off    Kind = "holiday" // a holiday of one of the sets
	MakeUp Kind = "make_up" // a make-up workday (调休补班)
	Own    Kind = "own"     // special hours of this calendar
	Closed Kind = "closed"  // closed by this calendar itself
)

// Plan is how one day is worked.
type Plan struct {
	Kind   Kind
	Shifts []Shift // in order; none: closed
	Name   string  // of the holiday or special day
	NameEN string
}

// Open reports whether any minute of the day counts.
func (p Plan) Open() bool { return len(p.Shifts) > 0 }

// Length is how long the day is worked, by the wall clock.
func (p Plan) Length() time.Duration {
	n := 0
	for _, s := range p.Shifts {
		n += s.To - s.From
	}
	return time.Duration(n) * time.Minute
}

// Label is the name of the day in a language, "" for an ordinary one.
func (p Plan) Label(lang string) string { return either(lang, p.Name, p.NameEN) }

// Hours is a sheet made ready for counting. It is safe for concurrent use.
//
// It counts year by year (of UTC): a year is laid out once, when it is first asked for, as the
// pieces of its days with the sum of what counts before each; after that a question is a
// search in it. Years far away repeat, and share fourteen layouts at either end.
type Hours struct {
	sheet   Sheet
	loc     *time.Location
	week    [7]*Plan
	special map[Day]*Plan
	yearly  map[monthDay]Special
	set     map[Day]*Plan
	known   map[int]bool // years whose holidays are all here
	near    [nearLast - nearFirst + 1]atomic.Pointer[layout]
	far     [2][14]atomic.Pointer[layout]
}

type monthDay struct {
	month time.Month
	day   int
}

// Every year between these has a layout of its own. Before, no zone changes its clocks; after,
// there are no days of anybody's own, and zones follow a rule that depends on the weekday of
// New Year and on the leap day alone.
const (
	nearFirst = 1800
	nearLast  = 2110
)

// New makes a sheet ready, with the years of its sets. Errors: Invalid as Check says.
func New(s Sheet, years []Year) (*Hours, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("calendar %s: %w", s.Name, err)
	}
	loc, err := zone(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", s.Name, err)
	}
	h := &Hours{sheet: s, loc: loc, special: map[Day]*Plan{}, yearly: map[monthDay]Special{}, set: map[Day]*Plan{}, known: map[int]bool{}}
	for i, shifts := range s.Week {
		h.week[i] = &Plan{Kind: Weekly, Shifts: ordered(shifts)}
		if len(shifts) == 0 {
			h.week[i].Kind = Rest
		}
	}
	h.readYears(years)
	h.readSpecials()
	return h, nil
}

func (h *Hours) readYears(years []Year) {
	found := map[int]int{}
	for _, set := range h.sheet.Sets {
		for _, y := range years {
			if y.Set != set {
				continue
			}
			found[y.Year]++
			for _, x := range y.Holidays {
				h.readHoliday(x)
			}
		}
	}
	for y, n := range found {
		h.known[y] = n == len(h.sheet.Sets)
	}
}

func (h *Hours) readHoliday(x Holiday) {
	for d := x.From; d != 0 && d <= max(x.From, x.To); d++ {
		h.set[d] = &Plan{Kind: Off, Name: x.Name, NameEN: x.NameEN}
	}
	for _, w := range x.Work {
		as := h.sheet.MakeUp
		if day, ok := ParseWeekday(w.As); ok && h.week[day].Open() {
			as = day
		}
		h.set[w.Day] = &Plan{Kind: MakeUp, Shifts: h.week[as].Shifts, Name: x.Name, NameEN: x.NameEN}
	}
}

func (h *Hours) readSpecials() {
	for _, x := range h.sheet.Special {
		for d := x.From; d <= x.to(); d++ {
			if x.Yearly {
				t := d.Time()
				h.yearly[monthDay{t.Month(), t.Day()}] = x
				continue
			}
			h.special[d] = x.plan(h.usual(d), true)
		}
	}
}

// plan is how a special day is worked that would be worked as usual; alone: it may open a day
// that is closed otherwise.
func (s Special) plan(usual *Plan, alone bool) *Plan {
	p := &Plan{Kind: Own, Name: s.Name, NameEN: s.NameEN}
	switch {
	case !usual.Open() && (!alone || len(s.Hours) == 0):
		return usual
	case len(s.Hours) > 0:
		p.Shifts = ordered(s.Hours)
	case len(s.Without) > 0:
		p.Shifts = without(usual.Shifts, s.Without)
	}
	if !p.Open() {
		p.Kind = Closed
	}
	return p
}

// usual is how a day is worked by the sets and the week.
func (h *Hours) usual(d Day) *Plan {
	if p, ok := h.set[d]; ok {
		return p
	}
	return h.week[d.Weekday()]
}

// plan is how a day is worked.
func (h *Hours) plan(d Day) *Plan {
	if p, ok := h.special[d]; ok {
		return p
	}
	p := h.usual(d)
	if len(h.yearly) > 0 {
		t := d.Time()
		if x, ok := h.yearly[monthDay{t.Month(), t.Day()}]; ok {
			return x.plan(p, false)
		}
	}
	return p
}

// Plan returns how a day is worked and why.
func (h *Hours) Plan(d Day) Plan { return *h.plan(d) }

// Known reports whether the holidays of a year are all here, for every set of the calendar.
func (h *Hours) Known(year int) bool { return len(h.sheet.Sets) == 0 || h.known[year] }

// Sheet returns what the calendar was made from.
func (h *Hours) Sheet() Sheet { return h.sheet }

// Location returns the zone whose wall clock counts.
func (h *Hours) Location() *time.Location { return h.loc }

// Key is "calendar.named".
func (*Hours) Key() string { return "calendar.named" }

// Line names the calendar and its zone.
func (h *Hours) Line() Line {
	return Line{Key: h.Key(), Name: h.sheet.Title, NameEN: h.sheet.TitleEN, Zone: h.sheet.Zone}
}

// Open reports whether t counts.
func (h *Hours) Open(t time.Time) bool {
	l, p := h.at(bounded(t))
	return l.open(p)
}

// Add returns the first instant at which d of working time has passed since from. Nothing is
// later than the last instant of the year 9999.
func (h *Hours) Add(from time.Time, d time.Duration) time.Time {
	loc := from.Location()
	from = bounded(from)
	if d <= 0 {
		return h.next(from).In(loc)
	}
	year := from.Year()
	l, p := h.at(from)
	done := l.count(p)
	left := int64(d)
	for left > l.total-done {
		left -= l.total - done
		if year++; year > lastYear {
			return latest().In(loc)
		}
		l, done = h.layout(year), 0
	}
	return instant(year, l.reach(done+left)).In(loc)
}

// Back returns the last instant from which d of working time passes until to. Nothing is
// earlier than the first instant of the year 1.
func (h *Hours) Back(to time.Time, d time.Duration) time.Time {
	loc := to.Location()
	to = bounded(to)
	if d <= 0 {
		return h.last(to).In(loc)
	}
	year := to.Year()
	l, p := h.at(to)
	done := l.count(p)
	left := int64(d)
	for left > done {
		left -= done
		if year--; year < 1 {
			return earliest().In(loc)
		}
		l = h.layout(year)
		done = l.total
	}
	return instant(year, l.leave(done-left)).In(loc)
}

// Between returns the working time from a to b, at most 292 years of it.
func (h *Hours) Between(a, b time.Time) time.Duration {
	a, b = bounded(a), bounded(b)
	if !b.After(a) {
		return 0
	}
	la, pa := h.at(a)
	lb, pb := h.at(b)
	if a.Year() == b.Year() {
		return time.Duration(lb.count(pb) - la.count(pa))
	}
	sum := la.total - la.count(pa)
	for y := a.Year() + 1; y < b.Year(); y++ {
		if sum > math.MaxInt64-2*366*int64(24*time.Hour) {
			return math.MaxInt64
		}
		sum += h.layout(y).total
	}
	return time.Duration(sum + lb.count(pb))
}

// maxDays bounds AddDays; it is a hundred years.
const maxDays = 36_600

// AddDays returns the same time of day on the n-th working day after the day of from, before
// it where n < 0, moved to the next opening where that time is closed. A working day is one of
// which any minute counts.
func (h *Hours) AddDays(from time.Time, n int) time.Time {
	loc := from.Location()
	local := bounded(from).In(h.loc)
	day, step := dayOf(local), Day(1)
	if n < 0 {
		n, step = -n, -1
	}
	for n = min(n, maxDays); n > 0; {
		if day += step; h.plan(day).Open() {
			n--
		}
	}
	y, m, d := day.Time().Date()
	hour, minute, second := local.Clock()
	return h.next(bounded(time.Date(y, m, d, hour, minute, second, local.Nanosecond(), h.loc))).In(loc)
}

// next returns t where it lies in a shift or at its edge, else the next opening.
func (h *Hours) next(t time.Time) time.Time {
	if h.touches(t) {
		return t
	}
	for year, p := t.Year(), position(t); year <= lastYear; year, p = year+1, 0 {
		if at, ok := h.layout(year).opening(p); ok {
			return instant(year, at)
		}
	}
	return latest()
}

// last returns t where it lies in a shift or at its edge, else the last closing.
func (h *Hours) last(t time.Time) time.Time {
	if h.touches(t) {
		return t
	}
	for year, p := t.Year(), position(t); year > 0; year, p = year-1, math.MaxInt64 {
		if at, ok := h.layout(year).closing(p); ok {
			return instant(year, at)
		}
	}
	return earliest()
}

// touches reports whether t lies in a shift or at one of its edges.
func (h *Hours) touches(t time.Time) bool {
	return h.Open(t) || h.Open(t.Add(-1))
}
