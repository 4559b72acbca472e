// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS25_AThreadThatStaffReadShowsTheRequesterNoMore: threads are kept in memory, whole.
func TestS25_AThreadThatStaffReadShowsTheRequesterNoMore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		texts := func(by access.Actor, v ticket.Ticket) (out []string) {
			t.Helper()
			list, err := r.Thread(t.Context(), by, v)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				if e.Message != nil {
					out = append(out, e.Message.Text)
				}
			}
			return out
		}
		v := r.record("登录失败")
		for i, note := range []string{"内部一", "内部二"} {
			v = r.do(r.agent, v, ticket.Note{Say: ticket.Say{Text: note}})
			want := []string{"登录失败", "内部一", "内部二"}[:i+2]
			for range 2 { // read anew, then kept
				if d := cmp.Diff(want, texts(r.agent, v)); d != "" {
					t.Errorf("staff (-want +got):\n%s", d)
				}
				if d := cmp.Diff(want[:1], texts(r.requester, v)); d != "" {
					t.Errorf("the requester (-want +got):\n%s", d)
				}
			}
		}
	})
}
