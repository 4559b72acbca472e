// SPDX-License-Identifier: Apache-2.0

package triage_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN22_ThreeAnswersGiveThePriority(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in   triage.Answers
		want triage.Priority
	}{
		"the plant stands still":                   {triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}, triage.P1},
		"a department's core system is down":       {triage.Answers{Core: true, Affected: triage.Department, Halt: triage.Stopped}, triage.P1},
		"one person cannot reach a core system":    {triage.Answers{Core: true, Affected: triage.One, Halt: triage.Stopped}, triage.P2},
		"a team works round a core fault":          {triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Impaired}, triage.P3},
		"a department is slow, not core":           {triage.Answers{Affected: triage.Department, Halt: triage.Impaired}, triage.P3},
		"one person's second screen, work goes on": {triage.Answers{Affected: triage.One, Halt: triage.Working}, triage.P4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := triage.Standard().Priority(tt.in); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// More people, core business or a fuller stop never lower the priority, whatever matrix passes its check.
func TestN22_MoreHarmIsNeverLessUrgent(t *testing.T) {
	t.Parallel()
	affected := []triage.Affected{triage.One, triage.Team, triage.Department, triage.Everyone}
	halts := []triage.Halt{triage.Working, triage.Impaired, triage.Stopped}
	rapid.Check(t, func(t *rapid.T) {
		var m triage.Matrix
		for i := range m {
			for j := range m[i] {
				m[i][j] = triage.Priority(rapid.IntRange(0, 5).Draw(t, "cell"))
			}
		}
		if m.Check() != nil {
			m = triage.Standard()
		}
		i, j := rapid.IntRange(0, 3).Draw(t, "affected"), rapid.IntRange(0, 2).Draw(t, "halt")
		a := triage.Answers{Core: rapid.Bool().Draw(t, "core"), Affected: affected[i], Halt: halts[j]}
		worse := a
		switch rapid.IntRange(0, 2).Draw(t, "worse") {
		case 0:
			worse.Core = true
		case 1:
			worse.Affected = affected[min(i+1, 3)]
		case 2:
			worse.Halt = halts[min(j+1, 2)]
		}
		if m.Priority(worse) > m.Priority(a) {
			t.Fatalf("%+v is %v, yet %+v is %v", a, m.Priority(a), worse, m.Priority(worse))
		}
	})
}

func TestTheMatrixRefusesDisorder(t *testing.T) {
	t.Parallel()
	m := triage.Standard()
	m[2][2] = triage.P1
	if e := errs.As(m.Check()); e == nil || e.Fields[0].Name != "cell_2_2" {
		t.Errorf("%v", e)
	}
	m[0][0] = 0
	if e := errs.As(m.Check()); e == nil || e.Fields[0].Name != "cell_0_0" {
		t.Errorf("%v", e)
	}
	if err := (triage.Answers{Affected: "crowd"}).Check(); errs.KindOf(err) != errs.Invalid || len(errs.As(err).Fields) != 2 {
		t.Errorf("%v", err)
	}
	for in, want := range map[string]triage.Priority{"P2": triage.P2, "p4": triage.P4, "1": triage.P1, "P5": 0, "": 0, "PP": 0, "-1": 0} {
		if got := triage.ParsePriority(in); got != want {
			t.Errorf("%q reads as %v", in, got)
		}
	}
}
