// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"regexp"
	"strings"
)

// block is a stretch of a text: a paragraph, or the lines of a list.
type block struct {
	Kind  string // "p", "ul" or "ol"
	Lines []string
}

// span is a run of words within a line.
type span struct {
	Text string
	Code bool
	Bold bool
}

var (
	bulleted = regexp.MustCompile(`^\s*[-*] +(.*)$`)               //nolint:gochecknoglobals // constants
	numbered = regexp.MustCompile(`^\s*\d{1,3}[.)] +(.*)$`)        //nolint:gochecknoglobals
	marked   = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*") //nolint:gochecknoglobals
)

// blocks reads paragraphs and lists as Markdown has them. Everything else is text as it stands:
// nothing of it becomes a tag.
func blocks(text string) []block {
	var out []block
	open := ""
	add := func(kind, line string) {
		if open != kind {
			out, open = append(out, block{Kind: kind}), kind
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, line)
	}
	for _, line := range strings.Split(text, "\n") {
		switch m, n := bulleted.FindStringSubmatch(line), numbered.FindStringSubmatch(line); {
		case strings.TrimSpace(line) == "":
			open = ""
		case m != nil:
			add("ul", m[1])
		case n != nil:
			add("ol", n[1])
		default:
			add("p", strings.TrimSpace(line))
		}
	}
	return out
}

// spans cuts a line at what is set apart in it.
func spans(line string) []span {
	var out []span
	at := 0
	for _, m := range marked.FindAllStringSubmatchIndex(line, -1) {
		if m[0] > at {
			out = append(out, span{Text: line[at:m[0]]})
		}
		if m[2] >= 0 {
			out = append(out, span{Text: line[m[2]:m[3]], Code: true})
		} else {
			out = append(out, span{Text: line[m[4]:m[5]], Bold: true})
		}
		at = m[1]
	}
	if at < len(line) {
		out = append(out, span{Text: line[at:]})
	}
	return out
}
