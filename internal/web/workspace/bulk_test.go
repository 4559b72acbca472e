// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

func TestN23_TakeNextTakesTheGreatestRisk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	if a := b.post("/work/next", "back", "/work?view=mine"); a.Header().Get("Location") != "/work?view=mine" {
		t.Errorf("nothing to take: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.holds(b.page("/work?view=mine"), "没有待领取的工单")
	calm := h.open(h.requester, "不急的一单")
	urgent := h.do(h.second, h.open(h.other, "产线停了"), graded())
	a := b.post("/work/next")
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/work/tickets/"+urgent.Ref() {
		t.Fatalf("%d to %q, want %s", a.Code, a.Header().Get("Location"), urgent.Ref())
	}
	if now := h.get(urgent); now.Owner != h.agent.ID || now.Status != ticket.Opened {
		t.Errorf("owner %d, status %s", now.Owner, now.Status)
	}
	if now := h.get(calm); now.Owner != 0 {
		t.Errorf("the other one was taken too")
	}
}

// Two who take the next ticket at the same time get two tickets.
func TestTwoWhoTakeTheNextGetTwo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const tickets = 6
	for i := range tickets {
		h.open(h.requester, fmt.Sprintf("第 %d 单", i))
	}
	browsers := []*browser{h.as(h.agent), h.as(h.second)}
	got := make([][]string, len(browsers))
	var wait sync.WaitGroup
	for i, b := range browsers {
		wait.Go(func() {
			for range tickets / 2 {
				got[i] = append(got[i], b.post("/work/next").Header().Get("Location"))
			}
		})
	}
	wait.Wait()
	all := slices.Concat(got...)
	slices.Sort(all)
	if len(slices.Compact(all)) != tickets || all[0] == "/work" {
		t.Errorf("taken: %v", got)
	}
}

func TestAClaimThatComesTooLateSaysWhoHasIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.open(h.requester, "打印机卡纸")
	b := h.as(h.agent)
	h.do(h.second, one, ticket.Accept{})
	a := b.post("/work/claim", "claim", one.Ref(), "back", "/work?view=risk", "ticket", one.Ref())
	h.holds(b.told(a, "/work?"), "周启刚刚领取了这一单", one.Ref(), "打印机卡纸", `id="list"`)
	free := h.open(h.requester, "又一单")
	owned := h.do(h.second, h.open(h.requester, "第三单"), ticket.Assign{Owner: h.second.ID})
	for _, free := range []ticket.Ticket{free, free, owned, owned} { // pressing twice is no conflict, nor where somebody else answers for it
		if a := b.post("/work/claim", "claim", free.Ref()); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/work/tickets/"+free.Ref() {
			t.Errorf("%d to %q", a.Code, a.Header().Get("Location"))
		}
	}
	if a := b.post("/work/claim", "claim", "LD-999"); a.Code != http.StatusNotFound {
		t.Errorf("a ticket that is none: %d", a.Code)
	}
}

// told is the page to which the answer of a command leads that did not go through everywhere.
func (b *browser) told(a *httptest.ResponseRecorder, at string) string {
	b.Helper()
	to := a.Header().Get("Location")
	if a.Code != http.StatusSeeOther || !strings.HasPrefix(to, at) || !strings.Contains(to, "told=") {
		b.Fatalf("%d to %q\n%s", a.Code, to, a.Body)
	}
	return b.page(to)
}

// again is the list that answers an act which was filled in and did not go through everywhere.
func (b *browser) again(a *httptest.ResponseRecorder) string {
	b.Helper()
	if a.Code != http.StatusUnprocessableEntity {
		b.Fatalf("%d to %q\n%s", a.Code, a.Header().Get("Location"), a.Body)
	}
	return a.Body.String()
}

// As many as one command takes are told by an address that any proxy lets through.
func TestAllThatDidNotGoThroughIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	var pick []string
	for i := range 200 {
		pick = append(pick, "ticket", fmt.Sprintf("LD-%d", 1_000_000+i*i*37))
	}
	a := b.post("/work/bulk/accept", pick...)
	h.holds(b.told(a, "/work?"), "0 单完成，200 单没有通过", "LD-2465237")
	if n := len(a.Header().Get("Location")); n > 7000 {
		t.Errorf("the address has %d bytes", n)
	}
}

func TestBulkKeepsTheViewAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.do(h.agent, h.open(h.requester, "第一单"), ticket.Accept{})
	two := h.do(h.agent, h.open(h.requester, "第二单"), ticket.Accept{})
	b := h.as(h.agent)
	back := fmt.Sprintf("/work?owner=%d", h.agent.ID)
	a := b.post("/work/bulk/assign", "back", back, "ticket", one.Ref(), "ticket", two.Ref(), "to", fmt.Sprint(h.second.ID))
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != back {
		t.Fatalf("%d to %q\n%s", a.Code, a.Header().Get("Location"), a.Body)
	}
	if now := h.get(one); now.Assignee != h.second.ID || now.Owner != h.agent.ID {
		t.Errorf("assignee %d, owner %d", now.Assignee, now.Owner)
	}
	body := b.page(back)
	h.holds(body, "已分派 2 单", "撤销")
	undo := regexp.MustCompile(`action="(/work/unassign/[^"]+)"`).FindStringSubmatch(body)
	if undo == nil {
		t.Fatal("there is no way back")
	}
	h.do(h.second, two, ticket.Classify{Category: h.software.ID}) // meanwhile
	if a := b.post(undo[1]); a.Code != http.StatusSeeOther {
		t.Fatalf("undo: %d\n%s", a.Code, a.Body)
	}
	if now := h.get(one); now.Assignee != h.agent.ID {
		t.Errorf("the first is with %d", now.Assignee)
	}
	if now := h.get(two); now.Assignee != h.second.ID {
		t.Errorf("the one that was changed meanwhile is with %d", now.Assignee)
	}
	h.holds(b.page("/work"), "1 单已归还，1 单之后又有改动，保持不变")
	for _, what := range []string{"1", "1.2.3", "a.b.c.d", "1.2.3.4.5", "-1.1.1.1"} {
		if a := b.post("/work/unassign/" + what); a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", what, a.Code)
		}
	}
}

// What a requester has been told by now cannot be untold: no undo is offered.
func TestBulkOffersNoUndoThatWouldBeUntrue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.do(h.agent, h.open(h.requester, "第一单"), ticket.Accept{})
	b := h.as(h.agent)
	if a := b.post("/work/bulk/hold", "ticket", one.Ref(), "wait", "vendor"); a.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Code, a.Body)
	}
	body := b.page("/work")
	h.holds(body, "1 单转入等待", "等待供应商")
	h.lacks(body, "/work/unassign/")
	nobodys := h.open(h.requester, "没有人的一单")
	b.post("/work/bulk/assign", "ticket", nobodys.Ref(), "to", fmt.Sprint(h.second.ID))
	h.lacks(b.page("/work"), "/work/unassign/")
}

// Bulk acts pass the same gates as a single one; what does not go through is named with its reason.
func TestN11_BulkNamesWhatDidNotGoThrough(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	open := h.do(h.agent, h.open(h.requester, "开着的一单"), ticket.Accept{})
	fresh := h.open(h.other, "<b>没有人</b>领取的一单")
	b := h.as(h.agent)
	pick := []string{"back", "/work?view=risk", "ticket", open.Ref(), "ticket", fresh.Ref(), "ticket", "LD-4711"}

	t.Run("the gates ask for the three texts", func(t *testing.T) {
		a := b.post("/work/bulk/hand-over", append(pick, "over_group", fmt.Sprint(h.network.ID))...)
		body := b.again(a)
		h.holds(body, "0 单完成，3 单没有通过", "N11 已做了什么", "N11 为什么转交", "N28 需要对方做什么", "还没有人领取，请先领取", "没有找到这个工单", "LD-4711",
			"&lt;b&gt;没有人&lt;/b&gt;领取的一单")
		h.lacks(body, "<b>没有人")
		if now := h.get(open); now.Group == h.network.ID {
			t.Error("it moved all the same")
		}
	})
	t.Run("one goes through, two do not", func(t *testing.T) {
		a := b.post("/work/bulk/hand-over", append(pick, "over_group", fmt.Sprint(h.network.ID), "done", "查过线路", "why", "要改核心交换机", "needed", "改端口配置")...)
		body := b.again(a)
		h.holds(body, "1 单完成，2 单没有通过")
		if now := h.get(open); now.Group != h.network.ID || now.Owner != h.agent.ID {
			t.Errorf("group %d, owner %d", now.Group, now.Owner)
		}
		ticked := regexp.MustCompile(`value="(LD-\d+)" checked`).FindAllStringSubmatch(body, -1)
		if len(ticked) != 1 || ticked[0][1] != fresh.Ref() {
			t.Errorf("still ticked: %v, want only %s", ticked, fresh.Ref())
		}
		h.holds(body, `name="back" value="/work?view=risk"`)
	})
	t.Run("where nothing was filled in, an address tells", func(t *testing.T) {
		a := b.post(workspace.Path+"/bulk/resume", pick...)
		h.holds(b.told(a, "/work?"), "0 单完成，3 单没有通过")
		at := a.Header().Get("Location")
		h.holds(b.page(at), "0 单完成，3 单没有通过")     // to be reloaded and gone back to
		h.lacks(h.as(h.second).page(at), "没有通过") // but by nobody else
		h.lacks(b.page(strings.Replace(at, "told=", "told=x", 1)), "没有通过")
	})
}

func TestEveryBulkAct(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	taken := func() ticket.Ticket { return h.do(h.agent, h.open(h.requester, "一单"), ticket.Accept{}) }
	into := taken()
	for _, tt := range []struct {
		act    string
		on     ticket.Ticket
		fields []string
		done   func(ticket.Ticket) bool
	}{
		{"accept", h.open(h.requester, "新的"), nil, func(t ticket.Ticket) bool { return t.Owner == h.agent.ID }},
		{"grade", taken(), []string{"core", "yes", "affected", "everyone", "halt", "stopped"}, func(t ticket.Ticket) bool { return t.Graded && t.Priority == triage.P1 }},
		{"merge", taken(), []string{"into", into.Ref()}, func(t ticket.Ticket) bool { return t.MergedInto == into.ID }},
		{"hold", taken(), []string{"wait", "visit"}, func(t ticket.Ticket) bool { return t.Pending == ticket.ForVisit }},
		{"hold", taken(), []string{"wait", "blocked", "stuck", "等备件", "doing", "已催厂商", "next", "2026-03-03T10:00"}, func(t ticket.Ticket) bool {
			return t.Pending == ticket.Blocked && t.Detail.Hold.Stuck == "等备件" && !t.Detail.Hold.Next.IsZero()
		}},
		{"resume", h.do(h.agent, taken(), ticket.HoldFor{Reason: ticket.ForVendor}), nil, func(t ticket.Ticket) bool { return t.Status == ticket.Opened }},
		{"close", taken(), []string{"as", "cancelled", "reason", "用户说不用了"}, func(t ticket.Ticket) bool { return t.ClosedAs == ticket.Cancelled }},
	} {
		t.Run(tt.act, func(t *testing.T) {
			a := b.post("/work/bulk/"+tt.act, append([]string{"ticket", tt.on.Ref()}, tt.fields...)...)
			if a.Code != http.StatusSeeOther || !tt.done(h.get(tt.on)) {
				t.Errorf("%d\n%s", a.Code, a.Body)
			}
		})
	}
	const told = http.StatusSeeOther // to what did not go through
	for name, tt := range map[string]struct {
		act    string
		fields []string
		status int
	}{
		"nothing is picked":           {"accept", nil, http.StatusUnprocessableEntity},
		"an act that there is not":    {"explode", []string{"ticket", into.Ref()}, http.StatusNotFound},
		"merge into nothing":          {"merge", []string{"ticket", into.Ref(), "into", "LD-999"}, http.StatusUnprocessableEntity},
		"close without a reason":      {"close", []string{"ticket", into.Ref(), "as", "invalid"}, told},
		"blocked without answers":     {"hold", []string{"ticket", into.Ref(), "wait", "blocked", "stuck", "等备件"}, http.StatusUnprocessableEntity}, // N30
		"no confirmation by the back": {"close", []string{"ticket", into.Ref(), "as", "confirmed"}, told},
		"a field of another form":     {"accept", []string{"ticket", into.Ref(), "status", "closed"}, http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			if a := b.post("/work/bulk/"+tt.act, tt.fields...); a.Code != tt.status || a.Code == told && !strings.Contains(a.Header().Get("Location"), "told=") {
				t.Errorf("%d to %q, want %d\n%s", a.Code, a.Header().Get("Location"), tt.status, a.Body)
			}
		})
	}
	if now := h.get(into); now.Status != ticket.Opened {
		t.Errorf("the ticket is %s", now.Status)
	}
}

// A way back that came with a form leads to the list and nowhere else (A41).
func TestA41_TheWayBackIsAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	for _, back := range []string{"https://evil.example/", "//evil.example", "/signout", "/work/bulk/accept", "/workshop", "javascript:alert(1)"} {
		if a := b.post("/work/next", "back", back); a.Header().Get("Location") != "/work" {
			t.Errorf("%s leads to %q", back, a.Header().Get("Location"))
		}
	}
}
