// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"strconv"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 // days within which a weekday's name is enough
)

// Duration writes how long something takes in at most two units, rounded down
// to the minute: "41 分钟", "1 小时 08 分", "2 天 3 小时" and "41 min", "1 h 08 min",
// "2 d 3 h". The sign is dropped; Left says whether it is too late.
func Duration(lang Lang, d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Minute:
		return T(lang, "time.under_a_minute")
	case d < time.Hour:
		return T(lang, "time.minutes", "Count", int(d/time.Minute))
	case d < day:
		h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
		if m == 0 {
			return T(lang, "time.hours", "Count", h)
		}
		return T(lang, "time.hours_minutes", "Hours", h, "Minutes", two(m))
	}
	n, h := int(d/day), int(d%day/time.Hour)
	if h == 0 {
		return T(lang, "time.days", "Count", n)
	}
	return T(lang, "time.days_hours", "Days", n, "Hours", h)
}

// Left writes the time that is left until a due time, or by how much it is
// over: "18 分钟", "超时 6 分钟" and "18 min", "6 min overdue".
func Left(lang Lang, d time.Duration) string {
	if d >= 0 {
		return Duration(lang, d)
	}
	return T(lang, "time.overdue", "Duration", Duration(lang, d))
}

// Clock writes an instant as a reader at now in loc would say it: "10:30" on the
// same day, then "明天 09:00", "周三 15:36" within a week, "11 月 30 日 15:36" after
// that. The zero time is "–".
func Clock(lang Lang, t, now time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	hm := t.In(zone(loc)).Format("15:04")
	if apart(t, now, loc) == 0 {
		return hm
	}
	return T(lang, "time.moment", "Day", Day(lang, t, now, loc), "Clock", hm)
}

// Moment writes an instant always with its day: "今天 17:00", "today 17:00".
func Moment(lang Lang, t, now time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return T(lang, "time.moment", "Day", Day(lang, t, now, loc), "Clock", t.In(zone(loc)).Format("15:04"))
}

// Day writes the day of an instant: 今天, 昨天, 明天, the weekday within a week,
// else the date, with its year in Chinese only where it is another one.
func Day(lang Lang, t, now time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	local := t.In(zone(loc))
	switch n := apart(t, now, loc); {
	case n == 0:
		return T(lang, "time.today")
	case n == -1:
		return T(lang, "time.yesterday")
	case n == 1:
		return T(lang, "time.tomorrow")
	case n > -week && n < week:
		return T(lang, "time.weekday_"+strconv.Itoa(int(local.Weekday())))
	}
	if lang == ZH && local.Year() == now.In(zone(loc)).Year() {
		return T(lang, "time.date_short", "Month", int(local.Month()), "Day", local.Day())
	}
	return Date(lang, t, loc)
}

// Date writes the day of an instant in full: "2026 年 1 月 5 日", "2026-01-05".
func Date(lang Lang, t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	local := t.In(zone(loc))
	if lang == EN {
		return local.Format(time.DateOnly)
	}
	return T(lang, "time.date", "Year", local.Year(), "Month", int(local.Month()), "Day", local.Day())
}

// Stamp writes an instant in full, for a title or a machine-like list: "2026-01-05 09:24".
func Stamp(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(zone(loc)).Format("2006-01-02 15:04")
}

// apart returns how many midnights of loc lie between now and t; it is negative before now.
func apart(t, now time.Time, loc *time.Location) int {
	a, b := midnight(t, loc), midnight(now, loc)
	return int(a.Sub(b) / day)
}

// midnight returns the calendar day of t in loc as an instant of UTC, so that
// days differ by whole multiples of 24 hours even where clocks are changed.
func midnight(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(zone(loc)).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func zone(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
