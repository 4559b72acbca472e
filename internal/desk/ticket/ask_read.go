// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// numbered begins an answer: "1. today", "2) six", "3、付款", "（4）", "Q5: x".
var numbered = regexp.MustCompile(`^\s*[（(]?[Qq]?([0-9０-９]{1,2})\s*[.．、)）:：]+\s*(.*)$`) //nolint:gochecknoglobals // a constant in all but name

// longestLabel bounds what may stand before the colon of a labelled answer, in characters.
const longestLabel = 40

// ReadAnswers finds in the words of a mail the answers to what was asked for: lines that begin
// with the number of a question, or with its name and a colon; what follows a line belongs to it.
// A time such as "9:20" begins no answer. Nothing is guessed: what cannot be told apart is not in it.
func ReadAnswers(a Asked, text string) (map[Element]Answer, map[string][]string) {
	elements, questions := map[Element]Answer{}, map[string][]string{}
	at := -1
	given := map[int][]string{}
	for _, line := range strings.Split(text, "\n") {
		if n, rest, ok := a.begins(line); ok {
			at = n
			given[at] = []string{strings.TrimSpace(rest)}
			continue
		}
		switch trimmed := strings.TrimSpace(line); {
		case at >= 0 && trimmed == "" && strings.TrimSpace(strings.Join(given[at], "")) != "":
			at = -1 // an empty line ends an answer: a greeting may follow
		case at >= 0 && trimmed != "":
			given[at] = append(given[at], trimmed)
		}
	}
	for i, lines := range given {
		value := strings.TrimSpace(strings.Join(lines, "\n"))
		if value == "" || utf8.RuneCountInString(value) > maxField || strings.TrimRight(value, "?？") == strings.TrimRight(a.Wants[i].Label, "?？") {
			continue
		}
		switch w := a.Wants[i]; {
		case w.Element != "" && unknown(value):
			elements[w.Element] = Answer{Unknown: true, Reason: value}
		case w.Element != "":
			elements[w.Element] = Answer{Value: value}
		case !unknown(value):
			questions[w.Question] = []string{value}
		}
	}
	return elements, questions
}

// begins reports whether a line begins an answer, of which thing, and how it goes on.
func (a Asked) begins(line string) (int, string, bool) {
	if m := numbered.FindStringSubmatch(line); m != nil {
		n, err := strconv.Atoi(strings.Map(narrow, m[1]))
		if err == nil && n >= 1 && n <= len(a.Wants) && !clockTime(line) {
			return n - 1, a.withoutQuestion(n-1, m[2]), true
		}
	}
	label, rest, found := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
	if label = plain(label); !found || label == "" || utf8.RuneCountInString(label) > longestLabel {
		return 0, "", false
	}
	for i, w := range a.Wants {
		for _, name := range w.names() {
			if strings.EqualFold(label, plain(name)) {
				return i, rest, true
			}
		}
	}
	return 0, "", false
}

// withoutQuestion takes the question off an answer that repeats it.
func (a Asked) withoutQuestion(i int, text string) string {
	rest, ok := strings.CutPrefix(text, a.Wants[i].Label)
	if !ok {
		return text
	}
	return strings.TrimLeft(rest, " :：")
}

// narrow turns the digits of a Chinese keyboard into plain ones.
func narrow(r rune) rune {
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	return r
}

var clocked = regexp.MustCompile(`^\s*[0-9]{1,2}[:：][0-9]{2}`) //nolint:gochecknoglobals // a constant in all but name

func clockTime(line string) bool { return clocked.MatchString(line) }

// names are the words by which an answer may name what it answers.
func (w Wanting) names() []string {
	out := []string{w.Label}
	if w.Element != "" {
		for _, lang := range i18n.Langs() {
			out = append(out, i18n.T(lang, "ticket.element_"+string(w.Element)), i18n.T(lang, "ticket.ask_"+string(w.Element)))
		}
	}
	return out
}

func plain(s string) string { return strings.Trim(strings.TrimSpace(s), "?？*-• ") }

// unknown reports whether an answer says that its writer does not know.
func unknown(s string) bool {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), ".。!！"))
	for _, lang := range i18n.Langs() {
		for _, word := range strings.Split(i18n.T(lang, "ticket.not_known"), "|") {
			if s == word {
				return true
			}
		}
	}
	return false
}
