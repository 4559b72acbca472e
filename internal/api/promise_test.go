// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func TestN30_PromisesByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		h.walk(path, []step{
			{"accepted", "lin", "/accept", nil, 200, nil, []string{"ticket.accepted"}},
			{"a time in the past is no promise", "lin", "/reply", m{"text": "好", "promise": "2020-01-01T00:00:00Z"}, 422, m{"errors.0.field": "promise"}, nil},
			{"nor one that nobody lives to see", "lin", "/reply", m{"text": "好", "promise": "9999-01-01T00:00:00Z"}, 422, m{"errors.0.key": "ticket.promise_far"}, nil},
			{"a reply that promises", "lin", "/reply", m{"text": "14:00 前答复您", "promise": "2026-11-24T06:00:00Z"}, 200, m{"promise_at": "2026-11-24T06:00:00Z"}, []string{"ticket.said"}},
			{"the requester's time is no promise", "wang", "/reply", m{"text": "好", "promise": "2026-11-24T04:00:00Z"}, 200, m{"promise_at": "2026-11-24T06:00:00Z"}, []string{"ticket.said"}},
			{"a wait tells another", "lin", "/hold", m{
				"reason": "blocked", "stuck": "等补丁", "doing": "已催", "next": "2026-11-24T08:00:00Z",
				"vendor": "Oracle", "vendor_case": "SR 3-1", "vendor_by": "2026-11-24T07:00:00Z",
			}, 200, m{"detail.hold.vendor": "Oracle", "detail.hold.vendor_case": "SR 3-1"}, []string{"ticket.held"}},
			{"a vendor's past is refused", "lin", "/hold", m{"reason": "vendor", "vendor_by": "2020-01-01T00:00:00Z"}, 422, m{"errors.0.field": "vendor_by"}, nil},
		})
		for _, who := range []string{"lin", "wang"} {
			a := h.get(who, path+"/promises")
			for at, want := range map[string]string{
				"items.0.source": "acknowledgement", "items.0.state": "kept", "items.1.source": "reply", "items.1.state": "renegotiated",
				"items.1.moved_to": "2026-11-24T08:00:00Z", "items.2.source": "wait", "items.2.state": "open", "items.2.due": "2026-11-24T08:00:00Z",
			} {
				if got := a.text(at); got != want {
					t.Errorf("%s reads %s = %q, want %q", who, at, got, want)
				}
			}
		}
		if got := h.get("wang", path).text("detail.hold.vendor_case"); got != "" {
			t.Errorf("the requester reads the vendor's case: %q", got)
		}
		if a := h.get("zoe", path+"/promises"); a.status != 404 {
			t.Errorf("a stranger: %d", a.status)
		}
	})
}
