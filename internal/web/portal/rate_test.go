// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN35_S04_ARatingByLinkAndInThePortal: a link of a letter chooses a score and sends nothing; the
// press does, and what was typed is kept where it is refused.
func TestN35_S04_ARatingByLinkAndInThePortal(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	c, link := h.SignIn(access.Requester), h.Nobody()
	at := "/requests/" + v.Ref()
	code := "/t/" + h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
	if p := c.Get(at); strings.Contains(p.Body, `id="rate"`) {
		t.Error("asked for an opinion before the word")
	}
	c.Post(at+"/confirm", url.Values{"solution": {"1"}})
	p := link.Get(code + "?rate=4")
	if p.Status != http.StatusOK || !strings.Contains(p.Body, "这次处理得怎么样？") || status(t, h, v.ID).Detail.Rating.Score != 0 {
		t.Fatalf("%d, %+v", p.Status, status(t, h, v.ID).Detail.Rating)
	}
	if i := strings.Index(p.Body, `value="4"`); i < 0 || !strings.Contains(p.Body[i:i+60], "checked") {
		t.Error("the score of the link is not chosen")
	}
	long := strings.Repeat("长", 1001)
	if p := link.Post(code+"/rate", url.Values{"act": {"rate"}, "score": {"9"}, "comment": {long}}); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Body, long) {
		t.Errorf("%d, or what was typed is gone", p.Status)
	}
	if p := link.Post(code+"/rate", url.Values{"act": {"rate"}, "score": {"4"}, "comment": {"很快"}}); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	if got := status(t, h, v.ID).Detail.Rating; got.Score != 4 || got.Comment != "很快" {
		t.Errorf("%+v", got)
	}
	if p := c.Get(at); !strings.Contains(p.Body, "您的评价：满意（4 分）") || !strings.Contains(p.Body, "很快") {
		t.Error("the portal does not show it")
	}
	if p := h.SignIn(access.Agent).Get("/work/tickets/" + v.Ref()); !strings.Contains(p.Body, "评价 · 4 分") || !strings.Contains(p.Body, "4 分 · 满意") {
		t.Error("the desk does not see it on the ticket")
	}
}

// TestN35_S30_ARatingIsNoToy: a holder of a link who presses on and on is told when it is enough, and the
// last opinion that counted stays.
func TestN35_S30_ARatingIsNoToy(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	link, code := h.Nobody(), "/t/"+h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
	link.Post(code+"/confirm", url.Values{"solution": {"1"}})
	for n := range ticket.MaxRatings {
		if p := link.Post(code+"/rate", url.Values{"act": {"rate"}, "score": {"4"}, "comment": {strconv.Itoa(n)}}); p.Status != http.StatusSeeOther {
			t.Fatalf("%d: %d", n, p.Status)
		}
	}
	p := link.Post(code+"/rate", url.Values{"act": {"rate"}, "score": {"1"}, "comment": {"再来一次"}})
	if p.Status != http.StatusConflict || strings.Count(p.Body, "已评价 10 次") != 1 || !strings.Contains(p.Body, "再来一次") {
		t.Errorf("once more: %d", p.Status)
	}
	if got := status(t, h, v.ID).Detail.Rating; got.Score != 4 || got.Comment != "9" || got.Times != ticket.MaxRatings {
		t.Errorf("%+v", got)
	}
}
