// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Address is one mailbox and the name that is shown for it.
type Address struct {
	Name string // made one line; may be empty
	Addr string // "local@domain", exactly one
}

// header writes the address for a header, with a name that every reader understands the same
// way. It refuses what is not exactly one plain address: a list, a group, a quoted local part,
// a name in front (S11). A local part beyond ASCII would need SMTPUTF8 on the whole way and is
// refused too; a domain beyond it is written in its ASCII form.
func (a Address) header() (string, error) {
	addr, err := Plain(a.Addr)
	if err != nil {
		return "", err
	}
	if name := phrase(a.Name); name != "" {
		if asciiWords(name) && !strings.HasPrefix(name, "=?") {
			name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
		}
		return name + " <" + addr + ">", nil
	}
	return "<" + addr + ">", nil
}

// Plain brings an address to the form in which it goes over the wire, "local@domain" in
// ASCII. It refuses everything but one plain address of at most 254 bytes.
func Plain(addr string) (string, error) {
	local, domain, found := strings.Cut(addr, "@")
	if !found || local == "" || len(local) > 64 || len(addr) > 254 {
		return "", fmt.Errorf("%q is no address", short(addr))
	}
	for _, c := range []byte(local) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return "", fmt.Errorf("%q is no address that can be written in ASCII", short(addr))
		}
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", fmt.Errorf("%q is no address", short(addr))
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || ascii == "" || len(local)+1+len(ascii) > 254 || !hostname(ascii) {
		return "", fmt.Errorf("%q has no domain", short(addr))
	}
	return local + "@" + ascii, nil
}

// hostname reports whether s has the form of a name in the network.
func hostname(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return true
}

// phrase makes words fit for a header. They become one line without control characters;
// words that are not plain ASCII, or that a reader would decode to something else than
// stands here, are encoded (RFC 2047). So what is decoded is exactly the cleaned line, and
// no encoded word that somebody typed comes to life (S10).
func phrase(s string) string {
	s = oneLine(s)
	if asciiWords(s) && !strings.Contains(s, "=?") {
		return s
	}
	const head, tail = "=?utf-8?b?", "?="
	var out strings.Builder
	for s != "" {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > 42 { // 56 characters in base 64, 68 with head and tail
				break
			}
			n += size
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(head + base64.StdEncoding.EncodeToString([]byte(s[:n])) + tail)
		s = s[n:]
	}
	return out.String()
}

// asciiWords reports whether s can stand in a header as it is: printable ASCII in words short
// enough to be folded.
func asciiWords(s string) bool {
	for word := range strings.SplitSeq(s, " ") {
		if len(word) > 60 {
			return false
		}
	}
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// oneLine makes one line of words: white space of every kind, line and paragraph separators
// and control characters become a space, characters that change direction or are invisible
// go (S76), and at most maxLine characters stay.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxLine {
		s = strings.TrimSpace(string(r[:maxLine-1])) + "…"
	}
	return s
}

// short cuts what somebody typed for the log.
func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
