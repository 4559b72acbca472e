// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN15_WhatIsMissingIsAnsweredByOnePress: the page after a request says how complete it is; each
// press fills one element, with a time that means the same when it is read later; a stranger's page
// and a made-up answer change nothing.
func TestN15_WhatIsMissingIsAnsweredByOnePress(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c := h.SignIn(access.Requester)
	at := c.Post("/new", url.Values{"text": {"打印机卡纸，月结单打不出来"}}).Location()
	page := c.Get(at).Body
	for _, want := range []string{"还差 4 项，补充后处理更快", "已有 3 / 7 项", "今天开始", `value="since=2026-03-02 开始"`, "只有我", "不急"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	press := func(quick string) apptest.Reply {
		return c.Post(at+"/answer", url.Values{"act": {"answer"}, "quick": {quick}})
	}
	for _, q := range []string{"since=昨天或今天", "who=别人", "people", "", "=", "status=closed"} {
		if r := press(q); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", q, r.Status)
		}
	}
	for i, q := range []string{"since=2026-03-02 开始", "people=几个人", "wanted=不急"} {
		if r := press(q); r.Status != http.StatusSeeOther {
			t.Fatalf("%q: %d\n%s", q, r.Status, r.Body)
		}
		if i == 0 && !strings.Contains(c.Get(at).Body, "还差 3 项") {
			t.Error("an answer does not count")
		}
	}
	v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(strings.TrimPrefix(at, "/requests/"))})
	if err != nil {
		t.Fatal(err)
	}
	in := v.Detail.Intake
	if in[ticket.Since].Value != "2026-03-02 开始" || in[ticket.People].Value != "几个人" || in[ticket.Wanted].Value != "不急" || v.Complete() != 6 || v.Status != ticket.New {
		t.Errorf("%+v", in)
	}
	if r := c.Post(at+"/answer", url.Values{"act": {"answer"}, "affected_unknown": {"yes"}}); r.Status != http.StatusSeeOther || strings.Contains(c.Get(at).Body, `id="answer"`) {
		t.Errorf("%d; a whole request still asks", r.Status)
	}
	// Once there is a solution nothing is asked that nobody has asked for.
	s := solved(t, h)
	if page := c.Get("/requests/" + s.Ref()).Body; strings.Contains(page, `id="answer"`) {
		t.Error("a solved request asks")
	}
}
