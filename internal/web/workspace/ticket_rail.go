// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// rail is the process of the standard: what is done with its evidence, what is next with the
// forms that fill it, what would be missing.
func (s *sheet) rail() ui.Rail {
	if s.process == nil {
		r := s.makeRail()
		s.process = &r
	}
	return *s.process
}

func (s *sheet) makeRail() ui.Rail {
	r := ui.Rail{
		Score: s.judged.Score, All: s.at("conformance"),
		Summary: s.T("workticket.conformance", "Met", s.judged.Met, "Judged", s.judged.Judged, "Deviated", s.judged.Deviated),
	}
	current := false
	for _, which := range norm.Steps() {
		step := s.step(which)
		if step.State == ui.Todo && !current && s.t.Open() {
			step.State, current = ui.Now, true
			if which == norm.Diagnose && s.t.Status == ticket.Pending || which == norm.Confirm && s.may("confirm") {
				step.State = ui.Waiting
			}
		}
		s.fill(&step, which)
		r.Steps = append(r.Steps, step)
	}
	return r
}

// step judges one stage by its clauses; Todo stands for everything that is not through.
func (s *sheet) step(which norm.Step) ui.Step {
	step := ui.Step{ID: "step-" + string(which), Title: s.T("workticket.step_" + string(which)), State: ui.Done}
	var at time.Time
	for _, v := range s.judged.Step(which) {
		if v.State == norm.NA {
			continue
		}
		step.Clauses = append(step.Clauses, s.clause(v.Clause))
		switch v.State {
		case norm.Open:
			step.State = ui.Todo
		case norm.Missed:
			if step.State != ui.Todo {
				step.State = ui.Lapsed
			}
		case norm.Deviated:
			if step.State == ui.Done {
				step.State = ui.Dev
			}
		case norm.Met, norm.NA:
		}
		if v.At.After(at) && v.State != norm.Open {
			at = v.At
		}
	}
	slices.SortFunc(step.Clauses, func(a, b ui.Clause) int { return clauseNumber(a.ID) - clauseNumber(b.ID) })
	if len(step.Clauses) == 0 || (which == norm.Diagnose && s.t.Open() && s.t.ResolvedAt.IsZero()) {
		step.State = ui.Todo
	}
	if step.State != ui.Todo && !at.IsZero() {
		step.Meta = s.c.Clock(at)
	}
	return step
}

// clauseNumber is the 15 of "N15".
func clauseNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "N"))
	if err != nil {
		return 0
	}
	return n
}

// fill writes evidence and open items into a step.
func (s *sheet) fill(step *ui.Step, which norm.Step) {
	switch which {
	case norm.Intake:
		s.fillIntake(step)
	case norm.Respond:
		s.fillRespond(step)
	case norm.Grade:
		s.fillGrade(step)
	case norm.Diagnose:
		s.fillDiagnose(step)
	case norm.Solve:
		s.fillSolve(step)
	case norm.Confirm:
		s.fillConfirm(step)
	case norm.Archive:
		s.fillArchive(step)
	}
	missing := 0
	for _, i := range step.Items {
		if i.State == ui.Todo {
			missing++
		}
	}
	if len(step.Items) > 0 { // they name their clauses themselves
		step.Clauses = nil
	}
	if missing > 0 && step.State != ui.Done {
		step.Meta = s.T("workticket.missing", "Count", missing)
	}
	if step.State == ui.Lapsed && len(step.Items) == 0 {
		step.Evidence = s.lapse(which)
	}
	if step.State == ui.Now {
		s.openFirst(step)
	}
}

// lapse says what a step did not hold, each clause in its own words: what went well beside it is no
// reason for the colour.
func (s *sheet) lapse(which norm.Step) string {
	var said []string
	for _, v := range s.judged.Step(which) {
		if text := v.Text(s.c.Lang, s.c.Now, s.c.Zone); v.State == norm.Missed && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return strings.Join(said, " · ")
}

// openFirst opens the first form of the current step; one that was refused opens itself.
func (s *sheet) openFirst(step *ui.Step) {
	if s.spot != "" || s.act != "" {
		return
	}
	for i := range step.Items {
		if step.Items[i].State == ui.Todo && step.Items[i].Form != nil {
			step.Items[i].Open = true
			return
		}
	}
}

// verdict returns the judgement on one clause.
func (s *sheet) verdict(clause string) norm.Verdict {
	i := slices.IndexFunc(s.judged.Verdicts, func(v norm.Verdict) bool { return v.Clause == clause })
	if i < 0 {
		return norm.Verdict{State: norm.NA}
	}
	return s.judged.Verdicts[i]
}

func (s *sheet) evidence(clause string) string {
	return s.verdict(clause).Text(s.c.Lang, s.c.Now, s.c.Zone)
}

// item is what a clause asks for: missing with its form, left out with its reason, or nothing
// where it is done.
func (s *sheet) item(clause, kind, label string) []ui.Item {
	v := s.verdict(clause)
	p := s.place(inRail, kind)
	i := ui.Item{ID: "item-" + kind, Label: label, Clause: s.clause(clause)}
	switch {
	case v.State == norm.Deviated:
		i.State, i.Label = ui.Dev, s.T("workticket.left_out", "What", s.T(p.Gap), "Reason", s.t.Detail.Deviations[p.Gap].Reason)
		return []ui.Item{i}
	case v.State != norm.Open || !ticket.May(p.command(), s.t.Status):
		return nil
	}
	i.State, i.Form, i.Open = ui.Todo, inPlace(p), p.refused() || p.refusedDev()
	return []ui.Item{i}
}

func (s *sheet) fillIntake(step *ui.Step) {
	have, all := s.t.Complete(), len(ticket.Elements())
	elements := s.T("workticket.elements", "Have", have, "All", all)
	step.Items = append(s.item("N15", "record", elements), s.item("N18", "read-back", s.T("gap.read_back"))...)
	if v := s.verdict("N17"); v.State == norm.Missed && len(s.item("N15", "record", "")) == 0 && ticket.May(ticket.CmdRecord, s.t.Status) {
		p := s.place(inRail, "record")
		step.Items = append(step.Items, ui.Item{ID: "item-record", Label: s.evidence("N17"), State: ui.Todo, Clause: s.clause("N17"), Form: inPlace(p), Open: p.refused()})
	}
	step.Items = append(step.Items, s.askItem()...)
	step.Items = append(step.Items, s.formItems()...)
	evidence := []string{elements}
	if s.verdict("N18").State == norm.Met {
		evidence = append(evidence, s.T("workticket.read_back"))
	}
	if len(step.Items) == 0 {
		step.Evidence = strings.Join(evidence, " · ")
	}
}

func (s *sheet) fillRespond(step *ui.Step) {
	step.Evidence = s.evidence("N3")
	if s.verdict("N3").State == norm.Open && s.t.Open() {
		step.Evidence = s.T("workticket.answer_by", "Time", s.c.Clock(s.verdict("N3").At))
		step.Items = []ui.Item{{Label: s.T("workticket.first_answer"), State: ui.Todo, Href: "#reply", Clause: s.clause("N3")}}
	}
}

func (s *sheet) fillGrade(step *ui.Step) {
	step.Items = s.item("N22", "grade", s.T("workticket.three_questions"))
	if !s.t.Graded {
		return
	}
	a := s.t.Detail.Answers
	step.Evidence = s.t.Priority.String() + " · " + s.graphic(ticket.Graded{Answers: a})
	if s.t.Priority != s.t.Detail.Computed {
		step.Evidence = s.evidence("N22")
	}
}

func (s *sheet) fillDiagnose(step *ui.Step) {
	v := s.verdict("N29")
	step.Evidence = s.evidence("N29")
	switch {
	case step.State == ui.Waiting:
		step.Meta, _ = s.status(s.t)
	case s.t.Status == ticket.New:
		step.Evidence = ""
	}
	if v.State == norm.Open && s.t.Open() && !v.At.IsZero() {
		step.Evidence = s.T("workticket.next_word", "Time", s.c.Clock(v.At))
	}
	if step.State == ui.Now {
		step.Meta = ""
	}
	step.Items = append(step.Items, s.firstItem()...)
	if v.State == norm.Missed && s.t.Open() && s.t.ResolvedAt.IsZero() {
		step.Items, step.Evidence = append(step.Items, ui.Item{Label: step.Evidence, State: ui.Lapsed, Clause: s.clause("N29")}), ""
		return
	}
	if s.t.Detail.HandOvers > 0 && s.t.Open() {
		step.Evidence += s.T("workticket.dot") + s.T("workticket.hand_overs", "Count", s.t.Detail.HandOvers)
	}
}

// fillSolve lists the four pieces of a solution; each leads to its field.
func (s *sheet) fillSolve(step *ui.Step) {
	if !s.t.ResolvedAt.IsZero() || !s.t.Open() {
		step.Evidence = s.evidence("N32")
		if s.verdict("N34").State == norm.Met {
			step.Evidence = s.evidence("N34")
		}
		return
	}
	if !ticket.May(ticket.CmdResolve, s.t.Status) {
		step.Evidence = s.T("workticket.accept_first")
		return
	}
	for _, piece := range []struct{ clause, gap, field string }{
		{"N32", "gap.solution", "solution"}, {"N34", "gap.cause", "cause"}, {"N34", "gap.prevention", "prevention"}, {"N33", "gap.verify", "verify"},
	} {
		i := ui.Item{
			Label: s.T("workticket.piece_" + piece.field), State: ui.Todo, Clause: s.clause(piece.clause),
			Href: s.at("resolve") + "#act-resolve-" + piece.field, Attrs: s.opens("resolve"),
		}
		if d, ok := s.t.Detail.Deviations[piece.gap]; ok {
			i = ui.Item{Label: i.Label, State: ui.Dev, Clause: i.Clause, Note: templ.NopComponent}
			i.Label = s.T("workticket.left_out", "What", i.Label, "Reason", d.Reason)
		}
		step.Items = append(step.Items, i)
	}
}

func (s *sheet) fillConfirm(step *ui.Step) {
	step.Evidence = s.evidence("N35")
	if s.verdict("N35").State != norm.Open {
		return
	}
	step.Evidence = s.T("workticket.waits_for_word", "Name", s.requester.Name)
	if s.t.AsksBack() {
		step.Evidence = s.T("workticket.owes_answer", "Name", s.requester.Name)
	}
	if s.may("confirm") {
		step.Items = s.item("N35", "confirm", s.T("workticket.confirmed_by_phone"))
		for i := range step.Items {
			step.Items[i].State = ui.Waiting
		}
	}
}

func (s *sheet) fillArchive(step *ui.Step) {
	if step.Evidence = s.evidence("N36"); s.verdict("N36").State == norm.Open {
		step.Evidence = s.T("workticket.closure_draft")
	}
	if s.t.Status == ticket.Resolved {
		if step.Items = s.item("N36", "archive", s.T("gap.closure")); len(step.Items) > 0 {
			step.Evidence = ""
		}
	}
}

// opens are the attributes of a link that opens a larger act within the page.
func (s *sheet) opens(act string) templ.Attributes {
	return templ.Attributes{"hx-get": s.at(act), "hx-target": "#act", "hx-swap": "outerHTML"}
}
