// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// TestA28_A48_S88_ARequestersProgramIsCountedAsTheyAre: what somebody may do so often by the pages they
// may do so often by program, and both are one count. A dry run counts for nothing, staff only for
// their files, and nobody for somebody else.
func TestA28_A48_S88_ARequestersProgramIsCountedAsTheyAre(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		path := h.open(nil)
		replying := func(who, query string) answer {
			return h.post(who, path+"/reply"+query, m{"text": "还是不行"})
		}
		for _, act := range []struct {
			what string
			act  session.Act
			do   func(who string) answer
			want int
			free bool // for staff
		}{
			{"requests", session.Opening, func(who string) answer { return h.post(who, "/tickets", m{"text": "打印机卡纸"}) }, http.StatusCreated, true},
			{"words", session.Saying, func(who string) answer { return replying(who, "") }, http.StatusOK, true},
			{"messages", session.Saying, func(who string) answer {
				return h.post(who, path+"/messages", m{"kind": "public", "text": "还是不行"})
			}, http.StatusCreated, true},
			{"files", session.Uploading, func(who string) answer {
				return h.upload(who, []byte("x"), "application/octet-stream", "?name=a.bin")
			}, http.StatusCreated, false},
		} {
			h.clock.Advance(session.Window + time.Second)
			for range act.act.Most() - 1 { // by the pages
				for _, who := range []string{"wang", "lin"} {
					h.must(h.parts.Sessions.Count(t.Context(), h.id(who), act.act))
				}
			}
			act.do("wang").want(t, act.want)
			a := act.do("wang")
			if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "900" || a.text("key") != "session.too_many" || a.text("kind") != "limited" {
				t.Errorf("%s without end: %d, come back after %q: %s", act.what, a.status, a.header.Get("Retry-After"), a.raw)
			}
			for range 3 {
				if a = act.do("lin"); act.free {
					a.want(t, act.want)
				}
			}
			if !act.free {
				a.want(t, http.StatusTooManyRequests)
			}
			if act.act == session.Saying {
				replying("wang", "?dry_run=true").want(t, http.StatusOK)
			} else {
				act.do("zoe").want(t, act.want)
			}
			h.clock.Advance(session.Window + time.Second)
			act.do("wang").want(t, act.want)
		}
	})
}
