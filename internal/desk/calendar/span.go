// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"iter"
	"time"
)

// Span is a stretch of time that counts, [From, To), within one day of the wall clock.
type Span struct {
	From, To time.Time
}

// Spans returns the stretches that count from an instant on, in order, until the end of the
// year 9999. Work through midnight is two of them.
func (h *Hours) Spans(from time.Time) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		from := bounded(from)
		var last Span // still growing, until the next stretch is known not to follow at once
		some := false
		grow := func(s Span) bool {
			if some && last.To.Equal(s.From) && dayOf(last.From.In(h.loc)) == dayOf(s.From.In(h.loc)) {
				last.To = s.To
				return true
			}
			done, first := last, !some
			last, some = s, true
			return first || yield(done)
		}
		for year, p := from.Year(), position(from); year <= lastYear; year, p = year+1, 0 {
			if !h.layout(year).spans(year, p, grow) {
				return
			}
		}
		if some {
			yield(last)
		}
	}
}

// spans calls grow for every shift of every piece from a position on.
func (l *layout) spans(year int, p int64, grow func(Span) bool) bool {
	for i := l.index(p); i < len(l.pieces); i++ {
		for _, s := range l.pieces[i].plan.Shifts {
			from, to := l.pieces[i].span(s)
			a, b := max(int64(from)*second, p), int64(to)*second
			if b > a && !grow(Span{instant(year, a), instant(year, b)}) {
				return false
			}
		}
	}
	return true
}
