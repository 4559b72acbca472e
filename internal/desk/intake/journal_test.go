// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// TestF32_TheMessageIDIsNoIdentity sends mails whose Message-ID is empty, used before, or
// taken by a stranger: each is a request of its own, nobody joins anybody, none is suppressed.
func TestF32_TheMessageIDIsNoIdentity(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		const n = 25
		first := r.open("wang@example.net")
		for i := range n {
			from := fmt.Sprintf("user%d@example.net", i)
			for _, id := range []string{"", "<first@example.net>", "<same@example.net>"} {
				r.journal("desk@example.org", from, r.bytes(intake.Mail{FromAddr: from, Subject: "打印机", Text: id + from, MessageID: id}))
			}
			// A stranger answers a message of ours that they never got: they know its id at most.
			r.journal("desk@example.org", from, r.bytes(intake.Mail{FromAddr: from, Text: "guess" + from, References: []string{"<first@example.net>", "<t1-1-aaaa.0@example.org>"}}))
		}
		r.work()
		counts, all := r.tally()
		if counts["done new"] != 1+4*n || all != 1+4*n || r.countTickets() != 1+4*n {
			t.Errorf("%v", counts)
		}
		if got := r.said(first); len(got) != 1 {
			t.Errorf("somebody joined: %v", got)
		}
	})
}

// TestF32_TheSameMailToTwoMailboxes is a request for each, told of once; to the address with
// the token and the plain one, it is one message.
func TestF32_TheSameMailToTwoMailboxes(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		raw := r.bytes(intake.Mail{FromAddr: "wang@example.net", Subject: "断网", Text: "整层断网", To: []string{"desk@example.org", "net@example.org"}})
		a, b := r.journal("desk@example.org", "wang@example.net", raw), r.journal("NET@example.org ", "wang@example.net", raw)
		r.work()
		first, second := r.ticket(r.entry(a).Ticket), r.ticket(r.entry(b).Ticket)
		if first.ID == second.ID {
			t.Fatalf("one ticket for two mailboxes: %+v", first)
		}
		if second.Detail.Acknowledged.IsZero() == first.Detail.Acknowledged.IsZero() {
			t.Errorf("one of the two is told: %v %v", first.Detail.Acknowledged, second.Detail.Acknowledged)
		}
		if len(second.Detail.Links) != 1 || second.Detail.Links[0].Ticket != first.ID {
			t.Errorf("one does not know of the other: %v", second.Detail.Links)
		}

		answer := r.address(first)
		raw = r.bytes(intake.Mail{FromAddr: "wang@example.net", Text: "还没好", To: []string{answer, "desk@example.org"}})
		c, d := r.journal(answer, "wang@example.net", raw), r.journal("desk@example.org", "wang@example.net", raw)
		r.work()
		states := string(r.entry(c).Outcome + " " + r.entry(d).Outcome)
		if got := r.said(first); len(got) != 2 || states != "appended repeat" && states != "repeat appended" {
			t.Errorf("%s: %v", states, got)
		}
	})
}

// TestF32_TheSameDeliveryTwice is one, and only if it is the same to the byte and for the same receiver.
func TestF32_TheSameDeliveryTwice(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		raw := r.bytes(intake.Mail{FromAddr: "wang@example.net", Text: "一次"})
		r.journal("desk@example.org", "wang@example.net", raw)
		again := r.journal("Desk@Example.org", "srs0=x=wang@relay.example", raw)
		r.work()
		r.became(r.entry(again), intake.Suppressed, intake.Repeat, "intake.repeat")
		r.became(r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Text: "一次"}), intake.Done, intake.NewTicket, "")
		if n := r.countTickets(); n != 2 {
			t.Errorf("%d tickets", n)
		}
	})
}

// TestN07_P2_TheSameWordsAMonthLaterAreNews: a program that neither dates nor names its mails sends
// the same bytes each time it has the same to say. What comes again at once is one delivery, and so
// is a dated mail for as long as senders try.
func TestN07_P2_TheSameWordsAMonthLaterAreNews(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		const from = "backup@srv1.example.net"
		come := func(raw []byte, after time.Duration) intake.Entry {
			r.clock.Advance(after)
			which := r.journal("desk@example.org", from, raw)
			r.work()
			return r.entry(which)
		}
		bare := r.bytes(intake.Mail{FromAddr: from, Subject: "Backup failed on srv1", Text: "see /var/log/backup"})
		named := r.bytes(intake.Mail{FromAddr: from, Subject: "Backup failed on srv1", Text: "see /var/log/backup", MessageID: "<1@srv1>"})
		dated := r.bytes(intake.Mail{FromAddr: from, Subject: "Backup failed on srv1", Text: "see /var/log/backup", Dated: true})
		const hour, day = time.Hour, 24 * time.Hour
		for i, x := range []struct {
			raw   []byte
			after time.Duration
			want  intake.Outcome
		}{
			{bare, 0, intake.NewTicket},
			{bare, 40 * time.Minute, intake.Repeat},
			{bare, 40 * time.Minute, intake.NewTicket},
			{bare, 30 * day, intake.NewTicket},
			{named, 0, intake.NewTicket},
			{named, hour, intake.Repeat},
			{named, 5 * day, intake.Repeat},
			{named, 30 * day, intake.NewTicket},
			{dated, 0, intake.NewTicket},
			{dated, 5 * day, intake.Repeat},
		} {
			e := come(x.raw, x.after)
			if e.Outcome != x.want {
				t.Errorf("%d: %s %s %q, want %s", i, e.State, e.Outcome, e.Reason, x.want)
			}
			if e.Outcome != intake.NewTicket {
				continue
			}
			if got := r.ticket(e.Ticket); got.Detail.Quiet != "" || len(got.Detail.Links) != 0 {
				t.Errorf("%d: quiet %q, links %v: it is no copy", i, got.Detail.Quiet, got.Detail.Links)
			}
		}
	})
}

// TestF31_AMailboxReadAnewGivesNothingTwice, however long ago it was read first.
func TestF31_AMailboxReadAnewGivesNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		raw := r.bytes(intake.Mail{FromAddr: "wang@example.net", Text: "一次"})
		for i, want := range []intake.Outcome{intake.NewTicket, intake.Repeat} {
			which, err := r.intake.Journal(t.Context(), intake.Delivery{Source: "imap", Recipient: "desk@example.org", Raw: raw, Mailbox: fmt.Sprint("box", i), UIDValidity: 1, UID: 1})
			if err != nil {
				t.Fatal(err)
			}
			r.work()
			if e := r.entry(which); e.Outcome != want {
				t.Errorf("%+v, want %s", e, want)
			}
			r.clock.Advance(90 * 24 * time.Hour)
		}
	})
}

// TestF30_F32_TheOlderLineIsSeenLater: a sender whose connection broke comes again while the first
// delivery is still being stored. The second is placed; the first, whose key is lower, is seen then.
func TestF30_F32_TheOlderLineIsSeenLater(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		for _, m := range []intake.Mail{{FromAddr: "wang@example.net", Text: "一次"}, {FromAddr: "daemon@example.net", Bounce: true}} {
			placed := r.mail("desk@example.org", m)
			late := -placed.ID
			err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if _, err := db.Exec(ctx, tx, `
					INSERT INTO inbound (id, source, digest, sender, recipient, address, size, state, received_at, mailbox, uid_validity, uid, hello)
					SELECT $2, source, digest, sender, recipient, address, size, 'received', received_at, mailbox, uid_validity, uid, hello FROM inbound WHERE id = $1`,
					placed.ID, late); err != nil {
					return err
				}
				if _, err := db.Exec(ctx, tx, `INSERT INTO inbound_raw (inbound_id, raw) SELECT $2, raw FROM inbound_raw WHERE inbound_id = $1`, placed.ID, late); err != nil {
					return err
				}
				return r.jobs.Enqueue(ctx, tx, job.Spec{Kind: intake.ParseJob, Payload: fmt.Sprint(late), Key: fmt.Sprint("late:", late)})
			})
			if err != nil {
				t.Fatal(err)
			}
			r.work()
			r.became(r.entry(late), intake.Suppressed, intake.Repeat, "intake.repeat")
		}
		if n := r.countTickets(); n != 1 {
			t.Errorf("%d tickets", n)
		}
	})
}

// P2: whatever comes, received = new + appended + suppressed + quarantined.
func TestP2_NothingIsLost(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		for i := range 40 {
			m := intake.Mail{FromAddr: fmt.Sprintf("user%d@example.net", i), Subject: "s", Text: "t"}
			to := "desk@example.org"
			switch i % 8 {
			case 1:
				m.Bounce = true
			case 2:
				m.AutoReply = true
			case 3:
				m.FromAddr = ""
			case 4:
				m.FromAddr, to = "wang@example.net", r.address(x)
			case 5:
				m.FromAddr = "desk@example.org"
			case 6:
				m.Automatic = true
			case 7:
				m.FromAddr = "two@example.net, three@example.net"
			}
			r.journal(to, "someone@example.net", r.bytes(m))
		}
		r.work()
		counts, all := r.tally()
		if all != 41 {
			t.Fatalf("%d of 41", all)
		}
		want := map[string]int64{"done new": 1 + 5 + 5, "done appended": 5, "suppressed bounce": 5, "suppressed loop": 10, "quarantined": 10}
		for name, n := range want {
			if counts[name] != n {
				t.Errorf("%s: %d, want %d", name, counts[name], n)
			}
		}
	})
}

// TestF33_PoisonEndsVisible lets the parser fail in every way; good mail gets through, and
// each poison stands in quarantine.
func TestF33_PoisonEndsVisible(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		r.setBroken(fails("intake.empty"))
		empty := r.journal("desk@example.org", "a@example.net", []byte("broken"))
		r.work()
		r.became(r.entry(empty), intake.Quarantined, "", "intake.empty")
		r.setBroken(errors.New("some library is angry"))
		angry := r.journal("desk@example.org", "b@example.net", []byte("angry"))
		r.work()
		r.became(r.entry(angry), intake.Quarantined, "", "intake.unreadable")
		r.setBroken(nil)
		panics := r.journal("desk@example.org", "c@example.net", []byte("the parser panics at this"))
		r.work()
		r.became(r.entry(panics), intake.Quarantined, "", "intake.unreadable")
		r.became(r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Text: "好信"}), intake.Done, intake.NewTicket, "")

		list, err := r.intake.List(t.Context(), r.agent, intake.Quarantined, 0, 10)
		if err != nil || len(list) != 3 || list[0].ID != panics || list[0].Author != "c@example.net" {
			t.Errorf("%+v %v", list, err)
		}
		raw, err := r.intake.Raw(t.Context(), r.agent, angry)
		if err != nil || !bytes.Equal(raw, []byte("angry")) {
			t.Errorf("%q %v", raw, err)
		}
	})
}

// Trouble of our own is tried again, and shown when it does not go away: nothing waits unseen.
func TestP5_WhatKeepsFailingIsShown(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		if err := r.blobs.Close(); err != nil {
			t.Fatal(err)
		}
		m := intake.Mail{FromAddr: "wang@example.net", Subject: "s", Text: "x", Files: []intake.File{{Name: "a", Data: []byte("a")}}}
		which := r.journal("desk@example.org", "wang@example.net", r.bytes(m))
		_, _ = r.jobs.RunDue(t.Context())
		r.became(r.entry(which), intake.Received, "", "")
		for range 4 {
			r.clock.Advance(time.Hour)
			_, _ = r.jobs.RunDue(t.Context())
		}
		r.became(r.entry(which), intake.Quarantined, "", "intake.failed")
		if dead, err := r.jobs.Dead(t.Context(), 0, 10); err != nil || len(dead) != 0 {
			t.Errorf("%d dead jobs: the message is shown in two places", len(dead))
		}
		without := intake.Mail{FromAddr: "li@example.net", Text: "x"}
		r.became(r.mail("desk@example.org", without), intake.Done, intake.NewTicket, "")
	})
}

// A process that ends in the middle of a message leaves an attempt behind and no word. However often
// it did, the message is shown in the end.
func TestP5_F33_AMessageOutlivesTheProcess(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		which := r.journal("desk@example.org", "wang@example.net", r.bytes(intake.Mail{FromAddr: "wang@example.net", Text: "x"}))
		err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `UPDATE job SET attempt = 20 WHERE kind = $1`, intake.ParseJob)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r.work()
		r.became(r.entry(which), intake.Quarantined, "", "intake.failed")
		if dead, err := r.jobs.Dead(t.Context(), 0, 10); err != nil || len(dead) != 0 {
			t.Errorf("%d dead jobs, %v", len(dead), err)
		}
	})
}

// What may not be seen is not there; what was decided is not decided again.
func TestQuarantineIsForStaff(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		e := r.mail("desk@example.org", intake.Mail{Subject: "谁", Text: "没有发件人"})
		r.became(e, intake.Quarantined, "", "intake.no_sender")
		user := r.person("王海燕", "wang@example.net", access.Requester)
		ctx := t.Context()
		for name, err := range map[string]error{
			"entry": second(r.intake.Entry(ctx, user, e.ID)), "raw": second(r.intake.Raw(ctx, user, e.ID)), "read": second(r.intake.Read(ctx, user, e.ID)),
			"list": second(r.intake.List(ctx, user, intake.Quarantined, 0, 10)), "tally": second(r.intake.Tally(ctx, user)), "on a ticket": second(r.intake.ForTicket(ctx, user, 1)),
			"retry": r.intake.Retry(ctx, user, e.ID), "discard": r.intake.Discard(ctx, user, e.ID),
			"make": second(r.intake.MakeTicket(ctx, user, e.ID, intake.Draft{Email: "a@example.net"})),
		} {
			if errs.KindOf(err) != errs.Denied {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := second(r.intake.Entry(ctx, r.agent, 999)); !isKind(err, errs.NotFound, "intake.not_found") {
			t.Error(err)
		}
		if err := r.intake.Discard(ctx, r.agent, e.ID); err != nil {
			t.Error(err)
		}
		for name, err := range map[string]error{
			"discard": r.intake.Discard(ctx, r.agent, e.ID), "retry": r.intake.Retry(ctx, r.agent, e.ID),
			"make": second(r.intake.MakeTicket(ctx, r.agent, e.ID, intake.Draft{Email: "a@example.net", Text: "x"})),
		} {
			if !isKind(err, errs.Conflict, "intake.not_quarantined") {
				t.Errorf("%s after discarding: %v", name, err)
			}
		}
		if n := r.countTickets(); n != 0 {
			t.Errorf("%d tickets", n)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestRetryReadsAgain(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		raw := r.bytes(intake.Mail{FromAddr: "wang@example.net", Subject: "VPN", Text: "连不上"})
		r.setBroken(fails("intake.unreadable"))
		which := r.journal("desk@example.org", "wang@example.net", raw)
		r.work()
		r.became(r.entry(which), intake.Quarantined, "", "intake.unreadable")
		r.setBroken(nil) // the parser was repaired
		if err := r.intake.Retry(t.Context(), r.agent, which); err != nil {
			t.Fatal(err)
		}
		r.work()
		e := r.entry(which)
		r.became(e, intake.Done, intake.NewTicket, "")
		if x := r.ticket(e.Ticket); x.Subject != "VPN" || x.Detail.Acknowledged.IsZero() {
			t.Errorf("%+v", x)
		}
	})
}

// TestP5_AHeaderIsNotReadAgain as if it were the mail; a person who has looked at it makes the ticket.
func TestP5_AHeaderIsNotReadAgain(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		head := r.bytes(intake.Mail{FromAddr: "wang@example.net", Subject: "报表打不开，附件是录屏"})
		which, err := r.intake.Journal(t.Context(), intake.Delivery{
			Source: "imap", Recipient: "desk@example.org", Raw: head, Held: intake.HeaderOnly, Mailbox: "box", UIDValidity: 1, UID: 7,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.intake.Retry(t.Context(), r.agent, which); !isKind(err, errs.Conflict, "intake.only_header") {
			t.Errorf("read again: %v", err)
		}
		r.work()
		r.became(r.entry(which), intake.Quarantined, "", intake.HeaderOnly)
		if _, err := r.intake.MakeTicket(t.Context(), r.agent, which, intake.Draft{Text: "录屏见邮箱里的原件"}); err != nil {
			t.Error(err)
		}
	})
}

func TestATicketMadeByHand(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		ctx := t.Context()
		r.setBroken(fails("intake.unreadable"))
		which := r.journal("desk@example.org", "relay@example.net", []byte("From nobody, in no known form"))
		r.work()
		for name, c := range map[string]struct {
			draft intake.Draft
			key   string
		}{
			"nobody":       {intake.Draft{Subject: "x"}, "intake.sender_needed"},
			"no address":   {intake.Draft{Email: "not an address"}, "person.email_shape"},
			"ourselves":    {intake.Draft{Email: "desk@example.org"}, "intake.own_sender"},
			"two at once":  {intake.Draft{Email: "a@example.net, b@example.net"}, "person.email_shape"},
			"with a token": {intake.Draft{Email: "desk+t1-1-x@example.org"}, "intake.own_sender"},
		} {
			if _, err := r.intake.MakeTicket(ctx, r.agent, which, c.draft); !isKind(err, errs.Invalid, c.key) {
				t.Errorf("%s: %v", name, err)
			}
		}
		x, err := r.intake.MakeTicket(ctx, r.agent, which, intake.Draft{Name: "王海燕", Email: "Wang@example.net", Subject: "打印机", Text: "看原文"})
		if err != nil {
			t.Fatal(err)
		}
		e := r.entry(which)
		r.became(e, intake.Done, intake.NewTicket, "")
		said := r.messages(x)
		if e.Ticket != x.ID || x.Subject != "打印机" || len(said) != 1 || said[0].Text != "看原文" || !said[0].ByUser || said[0].Inbound != int64(which) {
			t.Errorf("%+v %+v", x, said)
		}
		if who := r.people.Card(ctx, x.Requester); who.Email != "wang@example.net" || who.Name != "王海燕" {
			t.Errorf("%+v", who)
		}
		if len(said[0].Attached) != 1 || said[0].Attached[0].Name != intake.Original {
			t.Errorf("%+v", said[0].Attached)
		}
		if !x.Detail.Acknowledged.IsZero() {
			t.Error("nobody knows what it was, and yet it was answered")
		}
	})
}

// What a person states wins; what they leave empty is what the mail says.
func TestAReadableTicketMadeByHand(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		e := r.mail("desk@example.org", intake.Mail{FromName: "王", Subject: "谁", Text: "没有发件人", Files: []intake.File{{Name: "a.txt", Data: []byte("a")}}})
		x, err := r.intake.MakeTicket(t.Context(), r.agent, e.ID, intake.Draft{Email: "wang@example.net"})
		if err != nil {
			t.Fatal(err)
		}
		said := r.messages(x)
		if x.Subject != "谁" || said[0].Text != "没有发件人" || len(said[0].Attached) != 2 || x.Detail.Acknowledged.IsZero() {
			t.Errorf("%+v %+v", x, said)
		}
	})
}

// What a person states about a mail is the ticket's; the mail's own line keeps what it said, beside
// the judgement of its sender.
func TestATicketMadeByHandLeavesTheMailAsItCame(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		r.setBroken(fails("intake.unreadable"))
		e := r.mail("desk@example.org", intake.Mail{FromName: "Boss", FromAddr: "Boss@Attacker.example", Subject: "付款", Text: "请马上付款"})
		r.setBroken(nil)
		x, err := r.intake.MakeTicket(t.Context(), r.agent, e.ID, intake.Draft{Name: "王海燕", Email: "wang@example.net", Subject: "收到可疑邮件", Text: "有人冒充领导"})
		if err != nil {
			t.Fatal(err)
		}
		e = r.entry(e.ID)
		r.became(e, intake.Done, intake.NewTicket, "")
		if e.Author != "boss@attacker.example" || e.Subject != "付款" {
			t.Errorf("the mail is from %q about %q", e.Author, e.Subject)
		}
		said := r.messages(x)
		if who := r.people.Card(t.Context(), x.Requester); who.Email != "wang@example.net" || who.Name != "王海燕" || x.Subject != "收到可疑邮件" || said[0].Text != "有人冒充领导" {
			t.Errorf("%+v %+v %+v", who, x, said)
		}
	})
}

func TestLongAndEmptyMail(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		long := strings.Repeat("长", ticket.MaxText+10)
		e := r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Subject: "long", Text: long})
		m := r.messages(r.ticket(e.Ticket))[0]
		if n := len([]rune(m.Text)); n != ticket.MaxText || !strings.HasSuffix(m.Text, "…") || m.Inbound != int64(e.ID) {
			t.Errorf("%d characters, from %d", n, m.Inbound)
		}
		if raw, err := r.intake.Raw(t.Context(), r.agent, e.ID); err != nil || !strings.Contains(string(raw), long) {
			t.Errorf("the original is not whole: %v", err)
		}
		e = r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Subject: "截图", Files: []intake.File{{Name: "a.png", Data: []byte("\x89PNG")}}})
		m = r.messages(r.ticket(e.Ticket))[0]
		if m.Text != "截图" || len(m.Attached) != 1 {
			t.Errorf("%+v", m)
		}
		e = r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net"})
		if m = r.messages(r.ticket(e.Ticket))[0]; m.Text != "—" {
			t.Errorf("%+v", m)
		}
	})
}
