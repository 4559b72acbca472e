// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"

	charset "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// shifted returns the character set whose pairs of bytes a label of ISO 2022 writes in seven bits
// between "shift out" and "shift in" (RFC 1557, RFC 1922); nil where it writes none so.
func shifted(label string) charset.Encoding {
	switch label {
	case "iso-2022-kr", "csiso2022kr":
		return korean.EUCKR
	case "iso-2022-cn", "iso-2022-cn-ext", "csiso2022cn":
		return simplifiedchinese.GB18030
	}
	return nil
}

// decodeShifted gives shifted pairs their eighth bit back and decodes them. A line begins unshifted.
func decodeShifted(b []byte, enc charset.Encoding) string {
	for _, names := range []string{"\x1b$)C", "\x1b$)A"} { // which set follows
		b = bytes.ReplaceAll(b, []byte(names), nil)
	}
	out := make([]byte, 0, len(b))
	high := byte(0)
	for _, c := range b {
		switch {
		case c == 0x0e:
			high = 0x80
		case c == 0x0f:
			high = 0
		case c == '\n':
			high = 0
			out = append(out, c)
		case c > ' ':
			out = append(out, c|high)
		default:
			out = append(out, c)
		}
	}
	return decodeWith(enc, out)
}
