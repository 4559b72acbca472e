// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Text writes the line for a reader: "10 月 10 日（周六） 国庆节调休补班 09:00–12:00、13:30–18:00，计
// 7 小时 30 分". Days and times of day are those of the calendar's zone.
func (l Line) Text(lang i18n.Lang) string {
	return i18n.T(lang, l.Key,
		"Day", l.From.Text(lang), "From", l.From.Text(lang), "To", l.To.Text(lang), "Year", l.From.Year(), "Count", l.Days,
		"Shifts", Said(lang, l.Shifts), "Length", Worked(lang, l.Length), "Each", Worked(lang, l.Each),
		"Name", either(string(lang), l.Name, l.NameEN), "Zone", l.Zone)
}

// Text writes the day with its weekday: "10 月 10 日（周六）", "Sat 2026-10-10".
func (d Day) Text(lang i18n.Lang) string {
	if d == 0 {
		return ""
	}
	t := d.Time()
	date := t.Format(time.DateOnly)
	if lang == i18n.ZH {
		date = i18n.T(lang, "time.date_short", "Month", int(t.Month()), "Day", t.Day())
	}
	return i18n.T(lang, "calendar.day", "Date", date, "Weekday", i18n.T(lang, "time.weekday_"+strconv.Itoa(int(t.Weekday()))))
}

// Said writes shifts for people: "09:00–12:00、13:30–18:00".
func Said(lang i18n.Lang, list []Shift) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = hm(s.From) + "–" + hm(s.To)
	}
	return strings.Join(out, i18n.T(lang, "calendar.comma"))
}

// Worked writes a length of working time, in hours however many: a day of 24 hours means
// nothing to a calendar with eight.
func Worked(lang i18n.Lang, d time.Duration) string {
	minutes := int(d / time.Minute)
	switch hours := minutes / 60; {
	case hours == 0:
		return i18n.Duration(lang, d)
	case minutes%60 == 0:
		return i18n.T(lang, "time.hours", "Count", hours)
	default:
		rest := strconv.Itoa(minutes % 60)
		if len(rest) < 2 {
			rest = "0" + rest
		}
		return i18n.T(lang, "time.hours_minutes", "Hours", hours, "Minutes", rest)
	}
}
