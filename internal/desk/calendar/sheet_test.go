// SPDX-License-Identifier: Apache-2.0

package calendar_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// refused checks that an error marks a field and says a whole sentence in every language.
func refused(t *testing.T, err error, field, key string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid {
		t.Fatalf("not refused: %v", err)
	}
	list := e.Fields
	if len(list) == 0 {
		list = []errs.FieldError{{Name: "", Key: e.Key, Args: e.Args}}
	}
	for _, f := range list {
		for _, lang := range i18n.Langs() {
			if said := i18n.T(lang, f.Key, f.Args...); strings.Contains(said, "⟦") {
				t.Errorf("%s says %q", f.Key, said)
			}
		}
		if f.Name == field && f.Key == key {
			return
		}
	}
	t.Errorf("refused for %v, want %s at %q", list, key, field)
}

func minutes(from, to int) []calendar.Shift { return []calendar.Shift{{From: from, To: to}} }

func TestN23_ASheetThatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	from := calendar.Date(2026, 5, 1)
	for _, tt := range []struct {
		name, field, key string
		spoil            func(*calendar.Sheet)
	}{
		{"no name", "name", "calendar.name_form", func(s *calendar.Sheet) { s.Name = "" }},
		{"a name with spaces", "name", "calendar.name_form", func(s *calendar.Sheet) { s.Name = "北京 office" }},
		{"the name of all hours", "name", "calendar.name_taken", func(s *calendar.Sheet) { s.Name = "always" }},
		{"the name of the form", "name", "calendar.name_taken", func(s *calendar.Sheet) { s.Name = "new" }},
		{"no title", "title", "calendar.title_length", func(s *calendar.Sheet) { s.Title = " " }},
		{"a title that turns the line around", "title_en", "calendar.title_length", func(s *calendar.Sheet) { s.TitleEN = "a\u202eb" }},
		{"no zone", "zone", "calendar.zone_unknown", func(s *calendar.Sheet) { s.Zone = "" }},
		{"the zone of the machine", "zone", "calendar.zone_unknown", func(s *calendar.Sheet) { s.Zone = "Local" }},
		{"a zone that is a path", "zone", "calendar.zone_unknown", func(s *calendar.Sheet) { s.Zone = "../../etc/passwd" }},
		{"a zone nobody knows", "zone", "calendar.zone_unknown", func(s *calendar.Sheet) { s.Zone = "Asia/Beijing" }},
		{"no working minute", "mon", "calendar.no_time", func(s *calendar.Sheet) { s.Week = [7][]calendar.Shift{}; s.Sets = nil }},
		{"half an hour a week", "mon", "calendar.no_time", func(s *calendar.Sheet) { s.Week = [7][]calendar.Shift{1: minutes(540, 570)} }},
		{"overlapping shifts", "tue", "calendar.shift_overlap", func(s *calendar.Sheet) { s.Week[2] = append(s.Week[2], calendar.Shift{From: 700, To: 800}) }},
		{"a shift through midnight", "fri", "calendar.shift_midnight", func(s *calendar.Sheet) { s.Week[5] = minutes(22*60, 6*60) }},
		{"an empty shift", "fri", "calendar.shift_empty", func(s *calendar.Sheet) { s.Week[5] = minutes(540, 540) }},
		{"a shift past the day", "fri", "calendar.shift_form", func(s *calendar.Sheet) { s.Week[5] = minutes(540, 1441) }},
		{"a shift before the day", "fri", "calendar.shift_form", func(s *calendar.Sheet) { s.Week[5] = minutes(-1, 600) }},
		{"nine shifts", "sun", "calendar.shifts_many", func(s *calendar.Sheet) {
			for i := range 9 {
				s.Week[0] = append(s.Week[0], calendar.Shift{From: i * 60, To: i*60 + 30})
			}
		}},
		{"make-up workdays without hours", "make_up", "calendar.makeup_closed", func(s *calendar.Sheet) { s.MakeUp = time.Sunday }},
		{"no weekday", "make_up", "calendar.weekday", func(s *calendar.Sheet) { s.MakeUp = 7 }},
		{"too many sets", "sets", "calendar.sets_many", func(s *calendar.Sheet) { s.Sets = strings.Split("a,b,c,d,e,f,g,h,i,j,k", ",") }},
		{"a special day in the year 1", "special", "calendar.day_range", special(calendar.Special{From: calendar.Date(1, 1, 1), Name: "x"})},
		{"a special day in the year 9999", "special", "calendar.day_range", special(calendar.Special{From: from, To: calendar.Date(9999, 12, 31), Name: "x"})},
		{"a special day that is none", "special", "calendar.day_form", special(calendar.Special{Name: "x"})},
		{"one that ends before it begins", "special", "calendar.stretch_order", special(calendar.Special{From: from, To: from - 1, Name: "x"})},
		{"one of months", "special", "calendar.stretch_long", special(calendar.Special{From: from, To: from + 62, Name: "x"})},
		{"one without a name", "special", "calendar.special_name", special(calendar.Special{From: from})},
		{"one that says two things", "special", "calendar.special_both", special(calendar.Special{From: from, Name: "x", Hours: minutes(0, 60), Without: minutes(0, 60)})},
		{"one with wrong hours", "special", "calendar.shift_empty", special(calendar.Special{From: from, Name: "x", Hours: minutes(60, 60)})},
		{"a yearly one over New Year", "special", "calendar.yearly_stretch", special(calendar.Special{From: calendar.Date(2026, 12, 31), To: calendar.Date(2027, 1, 1), Yearly: true, Name: "x"})},
		{"closed for most of every year", "special", "calendar.yearly_many", func(s *calendar.Sheet) {
			for i := range 7 {
				s.Special = append(s.Special, calendar.Special{From: from + calendar.Day(i*10), To: from + calendar.Day(i*10) + 9, Yearly: true, Name: "x"})
			}
		}},
		{"hundreds of them", "special", "calendar.specials_many", func(s *calendar.Sheet) { s.Special = make([]calendar.Special, 201) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := office(t)
			tt.spoil(&s)
			refused(t, s.Check(), tt.field, tt.key)
			if _, err := calendar.New(s, nil); err == nil {
				t.Error("it can be counted by")
			}
		})
	}
	empty := calendar.Sheet{}.Check() // all at once
	for field, key := range map[string]string{"name": "calendar.name_form", "title": "calendar.title_length", "zone": "calendar.zone_unknown", "mon": "calendar.no_time"} {
		refused(t, empty, field, key)
	}
	if err := calendar.Start().Check(); err != nil {
		t.Errorf("the book of a new desk: %v", err)
	}
}

func special(x calendar.Special) func(*calendar.Sheet) {
	return func(s *calendar.Sheet) { s.Special = []calendar.Special{x} }
}

func TestShiftsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"09:00-12:00, 13:30-18:00": "09:00-12:00, 13:30-18:00",
		"13:30–18:00 9:00–12:00":   "09:00-12:00, 13:30-18:00",
		"9：00—12：00、13：30～18：00":   "09:00-12:00, 13:30-18:00",
		"00:00-24:00":              "00:00-24:00",
		" ":                        "",
		"22:00-06:00":              "22:00-06:00", // Check says how to split it
	} {
		got, err := calendar.ParseShifts(in)
		if err != nil || calendar.FormatShifts(got) != want {
			t.Errorf("%q: %q, %v", in, calendar.FormatShifts(got), err)
		}
	}
	for _, in := range []string{"9-12", "09:00", "09:60-10:00", "25:00-26:00", "24:01-24:02", "a:b-c:d", "-", "09:00-12:00-13:00", "999999999999:00-1:00", strings.Repeat("1:00-2:00 ", 9)} {
		if got, err := calendar.ParseShifts(in); err == nil {
			t.Errorf("%q is read as %v", in, got)
		} else {
			for _, l := range i18n.Langs() {
				if said := i18n.T(l, errs.As(err).Key, errs.As(err).Args...); strings.Contains(said, "⟦") {
					t.Errorf("%q says %q", in, said)
				}
			}
		}
	}
	for _, in := range []string{"0001-01-01", "9999-12-31", "2026-02-30", "26-1-1", "2026/01/01", "", "1999-12-31", "2100-01-01"} {
		if d, err := calendar.ParseDay(in); err == nil {
			t.Errorf("%q is %v", in, d)
		}
	}
}

func TestABookIsStoredAndReadAgain(t *testing.T) {
	t.Parallel()
	b := calendar.Start()
	s := office(t)
	s.Name, s.Zone, s.MakeUp = "berlin", "Europe/Berlin", time.Friday
	s.Special = []calendar.Special{
		{From: calendar.Date(2026, 12, 24), Yearly: true, Name: "Heiligabend", Hours: minutes(540, 720)},
		{From: calendar.Date(2026, 5, 4), To: calendar.Date(2026, 5, 6), Name: "Umzug", Without: minutes(600, 660)},
	}
	b.Sheets = append(b.Sheets, s)
	b.Years = []calendar.Year{{Set: "de", Year: 2026, Holidays: []calendar.Holiday{{Name: "Neujahr", From: calendar.Date(2026, 1, 1), Work: []calendar.Work{{Day: calendar.Date(2026, 1, 3), As: "fri"}}}}}}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var again calendar.Book
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, again); diff != "" {
		t.Errorf("(-stored +read):\n%s", diff)
	}
	if err := again.Check(); err != nil {
		t.Error(err)
	}
}

func TestN23_SpecialDaysWinAndAreOpenOnlyWhereTheySaySo(t *testing.T) {
	t.Parallel()
	s := office(t)
	s.Special = []calendar.Special{
		{From: calendar.Date(2026, 10, 3), Name: "值守", Hours: minutes(600, 660)},                                                 // within the long holiday
		{From: calendar.Date(2026, 10, 9), Name: "盘点"},                                                                           // a plain Friday: closed
		{From: calendar.Date(2026, 10, 10), Name: "半天", Without: minutes(12*60, 24*60)},                                          // a make-up workday
		{From: calendar.Date(2026, 12, 24), To: calendar.Date(2026, 12, 27), Yearly: true, Name: "短班", Hours: minutes(540, 720)}, // Thursday to Sunday
		{From: calendar.Date(2026, 12, 31), Yearly: true, Name: "年终"},
	}
	h, err := calendar.New(s, calendar.Published())
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]struct {
		kind   calendar.Kind
		shifts string
	}{
		"2026-09-30": {calendar.Weekly, "09:00-12:00, 13:30-18:00"},
		"2026-10-02": {calendar.Off, ""},
		"2026-10-03": {calendar.Own, "10:00-11:00"},
		"2026-10-09": {calendar.Closed, ""},
		"2026-10-10": {calendar.Own, "09:00-12:00"},
		"2026-10-11": {calendar.Rest, ""},
		"2026-02-28": {calendar.MakeUp, "09:00-12:00, 13:30-18:00"},
		"2026-12-24": {calendar.Own, "09:00-12:00"},
		"2026-12-26": {calendar.Rest, ""}, // a short day of every year opens no weekend
		"2031-12-24": {calendar.Own, "09:00-12:00"},
		"2026-12-31": {calendar.Closed, ""},
	} {
		if p := h.Plan(day(t, date)); p.Kind != want.kind || calendar.FormatShifts(p.Shifts) != want.shifts {
			t.Errorf("%s is %s, %s", date, p.Kind, calendar.FormatShifts(p.Shifts))
		}
	}
	// A make-up workday may have the hours of a weekday that its year names.
	s = office(t)
	s.Week[5] = minutes(8*60, 16*60)
	y := calendar.Year{Set: "cn", Year: 2026, Holidays: []calendar.Holiday{{Name: "x", Work: []calendar.Work{
		{Day: calendar.Date(2026, 1, 3), As: "fri"}, {Day: calendar.Date(2026, 1, 4)}, {Day: calendar.Date(2026, 1, 10), As: "sun"},
	}}}}
	if h, err = calendar.New(s, []calendar.Year{y}); err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]string{"2026-01-03": "08:00-16:00", "2026-01-04": "09:00-12:00, 13:30-18:00", "2026-01-10": "09:00-12:00, 13:30-18:00"} {
		if got := calendar.FormatShifts(h.Plan(day(t, date)).Shifts); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
}

func TestN23_ABookKeepsItsNamesAndYears(t *testing.T) {
	t.Parallel()
	s := office(t)
	twice, err := calendar.Start().With("", s)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, twice.Check(), "name", "calendar.name_taken")
	s.Name, s.Sets = "berlin", []string{"de"}
	b, err := calendar.Start().With("", s)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, b.Check(), "sets", "calendar.set_unknown")
	de := calendar.Year{Set: "de", Year: 2026, Holidays: []calendar.Holiday{{Name: "Neujahr", From: calendar.Date(2026, 1, 1)}}}
	b = b.WithYears([]calendar.Year{de})
	shelf, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"always": true, "china-office": true, "berlin": true, "paris": false} {
		if _, ok := shelf.Get(name); ok != want {
			t.Errorf("%s is there: %v", name, ok)
		}
	}
	refused(t, b.WithoutYear("de", 2026).Check(), "sets", "calendar.set_unknown")
	if err := b.WithoutYear("de", 2026).Without("berlin").Check(); err != nil {
		t.Error(err)
	}
	if _, err := b.With("paris", s); errs.KindOf(err) != errs.NotFound {
		t.Errorf("another calendar in the place of none: %v", err)
	}
	// An administrator's own file stands in the place of the one that came with the desk.
	own := calendar.Year{Set: "cn", Year: 2026, Holidays: []calendar.Holiday{{Name: "x", From: calendar.Date(2026, 7, 1)}}}
	shelf, err = b.WithYears([]calendar.Year{own}).Open()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := shelf.Get("china-office")
	h, ok := c.(*calendar.Hours)
	if !ok || !h.Plan(calendar.Date(2026, 10, 1)).Open() || h.Plan(calendar.Date(2026, 7, 1)).Open() {
		t.Error("the own file does not count")
	}
	b.Years = append(b.Years, de)
	refused(t, b.Check(), "file", "calendar.year_twice")
	b.Sheets = make([]calendar.Sheet, 31)
	refused(t, b.Check(), "", "calendar.sheets_many")
}

func TestN23_AMissingYearIsSaidFromOctoberOn(t *testing.T) {
	t.Parallel()
	b := calendar.Start()
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for now, want := range map[string][]calendar.Missing{
		"2026-09-30T15:59:59Z": nil,
		"2026-09-30T16:00:00Z": {{Set: "cn", Year: 2027}}, // midnight in Shanghai
		"2026-12-31T15:59:59Z": {{Set: "cn", Year: 2027}},
		"2026-12-31T16:00:00Z": {{Set: "cn", Year: 2027}},
		"2027-10-01T00:00:00Z": {{Set: "cn", Year: 2027}, {Set: "cn", Year: 2028}},
	} {
		if diff := cmp.Diff(want, b.Missing(at(now))); diff != "" {
			t.Errorf("%s: %s", now, diff)
		}
	}
	if got := b.Without("china-office").Missing(at("2026-12-01T00:00:00Z")); got != nil {
		t.Errorf("nobody needs %v", got)
	}
}

func TestSpecialDaysAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"2026-05-04 停产检修",
		"2026-05-04..2026-05-06 公司 搬家 / company move",
		"*-12-24 09:00-12:00 平安夜",
		"*-12-24..12-26 Weihnachten",
		"2026-05-08 -14:00-16:00, -17:00-18:00 全员会",
		"2026-02-28 09:00-12:00, 13:00-17:00 半天",
	}, "\n")
	want := []calendar.Special{
		{From: calendar.Date(2026, 5, 4), Name: "停产检修"},
		{From: calendar.Date(2026, 5, 4), To: calendar.Date(2026, 5, 6), Name: "公司 搬家", NameEN: "company move"},
		{From: calendar.Date(2000, 12, 24), Yearly: true, Name: "平安夜", Hours: minutes(540, 720)},
		{From: calendar.Date(2000, 12, 24), To: calendar.Date(2000, 12, 26), Yearly: true, Name: "Weihnachten"},
		{From: calendar.Date(2026, 5, 8), Name: "全员会", Without: []calendar.Shift{{From: 840, To: 960}, {From: 1020, To: 1080}}},
		{From: calendar.Date(2026, 2, 28), Name: "半天", Hours: []calendar.Shift{{From: 540, To: 720}, {From: 780, To: 1020}}},
	}
	got, err := calendar.ParseSpecials("\n" + strings.ReplaceAll(text, "\n", "\r\n\r\n") + "\n ")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := calendar.ParseSpecials("2026-02-28 09:00-12:00、13:00-17:00 国庆节、中秋节"); err != nil || len(got[0].Hours) != 2 || got[0].Name != "国庆节、中秋节" {
		t.Errorf("%+v, %v", got, err)
	}
	if again := calendar.FormatSpecials(got); again != text {
		t.Errorf("written again:\n%s", again)
	}
	s := office(t)
	s.Special = got
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	for _, in := range []string{"停产检修", "2026-05-04", "2026-02-30 x", "9999-01-01 x", "0001-01-01 x", "*-13-01 x", "2026-05-04..x y", "2026-05-04 25:00-26:00 x", "2026-05-04 09:00-10:00", "*-02-30 x"} {
		_, err := calendar.ParseSpecials("2026-05-04 x\n" + in)
		e := errs.As(err)
		if e == nil || len(e.Fields) != 1 || e.Fields[0].Name != "special" {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if far := strings.HasPrefix(in, "9999") || strings.HasPrefix(in, "0001"); far != (e.Fields[0].Key == "calendar.special_year") {
			t.Errorf("%q says %s", in, e.Fields[0].Key)
		}
		for _, l := range i18n.Langs() {
			if said := i18n.T(l, e.Fields[0].Key, e.Fields[0].Args...); strings.Contains(said, "⟦") || !strings.Contains(said, "2") {
				t.Errorf("%q says %q", in, said)
			}
		}
	}
}
