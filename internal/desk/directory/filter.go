// SPDX-License-Identifier: Apache-2.0

package directory

import "strings"

// EscapeFilter makes a value safe to stand in a search filter (RFC 4515, 3): whatever is no plain
// letter, digit or one of a few signs is written as its bytes (S54).
func EscapeFilter(v string) string {
	const hex, plain = "0123456789abcdef", ".@_-:+, "
	var out strings.Builder
	for i := range len(v) {
		c := v[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(plain, c) >= 0 && i > 0 && i < len(v)-1 {
			out.WriteByte(c)
			continue
		}
		out.WriteByte('\\')
		out.WriteByte(hex[c>>4])
		out.WriteByte(hex[c&15])
	}
	return out.String()
}

// both is the filter that holds where two hold.
func both(a, b string) string { return "(&" + a + b + ")" }

// is holds of the entry with a key.
func (m Mapping) is(key string) string {
	if m.ID == objectGUID {
		return "(" + m.ID + "=" + escapeBytes(guidBytes(key)) + ")"
	}
	return "(" + m.ID + "=" + EscapeFilter(key) + ")"
}

// escapeBytes writes every byte.
func escapeBytes(v string) string {
	const hex = "0123456789abcdef"
	var out strings.Builder
	for i := range len(v) {
		out.WriteString(`\` + string(hex[v[i]>>4]) + string(hex[v[i]&15]))
	}
	return out.String()
}

// guidText writes the sixteen bytes of a GUID as people know it: the first three groups turned round.
func guidText(b string) string {
	if len(b) != 16 {
		return ""
	}
	const hex = "0123456789abcdef"
	var out strings.Builder
	for i, at := range guidOrder() {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out.WriteByte('-')
		}
		out.WriteString(string(hex[b[at]>>4]) + string(hex[b[at]&15]))
	}
	return out.String()
}

// guidBytes is guidText backwards; empty where the text is none.
func guidBytes(text string) string {
	digits := strings.ReplaceAll(text, "-", "")
	if len(digits) != 32 {
		return ""
	}
	out := make([]byte, 16)
	for i, at := range guidOrder() {
		hi, lo := strings.IndexByte("0123456789abcdef", digits[2*i]), strings.IndexByte("0123456789abcdef", digits[2*i+1])
		if hi < 0 || lo < 0 {
			return ""
		}
		out[at] = byte(hi<<4 | lo)
	}
	return string(out)
}

func guidOrder() [16]int { return [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15} }
