// SPDX-License-Identifier: Apache-2.0

package rota

import (
	"math"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Turn is somebody on call.
type Turn struct {
	Person  person.ID
	Shift   int       // its place in the rota; -1 where a swap filled a gap
	Instead person.ID // whose turn it was, where a swap put another in the place
	Swap    int64     // that swap
}

// Span is a stretch of time [From, To) in which the same people are on call. Nobody is a gap.
type Span struct {
	From  time.Time
	To    time.Time
	Turns []Turn
}

// Gap reports whether nobody is on call.
func (s Span) Gap() bool { return len(s.Turns) == 0 }

// At returns who is on call at t, shift by shift. Swaps that were called off do not count; of
// several the one that was written down last does.
func (r Rota) At(t time.Time, swaps []Swap) []Turn {
	var out []Turn
	loc := r.Location()
	for i, s := range r.Shifts {
		if who := s.at(t, loc); who != 0 {
			out = append(out, swapped(Turn{Person: who, Shift: i}, t, swaps))
		}
	}
	if len(out) == 0 {
		if x, ok := covering(t, swaps, 0); ok {
			out = append(out, Turn{Person: x.Person, Shift: -1, Swap: x.ID})
		}
	}
	return out
}

// People returns who is on call at t, each once.
func (r Rota) People(t time.Time, swaps []Swap) []person.ID {
	var out []person.ID
	for _, turn := range r.At(t, swaps) {
		if !slices.Contains(out, turn.Person) {
			out = append(out, turn.Person)
		}
	}
	return out
}

// swapped puts whoever took the turn over in its place.
func swapped(turn Turn, t time.Time, swaps []Swap) Turn {
	if x, ok := covering(t, swaps, turn.Person); ok {
		turn.Instead, turn.Person, turn.Swap = turn.Person, x.Person, x.ID
	}
	return turn
}

// whose is whose turn a swap is about that names somebody on call. Where an earlier swap put them there,
// it is the turn of the person whom they replaced, for a swap is read against the rota itself; whoever
// where nobody had it.
func (r Rota) whose(x Swap, swaps []Swap) person.ID {
	whose := x.Instead
	for _, turn := range r.At(x.From, swaps) {
		switch {
		case turn.Person != x.Instead:
		case turn.Swap == 0:
			return x.Instead
		default:
			whose = turn.Instead
		}
	}
	return whose
}

// changes reports whether anybody else is on call at any time because a swap is written down now.
func (r Rota) changes(x Swap, swaps []Swap) bool {
	x.ID = math.MaxInt64 // the last counts
	with := append(slices.Clone(swaps), x)
	edges := r.edges(x.From, x.To, with)
	return slices.ContainsFunc(edges[:len(edges)-1], func(t time.Time) bool {
		return !slices.Equal(r.People(t, swaps), r.People(t, with))
	})
}

// covering finds the last swap at t in the place of somebody, or in whoever's place.
func covering(t time.Time, swaps []Swap, whose person.ID) (out Swap, ok bool) {
	for _, x := range swaps {
		if !x.Off && !t.Before(x.From) && t.Before(x.To) && (x.Instead == 0 || x.Instead == whose) && x.ID >= out.ID {
			out, ok = x, true
		}
	}
	return out, ok
}

// at returns whose turn it is on the shift, 0 for nobody.
func (s Shift) at(t time.Time, loc *time.Location) person.ID {
	local := t.In(loc)
	today := date(local.Year(), local.Month(), local.Day())
	for back := range 3 { // a shift of yesterday may last until now, and yesterday may be a day that the zone left out
		day := today.AddDate(0, 0, -back)
		if from, to, ok := s.occurrence(day, loc); ok && !t.Before(from) && t.Before(to) {
			return s.turn(day)
		}
	}
	return 0
}

// occurrence is when the shift that begins on a day lasts; false where none does.
func (s Shift) occurrence(day time.Time, loc *time.Location) (from, to time.Time, ok bool) {
	if !s.Days.On(day.Weekday()) || day.Before(s.Start) || len(s.People) == 0 {
		return from, to, false
	}
	end := day
	if s.To <= s.From {
		end = day.AddDate(0, 0, 1)
	}
	from, to = wall(day, s.From, loc), wall(end, s.To, loc)
	return from, to, to.After(from) // a short shift may fall into the hour that the clocks leave out
}

// turn is whose turn begins on a day that is not before the first one.
func (s Shift) turn(day time.Time) person.ID {
	n := int(day.Sub(s.Start)/(24*time.Hour)) / s.Every
	return s.People[n%len(s.People)]
}

// date is a day as an instant in UTC, in which every day has 24 hours.
func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// wall is when a clock on the wall shows a minute of a day. Of a time that comes twice it is the
// first; one that is left out is when it would have been without the change, on the same day.
func wall(day time.Time, minute int, loc *time.Location) time.Time {
	y, m, d := day.Date()
	at := time.Date(y, m, d, 0, minute, 0, 0, loc)
	if !sameWall(at, day.Add(time.Duration(minute)*time.Minute), loc, time.UTC) {
		_, before := at.Add(-36 * time.Hour).Zone()
		return day.Add(time.Duration(minute)*time.Minute - time.Duration(before)*time.Second)
	}
	if early := at.Add(-time.Hour); sameWall(early, at, loc, loc) {
		return early.UTC()
	}
	return at.UTC()
}

// sameWall reports whether the clock on one wall shows at an instant what the other's shows at another.
func sameWall(a, b time.Time, here, there *time.Location) bool {
	const layout = "2006-01-02 15:04"
	return a.In(here).Format(layout) == b.In(there).Format(layout)
}

// maxSpan bounds what Spans looks at.
const maxSpan = 400 * 24 * time.Hour

// Spans returns who is on call from an instant to another, gaps included, in order: the
// stretches follow each other without a hole. At most 400 days are looked at.
func (r Rota) Spans(from, to time.Time, swaps []Swap) []Span {
	if to.Sub(from) > maxSpan {
		to = from.Add(maxSpan)
	}
	if !to.After(from) {
		return nil
	}
	var out []Span
	edges := r.edges(from, to, swaps)
	for i, at := range edges[:len(edges)-1] {
		turns := r.At(at, swaps)
		if n := len(out); n > 0 && slices.Equal(out[n-1].Turns, turns) {
			out[n-1].To = edges[i+1]
			continue
		}
		out = append(out, Span{From: at, To: edges[i+1], Turns: turns})
	}
	return out
}

// edges are the instants at which who is on call may change, from and to among them.
func (r Rota) edges(from, to time.Time, swaps []Swap) []time.Time {
	out := []time.Time{from, to}
	keep := func(list ...time.Time) {
		for _, t := range list {
			if t.After(from) && t.Before(to) {
				out = append(out, t)
			}
		}
	}
	loc := r.Location()
	first, last := from.In(loc), to.In(loc)
	end := date(last.Year(), last.Month(), last.Day()).AddDate(0, 0, 1)
	for day := date(first.Year(), first.Month(), first.Day()).AddDate(0, 0, -2); !day.After(end); day = day.AddDate(0, 0, 1) {
		for _, s := range r.Shifts {
			if a, b, ok := s.occurrence(day, loc); ok {
				keep(a, b)
			}
		}
	}
	for _, x := range swaps {
		if !x.Off {
			keep(x.From, x.To)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// Gaps returns the stretches in which nobody is on call.
func (r Rota) Gaps(from, to time.Time, swaps []Swap) []Span {
	return slices.DeleteFunc(r.Spans(from, to, swaps), func(s Span) bool { return !s.Gap() })
}
