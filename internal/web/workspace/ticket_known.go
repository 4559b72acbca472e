// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// known fills a form of a kind with what the ticket knows already.
func (s *sheet) known(kind string) *page.Form {
	t := s.t
	switch kind {
	case "owner":
		return page.Filled("owner", key(int64(t.Owner)))
	case "assignee":
		return page.Filled("assignee", key(int64(t.Assignee)))
	case "group":
		return page.Filled("group", key(int64(t.Group)))
	case "assign":
		return page.Filled("owner", key(int64(t.Owner)), "assignee", key(int64(t.Assignee)), "group", key(int64(t.Group)))
	case "category":
		return page.Filled("category", key(int64(t.Category)))
	case "service":
		return page.Filled("service", key(int64(t.Service)))
	case "subject":
		return page.Filled("subject", t.Subject)
	case "grade":
		return s.knownGrade()
	case "triage":
		return s.knownTriage()
	case "split":
		return page.Filled("messages", s.lastOfUser())
	case "merge":
		with := s.c.Query("with")
		if slices.ContainsFunc(mergeOptions(s), func(o ui.Option) bool { return o.Value == with }) {
			return page.Filled("pick", with)
		}
		return page.Filled("into", with)
	case "record":
		var pairs []string
		for e, a := range t.Detail.Intake {
			pairs = append(pairs, string(e), a.Value, string(e)+"_reason", a.Reason)
		}
		return page.Filled(pairs...)
	case "ask":
		return s.knownAsk()
	case "fill":
		return s.knownAnswers()
	case "read-back":
		return page.Filled()
	case "diagnose":
		return s.knownDiagnose()
	case "hold":
		return s.knownHold()
	case "visit":
		return s.knownVisit()
	case "call":
		return page.Filled("direction", "out", "spoke", "yes")
	case "promise-call":
		return page.Filled("call_number", s.callNumber(), "call_who", key(int64(s.t.Detail.CallBack.Who)))
	case "close":
		return page.Filled("as", string(ticket.Cancelled))
	case "resolve":
		return s.knownSolution()
	case "archive":
		return s.knownClosure()
	}
	return page.Filled()
}

// knownGrade begins with what the register of services says about core business.
func (s *sheet) knownGrade() *page.Form {
	a := s.t.Detail.Answers
	core := a.Core
	if !s.t.Graded {
		core = s.core()
	}
	pairs := []string{"core", yesNo(core), "affected", string(a.Affected), "halt", string(a.Halt)}
	if s.t.Graded && s.t.Priority != s.t.Detail.Computed && s.t.Priority != triage.Priority(0) {
		pairs = append(pairs, "override", s.t.Priority.String(), "reason", s.t.Detail.Override)
	}
	return page.Filled(pairs...)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// solutionFields are what the form of a solution carries.
func solutionFields() []string {
	return []string{"solution", "cause", "prevention", "verify", "difficulties", "approach"}
}

// knownSolution is the draft that was begun, else the solution before, else what the timeline
// gives for the closure sheet.
func (s *sheet) knownSolution() *page.Form {
	if d, ok := s.drafts[ticket.CmdResolve]; ok {
		if v, err := url.ParseQuery(d.Text); err == nil {
			return &page.Form{Values: v}
		}
	}
	was := s.t.Detail.Solution
	f := page.Filled("solution", was.Text, "cause", was.Cause, "prevention", was.Prevention)
	for _, step := range was.Verify {
		f.Values.Add("verify", step)
	}
	sheet := s.knownClosure()
	f.Values.Set("difficulties", sheet.Get("difficulties"))
	if was.Text != "" {
		f.Values.Set("approach", sheet.Get("approach"))
	}
	return f
}

// knownClosure drafts the closure sheet from the timeline: what went wrong on the way is what
// was difficult, and the solution is how it was met (N36).
func (s *sheet) knownClosure() *page.Form {
	was := s.t.Detail.Closure
	if was.Difficulties != "" || was.Approach != "" {
		return page.Filled("difficulties", was.Difficulties, "approach", was.Approach)
	}
	var hard []string
	for _, e := range s.entries {
		at := s.c.Moment(e.Record.Meta.At)
		switch fact := e.Fact.(type) {
		case ticket.HandedOver:
			hard = append(hard, s.T("workticket.draft_handed_over", "Time", at, "Group", s.group(fact.To), "Why", fact.Why))
		case ticket.Held:
			if fact.Stuck != "" {
				hard = append(hard, s.T("workticket.draft_held", "Time", at, "Text", fact.Stuck))
			}
		case ticket.UserRejected:
			hard = append(hard, s.T("workticket.draft_rejected", "Time", at, "Text", fact.Reason))
		}
	}
	sol := s.t.Detail.Solution
	approach := []string{}
	for _, text := range []string{sol.Text, sol.Cause, sol.Prevention} {
		if text != "" {
			approach = append(approach, text)
		}
	}
	return page.Filled("difficulties", strings.Join(hard, "\n"), "approach", strings.Join(approach, "\n"))
}
