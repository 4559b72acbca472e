// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Difference is one thing in which two packs differ.
type Difference struct {
	Clause string
	What   string // "title", "text", "strict", "when", "limit", "off"
	Lang   i18n.Lang
	Was    string
	Now    string
}

// Differences lists in what a pack differs from the one before, clause by clause.
func Differences(was, now *Pack) []Difference {
	var out []Difference
	for i, a := range was.Clauses() {
		b := now.Clauses()[i]
		add := func(what string, lang i18n.Lang, x, y string) {
			if x != y {
				out = append(out, Difference{a.ID, what, lang, x, y})
			}
		}
		for _, lang := range i18n.Langs() {
			add("title", lang, a.Title[lang], b.Title[lang])
			add("text", lang, a.Text[lang], b.Text[lang])
		}
		add("strict", "", grades(a), grades(b))
		add("when", "", a.When, b.When)
		add("limit", "", strconv.Itoa(a.Limit), strconv.Itoa(b.Limit))
		add("off", "", strconv.FormatBool(a.Off), strconv.FormatBool(b.Off))
	}
	return out
}

// grades writes how strictly a gate stands: one word where it is the same at every priority.
func grades(c Clause) string {
	if c.Strict[0] == c.Strict[1] && c.Strict[1] == c.Strict[2] && c.Strict[2] == c.Strict[3] {
		return string(c.Strict[0])
	}
	var b strings.Builder
	for i, s := range c.Strict {
		if i > 0 {
			b.WriteString(" · ")
		}
		b.WriteString("P" + strconv.Itoa(i+1) + " " + string(s))
	}
	return b.String()
}
