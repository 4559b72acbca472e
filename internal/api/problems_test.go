// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// A problem by API: opened by a lead alone, changed against its version, linked and unlinked.
func TestN39_ProblemsByAPI(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		open := m{"title": "VPN drops in the morning", "workaround": "use the other gateway"}
		if got := h.send(request{who: "lin", method: "POST", path: "/problems", body: open}); got.status != 403 {
			t.Errorf("an agent opens a problem: %d", got.status)
		}
		made := h.send(request{who: "lea", method: "POST", path: "/problems", body: open})
		if made.status != 201 || made.body["ref"] == nil {
			t.Fatalf("opened: %d %v", made.status, made.body)
		}
		path := fmt.Sprintf("/problems/%v", made.body["id"])
		open["cause"], open["version"] = "licences", 99
		if got := h.send(request{who: "lea", method: "PUT", path: path, body: open}); got.status != 412 {
			t.Errorf("a version that does not stand: %d", got.status)
		}
		open["version"] = 1
		if got := h.send(request{who: "lea", method: "PUT", path: path, body: open}); got.status != 200 || got.body["cause"] != "licences" {
			t.Errorf("changed: %d %v", got.status, got.body)
		}
		if got := h.send(request{who: "lea", method: "POST", path: path + "/move", body: m{"to": "closed"}}); got.status != 409 {
			t.Errorf("moved where there is no way: %d", got.status)
		}
		if got := h.send(request{who: "lea", method: "POST", path: path + "/move", body: m{"to": "known"}}); got.status != 200 || got.body["state"] != "known" {
			t.Errorf("moved: %d %v", got.status, got.body)
		}
		on := h.open(nil)
		if got := h.send(request{who: "lin", method: "POST", path: on + "/problems", body: m{"problem": made.body["id"]}}); got.status >= 300 {
			t.Errorf("linked: %d %s", got.status, got.raw)
		}
		if got := h.send(request{who: "wang", method: "POST", path: on + "/problems", body: m{"problem": made.body["id"]}}); got.status != 403 {
			t.Errorf("a requester links: %d", got.status)
		}
		if got := h.get("lin", path); got.body["count"] != 1.0 {
			t.Errorf("it has %v tickets", got.body["count"])
		}
		if got := h.send(request{who: "lin", method: "DELETE", path: on + fmt.Sprintf("/problems/%v", made.body["id"])}); got.status >= 300 {
			t.Errorf("unlinked: %d %s", got.status, got.raw)
		}
		if got := h.get("lin", path); got.body["count"] != 0.0 {
			t.Errorf("it has %v tickets left", got.body["count"])
		}
		if got := h.send(request{who: "wang", method: "GET", path: path}); got.status != 403 {
			t.Errorf("a requester reads it: %d", got.status)
		}
	})
}

// An improvement begins open: a state or a reason of its own is refused and not left out, and it is changed with them.
func TestN39_ImprovementsByAPI(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		plan := m{"title": "Fewer paper jams", "why": "a jam each week"}
		for member, v := range map[string]string{"state": "done", "reason": "not ours"} {
			if a := h.post("lea", "/improvements", m{"title": plan["title"], "why": plan["why"], member: v}).want(t, 422); a.text("errors.0.field") != member {
				t.Error(a.raw)
			}
		}
		if a := h.get("lea", "/improvements").want(t, 200); len(a.each("items", "id")) != 0 {
			t.Errorf("registered all the same: %s", a.raw)
		}
		made := h.post("lea", "/improvements", plan).want(t, 201)
		if made.text("state") != "open" || made.text("title") != plan["title"] {
			t.Error(made.raw)
		}
		plan["state"], plan["version"] = "doing", made.int("version")
		if a := h.send(request{who: "lea", method: "PUT", path: fmt.Sprintf("/improvements/%d", made.int("id")), body: plan}).want(t, 200); a.text("state") != "doing" {
			t.Error(a.raw)
		}
	})
}
