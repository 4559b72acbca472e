// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestAListNarrowsToOneRequester(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		mine, closed := r.record("第一单"), r.record("第二单")
		r.do(r.agent, closed, ticket.Close{As: ticket.Invalid, Reason: "不是请求"})
		theirs, _, err := r.Record(t.Context(), r.other, ticket.Request{Requester: person.ID(r.other.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "别人的"}})
		if err != nil {
			t.Fatal(err)
		}
		of := person.ID(r.requester.ID)
		for _, tt := range []struct {
			name string
			by   access.Actor
			view ticket.View
			want map[ticket.ID]bool
		}{
			{"all of theirs", r.agent, ticket.All, map[ticket.ID]bool{mine.ID: true, closed.ID: true}},
			{"those that are open", r.agent, ticket.Risk, map[ticket.ID]bool{mine.ID: true}},
			{"another requester sees none of them", r.other, ticket.All, map[ticket.ID]bool{}},
		} {
			p, err := r.List(t.Context(), tt.by, ticket.Filter{View: tt.view, Requester: of})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Tickets {
				if !tt.want[x.ID] || x.ID == theirs.ID {
					t.Errorf("%s: %s is in it", tt.name, x.Ref())
				}
			}
			if len(p.Tickets) != len(tt.want) {
				t.Errorf("%s: %d tickets", tt.name, len(p.Tickets))
			}
		}
	})
}
