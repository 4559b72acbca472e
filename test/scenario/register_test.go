// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// TestS24_N39_AReviewHoldsTheImprovementsThatItsReaderMayRead: what leads keep among themselves in the
// register is on the agenda for them alone, while a review is prepared and once it was held; and what was
// decided about it, or came of a decision, is named to nobody else.
func TestS24_N39_AReviewHoldsTheImprovementsThatItsReaderMayRead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead, ctx := apptest.Actor(w.lead, "web"), t.Context()
		start := h.Clock.Now().UTC()
		begin := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, time.UTC)
		improve := func(p problem.Plan) problem.ImprovementID {
			t.Helper()
			p.Why, p.Due, p.Category = "原因不宜公开", start.Add(time.Hour), w.subject.ID
			i, err := h.Problems.Improve(ctx, lead, p)
			w.must(err)
			return i.ID
		}
		late := improve(problem.Plan{Title: "绩效约谈 canarylate", Owner: w.lead.ID})
		done := improve(problem.Plan{Title: "调整班次 canarydone", Owner: w.lead.ID})
		_, err := h.Problems.SaveImprovement(ctx, lead, done, 0, problem.Plan{Title: "调整班次 canarydone", Why: "原因不宜公开", Owner: w.lead.ID, Category: w.subject.ID}, problem.Done, "")
		w.must(err)
		theirs := improve(problem.Plan{Title: "加监控 theirs", Owner: w.agent.ID})
		h.Clock.Advance(48 * time.Hour)
		which, err := h.Problems.Call(ctx, lead, begin, start.Add(24*time.Hour))
		w.must(err)
		_, err = h.Problems.Decide(ctx, lead, which, problem.Decision{Item: problem.Item("improvement", late), About: late.Ref() + " 绩效约谈 canarylate", Text: "下月再谈 canarytext"})
		w.must(err)
		made, err := h.Problems.Decide(ctx, lead, which, problem.Decision{Item: problem.Item("category", w.subject.ID), About: w.subject.Name, Text: "写一篇文章", Owner: w.lead.ID, Makes: problem.MakeImprovement})
		w.must(err)

		at := fmt.Sprintf(workspace.Path+"/reviews/%d", which)
		look := func(p person.Person, all bool) {
			t.Helper()
			c := h.SignInAs(p)
			body := c.Get(at).Body
			for _, id := range []problem.ImprovementID{late, done, problem.ImprovementID(made.Made)} {
				href := fmt.Sprintf(workspace.Path+"/improvements/%d", id)
				if got := c.Get(href).Status == http.StatusOK; got != all {
					t.Fatalf("%s opens %s: %v", p.Email, href, got)
				}
				if named := strings.Contains(body, href) || strings.Contains(body, id.Ref()); named != all {
					t.Errorf("%s finds %s in the review: %v", p.Email, href, named)
				}
			}
			if hint := strings.Contains(body, "canary"); hint != all {
				t.Errorf("%s reads words about it: %v", p.Email, hint)
			}
			if !strings.Contains(body, fmt.Sprintf(workspace.Path+"/improvements/%d", theirs)) || !strings.Contains(body, "写一篇文章") {
				t.Errorf("%s lacks what everybody reads", p.Email)
			}
		}
		look(w.agent, false)
		look(w.lead, true)
		w.must(h.Problems.Hold(ctx, lead, which, 0))
		look(w.agent, false)
		look(w.lead, true)
	})
}

// TestN39_AnImprovementIsDueForWhoHasIt: that an improvement is due stands on the page of whoever it belongs
// to, and no longer there once it belongs to somebody else, or is done.
func TestN39_AnImprovementIsDueForWhoHasIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead, ctx := apptest.Actor(w.lead, "web"), t.Context()
		second := h.Somebody(access.Agent)
		plan := problem.Plan{Title: "加监控", Why: "总是满", Owner: w.agent.ID, Due: h.Clock.Now().Add(time.Hour), Category: w.subject.ID}
		i, err := h.Problems.Improve(ctx, lead, plan)
		w.must(err)
		at := fmt.Sprintf(workspace.Path+"/improvements/%d", i.ID)
		save := func(to problem.Progress) {
			t.Helper()
			_, err := h.Problems.SaveImprovement(ctx, lead, i.ID, 0, plan, to, "")
			w.must(err)
		}
		told := func(when string, who person.Person, want int64) {
			t.Helper()
			w.must(h.Problems.Refresh(ctx))
			n, err := h.Problems.Unseen(ctx, apptest.Actor(who, "web"))
			w.must(err)
			if named := strings.Contains(h.SignInAs(who).Get(workspace.Path+"/inbox").Body, at); n != want || named != (want == 1) {
				t.Errorf("%s, %s is told of %d, want %d, and reads it: %v", when, who.Email, n, want, named)
			}
		}
		h.Clock.Advance(48 * time.Hour)
		told("past its day", w.agent, 1)
		plan.Owner = second.ID
		save(problem.Doing)
		told("of somebody else", w.agent, 0)
		told("theirs now", second, 1)
		plan.Owner = w.agent.ID
		save(problem.Doing)
		told("given back", w.agent, 1)
		told("given back", second, 0)
		save(problem.Done)
		told("done", w.agent, 0)
	})
}

// TestN39_AnImprovementIsDueAgainOnItsNewDay: an owner who put the notice away is told once more when the day
// to which the improvement was moved has passed, and not again because something else of it changed.
func TestN39_AnImprovementIsDueAgainOnItsNewDay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		ctx, lead, agent := t.Context(), apptest.Actor(w.lead, "web"), apptest.Actor(w.agent, "web")
		plan := problem.Plan{Title: "表空间扩容", Why: "表空间总满", Owner: w.agent.ID, Due: h.Clock.Now().Add(48 * time.Hour)}
		i, err := h.Problems.Improve(ctx, lead, plan)
		w.must(err)
		told := func(when string, want int) {
			t.Helper()
			w.must(h.Problems.Refresh(ctx))
			list, err := h.Problems.Notices(ctx, agent)
			w.must(err)
			if len(list) != want {
				t.Errorf("%s the owner is told of %d, want %d", when, len(list), want)
			}
			for _, n := range list {
				w.must(h.Problems.PutAway(ctx, agent, n.ID))
			}
		}
		save := func() {
			t.Helper()
			_, err := h.Problems.SaveImprovement(ctx, lead, i.ID, 0, plan, problem.Doing, "")
			w.must(err)
		}
		h.Clock.Advance(72 * time.Hour)
		told("past its day", 1)
		plan.Why = "表空间总满，告警太晚"
		save()
		told("after another reason was written", 0)
		plan.Due = h.Clock.Now().Add(30 * 24 * time.Hour)
		save()
		told("before the new day", 0)
		h.Clock.Advance(31 * 24 * time.Hour)
		told("past the new day", 1)
	})
}

// reviewsOf are the reviews, the newest period first.
func (w *world) reviewsOf() []problem.Review {
	w.Helper()
	list, err := w.Problems.Reviews(w.Context(), apptest.Actor(w.lead, "web"))
	w.must(err)
	return list
}

// TestN38_AMonthHasOneReviewInWhicheverZone: a lead who lives in another zone than the desk calls the review
// of the desk's month, and a desk that moves to another zone drafts none a second time.
func TestN38_AMonthHasOneReviewInWhicheverZone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.must(h.Problems.Refresh(t.Context()))
		before := len(w.reviewsOf())
		w.lead.Zone = "America/Los_Angeles"
		_, err := h.People.Change(t.Context(), access.Desk(), w.lead, 0)
		w.must(err)
		lead := w.browser("lead", w.lead)
		lead.post(workspace.Path+"/reviews", nil)
		list := w.reviewsOf()
		zone := w.zoneOf("")
		if begin := list[0].Begin.In(zone); len(list) != before+1 || begin.Day() != 1 || begin.Hour() != 0 {
			t.Fatalf("the month of the desk begins %s, %d reviews", begin, len(list))
		}
		d := h.Settings.Desk(t.Context())
		for _, name := range []string{"Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland"} {
			d.Zone = name
			w.must(setting.Save(t.Context(), h.Settings, apptest.Actor(w.admin, "web"), setting.DeskName, d, setting.AnyVersion))
			w.must(h.Problems.Refresh(t.Context()))
			if r := lead.post(workspace.Path+"/reviews", nil); r.status != http.StatusSeeOther || !strings.HasSuffix(r.header.Get("Location"), "/"+key(list[0].ID)) {
				t.Errorf("in %s the month that runs is reviewed at %q", name, r.header.Get("Location"))
			}
			if n := len(w.reviewsOf()); n != before+1 {
				t.Errorf("in %s there are %d reviews, before %d", name, n, before+1)
			}
		}
	})
}

// TestN38_AReviewIsHeldOnceItsMonthIsOver: a review that was called during its month takes decisions and is
// not closed before the month is over; then leads are told that it waits, as of any other.
func TestN38_AReviewIsHeldOnceItsMonthIsOver(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		ctx, by := t.Context(), apptest.Actor(w.lead, "web")
		lead := w.browser("lead", w.lead)
		at := lead.post(workspace.Path+"/reviews", nil).header.Get("Location")
		r := w.reviewsOf()[0]
		day := r.End.In(w.zoneOf("")).Format(time.DateOnly)
		if page := lead.get(at); strings.Contains(page.body, at+"/hold") || !strings.Contains(page.body, day) || !strings.Contains(page.body, at+"/decide") {
			t.Errorf("the page does not say that it can be closed from %s", day)
		}
		if got := lead.post(at+"/hold", nil); got.status != http.StatusConflict || !strings.Contains(got.body, day) || !strings.Contains(got.body, at+"/decide") {
			t.Errorf("closed before its end: %d", got.status)
		}
		if err := h.Problems.Hold(ctx, by, r.ID, 0); errs.KindOf(err) != errs.Conflict {
			t.Errorf("closed before its end: %v", err)
		}
		told := func() int {
			t.Helper()
			w.must(h.Problems.Refresh(ctx))
			list, err := h.Problems.Notices(ctx, by)
			w.must(err)
			n := 0
			for _, x := range list {
				if x.Kind == problem.NoticeReview && x.About == int64(r.ID) {
					n++
					w.must(h.Problems.PutAway(ctx, by, x.ID))
				}
			}
			return n
		}
		if n := told(); n != 0 {
			t.Errorf("told of %d while the month runs", n)
		}
		h.Clock.Set(r.End.Add(time.Hour))
		if n, again := told(), told(); n != 1 || again != 0 {
			t.Errorf("the month is over, and its lead is told of %d, then of %d", n, again)
		}
		if got := w.browser("lead", w.lead).post(at+"/hold", nil); got.status != http.StatusSeeOther {
			t.Errorf("closed after its end: %d", got.status)
		}
	})
}
