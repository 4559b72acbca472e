// SPDX-License-Identifier: Apache-2.0

package phrase

import (
	"strings"
	"time"
)

func zhPart(named, partOf string) part {
	switch named {
	case "今晚", "明晚":
		return evening
	case "今早", "明早":
		return dawn
	}
	switch partOf {
	case "凌晨":
		return night
	case "清晨", "早晨", "早上", "一早", "早":
		return dawn
	case "上午", "午前":
		return morning
	case "中午", "正午", "午饭":
		return noon
	case "下午", "午后":
		return afternoon
	case "傍晚":
		return dusk
	case "晚上", "晚间", "夜里", "晚":
		return evening
	}
	return noPart
}

// zhDay reads the name of a day; false where it is none after all.
func zhDay(s string) (day, bool) {
	s = strings.ReplaceAll(s, " ", "")
	switch s {
	case "":
		return day{}, true
	case "今天", "今日", "今儿", "今晚", "今早", "当天", "当日":
		return day{kind: ahead}, true
	case "明天", "明日", "明儿", "明早", "明晚":
		return day{kind: ahead, n: 1}, true
	case "后天":
		return day{kind: ahead, n: 2}, true
	case "大后天":
		return day{kind: ahead, n: 3}, true
	case "年底":
		return day{kind: date, month: time.December, date: 31}, true
	}
	if strings.HasSuffix(s, "底") || strings.HasSuffix(s, "月末") {
		if strings.HasPrefix(s, "下") {
			return day{kind: monthEnd, n: 1}, true
		}
		return day{kind: monthEnd}, true
	}
	if d, ok := zhWeek(s); ok {
		return d, true
	}
	return zhDate(s)
}

func zhWeek(s string) (day, bool) {
	weeks := -1
	rest := s
	for _, x := range []struct {
		word string
		n    int
	}{{"下下", 2}, {"下", 1}, {"本", 0}, {"这", 0}} {
		if after, ok := strings.CutPrefix(s, x.word); ok {
			weeks, rest = x.n, after
			break
		}
	}
	rest = strings.TrimPrefix(rest, "个")
	for _, word := range []string{"周", "星期", "礼拜"} {
		name, ok := strings.CutPrefix(rest, word)
		if !ok {
			continue
		}
		switch name {
		case "末", "内", "之内", "以内", "":
			return day{kind: weekEnd, n: max(weeks, 0)}, true
		}
		for i, d := range []string{"日", "一", "二", "三", "四", "五", "六", "天"} {
			if name == d {
				return day{kind: weekday, n: weeks, week: time.Weekday(i % 7)}, true
			}
		}
	}
	return day{}, false
}

// zhDate reads 2026年11月28日, 11月28号, 28号, 2026-11-28, 11/28.
func zhDate(s string) (day, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("年月日号/-", r) })
	var n []int
	for _, p := range parts {
		i, ok := zhInt(p)
		if !ok {
			return day{}, false
		}
		n = append(n, i)
	}
	d := day{kind: date}
	switch len(n) {
	case 3:
		d.year, d.month, d.date = n[0], time.Month(n[1]), n[2]
	case 2:
		d.month, d.date = time.Month(n[0]), n[1]
	case 1:
		d.date = n[0]
	default:
		return d, false
	}
	good := d.date >= 1 && d.date <= 31 && d.month >= 0 && d.month <= 12 && (len(n) == 1 || d.month >= 1) && (d.year == 0 || d.year >= 2000 && d.year <= 2200)
	return d, good
}
