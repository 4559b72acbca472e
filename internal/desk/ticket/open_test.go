// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// A request and what is known of it from the first instant are one commit: all of it or nothing.
func TestN18_RecordedAndReadBackAtOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		request := func(key string) ticket.Request {
			return ticket.Request{
				Requester: person.ID(r.requester.ID), Channel: ticket.Phone, Key: key, Say: ticket.Say{Text: "扫码没有反应", Channel: ticket.Phone, Seconds: 222},
			}
		}
		then := []ticket.Command{
			ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}},
			ticket.ReadBackWith{Items: ticket.Elements()},
			ticket.CallRecord{Incoming: true, Say: ticket.Say{Text: "已复述", Seconds: 222}},
		}
		one, repeated, err := r.Record(t.Context(), r.agent, request("call-1"), then...)
		if err != nil || repeated {
			t.Fatal(repeated, err)
		}
		if one.Priority != triage.P1 || len(one.Detail.ReadBack.Items) != 7 || one.Status != ticket.New {
			t.Errorf("%s, read back %v, %s", one.Priority, one.Detail.ReadBack.Items, one.Status)
		}
		again, repeated, err := r.Record(t.Context(), r.agent, request("call-1"), then...)
		if err != nil || !repeated || again.ID != one.ID || again.Version != one.Version {
			t.Errorf("again: %v, %v, ticket %d at %d", repeated, err, again.ID, again.Version)
		}
		if diff := cmp.Diff(r.rebuilt(one).Detail.ReadBack.Items, one.Detail.ReadBack.Items); diff != "" {
			t.Error(diff)
		}

		bad := append(then, ticket.Resume{}) //nolint:gocritic // the rest and one that cannot be
		if _, _, err := r.Record(t.Context(), r.agent, request("call-2"), bad...); errs.KindOf(err) != errs.Conflict {
			t.Fatalf("a command that cannot be: %v", err)
		}
		p, err := r.List(t.Context(), r.agent, ticket.Filter{View: ticket.All})
		if err != nil || len(p.Tickets) != 1 {
			t.Errorf("%d tickets, %v", len(p.Tickets), err)
		}
		if n := r.Counts(t.Context(), r.agent).Views[ticket.Risk]; n != 1 {
			t.Errorf("the board counts %d", n)
		}
		if _, repeated, err := r.Record(t.Context(), r.agent, request("call-2")); err != nil || repeated {
			t.Errorf("the key is taken by a ticket that there is not: %v, %v", repeated, err)
		}
	})
}

// TestN20_N23_AGradedCallIsToldTheTimeOfItsOwnPriority: the acknowledgement is part of the commit
// that grades it, and promises what the desk then owes.
func TestN20_N23_AGradedCallIsToldTheTimeOfItsOwnPriority(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		parts := r.Parts
		parts.Jobs = nil // one queue has one room
		parts.Expect = func(x ticket.Ticket) time.Time { return x.CreatedAt.Add(time.Duration(x.Priority) * time.Hour) }
		s := ticket.NewService(parts)
		for _, x := range []struct {
			then []ticket.Command
			want time.Duration
		}{
			{nil, 3 * time.Hour},
			{[]ticket.Command{ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}}}, time.Hour},
			{[]ticket.Command{ticket.Grade{Answers: triage.Answers{Affected: triage.Team, Halt: triage.Impaired}, Override: triage.P2, Reason: "年底结账，全员等待"}, ticket.ReadBackWith{Items: ticket.Elements()}}, 2 * time.Hour},
		} {
			one, _, err := s.Record(t.Context(), r.agent, ticket.Request{Requester: person.ID(r.requester.ID), Channel: ticket.Phone, Say: ticket.Say{Text: "扫码没有反应"}}, x.then...)
			if err != nil {
				t.Fatal(err)
			}
			if got := one.Detail.ExpectBy.Sub(one.CreatedAt); got != x.want {
				t.Errorf("%s is told %v, want %v", one.Priority, got, x.want)
			}
		}
	})
}

// An element is as long when a ticket is recorded as it may be later.
func TestN15_TheRecordIsBoundedFromTheStart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		long := strings.Repeat("长", 4001)
		for name, a := range map[string]ticket.Answer{"since": {Value: long}, "since_reason": {Unknown: true, Reason: long}} {
			_, _, err := r.Record(t.Context(), r.requester, ticket.Request{
				Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "一句话"},
				Intake: map[ticket.Element]ticket.Answer{ticket.Since: a},
			})
			if e := errs.As(err); e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != name {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A category keeps the group that it names when that is put out of use. Its new tickets go where
// somebody takes them: to the nearest above whose group is in use, else to the service desk.
func TestN21_ATicketGoesToNoGroupThatIsOutOfUse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		category := func(c catalog.Category) catalog.Category {
			t.Helper()
			c, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), c, 0)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		network, apps := r.team("网络组", r.agent), r.team("应用组", r.lead)
		software := category(catalog.Category{Name: "软件", Group: apps})
		old := category(catalog.Category{Name: "旧系统", Group: network})
		below := category(catalog.Category{Name: "旧系统报表", Parent: software.ID, Group: network})
		for _, c := range []catalog.Category{old, below} {
			if tk, err := r.request(c, nil); err != nil || tk.Group != network {
				t.Errorf("%s, in use: group %d, %v", c.Name, tk.Group, err)
			}
		}
		r.retire(network)
		for _, x := range []struct {
			of   catalog.Category
			want person.GroupID
		}{{old, 0}, {below, apps}} {
			if tk, err := r.request(x.of, nil); err != nil || tk.Group != x.want {
				t.Errorf("%s: group %d, want %d, %v", x.of.Name, tk.Group, x.want, err)
			}
		}
		r.retire(apps)
		if tk, err := r.request(below, nil); err != nil || tk.Group != 0 {
			t.Errorf("none is in use: group %d, %v", tk.Group, err)
		}
	})
}
