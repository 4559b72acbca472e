// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func say(text string) ticket.Reply {
	return ticket.Reply{Say: ticket.Say{Text: text, Channel: ticket.Web}}
}

// open records a ticket that the agent works on, and forgets the letters about that.
func (r *desk) taken() ticket.Ticket {
	r.Helper()
	t := r.record("打印机没反应")
	r.do(r.agent, t, ticket.Accept{})
	r.work()
	r.clock.Advance(time.Hour)
	r.work()
	return t
}

func TestF39_WhatHappensWithinMinutesIsOneLetterAndOneOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 2})
		x := r.taken()
		r.do(r.agent, x, say("第一句"))
		if got := r.work(); len(got) != 0 {
			t.Fatalf("at once: %v", subjects(got))
		}
		r.clock.Advance(time.Minute)
		r.do(r.agent, x, say("第二句"))
		r.do(r.agent, x, say("第三句"))
		if got := r.work(); len(got) != 0 {
			t.Fatalf("after a minute: %v", subjects(got))
		}
		r.clock.Advance(time.Minute)
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "wang@example.net" {
			t.Fatalf("after two: %v", subjects(got))
		}
		for _, text := range []string{"第一句", "第二句", "第三句"} {
			if strings.Count(got[0].Body.Text, text) != 1 {
				t.Errorf("%q stands %d times in\n%s", text, strings.Count(got[0].Body.Text, text), got[0].Body.Text)
			}
		}
		names := map[string]bool{}
		for _, d := range r.log(x)[len(r.log(x))-3:] {
			names[d.MessageID] = true
			if d.State != notify.Sent || d.SentAt.IsZero() {
				t.Errorf("%+v", d)
			}
		}
		if len(names) != 1 {
			t.Errorf("names of one letter: %v", names)
		}
		r.clock.Advance(time.Hour)
		if got := r.work(); len(got) != 0 {
			t.Errorf("again: %v", subjects(got))
		}
	})
}

func TestF39_NobodyIsLeftBehindWhenALetterFailsOrLeaves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 2})
		x := r.taken()
		r.do(r.agent, x, say("第一句"))
		r.work()
		r.clock.Advance(time.Minute)
		r.do(r.agent, x, say("第二句"))
		r.post.answers = []error{&notify.Refusal{Key: "notify.later", Answer: "451 later"}}
		r.clock.Advance(time.Minute)
		if got := r.try(); len(got) != 0 {
			t.Fatalf("refused for now: %v", subjects(got))
		}
		r.do(r.agent, x, say("第三句")) // while the first letter waits for its next try
		r.clock.Advance(5 * time.Minute)
		var all []string
		for range 5 {
			for _, m := range r.try() {
				all = append(all, m.Body.Text)
			}
			r.clock.Advance(2 * time.Minute)
		}
		text := strings.Join(all, "\n")
		for _, one := range []string{"第一句", "第二句", "第三句"} {
			if strings.Count(text, one) != 1 {
				t.Errorf("%q was told %d times", one, strings.Count(text, one))
			}
		}
	})
}

func TestN32_ASolutionWaitsForNothingAndComesAfterWhatHappenedBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 10})
		x := r.taken()
		r.do(r.agent, x, say("马上好"))
		r.resolve(x)
		var got []string
		for range 3 { // the second waits until the first is out
			for _, m := range r.work() {
				got = append(got, m.Body.Subject)
			}
			r.clock.Advance(3 * time.Second)
		}
		want := []string{"[" + x.Ref() + "] replied", "[" + x.Ref() + "] solved"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		r.clock.Advance(time.Hour)
		if got := r.work(); len(got) != 0 {
			t.Errorf("the job of the time it would have gone: %v", subjects(got))
		}
	})
}

func TestN19_AnAcknowledgementAndP1WaitForNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 30, Quiet: notify.Hours{From: 8 * 60, To: 20 * 60}}) // 09:00 in Shanghai lies in it
		x := r.record("全部停了")
		if got := subjects(r.work()); len(got) != 1 || !strings.Contains(got[0], "acknowledged") {
			t.Fatalf("%v", got)
		}
		r.do(r.agent, x, ticket.Accept{})
		r.do(r.agent, x, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}})
		r.work()
		r.do(r.agent, x, say("正在处理"))
		if got := r.work(); len(got) != 1 {
			t.Errorf("%v", subjects(got))
		}
	})
}

func TestQuietHoursEndAndThenEverythingIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.pace(notify.Pace{Gather: 2, Quiet: notify.Hours{From: 22 * 60, To: 7 * 60}})
		x := r.taken()                                 // 10:00 in Shanghai
		r.clock.Advance(13*time.Hour + 30*time.Minute) // 23:30
		r.do(r.agent, x, say("晚上一句"))
		r.clock.Advance(3 * time.Hour)
		r.do(r.agent, x, say("夜里一句"))
		if got := r.work(); len(got) != 0 {
			t.Fatalf("at night: %v", subjects(got))
		}
		r.clock.Advance(4*time.Hour + 29*time.Minute) // 06:59
		if got := r.work(); len(got) != 0 {
			t.Fatalf("before seven: %v", subjects(got))
		}
		r.clock.Advance(time.Minute)
		got := r.work()
		if len(got) != 1 || !strings.Contains(got[0].Body.Text, "晚上一句") || !strings.Contains(got[0].Body.Text, "夜里一句") {
			t.Errorf("at seven: %v", subjects(got))
		}
		if err := r.notify.SaveReader(t.Context(), r.requester, notify.Reader{Mode: notify.AnyTime}); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(16 * time.Hour) // 23:00
		r.do(r.agent, x, say("第二晚"))
		r.work()
		r.clock.Advance(2 * time.Minute)
		if got := r.work(); len(got) != 1 {
			t.Errorf("somebody who wants mail at any time: %v", subjects(got))
		}
	})
}

func TestQuietHoursOfOnesOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		for _, bad := range []notify.Reader{
			{Mode: "sometimes"}, {Mode: notify.OwnTime}, {Mode: notify.OwnTime, Hours: notify.Hours{From: -1, To: 60}}, {Mode: notify.OwnTime, Hours: notify.Hours{From: 60, To: 1440}},
		} {
			if err := r.notify.SaveReader(t.Context(), r.requester, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		want := notify.Reader{Mode: notify.OwnTime, Hours: notify.Hours{From: 9 * 60, To: 11 * 60}}
		if err := r.notify.SaveReader(t.Context(), r.requester, want); err != nil {
			t.Fatal(err)
		}
		got, err := r.notify.Reader(t.Context(), r.requester)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if err := r.notify.SaveReader(t.Context(), access.Actor{Kind: access.Link, ID: r.requester.ID}, want); err == nil {
			t.Errorf("the holder of a link: %v", err)
		}
		x := r.record("打印机没反应")
		r.do(r.agent, x, ticket.Accept{})
		r.work()
		r.do(r.agent, x, say("稍等")) // 09:00 in Shanghai
		if got := r.work(); len(got) != 0 {
			t.Errorf("%v", subjects(got))
		}
		r.clock.Advance(2 * time.Hour)
		if got := r.work(); len(got) != 1 {
			t.Errorf("%v", subjects(got))
		}
	})
}

// back is a report about a letter, as the parser gives it.
func back(m notify.Mail, r intake.Returned) intake.Mail {
	return intake.Mail{FromAddr: "postmaster@example.net", Subject: "系统退信", Bounce: true, Automatic: true, References: r.Mails, Returned: &r}
}

func TestF38_ALetterThatComesBackIsSeenOnItsTicketAndTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.taken()
		r.do(r.agent, x, say("第一句"))
		first := r.work()
		r.do(r.agent, x, say("第二句"))
		r.work()
		r.mail("desk@example.org", back(first[0], intake.Returned{
			Mails: []string{"<stranger@example.net>", first[0].MessageID}, Receiver: "wang@example.net", Status: "5.1.1", Answer: "550 5.1.1 User unknown", Final: true, Hard: true,
		}))
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "lin@example.net" || !strings.Contains(got[0].Body.Subject, "not_reached") || !strings.Contains(got[0].Body.Text, "User unknown") {
			t.Fatalf("the owner is told: %v", subjects(got))
		}
		states := map[string]notify.State{}
		for _, d := range r.log(x) {
			if d.Template == notify.Replied {
				states[d.MessageID] = d.State
			}
		}
		if states[first[0].MessageID] != notify.Bounced || len(states) != 2 {
			t.Errorf("the letter that came back, and no other: %v", states)
		}
		if _, gone, err := r.notify.Dead(t.Context(), r.agent, "wang@example.net"); err != nil || !gone {
			t.Errorf("the address is marked: %v %v", gone, err)
		}
		r.do(r.agent, x, say("第三句"))
		if got := r.work(); len(got) != 0 || r.last(x).Reason != "notify.dead_address" {
			t.Errorf("to an address that nothing reaches: %v, %+v", subjects(got), r.last(x))
		}
		if err := r.notify.Retry(t.Context(), r.agent, x, r.last(x).ID); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 1 {
			t.Errorf("sent again by hand: %v", subjects(got))
		}
		if _, gone, _ := r.notify.Dead(t.Context(), r.agent, "wang@example.net"); gone {
			t.Error("whoever sends again says that the address is good")
		}
	})
}

func TestF38_AReportIsBelievedByItsTokenOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.taken()
		r.do(r.agent, x, say("第一句"))
		sent := r.work()[0]
		for name, m := range map[string]intake.Mail{
			"the number in the subject": {Subject: "Undelivered: [" + x.Ref() + "] replied", Bounce: true, Returned: &intake.Returned{Final: true, Hard: true}},
			"a token that is not ours":  {Bounce: true, References: []string{"<t1-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.x@example.org>"}, Returned: &intake.Returned{Final: true, Hard: true}},
		} {
			m.FromAddr = "postmaster@example.net"
			r.mail("desk@example.org", m)
			if got := r.work(); len(got) != 0 || r.last(x).State != notify.Sent {
				t.Errorf("%s: %v, %+v", name, subjects(got), r.last(x))
			}
		}
		r.mail("desk@example.org", back(sent, intake.Returned{Mails: []string{sent.MessageID}, Status: "4.4.1", Answer: "delayed"}))
		if r.work(); r.last(x).State != notify.Sent || r.last(x).Reason != "notify.delayed" {
			t.Errorf("a delay: %+v", r.last(x))
		}
		if b, err := r.notify.Brief(t.Context(), r.agent, x); err != nil || b.Unsent != 0 || len(b.Troubled) != 1 || b.Lines != int64(len(r.log(x))) {
			t.Errorf("in short, of a delay: %+v, %v", b, err)
		}
		// No Message-ID in it, as many Chinese servers have it, but it came to the address of the letter.
		m := back(sent, intake.Returned{Answer: "收件人邮箱已满", Final: true})
		r.mail(sent.ReplyTo.Address, m)
		r.work()
		list := r.log(x)
		i := slices.IndexFunc(list, func(d notify.Delivery) bool { return d.MessageID == sent.MessageID })
		if list[i].State != notify.Bounced || list[i].Answer != "收件人邮箱已满" {
			t.Errorf("by the address: %+v", list[i])
		}
		if b, err := r.notify.Brief(t.Context(), r.agent, x); err != nil || b.Unsent != 1 || len(b.Troubled) != 1 {
			t.Errorf("in short, of a bounce: %+v, %v", b, err)
		}
		if _, gone, _ := r.notify.Dead(t.Context(), r.agent, "wang@example.net"); gone {
			t.Error("a full mailbox is no dead address")
		}
		r.mail(sent.ReplyTo.Address, m)
		if got := r.work(); len(got) != 0 {
			t.Errorf("the same report once more: %v", subjects(got))
		}
	})
}

func TestF38_ARefusalForGoodIsToldWithinTheMinuteAndADeadDomainDelaysNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.taken()
		r.post.answers = []error{&notify.Refusal{Key: "notify.refused", Answer: "550 5.1.1 no such user", Permanent: true, Cause: errors.New("550")}}
		r.do(r.agent, x, say("第一句"))
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "lin@example.net" || r.log(x)[len(r.log(x))-2].State != notify.Failed {
			t.Errorf("%v", subjects(got))
		}
		other := r.record("另一件事")
		r.post.answers = []error{&notify.Refusal{Key: "notify.unreachable"}}
		r.do(r.agent, x, say("第二句"))
		r.do(r.agent, other, ticket.Accept{})
		r.do(r.agent, other, say("收到"))
		if got := r.try(); len(got) == 0 {
			t.Error("one letter that cannot go now holds up the others")
		}
	})
}

func TestN19_TheWordingOfALetterKeepsWhatTheStandardAsks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		good := notify.Letter{Subject: "{{number}} 已受理", Body: "编号 {{number}}，{{expect}} 前联系您。\n\n{{link}}"}
		bad := map[string]struct {
			l        notify.Letter
			key, arg string
		}{
			"no number":               {notify.Letter{Subject: "已受理", Body: "{{expect}} {{link}}"}, "notify.clause_needed", "N19"},
			"no expectation":          {notify.Letter{Subject: "已受理", Body: "{{number}} {{link}}"}, "notify.clause_needed", "N20"},
			"no link":                 {notify.Letter{Subject: "已受理", Body: "{{number}} {{expect}}"}, "notify.clause_needed", "{{link}}"},
			"a word of the requester": {notify.Letter{Subject: "已受理", Body: "{{subject}} {{number}} {{expect}} {{link}}"}, "notify.placeholder_unknown", "{{subject}}"},
			"an unknown one":          {notify.Letter{Subject: "{{colour}}", Body: good.Body}, "notify.placeholder_unknown", "{{colour}}"},
			"one that is not closed":  {notify.Letter{Subject: "{{number", Body: good.Body}, "notify.placeholder_open", ""},
			"a line end in a subject": {notify.Letter{Subject: "a\r\nBcc: x@example.net", Body: good.Body}, "notify.subject_line", ""},
			"nothing to read":         {notify.Letter{Subject: "{{number}}"}, "notify.wording_empty", ""},
		}
		for name, x := range bad {
			err := errs.As(r.notify.SaveLetter(t.Context(), r.admin, notify.Acknowledged, "zh-CN", x.l, 0))
			if err == nil || err.Kind != errs.Invalid || len(err.Fields) == 0 || err.Fields[0].Key != x.key {
				t.Errorf("%s: %+v", name, err)
				continue
			}
			if said := strings.Contains(strings.Join(texts(err.Fields[0].Args), " "), x.arg); !said {
				t.Errorf("%s: the sentence does not say %s: %v", name, x.arg, err.Fields[0].Args)
			}
		}
		if err := r.notify.SaveLetter(t.Context(), r.agent, notify.Acknowledged, "zh-CN", good, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent: %v", err)
		}
		if err := r.notify.SaveLetter(t.Context(), r.admin, notify.Acknowledged, "zh-CN", good, 0); err != nil {
			t.Fatal(err)
		}
		if err := r.notify.SaveLetter(t.Context(), r.admin, notify.Acknowledged, "zh-CN", good, 0); errs.KindOf(err) != errs.Stale {
			t.Errorf("by somebody who has not seen it: %v", err)
		}
		w, err := r.notify.Wording(t.Context(), r.admin, notify.Acknowledged, "zh-CN")
		if err != nil || !w.Own || w.Version != 1 || w.Letter != good {
			t.Fatalf("%+v %v", w, err)
		}
		if err := r.notify.SaveLetter(t.Context(), r.admin, notify.Acknowledged, "zh-CN", notify.Letter{}, 1); err != nil {
			t.Fatal(err)
		}
		if w, _ := r.notify.Wording(t.Context(), r.admin, notify.Acknowledged, "zh-CN"); w.Own || w.Letter.Subject != "acknowledged" || w.Version != 2 {
			t.Errorf("the house's own again: %+v", w)
		}
	})
}

func texts(args []any) []string {
	var out []string
	for _, a := range args {
		if s, ok := a.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func TestS10_AGroupWritesAsItselfAndOnlyInOurDomains(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		team, err := r.people.SaveGroup(t.Context(), r.admin, person.Group{Name: "网络组", Active: true, Members: []person.ID{person.ID(r.agent.ID)}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		for name, g := range map[string]notify.GroupSender{
			"another domain":      {Address: "net@example.com"},
			"no address":          {Address: "net"},
			"a line end":          {Sign: strings.Repeat("x\n", 9)},
			"a name that is long": {Name: strings.Repeat("长", 61)},
		} {
			g.Group = team.ID
			if err := r.notify.SaveGroupSender(t.Context(), r.admin, g, 1); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		want := notify.GroupSender{Group: team.ID, Name: "网络组", Address: "net@example.org", Sign: "网络组\n电话 8001"}
		if err := r.notify.SaveGroupSender(t.Context(), r.admin, want, 1); err != nil {
			t.Fatal(err)
		}
		if err := r.notify.SaveGroupSender(t.Context(), r.admin, want, 1); errs.KindOf(err) != errs.Stale {
			t.Errorf("by somebody who has not seen it: %v", err)
		}
		if !r.notify.Own(t.Context(), "net+x@example.org") {
			t.Error("what comes to a group's address is ours")
		}
		x := r.record("没有网络")
		r.do(r.agent, x, ticket.Accept{})
		r.do(r.lead, x, ticket.Assign{Group: team.ID, Assignee: person.ID(r.agent.ID)})
		r.work()
		r.do(r.agent, x, say("在查"))
		got := r.work()
		if len(got) != 1 || got[0].From != (notify.Mailbox{Name: "网络组", Address: "net@example.org"}) ||
			!strings.HasPrefix(got[0].ReplyTo.Address, "net+t") || !strings.Contains(got[0].Body.Text, "电话 8001") {
			t.Errorf("%+v", got)
		}
	})
}
