// SPDX-License-Identifier: Apache-2.0

package calendar_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

func TestN23_AYearIsReadFromJSON(t *testing.T) {
	t.Parallel()
	want := calendar.Year{Set: "cn", Year: 2026, Holidays: []calendar.Holiday{
		{Name: "元旦", From: calendar.Date(2026, 1, 1), To: calendar.Date(2026, 1, 3), Work: []calendar.Work{{Day: calendar.Date(2026, 1, 4), As: "mon"}}},
	}}
	got, err := calendar.ParseYear([]byte("\ufeff"+`{"set": "cn", "year": 2026, "holidays": [{"name": "元旦", "from": "2026-01-01", "to": "2026-01-03", "work": ["2026-01-04=mon"]}]}`), "other")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	want.Holidays[0].Work[0].As = ""
	got, err = calendar.ParseYear([]byte(`{"$id": "x", "year": 2026, "papers": [], "days": [
		{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, {"name": "元旦", "date": "2026-01-02", "isOffDay": true},
		{"name": "元旦", "date": "2026-01-03", "isOffDay": true}, {"name": "元旦", "date": "2026-01-04", "isOffDay": false}]}`), "cn")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, y := range calendar.Published() {
		text, err := y.File()
		if err != nil {
			t.Fatal(err)
		}
		again, err := calendar.ParseYear(text, "")
		if diff := cmp.Diff(y, again); err != nil || diff != "" {
			t.Errorf("%d written and read: %v\n%s", y.Year, err, diff)
		}
	}
	for name, text := range map[string][]byte{"JSON": []byte(`{"year": 2026, "holidays": [{"name": "x", "from": "2026-01-01"}]}`), "ICS": ics("SUMMARY:x\nDTSTART;VALUE=DATE:20260101")} {
		if years, _, err := calendar.ParseFile(text, "x", 2025, 2030); err != nil || len(years) != 1 || years[0].Key() != "x/2026" {
			t.Errorf("%s: %v, %v", name, years, err)
		}
	}
	if n := len(calendar.Published()); n != 7 {
		t.Errorf("%d years come with the desk", n)
	}
	if off, work := calendar.Published()[6].Days(); off != 33 || work != 6 {
		t.Errorf("2026 has %d days off and %d make-up workdays", off, work)
	}
}

func TestN23_AYearThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	holiday := func(s string) string { return `{"set": "cn", "year": 2026, "holidays": [` + s + `]}` }
	var many []string
	for i := range 201 {
		many = append(many, fmt.Sprintf(`{"name": "x", "from": "2026-%02d-%02d"}`, i%12+1, i%28+1))
	}
	for _, tt := range []struct{ name, text, field, key string }{
		{"no JSON", "BEGIN:VCALENDAR", "file", "calendar.file_form"},
		{"half of it", `{"year": 2026, "holidays": [`, "file", "calendar.file_form"},
		{"another shape", `{"year": "MMXXVI"}`, "file", "calendar.file_form"},
		{"very deep", `{"x":` + strings.Repeat("[", 20_000), "file", "calendar.file_form"},
		{"too large", strings.Repeat(" ", calendar.MaxFile+1), "file", "calendar.file_large"},
		{"no set", `{"year": 2026, "set": "C N"}`, "set", "calendar.set_form"},
		{"no year", `{"set": "cn"}`, "file", "calendar.year_range"},
		{"the year 9999", `{"set": "cn", "year": 9999}`, "file", "calendar.year_range"},
		{"nothing in it", `{"set": "cn", "year": 2026, "days": []}`, "file", "calendar.year_empty"},
		{"a source of two lines", `{"set": "cn", "year": 2026, "source": "a\nb", "holidays": [{"name": "x", "from": "2026-01-01"}]}`, "file", "calendar.source_form"},
		{"a day in the year 1", holiday(`{"name": "x", "from": "0001-01-01"}`), "file", "calendar.day_range"},
		{"a day in the year 9999", holiday(`{"name": "x", "from": "9999-12-31"}`), "file", "calendar.day_range"},
		{"a day of another year", holiday(`{"name": "x", "from": "2025-11-30"}`), "file", "calendar.day_other_year"},
		{"a day that is none", holiday(`{"name": "x", "from": "2026-02-29"}`), "file", "calendar.day_form"},
		{"no name", holiday(`{"from": "2026-02-28"}`), "file", "calendar.holiday_name"},
		{"ends before it begins", holiday(`{"name": "x", "from": "2026-02-28", "to": "2026-02-27"}`), "file", "calendar.stretch_order"},
		{"half a year", holiday(`{"name": "x", "from": "2026-02-28", "to": "2026-09-27"}`), "file", "calendar.stretch_long"},
		{"off and worked", holiday(`{"name": "x", "from": "2026-02-28", "work": ["2026-02-28"]}`), "file", "calendar.day_both"},
		{"hours of no weekday", holiday(`{"name": "x", "work": ["2026-02-28=someday"]}`), "file", "calendar.work_as"},
		{"days that say nothing", `{"year": 2026, "days": [{"name": "x", "date": "2026-01-01"}]}`, "file", "calendar.file_form"},
		{"hundreds of holidays", holiday(strings.Join(many, ",")), "file", "calendar.days_many"},
		{"hundreds of days", `{"year": 2026, "days": [` + strings.TrimSuffix(strings.Repeat(`{"name": "x", "date": "2026-01-01", "isOffDay": true},`, 201), ",") + `]}`, "file", "calendar.days_many"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := calendar.ParseYear([]byte(tt.text), "cn")
			refused(t, err, tt.field, tt.key)
		})
	}
}

// ics writes events into a file.
func ics(events ...string) []byte {
	var b bytes.Buffer
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\nUID:1\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.Bytes()
}

func TestN23_HolidaysAreReadFromICS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		events []string
		want   map[int]string // by year: days off, and make-up workdays with +
		left   int
	}{
		{"single days and stretches", []string{
			"SUMMARY:Neujahr\nDTSTART;VALUE=DATE:20260101", "SUMMARY:Ostern\nDTSTART;VALUE=DATE:20260403\nDTEND;VALUE=DATE:20260407", "SUMMARY:x\nDTSTART:20260501\nDURATION:P2D",
			"SUMMARY:same day\nDTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260701",
		}, map[int]string{2026: "01-01 04-03 04-04 04-05 04-06 05-01 05-02 07-01"}, 0},
		{"two years", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20261225", "SUMMARY:b\nDTSTART;VALUE=DATE:20271225"}, map[int]string{2026: "12-25", 2027: "12-25"}, 0},
		{"make-up workdays by their names", []string{"SUMMARY:春节（休）\nDTSTART;VALUE=DATE:20260215\nDTEND;VALUE=DATE:20260217", "SUMMARY:春节补班\nDTSTART;VALUE=DATE:20260214"}, map[int]string{2026: "+02-14 02-15 02-16"}, 0},
		{"a file that marks its days", []string{
			"SUMMARY:春节\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nDTSTART;VALUE=DATE:20260215", "SUMMARY:春节\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\nDTSTART;VALUE=DATE:20260214", "SUMMARY:情人节\nDTSTART;VALUE=DATE:20260214",
		}, map[int]string{2026: "+02-14 02-15"}, 1},
		{"times of day and cancelled ones are left out", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20261225", "SUMMARY:b\nDTSTART:20260101T090000Z", "SUMMARY:c\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260102"}, map[int]string{2026: "12-25"}, 2},
		{"every year", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:19900501\nRRULE:FREQ=YEARLY"}, map[int]string{2025: "05-01", 2026: "05-01", 2027: "05-01", 2028: "05-01"}, 0},
		{"every second year, without one", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY;INTERVAL=2\nEXDATE;VALUE=DATE:20280501"}, map[int]string{2026: "05-01"}, 0},
		{"until", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY;UNTIL=20260501"}, map[int]string{2025: "05-01", 2026: "05-01"}, 0},
		{"three times", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20240501\nRRULE:FREQ=YEARLY;COUNT=3"}, map[int]string{2025: "05-01", 2026: "05-01"}, 0},
		{"the fourth Thursday", []string{"SUMMARY:Thanksgiving\nDTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}, map[int]string{2025: "11-27", 2026: "11-26", 2027: "11-25", 2028: "11-23"}, 0},
		{"the last Monday", []string{"SUMMARY:Memorial Day\nDTSTART;VALUE=DATE:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"}, map[int]string{2025: "05-26", 2026: "05-25", 2027: "05-31", 2028: "05-29"}, 0},
		{"the leap day", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY"}, map[int]string{2028: "02-29"}, 0},
		{"the last day of a month", []string{"SUMMARY:a\nDTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"}, map[int]string{2025: "02-28", 2026: "02-28", 2027: "02-28", 2028: "02-29"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			years, left, err := calendar.ParseICS(ics(tt.events...), "x", 2025, 2028)
			if err != nil {
				t.Fatal(err)
			}
			got := map[int]string{}
			for _, y := range years {
				var days []string
				for d, off := range dates(y) {
					if off {
						days = append(days, d[5:])
					} else {
						days = append(days, "+"+d[5:])
					}
				}
				got[y.Year] = sorted(days)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || left != tt.left {
				t.Errorf("%d left out\n%s", left, diff)
			}
		})
	}
}

// A file that would keep the desk busy is refused, and quickly: what it costs is bounded by its
// length, not by what it says.
func TestN23_AnICSFileCannotKeepTheDeskBusy(t *testing.T) {
	t.Parallel()
	event := "SUMMARY:a\nDTSTART;VALUE=DATE:20260101"
	rule := func(s string) []byte { return ics(event + "\nRRULE:" + s) }
	for _, tt := range []struct {
		name string
		text []byte
		key  string
	}{
		{"every second", rule("FREQ=SECONDLY"), "calendar.ics_repeats"},
		{"every day", rule("FREQ=DAILY"), "calendar.ics_repeats"},
		{"every week", rule("FREQ=WEEKLY;BYDAY=SA,SU"), "calendar.ics_repeats"},
		{"every day of every year", rule("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"), "calendar.ics_repeats"},
		{"every second of every year", rule("FREQ=YEARLY;BYSECOND=1,2,3;BYMINUTE=4"), "calendar.ics_repeats"},
		{"a day that never comes", rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "calendar.ics_empty"},
		{"in no month", rule("FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1"), "calendar.ics_empty"},
		{"a million times", rule("FREQ=YEARLY;COUNT=1000000;INTERVAL=1000000"), ""},
		{"backwards", rule("FREQ=YEARLY;INTERVAL=-5"), "calendar.ics_repeats"},
		{"no rule", rule("EVERY=DAY"), "calendar.ics_repeats"},
		{"a list of dates", ics(event + "\nRDATE;VALUE=DATE:20260102,20260103"), "calendar.ics_repeats"},
		{"since the year 1", ics("SUMMARY:a\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY"), "calendar.ics_repeats"},
		{"since the year 9999", ics("SUMMARY:a\nDTSTART;VALUE=DATE:99990101"), "calendar.ics_empty"},
		{"a year long", ics("SUMMARY:a\nDTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101"), "calendar.stretch_long"},
		{"a length that overflows", ics("SUMMARY:a\nDTSTART;VALUE=DATE:20260101\nDURATION:P99999999999999999D"), "calendar.stretch_long"},
		{"no length", ics("SUMMARY:a\nDTSTART;VALUE=DATE:20260101\nDURATION:P1X"), "calendar.ics_form"},
		{"an end with a time of day", ics("SUMMARY:a\nDTSTART;VALUE=DATE:20260101\nDTEND:20260102T000000Z"), "calendar.ics_form"},
		{"no name", ics("DTSTART;VALUE=DATE:20260101"), "calendar.holiday_name"},
		{"one line of a megabyte", ics(event + "\nX-A;B=" + strings.Repeat("a", 900_000) + ":c"), "calendar.ics_form"},
		{"one folded line of a megabyte", ics(event + "\nX-A:" + strings.Repeat("a\n ", 200_000)), "calendar.ics_form"},
		{"as deep as it is long", []byte(strings.Repeat("BEGIN:VCALENDAR\n", 60_000)), "calendar.ics_form"},
		{"too large", make([]byte, calendar.MaxFile+1), "calendar.file_large"},
		{"a property that ends too early", ics(event + "\nX-A;B=c"), "calendar.ics_form"},
		{"no calendar", []byte("BEGIN:VEVENT\nEND:VEVENT\n"), "calendar.ics_form"},
		{"nothing", nil, "calendar.ics_form"},
		{"JSON", []byte(`{"year": 2026}`), "calendar.ics_form"},
		{"thousands of events", ics(strings.Split(strings.TrimSuffix(strings.Repeat(event+"|", 3001), "|"), "|")...), "calendar.ics_events"},
		{"hundreds of holidays", ics(strings.Split(strings.TrimSuffix(strings.Repeat(event+"|", 201), "|"), "|")...), "calendar.days_many"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			years, _, err := calendar.ParseICS(tt.text, "x", 2025, 2028)
			if tt.key == "" {
				if err != nil || len(years) != 1 {
					t.Errorf("%v, %v", years, err)
				}
				return
			}
			refused(t, err, "file", tt.key)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(ics("SUMMARY:a\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"))
	f.Add([]byte(`{"set": "cn", "year": 2026, "holidays": [{"name": "元旦", "from": "2026-01-01", "work": ["2026-01-04=mon"]}]}`))
	f.Add([]byte("BEGIN:VCALENDAR\nX;A"))
	f.Fuzz(func(t *testing.T, text []byte) {
		years, _, err := calendar.ParseICS(text, "x", 2020, 2030)
		if y, err2 := calendar.ParseYear(text, "x"); err2 == nil {
			years, err = append(years, y), nil
		}
		if err != nil {
			return
		}
		for _, y := range years {
			if err := y.Check(); err != nil {
				t.Fatalf("%v passes and does not hold: %v", y, err)
			}
		}
	})
}
