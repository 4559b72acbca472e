// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func TestS24_S25_SearchByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.post("wang", "/tickets", m{"text": "打印机卡纸 ERR-1234"}).want(t, 201)
		h.post("zoe", "/tickets", m{"text": "打印机没墨"}).want(t, 201)
		h.post("lin", "/tickets/1001/note", m{"text": "canary-77 打印"}).want(t, 200)
		if _, err := h.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		find := func(who, q string) answer { return h.get(who, "/search?q="+url.QueryEscape(q)).want(t, 200) }
		for _, x := range []struct {
			who, q string
			found  int
		}{
			{"lin", "打印机", 2},
			{"lin", "打", 2},
			{"lin", "canary-77", 1},
			{"lin", "requester:zoe", 1},
			{"wang", "打印机", 1},
			{"wang", "canary-77", 0},
			{"zoe", "ERR-1234", 0},
		} {
			a := find(x.who, x.q)
			if got := len(a.each("items", "ticket.ref")); got != x.found || a.at("total") != float64(x.found) {
				t.Errorf("%s finds %d by %s, total %v: %s", x.who, got, x.q, a.at("total"), a.raw)
			}
		}
		if a := find("wang", "打印"); strings.Contains(a.raw, "canary") || strings.Contains(a.raw, `"people"`) {
			t.Errorf("the requester reads %s", a.raw)
		}
		if got := len(h.get("lin", "/tickets?q="+url.QueryEscape("打印机")).want(t, 200).each("items", "ref")); got != 2 {
			t.Errorf("a list with words holds %d", got)
		}
		if a := h.get("wang", "/search?q=owner:me").want(t, 422); a.text("errors.0.key") != "search.filter_staff" {
			t.Error(a.raw)
		}
		if a := h.get("lin", "/search?q=sender:me").want(t, 422); a.text("errors.0.key") != "queue.field_unknown" {
			t.Error(a.raw)
		}
		if a := h.get("lin", "/search/people?limit=1&q=firm.test").want(t, 200); len(a.each("items", "email")) != 1 || a.at("total") == float64(0) {
			t.Error(a.raw)
		}
		h.get("wang", "/search/people?q=lin").want(t, 403)
		if a := h.get("lin", "/search?q="+url.QueryEscape("打印 status:")).want(t, 422); a.at("errors.0.at") != float64(4) {
			t.Error(a.raw)
		}
		h.get("", "/search?q=x").want(t, 401)
	})
}
