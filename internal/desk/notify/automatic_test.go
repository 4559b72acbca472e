// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// bound changes how much the desk answers by itself.
func (r *desk) bound(domain, all int64) {
	r.Helper()
	if err := r.notify.SaveBounds(r.Context(), access.Desk(), domain, all, setting.AnyVersion); err != nil {
		r.Fatal(err)
	}
}

// TestS14_ADomainGetsSoManyAnswersAnHour whoever writes in the names of many people of one domain
// makes the desk write to a few of them, and to nobody of another domain less.
func TestS14_ADomainGetsSoManyAnswersAnHour(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.bound(5, 2000)
		ask := func(from string) {
			r.mail("desk@example.org", intake.Mail{FromAddr: from, Subject: "s", Text: from + r.clock.Now().String()})
		}
		for i := range 12 {
			ask(fmt.Sprintf("victim%d@flooded.example", i))
		}
		ask("one@sub.flooded.example")
		ask("one@notflooded.example")
		ask("one@other.example")
		got := map[string]int{}
		for _, m := range r.work() {
			_, domain, _ := strings.Cut(m.To.Address, "@")
			got[domain]++
		}
		if got["flooded.example"] != 5 || got["sub.flooded.example"] != 1 || got["notflooded.example"] != 1 || got["other.example"] != 1 {
			t.Errorf("%v", got)
		}
		list, err := r.notify.Unsent(t.Context(), access.Desk())
		if err != nil || len(list) != 1 || list[0] != (notify.Tally{State: notify.Skipped, Reason: "notify.domain_cap", Count: 7}) {
			t.Errorf("%+v %v", list, err)
		}
		r.clock.Advance(61 * time.Minute)
		ask("late@flooded.example")
		if n := len(r.work()); n != 1 {
			t.Errorf("%d letters an hour later", n)
		}
	})
}

// TestS14_F36_TheDeskAnswersSoMuchAnHour however many domains they come from.
func TestS14_F36_TheDeskAnswersSoMuchAnHour(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.bound(5, 7)
		for i := range 12 {
			r.mail("desk@example.org", intake.Mail{FromAddr: fmt.Sprintf("a@d%d.example", i), Subject: "s", Text: "t"})
		}
		if n := len(r.work()); n != 7 {
			t.Errorf("%d letters", n)
		}
		r.record("the people of the house count too")
		if n := len(r.work()); n != 0 {
			t.Errorf("%d letters", n)
		}
	})
}

// TestS14_OnePressStopsAutomaticMail and nothing that a person writes; what was held back stands in
// the log, and is sent when somebody asks for it.
func TestS14_OnePressStopsAutomaticMail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		for _, by := range []access.Actor{r.agent, r.requester} {
			if err := r.notify.Stop(t.Context(), by, true); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s stops mail: %v", by.Role, err)
			}
		}
		if err := r.notify.Stop(t.Context(), r.lead, true); err != nil {
			t.Fatal(err)
		}
		if a, err := r.notify.Stopped(t.Context(), r.agent); err != nil || !a.Stopped || int64(a.By) != r.lead.ID || a.At.IsZero() {
			t.Errorf("%+v %v", a, err)
		}
		x := r.record("ERP 登录一直转圈")
		if got := r.work(); len(got) != 0 {
			t.Errorf("sent all the same: %v", subjects(got))
		}
		d := r.last(x)
		if d.State != notify.Skipped || d.Reason != "notify.stopped" {
			t.Errorf("%+v", d)
		}
		r.do(r.agent, x, ticket.Accept{})
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "正在查"}})
		if got := r.work(); len(got) != 1 {
			t.Errorf("what a person writes: %v", subjects(got))
		}
		x = r.resolve(x)
		if got := r.work(); len(got) != 1 {
			t.Errorf("a solution: %v", subjects(got))
		}
		r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
		if got := r.work(); len(got) != 0 {
			t.Errorf("a timer writes: %v", subjects(got))
		}
		if err := r.notify.Stop(t.Context(), r.lead, false); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 0 {
			t.Errorf("stale letters go out by themselves: %v", subjects(got))
		}
		if err := r.notify.Retry(t.Context(), r.agent, x, d.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 1 {
			t.Errorf("asked for: %v", subjects(got))
		}
	})
}

// stopped is a ticket whose time was up while automatic mail is stopped: the letter of the timer gathers,
// and words of the agent ride in it.
func (r *desk) stopped(words ...string) ticket.Ticket {
	r.Helper()
	r.pace(notify.Pace{Gather: 10})
	x := r.resolve(r.taken())
	r.clock.Advance(time.Hour)
	r.work()
	if err := r.notify.Stop(r.Context(), r.lead, true); err != nil {
		r.Fatal(err)
	}
	r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
	r.work()
	r.clock.Advance(3 * time.Minute)
	for _, w := range words {
		r.do(r.agent, x, say(w))
	}
	r.work()
	return x
}

// TestS14_N29_WordsThatRideInAStoppedLetterAreTold: an agent writes while the letter of a timer gathers.
// The stop keeps that one back and not the words in it.
func TestS14_N29_WordsThatRideInAStoppedLetterAreTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.stopped("请今天不要再提交付款，数据会重复")
		r.clock.Advance(time.Hour)
		got := r.work()
		if len(got) != 1 || !strings.Contains(got[0].Body.Text, "数据会重复") || strings.Contains(got[0].Body.Subject, string(notify.TimeUp)) {
			t.Errorf("what a person wrote: %v", subjects(got))
		}
		list := r.log(x)
		if timer, words := list[len(list)-2], list[len(list)-1]; timer.Reason != "notify.stopped" || words.State != notify.Sent || words.With != 0 {
			t.Errorf("%+v\n%+v", timer, words)
		}
	})
}
