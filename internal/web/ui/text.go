// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

func itoa(n int) string { return strconv.Itoa(n) }

// clamp keeps a score between 0 and 100.
func clamp(n int) int { return min(max(n, 0), 100) }

// ringTone says by colour what the figure in the ring says too.
func ringTone(score int) string {
	switch {
	case score >= 80:
		return OK
	case score >= 50:
		return Warn
	}
	return Danger
}

// secondary is the look of all buttons of a row but the first.
func secondary(i int) string {
	if i == 0 {
		return ""
	}
	return "outline"
}

// Coded writes text in which a code such as ORA-01653 does not break over lines.
func Coded(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if !strings.Contains(text, "-") { // most text: no code is without one
			_, err := io.WriteString(w, templ.EscapeString(text))
			return err
		}
		var b strings.Builder
		for text != "" {
			from, to := nextCode(text)
			b.WriteString(templ.EscapeString(text[:from]))
			if to > from {
				b.WriteString(`<span class="nb">` + templ.EscapeString(text[from:to]) + `</span>`)
			}
			text = text[to:]
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// longestCode bounds a code in bytes: what is longer must be allowed to break.
const longestCode = 24

// nextCode finds the next run of ASCII letters and digits that holds a hyphen
// and a digit. Without one both ends are the length of s.
func nextCode(s string) (from, to int) {
	for from = 0; from < len(s); from = max(to, from+1) {
		to = from
		for to < len(s) && isCode(s[to]) {
			to++
		}
		code := s[from:to]
		if len(code) <= longestCode && strings.ContainsRune(strings.Trim(code, "-"), '-') && strings.ContainsAny(code, "0123456789") {
			return from, to
		}
	}
	return len(s), len(s)
}

func isCode(c byte) bool {
	return c == '-' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
