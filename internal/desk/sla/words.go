// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Text writes the line for a reader at now in loc: "目标（P2）：8 小时". One place writes it for
// every door, so that a page and a program hear the same reasons.
func (l Line) Text(lang i18n.Lang, now time.Time, loc *time.Location) string {
	if l.Part.Key != "" {
		return l.Part.Text(lang)
	}
	length := i18n.Duration(lang, l.Length)
	if l.Working {
		length = calendar.Worked(lang, l.Length)
	}
	word := l.Word
	if lang == i18n.EN && l.WordEN != "" {
		word = l.WordEN
	}
	if slices.Contains([]string{"sla.why_paused", "sla.why_paused_now", "sla.why_paused_late", "sla.why_waits_for"}, l.Key) {
		word = i18n.T(lang, "sla.wait_"+l.Word)
	}
	at, to := i18n.Moment(lang, l.At, now, loc), i18n.Moment(lang, l.To, now, loc)
	if lang == i18n.ZH {
		at, to = aired(at), aired(to)
	}
	said := i18n.T(lang, l.Key, "At", at, "To", to, "Length", length, "Word", word)
	return tidy.Replace(strings.TrimSpace(said))
}

// tidy takes out the spaces that a part which is not said leaves behind.
var tidy = strings.NewReplacer(" ，", "，", " ；", "；", "  ", " ") //nolint:gochecknoglobals // a constant that is only expensive to make

// aired puts the space around the figures of a time that Chinese text has there.
func aired(s string) string {
	if s == "" {
		return s
	}
	if s[0] >= '0' && s[0] <= '9' {
		s = " " + s
	}
	if last := s[len(s)-1]; last >= '0' && last <= '9' {
		s += " "
	}
	return s
}
