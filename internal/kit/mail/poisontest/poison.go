// SPDX-License-Identifier: Apache-2.0

// Package poisontest makes the messages that break programs which read mail (F33): deep, wide,
// endless, empty, encoded again and again, cut in the middle.
package poisontest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
)

// Set builds the messages of F33, each when it is asked for.
func Set() map[string]func() []byte {
	const head = "From: a@example.org\r\nSubject: poison\r\n"
	nested := func(n int, inner string) []byte {
		var b bytes.Buffer
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		b.WriteString("\r\n" + inner)
		for i := n - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "\r\n--b%d--\r\n", i)
		}
		return b.Bytes()
	}
	list := func(s string, n int) string { return strings.Repeat(s, n) }
	big := list("QUJD", 19) + "\r\n"
	all := map[string]func() []byte{
		"zero bytes":                     func() []byte { return nil },
		"one byte":                       func() []byte { return []byte("x") },
		"NULs":                           func() []byte { return bytes.Repeat([]byte{0}, 30<<20) },
		"NULs in a body":                 func() []byte { return []byte(head + "\r\n" + list("\x00", 30<<20)) },
		"100 MB of spaces":               func() []byte { return []byte(head + "\r\n" + list(" ", 100<<20)) },
		"39 MB of spaces":                func() []byte { return []byte(head + "\r\n" + list(" ", 39<<20)) },
		"39 MB of line ends":             func() []byte { return []byte(head + "\r\n" + list("\r\n", 39<<19)) },
		"39 MB of spaces in the subject": func() []byte { return []byte("From: a@example.org\r\nSubject:" + list(" ", 39<<20) + "\r\n\r\nx") },
		"nesting 1,000":                  func() []byte { return nested(1000, "words") },
		"nesting 90 around 30 MB": func() []byte {
			return nested(90, "Content-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n"+list(big, 30<<20/len(big)))
		},
		"nested messages, 1,000":     func() []byte { return []byte(head + list("Content-Type: message/rfc822\r\n\r\n", 1000) + "words") },
		"nested messages in base 64": func() []byte { return nestedBase64(12) },
		"10,000 parts": func() []byte {
			return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + list("--b\r\n\r\nx\r\n", 10_000))
		},
		"1,000 empty multiparts": func() []byte {
			return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + list("--b\r\nContent-Type: multipart/mixed\r\n\r\n", 1000))
		},
		"a boundary that never comes": func() []byte {
			return []byte(head + "Content-Type: multipart/mixed; boundary=never\r\n\r\n" + list("--b\r\n\r\nx\r\n", 3<<20))
		},
		"20,000 links": func() []byte {
			return []byte(head + "Content-Type: text/html\r\n\r\n" + list(`<a href="https://example.org/a?b=c">link</a> `, 20_000))
		},
		"5 M tags":                        func() []byte { return []byte(head + "Content-Type: text/html\r\n\r\n" + list("<b>", 5_000_000)) },
		"5 M tags, half open":             func() []byte { return []byte(head + "Content-Type: text/html\r\n\r\n" + list("<a b='", 5_000_000)) },
		"nested quotes":                   func() []byte { return []byte(head + "\r\n" + list(">", 30<<20)) },
		"a quote of 2 M lines":            func() []byte { return []byte(head + "\r\n" + list("> x\r\n", 2<<20)) },
		"attributions without end":        func() []byte { return []byte(head + "\r\n" + list("On Mon, 2 Mar 2026 at 9:15\r\n", 1<<20)) },
		"a header of 30 MB":               func() []byte { return []byte(head + list("X-A: b\r\n", 4<<20) + "\r\nx") },
		"a field of 30 MB":                func() []byte { return []byte("From: " + list("a@example.org, ", 2<<20) + "\r\n\r\nx") },
		"lines in the header that are no": func() []byte { return []byte(head + list("junk\r\n", 4<<20) + "\r\nx") },
		"encoded words without end":       func() []byte { return []byte("Subject: " + list("=?utf-8?B?", 4<<20) + "\r\n\r\nx") },
		"encoded words, many":             func() []byte { return []byte("Subject: " + list("=?utf-8?B?YQ==?= ", 1<<20) + "\r\n\r\nx") },
		"parameters, many": func() []byte {
			return []byte(head + "Content-Type: text/plain; " + list("a*0*=b; ", 1<<20) + "\r\n\r\nx")
		},
		"quotes without end":   func() []byte { return []byte("From: " + list(`"a `, 1<<20) + "\r\n\r\nx") },
		"comments without end": func() []byte { return []byte("From: " + list("(", 1<<20) + "\r\n\r\nx") },
		"references, many":     func() []byte { return []byte(head + "References: " + list("<a@b> ", 1<<20) + "\r\n\r\nx") },
	}
	maps.Copy(all, encoded(head, list))
	return all
}

// encoded builds those that are encoded, or say so.
func encoded(head string, list func(string, int) string) map[string]func() []byte {
	return map[string]func() []byte{
		"quoted-printable, nothing but =": func() []byte {
			return []byte(head + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + list("=", 30<<20))
		},
		"base 64 that is none": func() []byte {
			return []byte(head + "Content-Transfer-Encoding: base64\r\n\r\n" + list("\xff", 30<<20))
		},
		"uuencoded without end": func() []byte {
			return []byte(head + "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n" + list("M"+list("!", 60)+"\r\n", 400_000))
		},
		"UTF-7": func() []byte {
			return []byte(head + "Content-Type: text/plain; charset=utf-7\r\n\r\n" + list("+", 30<<20))
		},
		"UTF-16": func() []byte {
			return []byte(head + "Content-Type: text/plain; charset=utf-16\r\n\r\n" + list("\xd8", 30<<20))
		},
		"ISO-2022-JP": func() []byte {
			return []byte(head + "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + list("\x1b$B", 8<<20))
		},
		"GB 18030, cut": func() []byte {
			return []byte(head + "Content-Type: text/plain; charset=gb18030\r\n\r\n" + list("\x81\x30\x81", 8<<20))
		},
		"cid, many": func() []byte { return []byte(head + "Content-Type: text/html\r\n\r\n" + list("cid:", 5<<20)) },
		"a delivery report, many": func() []byte {
			return []byte(head + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + list("Final-Recipient: rfc822; a@b\r\n\r\n", 200_000) + "--b--")
		},
		"winmail.dat": func() []byte {
			return []byte(head + "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgAA\r\n")
		},
		"one line of 39 MB": func() []byte { return []byte(head + "\r\n" + list("x", 39<<20)) },
	}
}

// nestedBase64 wraps a message in base 64 again and again.
func nestedBase64(n int) []byte {
	inner := "From: a@example.org\r\n\r\n" + strings.Repeat("words ", 1000)
	for range n {
		inner = "From: a@example.org\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(inner))
	}
	return []byte(inner)
}

// Damage breaks a message in ten ways.
func Damage(raw []byte) [][]byte {
	replaced := func(old, with string) []byte { return bytes.ReplaceAll(raw, []byte(old), []byte(with)) }
	return [][]byte{
		raw[:len(raw)/2], raw[:len(raw)/3], raw[len(raw)/3:], raw[:max(len(raw)-3, 0)],
		replaced("\n", ""), replaced("\r", "\x00"), replaced("--", "-"), replaced(":", " "), replaced("=", "\xff"), append(bytes.Clone(raw), raw...),
	}
}
