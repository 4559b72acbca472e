// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strconv"
	"strings"
	"time"
)

// Invitation is a meeting as a calendar file (RFC 5545) describes its first event.
type Invitation struct {
	Summary   string
	Place     string
	Organizer string // name, else address
	Start     time.Time
	End       time.Time // zero where the file gives none
	Days      bool      // whole days; Start and End are dates, and End the day after the last
	Cancelled bool
	Repeats   bool
}

// ReadInvitation reads a calendar file; false where it holds no event with a beginning.
// Times without a zone are taken as written in local.
func ReadInvitation(b []byte, local *time.Location) (Invitation, bool) {
	var inv Invitation
	var length time.Duration
	zones := map[string]*time.Location{}
	var inside []string
	in := func(what string) bool { return len(inside) > 0 && inside[len(inside)-1] == what }
	zone, seen := "", false
	for _, l := range unfolded(decode8(b[:min(len(b), 256<<10)], "utf-8")) {
		name, params, value := property(l)
		switch {
		case name == "BEGIN":
			inside = append(inside, strings.ToUpper(value))
		case name == "END":
			if in("VEVENT") {
				seen = true
			}
			inside = inside[:max(len(inside)-1, 0)]
		case name == "METHOD" && strings.EqualFold(value, "CANCEL"):
			inv.Cancelled = true
		case name == "TZID" && in("VTIMEZONE"):
			zone = value
		case name == "TZOFFSETTO" && in("STANDARD"):
			if l := offset(value); l != nil && zone != "" {
				zones[zone] = l
			}
		case !in("VEVENT") || seen:
		case name == "SUMMARY":
			inv.Summary = unescaped(value)
		case name == "LOCATION":
			inv.Place = unescaped(value)
		case name == "ORGANIZER":
			if inv.Organizer = unescaped(params["CN"]); inv.Organizer == "" {
				inv.Organizer = cleanLine(strings.TrimPrefix(strings.ToLower(value), "mailto:"))
			}
		case name == "DTSTART":
			inv.Start, inv.Days = instant(value, params, zones, local)
		case name == "DTEND":
			inv.End, _ = instant(value, params, zones, local)
		case name == "DURATION":
			length = duration(value)
		case name == "STATUS" && strings.EqualFold(value, "CANCELLED"):
			inv.Cancelled = true
		case name == "RRULE":
			inv.Repeats = true
		}
	}
	if inv.End.IsZero() && length > 0 {
		inv.End = inv.Start.Add(length)
	}
	return inv, !inv.Start.IsZero()
}

// unfolded returns the lines of a calendar file; a line that begins with a blank goes on the one before.
func unfolded(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if len(out) > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			out[len(out)-1] += line[1:]
			continue
		}
		if len(out) == 5000 {
			break
		}
		out = append(out, line)
	}
	return out
}

// property parts a line into its name, its parameters and its value.
func property(line string) (name string, params map[string]string, value string) {
	quoted, end := false, -1
	for i, r := range line {
		if r == '"' {
			quoted = !quoted
		}
		if r == ':' && !quoted {
			end = i
			break
		}
	}
	if end < 0 {
		return "", nil, ""
	}
	parts := strings.Split(line[:end], ";")
	params = map[string]string{}
	for _, p := range parts[1:] {
		k, v, _ := strings.Cut(p, "=")
		params[strings.ToUpper(k)] = strings.Trim(v, `"`)
	}
	return strings.ToUpper(parts[0]), params, line[end+1:]
}

// unescaped reads the text of a property as one line.
func unescaped(s string) string {
	s = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s)
	return clip(cleanLine(s), 600)
}

// instant reads a date, or a date with a time: in UTC, in a named zone, or in none.
func instant(value string, params map[string]string, zones map[string]*time.Location, local *time.Location) (at time.Time, day bool) {
	if t, err := time.ParseInLocation("20060102", value, local); err == nil {
		return t, true
	}
	if t, err := time.Parse("20060102T150405Z", value); err == nil {
		return t, false
	}
	in := local
	if id := params["TZID"]; id != "" {
		in = zoneOf(id, zones, local)
	}
	t, err := time.ParseInLocation("20060102T150405", value, in)
	if err != nil {
		return time.Time{}, false
	}
	return t.UTC(), false
}

// zoneOf finds a zone by its name: that of the IANA base, one that the file describes, one of
// the names that Windows gives to the zones of China and its neighbours.
func zoneOf(id string, zones map[string]*time.Location, local *time.Location) *time.Location {
	if l, err := time.LoadLocation(id); err == nil && id != "Local" {
		return l
	}
	windows := map[string]string{
		"China Standard Time": "Asia/Shanghai", "Taipei Standard Time": "Asia/Taipei", "Tokyo Standard Time": "Asia/Tokyo",
		"Korea Standard Time": "Asia/Seoul", "Singapore Standard Time": "Asia/Singapore", "W. Europe Standard Time": "Europe/Berlin",
		"GMT Standard Time": "Europe/London", "Eastern Standard Time": "America/New_York", "Pacific Standard Time": "America/Los_Angeles",
	}
	if l, err := time.LoadLocation(windows[id]); err == nil && windows[id] != "" {
		return l
	}
	if l := zones[id]; l != nil {
		return l
	}
	return local
}

// offset reads "+0800".
func offset(s string) *time.Location {
	if len(s) < 5 || (s[0] != '+' && s[0] != '-') {
		return nil
	}
	h, errH := strconv.Atoi(s[1:3])
	m, errM := strconv.Atoi(s[3:5])
	if errH != nil || errM != nil || h > 14 || m > 59 {
		return nil
	}
	seconds := h*3600 + m*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}

// duration reads "P1DT2H30M".
func duration(s string) time.Duration {
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	var out time.Duration
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && n < 100_000:
			n = n*10 + int(c-'0')
		case units[c] != 0:
			out, n = out+time.Duration(n)*units[c], 0
		}
	}
	return max(out, 0)
}
