// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// A program reads what its person was told, marks it, and watches: staff what concerns their
// work, a requester their own request, and nobody what they did (S24).
func TestS24_TheInboxByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.post("wang", "/tickets", m{"text": "打印机卡纸"}).want(t, 201)
		h.post("lin", "/tickets/1001/accept", m{}).want(t, 200)
		if a := h.send(request{who: "lea", method: "PUT", path: "/tickets/1001/watchers/me"}).want(t, 200); len(a.each("items", "id")) != 1 {
			t.Error(a.raw)
		}
		h.send(request{who: "wang", method: "PUT", path: "/tickets/1001/watchers/me"}).want(t, 403)
		h.post("lin", "/tickets/1001/hold", m{"reason": "blocked", "stuck": "缺配件", "doing": "已下单", "next": h.clock.Now().Add(2 * time.Hour)}).want(t, 200)
		a := h.get("wang", "/inbox").want(t, 200)
		if a.at("unread") != float64(1) || a.text("items.0.items.0.kind") != "word" || a.text("items.0.ticket.ref") != "LD-1001" {
			t.Fatal(a.raw)
		}
		if a := h.get("lea", "/inbox").want(t, 200); a.text("items.0.items.0.kind") != "watched" {
			t.Error(a.raw)
		}
		if a := h.get("lin", "/inbox").want(t, 200); len(a.each("items", "unread")) != 0 {
			t.Errorf("told of their own deeds: %s", a.raw)
		}
		h.post("zoe", "/inbox/read", m{"up_to": 1 << 40, "ticket": "LD-1001"}).want(t, 404)
		h.post("zoe", "/inbox/read", m{"up_to": 1 << 40}).want(t, 200)
		if a := h.post("wang", "/inbox/read", m{"up_to": a.at("items.0.items.0.id"), "ticket": "LD-1001"}).want(t, 200); a.at("unread") != float64(0) {
			t.Error(a.raw)
		}
		if a := h.get("wang", "/inbox?state=unread").want(t, 200); len(a.each("items", "unread")) != 0 {
			t.Error(a.raw)
		}
		h.post("wang", "/inbox/done", m{"up_to": 1 << 40}).want(t, 200)
		if a := h.get("wang", "/inbox?state=done").want(t, 200); len(a.each("items", "unread")) != 1 {
			t.Error(a.raw)
		}
		if a := h.send(request{who: "lea", method: "DELETE", path: "/tickets/1001/watchers/me"}).want(t, 200); len(a.each("items", "id")) != 0 {
			t.Error(a.raw)
		}
		h.get("", "/inbox").want(t, 401)
	})
}
