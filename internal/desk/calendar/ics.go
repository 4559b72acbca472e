// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Bounds of an ICS file (RFC 5545), besides MaxFile. The library that reads it knows none.
const (
	maxICSLine   = 8 << 10 // bytes of an unfolded line
	maxICSDepth  = 4
	maxICSEvents = 3000
	maxICSYears  = 30
)

// ParseICS reads the public holidays of a country from an ICS file: whole days, one year for
// each from first to last that has any. An event every year (RRULE:FREQ=YEARLY by a day of a
// month or its n-th weekday) is written out for those years; whatever repeats in another way
// is refused, so that no file can keep the desk busy. Events with a time of day and cancelled
// ones are left out and counted.
//
// Make-up workdays are known by X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY or by 班 in their names.
// Where a file uses that property, only events that have it count.
func ParseICS(data []byte, set string, first, last int) (years []Year, left int, err error) {
	first, last = max(first, FirstYear), min(last, LastYear)
	if last-first >= maxICSYears {
		last = first + maxICSYears - 1
	}
	if err := guardICS(data); err != nil {
		return nil, 0, err
	}
	events, err := decodeICS(data)
	if err != nil {
		return nil, 0, &errs.Error{Kind: errs.Invalid, Key: "calendar.ics_form", Cause: err, Fields: []errs.FieldError{{Name: "file", Key: "calendar.ics_form"}}}
	}
	if len(events) > maxICSEvents {
		return nil, 0, errs.Field("file", "calendar.ics_events", "Max", maxICSEvents)
	}
	marked := slices.ContainsFunc(events, func(e ical.Event) bool { return specialDay(e) != "" })
	byYear := map[int][]Holiday{}
	for _, e := range events {
		list, ok, err := occurrences(e, first, last)
		if err != nil {
			return nil, 0, err
		}
		if !ok || marked && specialDay(e) == "" {
			left++
			continue
		}
		for _, h := range list {
			y := home(h).Year()
			if byYear[y] = append(byYear[y], h); len(byYear[y]) > maxHolidays {
				return nil, 0, errs.Field("file", "calendar.days_many", "Max", maxYearDays)
			}
		}
	}
	for y := first; y <= last; y++ {
		if len(byYear[y]) == 0 {
			continue
		}
		v := Year{Set: set, Year: y, Holidays: byYear[y]}
		if err := v.Check(); err != nil {
			return nil, 0, err
		}
		years = append(years, v)
	}
	if len(years) == 0 {
		return nil, left, errs.Field("file", "calendar.ics_empty", "First", first, "Last", last)
	}
	return years, left, nil
}

// home is the day that says to which year a holiday belongs.
func home(h Holiday) Day {
	if h.From == 0 {
		return h.Work[0].Day
	}
	return h.From
}

// guardICS refuses what would make the reader slow or deep before it sees it.
func guardICS(data []byte) error {
	if len(data) > MaxFile {
		return errs.Field("file", "calendar.file_large", "Max", MaxFile>>20)
	}
	depth, long := 0, 0
	for line := range bytes.Lines(data) {
		if line[0] == ' ' || line[0] == '\t' {
			long += len(line)
		} else {
			long = len(line)
		}
		switch head := bytes.ToUpper(line[:min(len(line), 6)]); {
		case bytes.HasPrefix(head, []byte("BEGIN:")):
			depth++
		case bytes.HasPrefix(head, []byte("END:")):
			depth--
		}
		if long > maxICSLine || depth > maxICSDepth {
			return errs.Field("file", "calendar.ics_form")
		}
	}
	return nil
}

// decodeICS reads the events. The library panics on some malformed lines; that is an error too.
func decodeICS(data []byte) (events []ical.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			events, err = nil, fmt.Errorf("read calendar: %v", p)
		}
	}()
	cal, err := ical.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).Decode()
	if err != nil {
		return nil, err
	}
	return cal.Events(), nil
}

func specialDay(e ical.Event) string {
	if p := e.Props.Get("X-APPLE-SPECIAL-DAY"); p != nil {
		return strings.ToUpper(p.Value)
	}
	return ""
}

// occurrences writes an event out for the years from first to last; ok is false for one that
// is no whole day, or was called off.
func occurrences(e ical.Event, first, last int) (list []Holiday, ok bool, err error) {
	from, ok := wholeDay(e.Props.Get(ical.PropDateTimeStart))
	if status, err := e.Status(); !ok || err == nil && status == ical.EventCancelled {
		return nil, false, nil
	}
	days, err := daysOf(e, from)
	if err != nil {
		return nil, false, err
	}
	name, err := e.Props.Text(ical.PropSummary)
	if name = strings.TrimSpace(cut(name, 60)); err != nil || !isTitle(name) {
		return nil, false, errs.Field("file", "calendar.holiday_name", "Day", from.Format(time.DateOnly))
	}
	starts := []time.Time{from}
	if p := e.Props.Get(ical.PropRecurrenceRule); p != nil {
		if starts, err = yearly(e, p.Value, from, first, last); err != nil {
			return nil, false, err
		}
	}
	if e.Props.Get(ical.PropRecurrenceDates) != nil {
		return nil, false, errs.Field("file", "calendar.ics_repeats", "Name", short(name))
	}
	for _, t := range starts {
		if t.Year() < first || t.Year() > last {
			continue
		}
		list = append(list, holidayOf(e, name, DayOf(t), days))
	}
	return list, true, nil
}

// holidayOf is one occurrence; days off, or make-up workdays.
func holidayOf(e ical.Event, name string, from Day, days int) Holiday {
	kind := specialDay(e)
	if kind == "ALTERNATE-WORKDAY" || kind == "" && strings.Contains(name, "班") {
		h := Holiday{Name: name}
		for i := range days {
			h.Work = append(h.Work, Work{Day: from + Day(i)})
		}
		return h
	}
	return Holiday{Name: name, From: from, To: from + Day(days) - 1}
}

// wholeDay reads a date without a time of day.
func wholeDay(p *ical.Prop) (time.Time, bool) {
	if p == nil || len(p.Value) != len("20260101") {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102", p.Value)
	return t, err == nil
}

// daysOf counts the days of an event; DTEND is the day after the last.
func daysOf(e ical.Event, from time.Time) (int, error) {
	days := 1
	if p := e.Props.Get(ical.PropDuration); p != nil {
		d, err := p.Duration()
		if err != nil {
			return 0, errs.Field("file", "calendar.ics_form")
		}
		days = int(d / (24 * time.Hour))
	}
	if p := e.Props.Get(ical.PropDateTimeEnd); p != nil {
		to, ok := wholeDay(p)
		if !ok {
			return 0, errs.Field("file", "calendar.ics_form")
		}
		days = max(int(DayOf(to)-DayOf(from)), 1) // some write the same day
	}
	if days < 1 || days > maxStretch {
		return 0, errs.Field("file", "calendar.stretch_long", "From", from.Format(time.DateOnly), "To", "", "Max", maxStretch)
	}
	return days, nil
}

// yearly writes out a rule that repeats once a year, for the years from first to last.
func yearly(e ical.Event, rule string, from time.Time, first, last int) ([]time.Time, error) {
	bad := errs.Field("file", "calendar.ics_repeats", "Name", short(rule))
	o, err := rrule.StrToROption(rule)
	if err != nil || o.Freq != rrule.YEARLY || o.Interval < 0 || o.Count < 0 || from.Year() < 1900 || from.Year() > LastYear ||
		len(o.Bysetpos)+len(o.Byyearday)+len(o.Byweekno)+len(o.Byhour)+len(o.Byminute)+len(o.Bysecond)+len(o.Byeaster) > 0 ||
		len(o.Bymonth) > 1 || len(o.Bymonthday) > 1 || len(o.Byweekday) > 1 || len(o.Bymonthday)+len(o.Byweekday) > 1 {
		return nil, bad
	}
	if len(o.Byweekday) == 1 && (len(o.Bymonth) == 0 || o.Byweekday[0].N() == 0 || max(o.Byweekday[0].N(), -o.Byweekday[0].N()) > 5) {
		return nil, bad
	}
	skip := map[Day]bool{}
	for _, p := range e.Props.Values(ical.PropExceptionDates) {
		for _, s := range strings.Split(p.Value, ",") {
			if t, err := time.Parse("20060102", s[:min(len(s), 8)]); err == nil {
				skip[DayOf(t)] = true
			}
		}
	}
	var out []time.Time
	every, n := max(o.Interval, 1), 0
	for y := from.Year(); y <= last; y += every {
		t, ok := dateIn(o, from, y)
		if !ok || t.Before(from) {
			continue
		}
		if n++; o.Count > 0 && n > o.Count || !o.Until.IsZero() && t.After(o.Until) {
			break
		}
		if y >= first && !skip[DayOf(t)] {
			out = append(out, t)
		}
	}
	return out, nil
}

// dateIn is the day of a yearly rule in a year; false where the year has no such day.
func dateIn(o *rrule.ROption, from time.Time, year int) (time.Time, bool) {
	month, day := from.Month(), from.Day()
	if len(o.Bymonth) == 1 {
		month = time.Month(o.Bymonth[0])
	}
	if month < time.January || month > time.December {
		return time.Time{}, false
	}
	switch {
	case len(o.Byweekday) == 1:
		return nthWeekday(year, month, time.Weekday((o.Byweekday[0].Day()+1)%7), o.Byweekday[0].N())
	case len(o.Bymonthday) == 1:
		day = o.Bymonthday[0]
	}
	if day < 0 && day >= -31 { // from the end of the month
		day = time.Date(year, month+1, 1+day, 0, 0, 0, 0, time.UTC).Day()
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return t, day > 0 && t.Month() == month
}

// nthWeekday is the n-th such weekday of a month, from its end where n < 0.
func nthWeekday(year int, month time.Month, w time.Weekday, n int) (time.Time, bool) {
	t := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	step := (int(w-t.Weekday())+7)%7 + (n-1)*7
	if n < 0 {
		t = time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
		step = -(int(t.Weekday()-w)+7)%7 + (n+1)*7
	}
	t = t.AddDate(0, 0, step)
	return t, t.Month() == month
}
