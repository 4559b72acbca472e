// SPDX-License-Identifier: Apache-2.0

package i18n_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		d      time.Duration
		zh, en string
	}{
		{"nothing", 0, "不到 1 分钟", "under 1 min"},
		{"seconds", 59 * time.Second, "不到 1 分钟", "under 1 min"},
		{"minutes are rounded down", 41*time.Minute + 59*time.Second, "41 分钟", "41 min"},
		{"an hour", time.Hour, "1 小时", "1 h"},
		{"minutes of an hour have two digits", 7*time.Hour + 8*time.Minute, "7 小时 08 分", "7 h 08 min"},
		{"days leave minutes out", 29*time.Hour + 30*time.Minute, "1 天 5 小时", "1 d 5 h"},
		{"whole days", 72 * time.Hour, "3 天", "3 d"},
		{"the sign is dropped", -6 * time.Minute, "6 分钟", "6 min"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := i18n.Duration(i18n.ZH, tt.d); got != tt.zh {
				t.Errorf("zh: got %q, want %q", got, tt.zh)
			}
			if got := i18n.Duration(i18n.EN, tt.d); got != tt.en {
				t.Errorf("en: got %q, want %q", got, tt.en)
			}
		})
	}
	if got := i18n.Left(i18n.ZH, -6*time.Minute); got != "超时 6 分钟" {
		t.Errorf("overdue: got %q", got)
	}
	if got := i18n.Left(i18n.EN, -6*time.Minute); got != "6 min overdue" {
		t.Errorf("overdue: got %q", got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 24, 10, 12, 0, 0, shanghai) // a Tuesday
	at := func(month time.Month, d, h, m int) time.Time {
		return time.Date(2026, month, d, h, m, 0, 0, shanghai).UTC()
	}
	for _, tt := range []struct {
		name           string
		t              time.Time
		zh, en, moment string
	}{
		{"the same day", at(11, 24, 10, 30), "10:30", "10:30", "今天 10:30"},
		{"just before midnight", at(11, 24, 23, 59), "23:59", "23:59", "今天 23:59"},
		{"the next day, though hours away", at(11, 25, 0, 30), "明天 00:30", "tomorrow 00:30", "明天 00:30"},
		{"yesterday", at(11, 23, 16, 20), "昨天 16:20", "yesterday 16:20", "昨天 16:20"},
		{"within a week", at(11, 26, 13, 0), "周四 13:00", "Thu 13:00", "周四 13:00"},
		{"a week away is a date", at(12, 1, 9, 0), "12 月 1 日 09:00", "2026-12-01 09:00", "12 月 1 日 09:00"},
		{"another year has its number", time.Date(2027, 1, 5, 9, 0, 0, 0, shanghai), "2027 年 1 月 5 日 09:00", "2027-01-05 09:00", "2027 年 1 月 5 日 09:00"},
		{"no time at all", time.Time{}, "–", "–", "–"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := i18n.Clock(i18n.ZH, tt.t, now, shanghai); got != tt.zh {
				t.Errorf("zh: got %q, want %q", got, tt.zh)
			}
			if got := i18n.Clock(i18n.EN, tt.t, now, shanghai); got != tt.en {
				t.Errorf("en: got %q, want %q", got, tt.en)
			}
			if got := i18n.Moment(i18n.ZH, tt.t, now, shanghai); got != tt.moment {
				t.Errorf("moment: got %q, want %q", got, tt.moment)
			}
		})
	}
}

func TestADayOfTwentyThreeHoursIsADay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 28, 23, 0, 0, 0, berlin)
	next := time.Date(2026, 3, 29, 8, 0, 0, 0, berlin)
	if got := i18n.Clock(i18n.EN, next, now, berlin); got != "tomorrow 08:00" {
		t.Errorf("got %q", got)
	}
}
