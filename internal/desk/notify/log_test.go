// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestWithoutAMailServerTheLogSaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		save := func(m notify.Mailing) {
			t.Helper()
			if err := r.notify.SaveMailing(t.Context(), r.admin, m, "", setting.AnyVersion); err != nil {
				t.Fatal(err)
			}
		}
		save(notify.StartMailing())
		x := r.record("打印机没反应")
		if got := r.work(); len(got) != 0 {
			t.Fatalf("%v", subjects(got))
		}
		d := r.last(x)
		if d.State != notify.Skipped || d.Reason != "notify.no_server" {
			t.Errorf("%+v", d)
		}
		if err := r.notify.Retry(t.Context(), r.agent, x, d.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("retried without a server: %v", err)
		}
		save(notify.Mailing{Address: "desk@example.org", Tagged: true, Host: "smtp.example.org", Port: 25, Security: notify.IfCan})
		if err := r.notify.Retry(t.Context(), r.agent, x, d.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 1 || !strings.HasSuffix(got[0].MessageID, "@example.org>") {
			t.Errorf("%v", got)
		}
	})
}

func TestTheServerGoesWhileALetterWaits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.post.answers = []error{&notify.Refusal{Key: "notify.later"}}
		x := r.record("打印机没反应")
		r.try()
		if err := r.notify.SaveMailing(t.Context(), r.admin, notify.StartMailing(), "", setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Hour)
		r.work()
		if d := r.last(x); d.State != notify.Skipped || d.Reason != "notify.no_server" {
			t.Errorf("%+v", d)
		}
	})
}

func TestWhoIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		own := r.person("另一个服务台", "box", access.Requester, "portal", "zh-CN")
		if err := r.notify.SaveMailing(t.Context(), r.admin, notify.Mailing{
			Address: "desk@example.org", Own: []string{"box@example.net"}, Host: "smtp.example.org", Port: 587, Security: notify.StartTLS,
		}, "", setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		ours, _, err := r.tickets.Record(t.Context(), own, ticket.Request{Requester: person.ID(own.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "x"}})
		if err != nil {
			t.Fatal(err)
		}
		theirs := r.record("y")
		p, err := r.people.Get(t.Context(), person.ID(r.requester.ID))
		if err != nil {
			t.Fatal(err)
		}
		p.Active = false
		if _, err := r.people.Change(t.Context(), r.admin, p, 0); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 0 {
			t.Errorf("%v", subjects(got))
		}
		if d := r.last(ours); d.State != notify.Skipped || d.Reason != "notify.own_address" {
			t.Errorf("our own address: %+v", d)
		}
		if d := r.last(theirs); d.State != notify.Skipped || d.Reason != "notify.inactive" {
			t.Errorf("an inactive person: %+v", d)
		}
	})
}

// TestS25_WhoIsNoLongerStaffGetsNoLettersOfStaff: neither one that is written later nor one that waits;
// what they ask for themselves is answered as anybody's.
func TestS25_WhoIsNoLongerStaffGetsNoLettersOfStaff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 2})
		x := r.taken()
		r.do(r.requester, x, say("密码是 hunter2"))
		r.work() // it waits for others
		r.changed(r.agent, func(p *person.Person) { p.Role = access.Requester })
		r.do(r.requester, x, say("还是打不开"))
		r.clock.Advance(time.Hour)
		for _, m := range r.work() {
			if m.To.Address == "lin@example.net" {
				t.Errorf("sent all the same: %s", m.Body.Subject)
			}
		}
		list, err := r.notify.ForTicket(t.Context(), r.lead, x)
		list = slices.DeleteFunc(list, func(d notify.Delivery) bool { return d.Person != person.ID(r.agent.ID) })
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		for _, d := range list {
			if d.Template != notify.Answered || d.State != notify.Skipped || d.Reason != "notify.not_staff" {
				t.Errorf("%+v", d)
			}
		}
		if err := r.notify.Retry(t.Context(), r.lead, x, list[1].ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("sent again by hand: %v", err)
		}
		own := r.agent
		own.Role, own.Via = access.Requester, "portal"
		if _, _, err := r.tickets.Record(t.Context(), own, ticket.Request{Requester: person.ID(own.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "我的键盘坏了"}}); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 1 || got[0].To.Address != "lin@example.net" {
			t.Errorf("their own request: %v", subjects(got))
		}
	})
}

func TestS25_TheSendLogIsForStaff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.record("打印机没反应")
		r.work()
		d := r.last(x)
		for name, by := range map[string]access.Actor{
			"the requester": r.requester, "nobody": {}, "a link": {Kind: access.Link, ID: r.requester.ID, Ticket: int64(x.ID)},
		} {
			if list, err := r.notify.ForTicket(t.Context(), by, x); err == nil || list != nil {
				t.Errorf("%s reads the log", name)
			}
			if b, err := r.notify.Brief(t.Context(), by, x); err == nil || b.Lines != 0 {
				t.Errorf("%s reads the log in short", name)
			}
			if err := r.notify.Retry(t.Context(), by, x, d.ID); err == nil {
				t.Errorf("%s retries", name)
			}
			if _, err := r.notify.Failed(t.Context(), by, 0, 10); err == nil {
				t.Errorf("%s reads failures", name)
			}
			if err := r.notify.Test(t.Context(), by, "a@example.net"); err == nil {
				t.Errorf("%s sends tests", name)
			}
		}
		other := r.record("另一张")
		if err := r.notify.Retry(t.Context(), r.agent, other, d.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a line of another ticket: %v", err)
		}
	})
}
