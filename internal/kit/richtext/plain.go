// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// maxLink bounds a link in running text, in bytes; browsers take no longer ones.
const maxLink = 2000

// FromText turns plain text into safe HTML: a paragraph for each block between
// empty lines, a br for each line end, and links where http:// or https://
// stands. Spaces at the beginning of a line and runs of spaces stay visible.
func FromText(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text)
	var out strings.Builder
	open := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		switch {
		case line == "":
			if open {
				out.WriteString("</p>")
			}
			open = false
			continue
		case open:
			out.WriteString("<br>")
		default:
			out.WriteString("<p>")
		}
		open = true
		writeLine(&out, line)
	}
	if open {
		out.WriteString("</p>")
	}
	return out.String()
}

// writeLine writes one line with its links.
func writeLine(out *strings.Builder, line string) {
	for line != "" {
		at := nextLink(line)
		if at < 0 {
			out.WriteString(escapeText(line))
			return
		}
		out.WriteString(escapeText(line[:at]))
		u := linkAt(line[at:])
		line = line[at+len(u):]
		escaped := html.EscapeString(u)
		if cleanLink(u) != u {
			out.WriteString(escaped)
			continue
		}
		out.WriteString(`<a href="` + escaped + `" title="` + escaped + `" target="_blank" rel="noopener noreferrer nofollow">` + escaped + `</a>`)
	}
}

// nextLink returns where the next link begins, or -1.
func nextLink(s string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], "://")
		if i < 0 {
			return -1
		}
		i += from
		for _, scheme := range []string{"https", "http"} {
			at := i - len(scheme)
			if at >= 0 && strings.EqualFold(s[at:i], scheme) && (at == 0 || !isWordByte(s[at-1])) {
				return at
			}
		}
		from = i + len("://")
	}
}

// isWordByte reports whether a scheme directly behind c would be the end of a longer word.
func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'
}

// linkAt returns the link at the beginning of s. It ends at white space, at
// signs that cannot stand in an address, and at the first character outside of
// ASCII, because in Chinese text nothing separates an address from the words
// behind it. Punctuation at its end belongs to the sentence.
func linkAt(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= utf8.RuneSelf || strings.ContainsRune("<>\"`{}|\\^", r)
	})
	if end < 0 {
		end = len(s)
	}
	end = min(end, maxLink)
	u := s[:end]
	for u != "" {
		last := u[len(u)-1]
		switch {
		case strings.IndexByte(".,;:!?'*_", last) >= 0:
		case last == ')' && strings.Count(u, "(") < strings.Count(u, ")"):
		case last == ']' && strings.Count(u, "[") < strings.Count(u, "]"):
		default:
			return u
		}
		u = u[:len(u)-1]
	}
	return s[:end]
}

// escapeText escapes text and keeps its indentation and columns visible.
func escapeText(s string) string {
	var out strings.Builder
	blank := true // the last character was white space or nothing
	for _, r := range html.EscapeString(strings.ToValidUTF8(s, "\ufffd")) {
		switch {
		case r == '\t':
			out.WriteString("\u00a0\u00a0\u00a0 ")
			blank = true
			continue
		case r == ' ' && blank:
			out.WriteRune('\u00a0')
			continue
		}
		blank = r == ' '
		out.WriteRune(r)
	}
	return out.String()
}
