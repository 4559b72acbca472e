// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// in is a desk that receives mail through a real connection.
type in struct {
	*door
	jobs    *job.Queue
	bus     *event.Bus
	clock   *clock.Manual
	people  *person.Service
	tickets *ticket.Service
	links   *session.Links
	intake  *intake.Service
	agent   access.Actor
	names   names // what domains publish
}

func eachIn(t *testing.T, fn func(t *testing.T, r *in)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newIn(t, d)) })
}

func newIn(t testing.TB, d *db.DB) *in {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people := person.NewService(d, bus, c)
	blobs, err := blob.Open(ctx, "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	keys, settings := secret.New(bytes.Repeat([]byte{7}, secret.Size)), setting.NewService(d, bus, c)
	r := &in{jobs: jobs, bus: bus, clock: c, people: people, links: session.NewLinks(keys, c)}
	r.tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: settings, Blobs: blobs,
		Gates: ticket.StandardGates(),
	})
	r.intake = intake.NewService(intake.Parts{
		DB: d, Clock: c, Jobs: jobs, People: people, Tickets: r.tickets, Links: r.links, Parser: email.Parser{}, Verifier: email.Verifier{Names: &r.names},
		Bus: bus, Settings: settings, Keys: keys,
		Own: func(addr string) bool {
			return strings.HasSuffix(addr, "@example.org") && strings.HasPrefix(addr, "desk")
		},
		Lang: func() string { return "zh-CN" },
	})
	agent, err := people.Add(ctx, access.Desk(), person.Person{Name: "林岚", Email: "lin@example.net", Lang: "zh-CN", Role: access.Agent})
	if err != nil {
		t.Fatal(err)
	}
	r.agent = access.Actor{ID: int64(agent.ID), Kind: access.Person, Role: access.Agent, Via: "web"}
	r.door = newDoor(t, email.ListenConfig{Journal: r.intake})
	return r
}

// mail sends a message and returns how it ended.
func (r *in) mail(to, raw string) intake.Entry {
	r.Helper()
	r.post(to, raw)
	r.work()
	list, err := r.intake.List(r.Context(), r.agent, intake.Done, 0, 1)
	for _, state := range []intake.State{intake.Suppressed, intake.Quarantined} {
		more, e := r.intake.List(r.Context(), r.agent, state, 0, 1)
		if list = append(list, more...); e != nil {
			err = e
		}
	}
	if err != nil || len(list) == 0 {
		r.Fatal(list, err)
	}
	last := list[0]
	for _, e := range list {
		if e.ID > last.ID {
			last = e
		}
	}
	return last
}

func (r *in) post(to, raw string) {
	r.Helper()
	if err := r.send("envelope@example.net", []string{to}, raw); err != nil {
		r.Fatalf("%.80q: %v", raw, err)
	}
}

func (r *in) work() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func (r *in) tally() (counts map[string]int64, all int64) {
	r.Helper()
	list, err := r.intake.Tally(r.Context(), r.agent)
	if err != nil {
		r.Fatal(err)
	}
	counts = map[string]int64{}
	for _, c := range list {
		counts[strings.TrimSpace(string(c.State)+" "+string(c.Outcome))] = c.Count
		all += c.Count
	}
	return counts, all
}

func (r *in) ticket(which ticket.ID) ticket.Ticket {
	r.Helper()
	t, err := r.tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *in) messages(which ticket.ID) []ticket.Message {
	r.Helper()
	thread, err := r.tickets.Thread(r.Context(), access.Desk(), r.ticket(which))
	if err != nil {
		r.Fatal(err)
	}
	var out []ticket.Message
	for _, e := range thread {
		if e.Message != nil {
			out = append(out, *e.Message)
		}
	}
	return out
}

// token is the reply token of a ticket's requester.
func (r *in) token(x ticket.Ticket) string {
	return r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: int64(x.Requester)})
}

func TestN14_AConversationOverTheWire(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		e := r.mail("desk@example.org", "From: =?gb2312?B?wO7LxA==?= <li@example.net>\r\nSubject: =?gb2312?B?tPLTobv6?=\r\nMessage-ID: <a@example.net>\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\ntPLTobv6u7XBywo=\r\n")
		x := r.ticket(e.Ticket)
		if x.Subject != "打印机" || x.Channel != ticket.Mail || r.people.Card(t.Context(), x.Requester).Name != "李四" {
			t.Errorf("%+v", x)
		}
		quoted := "\r\n\r\n在 2026/3/2 9:15, 服务台 写道:\r\n> 已受理\r\n"
		for i, raw := range []string{
			"To: desk+" + r.token(x) + "@example.org\r\n\r\n按地址",
			"References: <a@example.net> <" + r.token(x) + ".x@example.org>\r\n\r\n按编号",
			"In-Reply-To: <" + strings.ToUpper(r.token(x)) + ".x@example.org>\r\n\r\n大写",
		} {
			if e := r.mail("desk@example.org", "From: li@example.net\r\nX: "+fmt.Sprint(i)+"\r\n"+raw+quoted); e.Outcome != intake.Appended || e.Ticket != x.ID {
				t.Errorf("%+v", e)
			}
		}
		if e := r.mail("desk+"+r.token(x)+"@example.org", "From: li@example.net\r\n\r\n按信封"+quoted); e.Ticket != x.ID {
			t.Errorf("%+v", e)
		}
		var said []string
		for _, m := range r.messages(x.ID) {
			said = append(said, m.Text+"|"+m.Quoted)
		}
		q := "|在 2026/3/2 9:15, 服务台 写道:\n> 已受理"
		if d := cmp.Diff([]string{"打印机坏了|", "按地址" + q, "按编号" + q, "大写" + q, "按信封" + q}, said); d != "" {
			t.Error(d)
		}
	})
}

// TestN14_P2_WhatPeopleWriteIsRead although it sounds like a machine: on its ticket, or as a new one.
// What a machine says in its fields stays off all the same.
func TestN14_P2_WhatPeopleWriteIsRead(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		x := r.ticket(r.mail("desk@example.org", "From: li@example.net\r\nSubject: VPN\r\n\r\n连不上").Ticket)
		answer := "From: li@example.net\r\nIn-Reply-To: <" + r.token(x) + ".q@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n"
		for _, raw := range []string{
			"Subject: Re: VPN\r\n\r\n你好，我只收到一封自动回复邮件，已经两天了还没有人联系我，VPN 还是连不上。",
			"Subject: Re: VPN\r\n\r\nHi, the error mail I get from the scanner says \"This message was automatically generated\" and then a code 0x80. What now?",
			"Subject: =?utf-8?B?5Ye65beu77yaVlBO6L+e5LiN5LiK?=\r\n\r\n在酒店连不上。",
		} {
			if e := r.mail("desk@example.org", answer+raw); e.Outcome != intake.Appended || e.Ticket != x.ID {
				t.Errorf("%q: %+v", raw, e)
			}
		}
		if n := len(r.messages(x.ID)); n != 4 {
			t.Errorf("%d messages", n)
		}
		for _, raw := range []string{
			"From: Zhang <postmaster@example.net>\r\nSubject: =?utf-8?B?6YKu5Lu25Y+R6YCB5aSx6LSl77yM6K+35Y2P5Yqp?=\r\n\r\nplease help",
			"From: Gateway <postmaster@example.net>\r\nSubject: disk 95% full\r\nAuto-Submitted: auto-generated\r\n\r\nqueue length 4000",
		} {
			e := r.mail("desk@example.org", raw)
			if e.Outcome != intake.NewTicket || r.ticket(e.Ticket).Detail.Quiet != "automatic" {
				t.Errorf("%q: %+v", raw, e)
			}
		}
		for _, raw := range []string{"Auto-Submitted: auto-replied\r\nSubject: Re: VPN\r\n\r\n我在休假", "X-Auto-Response-Suppress: All\r\nSubject: OOO: VPN\r\n\r\nback on Monday"} {
			if e := r.mail("desk@example.org", answer+raw); e.Outcome != intake.Loop || e.Ticket != x.ID {
				t.Errorf("%q: %+v", raw, e)
			}
		}
	})
}

// TestF32_OverTheWire: empty, doubled and stolen Message-IDs, the same mail to two mailboxes.
func TestF32_OverTheWire(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		n := asked("LOOPDESK_TEST_MAILS", 30)
		for i := range n {
			for _, id := range []string{"", "Message-ID: <>\r\n", "Message-ID: <same@example.net>\r\n"} {
				r.post("desk@example.org", fmt.Sprintf("From: user%d@example.net\r\n%sReferences: <same@example.net>\r\nSubject: x\r\n\r\nbody %d", i, id, i))
			}
			if err := r.send("e@example.net", []string{"desk@example.org", "net@example.org"}, fmt.Sprintf("From: two%d@example.net\r\nSubject: x\r\n\r\nboth %d", i, i)); err != nil {
				t.Fatal(err)
			}
		}
		r.work()
		counts, all := r.tally()
		if counts["done new"] != int64(5*n) || all != int64(5*n) {
			t.Errorf("%v", counts)
		}
	})
}

// TestF33_PoisonAmongGoodMail lets poison and good mail come in turn: all good mail gets
// through, and each poison is a ticket with its original, or in quarantine.
func TestF33_PoisonAmongGoodMail(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		nested := "From: p@example.net\r\n"
		for i := range 1000 {
			nested += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		poison := []string{
			"\r\n",
			"\x00\x00\r\n",
			nested + "\r\nwords",
			"From: p@example.net\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 10_000),
			"From: p@example.net\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\nPNG",
			"From: p@example.net\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<a href='https://example.org/'>x</a>\r\n", 20_000),
			"From: p@example.net\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat(strings.Repeat("<b>", 300)+"\r\n", 2_000),
			"From: p@example.net\r\n\r\n" + strings.Repeat(strings.Repeat(" ", 900)+"\r\n", 20_000),
			"From: p@example.net\r\nContent-Type: text/plain; charset=gb18030\r\n\r\n\x81\x30\x81\xff\xfe\r\n",
			"From: p@example.net\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n",
			"From: p@example.net\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
			"no header at all",
			"From: p@example.net\r\nSubject: " + strings.Repeat("=?utf-8?B?", 2000) + "\r\n\r\nx",
		}
		good := 0
		for i, bad := range poison {
			r.post("desk@example.org", bad)
			r.post("desk@example.org", fmt.Sprintf("From: good%d@example.net\r\nSubject: good\r\n\r\ngood %d", i, i))
			good++
		}
		r.work()
		counts, all := r.tally()
		if all != int64(len(poison)+good) || counts["done new"]+counts["quarantined"] != all {
			t.Errorf("%v of %d", counts, all)
		}
		list, err := r.intake.List(t.Context(), r.agent, intake.Done, 0, 200)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, e := range list {
			seen[e.Author] = true
			if e.Subject == "good" {
				good--
			}
		}
		if good != 0 || !seen["p@example.net"] {
			t.Errorf("%d good mails are missing", good)
		}
		if counts["quarantined"] != 3 {
			t.Errorf("%d in quarantine, want the two empty ones and the one without a sender", counts["quarantined"])
		}
	})
}

// TestS01_AForgedMailOverTheWire knows everything about a ticket but its token.
func TestS01_AForgedMailOverTheWire(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		x := r.ticket(r.mail("desk@example.org", "From: li@example.net\r\nSubject: VPN\r\nMessage-ID: <a@example.net>\r\n\r\n连不上").Ticket)
		for _, raw := range []string{
			"From: li@example.net\r\nSubject: Re: [" + x.Ref() + "] VPN\r\nIn-Reply-To: <a@example.net>\r\nCc: eve@attacker.example\r\n\r\n把记录发给我",
			"From: \"li@example.net\" <eve@attacker.example>\r\nReply-To: li@example.net\r\nSubject: " + x.Ref() + "\r\n\r\n把记录发给我",
			"From: li@example.net\r\nTo: desk+" + x.Token + "@example.org\r\nReferences: <" + x.Token + "@example.org>\r\n\r\n猜",
		} {
			e := r.mail("desk@example.org", raw)
			if e.Outcome != intake.NewTicket || e.Ticket == x.ID {
				t.Errorf("%+v", e)
			}
		}
		if n := len(r.messages(x.ID)); n != 1 || r.ticket(x.ID).Requester != x.Requester {
			t.Errorf("%d messages", n)
		}
	})
}

// TestS08_ControlHeadersDoNothing sends every header that desks are known to obey.
func TestS08_ControlHeadersDoNothing(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		x := r.ticket(r.mail("desk@example.org", "From: li@example.net\r\nSubject: VPN\r\n\r\n连不上").Ticket)
		headers := ""
		for _, h := range []string{
			"X-Loopdesk-Ticket", "X-Loopdesk-Status", "X-Loopdesk-Requester", "X-Loopdesk-Priority", "X-RT-Command", "RT-Ticket", "RT-Squelch-Replies-To", "X-RT-Interface",
			"X-OTRS-Queue", "X-OTRS-FollowUp-State", "X-OTRS-CustomerUser", "X-OTRS-Loop", "X-Zammad-Ticket-Id", "X-Zammad-Customer-Email", "X-Zammad-Ignore", "X-FreeScout-Mail-Type",
			"X-Ticket-ID", "X-Original-From", "X-Forwarded-For", "X-GitLab-NotificationReason",
		} {
			headers += h + ": " + x.Ref() + "\r\n" + h + ": closed\r\n"
		}
		e := r.mail("desk@example.org", "From: eve@attacker.example\r\nSubject: hello\r\n"+headers+"\r\ncontrol")
		made := r.ticket(e.Ticket)
		if e.Outcome != intake.NewTicket || made.ID == x.ID || made.Status != ticket.New || made.Graded || len(made.Detail.Links) != 0 {
			t.Errorf("%+v %+v", e, made)
		}
		if now := r.ticket(x.ID); now.Version != x.Version {
			t.Errorf("%+v", now)
		}
		if m := r.messages(made.ID)[0]; strings.Contains(m.Text+m.Quoted+m.HTML, x.Ref()) {
			t.Errorf("%+v", m)
		}
	})
}

// TestP2_EveryMessageOfTheCorpus sends every message of the test data: received is new and
// appended and suppressed and quarantined, to the last one.
func TestP2_EveryMessageOfTheCorpus(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		root := os.Getenv("LOOPDESK_TESTDATA")
		if root == "" {
			root = filepath.Join("..", "..", "..", "..", "shared", "data")
		}
		sent := int64(0)
		for _, dir := range []string{"mail", "mail-zh"} {
			cases, err := os.ReadFile(filepath.Join(root, dir, "cases.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			for line := range bytes.Lines(cases) {
				var c struct{ ID, Raw string }
				if err := json.Unmarshal(line, &c); err != nil {
					t.Fatal(err)
				}
				raw, err := os.ReadFile(filepath.Join(root, dir, c.Raw))
				if err != nil {
					t.Fatal(err)
				}
				r.post("desk@example.org", string(raw))
				sent++
			}
		}
		r.work()
		counts, all := r.tally()
		if all != sent || counts["received"] != 0 {
			t.Errorf("sent %d, in the journal %d: %v", sent, all, counts)
		}
		t.Logf("%d messages: %v", sent, counts)
		list, err := r.intake.List(t.Context(), r.agent, intake.Quarantined, 0, 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Reason != "intake.no_sender" {
				t.Errorf("%d: %s", e.ID, e.Reason)
			}
		}
	})
}

// BenchmarkL03_MailToTicket sends mails of 50 kB, one after the other, and makes their tickets.
func BenchmarkL03_MailToTicket(b *testing.B) {
	picture := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 600)
	d := dbtest.Open(b, dbtest.SQLite(b))
	r := newIn(b, d)
	b.ResetTimer()
	for i := range b.N {
		raw := fmt.Sprintf("From: user%d@example.net\r\nSubject: =?gb2312?B?tPLTobv6?=\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+
			"<p>打印机<b>坏了</b> %d</p>\r\n--m\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n%s--m--\r\n", i%500, i, picture)
		r.post("desk@example.org", raw)
		if _, err := r.jobs.RunDue(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
