// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"slices"
	"strings"
	"unicode"
)

// Completion is one way to go on with what is being typed.
type Completion struct {
	Text  string // all of it, with the completion in place
	Caret int    // where one goes on, in characters
	Label string // what is put in: "status:" or "open"
	Field Field
	Code  string // the code of the value, where it has one; a field's completion has none
	Value bool   // it is a value of Field, and not its name
}

// maxOffered bounds what is offered: beyond that one types another letter.
const maxOffered = 8

// Complete offers how to go on at a place of what is typed, in characters: with the names of
// fields, and behind the name of one with its values. search adds the fields that only a search
// can ask for. What the names of things are is asked of names.
func Complete(ctx context.Context, text string, caret int, lang string, search bool, names Offers) ([]Completion, error) {
	in := []rune(text)
	caret = min(max(caret, 0), len(in))
	from := begins(in[:caret])
	if from < 0 {
		return nil, nil
	}
	for from < caret && (in[from] == '-' || bracket(in[from]) == '(') {
		from++
	}
	word := in[from:caret]
	if len(word) == 0 {
		return nil, nil
	}
	c := completing{lang: lang, before: string(in[:from]), after: string(in[caret:])}
	colon := slices.IndexFunc(word, func(r rune) bool { return r == ':' || r == '：' })
	if colon < 0 {
		return c.fields(string(word), search), nil
	}
	s, known := specs[fold(string(word[:colon]))]
	if !known || s.Indexed && !search {
		return nil, nil
	}
	value := word[colon+1:]
	for len(value) > 0 && strings.ContainsRune("<>=＜＞＝《》", value[0]) {
		value = value[1:]
	}
	if comma := lastComma(value); comma >= 0 {
		value = value[comma+1:]
	}
	typed := string(value)
	c.before = string(in[:caret-len(value)])
	return c.values(ctx, s, strings.TrimLeft(typed, `"“「`), names)
}

// begins is where the word begins that ends what is typed; -1 within words in marks that follow
// no field.
func begins(in []rune) int {
	from, quote := 0, rune(0)
	opened := 0
	for i, r := range in {
		switch {
		case quote != 0:
			if r == quote || quote == '"' && closing(r) == '"' {
				quote = 0
			}
		case closing(r) != 0:
			quote, opened = closing(r), i
		case unicode.IsSpace(r), bracket(r) != 0:
			from = i + 1
		}
	}
	if quote != 0 && (opened == 0 || !strings.ContainsRune(":：,，", in[opened-1])) {
		return -1
	}
	return from
}

func lastComma(in []rune) int {
	for i := len(in) - 1; i >= 0; i-- {
		if in[i] == ',' || in[i] == '，' {
			return i
		}
	}
	return -1
}

// completing is what stands around the word that is completed.
type completing struct {
	lang, before, after string
}

func (c completing) put(s, label string, f Field) Completion {
	text := c.before + s
	return Completion{Text: text + c.after, Caret: len([]rune(text)), Label: label, Field: f}
}

// fields are those whose name, in any language, begins with what is typed.
func (c completing) fields(word string, search bool) []Completion {
	var out []Completion
	list := Specs()
	if search {
		list = append(list, SearchSpecs()...)
	}
	for _, s := range list {
		begins := func(name string) bool { return strings.HasPrefix(fold(name), fold(word)) }
		if s.Field != Words && slices.ContainsFunc(s.names, begins) && len(out) < maxOffered {
			name := s.Name(c.lang) + ":"
			out = append(out, c.put(name, name, s.Field))
		}
	}
	return out
}

// values are those that what is typed is a part of.
func (c completing) values(ctx context.Context, s Spec, word string, names Offers) ([]Completion, error) {
	var out []Completion
	add := func(said, code string) {
		if len(out) == maxOffered {
			return
		}
		end := " "
		if strings.HasPrefix(c.after, " ") {
			end = ""
		}
		one := c.put(quote(said, false)+end, said, s.Field)
		one.Code, one.Value = code, true
		out = append(out, one)
	}
	offer := func(said, code string, also ...string) {
		if slices.ContainsFunc(append(also, said, code), func(v string) bool { return v != "" && strings.Contains(fold(v), fold(word)) }) {
			add(said, code)
		}
	}
	for _, one := range s.codes {
		offer(s.Said(one[0], c.lang), one[0], one...)
	}
	for _, code := range s.standing() {
		offer(standsFor(code, c.lang), code)
	}
	for _, one := range s.examples(c.lang) {
		offer(one, "")
	}
	if s.Type < Person || s.Type > System || names == nil {
		return out, nil
	}
	list, err := names.Offer(ctx, s.Type, word, c.lang, maxOffered)
	for _, label := range list {
		add(label, "")
	}
	return out, err
}

// standing are the words that stand for somebody or something without naming them.
func (s Spec) standing() []string {
	switch s.Type {
	case Person:
		return []string{Me, None}
	case Anyone:
		return []string{Me}
	case Team:
		return []string{Mine, None}
	case Node, System:
		return []string{None}
	default:
		return nil
	}
}

// standsFor is such a word in a language.
func standsFor(code, lang string) string {
	if lang == "en" {
		return code
	}
	return map[string]string{Me: "我", Mine: "我的组", None: "无"}[code]
}

// examples are values of the fields whose values nobody can list.
func (s Spec) examples(lang string) []string {
	switch s.Type {
	case Ago, Left:
		return []string{"30m", "1h", "4h", "1d", "3d", "7d"}
	case Day:
		if lang == "en" {
			return []string{"today", "yesterday", "7d", "30d"}
		}
		return []string{"今天", "昨天", "7d", "30d"}
	case Count:
		return []string{"1", "2", "3"}
	default:
		return nil
	}
}
