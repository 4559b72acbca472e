// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bytes"
	"log/slog"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
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
	kitmail "github.com/loopdesk/loopdesk/internal/kit/mail"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// out is a desk that writes through a real connection to a mail server.
type out struct {
	*testing.T
	box       *mailtest.Server
	jobs      *job.Queue
	clock     *clock.Manual
	people    *person.Service
	tickets   *ticket.Service
	notify    *notify.Service
	links     *session.Links
	agent     access.Actor
	requester access.Actor
}

func eachOut(t *testing.T, name string, fn func(t *testing.T, r *out)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		jobs := job.New(d, c, slog.New(slog.DiscardHandler))
		bus := event.NewBus(jobs)
		people, settings := person.NewService(d, bus, c), setting.NewService(d, bus, c)
		blobs, err := blob.Open(ctx, "file://"+t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = blobs.Close() })
		keys := secret.New(bytes.Repeat([]byte{7}, secret.Size))
		r := &out{T: t, box: mailtest.Start(t, mailtest.Options{StartTLS: true, User: "desk", Password: "correct horse"}), jobs: jobs, clock: c, people: people, links: session.NewLinks(keys, c)}
		r.tickets = ticket.NewService(ticket.Parts{
			DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: settings, Blobs: blobs, Gates: ticket.StandardGates(),
		})
		r.notify = notify.NewService(notify.Parts{
			DB: d, Bus: bus, Clock: c, Jobs: jobs, People: people, Tickets: r.tickets, Settings: settings, Links: r.links, Keys: keys,
			Sender: email.NewSender("desk.example.org", r.box.Roots()), Renderer: email.Letters{}, BaseURL: "https://desk.example.org",
		})
		event.After(bus, "notify:acknowledged", notify.Hear[ticket.Acknowledged](r.notify))
		event.After(bus, "notify:said", notify.Hear[ticket.Said](r.notify))
		add := func(name, addr string, role access.Role, via string) access.Actor {
			p, err := people.Add(ctx, access.Desk(), person.Person{Name: name, Email: addr, Lang: "zh-CN", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
		}
		admin := add("管理员", "admin@example.net", access.Admin, "web")
		r.agent, r.requester = add("林岚", "lin@example.net", access.Agent, "web"), add(name, "wang@example.net", access.Requester, "portal")
		if err := r.notify.SaveMailing(ctx, admin, notify.Mailing{
			Address: "desk@example.org", Tagged: true, Host: r.box.Host(), Port: r.box.Port(), Security: notify.StartTLS, User: "desk",
		}, "correct horse", 0); err != nil {
			t.Fatal(err)
		}
		fn(t, r)
	})
}

func (r *out) record(subject string) ticket.Ticket {
	r.Helper()
	t, _, err := r.tickets.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Subject: subject, Say: ticket.Say{Text: "打不开"},
	})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *out) reply(t ticket.Ticket, text string) {
	r.Helper()
	if _, err := r.tickets.Do(r.Context(), r.agent, ticket.Target{ID: t.ID}, ticket.Reply{Say: ticket.Say{Text: text}}); err != nil {
		r.Fatal(err)
	}
}

// send lets everything go out, what waits for more that might follow too.
func (r *out) send() {
	r.Helper()
	for range 2 {
		if _, err := r.jobs.RunDue(r.Context()); err != nil {
			r.Fatal(err)
		}
		r.clock.Advance(3 * time.Minute)
	}
}

func (r *out) log(t ticket.Ticket) []notify.Delivery {
	r.Helper()
	list, err := r.notify.ForTicket(r.Context(), r.agent, t)
	if err != nil || len(list) == 0 {
		r.Fatal(list, err)
	}
	return list
}

func TestN19_AnAcknowledgementOverTheWire(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		x := r.record("打印机没反应")
		if _, err := r.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := r.box.Mails()
		if len(got) != 1 || !got[0].Encrypted {
			t.Fatalf("%+v", got)
		}
		m := got[0]
		if m.Header("Subject") != "["+x.Ref()+"] 您的请求已受理" || !strings.Contains(m.Text(), x.Ref()) || strings.Contains(m.Text(), "打") {
			t.Errorf("%s\n%s", m.Header("Subject"), m.Text())
		}
		// The link in the mail opens this ticket to this person, and nothing else.
		_, after, _ := strings.Cut(m.Text(), "https://desk.example.org/t/")
		code, _, _ := strings.Cut(after, "\n")
		by, err := r.links.ReadTrack(code)
		if err != nil || by.Ticket != int64(x.ID) || by.ID != r.requester.ID || by.Kind != access.Link {
			t.Errorf("%q opens %+v, %v", code, by, err)
		}
		// Our own reader knows it for a machine's answer, so that two desks do not talk for ever (F35).
		read, err := kitmail.Read(m.Raw, kitmail.Standard())
		if err != nil || !read.Replied() || !read.Automatic() || read.Bounced() || len(read.ReplyTo) != 1 {
			t.Fatalf("%+v, %v", read, err)
		}
		box, _, _ := strings.Cut(read.ReplyTo[0].Addr, "@")
		bond, ok := r.links.ReadReply(strings.TrimPrefix(box, "desk+"))
		if !ok || bond.Ticket != int64(x.ID) || bond.Person != r.requester.ID {
			t.Errorf("answers to %s go to %+v", read.ReplyTo[0].Addr, bond)
		}
	})
}

func TestAReplyByHandIsNoMachinesWord(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		r.reply(r.record("打印机没反应"), "请重启后再试")
		r.send()
		got := r.box.Mails()
		if len(got) != 2 || !strings.Contains(got[1].Text(), "请重启后再试") {
			t.Fatalf("%d mails", len(got))
		}
		read, err := kitmail.Read(got[1].Raw, kitmail.Standard())
		if err != nil || read.Replied() || got[1].Header("Auto-Submitted") != "" {
			t.Errorf("%v %q", err, got[1].Header("Auto-Submitted"))
		}
	})
}

func TestS10_HostileNamesAndSubjectsOverTheWire(t *testing.T) {
	t.Parallel()
	eachOut(t, `"a@example.com, b@example.com" =?utf-8?q?=0D=0ABcc:_eve@example.com?=`, func(t *testing.T, r *out) {
		r.reply(r.record("x\r\nBcc: eve@example.com\u2028=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLm5ldA==?="), "好")
		r.send()
		if n := len(r.box.Mails()); n != 2 {
			t.Errorf("%d mails", n)
		}
		for _, m := range r.box.Mails() {
			h, err := mail.ReadMessage(bytes.NewReader(m.Raw))
			if err != nil {
				t.Fatal(err)
			}
			to, err := h.Header.AddressList("To")
			if err != nil || len(to) != 1 || to[0].Address != "wang@example.net" || m.More != nil || h.Header.Get("Bcc") != "" {
				t.Errorf("%s to %v and %v, %v", h.Header.Get("Subject"), to, m.More, err)
			}
			if strings.ContainsAny(m.Header("Subject"), "\r\n\u2028") {
				t.Errorf("%q", m.Header("Subject"))
			}
		}
	})
}

func TestF38_GreylistedThenTakenOverTheWire(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		r.box.Refuse(mailtest.AtReceiver, 1, 421, "try later")
		x := r.record("打印机没反应")
		if _, err := r.jobs.RunDue(t.Context()); err == nil {
			t.Error("nobody complained")
		}
		if d := r.log(x)[0]; d.State != notify.Queued || d.Reason != "notify.later" || !strings.Contains(d.Answer, "try later") {
			t.Errorf("%+v", d)
		}
		r.clock.Advance(time.Minute)
		if _, err := r.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := r.log(x)[0]; d.State != notify.Sent || d.Attempts != 2 || len(r.box.Mails()) != 1 || r.box.Mails()[0].Header("Message-ID") != d.MessageID {
			t.Errorf("%+v", d)
		}
	})
}

func TestF38_RefusedForGoodOverTheWire(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		r.box.Refuse(mailtest.AtReceiver, 1, 550, "no such user")
		x := r.record("打印机没反应")
		if _, err := r.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := r.log(x)[0]; d.State != notify.Failed || d.Reason != "notify.refused" || !strings.Contains(d.Answer, "550 no such user") {
			t.Errorf("%+v", d)
		}
	})
}

func TestF39_CutAfterTheLastByteIsOneRepeatUnderTheSameName(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		r.box.Cut(mailtest.AtData)
		x := r.record("打印机没反应")
		if _, err := r.jobs.RunDue(t.Context()); err == nil {
			t.Error("nobody complained")
		}
		r.clock.Advance(time.Minute)
		if _, err := r.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := r.box.Mails()
		if len(got) != 2 || got[0].Header("Message-ID") != got[1].Header("Message-ID") || got[0].Header("Message-ID") == "" || r.log(x)[0].State != notify.Sent {
			t.Errorf("%d mails, %+v", len(got), r.log(x)[0])
		}
	})
}
