// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"errors"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Who writes about a solution has answered: nobody is reminded and nothing closes "without an
// answer" while the desk owes one, and afterwards there is the whole time again.
func TestN35_N29_NothingClosesWhileTheRequestersWordIsUnanswered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		p := r.clocks.Policy()
		p.ConfirmDays, p.RemindDays = 3, 2
		r.save(p)
		which, once := r.open(), r.open()
		full := solution()
		full.Difficulties, full.Approach = "d", "a"
		r.do(r.agent, which, full)
		r.do(r.agent, once, full)
		r.pass(2*day + time.Hour)
		v := r.do(r.requester, which, ticket.Reply{Say: ticket.Say{Text: "还是卡纸，没有好"}})
		if v.NextClock != string(sla.Update) || v.Detail.Reminders != 1 {
			t.Errorf("%s is due next; reminded %d times", v.NextClock, v.Detail.Reminders)
		}
		for _, cmd := range []ticket.Command{ticket.Expire{Resolutions: 1}, ticket.RemindUser{Resolutions: 1, Nth: 2}} {
			if _, err := r.tickets.Do(t.Context(), access.Desk(), ticket.Target{ID: which}, cmd); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s while the requester waits: %v", cmd.Name(), err)
			}
		}
		for range 5 {
			r.pass(day)
		}
		if v = r.get(which); v.Status != ticket.Resolved || !v.Detail.Expired.IsZero() || v.Detail.Reminders != 1 {
			t.Fatalf("nobody answered: %s %s, expired %v, reminded %d times", v.Status, v.ClosedAs, v.Detail.Expired, v.Detail.Reminders)
		}
		if v = r.get(once); v.ClosedAs != ticket.Unconfirmed {
			t.Errorf("one who says nothing: %s %s", v.Status, v.ClosedAs)
		}
		r.do(r.agent, which, ticket.Reply{Say: ticket.Say{Text: "请换一个纸盒再试"}})
		r.pass(2*day - time.Minute)
		if v = r.get(which); v.Detail.Reminders != 0 {
			t.Errorf("the reminders begin anew with the answer: %d", v.Detail.Reminders)
		}
		r.pass(time.Minute)
		if v = r.get(which); v.Detail.Reminders != 1 {
			t.Errorf("reminded %d times two days after the answer", v.Detail.Reminders)
		}
		r.pass(day - time.Minute)
		if v = r.get(which); v.Status != ticket.Resolved {
			t.Errorf("a minute too early: %s", v.Status)
		}
		r.pass(time.Minute)
		if v = r.get(which); v.ClosedAs != ticket.Unconfirmed {
			t.Errorf("no word for three days after the answer: %s %s", v.Status, v.ClosedAs)
		}
	})
}

// What the requester writes when the time is up is a word as before: the closure sheet that was missing
// does not close the ticket past it, and the answer gives them the whole time again.
func TestN35_N29_AWordAfterTheTimeIsUpHoldsTheEndUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		p := r.clocks.Policy()
		p.ConfirmDays, p.RemindDays = 3, 2
		r.save(p)
		which, once := r.open(), r.open()
		r.do(r.agent, which, solution())
		r.do(r.agent, once, solution())
		r.pass(3 * day)
		if v := r.get(which); v.Detail.Expired.IsZero() || v.Status != ticket.Resolved {
			t.Fatalf("it waits for its sheet: %s", v.Status)
		}
		r.pass(time.Hour)
		if v := r.do(r.requester, which, ticket.Reply{Say: ticket.Say{Text: "还是卡纸"}}); v.NextClock != string(sla.Update) {
			t.Errorf("%s is due next", v.NextClock)
		}
		sheet := ticket.Archive{Difficulties: "d", Approach: "a"}
		if v := r.do(r.agent, once, sheet); v.ClosedAs != ticket.Unconfirmed {
			t.Errorf("one who says nothing: %s %s", v.Status, v.ClosedAs)
		}
		if v := r.do(r.agent, which, sheet); v.Status != ticket.Resolved || v.Detail.Closure.Approach != "a" {
			t.Fatalf("past what they wrote: %s %s", v.Status, v.ClosedAs)
		}
		refused := func(cmd ticket.Command, by access.Actor, want error) {
			t.Helper()
			if _, err := r.tickets.Do(t.Context(), by, ticket.Target{ID: which}, cmd); !errors.Is(err, want) {
				t.Errorf("%s: %v", cmd.Name(), err)
			}
		}
		refused(ticket.Close{As: ticket.Unconfirmed}, r.agent, ticket.ErrAsksBack)
		refused(ticket.Expire{Resolutions: 1}, access.Desk(), ticket.ErrAsksBack)
		for range 4 {
			r.pass(day)
		}
		v := r.get(which)
		if c, ok := r.clocks.One(sla.Confirm, v); !ok || c.State != sla.Paused || v.Status != ticket.Resolved {
			t.Errorf("nobody answered: %s, %+v", v.Status, c)
		}
		v = r.do(r.agent, which, ticket.Reply{Say: ticket.Say{Text: "请换一个纸盒再试"}})
		if c, _ := r.clocks.One(sla.Confirm, v); c.State != sla.Running || !c.Due.Equal(r.clock.Now().Add(3*day)) || v.NextClock != string(sla.Confirm) {
			t.Errorf("answered, and %s is due: %+v", v.NextClock, c)
		}
		refused(ticket.Close{As: ticket.Unconfirmed}, r.agent, errs.New(errs.Conflict, "ticket.not_expired"))
		if v = r.do(r.agent, which, sheet); v.Status != ticket.Resolved {
			t.Errorf("answered a moment ago: %s %s", v.Status, v.ClosedAs)
		}
		r.pass(3*day - time.Minute)
		if v = r.get(which); v.Status != ticket.Resolved {
			t.Errorf("a minute too early: %s", v.Status)
		}
		r.pass(time.Minute)
		if v = r.get(which); v.ClosedAs != ticket.Unconfirmed {
			t.Errorf("no word for three days after the answer: %s %s", v.Status, v.ClosedAs)
		}
	})
}

// The clock says what the job does: it rests while the desk owes an answer.
func TestN35_N29_TheConfirmClockRestsWhileTheDeskOwesAnAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		tell func(l *slatest.Life)
		want expected
	}{
		{"the requester wrote", func(l *slatest.Life) { l.Then(hour, slatest.UserWord()) }, expected{sla.Paused, 0, "sla.why_unanswered"}},
		{"and was answered", func(l *slatest.Life) { l.Then(hour, slatest.UserWord()).Then(9*hour, l.Word()) }, expected{sla.Running, 84 * hour, "sla.why_answered"}},
		{"a word that nobody asked for moves nothing", func(l *slatest.Life) { l.Then(hour, l.Word()) }, expected{sla.Running, 74 * hour, "sla.why_solution"}},
		{"their yes answers it, however long it took the desk", func(l *slatest.Life) {
			l.Then(hour, slatest.UserWord()).Then(90*hour, slatest.Confirmed())
		}, expected{sla.Met, 165 * hour, ""}},
		{"what is said after their yes moves nothing", func(l *slatest.Life) {
			l.Then(hour, slatest.Confirmed()).Then(hour, slatest.UserWord()).Then(hour, l.Word())
		}, expected{sla.Met, 74 * hour, "sla.why_solution"}},
		{"another solution begins anew", func(l *slatest.Life) {
			l.Then(hour, slatest.UserWord()).Then(hour, l.Word()).Then(hour, slatest.Rejected()).Then(hour, slatest.Solved())
		}, expected{sla.Running, 78 * hour, "sla.why_solution"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := answered()
			l.Then(hour, slatest.Solved())
			tt.tell(l)
			check(t, l, sla.Confirm, tt.want)
		})
	}
}
