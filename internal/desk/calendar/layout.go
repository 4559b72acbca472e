// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"sort"
	"sync/atomic"
	"time"
)

// layout is one year of UTC, cut at every local midnight and at every change of the clocks, so
// that within a piece the wall clock runs straight. Positions in it are nanoseconds from its
// start; seconds where said.
type layout struct {
	pieces []piece
	end    int64 // where it ends
	total  int64 // what counts of it
}

// piece is a day, or the part of a day between two changes of the clocks.
type piece struct {
	from, to int32 // seconds
	midnight int32 // seconds; when the wall clock would have shown 00:00
	before   int32 // seconds that count before the piece
	plan     *Plan
}

const second = int64(time.Second)

// span returns where a shift begins and ends within the piece, in seconds; to ≤ from where it does not.
func (p *piece) span(s Shift) (from, to int32) {
	return max(p.from, p.midnight+int32(s.From)*60), min(p.to, p.midnight+int32(s.To)*60)
}

func (p *piece) worked() int32 {
	n := int32(0)
	for _, s := range p.plan.Shifts {
		from, to := p.span(s)
		n += max(to-from, 0)
	}
	return n
}

// build lays a year out.
func (h *Hours) build(year int) *layout {
	start, stop := yearStart(year), yearStart(year+1)
	l := &layout{pieces: make([]piece, 0, 370), end: (stop - start) * second}
	sum := int32(0)
	for t := start; t < stop; {
		local := time.Unix(t, 0).In(h.loc)
		_, offset := local.Zone()
		straight := stop // as long as the clocks are not changed
		if _, change := local.ZoneBounds(); !change.IsZero() {
			straight = min(stop, change.Unix())
		}
		if straight <= t { // far ahead, on the last day of a leap year, the library names a change that is over
			straight = min(stop, t+daySeconds)
		}
		for t < straight {
			day := Day(floor(t+int64(offset), daySeconds))
			midnight := int64(day)*daySeconds - int64(offset)
			to := min(straight, midnight+daySeconds)
			p := piece{from: int32(t - start), to: int32(to - start), midnight: int32(midnight - start), before: sum, plan: h.plan(day)}
			sum += p.worked()
			l.pieces = append(l.pieces, p)
			t = to
		}
	}
	l.total = int64(sum) * second
	return l
}

// layout returns the layout of a year from 1 to 9999.
func (h *Hours) layout(year int) *layout {
	var slot *atomic.Pointer[layout]
	switch {
	case year < nearFirst:
		slot = &h.far[0][shape(year)]
	case year > nearLast:
		slot = &h.far[1][shape(year)]
	default:
		slot = &h.near[year-nearFirst]
	}
	l := slot.Load()
	if l == nil {
		l = h.build(year)
		slot.Store(l) // two at once store the same
	}
	return l
}

// shape tells the fourteen kinds of years apart: the weekday of New Year, and whether it leaps.
func shape(year int) int {
	n := int(Date(year, time.January, 1).Weekday())
	if yearStart(year+1)-yearStart(year) > 365*daySeconds {
		n += 7
	}
	return n
}

// at returns where an instant lies.
func (h *Hours) at(t time.Time) (*layout, int64) { return h.layout(t.Year()), position(t) }

// index returns the piece in which a position lies.
func (l *layout) index(p int64) int {
	s := int32(min(p, l.end-1) / second)
	guess := min(int(s/daySeconds), len(l.pieces)-1) // mostly right, or off by one
	for guess+1 < len(l.pieces) && l.pieces[guess+1].from <= s {
		guess++
	}
	for l.pieces[guess].from > s {
		guess--
	}
	return guess
}

// count returns what counts before a position.
func (l *layout) count(p int64) int64 {
	x := &l.pieces[l.index(p)]
	n := int64(x.before) * second
	for _, s := range x.plan.Shifts {
		from, to := x.span(s)
		if a, b := int64(from)*second, min(int64(to)*second, p); b > a {
			n += b - a
		}
	}
	return n
}

// open reports whether a position counts.
func (l *layout) open(p int64) bool {
	x := &l.pieces[l.index(p)]
	for _, s := range x.plan.Shifts {
		if from, to := x.span(s); int64(from)*second <= p && p < int64(to)*second {
			return true
		}
	}
	return false
}

// reach returns the first position before which n counts; 0 < n ≤ total.
func (l *layout) reach(n int64) int64 {
	i := sort.Search(len(l.pieces), func(i int) bool { return int64(l.pieces[i].before)*second >= n }) - 1
	x := &l.pieces[i]
	n -= int64(x.before) * second
	for _, s := range x.plan.Shifts {
		from, to := x.span(s)
		if worked := int64(max(to-from, 0)) * second; worked >= n {
			return int64(from)*second + n
		} else if worked > 0 {
			n -= worked
		}
	}
	return l.end
}

// leave returns the last position before which n counts; 0 ≤ n < total.
func (l *layout) leave(n int64) int64 {
	i := sort.Search(len(l.pieces), func(i int) bool { return int64(l.pieces[i].before)*second > n }) - 1
	x := &l.pieces[i]
	n -= int64(x.before) * second
	for _, s := range x.plan.Shifts {
		from, to := x.span(s)
		if worked := int64(max(to-from, 0)) * second; worked > n {
			return int64(from)*second + n
		} else if worked > 0 {
			n -= worked
		}
	}
	return l.end
}

// opening returns the first start of a shift from a position on.
func (l *layout) opening(p int64) (int64, bool) {
	for i := l.index(p); i < len(l.pieces); i++ {
		for _, s := range l.pieces[i].plan.Shifts {
			if from, to := l.pieces[i].span(s); to > from && int64(from)*second >= p {
				return int64(from) * second, true
			}
		}
	}
	return 0, false
}

// closing returns the last end of a shift up to a position.
func (l *layout) closing(p int64) (int64, bool) {
	for i := l.index(p); i >= 0; i-- {
		shifts := l.pieces[i].plan.Shifts
		for j := len(shifts) - 1; j >= 0; j-- {
			if from, to := l.pieces[i].span(shifts[j]); to > from && int64(to)*second <= p {
				return int64(to) * second, true
			}
		}
	}
	return 0, false
}

// The span of time in which business time is counted, in seconds of Unix.
const (
	lastYear    = 9999
	firstSecond = -62135596800 // 0001-01-01T00:00:00Z
	lastSecond  = 253402300799 // 9999-12-31T23:59:59Z
)

func earliest() time.Time { return time.Unix(firstSecond, 0).UTC() }
func latest() time.Time   { return time.Unix(lastSecond, second-1).UTC() }

// bounded moves an instant into that span, and to UTC.
func bounded(t time.Time) time.Time {
	switch n := t.Unix(); {
	case n < firstSecond:
		return earliest()
	case n > lastSecond:
		return latest()
	}
	return t.UTC()
}

// yearStart is the first second of a year of UTC.
func yearStart(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }

// position is where an instant lies in its year.
func position(t time.Time) int64 {
	return (t.Unix()-yearStart(t.Year()))*second + int64(t.Nanosecond())
}

// instant is the reverse.
func instant(year int, p int64) time.Time {
	return time.Unix(yearStart(year)+p/second, p%second).UTC()
}
