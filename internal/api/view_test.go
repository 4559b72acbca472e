// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func TestS24_SavedViewsByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.post("wang", "/tickets", m{"text": "打印机卡纸"}).want(t, 201)
		h.post("zoe", "/tickets", m{"text": "打印机没墨"}).want(t, 201)
		h.post("lin", "/tickets/1001/accept", m{}).want(t, 200)
		made := h.post("lin", "/views", m{"name": "mine", "filter": "状态:未关闭 责任人:我 打印机", "sort": "oldest"}).want(t, 201)
		if got := made.text("filter"); got != "status:open owner:me 打印机" {
			t.Errorf("the filter is stored as %q", got)
		}
		name := made.text("view")
		if got := h.get("lin", "/tickets?view="+name).want(t, 200).each("items", "ref"); fmt.Sprint(got) != "[LD-1001]" {
			t.Errorf("the view lists %v", got)
		}
		if got := h.get("lin", "/tickets?view=risk&q="+url.QueryEscape("-owner:me 打印")).want(t, 200).each("items", "ref"); fmt.Sprint(got) != "[LD-1002]" {
			t.Errorf("the filter lists %v", got)
		}
		if a := h.get("lin", "/views").want(t, 200); a.int("saved.0.open") != 1 || a.text("saved.0.view") != name {
			t.Error(a.raw)
		}
		if a := h.get("lin", "/tickets?view=risk&q=stauts:open").want(t, 422); a.text("errors.0.key") != "queue.field_unknown" {
			t.Error(a.raw)
		}
		if a := h.post("lin", "/views", m{"name": "x", "filter": "silent:soon"}).want(t, 422); a.text("errors.0.key") != "queue.stretch" {
			t.Error(a.raw)
		}
		// Whoever does not have it learns nothing of it.
		id := made.int("id")
		h.get("wang", "/tickets?view="+name).want(t, 422)
		h.get("lin", "/tickets?view=v999").want(t, 404)
		h.post("wang", "/views", m{"name": "x", "filter": "status:open"}).want(t, 403)
		h.send(request{who: "lin", method: "DELETE", path: fmt.Sprintf("/views/%d", id)}).want(t, 200)
		h.get("lin", "/tickets?view="+name).want(t, 404)
		h.post("lin", fmt.Sprintf("/views/%d/restore", id), nil).want(t, 200)
		changed := h.send(request{who: "lin", method: "PUT", path: fmt.Sprintf("/views/%d", id), body: m{"version": 0, "name": "all", "filter": "status:open"}}).want(t, 200)
		if got := changed.text("name"); got != "all" || strings.Contains(changed.raw, "owner:me") {
			t.Error(changed.raw)
		}
	})
}
