// SPDX-License-Identifier: Apache-2.0

package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

func always() *sla.Rulebook { return sla.By(sla.Standard(), calendar.Always{}) }

func told(l *slatest.Life) []report.Told {
	out := make([]report.Told, 0, len(l.Told))
	for _, n := range l.Told {
		out = append(out, report.Told{Meta: n.Meta, Fact: n.Fact})
	}
	return out
}

// short writes outcomes as "update kept".
func short(list []report.Outcome) []string {
	var out []string
	for _, x := range list {
		out = append(out, string(x.Name)+" "+string(x.State))
	}
	return out
}

// Each silence between two words is a run of its own; one that was too long is broken for good.
func TestN29_EachSilenceIsCounted(t *testing.T) {
	t.Parallel()
	l := slatest.New(ticket.Portal).Then(time.Minute, slatest.Accepted()).Then(0, slatest.Graded(triage.P1))
	l.Then(time.Minute, l.Word())
	l.Then(time.Minute, l.Word())
	l.Then(100*time.Hour, l.Word())
	l.Then(time.Minute, slatest.Solved())
	got := short(report.Outcomes(told(l), always()))
	want := []string{"response kept", "resolve broken", "update kept", "update broken", "update kept"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A ticket that is dropped keeps nothing by that: what ended with it in time is not counted, and what
// was late before stays late, unless whoever waited called it off.
func TestN3_N23_WhatIsDroppedCountsAsNothingKept(t *testing.T) {
	t.Parallel()
	const early, late = time.Minute, 1000 * time.Hour
	for _, tt := range []struct {
		as    ticket.Outcome
		after time.Duration
		want  []string
	}{
		{ticket.Duplicate, early, nil},
		{ticket.Invalid, early, nil},
		{ticket.Cancelled, early, nil},
		{ticket.Duplicate, late, []string{"response broken", "resolve broken"}},
		{ticket.Invalid, late, []string{"response broken", "resolve broken"}},
		{ticket.Cancelled, late, []string{"resolve broken"}},
	} {
		l := slatest.New(ticket.Portal)
		l.Then(tt.after, slatest.Ended(tt.as))
		if d := cmp.Diff(tt.want, short(report.Outcomes(told(l), always()))); d != "" {
			t.Errorf("%s after %v: %s", tt.as, tt.after, d)
		}
	}
	l := slatest.New(ticket.Portal).Then(time.Minute, slatest.Accepted())
	l.Then(time.Minute, l.Word())
	l.Then(time.Minute, slatest.Ended(ticket.Invalid))
	if d := cmp.Diff([]string{"response kept"}, short(report.Outcomes(told(l), always()))); d != "" {
		t.Errorf("answered, then dropped: %s", d)
	}
}

// Whoever had the ticket when its time passed answers for it, not who has it later; what is
// brought back into time by a lower priority is nobody's failure.
func TestN28_WhoHadItAnswersForIt(t *testing.T) {
	t.Parallel()
	l := slatest.New(ticket.Portal)
	l.Then(0, ticket.Assigned{Of: ticket.Of{Ticket: 1}, Group: 1})
	l.Then(1000*time.Hour, ticket.Assigned{Of: ticket.Of{Ticket: 1}, Group: 2})
	l.Then(time.Hour, l.Word())
	for _, x := range report.Outcomes(told(l), always()) {
		switch {
		case x.Name == sla.Response && (x.State != report.Broken || x.Group != 1):
			t.Errorf("response: %+v", x)
		case x.Name == sla.Update && x.Group != 2:
			t.Errorf("update: %+v", x)
		}
	}
	y := report.Count(told(l))
	if y.Reassigned != 1 || y.Group != 2 {
		t.Errorf("counted %+v", y)
	}
}

func TestComingBackAndMovingAreCounted(t *testing.T) {
	t.Parallel()
	l := slatest.New(ticket.Portal).Then(0, slatest.Accepted()).Then(time.Hour, slatest.HandedOver()).Then(time.Hour, slatest.Held(ticket.ForVendor, time.Time{}))
	l.Then(time.Hour, slatest.Solved()).Then(time.Hour, slatest.Rejected()).Then(time.Hour, slatest.Solved())
	l.Then(time.Hour, slatest.Confirmed()).Then(time.Hour, slatest.Archived()).Then(0, slatest.Ended(ticket.Confirmed))
	l.Then(time.Hour, slatest.Reopened())
	y := report.Count(told(l))
	want := report.Tally{Opened: l.Ticket.CreatedAt, Group: l.Ticket.Group, Priority: l.Ticket.Priority, Reassigned: 1, Reopened: 1, Rejected: 1, Held: 1, Solved: 2}
	if d := cmp.Diff(want, y); d != "" || y.Back() != 2 {
		t.Error(d)
	}
}

// Whatever happens to a ticket: what is reported of its present clocks is what its page shows,
// and every run is reported once.
func TestI10_TheReportSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := slatest.Random(t, 20)
		list := report.Outcomes(told(l), always())
		at := map[string]report.Outcome{}
		for _, x := range list {
			if _, twice := at[x.Run]; twice {
				t.Fatalf("%s twice", x.Run)
			}
			if at[x.Run] = x; x.State != report.Open && x.Done.IsZero() {
				t.Fatalf("%s is %s, and was never", x.Run, x.State)
			}
		}
		seen := l.Told[len(l.Told)-1].Meta.At
		for _, c := range always().Clocks(l.Ticket, seen) {
			if c.Name == sla.Confirm {
				continue
			}
			x, ok := at[c.Run()]
			if !ok && l.Ticket.ClosedAs.Dropped() && c.State == sla.Met && c.Stopped.Equal(l.Ticket.ClosedAt) { // its end kept nothing
				continue
			}
			if !ok || !x.Due.Equal(c.Due) && c.State != sla.Paused {
				t.Fatalf("%s: reported due %v, shown %v", c.Run(), x.Due, c.Due)
			}
			want := map[sla.State]report.State{sla.Met: report.Kept, sla.Missed: report.Broken}[c.State]
			if want != "" && x.State != want || want == "" && x.State != report.Open {
				t.Fatalf("%s: reported %s, shown %s", c.Run(), x.State, c.State)
			}
		}
	})
}

func TestRateIsRoundedDown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sum  report.Sum
		want int64
	}{
		{report.Sum{}, -1},
		{report.Sum{Open: 4, Moved: 2}, -1},
		{report.Sum{Kept: 9999, Broken: 1}, 999},
		{report.Sum{Kept: 3}, 1000},
		{report.Sum{Late: 3}, 0},
	} {
		if got := c.sum.Rate(); got != c.want {
			t.Errorf("%+v: %d, want %d", c.sum, got, c.want)
		}
	}
}

// The cadence of a major incident is the one by which its silences are judged (N4).
func TestN4_TheReportJudgesByTheCadenceOfAMajorIncident(t *testing.T) {
	t.Parallel()
	l := slatest.New(ticket.Portal).Then(0, slatest.Accepted())
	l.Then(time.Minute, l.Word()).Then(time.Minute, slatest.Paced(30))
	l.Then(20*time.Minute, l.Word()).Then(40*time.Minute, l.Word()).Then(time.Minute, slatest.Paced(0))
	l.Then(time.Hour, l.Word())
	got := short(report.Outcomes(told(l), always()))
	want := []string{"response kept", "resolve open", "update kept", "update broken", "update kept", "update open"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if took := longest(report.Outcomes(told(l), always()), sla.Update); took != 61*time.Minute {
		t.Errorf("the longest silence took %v", took)
	}
}

// longest is the longest that a decided run of a clock took, 0 where there is none.
func longest(list []report.Outcome, name sla.Name) (most time.Duration) {
	for _, x := range list {
		if x.Name == name {
			most = max(most, x.Took)
		}
	}
	return most
}
