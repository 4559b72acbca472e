// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
)

func TestN23_TheNextIsLookedAtPassedOverAndTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	h.holds(b.page("/work/next"), "现在没有可以领的工单", "没有无人处理的工单。")
	one, two := h.open(h.requester, "产线停了"), h.open(h.other, "不急的一单")
	h.holds(b.page("/work/next"), one.Ref(), "产线停了", "跳过这一单")
	if now := h.get(one); now.Owner != 0 {
		t.Error("looking took it")
	}
	if a := b.post("/work/next/skip", "ticket", one.Ref(), "reason", ""); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", a.Code)
	} else {
		h.holds(a.Body.String(), "选择一个跳过的原因。", one.Ref())
	}
	if a := b.post("/work/next/skip", "ticket", one.Ref(), "reason", "skill"); a.Header().Get("Location") != "/work/next" {
		t.Errorf("passed over: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.holds(b.page("/work/next"), two.Ref(), "不急的一单")
	h.holds(h.as(h.second).page("/work/next"), one.Ref())
	if a := b.post("/work/next", "ticket", two.Ref()); a.Header().Get("Location") != "/work/tickets/"+two.Ref() {
		t.Errorf("taken: %d to %q", a.Code, a.Header().Get("Location"))
	}
	if a := h.as(h.second).post("/work/next", "ticket", two.Ref()); a.Code != http.StatusConflict {
		t.Errorf("taken twice: %d", a.Code)
	}
	h.holds(b.page("/work/next"), "1 单被你跳过")
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
	b.post("/work/next")
	if a := b.post("/work/next"); a.Header().Get("Location") != "/work/next" {
		t.Errorf("beyond the limit: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.holds(b.page("/work/next"), "手头有 1 单在处理，上限是 1 单。")
}
