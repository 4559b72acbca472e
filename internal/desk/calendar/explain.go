// SPDX-License-Identifier: Apache-2.0

package calendar

import "time"

// Line is one step of the explanation of a working time: a day that counted and from when to
// when, a stretch of days that counted in full, or one that did not count and why.
type Line struct {
	Key          string // message key; Text writes it
	From, To     Day
	Shifts       []Shift       // that counted, by the wall clock; of a single day
	Length       time.Duration // that counted in all
	Each         time.Duration // that counted on each day of a stretch
	Days         int
	Name, NameEN string // of the holiday, special day or calendar
	Zone         string // of the calendar
}

// Bounds of an explanation. What lies beyond is summed up in its last line.
const (
	maxLines = 60
	maxSpan  = 3 * 366
)

// Explain says day by day what Between(a, b) is made of.
func (h *Hours) Explain(a, b time.Time) []Line {
	a, b = bounded(a), bounded(b)
	if !b.After(a) {
		return nil
	}
	first, last := dayOf(a.In(h.loc)), dayOf(b.In(h.loc))
	t := teller{h: h, first: first, counts: h.count(a, earlier(b, h.midnight(first+maxSpan)))}
	for d := first; d <= last; d++ {
		if len(t.lines) >= maxLines || d-first >= maxSpan {
			rest := h.Between(later(a, h.midnight(d)), b)
			t.lines = append(t.lines, Line{Key: "calendar.line_more", From: d, To: last, Days: int(last-d) + 1, Length: rest})
			break
		}
		t.day(d)
	}
	return t.lines
}

// teller writes the lines; days that are alike become one.
type teller struct {
	h      *Hours
	first  Day
	counts map[Day]*counted
	lines  []Line
	kind   Kind // of the last line; "" where none joins it
	year   int  // whose missing holidays were told
}

func (t *teller) day(d Day) {
	p := t.h.plan(d)
	t.missing(d)
	c := t.counts[d]
	switch {
	case !p.Open():
		t.closed(d, p)
	case c != nil:
		t.open(d, p, *c)
	case d == t.first:
		t.add("", Line{Key: "calendar.line_after", From: d, To: d, Days: 1})
	}
}

func (t *teller) open(d Day, p *Plan, c counted) {
	whole := t.h.whole(d, c.length)
	if n := len(t.lines); whole && p.Kind == Weekly && n > 0 && t.kind == Weekly && t.lines[n-1].To+1 == d && t.lines[n-1].Each == c.length {
		l := &t.lines[n-1]
		l.Key, l.To, l.Days, l.Length, l.Shifts = "calendar.line_run", d, l.Days+1, l.Length+c.length, nil
	} else {
		l := Line{Key: "calendar.line_" + string(p.Kind), From: d, To: d, Shifts: c.shifts, Length: c.length, Days: 1, Name: p.Name, NameEN: p.NameEN}
		if whole {
			l.Each = c.length
		}
		t.add(p.Kind, l)
	}
	if t.h.changes(d) {
		t.add("", Line{Key: "calendar.line_clocks", From: d, To: d, Days: 1, Length: c.length})
	}
}

func (t *teller) closed(d Day, p *Plan) {
	if n := len(t.lines); n > 0 && t.kind == p.Kind && t.lines[n-1].Name == p.Name && t.lines[n-1].To+1 == d {
		t.lines[n-1].To = d
		t.lines[n-1].Days++
		t.lines[n-1].Key = "calendar.line_" + string(p.Kind) + "_run"
		return
	}
	t.add(p.Kind, Line{Key: "calendar.line_" + string(p.Kind), From: d, To: d, Days: 1, Name: p.Name, NameEN: p.NameEN})
}

func (t *teller) add(k Kind, l Line) {
	t.lines = append(t.lines, l)
	t.kind = k
}

// missing tells once a year that its holidays are not known.
func (t *teller) missing(d Day) {
	if y := d.Year(); y != t.year {
		if t.year = y; !t.h.Known(y) {
			t.add("", Line{Key: "calendar.line_unknown", From: d, To: d})
		}
	}
}

// counted is what counts of one day.
type counted struct {
	shifts []Shift
	length time.Duration
}

// count collects what counts from a to b, by the day of the wall clock.
func (h *Hours) count(a, b time.Time) map[Day]*counted {
	out := map[Day]*counted{}
	for s := range h.Spans(a) {
		if !s.From.Before(b) {
			break
		}
		s.To = earlier(s.To, b)
		local := s.From.In(h.loc)
		d := dayOf(local)
		c := out[d]
		if c == nil {
			c = &counted{}
			out[d] = c
		}
		c.length += s.To.Sub(s.From)
		hour, minute, _ := local.Clock()
		from := hour*60 + minute
		to := from + int((s.To.Sub(s.From)+time.Minute-1)/time.Minute)
		if end := s.To.In(h.loc); dayOf(end) == d { // its clocks may have been changed meanwhile
			hour, minute, _ = end.Clock()
			to = hour*60 + minute
		}
		c.shifts = append(c.shifts, Shift{from, min(to, dayMinutes)})
	}
	return out
}

// whole reports whether a length is all that counts of a day.
func (h *Hours) whole(d Day, length time.Duration) bool {
	return h.Between(h.midnight(d), h.midnight(d+1)) == length
}

// changes reports whether the clocks are changed on a day.
func (h *Hours) changes(d Day) bool {
	_, before := h.midnight(d).Zone()
	_, after := h.midnight(d + 1).Zone()
	return before != after
}

// midnight is the first instant of a day, or the one that stands for it where there is none.
func (h *Hours) midnight(d Day) time.Time {
	y, m, n := d.Time().Date()
	return time.Date(y, m, n, 0, 0, 0, 0, h.loc)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
