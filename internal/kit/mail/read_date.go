// SPDX-License-Identifier: Apache-2.0

package mail

import (
	netmail "net/mail"
	"strings"
	"time"
)

// parseDate reads a date in the ways that programs write it; the zero time where it is none.
func parseDate(s string) time.Time {
	if len(s) > 200 {
		return time.Time{}
	}
	if i := strings.IndexByte(s, '('); i > 0 && strings.Count(s, "(") == 1 { // a comment, closed or not
		s = s[:i]
	}
	s = zoned(strings.Join(strings.Fields(s), " "))
	if s == "" {
		return time.Time{}
	}
	if t, err := netmail.ParseDate(s); err == nil {
		return sane(t)
	}
	if day, rest, ok := strings.Cut(s, ","); ok && len(day) <= 10 { // a weekday in any language
		s = strings.TrimSpace(rest)
	} else if len(s) > 4 && s[3] == ' ' && weekday(s[:3]) {
		s = s[4:]
	}
	for _, day := range []string{"2 Jan 2006", "2 January 2006", "2-Jan-2006", "2006-01-02", "2006/01/02", "Jan 2 2006", "Jan 2, 2006", "2 Jan 06"} {
		for _, clock := range []string{" 15:4:5 -0700", " 15:4:5 -07:00", " 15:4 -0700", " 15:4:5", " 15:4", ""} {
			if t, err := time.Parse(day+clock, s); err == nil {
				return sane(t)
			}
		}
	}
	for _, layout := range []string{time.RFC3339, "Jan 2 15:4:5 2006", "Jan 2 15:4:5 2006 -0700", "Jan 2 15:4:5 -0700 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return sane(t)
		}
	}
	return time.Time{}
}

// zoned writes a zone that has a name as an offset. The names are those of RFC 5322, 4.3;
// what else looks like one says nothing and counts as UTC.
func zoned(s string) string {
	s = strings.NewReplacer(" GMT+", " +", " GMT-", " -", " UTC+", " +", " UTC-", " -").Replace(s)
	if i := len(s) - 5; i > 0 && (s[i] == '+' || s[i] == '-') && s[i-1] >= '0' && s[i-1] <= '9' && strings.Contains(s[:i], ":") {
		return s[:i] + " " + s[i:] // "12:00+0800"
	}
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s
	}
	var offset string
	switch strings.ToUpper(s[i+1:]) {
	case "UT", "GMT", "UTC", "Z", "WET":
		offset = "+0000"
	case "EST", "CDT":
		offset = "-0500"
	case "EDT":
		offset = "-0400"
	case "CST", "MDT":
		offset = "-0600"
	case "MST", "PDT":
		offset = "-0700"
	case "PST":
		offset = "-0800"
	case "CET", "BST", "MET":
		offset = "+0100"
	case "CEST", "EET":
		offset = "+0200"
	case "JST", "KST":
		offset = "+0900"
	default:
		return s
	}
	return s[:i+1] + offset
}

// sane returns the instant in UTC, or zero for years in which no mail was written.
func sane(t time.Time) time.Time {
	if t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}
	}
	return t.UTC()
}

func weekday(s string) bool {
	switch strings.ToLower(s) {
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun":
		return true
	}
	return false
}
