// SPDX-License-Identifier: Apache-2.0

package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Unit is a word or one ideograph of a text.
type Unit struct {
	Text  string // folded: small letters, half width, no accents, no plural s
	Start int    // where it begins, in bytes of the text
	End   int    // and where it is over
	Han   bool   // an ideograph, a kana or a syllable of Hangul: a unit by itself
	Glued bool   // of one run with the unit before it
}

// Units returns the units of a text in their order.
func Units(s string) []Unit {
	units := make([]Unit, 0, len(s)/5+1)
	Each(s, func(u Unit) { units = append(units, u) })
	return units
}

// Each calls fn with every unit of a text in order. What is not UTF-8 separates words.
func Each(s string, fn func(Unit)) {
	last, joins := -1, 0 // where the unit before ended; how many joining characters came since, -1 for anything else
	lastHan := false
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		switch kindOf(r) {
		case han:
			fn(Unit{Text: foldHan(s[i:i+size], r), Start: i, End: i + size, Han: true, Glued: lastHan && last == i})
			last, joins, lastHan = i+size, 0, true
			i += size
		case letter:
			end, plain := wordEnd(s, i)
			word := s[i:end]
			if !plain {
				word = fold(word)
			}
			if word = singular(word); word != "" {
				fn(Unit{Text: word, Start: i, End: end, Glued: !lastHan && last >= 0 && joins == 1})
				last, joins, lastHan = end, 0, false
			}
			i = end
		default:
			if joining(r) && joins == 0 {
				joins = 1
			} else {
				joins = -1
			}
			i += size
		}
	}
}

type kind int

const (
	other kind = iota
	letter
	han
)

// decode reads a character, those of double width as those of single width.
func decode(s string, i int) (rune, int) {
	if b := s[i]; b < utf8.RuneSelf {
		return rune(b), 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return narrow(r), size
}

func narrow(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000:
		return ' '
	}
	return r
}

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return letter
		}
		return other
	case r < 0x1100:
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return letter
		}
		return other
	case 0x3400 <= r && r <= 0x9FFF, 0x20000 <= r && r <= 0x3FFFF, 0x3041 <= r && r <= 0x30FE, 0xAC00 <= r && r <= 0xD7A3,
		0xF900 <= r && r <= 0xFAFF, 0xFF66 <= r && r <= 0xFF9D, r == 0x3005, r == 0x3006, r == 0x3007:
		return han
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return letter
	}
	return other
}

// joining says which characters hold the parts of a code, an address or a path together.
func joining(r rune) bool { return r < utf8.RuneSelf && strings.ContainsRune(`-._@/:\'&`, r) }

// wordEnd finds the end of the word that begins at i, and whether it is folded already.
func wordEnd(s string, i int) (end int, plain bool) {
	plain = true
	for i < len(s) {
		b := s[i]
		if 'a' <= b && b <= 'z' || '0' <= b && b <= '9' {
			i++
			continue
		}
		r, size := decode(s, i)
		if kindOf(r) != letter {
			break
		}
		plain = false
		i += size
	}
	return i, plain
}

// fold makes letters small and of single width and takes accents away.
func fold(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	for i := 0; i < len(word); {
		r, size := decode(word, i)
		i += size
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(unicode.ToLower(r))
		default:
			for _, part := range norm.NFKD.String(string(r)) {
				if !unicode.Is(unicode.Mn, part) && kindOf(part) != other {
					b.WriteRune(unicode.ToLower(part))
				}
			}
		}
	}
	return b.String()
}

// foldHan gives an ideograph that is encoded twice, or of half width, its one form.
func foldHan(s string, r rune) string {
	if r < 0xF900 {
		return s
	}
	if r >= 0x20000 && r < 0x2F800 || r >= 0x30000 {
		return s
	}
	return norm.NFKC.String(s)
}

// singular takes the s off an English word, since whoever looks for a printer means printers
// too. Words that end so by nature keep it.
func singular(word string) string {
	n := len(word)
	if n < 4 || word[n-1] != 's' {
		return word
	}
	switch word[n-2] {
	case 's', 'u', 'i':
		return word
	}
	for i := range n {
		if word[i] < 'a' || word[i] > 'z' {
			return word
		}
	}
	return word[:n-1]
}
