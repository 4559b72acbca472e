// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// month is a month as it is worked, in weeks from Monday on.
type month struct {
	First       time.Time // zero: nothing to show
	Weeks       [][]monthDay
	Older       string // "2026-09"
	Newer       string
	Days        int
	Worked      time.Duration
	UnknownYear bool // its holidays are not here
}

// monthDay is a day of it; one of another month has no plan.
type monthDay struct {
	Day  calendar.Day
	Plan calendar.Plan
	In   bool
	Now  bool
}

// monthOf lays out a month, "2026-10"; the present one where it is not named or cannot be.
func monthOf(h *calendar.Hours, name string, now time.Time) month {
	local := now.In(h.Location())
	first, err := time.Parse("2006-01", name)
	if err != nil || first.Year() < calendar.FirstYear || first.Year() > calendar.LastYear {
		first = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	m := month{First: first, Older: first.AddDate(0, -1, 0).Format("2006-01"), Newer: first.AddDate(0, 1, 0).Format("2006-01")}
	today := calendar.DayOf(local)
	begin, end := calendar.DayOf(first), calendar.DayOf(first.AddDate(0, 1, 0))
	m.UnknownYear = !h.Known(first.Year())
	for d := begin - calendar.Day((begin.Weekday()+6)%7); d < end; {
		var row []monthDay
		for range 7 {
			x := monthDay{Day: d, In: d >= begin && d < end, Now: d == today}
			if x.In {
				x.Plan = h.Plan(d)
				m.add(x.Plan)
			}
			row = append(row, x)
			d++
		}
		m.Weeks = append(m.Weeks, row)
	}
	return m
}

func (m *month) add(p calendar.Plan) {
	if p.Open() {
		m.Days++
	}
	m.Worked += p.Length()
}
