// SPDX-License-Identifier: Apache-2.0

package email

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// confirms reports whether the letter asks for the requester's word about a solution.
func (l *letter) confirms() bool { return l.n.Template == notify.Solved && l.n.Answer != "" }

// solved shows the solution and asks for the requester's word where it is awaited (N32–N35).
func (l *letter) solved() {
	n := l.n
	l.line("mail.solved", "Ref", n.Ref)
	l.fact("mail.solution", n.Solution.Text)
	l.fact("mail.cause", n.Solution.Cause)
	l.fact("mail.prevention", n.Solution.Prevention)
	if len(n.Solution.Verify) > 0 {
		l.pieces = append(l.pieces, piece{form: steps, label: l.say("mail.verify"), list: n.Solution.Verify})
	}
	if !l.confirms() {
		return
	}
	l.line("mail.ask")
	l.pieces = append(l.pieces, piece{form: ways, links: []link{
		{label: l.say("mail.works"), to: n.Answer, main: true}, {label: l.say("mail.not_yet"), to: n.Answer},
	}})
	if !n.Next.IsZero() {
		l.line("mail.answer_by", "When", l.when(n.Next))
	}
}

// readBack shows what was taken down on the telephone and asks whether it is right (N18).
func (l *letter) readBack() {
	n := l.n
	l.line("mail.read_back", "Ref", n.Ref)
	for _, x := range n.Record {
		if x.Text == "" {
			x.Text = l.say("mail.read_back_unknown")
		}
		l.fact("mail.element_"+string(x.Element), x.Text)
	}
	l.line("mail.read_back_ask")
	l.pieces = append(l.pieces, piece{form: ways, links: []link{
		{label: l.say("mail.read_back_right"), to: n.Answer, main: true}, {label: l.say("mail.read_back_wrong"), to: n.Answer},
	}})
}

func (l *letter) closed() {
	n := l.n
	l.what(func() {
		if n.Outcome == ticket.Duplicate {
			l.line(l.own("mail.closed_duplicate"), "Ref", n.Ref, "Into", n.Into)
			return
		}
		l.line(l.own("mail.closed_")+string(n.Outcome), "Ref", n.Ref)
	})
	if n.Outcome == ticket.Duplicate {
		return
	}
	l.fact("mail.reason", n.Text)
	l.rate()
	l.reopen()
}

// rate asks how it was, with one link a score. The page that a link opens has it chosen and sends
// nothing until somebody presses (S04).
func (l *letter) rate() {
	n := l.n
	switch {
	case l.draft:
		l.pieces = append(l.pieces, piece{form: ways, links: []link{{label: l.say("mail.rate"), to: n.Rate}}})
	case n.Rate != "":
		page, at, _ := strings.Cut(n.Rate, "#")
		p := piece{form: ways}
		for score := ticket.MaxScore; score >= ticket.MinScore; score-- {
			p.links = append(p.links, link{label: l.say("mail.score_" + strconv.Itoa(score)), to: page + "?rate=" + strconv.Itoa(score) + "#" + at})
		}
		l.line("mail.rate_ask")
		l.pieces = append(l.pieces, p)
	}
}

func (l *letter) reopen() {
	switch {
	case l.draft:
		l.pieces = append(l.pieces, piece{form: line, text: "{{reopen}}"})
	case l.n.Reopen > 0:
		l.line("mail.reopen", "Count", l.n.Reopen)
	}
}
