// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// lead is somebody who leads.
func (h *house) lead() person.Person {
	h.Helper()
	p, err := h.people.Add(h.Context(), access.Desk(), person.Person{Name: "周敏", Email: "lead@example.test", Lang: "zh-CN", Role: access.Lead})
	if err != nil {
		h.Fatal(err)
	}
	return p
}

// Without a script: cards are ticked, and the button of a lane gives them to whom it stands for;
// what does not go through is named, and what does can be taken back.
func TestN13_ALeadGivesWorkFromTheBoard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fresh := h.open(h.requester, "没有人处理的一单")
	mine := h.do(h.agent, h.open(h.other, "VPN 断线"), ticket.Accept{}, graded())
	gone := h.do(h.agent, h.open(h.other, "发错了的一单"), ticket.Close{As: ticket.Invalid, Reason: "发错了"})
	b := h.as(h.lead())
	body := b.page("/work/board")
	h.holds(body, "无人处理", h.agent.Name, h.second.Name, fresh.Subject, mine.Subject, "2 单未关闭")
	h.lacks(body, gone.Subject)
	to := fmt.Sprintf("p%d", h.second.ID)
	a := b.post("/work/board/assign", "by", "person", "to", to, "ticket", fresh.Ref(), "ticket", mine.Ref())
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/work/board?by=person" {
		t.Fatalf("%d to %q", a.Code, a.Header().Get("Location"))
	}
	for _, x := range []ticket.Ticket{fresh, mine} {
		if now := h.get(x); now.Assignee != h.second.ID {
			t.Errorf("%s is with %d", x.Ref(), now.Assignee)
		}
	}
	a = b.post("/work/board/assign", "by", "group", "to", fmt.Sprintf("g%d", h.network.ID), "ticket", gone.Ref(), "ticket", mine.Ref())
	h.holds(b.told(a, "/work/board?by=group"), "1 单完成，1 单没有通过", gone.Ref(), "工单已关闭")
	if now := h.get(mine); now.Group != h.network.ID {
		t.Errorf("the other is with group %d", now.Group)
	}
	h.holds(b.page("/work/board?by=group"), "网络组", "没有支持组")
	h.holds(b.page("/work/board?by=risk"), "已超时", "一天内")
	if a := h.as(h.agent).get("/work/board"); a.Code != http.StatusForbidden {
		t.Errorf("an agent reads the board: %d", a.Code)
	}
}

// A command on the whole list reaches what stands on other pages too, and nothing outside it.
func TestN11_OneCommandOnAWholeView(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var list []ticket.Ticket
	for i := range 55 {
		list = append(list, h.open(h.requester, fmt.Sprintf("第 %d 单", i)))
	}
	other := h.do(h.agent, h.open(h.other, "另一单"), ticket.Accept{}, graded())
	b := h.as(h.agent)
	h.holds(b.page("/work?view=unclaimed"), "此列表全部 55 单")
	a := b.post("/work/bulk/classify", "back", "/work?view=unclaimed", "every", "yes", "ticket", list[0].Ref(), "category", fmt.Sprint(h.software.ID))
	if a.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	for _, x := range list {
		if now := h.get(x); now.Category != h.software.ID {
			t.Fatalf("%s was left out", x.Ref())
		}
	}
	if now := h.get(other); now.Category != 0 {
		t.Error("a ticket outside the view was changed")
	}
	if a := b.post("/work/bulk/note", "back", "/work?view=unclaimed", "ticket", list[0].Ref(), "ticket", list[1].Ref(), "note", "同一条备注"); a.Code != http.StatusSeeOther {
		t.Errorf("%d", a.Code)
	}
	h.holds(b.page("/work/tickets/"+list[1].Ref()), "同一条备注")
}
