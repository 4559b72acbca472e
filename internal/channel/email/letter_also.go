// SPDX-License-Identifier: Apache-2.0

package email

import (
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
)

// also tells what happened after the first thing, each in the words that it has, and returns the
// names of the files that are still to be told.
func (l *letter) also() []string {
	var files []string
	first := l.n
	for _, also := range first.Also {
		l.n = also
		l.line("mail.also")
		if also.Custom == nil {
			l.body()
			files = append(files, also.Files...)
			continue
		}
		l.core(also.Custom.Body)
		if !strings.Contains(also.Custom.Body, "{{files}}") {
			files = append(files, also.Files...)
		}
	}
	l.n = first
	return files
}

// own is the key of a sentence about the reader's own request; those who take part read it of
// the one that they take part in.
func (l *letter) own(key string) string {
	if l.n.Leave != "" {
		return strings.Replace(key, "mail.", "mail.part_", 1)
	}
	return key
}

// leave says to those who take part how they leave, and to whoever gets what no person wrote how
// they get no more of it: a press behind the link (N35, S14).
func (l *letter) leave() {
	if l.n.Leave != "" {
		l.pieces = append(l.pieces, piece{form: ways, links: []link{{label: l.say("mail.leave"), to: l.n.Leave}}})
	}
	if l.n.Stop != "" {
		l.pieces = append(l.pieces, piece{form: ways, links: []link{{label: l.say("mail.stop"), to: l.n.Stop}}})
	}
}

// attached names files, where there are any.
func (l *letter) attached(names []string) {
	if len(names) > 0 {
		l.fact("mail.files", strings.Join(names, l.say("mail.comma")))
	}
}

// onward reports whether a paragraph is the button by which the ticket is followed, and no other.
func (l *letter) onward(b string) bool {
	return len(l.buttons(b)) > 0 && !strings.Contains(b, "{{confirm}}") && !strings.Contains(b, "{{rate}}")
}

// core is what an administrator's wording says of what happened: without its greeting, the
// button that leads on and the small print, which a letter has once.
func (l *letter) core(body string) {
	first := true
	for _, b := range strings.Split(body, "\n\n") {
		if b = strings.Trim(b, "\n"); strings.TrimSpace(b) == "" {
			continue
		}
		rest, _ := footed(b)
		greets := first && greeting(rest)
		first = false
		if rest != "" && !greets && !l.onward(rest) {
			l.block(rest)
		}
		if rest != b {
			return
		}
	}
}

// greeting reports whether the paragraph that begins a letter says no more than hello.
func greeting(b string) bool {
	names, _ := notify.Names(b)
	for _, n := range names {
		if n != "name" && n != "desk" {
			return false
		}
	}
	b = strings.TrimSpace(b)
	last, _ := utf8.DecodeLastRuneInString(b)
	return !strings.Contains(b, "\n") && strings.ContainsRune(",:，：", last)
}
