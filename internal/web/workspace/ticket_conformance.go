// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// clauseRow is one clause of the standard as this ticket meets it.
type clauseRow struct {
	ID       string
	Name     string
	Text     string // of the clause, as the organisation writes it
	Step     string
	State    string
	Tone     string
	Icon     string
	Evidence string
	When     ui.When
	Event    string // address of the fact that is the evidence
}

// conformance lists every clause with its verdict and its evidence.
func (f *Faces) conformance(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	fr := c.Frame(s.T("workticket.clauses_of", "Ref", s.t.Ref()))
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: true, Keys: keyMap(fr)}
	return c.Render(http.StatusOK, framed(w, conformancePage(s)))
}

func (s *sheet) clauseRows() []clauseRow {
	list := slices.Clone(s.judged.Verdicts)
	slices.SortStableFunc(list, func(a, b norm.Verdict) int {
		return cmp.Or(slices.Index(norm.Steps(), a.Step)-slices.Index(norm.Steps(), b.Step), clauseNumber(a.Clause)-clauseNumber(b.Clause))
	})
	var out []clauseRow
	for _, v := range list {
		r := clauseRow{
			ID: v.Clause, Name: s.f.Norm.Pack().Title(s.c.Lang, v.Clause), Text: s.f.Norm.Pack().Clause(v.Clause).Text[s.c.Lang], Step: s.T("workticket.step_" + string(v.Step)), State: s.T("workticket.clause_" + string(v.State)),
			Evidence: v.Text(s.c.Lang, s.c.Now, s.c.Zone), When: s.when(v.At),
		}
		r.Tone, r.Icon = clauseSign(v.State)
		if v.Event != 0 {
			r.Event = s.home() + "#" + entryID(v.Event)
		}
		out = append(out, r)
	}
	return out
}

func clauseSign(v norm.State) (tone, icon string) {
	switch v {
	case norm.Met:
		return ui.OK, "check"
	case norm.Missed:
		return ui.Danger, "x"
	case norm.Deviated:
		return ui.Warn, "signature"
	case norm.Open:
		return ui.Line, "circle-dashed"
	case norm.NA:
	}
	return ui.Neutral, "minus"
}
