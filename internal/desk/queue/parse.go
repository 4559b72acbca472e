// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a filter as people write it. Names of things stay as they were typed until
// Understand looks them up.
//
//	filter := all { "or" all }        also 或, |
//	all    := one { ["and"] one }     also 且; what stands side by side must all hold
//	one    := ("not" | "-") one | "(" filter ")" | condition     also 非
//	condition := field ":" [< <= > >=] value { "," value } | word | "words"
func Parse(text string) (Tree, error) { return parse(text, formal) }

// manner is how words that join are told from words that are looked for.
type manner int

const (
	formal manner = iota // they join in whatever case
	plain                // not, or and and are English; they join where they are written large
	loose                // nothing joins: they mean themselves
)

func parse(text string, how manner) (Tree, error) {
	if utf8.RuneCountInString(text) > MaxText {
		return Tree{}, wrong("queue.long", "Max", MaxText)
	}
	p := &parser{in: []rune(clean(text)), manner: how}
	p.size = len(p.in)
	t, err := p.any(0)
	if err != nil {
		return Tree{}, err
	}
	if p.space(); len(p.in) > 0 {
		return Tree{}, p.wrong("queue.bracket_extra")
	}
	return t, t.Check()
}

// clean leaves out what cannot be typed, and what would end a text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || (unicode.IsControl(r) && !unicode.IsSpace(r)) {
			return -1
		}
		return r
	}, s)
}

type parser struct {
	in    []rune
	size  int // of all that was typed
	depth int // open brackets
	manner
}

// at is the place that is read next, in characters from 1.
func (p *parser) at() int { return p.size - len(p.in) + 1 }

// wrong is a failure at the place that is read next.
func (p *parser) wrong(key string, args ...any) error {
	return wrong(key, append(args, "At", min(p.at(), max(p.size, 1)))...)
}

func (p *parser) space() {
	for len(p.in) > 0 && unicode.IsSpace(p.in[0]) {
		p.in = p.in[1:]
	}
}

func (p *parser) any(depth int) (Tree, error) {
	if depth > MaxDepth+2 {
		return Tree{}, p.wrong("queue.deep", "Max", MaxDepth)
	}
	var list []Tree
	for {
		t, err := p.all(depth)
		if err != nil {
			return Tree{}, err
		}
		list = append(list, t)
		if !p.word("or", "或", "|") {
			return join(Or, list), nil
		}
		if t.Empty() || p.ends() {
			return Tree{}, p.wrong("queue.or_what")
		}
	}
}

func (p *parser) all(depth int) (Tree, error) {
	var list []Tree
	for {
		if p.word("and", "且", "&") && (len(list) == 0 || p.ends()) {
			return Tree{}, p.wrong("queue.and_what")
		}
		if p.ends() || p.peek("or", "或", "|") {
			if len(list) == 1 {
				return list[0], nil
			}
			return Tree{Op: And, Kids: list}, nil
		}
		t, err := p.one(depth)
		if err != nil {
			return Tree{}, err
		}
		list = append(list, t)
	}
}

func (p *parser) one(depth int) (Tree, error) {
	switch {
	case p.word("not", "非") || p.sign():
		if p.ends() || depth > MaxDepth+2 {
			return Tree{}, p.wrong("queue.not_what")
		}
		t, err := p.one(depth + 1)
		return Tree{Op: Not, Kids: []Tree{t}}, err
	case bracket(p.in[0]) == '(':
		opened := p.at()
		p.in = p.in[1:]
		p.depth++
		t, err := p.any(depth + 1)
		if err != nil {
			return Tree{}, err
		}
		if p.space(); len(p.in) == 0 || bracket(p.in[0]) != ')' {
			return Tree{}, wrong("queue.bracket_open", "At", opened)
		}
		p.depth--
		p.in = p.in[1:]
		return t, nil
	}
	return p.cond()
}

// join makes one filter of several; one alone stays what it is.
func join(op Op, list []Tree) Tree {
	if len(list) == 1 {
		return list[0]
	}
	return Tree{Op: op, Kids: list}
}

// ends reports whether nothing follows at this level.
func (p *parser) ends() bool {
	p.space()
	return len(p.in) == 0 || bracket(p.in[0]) == ')' && p.depth > 0
}

// peek reports whether one of the words follows, by itself.
func (p *parser) peek(words ...string) bool { return p.follows(words) > 0 }

// word takes one of the words if it follows.
func (p *parser) word(words ...string) bool {
	n := p.follows(words)
	p.in = p.in[n:]
	return n > 0
}

func (p *parser) follows(words []string) int {
	p.space()
	for _, w := range words {
		n := utf8.RuneCountInString(w)
		if len(p.in) < n || !p.means(string(p.in[:n]), w) {
			continue
		}
		if len(p.in) == n || unicode.IsSpace(p.in[n]) || bracket(p.in[n]) != 0 {
			return n
		}
	}
	return 0
}

// means reports whether what was typed is one of the words that join.
func (p *parser) means(typed, word string) bool {
	switch {
	case p.manner == loose:
		return false
	case p.manner == plain && word[0] < utf8.RuneSelf:
		return typed == strings.ToUpper(word)
	}
	return fold(typed) == word
}

// sign takes a minus that stands directly before what it turns round.
func (p *parser) sign() bool {
	if p.in[0] != '-' || len(p.in) < 2 || unicode.IsSpace(p.in[1]) {
		return false
	}
	p.in = p.in[1:]
	return true
}

// cond reads a condition: a field with its values, or words.
func (p *parser) cond() (Tree, error) {
	at := p.at()
	if closing(p.in[0]) != 0 {
		return words(p.quoted(), true, at)
	}
	name, field := p.name()
	if !field {
		return words(p.bare(false), false, at)
	}
	s, known := specs[fold(name)]
	if !known {
		return Tree{}, wrong("queue.field_unknown", "Name", name, "At", at)
	}
	c := Cond{Field: s.Field, Cmp: p.compare(s), Typed: name, At: at}
	for {
		var v string
		if len(p.in) > 0 && closing(p.in[0]) != 0 {
			v = p.quoted()
		} else {
			v = p.bare(true)
		}
		if v = strings.TrimSpace(v); v == "" {
			return Tree{}, wrong("queue.value_missing", "Name", name, "At", at)
		}
		c.Values = append(c.Values, v)
		if len(p.in) == 0 || p.in[0] != ',' && p.in[0] != '，' {
			return Tree{Cond: c}, nil
		}
		p.in = p.in[1:]
	}
}

func words(s string, phrase bool, at int) (Tree, error) {
	if s = strings.TrimSpace(s); s == "" {
		return Tree{}, wrong("queue.value_missing", "Name", string(Words), "At", at)
	}
	return Tree{Cond: Cond{Field: Words, Values: []string{s}, Phrase: phrase, At: at}}, nil
}

// name takes the name of a field and its colon, if they follow. Letters of English before a colon
// are meant as a name, so that a slip of the finger is said and not searched for.
func (p *parser) name() (string, bool) {
	end := slices.IndexFunc(p.in, func(r rune) bool {
		return unicode.IsSpace(r) || bracket(r) != 0 || closing(r) != 0 || r == ':' || r == '：'
	})
	if end <= 0 || p.in[end] != ':' && p.in[end] != '：' {
		return "", false
	}
	name := string(p.in[:end])
	_, known := specs[fold(name)]
	foreign := slices.ContainsFunc(p.in[:end], func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' })
	address := end+1 < len(p.in) && (p.in[end+1] == '/' || p.in[end+1] == '\\')
	if !known && (foreign || end < 2 || address || p.manner != formal && p.lonely(end)) {
		return "", false
	}
	p.in = p.in[end+1:]
	return name, true
}

// lonely reports whether nothing follows the colon directly: what is a name in a filter is the
// beginning of a sentence among plain words.
func (p *parser) lonely(colon int) bool {
	return colon+1 == len(p.in) || unicode.IsSpace(p.in[colon+1])
}

// compare takes the comparison before a value.
func (p *parser) compare(s Spec) Cmp {
	c := Cmp("")
	for len(p.in) > 0 && len(c) < 2 {
		switch p.in[0] {
		case '<', '＜', '《':
			c += "<"
		case '>', '＞', '》':
			c += ">"
		case '=', '＝':
			c += "="
		default:
			return c.of(s)
		}
		p.in = p.in[1:]
	}
	return c.of(s)
}

// of is the comparison that is meant: what has no end is compared as if with it.
func (c Cmp) of(s Spec) Cmp {
	switch c {
	case "", "=":
		return s.usual()
	case AtLeast:
		if s.Type == Ago || s.Type == Left {
			return Over
		}
	case AtMost:
		if s.Type == Ago || s.Type == Left {
			return Under
		}
	}
	return c
}

// bare takes a word. Brackets that open within it belong to it; of values a comma ends it.
func (p *parser) bare(value bool) string {
	inner, end := 0, len(p.in)
loop:
	for i, r := range p.in {
		switch {
		case unicode.IsSpace(r), value && (r == ',' || r == '，'), r != '\'' && closing(r) != 0:
			end = i
			break loop
		case bracket(r) == '(':
			inner++
		case bracket(r) == ')' && inner > 0:
			inner--
		case bracket(r) == ')' && p.depth > 0:
			end = i
			break loop
		}
	}
	word := string(p.in[:end])
	p.in = p.in[end:]
	return word
}

func bracket(r rune) rune {
	switch r {
	case '(', '（':
		return '('
	case ')', '）':
		return ')'
	}
	return 0
}

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

// quoted reads up to the closing mark, or to the end where there is none.
func (p *parser) quoted() string {
	want := closing(p.in[0])
	body := p.in[1:]
	ends := func(r rune) bool { return r == want || want != '」' && (r == '"' || r == '＂' || r == '”') }
	i := slices.IndexFunc(body, ends)
	if i < 0 {
		p.in = nil
		return string(body)
	}
	p.in = body[i+1:]
	return string(body[:i])
}
