// SPDX-License-Identifier: Apache-2.0

package email

import "github.com/loopdesk/loopdesk/internal/desk/notify"

// kept says that a mail waits beside its ticket, and why. No word of that mail stands in it,
// nor of the ticket where a requester reads it: nobody knows yet whose mail it is (S01, S14).
func (l *letter) kept() {
	n := l.n
	switch n.Template {
	case notify.MailKept:
		l.line("mail.mail_kept", "Ref", n.Ref)
		l.fact("mail.about", n.Subject)
		l.fact("mail.kept_from", n.Address)
		l.fact("mail.kept_why", l.say(n.Reason))
		l.line("mail.mail_kept_do")
	case notify.AnswerKept:
		l.line("mail.answer_kept", "Ref", n.Ref)
		l.fact("mail.kept_why", l.say(n.Reason))
		l.line("mail.answer_kept_do")
	default:
		l.line("mail.not_taken", "Ref", n.Ref)
		l.line("mail.not_taken_do")
	}
}

// notReached says of whom the desk's word did not reach, and why.
func (l *letter) notReached() {
	n := l.n
	l.line("mail.not_reached", "Ref", n.Ref, "Name", n.By, "Address", n.Address)
	l.fact("mail.about", n.Subject)
	l.fact("mail.not_reached_what", l.say("notify.template_"+string(n.About)))
	l.fact("mail.not_reached_why", l.say(n.Reason))
	l.fact("mail.not_reached_answer", n.Text)
	l.line("mail.not_reached_do")
}
