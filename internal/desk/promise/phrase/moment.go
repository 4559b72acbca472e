// SPDX-License-Identifier: Apache-2.0

package phrase

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// moment is a time as words name it: so long from now, or a day, a part of it, an hour of it.
type moment struct {
	from, to int // where it stands in the clause, in bytes

	// So long from now.
	length  time.Duration
	days    int  // whole days, until the end of work on the last
	months  int  // calendar months
	working bool // counts working time only

	// Or a day and what of it.
	day    day
	part   part
	hour   int // −1 where none is said
	minute int
	half   half // which half of the day the hour is of
	before bool // strictly before what is named: "周五前" ends with Thursday's work
	void   bool // found, and no deadline: "3点以后", "两小时前"
}

// part is a part of a day.
type part int

const (
	noPart part = iota
	night       // before the morning
	dawn        // early, "明早"
	morning
	noon
	afternoon
	dusk
	evening
	shiftEnd // 下班, the end of business
	dayEnd   // midnight
)

// half says which twelve hours an hour is of.
type half int

const (
	unsaid half = iota
	am
	pm
	whole // of twenty-four
)

// kind says how a day is named.
type kind int

const (
	noDay kind = iota
	ahead      // so many days ahead; 0 is today
	weekday
	date
	weekEnd  // the last working day of a week
	monthEnd // of this month
)

type day struct {
	kind  kind
	n     int          // days ahead; weeks ahead, −1 for the next such weekday that comes
	week  time.Weekday // for weekday
	year  int          // 0 where none is said
	month time.Month   // 0: this month or the next
	date  int
}

// lastHours of the parts of a day, where nothing more exact is said.
const (
	hourNight   = 6
	hourDawn    = 10
	hourNoon    = 12
	hourUsual   = 18 // when work ends where no calendar says it
	hourDusk    = 19
	hourEvening = 22
)

// due resolves a moment; false where it cannot be, or is no deadline.
func (m moment) due(at At) (time.Time, bool) {
	switch {
	case m.void:
		return time.Time{}, false
	case m.months > 0:
		return closing(midnight(at.Now.AddDate(0, m.months, 0), 0), at), true
	case m.days > 0 && m.working:
		return closing(midnight(at.Calendar.AddDays(at.Now, m.days).In(at.Zone), 0), at), true
	case m.days > 0:
		return closing(midnight(at.Now, m.days), at), true
	case m.length > 0 && m.working:
		return at.Calendar.Add(at.Now, m.length), true
	case m.length > 0:
		return at.Now.Add(m.length), true
	}
	start, ok := m.start(at)
	if !ok {
		return time.Time{}, false
	}
	return m.within(start, at)
}

// start is the midnight with which the named day begins.
func (m moment) start(at At) (time.Time, bool) {
	now := at.Now
	switch d := m.day; d.kind {
	case ahead:
		return midnight(now, d.n), true
	case weekday:
		away := (int(d.week)+6)%7 - (int(now.Weekday())+6)%7 // Monday begins the week
		switch {
		case d.n >= 0:
			away += 7 * d.n
		case away < 0:
			away += 7
		}
		return midnight(now, away), away >= 0
	case weekEnd:
		friday := midnight(now, 4-(int(now.Weekday())+6)%7+7*d.n)
		return friday, !friday.Before(midnight(now, 0))
	case monthEnd:
		return time.Date(now.Year(), now.Month()+time.Month(1+d.n), 0, 0, 0, 0, 0, at.Zone), true
	case date:
		return d.next(at)
	case noDay:
	}
	return midnight(now, 0), true
}

// next is the first such date that is not past.
func (d day) next(at At) (time.Time, bool) {
	today := midnight(at.Now, 0)
	year, month := at.Now.Year(), at.Now.Month()
	if d.year != 0 {
		year = d.year
	}
	if d.month != 0 {
		month = d.month
	}
	on := time.Date(year, month, d.date, 0, 0, 0, 0, at.Zone)
	switch {
	case d.year != 0:
	case d.month == 0 && on.Before(today):
		on = time.Date(year, month+1, d.date, 0, 0, 0, 0, at.Zone)
	case on.Before(today.AddDate(0, -6, 0)):
		on = time.Date(year+1, month, d.date, 0, 0, 0, 0, at.Zone)
	}
	return on, on.Day() == d.date
}

// within finds the instant of the day that begins at start.
func (m moment) within(start time.Time, at At) (time.Time, bool) {
	clock := func(h, minute int) time.Time {
		return time.Date(start.Year(), start.Month(), start.Day(), h, minute, 0, 0, at.Zone)
	}
	if m.hour >= 0 {
		return m.clock(clock, at)
	}
	switch m.part {
	case night:
		return clock(hourNight, 0), true
	case dawn:
		return clock(hourDawn, 0), true
	case morning, noon:
		return clock(hourNoon, 0), true
	case afternoon:
		if m.before {
			return clock(hourNoon, 0), true
		}
		return closing(start, at), true
	case dusk:
		return clock(hourDusk, 0), true
	case evening:
		if m.before {
			return clock(hourUsual, 0), true
		}
		return clock(hourEvening, 0), true
	case shiftEnd:
		return closing(start, at), true
	case dayEnd:
		return clock(24, 0), true
	case noPart:
	}
	if m.day.kind == noDay {
		return time.Time{}, false
	}
	if m.before && m.day.kind != weekEnd && m.day.kind != monthEnd {
		return lastWork(start, at), true
	}
	return closing(start, at), true
}

// clock finds the hour. Where it is not said of which half of the day, it is the next one of
// today, and the one at which people work of another day.
func (m moment) clock(of func(h, minute int) time.Time, at At) (time.Time, bool) {
	h := m.hour
	if h > 24 || m.minute > 59 || h == 24 && m.minute > 0 {
		return time.Time{}, false
	}
	first := m.half
	if first == unsaid {
		first = m.part.half(h)
	}
	switch {
	case first == whole || h > 12 || h == 0:
		return of(h, m.minute), true
	case first == am:
		return of(h%12, m.minute), true
	case first == pm && m.part == evening && h == 12:
		return of(24, m.minute), true
	case first == pm:
		return of(h%12+12, m.minute), true
	}
	today := m.day.kind == noDay || m.day.kind == ahead && m.day.n == 0
	switch {
	case today && of(h%12, m.minute).After(at.Now) && h >= 7:
		return of(h%12, m.minute), true
	case today:
		return of(h%12+12, m.minute), true
	case h < 7:
		return of(h+12, m.minute), true
	}
	return of(h, m.minute), true
}

// half is the half of the day to which a part belongs.
func (p part) half(h int) half {
	switch p {
	case night, dawn, morning:
		return am
	case noon:
		if h >= 10 {
			return whole
		}
		return pm
	case afternoon, dusk, evening:
		return pm
	case noPart, shiftEnd, dayEnd:
	}
	return unsaid
}

// midnight begins the day n days after that of t.
func midnight(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+n, 0, 0, 0, 0, t.Location())
}

// closing is when work ends on the day that begins at start; in the early evening where nobody
// works that day, or where every minute counts.
func closing(start time.Time, at At) time.Time {
	usual := time.Date(start.Year(), start.Month(), start.Day(), hourUsual, 0, 0, 0, at.Zone)
	if at.Calendar.Key() == (calendar.Always{}).Key() {
		return usual
	}
	next := midnight(start, 1)
	last := at.Calendar.Back(next, time.Millisecond).Add(time.Millisecond)
	if last.Before(start) || last.Equal(start) {
		return usual
	}
	return last.In(at.Zone)
}

// lastWork is when work ends for the last time before an instant.
func lastWork(before time.Time, at At) time.Time {
	if at.Calendar.Key() == (calendar.Always{}).Key() {
		return time.Date(before.Year(), before.Month(), before.Day()-1, hourUsual, 0, 0, 0, at.Zone)
	}
	return at.Calendar.Back(before, time.Millisecond).Add(time.Millisecond).In(at.Zone)
}
