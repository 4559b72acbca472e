// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestS14_WhoNeverAskedStopsTheLetters: somebody in whose name a stranger writes gets one
// acknowledgement, says by its link that they want no more, and no mail in their name takes that back.
// What a person of the desk writes still reaches them.
func TestS14_WhoNeverAskedStopsTheLetters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		ask := func(text string) (ticket.Ticket, []notify.Mail) {
			r.mail("desk@example.org", intake.Mail{FromAddr: "victim@example.net", Subject: text, Text: text})
			got := r.work()
			list, err := r.tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list.Tickets {
				if v.Subject == text {
					return v, got
				}
			}
			t.Fatalf("%q is no ticket", text)
			return ticket.Ticket{}, nil
		}
		x, got := ask("an order that I never placed")
		if len(got) != 1 || !strings.HasSuffix(got[0].Leave, "/stop") || got[0].List != "" {
			t.Fatalf("%+v", got)
		}
		link := access.Actor{Kind: access.Link, ID: int64(x.Requester), Ticket: int64(x.ID), Role: access.Requester, Via: "link"}
		other := access.Actor{Kind: access.Link, ID: int64(x.Requester) + 1, Ticket: int64(x.ID), Role: access.Requester, Via: "link"}
		if err := r.notify.Refuse(t.Context(), other, x, true); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else stops it: %v", err)
		}
		if err := r.notify.Refuse(t.Context(), r.requester, x, true); err == nil {
			t.Error("another requester stops it")
		}
		own := r.record("ERP 登录一直转圈") // of somebody of the house (N19)
		if err := r.notify.Refuse(t.Context(), r.requester, own, true); errs.KindOf(err) != errs.Conflict {
			t.Errorf("somebody of the house stops the word that they wait for: %v", err)
		}
		if got := r.work(); len(got) != 1 || got[0].Leave != "" {
			t.Errorf("somebody of the house: %+v", got)
		}
		for range 2 { // pressed twice
			if err := r.notify.Refuse(t.Context(), link, x, true); err != nil {
				t.Fatal(err)
			}
		}
		if no, err := r.notify.Refuses(t.Context(), link, x); err != nil || !no.Refuses || !no.Offered {
			t.Errorf("%v %v", no, err)
		}
		r.clock.Advance(25 * time.Hour)
		y, got := ask("another one")
		if len(got) != 0 {
			t.Errorf("sent all the same: %v", subjects(got))
		}
		if d := r.last(y); d.State != notify.Skipped || d.Reason != "notify.refuses" {
			t.Errorf("%+v", d)
		}
		r.do(r.agent, y, ticket.Accept{})
		r.do(r.agent, y, ticket.Reply{Say: ticket.Say{Text: "Was it you?"}})
		if got := r.work(); len(got) != 1 || got[0].Leave != "" {
			t.Errorf("what a person writes: %+v", got)
		}
		if err := r.notify.Refuse(t.Context(), link, x, false); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(25 * time.Hour)
		if _, got = ask("a third, which I did place"); len(got) != 1 {
			t.Errorf("taken back: %v", subjects(got))
		}
	})
}

// TestS14_N29_WordsThatRideInARefusedLetterAreTold: whoever wants no automatic mail gets what a person
// wrote while such a letter gathered.
func TestS14_N29_WordsThatRideInARefusedLetterAreTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 10})
		r.mail("desk@example.org", intake.Mail{FromAddr: "victim@example.net", Subject: "printer", Text: "It is broken"})
		r.work()
		list, err := r.tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All})
		if err != nil || len(list.Tickets) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		x := list.Tickets[0]
		r.do(r.agent, x, ticket.Accept{})
		x = r.resolve(x)
		r.clock.Advance(time.Hour)
		r.work()
		link := access.Actor{Kind: access.Link, ID: int64(x.Requester), Ticket: int64(x.ID), Role: access.Requester, Via: "link"}
		if err := r.notify.Refuse(t.Context(), link, x, true); err != nil {
			t.Fatal(err)
		}
		r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
		r.work()
		r.do(r.agent, x, say("Did it print?"))
		r.work()
		r.clock.Advance(time.Hour)
		if got := r.work(); len(got) != 1 || !strings.Contains(got[0].Body.Text, "Did it print?") {
			t.Errorf("what a person wrote: %v\n%+v", subjects(got), r.log(x))
		}
	})
}
