// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"strings"
)

// transferEncoding returns the encoding of a part, of what programs write for it.
func transferEncoding(h header) string {
	v := strings.ToLower(string(h.get("content-transfer-encoding")))
	v, _, _ = strings.Cut(v, ";")
	return strings.Trim(v, " \t\"'")
}

// identity reports whether an encoding leaves the bytes as they are.
func identity(encoding string) bool {
	switch encoding {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "8bits", "7bits":
		return true
	}
	return false
}

// content decodes the body of a part, at most limit bytes of it. An encoding that nobody
// knows leaves the bytes as they are.
func content(p *part, limit int, mend func(Defect)) []byte {
	var (
		out []byte
		ok  bool
	)
	more := limit + 1 // whether there is more than that must be seen
	switch encoding := transferEncoding(p.header); encoding {
	case "base64", "base-64", "base 64":
		out, ok = decodeBase64(p.body, more)
	case "quoted-printable", "quotedprintable", "quoted printable":
		out, ok = decodeQuoted(p.body, more)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		out, ok = decodeUU(p.body, more)
	default:
		out, ok = p.body, identity(encoding)
	}
	if !ok {
		mend(BadEncoding)
	}
	if len(out) > limit {
		mend(TooMuch)
		out = out[:limit]
	}
	return out
}

// decodeQuoted decodes quoted-printable. What is no code stays as it stands, lower-case
// digits are taken, and white space at the end of a line goes, as transport may have added it.
func decodeQuoted(src []byte, limit int) ([]byte, bool) {
	out := make([]byte, 0, min(len(src), limit))
	ok := true
	for len(src) > 0 && len(out) < limit {
		s, next := line(src, 0)
		ended := next > len(s) && src[next-1] == '\n'
		s = bytes.TrimRight(s, " \t\r")
		soft := len(s) > 0 && s[len(s)-1] == '='
		if soft {
			s = s[:len(s)-1]
		}
		for i := 0; i < len(s) && len(out) < limit; i++ {
			switch {
			case s[i] != '=':
				out = append(out, s[i])
			case i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
				out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
				i += 2
			default:
				ok = false
				out = append(out, s[i])
			}
		}
		if ended && !soft {
			if bytes.HasSuffix(src[:next], []byte("\r\n")) {
				out = append(out, '\r')
			}
			out = append(out, '\n')
		}
		src = src[next:]
	}
	return out, ok
}

// decodeUU decodes what stands between "begin" and "end".
func decodeUU(src []byte, limit int) ([]byte, bool) {
	out := make([]byte, 0, min(len(src)*3/4, limit))
	begun := false
	for len(src) > 0 && len(out) < limit {
		s, next := line(src, 0)
		src = src[next:]
		switch {
		case !begun:
			begun = bytes.HasPrefix(s, []byte("begin "))
		case bytes.Equal(bytes.TrimSpace(s), []byte("end")):
			return out, true
		case len(s) > 0:
			out = appendUU(out, s)
		}
	}
	return out, false
}

// appendUU decodes one line: its length, then groups of four characters.
func appendUU(out, s []byte) []byte {
	n := int(s[0]-' ') & 0x3f
	value := func(i int) byte {
		if i < len(s) {
			return (s[i] - ' ') & 0x3f
		}
		return 0
	}
	for i := 1; n > 0; i += 4 {
		a, b, c, d := value(i), value(i+1), value(i+2), value(i+3)
		group := []byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d}
		out = append(out, group[:min(n, 3)]...)
		n -= 3
	}
	return out
}
