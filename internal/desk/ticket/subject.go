// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMade bounds a subject that is made of the user's words, in characters.
const maxMade = 60

// SubjectOf makes a subject from the user's words: the first sentence, at most 60 characters. One
// that is longer ends with a whole word, where words are parted by spaces.
func SubjectOf(text string) string {
	line := strings.TrimSpace(text)
	if i := sentenceEnd(line); i > 0 {
		line = line[:i]
	}
	line = strings.TrimRightFunc(line, trailing)
	return wholeWords(oneLine(line, maxMade), oneLine(line, maxMade+1))
}

// wholeWords takes a word that was cut in two off the end of a subject, unless too little would be
// left. longer is the same with one character more, which tells whether a word goes on.
func wholeWords(made, longer string) string {
	if longer == made {
		return made
	}
	head, next := []rune(strings.TrimSuffix(made, "…")), []rune(strings.TrimSuffix(longer, "…"))
	if len(next) <= len(head) || !spaced(head[len(head)-1]) || !spaced(next[len(head)]) {
		return made
	}
	at := len(head) - 1
	for at > 0 && !unicode.IsSpace(head[at]) {
		at--
	}
	if at < maxMade*2/3 {
		return made
	}
	return strings.TrimRightFunc(string(head[:at]), trailing) + "…"
}

// spaced reports whether a character is of a word that ends at a space.
func spaced(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// trailing is what a subject does not end with.
func trailing(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,；;：:", r) }

// sentenceEnd is where the first sentence ends, or the first line; -1 for nowhere.
func sentenceEnd(s string) int {
	for i, r := range s {
		switch r {
		case '。', '！', '？', '!', '?', '\n':
			return i
		case '.':
			next, _ := utf8.DecodeRuneInString(s[i+1:])
			if (i+1 == len(s) || unicode.IsSpace(next)) && endsSentence(s[:i]) {
				return i
			}
		}
	}
	return -1
}

// endsSentence reports whether a period behind this text ends a sentence: none does that numbers something
// (1., Windows 11.), shortens a word (e.g., Mr.), or is one of several (...). A time of day (7:30.) does.
func endsSentence(before string) bool {
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(（\"“,，", r) })+1:]
	last, _ := utf8.DecodeLastRuneInString(word)
	switch {
	case word == "" || last == '.':
		return false
	case unicode.IsDigit(last):
		return strings.ContainsRune(word, ':')
	}
	tail := word[strings.LastIndexByte(word, '.')+1:]
	return utf8.RuneCountInString(tail) > 1 && !slices.Contains(shortened(), strings.ToLower(tail))
}

// shortened are words that are written with a period where no sentence ends.
func shortened() []string {
	return []string{"mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "approx", "dept", "ext", "tel", "fig", "ver", "inc", "ltd", "corp"}
}
