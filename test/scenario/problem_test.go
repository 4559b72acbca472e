// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/problem/radar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// loop is a desk in which one matter comes back.
type loop struct {
	*office
	told int
}

// vpn records a report of somebody whom the network drops.
func (l *loop) vpn() ticket.Ticket {
	l.Helper()
	l.told++
	words := []string{"VPN 频繁掉线，重连后又断", "VPN 掉线，十分钟一次", "在家连 VPN 总是掉线", "VPN 连上就掉线，无法办公"}
	return l.record(fmt.Sprintf("%s（第 %d 次）", words[l.told%len(words)], l.told))
}

func (l *loop) record(text string) ticket.Ticket {
	l.Helper()
	x, _, err := l.Tickets.Record(l.Context(), apptest.Actor(l.user, "portal"), ticket.Request{Requester: l.user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: text}})
	if err != nil {
		l.Fatal(err)
	}
	return x
}

// weeks lets five ordinary weeks pass and one in which the matter comes six times.
func (l *loop) weeks() {
	l.Helper()
	things := []string{"打印机卡纸了", "键盘进水要换", "申请一台显示器", "邮箱满了收不到信", "会议室投影没信号", "门禁卡刷不开", "报销单提交失败", "电脑开机很慢", "手机收不到验证码", "合同模板打不开"}
	for i, text := range things {
		l.record(text)
		if i == 2 {
			l.vpn()
		}
		l.Clock.Advance(84 * time.Hour)
	}
	for range 6 {
		l.vpn()
		l.Clock.Advance(20 * time.Hour)
	}
}

// Tickets over weeks → candidate → problem → known error shown on a new ticket and put into the
// reply → improvement with its counts → review with a decision, which is then frozen.
func TestN7_N38_N39_FromRepeatedTicketsToADecision(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		l := &loop{office: o}
		l.weeks()
		lead, agent := apptest.Actor(o.lead, "web"), apptest.Actor(o.agent, "web")
		c := l.candidate(lead)
		p := l.problemOf(c, lead, agent)
		l.knownError(p, agent)
		l.improved(p, lead, agent)
		l.reviewed(p, lead, agent)
	})
}

// candidate lets the radar look, twice, and returns what it found.
func (l *loop) candidate(lead access.Actor) problem.Candidate {
	l.Helper()
	ctx := l.Context()
	for range 2 {
		if err := l.Problems.Scan(ctx, lead); err != nil {
			l.Fatal(err)
		}
	}
	list, err := l.Problems.Candidates(ctx, lead, problem.Waiting)
	if err != nil || len(list) != 1 {
		l.Fatalf("%d candidates, want the one: %+v %v", len(list), list, err)
	}
	c := list[0]
	if c.Kind != radar.Rising || c.Count != 6 || c.Days != 7 || !slices.Contains(c.Words, "VPN") {
		l.Errorf("found %+v", c)
	}
	page := l.SignInAs(l.agent).Get("/work/problems")
	if page.Status != 200 || !strings.Contains(page.Body, "7 天内 6 单相似") || !strings.Contains(page.Body, "VPN") {
		l.Errorf("the page does not say why: %d", page.Status)
	}
	return c
}

// problemOf makes a problem of a candidate; agents may not.
func (l *loop) problemOf(c problem.Candidate, lead, agent access.Actor) problem.Problem {
	l.Helper()
	ctx := l.Context()
	d := problem.Draft{Title: "VPN 网关会话数不足", Owner: l.agent.ID}
	if _, err := l.Problems.Take(ctx, agent, c.ID, 0, d); errs.KindOf(err) != errs.Denied {
		l.Errorf("an agent decides: %v", err)
	}
	if _, err := l.Problems.Take(ctx, lead, c.ID, c.Version+7, d); errs.KindOf(err) != errs.Stale {
		l.Errorf("a candidate that has changed since: %v", err)
	}
	p, err := l.Problems.Take(ctx, lead, c.ID, 0, d)
	if err != nil || p.Tickets != 6 {
		l.Fatalf("%+v %v", p, err)
	}
	if err := l.Problems.Dismiss(ctx, lead, c.ID, 0, "twice"); errs.KindOf(err) != errs.Conflict {
		l.Errorf("decided twice: %v", err)
	}
	if _, err := l.Problems.Move(ctx, agent, p.ID, 0, problem.Known, ""); errs.KindOf(err) != errs.Invalid {
		l.Errorf("a known error without a workaround: %v", err)
	}
	d.Workaround, d.Reply = "切到备用网关 vpn2", "请先改连 vpn2.example，可以正常办公。"
	if p, err = l.Problems.Edit(ctx, agent, p.ID, 0, d); err != nil {
		l.Fatal(err)
	}
	if _, err := l.Problems.Edit(ctx, agent, p.ID, p.Version-1, d); errs.KindOf(err) != errs.Stale {
		l.Errorf("an edit of what has changed since: %v", err)
	}
	if p, err = l.Problems.Move(ctx, agent, p.ID, p.Version, problem.Known, ""); err != nil || p.State != problem.Known {
		l.Fatalf("%+v %v", p, err)
	}
	return p
}

// knownError looks at a new ticket like those of the problem, and puts the words into its reply.
func (l *loop) knownError(p problem.Problem, agent access.Actor) {
	l.Helper()
	ctx := l.Context()
	fresh := l.vpn()
	matches, err := l.Problems.Matches(ctx, agent, fresh)
	if err != nil || len(matches) != 1 || matches[0].Problem.ID != p.ID || matches[0].Linked {
		l.Fatalf("known errors: %+v %v", matches, err)
	}
	if other, err := l.Problems.Matches(ctx, agent, l.record("打印机又卡纸")); err != nil || len(other) != 0 {
		l.Errorf("shown on another matter: %+v %v", other, err)
	}
	if hidden, err := l.Problems.Matches(ctx, apptest.Actor(l.user, "portal"), fresh); err != nil || len(hidden) != 0 {
		l.Errorf("shown to a requester: %+v %v", hidden, err)
	}
	c := l.SignInAs(l.agent)
	if page := c.Get("/work/tickets/" + fresh.Ref()); !strings.Contains(page.Body, "切到备用网关 vpn2") {
		l.Error("the workaround is not on the page of the ticket")
	}
	used := c.Post("/work/tickets/"+fresh.Ref()+"/use-problem", url.Values{"problem": {p.ID.Ref()}})
	if used.Status != 200 || !strings.Contains(used.Body, "请先改连 vpn2.example") {
		l.Errorf("the words are not in the reply: %d", used.Status)
	}
	if behind, err := l.Problems.Behind(ctx, agent, fresh); err != nil || len(behind) != 1 {
		l.Errorf("the ticket is not linked: %+v %v", behind, err)
	}
	if _, err := l.Tickets.Do(ctx, agent, ticket.Target{ID: fresh.ID}, ticket.Accept{}); err != nil {
		l.Fatal(err)
	}
}

// improved registers what removes the cause, resolves the problem, and counts.
func (l *loop) improved(p problem.Problem, lead, agent access.Actor) {
	l.Helper()
	ctx := l.Context()
	plan := problem.Plan{Title: "扩容 VPN 网关", Why: "会话数到顶", Owner: l.agent.ID, Problem: p.ID, Due: l.Clock.Now().Add(24 * time.Hour)}
	if _, err := l.Problems.Improve(ctx, agent, plan); errs.KindOf(err) != errs.Denied {
		l.Errorf("an agent decides: %v", err)
	}
	i, err := l.Problems.Improve(ctx, lead, plan)
	if err != nil {
		l.Fatal(err)
	}
	l.Clock.Advance(48 * time.Hour)
	if err := l.Problems.Refresh(ctx); err != nil {
		l.Fatal(err)
	}
	if list, err := l.Problems.Notices(ctx, agent); err != nil || len(list) != 1 || list[0].Kind != problem.NoticeDue {
		l.Errorf("the owner is not reminded: %+v %v", list, err)
	}
	if i, err = l.Problems.SaveImprovement(ctx, agent, i.ID, 0, plan, problem.Done, ""); err != nil || i.State != problem.Done {
		l.Fatalf("%+v %v", i, err)
	}
	d := p.Draft
	d.Workaround, d.Reply, d.Cause = "切到备用网关 vpn2", "请先改连 vpn2.example", "会话许可数用尽"
	if _, err := l.Problems.Edit(ctx, lead, p.ID, 0, d); err != nil {
		l.Fatal(err)
	}
	if _, err := l.Problems.Move(ctx, lead, p.ID, 0, problem.Resolved, ""); err != nil {
		l.Fatal(err)
	}
	if told := l.told1(); !slices.Contains(told, inbox.Watched) {
		l.Errorf("whoever owns an open ticket of it is not told: %v", told)
	}
	l.Clock.Advance(15 * 24 * time.Hour)
	if err := l.Problems.Refresh(ctx); err != nil {
		l.Fatal(err)
	}
	i, err = l.Problems.Improvement(ctx, lead, i.ID)
	before, after, ok := i.Effect.Averages()
	if err != nil || !ok || before < 15 || after != 0 {
		l.Errorf("before and after: %+v %v", i.Effect, err)
	}
}

func (l *loop) told1() (out []inbox.Kind) {
	l.Helper()
	page, err := l.Inbox.List(l.Context(), apptest.Actor(l.agent, "web"), inbox.Filter{})
	if err != nil {
		l.Fatal(err)
	}
	for _, line := range page.Lines {
		for _, i := range line.Items {
			if i.What == problem.TicketSolvedName {
				out = append(out, i.Kind)
			}
		}
	}
	return out
}

// reviewed holds the review that the desk made, with a decision of which an improvement comes.
func (l *loop) reviewed(p problem.Problem, lead, agent access.Actor) {
	l.Helper()
	ctx := l.Context()
	list, err := l.Problems.Reviews(ctx, lead)
	if err != nil || len(list) == 0 {
		l.Fatalf("the desk made no review: %v", err)
	}
	if notices, err := l.Problems.Notices(ctx, lead); err != nil || !slices.ContainsFunc(notices, func(n problem.Notice) bool { return n.Kind == problem.NoticeReview }) {
		l.Errorf("the lead is not told of it: %+v %v", notices, err)
	}
	which := list[0].ID
	d := problem.Decision{Item: problem.Item("problem", p.ID), About: p.Title, Text: "季度容量评估", Owner: l.agent.ID, Makes: problem.MakeImprovement}
	if _, err := l.Problems.Decide(ctx, agent, which, d); errs.KindOf(err) != errs.Denied {
		l.Errorf("an agent decides: %v", err)
	}
	d, err = l.Problems.Decide(ctx, lead, which, d)
	if err != nil {
		l.Fatal(err)
	}
	if made, err := l.Problems.Improvement(ctx, lead, problem.ImprovementID(d.Made)); err != nil || made.Problem != p.ID || made.Title != "季度容量评估" {
		l.Errorf("what came of it: %+v %v", made, err)
	}
	if err := l.Problems.Hold(ctx, lead, which, 0); err != nil {
		l.Fatal(err)
	}
	if _, err := l.Problems.Decide(ctx, lead, which, d); errs.KindOf(err) != errs.Conflict {
		l.Errorf("decided after it was held: %v", err)
	}
	was, _, err := l.Problems.Review(ctx, lead, which)
	if err != nil {
		l.Fatal(err)
	}
	l.Clock.Advance(24 * time.Hour)
	l.vpn()
	now, decisions, err := l.Problems.Review(ctx, lead, which)
	if err != nil || len(decisions) != 1 || now.Agenda.Tickets != was.Agenda.Tickets || !now.Agenda.At.Equal(was.Agenda.At) {
		l.Errorf("the record moved: %+v %+v %v", was.Agenda, now.Agenda, err)
	}
	page := l.SignInAs(l.lead).Get(fmt.Sprintf("/work/reviews/%d", which))
	if page.Status != 200 || !strings.Contains(page.Body, "季度容量评估") || strings.Contains(page.Body, "/decide") {
		l.Errorf("the record on its page: %d", page.Status)
	}
}

// What came back in a period is on its agenda however old it is, and stays there when it comes back again.
func TestN5_N38_TheAgendaHoldsWhatCameBackInThePeriod(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead := apptest.Actor(w.lead, "web")
		w.solve()
		w.do(w.owner, "portal", ticket.Confirm{})
		start := h.Clock.Now().UTC()
		month := func(n int) time.Time {
			return time.Date(start.Year(), start.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		}
		agenda := func(n int) int {
			t.Helper()
			which, err := h.Problems.Call(t.Context(), lead, month(n), month(n+1))
			w.must(err)
			r, _, err := h.Problems.Review(t.Context(), lead, which)
			w.must(err)
			return len(r.Agenda.Reopened)
		}
		h.Clock.Set(month(1).Add(9 * time.Hour))
		w.do(w.agent, "web", ticket.Reopen{Reason: "用户来电又坏了"})
		if before, in := agenda(0), agenda(1); before != 0 || in != 1 {
			t.Errorf("%d on the agenda of the month before, %d on that of its month", before, in)
		}
		w.do(w.agent, "web", ticket.Resolve{Solution: ticket.Solution{Text: "换了滚轮", Verify: []string{"打印测试页"}, Cause: "滚轮磨损", Prevention: "每季度检查"}, Difficulties: "无", Approach: "无"})
		w.do(w.owner, "portal", ticket.Confirm{})
		h.Clock.Set(month(3).Add(9 * time.Hour))
		w.do(w.agent, "web", ticket.Reopen{Reason: "又坏了"})
		if first, between, again := agenda(1), agenda(2), agenda(3); first != 1 || between != 0 || again != 1 {
			t.Errorf("come back twice: %d, %d and %d on the agendas", first, between, again)
		}
	})
}

// The agenda names the categories that are asked about and have no published article, and no longer
// one for which an article was published since; a review that was held keeps what it said.
func TestN38_TheAgendaNamesCategoriesWithoutAnArticle(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead := apptest.Actor(w.lead, "web")
		start := h.Clock.Now().UTC()
		for range 3 {
			_, _, err := h.Tickets.Record(t.Context(), apptest.Actor(w.owner, "portal"), ticket.Request{Requester: w.owner.ID, Channel: ticket.Portal, Category: w.subject.ID, Say: ticket.Say{Text: "软件打不开"}})
			w.must(err)
		}
		call := func(begin time.Time) problem.ReviewID {
			which, err := h.Problems.Call(t.Context(), lead, begin, start.AddDate(0, 1, 0))
			w.must(err)
			return which
		}
		named := func(which problem.ReviewID) bool {
			t.Helper()
			r, _, err := h.Problems.Review(t.Context(), lead, which)
			w.must(err)
			if !r.Agenda.ArticlesKnow {
				t.Error("the agenda does not know which articles there are")
			}
			return slices.ContainsFunc(r.Agenda.NoArticle, func(g problem.CategoryUse) bool { return g.Category == w.subject.ID })
		}
		held, next := call(start.AddDate(0, 0, -1)), call(start.AddDate(0, 0, -2))
		page := w.browser("lead", w.lead).get(fmt.Sprintf("/work/reviews/%d", held))
		if !named(held) || !strings.Contains(page.body, problem.Item("category", w.subject.ID)) {
			t.Error("a category that was asked about three times and has no article is not on the agenda")
		}
		h.Clock.Set(start.AddDate(0, 1, 0))
		w.must(h.Problems.Hold(t.Context(), lead, held, 0))
		w.published(knowledge.Content{Title: "软件打不开", Body: "步骤", Category: w.subject.ID, Audience: knowledge.Staff})
		if named(next) {
			t.Error("it has an article and is still on the agenda")
		}
		if !named(held) {
			t.Error("the record of what was held changed")
		}
	})
}
