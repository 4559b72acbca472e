// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// readDiagnose takes a line of the diagnosis log, or what came of one that was unclear (N5).
func readDiagnose(form *page.Form) ticket.Command {
	return ticket.Diagnose{
		Line: int(form.Int("line")), Hypothesis: form.Text("hypothesis"), Check: form.Text("check"), Result: form.Text("result"),
		Judgement: ticket.Judgement(form.Get("judgement")),
	}
}

// knownDiagnose begins with the line that the reader pressed on.
func (s *sheet) knownDiagnose() *page.Form {
	line, _ := strconv.Atoi(s.c.Query("line"))
	if line < 1 || line > len(s.t.Detail.Findings) || s.t.Detail.Findings[line-1].Judgement != ticket.Unclear {
		return page.Filled("judgement", string(ticket.Unclear))
	}
	f := s.t.Detail.Findings[line-1]
	return page.Filled("line", strconv.Itoa(line), "hypothesis", f.Hypothesis, "check", f.Check, "result", f.Result, "judgement", string(ticket.RuledOut))
}

// lineOptions are the lines that wait for a result, and a new one.
func (s *sheet) lineOptions() []ui.Option {
	out := []ui.Option{{Value: "0", Label: s.T("workticket.finding_new")}}
	for _, n := range s.t.UnclearLines() {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n) + " · " + s.t.Detail.Findings[n-1].Words()})
	}
	return out
}

func judgementOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, j := range ticket.Judgements() {
		out = append(out, ui.Option{Value: string(j), Label: s.T("workticket.judgement_" + string(j))})
	}
	return out
}

// judgementTone is the colour of what a line came to: what matters to whoever goes on stands out.
func judgementTone(j ticket.Judgement) string {
	switch j {
	case ticket.Confirms, ticket.Effective:
		return ui.OK
	case ticket.Unclear:
		return ui.Warn
	case ticket.RuledOut, ticket.NoEffect:
	}
	return ui.Neutral
}
