// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddresses bounds the addresses that are read of one field.
const maxAddresses = 1000

// ParseAddress reads exactly one mailbox. It reports false for none, for several, and for
// what mail programs would not all read the same way (S11, S12).
func ParseAddress(s string) (Address, bool) {
	list, ok := parseList(s)
	if !ok || len(list) != 1 {
		return Address{}, false
	}
	return list[0], true
}

// ParseAddresses reads a list. Mailboxes that can be read in more than one way are left
// out and reported by false.
func ParseAddresses(s string) ([]Address, bool) { return parseList(s) }

// parseList is the one address parser of the house. It takes RFC 5322 with groups and
// comments, and names that hold encoded words, raw UTF-8 or characters that should have
// been quoted. It is strict with the address itself: dot-atom or quoted local part, one
// "@", a domain; no comment, no route, no white space within, nothing behind it; and an
// unquoted name that is itself another address leaves the mailbox out, because half of the
// programs on the way would take the one and half the other.
func parseList(s string) ([]Address, bool) {
	var (
		out []Address
		ok  = true
		p   = addressScanner{s: s}
	)
	for len(out) < maxAddresses {
		tokens, end := p.mailbox()
		if len(tokens) > 0 {
			if a, good := assemble(tokens); good {
				out = append(out, a)
			} else {
				ok = false
			}
		}
		if end {
			return out, ok && !p.broken
		}
	}
	return out, false
}

// token is a piece of a mailbox.
type token struct {
	kind byte // 'w' word, 'q' quoted string, 'c' comment, 'a' what stands in angle brackets
	text string
	glue bool // no white space before it
}

// addressScanner cuts a field into mailboxes.
type addressScanner struct {
	s      string
	at     int
	group  bool
	broken bool // quotes, brackets or comments that never end
}

// mailbox returns the tokens up to the next separator, and whether the field ends there.
func (p *addressScanner) mailbox() ([]token, bool) {
	var out []token
	glue := false
	for p.at < len(p.s) {
		c := p.s[p.at]
		switch c {
		case ' ', '\t', '\r', '\n':
			p.at++
			glue = false
			continue
		case ',':
			p.at++
			return out, false
		case ';': // the end of a group, or the comma of Outlook
			p.at++
			p.group = false
			return out, false
		case ':':
			p.at++
			if p.group || len(out) == 0 || strings.ContainsRune(joinWords(out), '@') {
				out = append(out, token{'w', ":", glue})
				break
			}
			p.group, out = true, nil // the name of a group
			glue = false
			continue
		case '"':
			out = append(out, token{'q', p.quoted(), glue})
		case '(':
			out = append(out, token{'c', p.comment(), glue})
		case '<':
			out = append(out, token{'a', p.angle(), glue})
		default:
			from := p.at
			for p.at < len(p.s) && !strings.ContainsRune(" \t\r\n,;:\"(<", rune(p.s[p.at])) {
				p.at++
			}
			out = append(out, token{'w', p.s[from:p.at], glue})
		}
		glue = true
	}
	return out, true
}

// quoted reads a quoted string and removes its quotes and escapes.
func (p *addressScanner) quoted() string {
	var b strings.Builder
	for p.at++; p.at < len(p.s); p.at++ {
		switch c := p.s[p.at]; {
		case c == '\\' && p.at+1 < len(p.s):
			p.at++
			b.WriteByte(p.s[p.at])
		case c == '"':
			p.at++
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	p.broken = true
	return b.String()
}

// comment reads a comment with the ones inside it.
func (p *addressScanner) comment() string {
	var b strings.Builder
	depth := 0
	for ; p.at < len(p.s); p.at++ {
		switch c := p.s[p.at]; {
		case c == '\\' && p.at+1 < len(p.s):
			p.at++
			b.WriteByte(p.s[p.at])
		case c == '(':
			if depth++; depth > 1 {
				b.WriteByte(c)
			}
		case c == ')':
			if depth--; depth == 0 {
				p.at++
				return b.String()
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	p.broken = true
	return b.String()
}

// angle reads what stands between angle brackets; a quoted local part may hold one.
func (p *addressScanner) angle() string {
	from := p.at + 1
	quoted := false
	for p.at++; p.at < len(p.s); p.at++ {
		switch p.s[p.at] {
		case '\\':
			if quoted {
				p.at++
			}
		case '"':
			quoted = !quoted
		case '>':
			if !quoted {
				p.at++
				return p.s[from : p.at-1]
			}
		}
	}
	p.broken, p.at = true, len(p.s)
	return "\x00" // no address
}

// assemble makes a mailbox of its tokens.
func assemble(tokens []token) (Address, bool) {
	var (
		name    []token
		comment string
		angle   = -1
	)
	for i, t := range tokens {
		switch {
		case t.kind == 'a' && angle >= 0:
			return Address{}, false
		case t.kind == 'a':
			angle = i
		case t.kind == 'c':
			comment = t.text
		case angle >= 0: // something behind the address
			return Address{}, false
		default:
			name = append(name, t)
		}
	}
	if angle >= 0 {
		addr, ok := cleanAddr(strings.TrimSpace(tokens[angle].text))
		if !ok {
			return Address{}, false
		}
		shown := decodeWords(joinWords(name))
		if other := bareIn(name); other != "" && !strings.EqualFold(other, addr) {
			return Address{}, false
		}
		if shown == "" {
			shown = decodeWords(comment)
		}
		return Address{Name: strings.TrimSpace(shown), Addr: addr}, true
	}
	addr, ok := bare(tokens)
	if !ok {
		return Address{}, false
	}
	return Address{Name: strings.TrimSpace(decodeWords(comment)), Addr: addr}, true
}

// joinWords puts the words of a name together as they stood.
func joinWords(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && !t.glue {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// bareIn returns an address that stands unquoted in a name.
func bareIn(name []token) string {
	for _, t := range name {
		if t.kind == 'w' && !strings.Contains(t.text, "=?") && strings.Contains(t.text, "@") {
			return strings.Trim(t.text, "'")
		}
	}
	return ""
}

// bare reads a mailbox without angle brackets: an address in one piece, with comments
// only before or behind it.
func bare(tokens []token) (string, bool) {
	isComment := func(t token) bool { return t.kind == 'c' }
	for len(tokens) > 0 && isComment(tokens[0]) {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && isComment(tokens[len(tokens)-1]) {
		tokens = tokens[:len(tokens)-1]
	}
	text := ""
	for i, t := range tokens {
		switch {
		case isComment(t) || i > 0 && !t.glue:
			return "", false
		case t.kind == 'q':
			text += quoteLocal(t.text)
		default:
			text += t.text
		}
	}
	return cleanAddr(text)
}

// quoteLocal writes the content of a quoted string as one.
func quoteLocal(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// cleanAddr judges an address and returns it, a needlessly quoted local part without its quotes.
func cleanAddr(s string) (string, bool) {
	if len(s) > 320 || !utf8.ValidString(s) || strings.Contains(s, "=?") {
		return "", false
	}
	var local, domain string
	if strings.HasPrefix(s, `"`) {
		p := addressScanner{s: s}
		inner := p.quoted()
		if p.broken || !strings.HasPrefix(s[p.at:], "@") || strings.ContainsFunc(inner, trap) {
			return "", false
		}
		domain = s[p.at+1:]
		if local = inner; !dotAtom(inner) {
			local = quoteLocal(inner)
		}
	} else {
		i := strings.LastIndexByte(s, '@')
		if i < 0 || !dotAtom(s[:i]) {
			return "", false
		}
		local, domain = s[:i], s[i+1:]
	}
	if local == "" || local == `""` || !isDomain(domain) {
		return "", false
	}
	return local + "@" + domain, true
}

// trap reports whether a character in a quoted local part is there to mislead: an "@" that
// some reader takes for the real one, a bracket, or something that cannot be seen.
func trap(r rune) bool { return r < ' ' || r >= 0x7f || strings.ContainsRune("@<>(),;:", r) }

// dotAtom reports whether s can stand before the "@" without quotes. Two dots in a row and
// a dot at the end are against the rules, and yet telephone companies gave them away.
func dotAtom(s string) bool {
	if s == "" || strings.HasPrefix(s, ".") {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r) {
			return false
		}
		if r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return false
		}
	}
	return true
}

// isDomain reports whether s is a domain or an address literal.
func isDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && len(inner) < 60 && strings.IndexFunc(inner, func(r rune) bool {
			return !isHexRune(r) && !strings.ContainsRune(".:IPv", r)
		}) < 0
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 253 || strings.HasPrefix(label, "-") {
			return false
		}
		for _, r := range label {
			if r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return false
			}
		}
	}
	return len(s) <= 255
}

func isHexRune(r rune) bool { return r < utf8.RuneSelf && isHex(byte(r)) }
