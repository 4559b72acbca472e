// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN19_ARequestIsAcknowledgedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.record("ERP 登录一直转圈")
		got := r.work()
		if len(got) != 1 {
			t.Fatalf("%d mails", len(got))
		}
		m := got[0]
		if m.To.Address != "wang@example.net" || m.Kind != notify.Answer || m.Body.Subject != "["+x.Ref()+"] acknowledged" || m.Lang != "zh-CN" {
			t.Errorf("%+v", m)
		}
		if !strings.Contains(m.Body.Text, "Next:"+x.Detail.ExpectBy.String()) || !strings.Contains(m.Body.Text, "https://desk.example.org/t/v") {
			t.Errorf("neither expectation nor link in %s", m.Body.Text)
		}
		d := r.last(x)
		if d.State != notify.Sent || d.Attempts != 1 || d.SentAt.IsZero() || d.MessageID != m.MessageID {
			t.Errorf("%+v", d)
		}
		if more := r.work(); len(more) != 0 {
			t.Errorf("and again: %v", subjects(more))
		}
	})
}

func TestS14_TheAcknowledgementHoldsNoWordOfAnybody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.mail("desk@example.org", intake.Mail{FromName: "Buy at evil.example", FromAddr: "victim@example.com", Subject: "evil.example subject", Text: "evil.example body"})
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "victim@example.com" || got[0].To.Name != "" {
			t.Fatalf("%+v", got)
		}
		if all := got[0].Body.Subject + got[0].Body.Text; strings.Contains(all, "evil.example") {
			t.Errorf("a stranger's words in %s", all)
		}
	})
}

func TestEveryFactReachesItsReader(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.record("ERP 登录一直转圈")
		ref := "[" + x.Ref() + "] "
		step := func(want ...string) {
			t.Helper()
			for i := range want {
				to, what, _ := strings.Cut(want[i], " ")
				want[i] = to + "@example.net " + ref + what
			}
			if d := cmp.Diff(want, subjects(r.work())); d != "" {
				t.Error(d)
			}
		}
		step("wang acknowledged")
		r.do(r.agent, x, ticket.Accept{})
		r.do(r.agent, x, ticket.Note{Say: ticket.Say{Text: "先看日志"}})
		step()
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "正在查"}})
		step("wang replied")
		r.do(r.requester, x, ticket.Reply{Say: ticket.Say{Text: "谢谢"}})
		step("lin answered")
		r.do(r.agent, x, ticket.HoldFor{Reason: ticket.Blocked, Stuck: "厂商未答复", Doing: "电话催办", Next: r.clock.Now().Add(time.Hour)})
		step("wang blocked")
		r.do(r.agent, x, ticket.HoldFor{Reason: ticket.ForVendor})
		step("wang waiting")
		r.do(r.agent, x, ticket.Resume{})
		step()
		r.do(r.agent, x, ticket.Assign{Assignee: person.ID(r.lead.ID)})
		step("zhou assigned")
		x = r.resolve(x)
		step("wang solved")
		r.do(r.requester, x, ticket.Reject{Reason: "还是不行"})
		step("lin rejected", "zhou rejected")
		x = r.do(r.agent, x, ticket.Resolve{Solution: ticket.Solution{Text: "换了交换机", Cause: "端口坏", Prevention: "监控", Verify: []string{"再登录"}}})
		step("wang solved")
		r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
		step("wang time_up")
		r.do(r.agent, x, ticket.Archive{Difficulties: "偶发", Approach: "抓包"})
		step()
		r.do(r.requester, x, ticket.Reopen{Reason: "又来了"})
		step("lin returned", "zhou returned")
		r.do(r.requester, x, ticket.Close{As: ticket.Cancelled, Reason: "不用了"})
		step("lin withdrawn", "zhou withdrawn")
	})
}

func TestP4_WhatWasRolledBackIsToldToNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		stop := errors.New("stop")
		err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := r.tickets.RecordIn(ctx, tx, r.requester, ticket.Request{
				Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "不会发生"},
			}); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 0 {
			t.Errorf("ghosts: %v", subjects(got))
		}
	})
}

func TestF06_AFactThatIsHeardTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.record("打印机没反应")
		r.work()
		records, err := r.tickets.Records(t.Context(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range records {
			f, err := ticket.Decode(rec)
			if err != nil {
				t.Fatal(err)
			}
			if f, ok := f.(ticket.Acknowledged); ok {
				for range 3 {
					if err := notify.Hear[ticket.Acknowledged](r.notify)(t.Context(), rec, f); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if got := r.work(); len(got) != 0 || len(r.log(x)) != 1 {
			t.Errorf("told again: %v, %d lines in the log", subjects(got), len(r.log(x)))
		}
	})
}

func TestF38_NotNowIsTriedAgainAndSeenMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.post.answers = []error{&notify.Refusal{Key: "notify.later", Answer: "421 busy"}, errors.New("connection reset")}
		x := r.record("打印机没反应")
		r.try()
		d := r.last(x)
		if d.State != notify.Queued || d.Reason != "notify.later" || d.Answer != "421 busy" || d.Attempts != 1 {
			t.Errorf("after the first try: %+v", d)
		}
		first := d.MessageID
		r.clock.Advance(time.Minute)
		r.try()
		if d = r.last(x); d.State != notify.Queued || d.Reason != "notify.unreachable" || d.Attempts != 2 {
			t.Errorf("after the second: %+v", d)
		}
		r.clock.Advance(2 * time.Minute)
		got := r.work()
		if d = r.last(x); len(got) != 1 || got[0].MessageID != first || d.State != notify.Sent || d.Attempts != 3 || d.Reason != "" {
			t.Errorf("F39 after the third: %+v, %d mails", d, len(got))
		}
		if !got[0].At.Equal(d.QueuedAt) {
			t.Errorf("the letter is dated %v, not when it was written", got[0].At)
		}
	})
}

func TestF38_RefusedForGoodIsSeenOnTheTicket(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.post.answers = []error{&notify.Refusal{Key: "notify.refused", Answer: "550 no such user", Permanent: true}}
		x := r.record("打印机没反应")
		if got := r.work(); len(got) != 0 {
			t.Fatalf("%v", subjects(got))
		}
		d := r.last(x)
		if d.State != notify.Failed || d.Reason != "notify.refused" || d.Answer != "550 no such user" {
			t.Errorf("%+v", d)
		}
		failed, err := r.notify.Failed(t.Context(), r.admin, 0, 10)
		if err != nil || len(failed) != 1 || failed[0].ID != d.ID {
			t.Errorf("the administrator sees %v, %v", failed, err)
		}
		tally, err := r.notify.Unsent(t.Context(), r.admin)
		if err != nil || len(tally) != 1 || tally[0] != (notify.Tally{State: notify.Failed, Reason: "notify.refused", Count: 1}) {
			t.Errorf("counted %v, %v", tally, err)
		}
		facts, err := r.bus.List(t.Context(), r.db, "notify", int64(x.ID), 0, 10)
		if err != nil || len(facts) != 1 || facts[0].Name != "notify.undelivered" {
			t.Errorf("recorded %v, %v", facts, err)
		}
		dead, err := r.jobs.Dead(t.Context(), 0, 10)
		if err != nil || len(dead) != 0 {
			t.Errorf("%d dead jobs, %v", len(dead), err)
		}
		r.clock.Advance(6 * 24 * time.Hour)
		if got := r.work(); len(got) != 0 {
			t.Errorf("tried again: %v", subjects(got))
		}
		if err := r.notify.Retry(t.Context(), r.agent, x, d.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 1 || got[0].MessageID != d.MessageID || r.last(x).State != notify.Sent {
			t.Errorf("a person's retry: %v, %+v", subjects(got), r.last(x))
		}
		if err := r.notify.Retry(t.Context(), r.agent, x, d.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a retry of what was sent: %v", err)
		}
	})
}

func TestF38_PatienceEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		for range 200 {
			r.post.answers = append(r.post.answers, &notify.Refusal{Key: "notify.unreachable"})
		}
		x := r.record("打印机没反应")
		tries := 0
		for r.try(); r.last(x).State == notify.Queued && tries < 2000; tries++ {
			r.clock.Advance(30 * time.Minute)
			r.try()
		}
		d := r.last(x)
		if d.State != notify.Failed || d.Reason != "notify.gave_up" || d.TriedAt.Sub(d.CreatedAt) < notify.PatienceFor {
			t.Errorf("%+v after %v", d, d.TriedAt.Sub(d.CreatedAt))
		}
	})
}

func TestF38_TheOrderIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.record("打印机没反应")
		r.work()
		r.post.answers = []error{&notify.Refusal{Key: "notify.later", Answer: "451 greylisted"}}
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "第一句"}})
		r.try()
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "第二句"}})
		if got := r.try(); len(got) != 0 {
			t.Fatalf("the second overtook: %v", subjects(got))
		}
		r.clock.Advance(2 * time.Minute)
		got := r.work()
		if len(got) != 2 || !strings.Contains(got[0].Body.Text, "第一句") || !strings.Contains(got[1].Body.Text, "第二句") {
			t.Errorf("%v", subjects(got))
		}
	})
}

func TestEverybodyReadsTheirOwnLanguage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		tom := r.person("Tom", "tom", access.Requester, "portal", "en")
		x, _, err := r.tickets.Record(t.Context(), tom, ticket.Request{Requester: person.ID(tom.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "The printer is silent"}})
		if err != nil {
			t.Fatal(err)
		}
		r.do(r.agent, x, ticket.Accept{})
		r.do(tom, x, ticket.Reply{Say: ticket.Say{Text: "Still silent"}})
		got := map[string]string{}
		for _, m := range r.work() {
			got[m.To.Address] = string(m.Lang)
		}
		if d := cmp.Diff(map[string]string{"tom@example.net": "en", "lin@example.net": "zh-CN"}, got); d != "" {
			t.Error(d)
		}
	})
}

func TestN30_TheThreeAnswersAreTheOnesGivenThen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.record("打印机没反应")
		r.work()
		r.do(r.agent, x, ticket.Accept{})
		next := r.clock.Now().Add(3 * time.Hour)
		r.do(r.agent, x, ticket.HoldFor{Reason: ticket.Blocked, Stuck: "等备件", Doing: "已下单", Next: next})
		r.do(r.agent, x, ticket.Resume{}) // before the letter was written
		got := r.work()
		if len(got) != 1 {
			t.Fatalf("%v", subjects(got))
		}
		for _, want := range []string{"Stuck:等备件", "Doing:已下单", "Next:" + next.String()} {
			if !strings.Contains(got[0].Body.Text, want) {
				t.Errorf("%s is not in %s", want, got[0].Body.Text)
			}
		}
	})
}
