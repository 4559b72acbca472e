// SPDX-License-Identifier: Apache-2.0

package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN22_AnOverriddenPriorityIsReported: who, when, from what to what and why, by week and group, for
// whoever leads; what was graded by the answers alone is not in it, and computing everything again
// gives the same.
func TestN22_AnOverriddenPriorityIsReported(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		plain := triage.Answers{Affected: triage.One, Halt: triage.Working}
		up, other := r.open(), r.open()
		computed := triage.Standard().Priority(plain)
		r.do(r.lin, other, ticket.Grade{Answers: plain})
		r.do(r.lin, up, ticket.Accept{})
		r.do(r.lin, up, ticket.Grade{Answers: plain, Override: triage.P1, Reason: "总经理在等"})
		at := r.clock.Now()
		r.pass(8 * 24 * time.Hour)
		r.do(r.lin, up, ticket.HandOver{Group: r.network, Done: "x", Why: "x", Needed: "x"})
		r.do(r.zhou, up, ticket.Grade{Answers: plain, Override: triage.P2, Reason: "已有替代办法"})
		list := func(q report.Question) []report.Override {
			got, err := r.Overrides(t.Context(), r.lead, q, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		first := report.Override{Ticket: up, At: at, By: person.ID(r.lin.ID), Group: r.desk, Computed: computed, Chosen: triage.P1, Reason: "总经理在等"}
		second := report.Override{Ticket: up, At: r.clock.Now(), By: person.ID(r.zhou.ID), Group: r.network, Computed: computed, Chosen: triage.P2, Reason: "已有替代办法"}
		for name, c := range map[string]struct {
			q    report.Question
			want []report.Override
		}{
			"all":          {report.Question{}, []report.Override{second, first}},
			"of this week": {report.Question{Weeks: 1}, []report.Override{second}},
			"of a group":   {report.Question{Group: r.desk}, []report.Override{first}},
			"to P2":        {report.Question{Priority: triage.P2}, []report.Override{second}},
		} {
			if diff := cmp.Diff(c.want, list(c.q)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if err := r.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]report.Override{second, first}, list(report.Question{})); diff != "" {
			t.Errorf("computed again: %s", diff)
		}
		if _, err := r.Overrides(t.Context(), r.lin, report.Question{}, time.UTC); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent reads them: %v", err)
		}
		if _, err := r.Overrides(t.Context(), r.lead, report.Question{Weeks: 1000}, time.UTC); errs.KindOf(err) != errs.Invalid {
			t.Errorf("1000 weeks: %v", err)
		}
	})
}
