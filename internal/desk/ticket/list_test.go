// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
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

// A saved list says the name of whoever left, and one that is made of their name asks for them alone.
func TestN12_AListSaysTheNameOfWhoeverLeft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		key := func(a access.Actor) string { return fmt.Sprintf("owner:#%d", a.ID) }
		like := r.person("林岚岚", access.Agent, "web")
		check := func(when string) {
			t.Helper()
			names := r.Names(r.lead)
			for typed, of := range map[string]access.Actor{"owner:林岚": r.agent, "owner:林岚岚": like} {
				tree, err := queue.Understand(t.Context(), typed, names)
				if err != nil || tree.String() != key(of) {
					t.Errorf("%s: %s is %s, want %s, %v", when, typed, tree, key(of), err)
				}
				if tree, err = queue.Parse(key(of)); err != nil {
					t.Fatal(err)
				}
				if said := queue.Say(t.Context(), tree, "en", names); said != typed {
					t.Errorf("%s: %s says %q, want %q", when, key(of), said, typed)
				}
			}
		}
		check("while both are here")
		for _, who := range []access.Actor{r.agent, like} {
			p := r.people.Card(t.Context(), person.ID(who.ID))
			p.Active = false
			if _, err := r.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
				t.Fatal(err)
			}
			check("when " + p.Name + " left")
		}
		offered, err := r.Names(r.lead).Offer(t.Context(), queue.Person, "林", "en", 9)
		if err != nil || len(offered) != 0 {
			t.Errorf("who left is offered: %v, %v", offered, err)
		}
	})
}
