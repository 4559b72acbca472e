// SPDX-License-Identifier: Apache-2.0

package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// listed reads the list behind a figure to its end, a few lines at a time, and holds it against the figure.
func (r *room) listed(by access.Actor, q report.Question, p report.Pick, loc *time.Location, want int64, of string) []report.Entry {
	r.Helper()
	var out []report.Entry
	var times int64
	known := map[string]bool{}
	for p.Limit = 3; ; {
		b, err := r.Behind(r.Context(), by, q, p, loc)
		if err != nil {
			r.Fatalf("%s: %v", of, err)
		}
		if b.Count != want {
			r.Errorf("%s: the figure is %d and its list says %d", of, want, b.Count)
		}
		for _, e := range b.List {
			key := fmt.Sprint(e)
			if known[key] || len(out) > 0 && e.At.After(out[len(out)-1].At) {
				r.Errorf("%s: %v twice, or out of order", of, e)
			}
			known[key] = true
			if p.Group != nil && e.Group != *p.Group || p.Priority != 0 && e.Priority != p.Priority || p.What != "" && e.What != p.What ||
				!p.Week.IsZero() && !calendar.Monday(e.At, loc).Equal(calendar.Monday(p.Week, loc)) {
				r.Errorf("%s: %+v does not belong to it", of, e)
			}
			out, times = append(out, e), times+e.Times
		}
		if p.After = b.Next; p.After == "" {
			break
		}
	}
	if times != want {
		r.Errorf("%s: the figure is %d and the list holds %d", of, want, times)
	}
	return out
}

// Every figure of every table opens a list of exactly what it counts, in the zone of the reader, over the
// Sunday on which its clocks are changed, and however the report is narrowed.
func TestN23_N30_AFigureOpensWhatItCounts(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, r *room) {
		for range 6 { // from the beginning of March to April
			r.lives()
			r.pass(60 * time.Hour)
		}
		open := r.open()
		r.do(r.lin, open, ticket.Accept{})
		r.do(r.lin, open, ticket.Reply{Say: ticket.Say{Text: "明天再看"}, Promise: r.clock.Now().Add(30 * time.Hour)})
		r.do(r.lin, open, ticket.Reply{Say: ticket.Say{Text: "后天再看"}, Promise: r.clock.Now().Add(50 * time.Hour)})
		sums := map[report.Figure]int64{}
		for _, q := range []report.Question{{Weeks: 8, Until: r.clock.Now().AddDate(0, 0, 7)}, {}, {Weeks: 1}, {Group: r.desk}, {Priority: triage.P2, Group: r.network}} {
			for _, loc := range []*time.Location{time.UTC, berlin, time.FixedZone("far", -11*3600)} {
				for _, by := range []access.Actor{r.lead, r.zhou} {
					got, err := r.Ask(t.Context(), by, q, loc)
					if err != nil {
						t.Fatal(err)
					}
					where := fmt.Sprint(q, loc, by.ID)
					line := func(x report.Sum, p report.Pick, of any) {
						for _, p.Figure = range report.ClockFigures() {
							r.listed(by, q, p, loc, x.Of(p.Figure), fmt.Sprint(where, " ", of, " ", p.Figure))
							sums[p.Figure] += x.Of(p.Figure)
						}
					}
					line(got.Sum(), report.Pick{}, "all")
					for _, l := range report.By(got.Rows, report.Things(), true, func(x report.Row) string { return x.What }) {
						line(l.Sum, report.Pick{What: l.Key}, l.Key)
					}
					for _, l := range report.By(got.Rows, got.Weeks, true, func(x report.Row) time.Time { return x.Week }) {
						line(l.Sum, report.Pick{Week: l.Key}, l.Key)
					}
					for _, l := range report.By(got.Rows, got.Groups(), true, func(x report.Row) person.GroupID { return x.Group }) {
						line(l.Sum, report.Pick{Group: &l.Key}, l.Key)
					}
					for _, l := range report.By(got.Rows, []triage.Priority{triage.P1, triage.P2, triage.P3, triage.P4}, true, func(x report.Row) triage.Priority { return x.Priority }) {
						line(l.Sum, report.Pick{Priority: l.Key}, l.Key)
					}
					for _, x := range got.FlowsBy() {
						for _, f := range report.FlowFigures() {
							r.listed(by, q, report.Pick{Figure: f, Group: &x.Group}, loc, x.Of(f), fmt.Sprint(where, " ", x.Group, " ", f))
							sums[f] += x.Of(f)
						}
					}
				}
			}
		}
		for _, f := range append(report.ClockFigures(), report.FigureOpened, report.FigureReassigned) {
			if sums[f] == 0 {
				t.Errorf("nothing was counted as %s", f)
			}
		}
	})
}

// What was due in the last millisecond of a Sunday is listed in that week, and what was due with Monday in
// the next: as the figures say, by the midnight of the reader.
func TestN23_AFigureOpensItsWeekToTheMillisecond(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		monday := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
		for _, due := range []time.Time{monday.Add(-time.Millisecond), monday, monday.AddDate(0, 0, 7).Add(-time.Millisecond), monday.AddDate(0, 0, 7)} {
			which := r.open()
			r.do(r.lin, which, ticket.Accept{})
			r.do(r.lin, which, ticket.Reply{Say: ticket.Say{Text: "到时候告诉您"}, Promise: due})
		}
		q := report.Question{Until: monday.AddDate(0, 0, 8), Weeks: 4}
		for week, want := range map[int]int64{-7: 1, 0: 2, 7: 1, 14: 0, -28: 0} {
			p := report.Pick{Figure: report.FigureOpen, What: report.Promise, Week: monday.AddDate(0, 0, week)}
			list := r.listed(r.lead, q, p, time.UTC, want, fmt.Sprint(week))
			if int64(len(list)) != want {
				t.Errorf("week %d: %d lines", week, len(list))
			}
		}
	})
}

// Who sees a figure sees its list, and nobody else: agents those of their groups, requesters none (S24).
func TestS24_TheListBehindAFigureIsForWhoSeesTheFigure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.lives()
		p := report.Pick{Figure: report.FigureBroken, Group: &r.desk}
		if b, err := r.Behind(t.Context(), r.zhou, report.Question{}, p, time.UTC); err != nil || b.Count != 0 || len(b.List) != 0 {
			t.Errorf("of another group: %+v, %v", b, err)
		}
		if b, err := r.Behind(t.Context(), r.zhou, report.Question{Group: r.desk}, report.Pick{Figure: report.FigureOpened}, time.UTC); err != nil || b.Count != 0 || len(b.List) != 0 {
			t.Errorf("asked for another group: %+v, %v", b, err)
		}
		if b, err := r.Behind(t.Context(), r.lin, report.Question{}, p, time.UTC); err != nil || b.Count == 0 || len(b.List) == 0 {
			t.Errorf("of their own: %+v, %v", b, err)
		}
		for _, f := range []report.Figure{report.FigureBroken, report.FigureOpened} {
			if _, err := r.Behind(t.Context(), r.requester, report.Question{}, report.Pick{Figure: f}, time.UTC); errs.KindOf(err) != errs.Denied {
				t.Errorf("a requester, %s: %v", f, err)
			}
		}
		for name, tt := range map[string]struct {
			pick report.Pick
			want errs.Kind
		}{
			"a figure that there is not":    {report.Pick{Figure: "longest"}, errs.NotFound},
			"no figure":                     {report.Pick{}, errs.NotFound},
			"a place that is none":          {report.Pick{Figure: report.FigureKept, After: "nonsense"}, errs.Invalid},
			"a place before all time":       {report.Pick{Figure: report.FigureKept, After: "-1.0.0."}, errs.Invalid},
			"a place with a number too far": {report.Pick{Figure: report.FigureKept, After: "99999999999999999999.0.0."}, errs.Invalid},
		} {
			if _, err := r.Behind(t.Context(), r.lead, report.Question{}, tt.pick, time.UTC); errs.KindOf(err) != tt.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
