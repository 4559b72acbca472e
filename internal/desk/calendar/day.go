// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// The years for which days may be given. Business time itself is counted in years 1 to 9999.
const (
	FirstYear = 2000
	LastYear  = 2099
)

// Day is a day of the calendar, without a place: days since 1970-01-01. Zero stands for none.
type Day int32

const daySeconds = 24 * 60 * 60

// Date makes a day.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// DayOf returns the day that the wall clock shows at t, in the location of t.
func DayOf(t time.Time) Day { return dayOf(t) }

func dayOf(t time.Time) Day {
	_, offset := t.Zone()
	return Day(floor(t.Unix()+int64(offset), daySeconds))
}

// ParseDay reads "2026-02-15". Years outside FirstYear to LastYear are refused.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	if err != nil {
		return 0, errs.New(errs.Invalid, "calendar.day_form", "Day", short(s))
	}
	if t.Year() < FirstYear || t.Year() > LastYear {
		return 0, errs.New(errs.Invalid, "calendar.day_range", "Day", short(s), "First", FirstYear, "Last", LastYear)
	}
	return Day(t.Unix() / daySeconds), nil
}

// Time is the first instant of the day in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(((int64(d)+4)%7 + 7) % 7) }

// Year returns the year of the day.
func (d Day) Year() int { return d.Time().Year() }

// String is "2026-02-15", "" for none.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes the day as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDay(string(text))
	return err
}

// Shift is a stretch of a day by the wall clock, [From, To), in minutes since midnight. To is
// at most 24 × 60: work through the night is two shifts on two days.
type Shift struct {
	From, To int
}

const dayMinutes = 24 * 60

// String is "09:00-12:00".
func (s Shift) String() string { return hm(s.From) + "-" + hm(s.To) }

func hm(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }

// MarshalText writes the shift as String does.
func (s Shift) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Shift) UnmarshalText(text []byte) (err error) {
	*s, err = parseShift(string(text))
	return err
}

// maxShifts bounds the shifts of a day.
const maxShifts = 8

// ParseShifts reads the shifts of a day as people write them: "09:00-12:00, 13:30-18:00",
// with Chinese punctuation too; empty for a day off. They come back in order.
func ParseShifts(s string) ([]Shift, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;； \t\n\r", r) })
	if len(parts) > maxShifts {
		return nil, errs.New(errs.Invalid, "calendar.shifts_many", "Max", maxShifts)
	}
	var out []Shift
	for _, p := range parts {
		x, err := parseShift(p)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Shift) int { return a.From - b.From })
	return out, nil
}

// FormatShifts writes shifts so that ParseShifts reads them: "09:00-12:00, 13:30-18:00".
func FormatShifts(list []Shift) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.String()
	}
	return strings.Join(out, ", ")
}

func parseShift(s string) (Shift, error) {
	bad := errs.New(errs.Invalid, "calendar.shift_form", "Shift", short(s))
	plain := strings.NewReplacer("–", "-", "—", "-", "－", "-", "~", "-", "～", "-", "：", ":").Replace(s)
	from, to, ok := strings.Cut(plain, "-")
	if !ok {
		return Shift{}, bad
	}
	a, ok1 := parseMinute(from)
	b, ok2 := parseMinute(to)
	if !ok1 || !ok2 {
		return Shift{}, bad
	}
	return Shift{a, b}, nil
}

// parseMinute reads "9:00", "09:00" and, as an end, "24:00".
func parseMinute(s string) (int, bool) {
	h, m, ok := strings.Cut(strings.TrimSpace(s), ":")
	if !ok || len(h) < 1 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hours, err1 := strconv.ParseUint(h, 10, 8)
	minutes, err2 := strconv.ParseUint(m, 10, 8)
	n := int(hours*60 + minutes)
	return n, err1 == nil && err2 == nil && minutes < 60 && n <= dayMinutes
}

// wrong says what is the matter with the shifts of one day, nil where nothing is.
func wrong(list []Shift) *errs.Error {
	if len(list) > maxShifts {
		return errs.New(errs.Invalid, "calendar.shifts_many", "Max", maxShifts)
	}
	sorted := slices.SortedStableFunc(slices.Values(list), func(a, b Shift) int { return a.From - b.From })
	for i, s := range sorted {
		switch {
		case s.From < 0 || s.To > dayMinutes || s.From > dayMinutes:
			return errs.New(errs.Invalid, "calendar.shift_form", "Shift", s.String())
		case s.To < s.From:
			return errs.New(errs.Invalid, "calendar.shift_midnight", "Shift", s.String(), "From", hm(s.From), "To", hm(max(s.To, 0)))
		case s.To == s.From:
			return errs.New(errs.Invalid, "calendar.shift_empty", "Shift", s.String())
		case i > 0 && s.From < sorted[i-1].To:
			return errs.New(errs.Invalid, "calendar.shift_overlap", "One", sorted[i-1].String(), "Two", s.String())
		}
	}
	return nil
}

// ordered returns a copy in order.
func ordered(list []Shift) []Shift {
	return slices.SortedStableFunc(slices.Values(list), func(a, b Shift) int { return a.From - b.From })
}

// without takes the breaks out of the shifts.
func without(list, breaks []Shift) []Shift {
	out := ordered(list)
	for _, b := range breaks {
		var next []Shift
		for _, s := range out {
			if left := (Shift{s.From, min(s.To, b.From)}); left.To > left.From {
				next = append(next, left)
			}
			if right := (Shift{max(s.From, b.To), s.To}); right.To > right.From {
				next = append(next, right)
			}
		}
		out = next
	}
	return out
}

// floor divides and rounds down, below zero too.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// short keeps what is repeated to its writer within a line.
func short(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}

// Monday is the beginning of the week that t lies in, on the wall of loc.
func Monday(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, loc)
}

// Stretch is whole weeks after each other, each as long as the others.
type Stretch struct {
	From, To time.Time
	Week     time.Duration // how long each is: another where a clock is changed in it
}

// Weeks cuts the weeks from one Monday to another, both included, into stretches of weeks of the same
// length, so that one division finds the week of an instant. A week in which the clocks are changed is
// a stretch of its own.
func Weeks(first, last time.Time) []Stretch {
	var out []Stretch
	for from := first; !from.After(last); from = from.AddDate(0, 0, 7) {
		to := from.AddDate(0, 0, 7)
		if n := len(out) - 1; n >= 0 && out[n].Week == to.Sub(from) {
			out[n].To = to
			continue
		}
		out = append(out, Stretch{from, to, to.Sub(from)})
	}
	return out
}

// Nth is the Monday of the week of that place in the stretch, from 0.
func (s Stretch) Nth(week int64) time.Time { return s.From.AddDate(0, 0, 7*int(week)) }
