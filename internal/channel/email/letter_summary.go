// SPDX-License-Identifier: Apache-2.0

package email

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
)

// summary tells what waited for a reader, ticket by ticket. It holds no word of a message: who
// may read those asks the desk.
func (l *letter) summary() {
	l.line("mail.summary", "Count", len(l.n.Summary))
	for _, p := range l.n.Summary {
		var lines []string
		for _, w := range p.Lines {
			lines = append(lines, l.when(w.At)+" "+l.say(w.Key, "Name", l.doer(w)))
		}
		l.pieces = append(l.pieces, piece{form: fact, label: p.Ref + " " + p.Subject, text: strings.Join(lines, "\n")},
			piece{form: ways, links: []link{{label: l.say("mail.summary_open", "Ref", p.Ref), to: p.Link}}})
	}
}

// doer names who did something; the desk where nobody did.
func (l *letter) doer(w notify.SummaryWords) string {
	if w.By == "" {
		return l.n.Desk
	}
	return w.By
}
