// SPDX-License-Identifier: Apache-2.0

package email

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// shownContent bounds how much of what is to be approved a letter shows, in characters; all of it
// stands where the decision is made.
const shownContent = 3000

// approve asks for a decision: who asks, what exactly, why, for whom, by when. It holds no word of
// the ticket: an approver need not be somebody who may read it.
func (l *letter) approve() {
	x := l.n.Approval
	key := "mail.approve"
	if x.Step == ticket.ApprovalReminded {
		key = "mail.approve_again"
	}
	l.line(key, "Ref", l.n.Ref, "By", x.Asker)
	if x.Instead != "" {
		l.line("mail.approve_instead", "Name", x.Instead)
	}
	l.fact("mail.approve_what", x.Title)
	text := []rune(x.Content)
	if len(text) > shownContent {
		l.words(string(text[:shownContent]) + "…")
		l.line("mail.approve_more")
	} else {
		l.words(x.Content)
	}
	l.fact("mail.approve_note", x.Note)
	l.fact("mail.approve_for", x.For)
	if !x.By.IsZero() {
		l.fact("mail.approve_by", l.when(x.By))
	}
}

// approved tells whoever asked how it ended.
func (l *letter) approved() {
	x := l.n.Approval
	l.line("mail.approved_"+string(x.Step), "Ref", l.n.Ref, "By", l.n.By)
	l.fact("mail.approve_what", x.Title)
	if x.Reason != "" {
		l.fact("mail.approved_why", l.say(x.Reason))
	}
	l.words(x.Comment)
}
