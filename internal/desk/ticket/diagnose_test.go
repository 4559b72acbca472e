// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN05_N11_TheDiagnosisLog begins a line, takes it up again, refuses what says nothing or would
// rewrite a conclusion, and shows none of it to the requester.
func TestN05_N11_TheDiagnosisLog(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机没反应"))
		give := func(c ticket.Diagnose) error {
			_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: x.ID}, c)
			return err
		}
		x = r.do(r.agent, x, ticket.Diagnose{Hypothesis: " 网线松了 "})
		x = r.do(r.agent, x, ticket.Diagnose{Hypothesis: "驱动坏了", Check: "换一台电脑打印", Result: "也不行", Judgement: ticket.RuledOut})
		if got := x.UnclearLines(); len(got) != 1 || got[0] != 1 {
			t.Fatalf("unclear lines: %v", got)
		}
		for name, tt := range map[string]struct {
			c     ticket.Diagnose
			field string
		}{
			"nothing said":            {ticket.Diagnose{Judgement: ticket.Unclear}, "hypothesis"},
			"a conclusion on nothing": {ticket.Diagnose{Hypothesis: "x", Judgement: ticket.Confirms}, "result"},
			"no such conclusion":      {ticket.Diagnose{Hypothesis: "x", Judgement: "maybe"}, "judgement"},
			"no such line":            {ticket.Diagnose{Line: 3, Result: "x"}, "line"},
			"a line before the first": {ticket.Diagnose{Line: -1, Result: "x"}, "line"},
			"a settled line":          {ticket.Diagnose{Line: 2, Result: "其实行"}, "line"},
			"too long":                {ticket.Diagnose{Check: strings.Repeat("查", 1001)}, "check"},
		} {
			err := give(tt.c)
			var e *errs.Error
			if !errors.As(err, &e) || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != tt.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: x.ID}, ticket.Diagnose{Hypothesis: "x"}); errs.KindOf(err) != errs.Denied {
			t.Errorf("the requester: %v", err)
		}
		x = r.do(r.agent, x, ticket.Diagnose{Line: 1, Check: "拔插网线", Result: "灯亮了", Judgement: ticket.Confirms})
		var got []string
		for _, f := range x.Detail.Findings {
			got = append(got, f.Words()+" "+string(f.Judgement))
			if f.At.IsZero() || int64(f.By) != r.agent.ID {
				t.Errorf("by %d at %v", f.By, f.At)
			}
		}
		want := []string{"网线松了 → 拔插网线 → 灯亮了 confirms", "驱动坏了 → 换一台电脑打印 → 也不行 ruled_out"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(x.Detail.Findings, r.rebuilt(x).Detail.Findings); d != "" {
			t.Errorf("folding the facts gives another log:\n%s", d)
		}
		seen, err := r.Thread(t.Context(), r.requester, x)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range seen {
			if _, ok := e.Fact.(ticket.Diagnosed); ok {
				t.Error("the requester reads the diagnosis log")
			}
		}
	})
}

// TestN05_TheDiagnosisLogIsBounded refuses the line beyond the last and says what to do.
func TestN05_TheDiagnosisLogIsBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record("打印机没反应")
		for range ticket.MaxFindings {
			x = r.do(r.agent, x, ticket.Diagnose{Hypothesis: "x"})
		}
		_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: x.ID}, ticket.Diagnose{Hypothesis: "x"})
		if errs.KindOf(err) != errs.Conflict {
			t.Errorf("one more: %v", err)
		}
		r.do(r.agent, x, ticket.Diagnose{Line: 200, Result: "y"}) // the last may still get its result
	})
}
