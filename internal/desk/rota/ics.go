// SPDX-License-Identifier: Apache-2.0

package rota

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Duty is one entry of a feed: somebody's stretch on call, or another appointment of theirs.
type Duty struct {
	UID     string // stays the same while the stretch begins when it does
	From    time.Time
	To      time.Time
	Summary string
	About   string

	Where     string // the place, where there is one
	Sequence  int64  // counts how often it was moved (RFC 5545, 3.8.7.4)
	Tentative bool   // proposed and not agreed
}

// ICS writes duties as a calendar (RFC 5545). Every instant is in UTC, so that no reader needs
// to know our zones.
func ICS(name string, now time.Time, list []Duty) []byte {
	var b strings.Builder
	line := func(key, value string) { fold(&b, key+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Loopdesk//Calendar//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape(name))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	for _, d := range list {
		line("BEGIN", "VEVENT")
		line("UID", escape(d.UID))
		line("DTSTAMP", stamp(now))
		line("DTSTART", stamp(d.From))
		line("DTEND", stamp(d.To))
		line("SUMMARY", escape(d.Summary))
		if d.About != "" {
			line("DESCRIPTION", escape(d.About))
		}
		if d.Where != "" {
			line("LOCATION", escape(d.Where))
		}
		if d.Sequence > 0 {
			line("SEQUENCE", strconv.FormatInt(d.Sequence, 10))
		}
		if d.Tentative {
			line("STATUS", "TENTATIVE")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escape makes a text of a value (RFC 5545, 3.3.11). Control characters become spaces, so that
// no name can begin a line of its own.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// fold writes a line in pieces of at most 75 bytes, never within a character (3.1).
func fold(b *strings.Builder, s string) {
	const most = 75
	room := most
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		fmt.Fprintf(b, "%s\r\n ", s[:cut])
		s, room = s[cut:], most-1
	}
	b.WriteString(s + "\r\n")
}
