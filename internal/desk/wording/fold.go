// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"strings"
	"unicode"
)

// folded is a text in small letters and half width, with the place of each character in the
// text that it was made of.
type folded struct {
	runes []rune
	at    []int  // bytes; one more than runes
	skip  []bool // not judged: quoted, code, an address, a name
}

// fold makes a text comparable. It keeps one character for one.
func fold(s string) folded {
	f := folded{runes: make([]rune, 0, len(s)/2+1), at: make([]int, 0, len(s)/2+2)}
	for i, r := range s {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case r == '’' || r == '‘':
			r = '\''
		case r == '\n':
		case unicode.IsSpace(r):
			r = ' '
		}
		f.runes, f.at = append(f.runes, unicode.ToLower(r)), append(f.at, i)
	}
	f.at = append(f.at, len(s))
	return f
}

// word reports whether a character is of a word that is written with letters.
func word(r rune) bool {
	return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// mask marks what is not judged.
func (f *folded) mask(original string, names []string) {
	f.skip = make([]bool, len(f.runes))
	f.maskLines()
	f.maskQuotes()
	f.maskTokens()
	f.maskNames(original, names)
}

func (f *folded) mark(from, to int) {
	for i := from; i < to && i < len(f.skip); i++ {
		f.skip[i] = true
	}
}

// maskLines leaves out what repeats a mail, code between fences, and lines of a log.
func (f *folded) maskLines() {
	fenced := false
	for from := 0; from < len(f.runes); {
		to := from
		for to < len(f.runes) && f.runes[to] != '\n' {
			to++
		}
		line := strings.TrimSpace(string(f.runes[from:min(to, from+60)]))
		fence := strings.HasPrefix(line, "```")
		if fence {
			fenced = !fenced
		}
		if fence || fenced || strings.HasPrefix(line, ">") || logLine(line) {
			f.mark(from, to)
		}
		from = to + 1
	}
}

// logLine reports whether a line was written by a program: it begins with a date and an hour,
// or as a trace does.
func logLine(line string) bool {
	if strings.HasPrefix(line, "at ") && strings.Contains(line, "(") || strings.HasPrefix(line, "caused by:") || strings.HasPrefix(line, "traceback") {
		return true
	}
	if len(line) < 16 || line[4] != '-' && line[4] != '/' || line[13] != ':' {
		return false
	}
	for _, i := range []int{0, 1, 2, 3, 5, 6, 11, 12} {
		if line[i] < '0' || line[i] > '9' {
			return false
		}
	}
	return true
}

// longestQuote bounds what counts as quoted, so that one stray mark hides nothing.
const longestQuote = 400

// maskQuotes leaves out what stands in quotation marks: somebody else's words.
func (f *folded) maskQuotes() {
	closing := map[rune]rune{'“': '”', '「': '」', '『': '』', '《': '》', '"': '"', '`': '`', '«': '»', '„': '“'}
	for i := 0; i < len(f.runes); i++ {
		end, ok := closing[f.runes[i]]
		if !ok {
			continue
		}
		for j := i + 1; j < len(f.runes) && j-i <= longestQuote; j++ {
			if f.runes[j] == end {
				f.mark(i, j+1)
				i = j
				break
			}
			if f.runes[j] == '\n' && (end == '"' || end == '`') {
				break
			}
		}
	}
}

// maskTokens leaves out addresses, paths, codes and identifiers.
func (f *folded) maskTokens() {
	for i := 0; i < len(f.runes); {
		if f.runes[i] <= ' ' || f.runes[i] > '~' {
			i++
			continue
		}
		j := i
		for j < len(f.runes) && f.runes[j] > ' ' && f.runes[j] <= '~' {
			j++
		}
		from, to := i, j
		for from < to && strings.ContainsRune(`.,;:!?()[]{}'"<>-`, f.runes[from]) {
			from++
		}
		for to > from && strings.ContainsRune(`.,;:!?()[]{}'"<>-`, f.runes[to-1]) {
			to--
		}
		if code(f.runes[from:to]) {
			f.mark(from, to)
		}
		i = j
	}
}

// code reports whether a token is none of a language: it has an @, a backslash, an underline, a
// dot inside, a path, or letters and digits together.
func code(t []rune) bool {
	letters, digits, slashes := 0, 0, 0
	for i, r := range t {
		switch {
		case r == '@' || r == '\\' || r == '_' || r == '=' || r == '#' || r == '$' || r == '%' && i > 0 && i+1 < len(t):
			return true
		case r == '.' && i > 0 && i+1 < len(t) && word(t[i-1]) && word(t[i+1]):
			return true
		case r == '/':
			slashes++
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z':
			letters++
		}
	}
	return slashes > 1 || slashes == 1 && len(t) > 1 && t[0] == '/' || letters > 0 && digits > 0
}

// maskNames leaves out the names that it is given, and words with a capital within a sentence
// beside another one: "Always On VPN".
func (f *folded) maskNames(original string, names []string) {
	for _, name := range names {
		n := fold(name).runes
		if len(n) < 2 {
			continue
		}
		for i := 0; i+len(n) <= len(f.runes); i++ {
			if string(f.runes[i:i+len(n)]) == string(n) {
				f.mark(i, i+len(n))
			}
		}
	}
	words := f.words(original)
	for k := range words {
		w := words[k]
		if !w.capital || w.loud {
			continue
		}
		before := k > 0 && !w.first && words[k-1].capital && !words[k-1].first
		after := k+1 < len(words) && words[k+1].capital && !words[k+1].first
		if w.first { // any sentence begins with a capital: one word more has to follow
			after = after && k+2 < len(words) && words[k+2].capital && !words[k+2].first
		}
		if before || after {
			f.mark(w.from, w.to)
		}
	}
}

type spelled struct {
	from, to int
	capital  bool // begins with one
	loud     bool // is written in capitals alone: an abbreviation
	first    bool // of a sentence
}

// words are those of the text that are written in Latin letters.
func (f *folded) words(original string) []spelled {
	var out []spelled
	first := true
	for i := 0; i < len(f.runes); {
		r := f.runes[i]
		if r < 'a' || r > 'z' {
			if r == '.' || r == '!' || r == '?' || r == '\n' || r == ':' || r == '。' || r == '，' || han(r) {
				first = true
			} else if r != ' ' {
				first = first || r == '-' || r == '*'
			}
			i++
			continue
		}
		j := i
		for j < len(f.runes) && (f.runes[j] >= 'a' && f.runes[j] <= 'z' || f.runes[j] == '\'') {
			j++
		}
		w := spelled{from: i, to: j, first: first, capital: upper(original[f.at[i]]), loud: true}
		for k := i; k < j && w.loud; k++ {
			w.loud = upper(original[f.at[k]])
		}
		out = append(out, w)
		first = false
		i = j
	}
	return out
}

func upper(b byte) bool { return b >= 'A' && b <= 'Z' }
