// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// said returns the texts of a ticket's messages.
func (r *desk) said(t ticket.Ticket) []string {
	r.Helper()
	thread, err := r.tickets.Thread(r.Context(), access.Desk(), t)
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, e := range thread {
		if e.Message != nil {
			out = append(out, e.Message.Text)
		}
	}
	return out
}

// open makes a ticket from a mail and returns it with its acknowledgement.
func (r *desk) open(from, id string) (ticket.Ticket, notify.Mail) {
	r.Helper()
	r.mail("desk@example.org", intake.Mail{FromName: "王海燕", FromAddr: from, Subject: "打印机没反应", Text: "第一封", MessageID: id})
	got := r.work()
	if len(got) != 1 {
		r.Fatalf("%d mails", len(got))
	}
	page, err := r.tickets.List(r.Context(), access.Desk(), ticket.Filter{})
	if err != nil || len(page.Tickets) != 1 {
		r.Fatal(page, err)
	}
	return page.Tickets[0], got[0]
}

func TestS04_AnAnswerFindsItsTicketByAddressOrMessageID(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x, ack := r.open("wang@example.net", "first@example.net")
		if !strings.HasPrefix(ack.ReplyTo.Address, "desk+t") || len(ack.ReplyTo.Address) > 64+len("@example.org") {
			t.Errorf("answers go to %s", ack.ReplyTo.Address)
		}
		r.mail(strings.ToUpper(ack.ReplyTo.Address), intake.Mail{FromAddr: "wang@example.net", Text: "按地址"})
		r.work()
		r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Text: "按编号", References: []string{ack.MessageID}})
		r.work()
		r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Text: "按会话", References: ack.References})
		r.work()
		if d := cmp.Diff([]string{"第一封", "按地址", "按编号", "按会话"}, r.said(x)); d != "" {
			t.Error(d)
		}
	})
}

func TestS18_AGuessedAddressJoinsNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x, ack := r.open("wang@example.net", "first@example.net")
		box, domain, _ := strings.Cut(ack.ReplyTo.Address, "@")
		_, token, _ := strings.Cut(box, "+")
		mac := token[strings.LastIndexByte(token, '-')+1:]
		if len(mac) < 26 { // 26 characters of base 32 are 130 bits
			t.Errorf("the address holds only %q", mac)
		}
		for i := range len(mac) {
			c := byte('a')
			if mac[i] == 'a' {
				c = 'b'
			}
			at := len(box) - len(mac) + i
			r.mail(box[:at]+string(c)+box[at+1:]+"@"+domain, intake.Mail{FromAddr: "wang@example.net", Text: "猜的"})
		}
		r.mail("desk+"+token[:len(token)-1]+"@"+domain, intake.Mail{FromAddr: "wang@example.net", Text: "猜的"})
		r.mail("desk+"+strings.Replace(token, "t", "t1", 1)+"@"+domain, intake.Mail{FromAddr: "wang@example.net", Text: "猜的"})
		r.work()
		if d := cmp.Diff([]string{"第一封"}, r.said(x)); d != "" {
			t.Error(d)
		}
	})
}

// S01, S18: knowing the address lets a stranger write, and never read.
func TestS18_WhoeverAnswersInsteadIsNotTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x, ack := r.open("wang@example.net", "first@example.net")
		r.mail(ack.ReplyTo.Address, intake.Mail{FromAddr: "eve@example.com", Text: "我也想看"})
		r.work()
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "内部情况如下"}})
		for _, m := range r.work() {
			if m.To.Address == "eve@example.com" {
				t.Errorf("a stranger is told: %+v", m)
			}
		}
	})
}

func TestLettersAboutATicketAreOneConversation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x, ack := r.open("wang@example.net", "first@example.net")
		if ack.InReplyTo != "<first@example.net>" || len(ack.References) < 2 || ack.References[0] != "<first@example.net>" {
			t.Errorf("the acknowledgement answers %s in %v", ack.InReplyTo, ack.References)
		}
		root := ack.References[1]
		r.mail(ack.ReplyTo.Address, intake.Mail{FromAddr: "wang@example.net", Text: "还有", MessageID: "<second@example.net>"})
		r.work()
		r.do(r.agent, x, ticket.Accept{})
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "在查"}})
		got := r.work()
		if len(got) != 1 || got[0].InReplyTo != "<second@example.net>" || got[0].Kind != notify.ByHand {
			t.Fatalf("%+v", got)
		}
		if d := cmp.Diff([]string{"<first@example.net>", root, "<second@example.net>"}, got[0].References); d != "" {
			t.Error(d)
		}
		if got[0].MessageID == ack.MessageID || !strings.HasSuffix(root, ".0@example.org>") {
			t.Errorf("%s %s", got[0].MessageID, root)
		}
		// Staff have a conversation of their own, into which no mail of the requester leads.
		r.do(r.lead, x, ticket.Assign{Assignee: person.ID(r.lead.ID)})
		r.do(r.requester, x, ticket.Reply{Say: ticket.Say{Text: "好的"}})
		for _, m := range r.work() {
			if len(m.References) != 1 || m.References[0] == root {
				t.Errorf("%s refers to %v", m.To.Address, m.References)
			}
		}
	})
}

func TestWithoutTagsAnswersComeToThePlainAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		if err := r.notify.SaveMailing(t.Context(), r.admin, notify.Mailing{
			Address: "desk@example.org", Host: "smtp.example.org", Port: 587, Security: notify.StartTLS,
		}, "", setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		x, ack := r.open("wang@example.net", "first@example.net")
		if ack.ReplyTo.Address != "desk@example.org" {
			t.Errorf("answers go to %s", ack.ReplyTo.Address)
		}
		r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Text: "第二封", References: []string{ack.MessageID}})
		r.work()
		if d := cmp.Diff([]string{"第一封", "第二封"}, r.said(x)); d != "" {
			t.Error(d)
		}
	})
}

// arrive is what a mail of one desk looks like to another, which may see its marks or not.
func arrive(m notify.Mail, marks, threads bool) intake.Mail {
	in := intake.Mail{
		FromName: m.From.Name, FromAddr: m.From.Address, Subject: m.Body.Subject, Text: m.Body.Text, MessageID: m.MessageID,
	}
	if marks {
		in.AutoReply, in.Automatic = m.Kind == notify.Answer, m.Kind == notify.Report
	}
	if threads {
		in.References = append(append(in.References, m.References...), m.InReplyTo)
	}
	return in
}

// TestF35_S15_TwoDesksSoonStopAnsweringEachOther lets two desks write to each other for a day of
// virtual time: with our marks seen, with only the threading seen, and with neither.
func TestF35_S15_TwoDesksSoonStopAnsweringEachOther(t *testing.T) {
	t.Parallel()
	for name, see := range map[string]struct{ marks, threads bool }{
		"marks are seen": {true, true}, "only threads are seen": {false, true}, "nothing is seen": {false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				here, there := newDesk(t, d, "a@one.example"), newDesk(t, dbtest.Open(t, dbtest.SQLite(t)), "b@two.example")
				here.mail("a@one.example", intake.Mail{FromAddr: "b@two.example", Subject: "Hello", Text: "the first word"})
				total := 0
				answers := map[*desk][]time.Time{}
				pass := func(from, to *desk) {
					for _, m := range from.work() {
						total++
						if m.Kind == notify.Answer {
							answers[from] = append(answers[from], from.clock.Now())
						}
						to.mail(m.To.Address, arrive(m, see.marks, see.threads))
					}
				}
				for range 24 {
					for before := -1; before != total; { // as quickly as they can
						before = total
						pass(here, there)
						pass(there, here)
					}
					here.clock.Advance(time.Hour)
					there.clock.Advance(time.Hour)
				}
				if total == 0 || total > 10 {
					t.Errorf("%d mails in a day", total)
				}
				for _, times := range answers {
					for i := 1; i < len(times); i++ {
						if times[i].Sub(times[i-1]) < 4*time.Hour {
							t.Errorf("answers at %v", times)
						}
					}
				}
			})
		})
	}
}

// TestF35_S14_S15_AProgramThatAsksAllDayIsAnsweredRarely bounds what a program gets that looks like a
// person: one answer in four hours where nothing but its address is known, and ten in a day
// where it has the address of somebody of the house.
func TestF35_S14_S15_AProgramThatAsksAllDayIsAnsweredRarely(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		if _, err := r.people.Add(t.Context(), access.Desk(), person.Person{
			Name: "陈立", Email: "li@example.net", Lang: "zh-CN", Role: access.Requester, Department: "财务部",
		}); err != nil {
			t.Fatal(err)
		}
		for address, want := range map[string]int{"kai@example.net": 5, "li@example.net": 10} {
			sent := 0
			for i := range 24 {
				r.mail("desk@example.org", intake.Mail{FromAddr: address, Subject: "disk full", Text: "disk full " + strconv.Itoa(i)})
				sent += len(r.work())
				r.clock.Advance(50 * time.Minute)
			}
			if sent != want {
				t.Errorf("%s: answered %d times", address, sent)
			}
			r.clock.Advance(24 * time.Hour)
			r.mail("desk@example.org", intake.Mail{FromAddr: address, Subject: "disk full", Text: "disk full again"})
			if got := r.work(); len(got) != 1 {
				t.Errorf("%s: the day after: %d", address, len(got))
			}
		}
	})
}

// TestF35_TwoRequestsAtOnceGetOneAnswer lets two workers decide about the same stranger at the
// same time.
func TestF35_TwoRequestsAtOnceGetOneAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		for i := range 6 {
			r.mail("desk@example.org", intake.Mail{FromAddr: "kai@example.net", Subject: "no network", Text: "no network " + strconv.Itoa(i)})
		}
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				if _, err := r.jobs.RunDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if got := r.work(); len(got)+len(r.post.all()) > 1 {
			t.Errorf("%d answers", len(got))
		}
		page, err := r.tickets.List(t.Context(), access.Desk(), ticket.Filter{})
		if err != nil || len(page.Tickets) != 6 {
			t.Fatal(len(page.Tickets), err)
		}
		states := map[notify.State]int{}
		for _, x := range page.Tickets {
			states[r.last(x).State]++
		}
		if states[notify.Sent] != 1 || states[notify.Skipped] != 5 {
			t.Errorf("%v", states)
		}
	})
}

func TestS15_AMachineHearsPeopleOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		r.mail("desk@example.org", intake.Mail{FromAddr: "alerts@example.net", Subject: "disk full", Text: "disk full on nas-3", Automatic: true})
		if got := r.work(); len(got) != 0 {
			t.Fatalf("acknowledged: %v", subjects(got))
		}
		page, err := r.tickets.List(t.Context(), access.Desk(), ticket.Filter{})
		if err != nil || len(page.Tickets) != 1 {
			t.Fatal(page, err)
		}
		x := page.Tickets[0]
		r.do(r.agent, x, ticket.Accept{})
		x = r.resolve(x)
		if got := r.work(); len(got) != 1 {
			t.Errorf("a person's words: %v", subjects(got))
		}
		r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
		if got := r.work(); len(got) != 0 || r.last(x).State != notify.Skipped || r.last(x).Reason != "notify.machine" {
			t.Errorf("the desk's words: %v, %+v", subjects(got), r.last(x))
		}
	})
}
