// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// recurring is a house in which the network dropped six people in a week, after quiet ones.
func recurring(t *testing.T) *apptest.House {
	t.Helper()
	h := apptest.New(t)
	who := h.Person(access.Requester)
	record := func(text string) {
		if _, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: text}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"打印机卡纸了", "键盘进水要换", "申请一台显示器", "邮箱满了收不到信", "会议室投影没信号", "门禁卡刷不开", "报销单提交失败", "电脑开机很慢"} {
		record(text)
		h.Clock.Advance(96 * time.Hour)
	}
	for i := range 6 {
		record(fmt.Sprintf("VPN 掉线，十分钟一次，第 %d 次", i))
		h.Clock.Advance(20 * time.Hour)
	}
	if err := h.Problems.Scan(t.Context(), access.Desk()); err != nil {
		t.Fatal(err)
	}
	return h
}

// From a candidate to a problem by keyboard alone: down to it, opened, taken.
func TestByKeyboard_ACandidateBecomesAProblem(t *testing.T) {
	t.Parallel()
	h := recurring(t)
	b := asLead(t, h)
	b.goTo("/work/problems")
	b.arrives("/work/problems")
	b.sees("the candidate and why", `document.querySelector("#candidates")?.textContent.includes("6 单相似")`)
	b.press("j")
	b.sees("the cursor on it", `document.querySelector("#candidates [data-row].cur")`)
	b.press("Enter")
	b.arrives("/work/problems/candidates/1")
	b.sees("its evidence", `document.querySelectorAll("#tickets [data-row]").length === 6`)
	b.press("ctrl+Enter")
	b.arrives("/work/problems/PRB-1")
	b.sees("its tickets", `document.querySelectorAll("#tickets [data-row]").length === 6`)
}

// A known error on a ticket: its words are put into the reply by one key; L and Enter link.
func TestByKeyboard_AKnownErrorIsUsed(t *testing.T) {
	t.Parallel()
	h := recurring(t)
	lead := apptest.Actor(h.Person(access.Lead), "web")
	list, err := h.Problems.Candidates(t.Context(), lead, problem.Waiting)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d candidates: %v", len(list), err)
	}
	p, err := h.Problems.Take(t.Context(), lead, list[0].ID, 0, problem.Draft{Title: "VPN 网关会话数不足", Workaround: "换备用网关", Reply: "请先改连备用网关。"})
	if err == nil {
		_, err = h.Problems.Move(t.Context(), lead, p.ID, 0, problem.Known, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	v := taken(t, h, "VPN 掉线，十分钟一次，又来了")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.arrives("/work/tickets/" + v.Ref())
	b.sees("the known error", `document.querySelector("#known-PRB-1")?.textContent.includes("换备用网关")`)
	b.press("f")
	b.sees("its words in the reply", `document.querySelector("#reply textarea")?.value.includes("请先改连备用网关。")`)
	b.sees("that it is linked", `document.querySelector("#problem-links")?.textContent.includes("PRB-1")`)
	other := taken(t, h, "键盘少一个键")
	b.goTo("/work/tickets/" + other.Ref())
	b.arrives("/work/tickets/" + other.Ref())
	b.press("l")
	b.focused("#problem-ref")
	b.write("PRB-1")
	b.press("Enter")
	b.sees("that it is linked", `document.querySelector("#problem-links li")?.textContent.includes("PRB-1")`)
}

// The agenda of a review on a phone and by keyboard: a decision is recorded where it belongs.
func TestByKeyboard_AReviewDecides(t *testing.T) {
	t.Parallel()
	h := recurring(t)
	lead := apptest.Actor(h.Person(access.Lead), "web")
	now := h.Clock.Now()
	which, err := h.Problems.Call(t.Context(), lead, now.AddDate(0, -1, 0), now.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	b := asLead(t, h)
	b.goTo(fmt.Sprintf("/work/reviews/%d", which))
	b.accessible("the agenda")
	b.tabTo("#candidate-1 summary")
	b.press("Enter")
	b.focused("#text-candidate-1")
	b.write("本周查明网关日志")
	b.press("Enter")
	b.sees("the decision at its item", `document.querySelector("#candidate-1")?.textContent.includes("本周查明网关日志")`)
	b.size(narrow)
	b.goTo(fmt.Sprintf("/work/reviews/%d", which))
	b.sees("that nothing runs over", `document.documentElement.scrollWidth <= innerWidth`)
	b.accessible("the agenda on a phone")
	b.goTo("/work/problems")
	b.sees("the candidate on a phone", `document.querySelector("#candidates")?.textContent.includes("6 单相似")`)
	b.sees("that nothing runs over", `document.documentElement.scrollWidth <= innerWidth`)
	b.accessible("problems on a phone")
}
