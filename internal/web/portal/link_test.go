// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// says looks for sentences of a page, and for what must not stand there, written with a minus before it.
func says(t *testing.T, what string, r apptest.Reply, status int, sentences ...string) {
	t.Helper()
	if r.Status != status {
		t.Errorf("%s: %d, want %d", what, r.Status, status)
	}
	for _, s := range sentences {
		if bare, not := strings.CutPrefix(s, "-"); strings.Contains(r.Body, bare) == not {
			t.Errorf("%s: the page says (or misses) %q", what, s)
		}
	}
}

// TestN35_S30_ALinkThatIsUsedUpLateOrForwarded: whatever became of the request since the letter was
// written, its link shows how it stands and what can be done, and a press that no longer fits is refused
// above everything, in words, and changes nothing.
func TestN35_S30_ALinkThatIsUsedUpLateOrForwarded(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		link := func(v ticket.Ticket) string {
			return "/t/" + h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
		}
		do := func(v ticket.Ticket, by access.Actor, cmd ticket.Command) ticket.Ticket {
			t.Helper()
			out, err := h.Tickets.Do(t.Context(), by, ticket.Target{ID: v.ID}, cmd)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		user, agent := apptest.Actor(h.Person(access.Requester), "portal"), apptest.Actor(h.Person(access.Agent), "web")
		holder, confirm := h.Nobody(), url.Values{"solution": {"1"}}
		refused := func(what, at string, v ticket.Ticket, form url.Values, act string, sentences ...string) {
			t.Helper()
			before := status(t, h, v.ID).Version
			says(t, what, holder.Post(at+"/"+act, form), http.StatusConflict, append(sentences, `role="alert"`)...)
			if status(t, h, v.ID).Version != before {
				t.Errorf("%s: the ticket has changed", what)
			}
		}

		// Forwarded: the page says whose word a press would be, before anybody presses.
		v := solved(t, h)
		at := link(v)
		says(t, "a link that somebody forwarded", holder.Get(at), 200, "这个链接是发给王海燕的", at+"/confirm")
		says(t, "the requester's own page", h.SignIn(access.Requester).Get("/requests/"+v.Ref()), 200, "-这个链接是发给", "/confirm")

		// Used up: confirmed by the first press, and the second changes nothing.
		says(t, "the press", holder.Post(at+"/confirm", confirm), http.StatusSeeOther)
		refused("pressed again", at, v, confirm, "confirm", "工单已关闭", "已关闭，您已确认")
		refused("rejected after the confirmation", at, v, confirm, "reject", "工单已关闭", `id="f-reason"`)
		says(t, "opened again", holder.Get(at), 200, "-"+at+"/confirm", at+"/reopen")

		// A solution that was rejected, and the letter of the first one.
		v = solved(t, h)
		at = link(v)
		v = do(v, user, ticket.Reject{Resolutions: 1, Reason: "还是黑的"})
		refused("pressed while it is worked on", at, v, confirm, "confirm", "还没有给出解决方案")
		v = do(v, agent, ticket.Resolve{Solution: ticket.Solution{Text: "换了显示器", Cause: "坏了", Prevention: "不适用", Verify: []string{"打开"}}, Difficulties: "无", Approach: "无"})
		refused("the letter of an old solution", at, v, confirm, "confirm", "之后又有了新的解决办法", "换了显示器", `name="solution" value="2"`)

		// The time for it ran out: it is said, it never becomes a confirmation, and there is a way back.
		do(v, access.Desk(), ticket.Expire{Resolutions: 2})
		refused("after the time", at, v, url.Values{"solution": {"2"}}, "confirm", "工单已关闭", at+"/reopen")
		if got := status(t, h, v.ID); got.ClosedAs != ticket.Unconfirmed || !got.ConfirmedAt.IsZero() {
			t.Errorf("closed as %s", got.ClosedAs)
		}
		refused("words whose box is gone", at, v, url.Values{"text": {"昨天又黑了一次"}}, "reply", "昨天又黑了一次")
		refused("an opinion of what was never confirmed", at, v, url.Values{"act": {"rate"}, "score": {"5"}}, "rate")

		// Merged: its letters lead on to where it lives, no longer than they are good themselves.
		v, other := solved(t, h), solved(t, h)
		do(other, user, ticket.Reject{Resolutions: 1})
		do(v, user, ticket.Reject{Resolutions: 1})
		v = do(v, agent, ticket.Merge{Into: other.ID})
		at = link(v)
		h.Advance(session.LinkFor - time.Hour)
		p := holder.Get(at)
		says(t, "a merged request", p, 200, "已并入 "+other.Ref(), "-"+at+"/confirm", "-"+at+"/reopen")
		refused("a press on a merged request", at, v, confirm, "confirm", "已并入 "+other.Ref())
		_, on, _ := strings.Cut(p.Body, `href="/t/v`)
		on, _, _ = strings.Cut(on, `"`)
		says(t, "where it leads", holder.Get("/t/v"+on), 200, other.Ref())
		if _, err := h.Links.ReadTrack("v" + on); err != nil {
			t.Fatal(err)
		}

		// Too late: a page that says what to do, and what was typed is not lost.
		h.Advance(2 * time.Hour)
		before := status(t, h, v.ID).Version
		for _, gone := range []string{at, "/t/v" + on} {
			says(t, "an expired link", holder.Get(gone), http.StatusNotFound, "链接已失效", "请重新申请", `href="/"`, "-"+v.Ref())
			says(t, "a press by an expired link", holder.Post(gone+"/confirm", confirm), http.StatusNotFound, "链接已失效")
			says(t, "words by an expired link", holder.Post(gone+"/reply", url.Values{"text": {"这一段写了很久很久，可不能因为链接过期就没有了"}}), http.StatusNotFound, "这一段写了很久很久")
		}
		if status(t, h, v.ID).Version != before {
			t.Error("an expired link changed the ticket")
		}
	})
}
