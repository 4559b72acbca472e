// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"
	"unicode/utf16"
)

// decodeUTF7 decodes UTF-7 (RFC 2152): base 64 of UTF-16 between "+" and "-".
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		if b[i] != '+' {
			out.WriteByte(b[i] & 0x7f)
			continue
		}
		from := i + 1
		for i+1 < len(b) && value64(b[i+1]) >= 0 && b[i+1] != '-' && b[i+1] != '_' {
			i++
		}
		code := b[from : i+1]
		switch {
		case len(code) == 0 && i+1 < len(b) && b[i+1] == '-': // "+-" is a plus sign
			out.WriteByte('+')
			i++
			continue
		case len(code) == 0:
			out.WriteByte('+')
			continue
		}
		bytes, _ := decodeBase64(code, len(code))
		units := make([]uint16, 0, len(bytes)/2)
		for j := 0; j+1 < len(bytes); j += 2 {
			units = append(units, uint16(bytes[j])<<8|uint16(bytes[j+1]))
		}
		out.WriteString(string(utf16.Decode(units)))
		if i+1 < len(b) && b[i+1] == '-' {
			i++
		}
	}
	return out.String()
}
