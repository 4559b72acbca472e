// SPDX-License-Identifier: Apache-2.0

package calendar_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// data is where the test data lies; it is read in place.
func data(parts ...string) string {
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	return filepath.Join(append([]string{root}, parts...)...)
}

// foreign is a calendar as the test data writes it.
type foreign struct {
	Timezone string
	Hours    map[string][][2]string
	Shifts   map[string][][2]string
	Breaks   map[string][][2]string
	Holidays []string
	Yearly   []string `json:"yearly_holidays"`
	Workdays []string
	WorkOn   [][2]string `json:"workday_hours"`
}

// one is a case of either set.
type one struct {
	ID       string
	Op       string
	Calendar json.RawMessage
	Start    time.Time
	End      time.Time
	Seconds  float64
	Amount   int
	Date     string
	Expect   json.RawMessage
}

func read(t testing.TB, into any, parts ...string) {
	t.Helper()
	text, err := os.ReadFile(data(parts...))
	if err != nil {
		t.Skipf("no test data: %v; set LOOPDESK_TESTDATA", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func cases(t testing.TB, parts ...string) (out []one) {
	t.Helper()
	f, err := os.Open(data(parts...))
	if err != nil {
		t.Skipf("no test data: %v; set LOOPDESK_TESTDATA", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c one
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func shifts(t testing.TB, list [][2]string) []calendar.Shift {
	t.Helper()
	var texts []string
	for _, s := range list {
		texts = append(texts, s[0]+"-"+s[1])
	}
	out, err := calendar.ParseShifts(strings.Join(texts, ", "))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hours makes our calendar of a foreign one.
func (f foreign) hours(t testing.TB) *calendar.Hours {
	t.Helper()
	s := calendar.Sheet{Name: "case", Title: "case", Zone: f.Timezone, MakeUp: time.Monday, Sets: []string{"case"}}
	for name, list := range f.Hours {
		d, ok := calendar.ParseWeekday(name)
		if !ok {
			t.Fatalf("weekday %q", name)
		}
		s.Week[d] = shifts(t, list)
	}
	y := calendar.Year{Set: "case", Year: 2000}
	for _, h := range f.Holidays {
		y.Holidays = append(y.Holidays, calendar.Holiday{Name: "off", From: day(t, h)})
	}
	for _, w := range f.Workdays {
		y.Holidays = append(y.Holidays, calendar.Holiday{Name: "make-up", Work: []calendar.Work{{Day: day(t, w)}}})
	}
	if len(f.Workdays) > 0 && cmp.Diff(s.Week[time.Monday], shifts(t, f.WorkOn)) != "" {
		t.Fatal("a make-up workday has other hours than Monday")
	}
	for date, list := range f.Shifts {
		s.Special = append(s.Special, calendar.Special{From: day(t, date), Name: "shifts", Hours: shifts(t, list)})
	}
	for date, list := range f.Breaks {
		if _, both := f.Shifts[date]; !both { // one day of a break that no case asks about has both
			s.Special = append(s.Special, calendar.Special{From: day(t, date), Name: "break", Without: shifts(t, list)})
		}
	}
	for _, md := range f.Yearly {
		s.Special = append(s.Special, calendar.Special{From: day(t, "2000-"+md), Yearly: true, Name: "yearly"})
	}
	h, err := calendar.New(s, []calendar.Year{y})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestN23_ThePeersCasesOfBusinessTime: what three peers expect of their calendars. The cases of
// pauses and targets are in the room sla.
func TestN23_ThePeersCasesOfBusinessTime(t *testing.T) {
	t.Parallel()
	n := 0
	for _, c := range cases(t, "sla", "cases.jsonl") {
		if strings.HasPrefix(c.Op, "pause_") || strings.HasPrefix(c.Op, "sla_") {
			continue
		}
		n++
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			var f foreign
			if err := json.Unmarshal(c.Calendar, &f); err != nil {
				t.Fatal(err)
			}
			h := f.hours(t)
			d := time.Duration(c.Seconds * float64(time.Second))
			switch c.Op {
			case "add":
				same(t, h.Add(c.Start, d), c.Expect)
			case "before":
				same(t, h.Back(c.Start, d), c.Expect)
			case "add_days":
				same(t, h.AddDays(c.Start, c.Amount), c.Expect)
			case "before_days":
				same(t, h.AddDays(c.Start, -c.Amount), c.Expect)
			case "between":
				if want, _ := strconv.ParseFloat(string(c.Expect), 64); h.Between(c.Start, c.End).Seconds() != want {
					t.Errorf("%v counted, want %v s", h.Between(c.Start, c.End), want)
				}
			case "active":
				if want := string(c.Expect) == "true"; h.Open(c.Start) != want {
					t.Errorf("open: %v", !want)
				}
			case "spans":
				var want [][2]time.Time
				if err := json.Unmarshal(c.Expect, &want); err != nil {
					t.Fatal(err)
				}
				var got [][2]time.Time
				for s := range h.Spans(c.Start) {
					if got = append(got, [2]time.Time{s.From, s.To}); len(got) == len(want) {
						break
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			default:
				t.Fatalf("unknown operation %q", c.Op)
			}
		})
	}
	if n != 53 {
		t.Errorf("%d cases", n)
	}
}

func same(t *testing.T, got time.Time, expect json.RawMessage) {
	t.Helper()
	var want time.Time
	if err := json.Unmarshal(expect, &want); err != nil {
		t.Fatal(err)
	}
	if !got.Equal(want) {
		t.Errorf("%v, want %v", got.UTC(), want.UTC())
	}
}

// TestN23_TheHolidaysAndMakeUpWorkdaysOfTwentyYears holds ours against two independent sources:
// the years that come with the desk, and older ones as they are published, through the door by
// which an administrator gives them.
func TestN23_TheHolidaysAndMakeUpWorkdaysOfTwentyYears(t *testing.T) {
	t.Parallel()
	years, own := calendar.Published(), map[int]bool{}
	for _, y := range years {
		own[y.Year] = true
	}
	for y := 2024; y <= 2026; y++ {
		if !own[y] {
			t.Errorf("%d does not come with the desk", y)
		}
	}
	for y := 2007; y <= 2026; y++ {
		text, err := os.ReadFile(data("cn-calendar", "years", strconv.Itoa(y)+".json"))
		if err != nil {
			t.Skipf("no test data: %v; set LOOPDESK_TESTDATA", err)
		}
		v, err := calendar.ParseYear(text, "cn")
		if err != nil {
			t.Fatalf("%d: %v, %v", y, err, errs.As(err).Args)
		}
		if !own[y] {
			years = append(years, v)
			continue
		}
		mine := calendar.Published()[indexOf(calendar.Published(), y)]
		if diff := cmp.Diff(dates(v), dates(mine)); diff != "" {
			t.Errorf("%d (-published +ours):\n%s", y, diff)
		}
	}
	h, err := calendar.New(office(t), years)
	if err != nil {
		t.Fatal(err)
	}
	var calendars map[string]foreign
	read(t, &calendars, "cn-calendar", "calendars.json")
	made := map[string]*calendar.Hours{}
	n := 0
	for _, c := range cases(t, "cn-calendar", "cases.jsonl") {
		n++
		switch c.Op {
		case "workday":
			if got, want := h.Plan(day(t, c.Date)).Open(), string(c.Expect) == "true"; got != want {
				t.Errorf("%s: worked %v", c.ID, got)
			}
		case "add":
			var name string
			if err := json.Unmarshal(c.Calendar, &name); err != nil {
				t.Fatal(err)
			}
			if made[name] == nil {
				made[name] = calendars[name].hours(t)
			}
			same(t, made[name].Add(c.Start, time.Duration(c.Seconds)*time.Second), c.Expect)
			same(t, h.Add(c.Start, time.Duration(c.Seconds)*time.Second), c.Expect)
		default:
			t.Fatalf("unknown operation %q", c.Op)
		}
	}
	if n != 1064 {
		t.Errorf("%d cases", n)
	}
}

func indexOf(list []calendar.Year, year int) int {
	return slices.IndexFunc(list, func(y calendar.Year) bool { return y.Year == year })
}

// dates writes a year out day by day.
func dates(y calendar.Year) map[string]bool {
	out := map[string]bool{}
	for _, h := range y.Holidays {
		for d := h.From; d != 0 && d <= max(h.From, h.To); d++ {
			out[d.String()] = true
		}
		for _, w := range h.Work {
			out[w.Day.String()] = false
		}
	}
	return out
}

// office is the calendar that comes with the desk.
func office(t testing.TB) calendar.Sheet {
	t.Helper()
	s, ok := calendar.Start().Sheet("china-office")
	if !ok {
		t.Fatal("no office in China")
	}
	return s
}
