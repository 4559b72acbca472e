// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Letters writes what notify says as mail, in text and HTML. Both are made of the same
// pieces, so that neither says more than the other.
type Letters struct{}

// Render writes a letter in the reader's language.
func (Letters) Render(n notify.Notice) (notify.Body, error) {
	l := &letter{n: n}
	var subject string
	if n.Custom != nil {
		l.custom(n.Custom.Body)
		l.leave()
		if subject = l.subject(); len(n.Also) == 0 || l.onlyWords() {
			subject = l.filled(n.Custom.Subject)
		}
	} else {
		l.write()
		subject = l.subject()
	}
	var html strings.Builder
	if err := page(n.Lang, subject, l.pieces).Render(context.Background(), &html); err != nil {
		return notify.Body{}, err
	}
	return notify.Body{Subject: subject, Text: l.text(), HTML: html.String()}, nil
}

// letter is a letter as it grows, piece by piece.
type letter struct {
	n      notify.Notice
	pieces []piece
	draft  bool // placeholders stand where values would
}

// form says how a piece looks.
type form int

const (
	line   form = iota // a sentence of the desk
	words              // what somebody wrote, set apart and with its links
	fact               // a label and what it says
	steps              // numbered
	ways               // links
	footer             // small print
)

// piece is one part of a letter.
type piece struct {
	form  form
	label string
	text  string
	list  []string
	links []link
}

type link struct {
	label string
	to    string
	main  bool // the one that most readers want
}

func (l *letter) say(key string, args ...any) string { return i18n.T(l.n.Lang, key, args...) }

func (l *letter) line(key string, args ...any) {
	l.pieces = append(l.pieces, piece{form: line, text: l.say(key, args...)})
}

func (l *letter) footer(key string, args ...any) {
	l.pieces = append(l.pieces, piece{form: footer, text: l.say(key, args...)})
}

// words shows what somebody wrote; nothing where it is empty.
func (l *letter) words(text string) {
	if text = strings.TrimSpace(text); text != "" {
		l.pieces = append(l.pieces, piece{form: words, text: text})
	}
}

// fact shows a label with what somebody wrote; nothing where it is empty.
func (l *letter) fact(key, text string) {
	if text = strings.TrimSpace(text); text != "" {
		l.pieces = append(l.pieces, piece{form: fact, label: l.say(key), text: text})
	}
}

// when writes an instant in the reader's zone. A letter may be read on another day than it
// was written, so a relative word has its date beside it.
func (l *letter) when(t time.Time) string {
	n := l.n
	if l.draft {
		return placeholderOf(n.Template)
	}
	day := i18n.Day(n.Lang, t, n.At, n.Zone)
	if day[0] >= '0' && day[0] <= '9' {
		return i18n.Moment(n.Lang, t, n.At, n.Zone)
	}
	at, date := t.In(n.Zone), i18n.Date(n.Lang, t, n.Zone)
	if n.Lang == i18n.ZH {
		date = l.say("time.date_short", "Month", int(at.Month()), "Day", at.Day())
	}
	return l.say("mail.moment", "Day", day, "Date", date, "Clock", at.Format("15:04"))
}

// subject is the number and what the letter is about. The acknowledgement names the number
// alone (S14); replies keep the plain subject, so that mail programs that sort by it show one
// conversation.
func (l *letter) subject() string {
	n := l.n
	if l.apart() {
		return l.say("mail.subject_"+string(n.Template), "Desk", n.Desk, "Subject", n.Subject, "Mailbox", n.Subject, "Count", len(n.Summary))
	}
	if len(n.Also) > 0 && !l.onlyWords() {
		return l.say("mail.subject_several", "Ref", n.Ref, "Subject", n.Subject, "Count", len(n.Also)+1)
	}
	if n.Template == notify.Approve || n.Template == notify.Approved {
		return l.say("mail.subject_"+string(n.Template), "Ref", n.Ref, "Subject", n.Approval.Title)
	}
	if n.Template == notify.Solved && !l.confirms() {
		return l.say("mail.subject_solution", "Ref", n.Ref, "Subject", n.Subject)
	}
	return l.say("mail.subject_"+string(n.Template), "Ref", n.Ref, "Subject", n.Subject)
}

// onlyWords reports whether everything in the letter is what the desk's people wrote.
func (l *letter) onlyWords() bool {
	return l.n.Template == notify.Replied && !slices.ContainsFunc(l.n.Also, func(a notify.Notice) bool { return a.Template != notify.Replied })
}

// write is the letter from greeting to small print. What happened after the first thing and is
// told with it follows in its order.
func (l *letter) write() {
	switch {
	case l.n.Reader != "":
		l.line("mail.hello_name", "Name", l.n.Reader)
	default:
		l.line("mail.hello")
	}
	l.body()
	l.n.Files = append(slices.Clone(l.n.Files), l.also()...)
	l.end()
}

// body says what happened.
func (l *letter) body() {
	n := l.n
	switch n.Template {
	case notify.TestLetter:
		l.line("mail.test", "Desk", n.Desk)
	case notify.AlarmLetter:
		l.silent()
	case notify.SummaryLetter:
		l.summary()
	case notify.PasswordLetter:
		l.line("mail.password", "Desk", n.Desk)
		l.line("mail.password_once", "Count", n.Minutes)
	case notify.NewsLetter:
		if n.Ended {
			l.line("mail.news_over")
		}
		l.words(n.Text)
	case notify.MonthLetter:
		l.line("mail.month", "Month", n.Subject)
		for _, x := range n.Figures {
			l.fact(x.Key, x.Text)
		}
	case notify.SignInLetter:
		l.line("mail.signin", "Desk", n.Desk)
		l.line("mail.password_once", "Count", n.Minutes)
	case notify.Acknowledged:
		l.line("mail.acknowledged", "Ref", n.Ref)
		if n.From != "" {
			l.line("mail.acknowledged_split", "Ref", n.Ref, "From", n.From)
		}
		if !n.Next.IsZero() {
			l.line("mail.acknowledged_by", "When", l.when(n.Next))
		}
	case notify.Replied:
		l.by(l.own("mail.replied"))
		l.words(n.Text)
	case notify.Blocked:
		l.what(func() { l.line(l.own("mail.blocked"), "Ref", n.Ref) })
		l.held()
	case notify.Waiting:
		l.what(func() { l.line("mail.waiting_"+string(n.Wait), "Ref", n.Ref) })
		l.held()
	case notify.Solved:
		l.solved()
	case notify.ReadBack:
		l.readBack()
	case notify.VisitNews:
		l.visit()
	case notify.RemoteAsked:
		l.remoteAsked()
	case notify.TimeUp:
		l.what(func() { l.line("mail.time_up", "Ref", n.Ref) })
		l.reopen()
	case notify.Closed:
		l.closed()
	case notify.Reopened:
		l.what(func() { l.line("mail.reopened", "Ref", n.Ref) })
		l.words(n.Text)
	case notify.NotReached:
		l.notReached()
	case notify.MailKept, notify.AnswerKept, notify.NotTaken:
		l.kept()
	case notify.Approve:
		l.approve()
	case notify.Approved:
		l.approved()
	default:
		l.staff()
	}
}

// silent says that no mail comes in from a mailbox, why, and since when (P13).
func (l *letter) silent() {
	l.line("mail.silent", "Mailbox", l.n.Subject)
	l.fact("mail.silent_why", l.say(l.n.Reason))
	l.fact("mail.silent_answer", l.n.Text)
	if !l.n.Next.IsZero() {
		l.fact("mail.silent_last", l.when(l.n.Next))
	}
	l.line("mail.silent_kept")
}

// by says who did something, or that it was the desk.
func (l *letter) by(key string) {
	if l.n.By == "" {
		l.line(key+"_desk", "Ref", l.n.Ref)
		return
	}
	l.line(key, "Ref", l.n.Ref, "By", l.n.By)
}

// held shows the answers of an honest wait (N30).
func (l *letter) held() {
	l.fact("mail.stuck", l.n.Stuck)
	l.fact("mail.doing", l.n.Doing)
	if !l.n.Next.IsZero() {
		l.fact("mail.next", l.when(l.n.Next))
	}
}

// staff writes to the people of the desk: short, with the subject, leading to the workspace.
func (l *letter) staff() {
	n := l.n
	switch n.Template {
	case notify.Assigned:
		l.what(func() {
			if n.Assignee {
				l.by("mail.assigned")
			}
			if n.Owner {
				l.by("mail.owned")
			}
		})
	case notify.HandedOver:
		l.by("mail.handed_over")
	case notify.Escalated:
		l.escalated()
	default:
		l.by("mail." + string(n.Template))
	}
	l.fact("mail.about", n.Subject)
	l.fact("mail.done", n.Note.Done)
	l.fact("mail.why", n.Note.Why)
	l.fact("mail.needed", n.Note.Needed)
	l.words(n.Text)
}

// end says where to go on, and how.
func (l *letter) end() {
	n := l.n
	if len(n.Files) > 0 {
		l.fact("mail.files", strings.Join(n.Files, l.say("mail.comma")))
	}
	follow := "mail.follow"
	switch {
	case n.Template == notify.TestLetter:
		follow = "mail.open_desk"
	case n.Template == notify.PasswordLetter:
		follow = "mail.password_choose"
	case n.Template == notify.NewsLetter:
		follow = "mail.news_open"
	case n.Template == notify.MonthLetter:
		follow = "mail.month_open"
	case n.Template == notify.SignInLetter:
		follow = "mail.signin_now"
	case n.Template == notify.AlarmLetter:
		follow = "mail.silent_open"
	case n.Template == notify.SummaryLetter:
		follow = "mail.summary_all"
	case n.Template == notify.Approve:
		follow = "mail.approve_open"
	case l.toStaff():
		follow = "mail.open"
	}
	links := []link{{label: l.say(follow), to: n.Link, main: !l.confirms() && n.Template != notify.ReadBack && n.Template != notify.RemoteAsked && n.Visit.Step != ticket.VisitProposed && !n.Asks && n.Guide == ""}}
	if n.Asks {
		links = append([]link{{label: l.say("mail.answer_asked"), to: n.Answer, main: true}}, links...)
	}
	if n.Guide != "" {
		links = append([]link{{label: l.say("mail.guide_open"), to: n.Answer, main: true}}, links...)
	}
	l.pieces = append(l.pieces, piece{form: ways, links: links})
	l.sign()
	switch {
	case n.Template == notify.PasswordLetter:
		l.footer("mail.password_ignore")
	case n.Template == notify.NewsLetter:
		l.footer("mail.news_stop")
	case n.Template == notify.MonthLetter:
		l.footer("mail.month_stop")
	case n.Template == notify.Approve:
		l.footer("mail.approve_yours")
	case n.Template == notify.SignInLetter:
		l.footer("mail.signin_ignore")
	case l.apart():
	case n.Template == notify.Answered || n.Template == notify.Rejected || n.Template == notify.Returned:
		l.footer("mail.reply_public")
	case n.Template == notify.AnswerKept || n.Template == notify.NotTaken: // what is answered by mail would wait again
	case l.toStaff():
		l.footer("mail.reply_note")
	case n.Template == notify.Closed && (n.Outcome == ticket.Duplicate || n.Leave != ""):
	default:
		l.footer("mail.reply_adds")
	}
	if n.Hotline != "" && !l.toStaff() {
		l.footer("mail.hotline", "Hotline", n.Hotline)
	}
	l.footer("mail.from", "Desk", n.Desk)
	l.leave()
}

// apart reports whether the letter belongs to no ticket.
func (l *letter) apart() bool {
	return slices.Contains([]notify.Template{
		notify.TestLetter, notify.PasswordLetter, notify.SignInLetter, notify.NewsLetter, notify.MonthLetter, notify.AlarmLetter, notify.SummaryLetter,
	}, l.n.Template)
}

// toStaff reports whether the reader works for the desk.
func (l *letter) toStaff() bool {
	switch l.n.Template {
	case notify.Assigned, notify.HandedOver, notify.Answered, notify.Rejected, notify.Returned, notify.Withdrawn, notify.VendorLate, notify.MailKept, notify.AnswerKept, notify.NotReached, notify.Escalated, notify.Approved:
		return true
	default:
		return false
	}
}

// text is the letter without any markup, complete: every link is written out.
func (l *letter) text() string {
	var out []string
	for i, p := range l.pieces {
		switch p.form {
		case line, words:
			out = append(out, p.text)
		case fact:
			if strings.Contains(p.text, "\n") {
				out = append(out, l.labelled(p.label, "\n"+p.text))
			} else {
				out = append(out, l.labelled(p.label, p.text))
			}
		case steps:
			block := l.labelled(p.label, "")
			for i, s := range p.list {
				block += "\n" + strconv.Itoa(i+1) + ". " + s
			}
			out = append(out, block)
		case ways:
			var block []string
			for _, w := range p.links {
				block = append(block, l.labelled(w.label, "\n"+w.to))
			}
			out = append(out, strings.Join(block, "\n"))
		case footer:
			if i > 0 && l.pieces[i-1].form != footer {
				out = append(out, "——")
			}
			out[len(out)-1] += "\n" + p.text
		}
	}
	return strings.Join(out, "\n\n") + "\n"
}

// labelled puts a label before a text; a text that begins on the next line has no space before it.
func (l *letter) labelled(label, text string) string {
	joined := l.say("mail.labelled", "Label", label, "Text", text)
	if text == "" || text[0] == '\n' {
		head := strings.TrimRight(l.say("mail.labelled", "Label", label, "Text", ""), " ")
		return head + text
	}
	return joined
}
