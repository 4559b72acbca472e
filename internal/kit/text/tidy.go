// SPDX-License-Identifier: Apache-2.0

package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Storable makes text that either engine keeps as it is: valid UTF-8 without NUL, line ends as
// "\n". What is no character becomes U+FFFD, so that it is seen that something stood there.
func Storable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsAny(s, "\x00\r") {
		s = strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n").Replace(s)
	}
	return s
}

// Body is a text of a form over several lines as it is stored, without the space around it. Where nothing
// of it is seen it says nothing; beside what is seen, the joiners of words and of emoji and the marks of a
// direction stay.
func Body(s string) string {
	s = strings.TrimSpace(Storable(s))
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unseen(r) }) < 0 {
		return ""
	}
	return s
}

// Seen is how many characters of a text somebody sees, the spaces between them included.
func Seen(s string) (n int) {
	for _, r := range s {
		if !unseen(r) {
			n++
		}
	}
	return n
}

// unseen says which characters leave a page as it was; the blank of Braille is one that is drawn.
func unseen(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r) || r == '\u2800' || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// Line makes one line of a text: no control or direction-changing characters (S76), single spaces.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// OneLine reports whether s can be a name or a value that is sent on one line: valid UTF-8 without
// control or direction-changing characters and without anything that ends a line (S76).
func OneLine(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp)
	}) < 0
}
