// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

func TestN23_TheNextIsLookedAtPassedOverAndTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	h.holds(b.page(workspace.NextPath), "现在没有可以领的工单", "没有无人处理的工单。")
	one, two := h.open(h.requester, "产线停了"), h.open(h.other, "不急的一单")
	h.holds(b.page(workspace.NextPath), one.Ref(), "产线停了", "跳过这一单")
	if now := h.get(one); now.Owner != 0 {
		t.Error("looking took it")
	}
	if a := b.post(workspace.NextPath+"/skip", "ticket", one.Ref(), "reason", ""); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", a.Code)
	} else {
		h.holds(a.Body.String(), "选择一个跳过的原因。", one.Ref())
	}
	if a := b.post(workspace.NextPath+"/skip", "ticket", one.Ref(), "reason", "skill"); a.Header().Get("Location") != workspace.NextPath {
		t.Errorf("passed over: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.holds(b.page(workspace.NextPath), two.Ref(), "不急的一单")
	h.holds(h.as(h.second).page(workspace.NextPath), one.Ref())
	if a := b.post("/work/next", "ticket", two.Ref()); a.Header().Get("Location") != "/work/tickets/"+two.Ref() {
		t.Errorf("taken: %d to %q", a.Code, a.Header().Get("Location"))
	}
	if a := h.as(h.second).post(workspace.NextPath, "ticket", two.Ref()); a.Code != http.StatusConflict {
		t.Errorf("taken twice: %d", a.Code)
	}
	h.holds(b.page(workspace.NextPath), "1 单被你跳过")
}

func TestN13_TheLimitIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.agent
	p.Limit = 1
	if _, err := h.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
		t.Fatal(err)
	}
	h.open(h.requester, "产线停了")
	h.open(h.requester, "打印机")
	b := h.as(h.agent)
	b.post(workspace.NextPath)
	if a := b.post(workspace.NextPath); a.Header().Get("Location") != workspace.NextPath {
		t.Errorf("beyond the limit: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.holds(b.page(workspace.NextPath), "手头有 1 单在处理，上限是 1 单。")
}

func TestN28_WhyTheOwnHandOverIsNotOfferedIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.do(h.agent, h.open(h.requester, "产线停了"), ticket.Accept{},
		ticket.HandOver{Group: h.network.ID, Done: "查了网线", Why: "交换机", Needed: "查端口"})
	b := h.as(h.agent)
	if a := b.post(workspace.NextPath); a.Header().Get("Location") != workspace.NextPath {
		t.Errorf("to %q", a.Header().Get("Location"))
	}
	h.holds(b.page(workspace.NextPath), "1 单是你转出去的，等对方接手或退回。")
	if a := b.post(workspace.NextPath, "ticket", one.Ref()); a.Code != http.StatusForbidden {
		t.Errorf("by number: %d", a.Code)
	} else {
		h.holds(a.Body.String(), "这是您转出去的，要由对方接手或退回。")
	}
}

// TestN18_N23_APromisedCallComesBeforeTheNextTicket: from a quarter of an hour before its time it stands
// above the next ticket of whoever is to make it, and of nobody else; at its time the key for the
// next ticket leads to it first; the ticket that is shown can be taken all the same.
func TestN18_N23_APromisedCallComesBeforeTheNextTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.do(h.second, h.open(h.requester, "产线停了"), ticket.Accept{},
		ticket.PromiseCall{At: h.clock.Now().Add(time.Hour), Number: "8009", Who: h.agent.ID})
	free := h.open(h.other, "打印机")
	b := h.as(h.agent)
	h.lacks(b.page(workspace.NextPath), "到点的回电")
	h.clock.Advance(50 * time.Minute)
	h.holds(b.page("/work/next"), "到点的回电", "王海燕", "8009", "/work/tickets/"+one.Ref()+"?do=call", free.Ref())
	h.lacks(h.as(h.second).page(workspace.NextPath), "到点的回电")
	h.clock.Advance(11 * time.Minute)
	if a := b.post(workspace.NextPath); a.Header().Get("Location") != workspace.NextPath {
		t.Errorf("the next ticket before the call: %d to %q", a.Code, a.Header().Get("Location"))
	}
	if a := b.post("/work/next", "ticket", free.Ref()); a.Header().Get("Location") != "/work/tickets/"+free.Ref() {
		t.Errorf("the ticket that was shown: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.do(h.agent, one, ticket.CallRecord{Spoke: true, Say: ticket.Say{Text: "告诉她 14:00 恢复", Channel: ticket.Phone, Seconds: 60}})
	h.lacks(b.page(workspace.NextPath), "到点的回电")
	another := h.open(h.other, "鼠标坏了")
	if a := b.post("/work/next"); a.Header().Get("Location") != "/work/tickets/"+another.Ref() {
		t.Errorf("after the call: %d to %q", a.Code, a.Header().Get("Location"))
	}
}

// TestN12_N23_APromisedCallReachesWhoeverStandsIn: where whoever was to make it left, and whoever has the
// ticket, it is for the team; where that has nobody any more, as one that was put out of use, for those
// who lead, and for nobody beside them.
func TestN12_N23_APromisedCallReachesWhoeverStandsIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	leads := h.person("吴敏", access.Lead)
	lead, b := h.as(leads), h.as(h.agent)
	one := h.do(h.second, h.open(h.requester, "产线停了"), ticket.Accept{},
		ticket.Assign{Group: h.network.ID, Assignee: h.agent.ID, Owner: h.second.ID},
		ticket.PromiseCall{At: h.clock.Now().Add(10 * time.Minute), Number: "8009", Who: h.second.ID})
	h.holds(h.as(h.second).page(workspace.NextPath), "到点的回电", one.Ref())
	h.lacks(b.page(workspace.NextPath), "到点的回电")
	h.lacks(lead.page(workspace.NextPath), "到点的回电")
	h.second.Active = false
	if _, err := h.people.Change(t.Context(), access.Desk(), h.second, 0); err != nil {
		t.Fatal(err)
	}
	h.holds(b.page(workspace.NextPath), "到点的回电", one.Ref())
	h.lacks(lead.page(workspace.NextPath), "到点的回电")

	two := h.do(h.agent, h.open(h.other, "打印机"), ticket.Assign{Group: h.network.ID},
		ticket.PromiseCall{At: h.clock.Now().Add(10 * time.Minute), Number: "8010"})
	h.network.Members, h.network.Active = nil, false
	if _, err := h.people.SaveGroup(t.Context(), access.Desk(), h.network, 0); err != nil {
		t.Fatal(err)
	}
	h.holds(lead.page(workspace.NextPath), "到点的回电", two.Ref(), "8010")
	h.lacks(b.page(workspace.NextPath), "8010")
}
