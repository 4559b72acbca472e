// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// TestN24_ASolvedTicketHelpsWithoutAScript: the card with what solved it before, its press, and the
// way back, by plain forms; on a closed ticket nothing of it is changed.
func TestN24_ASolvedTicketHelpsWithoutAScript(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	whole := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		whole[e] = ticket.Answer{Value: "已问"}
	}
	end := func(x ticket.Ticket, solution string) {
		h.do(h.agent, x, ticket.Accept{}, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}}, ticket.Record{Intake: whole}, ticket.Resolve{
			Solution: ticket.Solution{Text: solution, Cause: "查明", Prevention: "记下", Verify: []string{"再试一次"}}, Difficulties: "无", Approach: "无",
		})
		h.do(h.requester, x, ticket.Confirm{})
	}
	for _, text := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号"} {
		h.open(h.requester, text)
	}
	old := h.open(h.requester, "扫码枪扫不出条码，指示灯红色")
	end(old, "换了底座的网线")
	h.clock.Advance(48 * time.Hour)
	x := h.open(h.requester, "收货台的扫码枪扫不出条码，指示灯是红色的")
	h.runDue(t.Context())
	b, at := h.as(h.agent), "/work/tickets/"+x.Ref()
	h.holds(b.get(at).Body.String(), "以前解决过的", old.Ref(), "换了底座的网线", "用户已确认", "用了这个办法")
	for _, step := range []struct{ act, shows, lacks string }{{"use", "已用上", "用了这个办法"}, {"unuse", "用了这个办法", "已用上"}, {"use", "帮上 1 次", "用了这个办法"}} {
		if a := b.post(at+"/solved/"+step.act, "other", old.Ref()); a.Code != http.StatusSeeOther || a.Header().Get("Location") != at {
			t.Fatalf("%s: %d %s", step.act, a.Code, a.Header().Get("Location"))
		}
		body := b.get(at).Body.String()
		h.holds(body, step.shows)
		h.lacks(body, step.lacks)
	}
	if a := b.post(at+"/solved/burn", "other", old.Ref()); a.Code != http.StatusNotFound {
		t.Errorf("an act that there is not: %d", a.Code)
	}
	if a := b.post(at+"/solved/use", "other", "LD-999999"); a.Code != http.StatusNotFound {
		t.Errorf("a ticket that there is not: %d", a.Code)
	}
	end(x, "照样换了网线")
	if a := b.post(at+"/solved/unuse", "other", old.Ref()); a.Code != http.StatusConflict {
		t.Errorf("after the end: %d", a.Code)
	}
}

// TestN35_N29_TheRailSaysWhoOwesAnAnswer: whoever wrote about the solution is waited for by nobody.
func TestN35_N29_TheRailSaysWhoOwesAnAnswer(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	p.do(ticket.Resolve{Solution: ticket.Solution{Text: "换了滚轮", Cause: "磨损", Prevention: "每季度检查", Verify: []string{"打印一页"}}})
	p.leaves()
	p.shows(p.agent.Get(p.at("")), http.StatusOK, "一键确认，超时不算确认")
	p.Advance(time.Hour)
	x := p.now()
	if _, err := p.Tickets.Do(p.Context(), access.Actor{ID: int64(x.Requester), Kind: access.Person, Role: access.Requester, Via: "portal"}, ticket.Target{ID: x.ID}, ticket.Reply{Say: ticket.Say{Text: "还是偶尔卡"}}); err != nil {
		t.Fatal(err)
	}
	after := p.agent.Get(p.at(""))
	p.shows(after, http.StatusOK, "就解决方案留了言，等着答复")
	p.hides(after, "一键确认，超时不算确认")
}
