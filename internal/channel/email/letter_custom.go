// SPDX-License-Identifier: Apache-2.0

package email

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Draft is the house's own text of a letter with placeholders in it: the letter itself, written
// about a notice whose every value is its placeholder. So it says what is sent, always.
func (Letters) Draft(what notify.Template, lang i18n.Lang) notify.Letter {
	p := func(name string) string { return "{{" + name + "}}" }
	n := notify.Notice{
		Template: what, Lang: lang, Desk: p("desk"), Hotline: p("hotline"), Reader: p("name"), Ref: p("number"), Subject: p("subject"),
		Link: p("link"), Answer: p("confirm"), By: p("by"), Text: p("text"), Stuck: p("stuck"), Doing: p("doing"),
		Solution: ticket.Solution{Text: p("solution"), Cause: p("cause"), Prevention: p("prevention"), Verify: []string{p("checks")}},
		Note:     ticket.HandOverNote{Done: p("done"), Why: p("why"), Needed: p("needed")},
	}
	n.Next = n.Next.AddDate(1, 0, 0) // any time that is one
	switch what {
	case notify.Acknowledged:
		n.Reader, n.Subject, n.By, n.Text = "", "", "", ""
	case notify.Replied, notify.Answered:
		n.Files = []string{p("files")}
	case notify.Closed:
		n.Text, n.Rate = p("reason"), p("rate")
	case notify.Assigned, notify.HandedOver:
		n.Text = ""
	default:
	}
	if what != notify.HandedOver {
		n.Note = ticket.HandOverNote{}
	}
	l := &letter{n: n, draft: true}
	l.write()
	return notify.Letter{Subject: l.subject(), Body: strings.TrimRight(l.text(), "\n")}
}

// placeholderOf names the time that a letter speaks of.
func placeholderOf(what notify.Template) string {
	switch what {
	case notify.Acknowledged:
		return "{{expect}}"
	case notify.Solved:
		return "{{answer_by}}"
	default:
		return "{{next}}"
	}
}

// what writes the sentence that says what happened. The house has several for one letter; in a
// draft one placeholder stands for them.
func (l *letter) what(write func()) {
	if l.draft {
		l.pieces = append(l.pieces, piece{form: line, text: "{{what}}"})
		return
	}
	write()
}

// sign puts the signature below the letter.
func (l *letter) sign() {
	if l.n.Sign != "" && !l.draft {
		l.pieces = append(l.pieces, piece{form: line, text: l.n.Sign})
	}
}

// custom is the letter in an administrator's words, made of the same pieces as the house's own:
//
//	an empty line          parts two paragraphs
//	{{text}} alone         somebody's words, set apart
//	label: {{solution}}    a label and what it says
//	label: {{link}}        a button
//	——                     small print from here on
//
// A paragraph whose placeholders all say nothing is left out. What rides along stands before
// the button that leads on, or before the small print.
func (l *letter) custom(body string) {
	blocks := strings.Split(body, "\n\n")
	small, told := false, len(l.n.Also) == 0
	riders := func() {
		if !told {
			l.attached(l.also())
		}
		told = true
	}
	for _, b := range blocks {
		if b = strings.Trim(b, "\n"); strings.TrimSpace(b) == "" {
			continue
		}
		rest, foot := footed(b)
		if !small && rest != "" {
			if l.onward(rest) {
				riders()
			}
			l.block(rest)
		}
		if small {
			foot = b
		}
		if foot != "" {
			if riders(); !small {
				l.sign()
			}
			small = true
			for line := range strings.SplitSeq(foot, "\n") {
				if text, ok := l.fill(line); ok && strings.TrimSpace(text) != "" {
					l.pieces = append(l.pieces, piece{form: footer, text: text})
				}
			}
		}
	}
	if riders(); !small {
		l.sign()
	}
}

// footed parts a block where a line of dashes begins the small print.
func footed(block string) (before, after string) {
	list := strings.Split(block, "\n")
	for i, one := range list {
		switch strings.TrimSpace(one) {
		case "——", "--", "---", "—":
			return strings.Join(list[:i], "\n"), strings.Join(list[i+1:], "\n")
		}
	}
	return block, ""
}

// block writes one paragraph as what it is.
func (l *letter) block(b string) {
	if links := l.buttons(b); len(links) > 0 {
		l.pieces = append(l.pieces, piece{form: ways, links: links})
		return
	}
	label, name := labelled(b)
	switch {
	case b == "{{text}}":
		l.words(l.value("text"))
	case name == "checks" && label != "":
		if len(l.n.Solution.Verify) > 0 {
			l.pieces = append(l.pieces, piece{form: steps, label: label, list: l.n.Solution.Verify})
		}
	case label != "" && block(name):
		if text := strings.TrimSpace(l.value(name)); text != "" {
			l.pieces = append(l.pieces, piece{form: fact, label: label, text: text})
		}
	default:
		if text, ok := l.fill(b); ok {
			l.pieces = append(l.pieces, piece{form: line, text: text})
		}
	}
}

// block reports whether a placeholder stands for a text of its own rather than for a word.
func block(name string) bool {
	switch name {
	case "solution", "cause", "prevention", "stuck", "doing", "reason", "done", "why", "needed", "files", "text", "subject", "next":
		return true
	}
	return false
}

// buttons reads a paragraph of labels with the placeholder of an address behind or below each;
// none where it is anything else.
func (l *letter) buttons(b string) []link {
	var out []link
	label := ""
	for one := range strings.SplitSeq(b, "\n") {
		one = strings.TrimSpace(one)
		head, name := one, ""
		for _, n := range []string{"link", "confirm", "rate"} {
			if h, found := strings.CutSuffix(one, "{{"+n+"}}"); found {
				head, name = h, n
			}
		}
		head = colonless(head)
		switch {
		case strings.Contains(head, "{{"), name == "" && (head == "" || label != ""), name != "" && head != "" && label != "":
			return nil
		case name == "":
			label = head
		default:
			text := cmp.Or(head, label)
			if text == "" {
				return nil
			}
			if l.value(name) == "" { // nothing to lead to: an opinion that is not asked for
				label = ""
				continue
			}
			out, label = append(out, link{label: text, to: l.value(name), main: name != "rate" && len(out) == 0 && (name == "confirm" || l.n.Template != notify.Solved)}), ""
		}
	}
	if label != "" {
		return nil
	}
	return out
}

// labelled reads "label: {{name}}", also where the placeholder stands on the next line or
// behind the number of a list; name is empty for anything else.
func labelled(b string) (label, name string) {
	head, rest, found := strings.Cut(b, "{{")
	name, tail, closed := strings.Cut(rest, "}}")
	head = strings.TrimSuffix(strings.TrimSpace(head), "1.")
	if !found || !closed || strings.TrimSpace(tail) != "" || strings.Contains(strings.TrimSpace(head), "\n") {
		return "", ""
	}
	label = colonless(head)
	if label == strings.TrimSpace(head) { // no colon: an ordinary sentence
		return "", ""
	}
	return label, strings.TrimSpace(name)
}

func colonless(s string) string {
	return strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s), ":："))
}

// filled writes a text of one line with its values.
func (l *letter) filled(text string) string {
	out, _ := l.fill(text)
	return person.CleanName(out)
}

// fill puts values in the place of placeholders. Values are text and stay text: a value that
// looks like a placeholder is none. It reports false where there are placeholders and all of
// them say nothing.
func (l *letter) fill(text string) (string, bool) {
	var out strings.Builder
	said, asked, last := false, false, ""
	for {
		before, after, found := strings.Cut(text, "{{")
		name, rest, closed := strings.Cut(after, "}}")
		if !found || !closed {
			out.WriteString(i18n.Beside(last, before, ""))
			return out.String(), said || !asked
		}
		v := l.value(strings.TrimSpace(name))
		asked, said = true, said || strings.TrimSpace(v) != ""
		out.WriteString(i18n.Beside(last, before, v))
		out.WriteString(v)
		text, last = rest, v
	}
}

// value is what a placeholder stands for.
func (l *letter) value(name string) string {
	n := l.n
	switch name {
	case "number":
		return n.Ref
	case "name":
		return n.Reader
	case "subject":
		return n.Subject
	case "desk":
		return n.Desk
	case "hotline":
		return n.Hotline
	case "link":
		return n.Link
	case "confirm":
		return n.Answer
	case "rate":
		return n.Rate
	case "by":
		return cmp.Or(n.By, n.Desk)
	case "text", "reason":
		return n.Text
	case "files":
		return strings.Join(n.Files, l.say("mail.comma"))
	case "expect", "next", "answer_by":
		if n.Next.IsZero() {
			return ""
		}
		return l.when(n.Next)
	case "what", "reopen":
		return l.house(name)
	case "checks":
		var list []string
		for i, s := range n.Solution.Verify {
			list = append(list, strconv.Itoa(i+1)+". "+s)
		}
		return strings.Join(list, "\n")
	}
	return map[string]string{
		"solution": n.Solution.Text, "cause": n.Solution.Cause, "prevention": n.Solution.Prevention, "stuck": n.Stuck, "doing": n.Doing,
		"done": n.Note.Done, "why": n.Note.Why, "needed": n.Note.Needed,
	}[name]
}

// house is a sentence of the house's own that depends on what happened.
func (l *letter) house(name string) string {
	n := l.n
	own := &letter{n: n}
	switch {
	case name == "reopen":
		own.reopen()
	case n.Template == notify.Waiting:
		own.line("mail.waiting_"+string(n.Wait), "Ref", n.Ref)
	case n.Template == notify.Closed:
		n.Text, n.Reopen, n.Rate = "", 0, ""
		own.n = n
		own.closed()
	case n.Template == notify.Assigned:
		n.Subject = ""
		own.n = n
		own.staff()
	default:
		own.line(l.own("mail."+string(n.Template)), "Ref", n.Ref)
	}
	var out []string
	for _, p := range own.pieces {
		out = append(out, p.text)
	}
	return strings.Join(out, "\n")
}
