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
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// The requester is told on their pages that a solution waits and that somebody wrote, and never of
// what they did themselves; it counts until the page of the request was looked at, and no link
// marks it.
func TestN35_TheRequesterIsTold(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	h.RunJobs()
	user, agent := h.Person(access.Requester), h.Person(access.Agent)
	c := h.SignIn(access.Requester)
	home := c.Get("/").Body
	for _, want := range []string{"新消息", agent.Name + "给出了解决方案", `class="ptn num">1<`} {
		if !strings.Contains(home, want) {
			t.Errorf("the first page does not say %q", want)
		}
	}
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(user, "portal"), ticket.Target{ID: v.ID}, ticket.Reply{Say: ticket.Say{Text: "我试一下"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(agent, "web"), ticket.Target{ID: v.ID}, ticket.Reply{Say: ticket.Say{Text: "您好，请看看右侧那台"}}); err != nil {
		t.Fatal(err)
	}
	h.Advance(time.Minute)
	h.RunJobs()
	told := c.Get("/told").Body
	if n := strings.Count(told, agent.Name+"有新回复"); n != 1 || strings.Contains(told, user.Name+"有新回复") {
		t.Errorf("told %d times of the reply, or of one's own words", n)
	}
	request := c.Get("/requests/" + v.Ref()).Body
	seen := regexp.MustCompile(`action="(/requests/[^"]+/seen)" data-seen><input type="hidden" name="upto" value="(\d+)"`).FindStringSubmatch(request)
	if seen == nil {
		t.Fatal("the page does not say what it showed")
	}
	if got := c.Get("/told").Body; !strings.Contains(got, `class="ptn num">1<`) {
		t.Error("a link marked it as seen")
	}
	if r := c.Post(seen[1], url.Values{"upto": {seen[2]}}); r.Status != http.StatusSeeOther {
		t.Fatalf("seen: %d", r.Status)
	}
	if got := c.Get("/told").Body; strings.Contains(got, `class="ptn`) || !strings.Contains(got, "给出了解决方案") {
		t.Error("it is still counted, or gone")
	}
}

// Whoever does not want to hear of replies is not told of them; a solution is told all the same.
// Colleagues see nothing of it (S24).
func TestS24_WhatIsToldFollowsTheReadersWish(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c := h.SignIn(access.Requester)
	if r := c.Post("/told/rules", url.Values{"told": {"late"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("%d", r.Status)
	}
	v := solved(t, h)
	agent := h.Person(access.Agent)
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(agent, "web"), ticket.Target{ID: v.ID}, ticket.Reply{Say: ticket.Say{Text: "您好，请看看"}}); err != nil {
		t.Fatal(err)
	}
	h.Advance(time.Minute)
	h.RunJobs()
	told := c.Get("/told").Body
	if strings.Contains(told, agent.Name+"有新回复") || !strings.Contains(told, agent.Name+"给出了解决方案") {
		t.Error("the wish is not kept")
	}
	other := apptest.Actor(h.Somebody(access.Requester), "portal")
	if p, err := h.Inbox.List(t.Context(), other, inbox.Filter{}); err != nil || len(p.Lines) != 0 {
		t.Errorf("somebody else is told %v, %v", p.Lines, err)
	}
	if err := h.Inbox.Seen(t.Context(), other, v.ID, 1<<40); err != nil {
		t.Fatal(err)
	}
	if n, err := h.Inbox.Unread(t.Context(), apptest.Actor(h.Person(access.Requester), "portal")); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
}
