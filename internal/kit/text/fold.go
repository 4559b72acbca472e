// SPDX-License-Identifier: Apache-2.0

package text

import (
	"strings"
	"unicode/utf8"
)

// What is shown of a long text before it is folded, in lines of a page of about 80 columns: an
// ideograph takes two of them. A text that is only a little longer is shown whole.
const (
	foldAt   = 16
	foldFrom = 24
	columns  = 80
)

// Fold cuts a long text at the end of a line into what stands open and the rest; rest is empty
// where all of it may stand open. Together they are the text, but for the line feed between them.
// A line that is too long by itself is cut after a space or a full stop, else anywhere.
func Fold(s string) (head, rest string) {
	cut, lines := -1, 0
	for at := 0; at < len(s); {
		end, next := len(s), len(s)
		if i := strings.IndexByte(s[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		}
		tall := height(s[at:end])
		if cut < 0 && lines+tall > foldAt {
			cut = at
			if at == 0 || tall > foldAt { // no line of it would stand open, or hardly a piece of it
				cut = at + inside(s[at:end], max(foldAt-lines, 1))
			}
		}
		lines += tall
		at = next
	}
	if lines <= foldFrom || cut <= 0 || cut >= len(s) {
		return s, ""
	}
	return strings.TrimSuffix(s[:cut], "\n"), s[cut:]
}

// height is how many lines of the page one line of a text takes.
func height(line string) int { return width(line)/columns + 1 }

func width(s string) int {
	n := 0
	for _, r := range s {
		n += wide(r)
	}
	return n
}

func wide(r rune) int {
	if r >= 0x1100 {
		return 2
	}
	return 1
}

// inside is where a long line is cut so that about so many lines of the page stand open.
func inside(line string, lines int) int {
	n, last := 0, 0
	for i, r := range line {
		if n += wide(r); n > lines*columns {
			if last > i/2 {
				return last
			}
			return i
		}
		if r == ' ' || r == '。' || r == '；' || r == '，' {
			last = i + utf8.RuneLen(r)
		}
	}
	return len(line)
}
