// SPDX-License-Identifier: Apache-2.0

package calendar_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func sorted(list []string) string {
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(strings.TrimPrefix(a, "+"), strings.TrimPrefix(b, "+")) })
	return strings.Join(list, " ")
}

func said(lang i18n.Lang, list []calendar.Line) (out []string) {
	for _, l := range list {
		out = append(out, l.Text(lang))
	}
	return out
}

// Over the National Day of 2026 with its make-up workday, every day is accounted for.
func TestN23_AWorkingTimeIsExplainedDayByDay(t *testing.T) {
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
	from := at("2026-09-30 17:00")
	to := h.Add(from, 20*time.Hour)
	if !to.Equal(at("2026-10-10 14:30")) {
		t.Fatalf("due %v", to)
	}
	want := []string{
		"9 月 30 日（周三） 17:00–18:00，计 1 小时",
		"10 月 1 日（周四）至 10 月 7 日（周三）国庆节放假，不计",
		"10 月 8 日（周四）至 10 月 9 日（周五），2 个工作日，每天 7 小时 30 分，共计 15 小时",
		"10 月 10 日（周六）国庆节调休补班 09:00–12:00、13:30–14:30，计 4 小时",
	}
	if diff := cmp.Diff(want, said(i18n.ZH, h.Explain(from, to))); diff != "" {
		t.Error(diff)
	}
	want = []string{
		"Wed 2026-09-30 17:00–18:00: 1 h",
		"Thu 2026-10-01 to Wed 2026-10-07: National Day, does not count",
		"Thu 2026-10-08 to Fri 2026-10-09: 2 working days of 7 h 30 min, 15 h in all",
		"Sat 2026-10-10 09:00–12:00, 13:30–14:30, worked to make up for National Day: 4 h",
	}
	if diff := cmp.Diff(want, said(i18n.EN, h.Explain(from, to))); diff != "" {
		t.Error(diff)
	}
	for name, tt := range map[string]struct {
		from, to string
		want     []string
	}{
		"after hours and a weekend": {"2026-03-06 18:30", "2026-03-09 09:20", []string{
			"3 月 6 日（周五）已过下班时间，不计", "3 月 7 日（周六）至 3 月 8 日（周日）休息，不计", "3 月 9 日（周一） 09:00–09:20，计 20 分钟",
		}},
		"a year that nobody has given": {"2026-12-31 17:00", "2027-01-01 10:00", []string{
			"12 月 31 日（周四） 17:00–18:00，计 1 小时", "2027 年的节假日安排还没有导入，按每周的工时计算", "1 月 1 日（周五） 09:00–10:00，计 1 小时",
		}},
		"over lunch": {"2026-03-09 11:30", "2026-03-09 14:00", []string{"3 月 9 日（周一） 11:30–12:00、13:30–14:00，计 1 小时"}},
		"nothing":    {"2026-03-09 14:00", "2026-03-09 14:00", nil},
	} {
		if diff := cmp.Diff(tt.want, said(i18n.ZH, h.Explain(at(tt.from), at(tt.to)))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	s := office(t)
	s.Zone, s.Sets, s.Week[0] = "Europe/Berlin", nil, minutes(0, 1440)
	s.Special = []calendar.Special{{From: calendar.Date(2026, 10, 26), Name: "盘点", NameEN: "stocktaking"}, {From: calendar.Date(2026, 10, 27), Name: "会议", NameEN: "meeting", Without: minutes(540, 720)}}
	b, err := calendar.New(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	sunday := time.Date(2026, 10, 25, 0, 0, 0, 0, b.Location())
	want = []string{
		"Sun 2026-10-25 00:00–24:00: 25 h", "Sun 2026-10-25: the clocks were changed; the time that really passed counts",
		"Mon 2026-10-26: stocktaking, closed, does not count", "Tue 2026-10-27 13:30–18:00, meeting: 4 h 30 min", "Wed 2026-10-28 09:00–09:30: 30 min",
	}
	if diff := cmp.Diff(want, said(i18n.EN, b.Explain(sunday, b.Add(sunday, 30*time.Hour)))); diff != "" {
		t.Error(diff)
	}
}

// However long a time is, its explanation stays a page, and whatever it says is whole.
func TestN23_AnExplanationIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawn(t)
		from := near(t, h, "from")
		to := from.Add(time.Duration(rapid.Int64Range(0, 20*366*24).Draw(t, "hours")) * time.Hour)
		lines := h.Explain(from, to)
		if len(lines) > 64 {
			t.Fatalf("%d lines", len(lines))
		}
		for _, lang := range i18n.Langs() {
			for _, text := range append(said(lang, lines), h.Line().Text(lang)) {
				if strings.Contains(text, "⟦") || text == "" {
					t.Fatalf("%q", text)
				}
			}
		}
	})
}
