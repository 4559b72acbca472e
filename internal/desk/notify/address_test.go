// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// moved gives somebody another address.
func (r *desk) moved(who access.Actor, address string) {
	r.Helper()
	r.changed(who, func(p *person.Person) { p.Email = address })
}

// changed changes what the desk knows of somebody.
func (r *desk) changed(who access.Actor, change func(*person.Person)) {
	r.Helper()
	p, err := r.people.Get(r.Context(), person.ID(who.ID))
	if err != nil {
		r.Fatal(err)
	}
	change(&p)
	if _, err := r.people.Change(r.Context(), r.admin, p, 0); err != nil {
		r.Fatal(err)
	}
}

// TestS50_F38_ALetterThatWaitedGoesToTheAddressOfToday: written in the evening for the morning, with
// the address mended in between. Its log, its riders and its bounce name the new one.
func TestS50_F38_ALetterThatWaitedGoesToTheAddressOfToday(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 2, Quiet: notify.Hours{From: 22 * 60, To: 7 * 60}})
		x := r.taken()
		r.clock.Advance(13*time.Hour + 30*time.Minute) // 23:30
		r.do(r.agent, x, say("晚上一句"))
		r.work()
		r.do(r.agent, x, say("夜里一句"))
		r.work()
		before := r.last(x).MessageID
		r.moved(r.requester, "wang.new@example.net")
		r.clock.Advance(7*time.Hour + 30*time.Minute)
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "wang.new@example.net" || got[0].MessageID == before {
			t.Fatalf("at seven: %v", subjects(got))
		}
		list := r.log(x)
		for _, d := range list[len(list)-2:] {
			if d.Address != "wang.new@example.net" || d.MessageID != got[0].MessageID || d.State != notify.Sent {
				t.Errorf("%+v", d)
			}
		}
		r.mail("desk@example.org", back(got[0], intake.Returned{
			Mails: []string{got[0].MessageID}, Receiver: "wang.new@example.net", Status: "5.1.1", Answer: "550 unknown", Final: true, Hard: true,
		}))
		r.work()
		for address, want := range map[string]bool{"wang.new@example.net": true, "wang@example.net": false} {
			if _, gone, err := r.notify.Dead(t.Context(), r.agent, address); err != nil || gone != want {
				t.Errorf("%s is dead: %v %v", address, gone, err)
			}
		}
	})
}

// TestS50_F39_ALetterThatIsTriedAgainFollowsItsReader: a mistyped address that its server refuses for
// now is mended, and the next try goes to the right one, under one name from then on.
func TestS50_F39_ALetterThatIsTriedAgainFollowsItsReader(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.taken()
		later := &notify.Refusal{Key: "notify.later", Answer: "450 4.1.1 unknown"}
		r.post.answers = []error{later, later}
		r.do(r.agent, x, say("一句"))
		r.try()
		first := r.last(x)
		r.moved(r.requester, "wang.new@example.net")
		r.clock.Advance(time.Minute)
		r.try()
		second := r.last(x)
		if second.Address != "wang.new@example.net" || second.MessageID == first.MessageID || second.State != notify.Queued || second.Attempts != 2 {
			t.Errorf("while it waits again: %+v", second)
		}
		r.clock.Advance(2 * time.Minute)
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "wang.new@example.net" || got[0].MessageID != second.MessageID {
			t.Errorf("%v", subjects(got))
		}
	})
}

// TestF38_TheAddressOfTodayIsJudgedToo: one of the desk's own, and one that nothing reaches.
func TestF38_TheAddressOfTodayIsJudgedToo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.taken()
		y := r.record("给别人的")
		r.work()
		r.do(r.agent, y, say("收到"))
		sent := r.work()
		r.mail("desk@example.org", back(sent[0], intake.Returned{
			Mails: []string{sent[0].MessageID}, Receiver: "wang@example.net", Status: "5.1.1", Answer: "550 unknown", Final: true, Hard: true,
		}))
		r.work()
		for address, reason := range map[string]string{"desk+tag@example.org": "notify.own_address", "wang@example.net": "notify.dead_address"} {
			r.moved(r.requester, "wang.other@example.net")
			r.post.answers = []error{&notify.Refusal{Key: "notify.later", Answer: "450 later"}}
			r.do(r.agent, x, say("一句"))
			r.try()
			r.moved(r.requester, address)
			r.clock.Advance(time.Hour)
			if got := r.try(); len(got) != 0 {
				t.Errorf("%s: %v", address, subjects(got))
			}
			d := r.last(x)
			if d.State != notify.Skipped || d.Reason != reason || d.Address != address || (reason == "notify.dead_address") != strings.Contains(d.Answer, "550") {
				t.Errorf("%s: %+v", address, d)
			}
		}
	})
}

// TestF39_LettersThatPartKeepNamesOfTheirOwn: what rode in a letter that is held back goes out by itself,
// and by no name that another letter has: mail systems take two of one name for one.
func TestF39_LettersThatPartKeepNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.stopped("请今天不要再提交付款", "数据会重复")
		r.moved(r.requester, "wang.new@example.net")
		r.clock.Advance(time.Hour)
		if got := r.work(); len(got) == 0 {
			t.Fatal("the words of a person were held back")
		}
		names := map[string]bool{}
		for _, d := range r.log(x) {
			if d.With == 0 && names[d.MessageID] {
				t.Errorf("a second letter has this name: %+v", d)
			}
			names[d.MessageID] = true
		}
	})
}
