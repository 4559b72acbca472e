// SPDX-License-Identifier: Apache-2.0

package wording

import "strings"

// trie finds many phrases in one pass: from each place where a phrase may begin, it walks as far
// as the text leads.
type trie struct {
	nodes []node
}

type node struct {
	next map[rune]int
	ends []entry // phrases that end here
}

// entry is a phrase of a rule: one to find, or one in which it means something else.
type entry struct {
	rule   int
	unless bool
}

func newTrie() *trie { return &trie{nodes: []node{{}}} }

func (t *trie) add(phrase string, e entry) {
	at := 0
	for _, r := range fold(strings.Join(strings.Fields(phrase), " ")).runes {
		if t.nodes[at].next == nil {
			t.nodes[at].next = map[rune]int{}
		}
		to, ok := t.nodes[at].next[r]
		if !ok {
			to = len(t.nodes)
			t.nodes = append(t.nodes, node{})
			t.nodes[at].next[r] = to
		}
		at = to
	}
	t.nodes[at].ends = append(t.nodes[at].ends, e)
}

// walk calls found with every phrase that begins at i: where it ends, and what it is. Spaces
// between words may be any number; a line may break within a phrase that is written with spaces.
func (t *trie) walk(text []rune, i int, found func(end int, e entry)) {
	at := 0
	for j := i; j < len(text); j++ {
		r := text[j]
		if r == '\n' {
			r = ' '
		}
		if r == ' ' && j > i && (text[j-1] == ' ' || text[j-1] == '\n') {
			continue
		}
		to, ok := t.nodes[at].next[r]
		if !ok {
			return
		}
		at = to
		if ends := t.nodes[at].ends; len(ends) > 0 && bounded(text, i, j+1) {
			for _, e := range ends {
				found(j+1, e)
			}
		}
	}
}

// bounded reports whether what stands between two places is of whole words, where it is written
// with letters: "slow" does not stand in "slowdown".
func bounded(text []rune, from, to int) bool {
	if from > 0 && word(text[from]) && word(text[from-1]) {
		return false
	}
	return to >= len(text) || !word(text[to-1]) || !word(text[to]) && (text[to] != '\'' || to+1 >= len(text) || !word(text[to+1]))
}

// forms are the phrases that an entry of a rule stands for: "crash~" is crash, crashes, crashed,
// crashing. A mark in the middle inflects that word: "look~ into".
//
// "{很,太}{慢,卡}" stands for its four combinations.
func forms(phrase string) []string {
	if open, end := strings.IndexByte(phrase, '{'), strings.IndexByte(phrase, '}'); open >= 0 && end > open {
		var out []string
		for _, one := range strings.Split(phrase[open+1:end], ",") {
			out = append(out, forms(phrase[:open]+one+phrase[end+1:])...)
			if len(out) > maxForms {
				return out[:maxForms]
			}
		}
		return out
	}
	before, after, marked := strings.Cut(phrase, "~")
	if !marked {
		return []string{phrase}
	}
	start := strings.LastIndexByte(before, ' ') + 1
	var out []string
	for _, w := range inflected(before[start:]) {
		for _, rest := range forms(after) {
			out = append(out, before[:start]+w+rest)
		}
	}
	return out
}

// maxForms bounds what one phrase may stand for.
const maxForms = 400

// inflected are the forms of a regular English word. It makes a form too many rather than one
// too few: what is no word stands in no text.
func inflected(w string) []string {
	if len(w) < 2 {
		return []string{w}
	}
	last, stem := w[len(w)-1], w[:len(w)-1]
	out := []string{w, w + "s", w + "es", w + "ed", w + "ing", w + "ly"}
	switch last {
	case 'e':
		out = append(out, w+"d", stem+"ing")
	case 'y':
		out = append(out, stem+"ies", stem+"ied", stem+"ily")
	case 'b', 'd', 'g', 'l', 'm', 'n', 'p', 'r', 't':
		out = append(out, w+string(last)+"ed", w+string(last)+"ing")
	}
	return out
}
