// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decode8 makes text of a header value. Values should be ASCII; what is not is UTF-8
// where it is valid, and otherwise in the character set of the body or a likely one.
func decode8(v []byte, hint string) string {
	if isASCII(v) && bytes.IndexByte(v, 0x1b) < 0 {
		return string(v)
	}
	s, _ := decodeText(v, hint)
	return s
}

// decodeWords replaces encoded words by what they say (RFC 2047) and makes one clean
// line of it. It is as tolerant as the programs that people read mail with: words may
// stand within quotes and next to other text, and hold spaces.
//
// Words of one character set that follow each other are joined before they are decoded,
// because many programs cut in the middle of a character.
func decodeWords(s string) string {
	list := words(s)
	if len(list) == 0 {
		return cleanLine(s)
	}
	var out strings.Builder
	at := 0
	for i := 0; i < len(list); {
		if gap := s[at:list[i].from]; i == 0 || strings.Trim(gap, " \t") != "" {
			out.WriteString(gap)
		}
		j := i + 1
		for j < len(list) && list[j].follows(list[j-1], s) {
			j++
		}
		out.WriteString(say(list[i:j]))
		at, i = list[j-1].to, j
	}
	out.WriteString(s[at:])
	return cleanLine(out.String())
}

// word is one encoded word and where it stands.
type word struct {
	charset  string
	encoding byte // 'b' or 'q'
	text     string
	from, to int
}

// follows reports whether w goes on where last was cut.
func (w word) follows(last word, s string) bool {
	return w.charset == last.charset && strings.Trim(s[last.to:w.from], " \t") == ""
}

// words finds the encoded words of s, going over it once.
func words(s string) []word {
	var out []word
	end := 0 // a "?=", the first one behind the last text that was looked at
	for at := 0; ; {
		i := strings.Index(s[at:], "=?")
		if i < 0 {
			return out
		}
		i += at
		at = i + 2
		q := strings.IndexByte(s[at:min(len(s), at+78)], '?')
		text := at + q + 3 // behind "charset?b?"
		if q <= 0 || text > len(s) || s[text-1] != '?' {
			continue
		}
		if end < text {
			n := strings.Index(s[text:], "?=")
			if n < 0 {
				return out
			}
			end = text + n
		}
		charset, _, _ := strings.Cut(s[at:at+q], "*") // RFC 2231 allows a language behind it
		w := word{strings.ToLower(strings.TrimSpace(charset)), s[text-2] | 0x20, s[text:end], i, end + 2}
		if w.encoding == 'b' || w.encoding == 'q' {
			out = append(out, w)
			at = w.to
		}
	}
}

// say decodes words of one character set.
func say(list []word) string {
	var b []byte
	for i := 0; i < len(list); {
		if list[i].encoding == 'q' {
			b = append(b, decodeQWord(list[i].text)...)
			i++
			continue
		}
		j := i + 1
		for j < len(list) && list[j].encoding == 'b' {
			j++
		}
		b = append(b, decodeBWords(list[i:j])...)
		i = j
	}
	s, _ := decodeText(b, list[0].charset)
	return s
}

// decodeBWords decodes words in base 64. Programs that cut the encoded text anywhere
// leave words that are no whole groups of four; these are joined first.
func decodeBWords(list []word) []byte {
	var all strings.Builder
	whole := true
	for _, w := range list {
		whole = whole && len(w.text)%4 == 0
		all.WriteString(w.text)
	}
	if !whole {
		out, _ := decodeBase64([]byte(all.String()), all.Len())
		return out
	}
	var b []byte
	for _, w := range list {
		out, _ := decodeBase64([]byte(w.text), len(w.text))
		b = append(b, out...)
	}
	return b
}

// decodeQWord decodes the "Q" encoding: quoted-printable where "_" is a space.
func decodeQWord(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// cleanLine makes one line of text: no line ends, no control characters.
func cleanLine(s string) string {
	clean := true
	for _, r := range s {
		if r < ' ' || r == utf8.RuneError || r >= 0x7f && unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0:
			return -1
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// decodeBase64 decodes what can be decoded: white space and foreign characters are
// skipped, padding may be missing or stand between pieces that were joined. It stops
// after limit bytes and reports whether all was well.
func decodeBase64(src []byte, limit int) ([]byte, bool) {
	// The quick way is right for nearly every part.
	if n := base64.StdEncoding.DecodedLen(len(src)); n <= limit {
		out := make([]byte, n)
		if n, err := base64.StdEncoding.Decode(out, src); err == nil {
			return out[:n], true
		}
	}
	var (
		out   = make([]byte, 0, min(len(src)*3/4+3, limit))
		group uint32
		bits  int
		ok    = true
	)
	for _, c := range src {
		v := value64(c)
		switch {
		case v >= 0:
			group, bits = group<<6|uint32(v), bits+6
			if bits >= 8 {
				bits -= 8
				out = append(out, byte(group>>bits))
			}
		case c == '=':
			group, bits = 0, 0
		case c == '\r' || c == '\n' || c == ' ' || c == '\t':
		default:
			ok = false
		}
		if len(out) >= limit {
			break
		}
	}
	return out, ok
}

func value64(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}
