// SPDX-License-Identifier: Apache-2.0

package email

// remoteAsked says who asks to see the reader's screen, and that nothing is seen until they agree
// on the page that the link leads to (N26). What is asked for in full stands there.
func (l *letter) remoteAsked() {
	n := l.n
	l.by("mail.remote_asked")
	l.line("mail.remote_asked_first")
	l.pieces = append(l.pieces, piece{form: ways, links: []link{{label: l.say("mail.remote_asked_open"), to: n.Answer, main: true}}})
	l.line("mail.remote_asked_no")
}
