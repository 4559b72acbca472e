// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// solved brings a request of the requester to where the user's word is missing.
func solved(t *testing.T, h *apptest.House) ticket.Ticket {
	t.Helper()
	user, agent := h.Person(access.Requester), h.Person(access.Agent)
	v, _, err := h.Tickets.Record(t.Context(), apptest.Actor(user, "portal"), ticket.Request{
		Requester: user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "第二台显示器不亮。换了插座也不行"},
	})
	if err != nil {
		t.Fatal(err)
	}
	by := apptest.Actor(agent, "web")
	for _, cmd := range []ticket.Command{
		ticket.Accept{},
		ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}},
		ticket.Deviate{Gap: "gap.intake", Reason: "用户只说了现象"},
		ticket.Resolve{
			Solution:     ticket.Solution{Text: "换了连接线，请看画面", Cause: "线坏", Prevention: "不适用", Verify: []string{"打开显示器"}},
			Difficulties: "无", Approach: "无",
		},
	} {
		if v, err = h.Tickets.Do(t.Context(), by, ticket.Target{ID: v.ID}, cmd); err != nil {
			t.Fatalf("%s: %v", cmd.Name(), err)
		}
	}
	return v
}

func status(t *testing.T, h *apptest.House, which ticket.ID) ticket.Ticket {
	t.Helper()
	v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestN19_ARequestGetsANumberAndATimeAtOnce(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c := h.SignIn(access.Requester)
	r := c.Post("/new", url.Values{"text": {"打印机卡纸，月结单打不出来"}, "from": {"home"}})
	if r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Location(), "/requests/LD-") {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location(), r.Body)
	}
	page := c.Get(r.Location())
	for _, want := range []string{"打印机卡纸", "已受理", "前会有人联系您", strings.TrimPrefix(r.Location(), "/requests/")} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if home := c.Get("/"); !strings.Contains(home.Body, "打印机卡纸") || !strings.Contains(home.Body, "等待支持人员联系您") {
		t.Error("the first page does not show what goes on")
	}
}

func TestWhatWasTypedIsKept(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c := h.SignIn(access.Requester)
	r := c.Post("/new", url.Values{"text": {"  "}, "since": {"今天 <9:20>"}, "category": {"99999"}})
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "今天 &lt;9:20&gt;") {
		t.Errorf("%d; what was typed is gone", r.Status)
	}
	r = c.Post("/new", url.Values{"text": {"有文字"}, "category": {"99999"}, "since": {"早上"}})
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "有文字") || !strings.Contains(r.Body, "早上") {
		t.Errorf("%d; the words are gone", r.Status)
	}
}

func TestN35_OneTapClosesTheLoop(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		v := solved(t, h)
		c := h.SignIn(access.Requester)
		if home := c.Get("/"); !strings.Contains(home.Body, "请您确认") || !strings.Contains(home.Body, "已恢复") {
			t.Error("the confirmation does not stand on the first page")
		}
		r := c.Post("/requests/"+v.Ref()+"/confirm", url.Values{"solution": {"1"}})
		if r.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", r.Status, r.Body)
		}
		if v = status(t, h, v.ID); v.ClosedAs != ticket.Confirmed || v.Detail.Confirmation.How != "portal" {
			t.Errorf("closed as %q, confirmed by %q", v.ClosedAs, v.Detail.Confirmation.How)
		}
		if r := c.Post("/requests/"+v.Ref()+"/confirm", url.Values{"solution": {"1"}}); r.Status != http.StatusConflict {
			t.Errorf("confirmed twice: %d", r.Status)
		}
	})
}

// A page promises that a request closes by itself only where it does.
func TestN35_N29_ARequestWhoseAnswerIsOwedDoesNotSayThatItCloses(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	c := h.SignIn(access.Requester)
	at := "/requests/" + v.Ref()
	says := func(closes, stays bool) {
		t.Helper()
		r := c.Get(at)
		if strings.Contains(r.Body, "没有回复会自动关闭") != closes || strings.Contains(r.Body, "得到答复之前，不会自动关闭") != stays {
			t.Errorf("closes by itself: want %v; stays until answered: want %v\n%s", closes, stays, r.Body)
		}
	}
	says(true, false)
	h.Advance(time.Hour)
	if r := c.Post(at+"/reply", url.Values{"text": {"还是卡纸，没有好"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	says(false, true)
	for range 5 {
		h.Advance(24 * time.Hour)
	}
	if v = status(t, h, v.ID); v.Status != ticket.Resolved {
		t.Errorf("closed as %q past what the requester wrote", v.ClosedAs)
	}
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), ticket.Target{ID: v.ID}, ticket.Reply{Say: ticket.Say{Text: "请换一个纸盒再试"}}); err != nil {
		t.Fatal(err)
	}
	h.Advance(time.Minute)
	c = h.SignIn(access.Requester)
	says(true, false)
}

func TestN35_ALinkNeverConfirmsAButtonDoes(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	code := h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
	nobody := h.Nobody()
	for range 3 { // a mail scanner follows every link
		if r := nobody.Get("/t/" + code); r.Status != http.StatusOK || !strings.Contains(r.Body, "已恢复") {
			t.Fatalf("the link shows %d", r.Status)
		}
	}
	if got := status(t, h, v.ID); got.Version != v.Version {
		t.Fatal("following the link changed the ticket")
	}
	if r := nobody.Get("/t/" + code + "/confirm"); r.Status != http.StatusMethodNotAllowed && r.Status != http.StatusNotFound {
		t.Errorf("GET of the confirmation: %d", r.Status)
	}
	if r := nobody.Post("/t/"+code+"/reject", url.Values{"solution": {"1"}, "reason": {"还是黑的"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("rejected by link: %d\n%s", r.Status, r.Body)
	}
	if got := status(t, h, v.ID); got.Status != ticket.Opened || got.Detail.Rejections[0].Reason != "还是黑的" {
		t.Errorf("after the rejection: %s", got.Status)
	}
	if r := nobody.Get("/t/" + code[:len(code)-2] + "xx"); r.Status != http.StatusNotFound {
		t.Errorf("a forged link: %d", r.Status)
	}
	if r := nobody.Get("/requests/" + v.Ref()); r.Status != http.StatusSeeOther {
		t.Errorf("the number alone shows %d", r.Status)
	}
}

func TestS21_OthersRequestsDoNotExist(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	other := h.SignInAs(h.Somebody(access.Requester))
	for _, path := range []string{"/requests/" + v.Ref(), "/requests/" + v.Ref() + "/now"} {
		if r := other.Get(path); r.Status != http.StatusNotFound || strings.Contains(r.Body, "显示器") {
			t.Errorf("%s answers %d", path, r.Status)
		}
	}
	for _, act := range []string{"reply", "confirm", "reject", "reopen", "cancel"} {
		if r := other.Post("/requests/"+v.Ref()+"/"+act, url.Values{}); r.Status != http.StatusNotFound {
			t.Errorf("%s answers %d", act, r.Status)
		}
	}
	agent := h.SignIn(access.Agent) // who uses the portal as a requester
	if r := agent.Get("/requests/" + v.Ref()); r.Status != http.StatusNotFound {
		t.Errorf("an agent sees somebody's request in the portal: %d", r.Status)
	}
}

func TestReplyReopenAndWithdraw(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c := h.SignIn(access.Requester)
	at := c.Post("/new", url.Values{"text": {"网盘打不开"}}).Location()
	if r := c.Post(at+"/reply", url.Values{"text": {"重启后还是这样"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("reply: %d\n%s", r.Status, r.Body)
	}
	if r := c.Post(at+"/reply", url.Values{"text": {""}}); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("an empty reply: %d", r.Status)
	}
	if r := c.Post(at+"/cancel", url.Values{"reason": {"自己好了"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("withdraw: %d\n%s", r.Status, r.Body)
	}
	page := c.Get(at)
	if !strings.Contains(page.Body, "已撤回") || !strings.Contains(page.Body, "重启后还是这样") || !strings.Contains(page.Body, "重新打开") {
		t.Error("the page does not say that it was withdrawn, or offers no way back")
	}
	if r := c.Post(at+"/reopen", url.Values{"reason": {"又打不开了"}}); r.Status != http.StatusSeeOther {
		t.Errorf("reopen: %d\n%s", r.Status, r.Body)
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	c := h.SignIn(access.Requester)
	for lang, says := range map[string]string{"zh-CN": "我的请求", "en": "My requests"} {
		if r := c.Post("/lang", url.Values{"lang": {lang}, "next": {"/"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d", lang, r.Status)
		}
		for _, path := range []string{"/", "/new", "/requests", "/told", "/requests/" + v.Ref()} {
			r := c.Get(path)
			if r.Status != http.StatusOK || !strings.Contains(r.Body, says) || strings.Contains(r.Body, "⟦") {
				t.Errorf("%s %s: %d", lang, path, r.Status)
			}
		}
	}
}

// A code in a title stays in one piece, on the page of the request and in every list of requests.
func TestN16_ACodeInATitleDoesNotBreak(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c := h.SignIn(access.Requester)
	at := c.Post("/new", url.Values{"text": {"VPN 连不上，一直报错 VPN-809"}}).Location()
	for _, page := range []string{at, "/", "/requests"} {
		if got := c.Get(page); got.Status != http.StatusOK || !strings.Contains(got.Body, `报错 <span class="nb">VPN-809</span>`) {
			t.Errorf("%s: %d, the code may break", page, got.Status)
		}
	}
}

// Of a promised call and the next update the requester reads what comes first, and what it is.
func TestN29_N18_WhatComesFirstIsTold(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user, agent := apptest.Actor(h.Person(access.Requester), "portal"), apptest.Actor(h.Person(access.Agent), "web")
	c := h.SignIn(access.Requester)
	v, _, err := h.Tickets.Record(t.Context(), user, ticket.Request{Requester: h.Person(access.Requester).ID, Channel: ticket.Portal, Say: ticket.Say{Text: "显示器不亮"}})
	give := func(cmd ticket.Command) {
		t.Helper()
		if err == nil {
			v, err = h.Tickets.Do(t.Context(), agent, ticket.Target{ID: v.ID}, cmd)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	give(ticket.Accept{})
	give(ticket.Reply{Say: ticket.Say{Text: "已经在看"}})
	shows := func(path string, want, other string) {
		t.Helper()
		if got := c.Get(path).Body; !strings.Contains(got, want) || strings.Contains(got, other) {
			t.Errorf("%s does not say %q, or says %q", path, want, other)
		}
	}
	update := v.NextDue
	if v.NextClock != "update" || !update.After(h.Clock.Now()) {
		t.Fatalf("%s due %v", v.NextClock, update)
	}
	at := "/requests/" + v.Ref()
	give(ticket.PromiseCall{At: update.Add(24 * time.Hour), Number: "8009"})
	call := c.Get(at).Body
	if !strings.Contains(call, "前给您下一次反馈") {
		t.Error("the later call stands in the place of the update")
	}
	said := regexp.MustCompile(`([^<>]+) 前给您下一次反馈`).FindStringSubmatch(call)
	if said == nil {
		t.Fatal("no time is told")
	}
	shows("/requests", strings.TrimSpace(said[0]), "给您打电话")
	give(ticket.PromiseCall{At: h.Clock.Now().Add(10 * time.Minute), Number: "8009"})
	if got := regexp.MustCompile(`handshake[^\n]*?给您打电话`).FindString(c.Get(at).Body); got == "" {
		t.Error("that it is a call is not said")
	}
	shows(at, "给您打电话", "前给您下一次反馈")
}
