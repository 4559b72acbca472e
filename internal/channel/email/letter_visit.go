// SPDX-License-Identifier: Apache-2.0

package email

import "github.com/loopdesk/loopdesk/internal/desk/ticket"

// visit says who comes when, or which times there are to choose from. Each time leads to the page
// that asks; opening it changes nothing (S04).
func (l *letter) visit() {
	n := l.n
	l.what(func() { l.line("mail.visit_"+string(n.Visit.Step), "Ref", n.Ref, "By", n.By) })
	list := make([]string, 0, len(n.Visit.Times))
	for _, x := range n.Visit.Times {
		list = append(list, l.span(x))
	}
	switch {
	case n.Visit.Step == ticket.VisitProposed && len(list) > 0:
		l.pieces = append(l.pieces, piece{form: steps, label: l.say("mail.visit_times"), list: list})
	case len(list) > 0:
		l.fact("mail.visit_time", list[0])
	}
	switch n.Visit.Step {
	case ticket.VisitCancelled, ticket.VisitMissed:
		l.fact("mail.reason", n.Visit.Words)
	default:
		l.fact("mail.visit_place", n.Visit.Place)
		l.fact("mail.visit_purpose", n.Visit.Words)
	}
	if n.Visit.Step == ticket.VisitProposed {
		l.pieces = append(l.pieces, piece{form: ways, links: []link{{label: l.say("mail.visit_choose"), to: n.Answer, main: true}}})
	}
}

// span writes a stretch in the reader's zone: the end with its day where that is another one.
func (l *letter) span(x ticket.Span) string {
	from, to := x.From.In(l.n.Zone), x.To.In(l.n.Zone)
	zone, _ := from.Zone()
	if from.YearDay() == to.YearDay() && from.Year() == to.Year() {
		return l.when(x.From) + "–" + to.Format("15:04") + " (" + zone + ")"
	}
	return l.when(x.From) + " – " + l.when(x.To) + " (" + zone + ")"
}
