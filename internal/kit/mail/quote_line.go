// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"
	"unicode/utf8"
)

// opening is what introduces a quote.
type opening int

const (
	nothing     opening = iota
	attribution         // "On … wrote:"
	title               // "-----Original Message-----", or an element of HTML
	fields              // a block of mail fields
)

// maxAttribution is the greatest length of such a line in characters, put together.
const maxAttribution = 400

// introduction returns what begins at line i and how many lines it takes.
func introduction(lines []textLine, i int) (opening, int) {
	s := lines[i].bare
	if s == markLine || isTitle(s) {
		return title, 1
	}
	if n := attributionAt(lines, i); n > 0 {
		return attribution, n
	}
	if n := fieldsAt(lines, i); n > 0 {
		return fields, n
	}
	return nothing, 0
}

// attributionAt returns how many lines an attribution that begins at i takes, or 0.
// Programs break it after some 75 characters, so up to four lines are put together.
func attributionAt(lines []textLine, i int) int {
	if !startsAttribution(lines[i].bare) {
		return 0
	}
	joined := ""
	for n := 1; n <= 4 && i+n <= len(lines); n++ {
		l := lines[i+n-1]
		if l.void || l.mark && n == 1 || len(l.bare) > maxAttribution {
			break
		}
		if n > 1 {
			joined += " "
		}
		joined += strings.TrimLeft(l.bare, "> ")
		if isAttribution(joined) {
			return n
		}
	}
	return scattered(lines, i)
}

// scattered is attributionAt for a line that a program took apart with empty lines, at an address
// for the most part. The first piece must say when, so that no sentence of somebody's own begins one.
func scattered(lines []textLine, i int) int {
	if s := lines[i].bare; lines[i].mark || !opensWith(s) || !hasDay(s) || !hasTime(s) {
		return 0
	}
	joined, empty := "", 0
	for n := 1; n <= 9 && i+n <= len(lines); n++ {
		l := lines[i+n-1]
		if l.void {
			if empty++; empty > 3 {
				return 0
			}
			continue
		}
		if len(l.bare) > maxAttribution {
			return 0
		}
		joined += " " + strings.TrimLeft(l.bare, "> ")
		if s := strings.TrimSpace(joined); isAttribution(s) && hasAddress(s) && hasVerb(strings.TrimRight(s, ":：")) {
			return n
		}
	}
	return 0
}

func startsAttribution(s string) bool {
	return opensWith(s) || hasDay(s) || hasAddress(s) || strings.HasPrefix(s, "--")
}

// isAttribution reports whether s says who wrote what follows, and when.
func isAttribution(s string) bool {
	if utf8.RuneCountInString(s) > maxAttribution {
		return false
	}
	if inner, ok := dashed(s); ok && (strings.HasSuffix(inner, " wrote") || strings.HasSuffix(inner, "写道")) || isGmailDate(s) {
		return true
	}
	s = strings.TrimRight(strings.TrimLeft(s, "-– "), " *_")
	body, colon := strings.CutSuffix(s, ":")
	if !colon {
		body, colon = strings.CutSuffix(s, "：")
	}
	day, addr := hasDay(body), hasAddress(body)
	switch {
	case !colon: // some leave it out
		return day && addr && opensWith(body) && (strings.HasSuffix(body, " wrote") || strings.HasSuffix(body, "写道"))
	case hasVerb(body):
		return addr || day && (opensWith(body) || startsWithDay(body))
	}
	return day && addr && hasTime(body)
}

// isTitle reports whether s is a title such as "-----Original Message-----".
func isTitle(s string) bool {
	inner, ok := dashed(s)
	return ok && titleWords(inner)
}

// isForward reports whether s introduces a message that is passed on.
func isForward(s string) bool {
	inner, ok := dashed(s)
	if !ok {
		return len(s) < 100 && forwardLine(strings.ToLower(strings.TrimRight(s, ":： ")))
	}
	return forwardWords(inner)
}

// dashed returns the words between dashes in lower case.
func dashed(s string) (string, bool) {
	if len(s) > 200 || !strings.HasPrefix(s, "--") || !strings.HasSuffix(s, "--") {
		return "", false
	}
	inner := strings.ToLower(strings.Trim(s, "- \u00a0"))
	return inner, inner != ""
}

// isRule reports whether s is a line drawn with signs.
func isRule(s string) bool {
	return len(s) >= 5 && (strings.Trim(s, "_") == "" || strings.Trim(s, "-") == "" || strings.Trim(s, "=") == "" || strings.Trim(s, "—") == "")
}

// fieldsAt returns how many lines a block of mail fields that begins at i takes, or 0. It
// takes an author or a date first, and of the others so many that no list of somebody's
// own looks like it: who wrote and when, or when and to which address.
func fieldsAt(lines []textLine, i int) int {
	kind, _ := fieldOf(lines[i].bare)
	if kind != fromField && kind != dateField && kind != subjectField {
		return 0
	}
	seen := map[fieldKind]bool{}
	address := false
	end, loose := i, 0
	for j := i; j < len(lines) && j < i+14 && loose <= 2; j++ {
		kind, value := fieldOf(lines[j].bare)
		if kind == noField || lines[j].mark {
			if lines[j].void && complete(seen, address) {
				break
			}
			loose++ // a long list of receivers, or an empty line between fields
			continue
		}
		if seen[kind] && kind != otherField {
			break
		}
		seen[kind] = true
		address = address || strings.Contains(value, "@")
		for _, more := range inlineFields(value) {
			seen[more] = true
		}
		end, loose = j+1, 0
	}
	if complete(seen, address) {
		return end - i
	}
	return 0
}

// complete reports whether the fields of a block are enough to believe it.
func complete(seen map[fieldKind]bool, address bool) bool {
	switch {
	case !seen[dateField]:
		return false
	case seen[fromField]:
		return true
	}
	return seen[toField] && address
}

// fieldKind is what a mail field says.
type fieldKind int

const (
	noField fieldKind = iota
	fromField
	dateField
	toField
	subjectField
	otherField
)

// fieldOf reads a line as a mail field: a label in one of many languages, a colon, a value.
// Labels may be emphasised, spaced out, or in the cell of a table.
func fieldOf(s string) (fieldKind, string) {
	if len(s) > 2000 {
		return noField, ""
	}
	s = strings.Trim(s, "*_| \u00a0\u3000")
	end := strings.IndexAny(s, ":：|")
	if end <= 0 || end > 60 {
		return noField, ""
	}
	label := strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\u00a0\u3000*_", r) {
			return -1
		}
		return r
	}, s[:end]))
	_, size := utf8.DecodeRuneInString(s[end:])
	return labels(label), strings.Trim(s[end+size:], "*_| \u00a0\u3000")
}

// inlineFields finds further fields in a value, where a program put two on one line.
func inlineFields(value string) []fieldKind {
	var out []fieldKind
	for _, word := range strings.Fields(value) {
		label, ok := strings.CutSuffix(word, ":")
		if kind := labels(strings.ToLower(label)); ok && kind != noField {
			out = append(out, kind)
		}
	}
	return out
}
