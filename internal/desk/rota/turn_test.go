// SPDX-License-Identifier: Apache-2.0

package rota_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// weekly is one person at a time, a week each, handed over at nine.
func weekly(zone string, people ...person.ID) rota.Rota {
	return rota.Rota{ID: 1, Name: "值班", Zone: zone, Active: true, Shifts: []rota.Shift{
		{Name: "全天", From: 9 * 60, To: 9 * 60, Days: rota.EveryDay, People: people, Every: 7, Start: day(2026, 3, 2)},
	}}
}

func TestN4_TurnsAreHandedOverByTheWallClock(t *testing.T) {
	t.Parallel()
	r := weekly("Europe/Berlin", 11, 12, 13)
	berlin := r.Location()
	for _, tt := range []struct {
		at   time.Time
		want []person.ID
	}{
		{time.Date(2026, 3, 2, 8, 59, 59, 0, berlin), nil}, // before the first turn
		{time.Date(2026, 3, 2, 9, 0, 0, 0, berlin), []person.ID{11}},
		{time.Date(2026, 3, 9, 8, 59, 59, 0, berlin), []person.ID{11}},
		{time.Date(2026, 3, 9, 9, 0, 0, 0, berlin), []person.ID{12}},
		{time.Date(2026, 3, 30, 8, 59, 59, 0, berlin), []person.ID{11}}, // the clocks went forward the day before
		{time.Date(2026, 3, 30, 9, 0, 0, 0, berlin), []person.ID{12}},
		{time.Date(2026, 10, 25, 2, 30, 0, 0, berlin), []person.ID{11}}, // the hour that comes twice
		{time.Date(2026, 10, 26, 9, 0, 0, 0, berlin), []person.ID{12}},
	} {
		if diff := cmp.Diff(tt.want, r.People(tt.at, nil)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.at, diff)
		}
	}
}

func TestN4_NightShiftReachesIntoTheNextDay(t *testing.T) {
	t.Parallel()
	r := rota.Rota{Name: "两班", Zone: "Asia/Shanghai", Active: true, Shifts: []rota.Shift{
		{Name: "白班", From: 8 * 60, To: 20 * 60, Days: rota.EveryDay, People: []person.ID{1, 2}, Every: 1, Start: day(2026, 3, 2)},
		{Name: "夜班", From: 20 * 60, To: 8 * 60, Days: rota.EveryDay &^ (1 << time.Saturday), People: []person.ID{3, 4}, Every: 1, Start: day(2026, 3, 2)},
	}}
	at := func(d, h int) []person.ID {
		return r.People(time.Date(2026, 3, d, h, 0, 0, 0, r.Location()), nil)
	}
	for _, tt := range []struct {
		d, h int
		want []person.ID
	}{
		{2, 8, []person.ID{1}},
		{2, 19, []person.ID{1}},
		{2, 20, []person.ID{3}},
		{3, 7, []person.ID{3}},
		{3, 8, []person.ID{2}},
		{3, 23, []person.ID{4}},
		{7, 22, nil},
		{8, 3, nil},
		{8, 8, []person.ID{1}}, // Saturday night has nobody
	} {
		if diff := cmp.Diff(tt.want, at(tt.d, tt.h)); diff != "" {
			t.Errorf("day %d at %d (-want +got):\n%s", tt.d, tt.h, diff)
		}
	}
	gaps := r.Gaps(time.Date(2026, 3, 2, 8, 0, 0, 0, r.Location()), time.Date(2026, 3, 9, 8, 0, 0, 0, r.Location()), nil)
	if len(gaps) != 1 || gaps[0].To.Sub(gaps[0].From) != 12*time.Hour {
		t.Errorf("gaps %v, want the Saturday night", gaps)
	}
}

func TestN4_SwapPutsAnotherInTheirPlace(t *testing.T) {
	t.Parallel()
	r := weekly("Asia/Shanghai", 11, 12)
	from := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC)
	swaps := []rota.Swap{
		{ID: 1, From: from, To: from.Add(24 * time.Hour), Person: 12, Instead: 11},
		{ID: 2, From: from, To: from.Add(24 * time.Hour), Person: 11, Instead: 12}, // of a turn that is not theirs
		{ID: 3, From: from, To: from.Add(24 * time.Hour), Person: 13, Instead: 11, Off: true},
		{ID: 4, From: from.Add(12 * time.Hour), To: from.Add(13 * time.Hour), Person: 14},
	}
	for _, tt := range []struct {
		at   time.Time
		want []person.ID
	}{
		{from.Add(-time.Second), []person.ID{11}},
		{from, []person.ID{12}},
		{from.Add(12 * time.Hour), []person.ID{14}},
		{from.Add(13 * time.Hour), []person.ID{12}},
		{from.Add(24 * time.Hour), []person.ID{11}},
	} {
		if diff := cmp.Diff(tt.want, r.People(tt.at, swaps)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.at, diff)
		}
	}
	if got := r.At(from, swaps); len(got) != 1 || got[0].Instead != 11 || got[0].Swap != 1 {
		t.Errorf("the turn does not say whose it was: %+v", got)
	}
	early := day(2026, 2, 1)
	if got := r.People(early, []rota.Swap{{ID: 9, From: early, To: early.Add(time.Hour), Person: 15}}); !slices.Equal(got, []person.ID{15}) {
		t.Errorf("a swap does not fill a gap: %v", got)
	}
}

// zones are those whose clocks do what clocks should not: skip midnight, move by half an hour, leave out a day.
func zones() []string {
	return []string{"UTC", "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"}
}

func anyShift(t *rapid.T) rota.Shift {
	people := rapid.SliceOfNDistinct(rapid.Int64Range(1, 20), 1, 5, func(n int64) int64 { return n }).Draw(t, "people")
	s := rota.Shift{
		Name: "x", From: rapid.IntRange(0, 1439).Draw(t, "from"), To: rapid.IntRange(0, 1439).Draw(t, "to"),
		Days: rota.Days(rapid.IntRange(1, 127).Draw(t, "days")), Every: rapid.IntRange(1, 56).Draw(t, "every"),
		Start: day(2011, 1, 1).AddDate(0, 0, rapid.IntRange(0, 6000).Draw(t, "start")),
	}
	for _, p := range people {
		s.People = append(s.People, person.ID(p))
	}
	return s
}

func anyRota(t *rapid.T) rota.Rota {
	return rota.Rota{
		Name: "x", Zone: rapid.SampledFrom(zones()).Draw(t, "zone"), Active: true,
		Shifts: rapid.SliceOfN(rapid.Custom(anyShift), 1, 4).Draw(t, "shifts"),
	}
}

func anySwaps(t *rapid.T, from time.Time) []rota.Swap {
	var out []rota.Swap
	for i := range rapid.IntRange(0, 4).Draw(t, "swaps") {
		a := from.Add(time.Duration(rapid.IntRange(-200, 900).Draw(t, "a")) * time.Hour)
		out = append(out, rota.Swap{
			ID: int64(i + 1), From: a, To: a.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "b")) * time.Hour),
			Person: person.ID(rapid.IntRange(1, 30).Draw(t, "p")), Instead: person.ID(rapid.IntRange(0, 20).Draw(t, "q")),
			Off: rapid.Bool().Draw(t, "off"),
		})
	}
	return out
}

// The week that is shown and the person who is paged come from one rule: a span says at each
// of its instants what At says, spans leave no hole, and two neighbours differ.
func TestN4_SpansSayWhatAtSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRota(t)
		from := day(2011, 1, 1).Add(time.Duration(rapid.Int64Range(0, 8000*24*60).Draw(t, "minute")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(1, 40*24).Draw(t, "hours")) * time.Hour)
		swaps := anySwaps(t, from)
		spans := r.Spans(from, to, swaps)
		at := from
		for i, s := range spans {
			if !s.From.Equal(at) || !s.To.After(s.From) {
				t.Fatalf("span %d is %v–%v, want it to begin at %v", i, s.From, s.To, at)
			}
			if i > 0 && slices.Equal(spans[i-1].Turns, s.Turns) {
				t.Fatalf("span %d is like the one before", i)
			}
			inside := s.From.Add(time.Duration(rapid.Int64Range(0, int64(s.To.Sub(s.From))-1).Draw(t, "inside")))
			for _, x := range []time.Time{s.From, inside, s.To.Add(-1)} {
				if !slices.Equal(r.At(x, swaps), s.Turns) {
					t.Fatalf("at %v is %v, the span %v–%v says %v", x, r.At(x, swaps), s.From, s.To, s.Turns)
				}
			}
			at = s.To
		}
		if !at.Equal(to) {
			t.Fatalf("the spans end at %v, want %v", at, to)
		}
	})
}

// Whole days one after the other leave no hole and put nobody beside another, whatever the
// clocks of the zone do (DST-proof).
func TestN4_WholeDaysCoverEveryInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRota(t)
		r.Shifts = r.Shifts[:1]
		r.Shifts[0].Days, r.Shifts[0].To, r.Shifts[0].Start = rota.EveryDay, r.Shifts[0].From, day(2011, 1, 1)
		from := day(2011, 1, 3).Add(time.Duration(rapid.Int64Range(0, 8000*24*60).Draw(t, "minute")) * time.Minute)
		for _, s := range r.Spans(from, from.AddDate(0, 0, 60), nil) {
			if len(s.Turns) != 1 {
				t.Fatalf("%s %v–%v: %d on call", r.Zone, s.From, s.To, len(s.Turns))
			}
		}
	})
}

// Samoa had no 30 December 2011: the day before lasts until its end by the old clock.
func TestN4_ADayThatAZoneLeftOutLeavesNoHole(t *testing.T) {
	t.Parallel()
	r := rota.Rota{Name: "x", Zone: "Pacific/Apia", Active: true, Shifts: []rota.Shift{
		{Name: "x", From: 1, To: 1, Days: rota.EveryDay, People: []person.ID{1, 2}, Every: 1, Start: day(2011, 12, 1)},
	}}
	for minute := -1; minute <= 2; minute++ { // the person of the 29th, and then of the 31st, who is the same
		at := day(2011, 12, 30).Add(10*time.Hour + time.Duration(minute)*time.Minute)
		if got := r.People(at, nil); !slices.Equal(got, []person.ID{1}) {
			t.Errorf("at %v: %v are on call", at, got)
		}
	}
}

func TestN4_RotaThatCannotWorkIsRefused(t *testing.T) {
	t.Parallel()
	r := rota.Rota{Name: " ", Zone: "Mars/Base", Shifts: []rota.Shift{{Name: "", From: 1440, To: -1, Days: 0, People: []person.ID{3, 3}, Every: 0, Start: day(9999, 1, 1)}}}
	err := r.Check()
	want := []string{"name", "zone", "shift_0", "from_0", "to_0", "days_0", "every_0", "start_0", "people_0"}
	if diff := cmp.Diff(want, fields(t, err)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	empty := rota.Rota{Name: "x", Zone: "UTC"}
	if diff := cmp.Diff([]string{"shifts"}, fields(t, empty.Check())); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}
