// SPDX-License-Identifier: Apache-2.0

package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// zones are those whose clocks behave worst: half an hour of summer time, no midnight, a day
// that never was, changes a minute past midnight, rules that stand in no table.
func zones() []string {
	return []string{
		"Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Tehran", "Australia/Lord_Howe",
		"Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu", "Europe/Dublin", "America/Havana",
	}
}

// sheet draws a calendar, as strange as it may be and still pass.
func sheet(t *rapid.T) (calendar.Sheet, []calendar.Year) {
	s := calendar.Sheet{Name: "drawn", Title: "drawn", Zone: rapid.SampledFrom(zones()).Draw(t, "zone"), Sets: []string{"x"}}
	for d := range s.Week {
		s.Week[d] = shiftsOf(t, 4)
	}
	s.Week[3] = []calendar.Shift{{From: 0, To: 24 * 60}}
	s.MakeUp = 3
	around := calendar.Date(rapid.IntRange(2001, 2098).Draw(t, "year"), 3, 1)
	for range rapid.IntRange(0, 5).Draw(t, "specials") {
		from := around + calendar.Day(rapid.IntRange(-200, 300).Draw(t, "special"))
		x := calendar.Special{From: from, To: from + calendar.Day(rapid.IntRange(0, 4).Draw(t, "long")), Name: "x"}
		if x.Yearly = rapid.Bool().Draw(t, "yearly"); x.Yearly {
			x.To = 0
		}
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			x.Hours = shiftsOf(t, 3)
		case 1:
			x.Without = shiftsOf(t, 3)
		}
		s.Special = append(s.Special, x)
	}
	y := calendar.Year{Set: "x", Year: around.Year()}
	for range rapid.IntRange(0, 6).Draw(t, "holidays") {
		from := around + calendar.Day(rapid.IntRange(-50, 250).Draw(t, "holiday"))
		h := calendar.Holiday{Name: "x", From: from, To: from + calendar.Day(rapid.IntRange(0, 8).Draw(t, "days"))}
		h.Work = []calendar.Work{{Day: from - 2, As: "mon"}}
		y.Holidays = append(y.Holidays, h)
	}
	return s, []calendar.Year{y}
}

func shiftsOf(t *rapid.T, n int) []calendar.Shift {
	var edges []int
	for range 2 * rapid.IntRange(0, n).Draw(t, "shifts") {
		edges = append(edges, rapid.IntRange(0, 24*60).Draw(t, "edge"))
	}
	slices.Sort(edges)
	var out []calendar.Shift
	for i := 0; i+1 < len(edges); i += 2 {
		if edges[i] < edges[i+1] {
			out = append(out, calendar.Shift{From: edges[i], To: edges[i+1]})
		}
	}
	return out
}

func drawn(t *rapid.T) *calendar.Hours {
	s, years := sheet(t)
	h, err := calendar.New(s, years)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// near draws an instant: often close to the days that are special, or to a change of clocks.
func near(t *rapid.T, h *calendar.Hours, label string) time.Time {
	year := rapid.IntRange(1990, 2060).Draw(t, label+" year")
	if len(h.Sheet().Special) > 0 && rapid.Bool().Draw(t, label+" close") {
		year = h.Sheet().Special[0].From.Year()
	}
	at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 366*24*3600*1e9).Draw(t, label)))
	if _, change := at.In(h.Location()).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, label+" change") {
		at = change.Add(time.Duration(rapid.IntRange(-180, 180).Draw(t, label+" minutes")) * time.Minute)
	}
	return at
}

func length(t *rapid.T, label string) time.Duration {
	if rapid.Bool().Draw(t, label+" whole") {
		return time.Duration(rapid.IntRange(0, 3000).Draw(t, label+" minutes")) * time.Minute
	}
	return time.Duration(rapid.Int64Range(0, 900*3600*1e9).Draw(t, label))
}

// laws hold for every calendar.
func laws(t *rapid.T, c calendar.Calendar, from time.Time, a, b time.Duration) {
	one, two := c.Add(from, a+b), c.Add(c.Add(from, a), b)
	if !one.Equal(two) {
		t.Fatalf("adding %v and %v to %v gives %v, in two steps %v", a, b, from, one, two)
	}
	if got := c.Between(from, c.Add(from, a)); got != a {
		t.Fatalf("%v passed since %v, %v counted", a, from, got)
	}
	if one, two := c.Back(from, a+b), c.Back(c.Back(from, a), b); !one.Equal(two) {
		t.Fatalf("back %v and %v from %v is %v, in two steps %v", a, b, from, one, two)
	}
	if got := c.Between(c.Back(from, a), from); got != a {
		t.Fatalf("back %v from %v, %v counted", a, from, got)
	}
	if got := c.Between(c.Add(from, a+1), from); got != 0 {
		t.Fatalf("backwards counts %v", got)
	}
	if c.Add(from, a+b).Before(c.Add(from, a)) {
		t.Fatalf("more time ends earlier")
	}
	if c.Add(from, a).Before(from) || c.Back(from, a).After(from) {
		t.Fatalf("time runs the wrong way")
	}
	if later := from.Add(b); c.Add(later, a).Before(c.Add(from, a)) {
		t.Fatalf("a later start ends earlier")
	}
	if sum := c.Between(from, one) + c.Between(one, one.Add(a)); sum != c.Between(from, one.Add(a)) {
		t.Fatalf("parts do not add up: %v", sum)
	}
}

func TestN23_TheLawsOfEveryCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawn(t)
		from, a, b := near(t, h, "from"), length(t, "a"), length(t, "b")
		laws(t, h, from, a, b)
		laws(t, calendar.Always{}, from, a, b)
		// Never inside closed time: a result lies in a shift or at its edge.
		for _, at := range []time.Time{h.Add(from, a), h.Back(from, a), h.AddDays(from, int(a/time.Hour)%9-4)} {
			if !h.Open(at) && !h.Open(at.Add(-1)) {
				t.Fatalf("%v lies in closed time", at.In(h.Location()))
			}
		}
		if d := h.Add(from, a); a > 0 && !h.Open(d.Add(-1)) {
			t.Fatalf("%v is not the first instant", d)
		}
	})
}

// byHand counts minute by minute, by the one sentence that defines what counts: the wall clock
// shows a time within a shift of that day.
func byHand(h *calendar.Hours, a, b time.Time) (n time.Duration) {
	for t := a; t.Before(b); t = t.Add(time.Minute) {
		local := t.In(h.Location())
		minute := local.Hour()*60 + local.Minute()
		if slices.ContainsFunc(h.Plan(calendar.DayOf(local)).Shifts, func(s calendar.Shift) bool { return s.From <= minute && minute < s.To }) {
			n += time.Minute
		}
	}
	return n
}

func TestN23_CountingIsWhatTheWallClockShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawn(t)
		from := near(t, h, "from").Truncate(time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, "minutes")) * time.Minute)
		if got, want := h.Between(from, to), byHand(h, from, to); got != want {
			t.Fatalf("%s: from %v to %v counts %v, by hand %v", h.Location(), from.In(h.Location()), to.In(h.Location()), got, want)
		}
		sum := time.Duration(0)
		for s := range h.Spans(from) {
			if !s.From.Before(to) {
				break
			}
			if !h.Open(s.From) || h.Open(s.To) && s.To.In(h.Location()).Format("15:04") != "00:00" && !s.To.After(s.From) {
				t.Fatalf("a span from %v to %v", s.From, s.To)
			}
			if s.To.After(to) {
				s.To = to
			}
			sum += s.To.Sub(s.From)
		}
		if sum != h.Between(from, to) {
			t.Fatalf("the spans make %v, %v counted", sum, h.Between(from, to))
		}
		sum = 0
		for _, l := range h.Explain(from, to) {
			if l.Key != "calendar.line_clocks" {
				sum += l.Length
			}
		}
		if sum != h.Between(from, to) {
			t.Fatalf("the explanation makes %v, %v counted: %+v", sum, h.Between(from, to), h.Explain(from, to))
		}
	})
}

// Days on which the clocks change have 23 or 25 hours, and a shift over the change has the
// hours that really pass.
func TestN23_DaysWithAnotherNumberOfHours(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		zone, day string
		round     time.Duration // of the whole day
		night     time.Duration // of 00:00-06:00
	}{
		{"Europe/Berlin", "2026-03-29", 23 * time.Hour, 5 * time.Hour},
		{"Europe/Berlin", "2026-10-25", 25 * time.Hour, 7 * time.Hour},
		{"America/New_York", "2026-03-08", 23 * time.Hour, 5 * time.Hour},
		{"America/New_York", "2026-11-01", 25 * time.Hour, 7 * time.Hour},
		{"Australia/Lord_Howe", "2026-04-05", 24*time.Hour + 30*time.Minute, 6*time.Hour + 30*time.Minute},
		{"America/Sao_Paulo", "2015-10-18", 23 * time.Hour, 5 * time.Hour},
		{"Pacific/Apia", "2011-12-30", 0, 0},
		{"Asia/Shanghai", "2026-03-29", 24 * time.Hour, 6 * time.Hour},
		{"Asia/Shanghai", "2026-10-25", 24 * time.Hour, 6 * time.Hour},
	} {
		for want, shift := range map[time.Duration]calendar.Shift{tt.round: {From: 0, To: 1440}, tt.night: {From: 0, To: 360}} {
			s := calendar.Sheet{Name: "x", Title: "x", Zone: tt.zone}
			for d := range s.Week {
				s.Week[d] = []calendar.Shift{shift}
			}
			h, err := calendar.New(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			d := day(t, tt.day)
			at := d.Time().Add(-36 * time.Hour)
			got := time.Duration(0)
			for span := range h.Spans(at) {
				if span.From.After(at.Add(96 * time.Hour)) {
					break
				}
				if calendar.DayOf(span.From.In(h.Location())) == d {
					got += span.To.Sub(span.From)
				}
			}
			if got != want {
				t.Errorf("%s on %s, %v: %v, want %v", tt.zone, tt.day, shift, got, want)
			}
		}
	}
}

func TestN23_TimesFarAwayAreCountedToo(t *testing.T) {
	t.Parallel()
	berlin := office(t)
	berlin.Zone, berlin.Sets = "Europe/Berlin", nil
	s, err := calendar.New(berlin, nil)
	if err != nil {
		t.Fatal(err)
	}
	year := func(y int) time.Time { return time.Date(y, 6, 1, 10, 0, 0, 0, time.UTC) }
	for _, from := range []time.Time{{}, year(1), year(1582), year(1799), year(1970), year(2110), year(2111), year(5000), year(9998)} {
		to := s.Add(from, 1000*time.Hour)
		if got := s.Between(from, to); got != 1000*time.Hour || to.Sub(from) > 300*24*time.Hour {
			t.Errorf("1000 hours from %v end %v, %v counted", from, to, got)
		}
		if h := to.Year(); h > 2111 {
			local := to.In(s.Location())
			if want := byHand(s, from.Truncate(time.Minute), from.Truncate(time.Minute).Add(7*24*time.Hour)); want != s.Between(from.Truncate(time.Minute), from.Truncate(time.Minute).Add(7*24*time.Hour)) {
				t.Errorf("a week in %v counts %v", local, want)
			}
		}
	}
	end := time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	for _, at := range []time.Time{end, time.Unix(1<<60, 0), s.Add(year(9999), 290*365*24*time.Hour)} {
		if got := s.Add(at, time.Hour); !got.Equal(end) {
			t.Errorf("an hour after %v is %v, not the end of time", at, got)
		}
	}
	if got := s.Back(year(1), 290*365*24*time.Hour); got.Year() != 1 {
		t.Errorf("long before the year 1 is %v", got)
	}
	if got := s.Between(time.Time{}, end); got <= 0 {
		t.Errorf("all of time counts %v", got)
	}
	if got := s.AddDays(year(2026), 1<<40); got.Year() > 2300 {
		t.Errorf("very many days end in %v", got)
	}
}

// AddDays keeps the time of day.
func TestN35_WorkingDaysOverALongHoliday(t *testing.T) {
	t.Parallel()
	h, err := calendar.New(office(t), calendar.Published())
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, h.Location())
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-30 15:00", 3, "2026-10-10 15:00"}, // the 8th, the 9th, and Saturday the 10th
		{"2026-09-30 19:00", 1, "2026-10-09 09:00"},
		{"2026-10-03 10:00", 1, "2026-10-08 10:00"},
		{"2026-10-03 10:00", 0, "2026-10-08 09:00"},
		{"2026-10-10 10:00", -1, "2026-10-09 10:00"},
		{"2026-10-08 10:00", -1, "2026-09-30 10:00"},
	} {
		if got := h.AddDays(at(tt.from), tt.n); !got.Equal(at(tt.want)) {
			t.Errorf("%d working days from %s: %v, want %s", tt.n, tt.from, got.In(h.Location()), tt.want)
		}
	}
}

func BenchmarkCalendar(b *testing.B) {
	h, err := calendar.New(office(b), calendar.Published())
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2026, 9, 30, 9, 15, 0, 0, time.UTC)
	for _, d := range []struct {
		name string
		d    time.Duration
	}{{"hour", time.Hour}, {"week", 40 * time.Hour}, {"ten years", 20_000 * time.Hour}} {
		to := h.Add(from, d.d)
		b.Run("Add "+d.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.Add(from, d.d)
			}
		})
		b.Run("Between "+d.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.Between(from, to)
			}
		})
		b.Run("Explain "+d.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.Explain(from, to)
			}
		})
	}
	b.Run("New", func(b *testing.B) {
		b.ReportAllocs()
		years := calendar.Published()
		for b.Loop() {
			h, err := calendar.New(office(b), years)
			if err != nil {
				b.Fatal(err)
			}
			h.Add(from, time.Hour)
		}
	})
}
