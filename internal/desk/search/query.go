// SPDX-License-Identifier: Apache-2.0

package search

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// MaxQuery is the greatest length of what is typed, in characters.
const MaxQuery = 1000

// maxPatterns bounds the words of a question, and maxClauses its properties.
const (
	maxPatterns = 40
	maxClauses  = 20
)

// piece is a part of what was typed.
type piece struct {
	name   string // of a property; "" for words
	typed  string // the name as it was typed
	value  string
	quoted bool
}

// plan is a question that was understood.
type plan struct {
	patterns []text.Pattern
	clauses  []clause
	from, to time.Time // of creation; zero where open
	number   int64     // of the ticket that is named, if one is
	articles bool      // articles are asked for and nothing else
}

// clause is a property that a ticket must have.
type clause struct {
	any   []text.Term // the index holds one of these where the ticket has it
	holds func(ticket.Ticket) bool
}

// split cuts what was typed at white space, outside quotation marks.
func split(typed string) []piece {
	var list []piece
	rest := []rune(typed)
	for len(rest) > 0 {
		if unicode.IsSpace(rest[0]) {
			rest = rest[1:]
			continue
		}
		var p piece
		p, rest = next(rest)
		if p.value != "" {
			list = append(list, p)
		}
	}
	return list
}

// next reads one piece: a quotation, a property with its value, or a word.
func next(in []rune) (piece, []rune) {
	if closing(in[0]) != 0 {
		value, rest := quotation(in)
		return piece{value: value, quoted: true}, rest
	}
	end := slices.IndexFunc(in, func(r rune) bool { return unicode.IsSpace(r) || r != '\'' && opens(r) })
	if end < 0 {
		end = len(in)
	}
	word := in[:end]
	colon := slices.IndexFunc(word, func(r rune) bool { return r == ':' || r == '：' })
	name, known := "", ""
	if colon > 0 {
		name = string(word[:colon])
		known = propertyOf(name)
	}
	meant := colon > 1 && word[colon] == ':' && named(word[:colon]) && !path(word[colon+1:])
	if known == "" && !meant {
		return piece{value: string(word)}, in[end:]
	}
	value, rest := string(word[colon+1:]), in[end:]
	if value == "" && len(rest) > 0 && closing(rest[0]) != 0 {
		value, rest = quotation(rest)
	}
	if value == "" {
		return piece{value: string(word)}, in[end:]
	}
	return piece{name: known, typed: name, value: value}, rest
}

// named reports whether a word looks like the name of a property: letters of English alone.
func named(word []rune) bool {
	return len(word) <= 20 && !slices.ContainsFunc(word, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
}

// path reports whether what follows a colon makes the whole an address or a folder.
func path(rest []rune) bool { return len(rest) > 0 && (rest[0] == '/' || rest[0] == '\\') }

func opens(r rune) bool { return closing(r) != 0 }

// closing is the mark that ends a quotation which r begins; 0 where r begins none.
func closing(r rune) rune {
	switch r {
	case '"', '＂', '”':
		return '"'
	case '“':
		return '”'
	case '「':
		return '」'
	}
	return 0
}

// quotation reads up to the closing mark, or to the end where there is none.
func quotation(in []rune) (string, []rune) {
	want := closing(in[0])
	ends := func(r rune) bool { return r == want || want != '」' && (r == '"' || r == '＂' || r == '”') }
	body := in[1:]
	if i := slices.IndexFunc(body, ends); i >= 0 {
		return string(body[:i]), body[i+1:]
	}
	return string(body), nil
}

// checkLength refuses what nobody types.
func checkLength(typed string) error {
	if utf8.RuneCountInString(typed) > MaxQuery {
		return errs.Field("q", "search.long", "Max", MaxQuery)
	}
	return nil
}

// add takes words into the plan, each once.
func (p *plan) add(list []text.Pattern) error {
	for _, one := range list {
		if slices.ContainsFunc(p.patterns, one.Same) {
			continue
		}
		if len(p.patterns) == maxPatterns {
			return errs.Field("q", "search.many", "Max", maxPatterns)
		}
		p.patterns = append(p.patterns, one)
	}
	return nil
}

// exact reports whether the index alone decides the words.
func (p *plan) exact() bool {
	return !slices.ContainsFunc(p.patterns, func(x text.Pattern) bool { return !x.Exact() })
}

// groups are what the index must hold: of each list one term.
func (p *plan) groups() [][]text.Term {
	var out [][]text.Term
	for _, x := range p.patterns {
		for _, t := range x.Terms() {
			out = append(out, []text.Term{t})
		}
	}
	for _, c := range p.clauses {
		out = append(out, c.any)
	}
	if months := spanTerms(p.from, p.to); months != nil {
		out = append(out, months)
	}
	return out
}

// empty reports whether nothing was asked.
func (p *plan) empty() bool {
	return len(p.patterns) == 0 && len(p.clauses) == 0 && p.from.IsZero() && p.to.IsZero() && !p.articles
}

// has reports whether a ticket has every property that is asked for.
func (p *plan) has(t ticket.Ticket) bool {
	for _, c := range p.clauses {
		if c.holds != nil && !c.holds(t) {
			return false
		}
	}
	return (p.from.IsZero() || !t.CreatedAt.Before(p.from)) && (p.to.IsZero() || t.CreatedAt.Before(p.to))
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
