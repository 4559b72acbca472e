// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Checker holds compiled packs. It may be used by many at once.
type Checker struct {
	rules    []Rule
	langs    []string
	phrases  *trie
	patterns []compiled         // to find
	lacked   [][]*regexp.Regexp // by rule: those of what is missed where it is absent, looked for only then
	unless   [][]*regexp.Regexp // by rule: within so many characters around what was found
	times    []*regexp.Regexp
}

type compiled struct {
	entry
	expr *regexp.Regexp
}

// Compile makes a checker of packs, usually one of each language. Packs are checked when they
// are saved; what fails here was stored by other means.
func Compile(list ...Pack) (*Checker, error) {
	c := &Checker{phrases: newTrie()}
	for _, p := range list {
		times, err := p.timesOf()
		if err != nil {
			return nil, err
		}
		if times != nil {
			c.times = append(c.times, times)
		}
		for _, r := range p.Rules {
			if err := c.add(r, p.Lang); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *Checker) add(r Rule, lang string) error {
	which := len(c.rules)
	c.rules, c.langs, c.unless, c.lacked = append(c.rules, r), append(c.langs, lang), append(c.unless, nil), append(c.lacked, nil)
	for i, list := range [][]string{r.Find, r.Unless} {
		for _, phrase := range list {
			e := entry{rule: which, unless: i == 1}
			expr, isPattern := pattern(phrase)
			if !isPattern {
				for _, form := range forms(phrase) {
					c.phrases.add(form, e)
				}
				continue
			}
			x, err := compilePattern(expr)
			if err != nil {
				return fmt.Errorf("read rule %s: %w", r.ID, err)
			}
			switch {
			case e.unless:
				c.unless[which] = append(c.unless[which], x)
			case r.Absent:
				c.lacked[which] = append(c.lacked[which], x)
			default:
				c.patterns = append(c.patterns, compiled{e, x})
			}
		}
	}
	return nil
}

// Remark is what a rule says of a text.
type Remark struct {
	Rule  Rule
	Lang  string
	Words string // what was found, as it was written; "" where something is absent
	Start int    // bytes
	End   int
}

// Context is what else is known about a text.
type Context struct {
	Names  []string // of people and things: not judged
	Theirs string   // what the requester wrote: a term of theirs is no jargon to them
	Reader string   // the name of whom it is written to: it alone is a greeting
}

// bounds of what is read and returned.
const (
	maxText    = 20_000 // characters
	maxRemarks = 40
	perRule    = 3
)

// Check returns what the rules say of a text, in the order of the text; what is absent comes last.
func (c *Checker) Check(text string, about Context) []Remark {
	if utf8.RuneCountInString(text) > maxText {
		text = string([]rune(text)[:maxText])
	}
	f := fold(text)
	f.mask(text, about.Names)
	found, context := c.scan(f)
	out := []Remark{}
	seen := make([]int, len(c.rules))
	last, in := -1, spoken{to: -1}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	for _, m := range found {
		r := c.rules[m.rule]
		switch {
		case r.Absent, seen[m.rule] >= perRule, m.from < last, f.skips(m.from, m.to), covered(m, context), c.excused(f, m):
			continue
		case c.langs[m.rule] != in.of(f, m): // what it offers would stand there in another language
			continue
		case r.Timely && c.timely(f, m):
			seen[m.rule]++ // a sentence that tells its time speaks for the rest of a long text
			continue
		case r.Kind == "jargon" && about.Theirs != "" && containsFold(about.Theirs, string(f.runes[m.from:m.to])):
			continue
		}
		seen[m.rule]++
		last = m.to
		start, end := f.at[m.from], f.at[m.to]
		out = append(out, Remark{Rule: r, Lang: c.langs[m.rule], Words: text[start:end], Start: start, End: end})
	}
	out = append(out, c.absent(text, about.Reader, f, found)...)
	return out[:min(len(out), maxRemarks)]
}

// match is where a phrase stands, in characters.
type match struct {
	rule     int
	from, to int
}

// scan finds every phrase and pattern of every rule, and the contexts in which they mean
// something else.
func (c *Checker) scan(f folded) (found, context []match) {
	note := func(e entry, from, to int) {
		if e.unless {
			context = append(context, match{e.rule, from, to})
		} else {
			found = append(found, match{e.rule, from, to})
		}
	}
	for i, r := range f.runes {
		if r > ' ' && (i == 0 || !word(r) || !word(f.runes[i-1])) {
			c.phrases.walk(f.runes, i, func(end int, e entry) { note(e, i, end) })
		}
	}
	if len(c.patterns) == 0 {
		return found, context
	}
	small := string(f.runes)
	place := places(small, len(f.runes))
	for _, p := range c.patterns {
		for _, x := range p.expr.FindAllStringIndex(small, 200) {
			if from, to := place[x[0]], place[x[1]]; bounded(f.runes, from, to) {
				note(p.entry, from, to)
			}
		}
	}
	return found, context
}

// places turns bytes of a string into its characters.
func places(s string, n int) []int {
	out := make([]int, len(s)+1)
	k := 0
	for i := range s {
		out[i] = k
		k++
	}
	out[len(s)] = n
	return out
}

func (f *folded) skips(from, to int) bool {
	return slices.Contains(f.skip[from:to], true)
}

// covered reports whether a match stands within a context of its rule.
func covered(m match, context []match) bool {
	return slices.ContainsFunc(context, func(x match) bool { return x.rule == m.rule && x.from <= m.from && x.to >= m.to })
}

// around is how far from what was found a pattern of its context is looked for, in characters.
const around = 40

// excused reports whether a pattern of the rule's contexts covers a match.
func (c *Checker) excused(f folded, m match) bool {
	if len(c.unless[m.rule]) == 0 {
		return false
	}
	from, to := max(0, m.from-around), min(len(f.runes), m.to+around)
	before := string(f.runes[from:m.from])
	near := before + string(f.runes[m.from:to])
	start, end := len(before), len(before)+len(string(f.runes[m.from:m.to]))
	for _, x := range c.unless[m.rule] {
		for _, at := range x.FindAllStringIndex(near, 20) {
			if at[0] <= start && at[1] >= end {
				return true
			}
		}
	}
	return false
}

// timely reports whether the sentence in which a match stands tells a time.
func (c *Checker) timely(f folded, m match) bool {
	from, to := f.sentence(m)
	sentence := string(f.runes[from:to])
	return slices.ContainsFunc(c.times, func(x *regexp.Regexp) bool { return x.MatchString(sentence) })
}

// sentence is where the sentence begins and ends in which a match stands.
func (f folded) sentence(m match) (from, to int) {
	from, to = m.from, m.to
	for from > 0 && !stop(f.runes, from-1) {
		from--
	}
	for to < len(f.runes) && !stop(f.runes, to) {
		to++
	}
	return from, to
}

// spoken is the language of a sentence. Matches are asked about in their order, so that each
// sentence is read once.
type spoken struct {
	to   int
	lang string
}

func (x *spoken) of(f folded, m match) string {
	if m.from >= x.to {
		var from int
		from, x.to = f.sentence(m)
		x.lang = language(f.runes[from:x.to])
	}
	return x.lang
}

// stop reports whether a sentence ends at a place.
func stop(text []rune, i int) bool {
	switch text[i] {
	case '。', '!', '?', '\n', ';':
		return true
	case '.':
		return i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n'
	}
	return false
}

func containsFold(in, words string) bool {
	hay, needle := fold(in).runes, []rune(words)
	for i := 0; i+len(needle) <= len(hay); i++ {
		if slices.Equal(hay[i:i+len(needle)], needle) {
			return true
		}
	}
	return false
}

// absent remarks on what a text of that length should have and has not, in its own language.
func (c *Checker) absent(text, reader string, f folded, found []match) []Remark {
	var out []Remark
	lang, n := language(f.runes), utf8.RuneCountInString(text)
	for i, r := range c.rules {
		if !r.Absent || c.langs[i] != lang || n < r.Least {
			continue
		}
		says := slices.ContainsFunc(found, func(m match) bool {
			return m.rule == i && (!r.Head || m.from <= headEnd(f))
		})
		if !says && !c.patternSays(i, f) && (r.Kind != "greeting" || !f.calls(reader)) {
			at := len(text)
			if r.Head {
				at = 0
			}
			out = append(out, Remark{Rule: r, Lang: lang, Start: at, End: at})
		}
	}
	return out
}

// patternSays reports whether a pattern of a rule finds what may be absent.
func (c *Checker) patternSays(rule int, f folded) bool {
	if len(c.lacked[rule]) == 0 {
		return false
	}
	to := len(f.runes)
	if c.rules[rule].Head {
		to = min(headEnd(f)+1, to)
	}
	small := string(f.runes[:to])
	place := places(small, to)
	return slices.ContainsFunc(c.lacked[rule], func(x *regexp.Regexp) bool {
		return slices.ContainsFunc(x.FindAllStringIndex(small, 200), func(at []int) bool { return bounded(f.runes, place[at[0]], place[at[1]]) })
	})
}

// calls reports whether a text begins with a name and a comma or a colon: the whole name, or how
// somebody is called by it, 海燕 of 王海燕 and Anna of Anna Berg.
func (f folded) calls(name string) bool {
	whole := fold(strings.TrimSpace(name)).runes
	if len(whole) < 2 {
		return false
	}
	forms := [][]rune{whole}
	if given, _, two := strings.Cut(string(whole), " "); two {
		forms = append(forms, []rune(given))
	} else if len(whole) > 2 && han(whole[0]) {
		forms = append(forms, whole[1:])
	}
	start := 0
	for start < len(f.runes) && unicode.IsSpace(f.runes[start]) {
		start++
	}
	for _, form := range forms {
		end := start + len(form)
		if end < len(f.runes) && slices.Equal(f.runes[start:end], form) && strings.ContainsRune(",:", f.runes[end]) {
			return true
		}
	}
	return false
}

// headEnd is the end of the first line that has words, or of as many characters as a greeting takes.
func headEnd(f folded) int {
	const most = 60
	begun := false
	for i, r := range f.runes {
		switch {
		case i >= most, r == '\n' && begun:
			return i
		case r > ' ':
			begun = true
		}
	}
	return len(f.runes)
}

// language is that in which a text is written: a few Chinese characters weigh more than the
// English words among them.
func language(text []rune) string {
	zh, en := 0, 0
	for i, r := range text {
		switch {
		case han(r):
			zh++
		case word(r) && (i == 0 || !word(text[i-1])):
			en++
		}
	}
	if zh >= en {
		return "zh"
	}
	return "en"
}
