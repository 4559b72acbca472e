// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"errors"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

func outgoing() notify.Mail {
	return notify.Mail{
		From: notify.Mailbox{Name: "IT 服务台", Address: "desk@example.org"}, To: notify.Mailbox{Name: "王海燕", Address: "wang@example.org"},
		ReplyTo:   notify.Mailbox{Name: "IT 服务台", Address: "desk+t1-2-abc@example.org"},
		MessageID: "<t1-2-abc.x@example.org>", InReplyTo: "<first@example.net>", References: []string{"<first@example.net>"},
		At: time.Date(2026, 11, 25, 9, 30, 0, 0, time.UTC), Kind: notify.Answer, Lang: "zh-CN",
		Body: notify.Body{Subject: "[LD-1042] 您的请求已受理", Text: "您好：\n.\n已受理。\n", HTML: "<p>您好</p>"},
	}
}

func via(s *mailtest.Server, how notify.Security) notify.Server {
	return notify.Server{Host: s.Host(), Port: s.Port(), Security: how}
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	for how, options := range map[notify.Security]mailtest.Options{
		notify.Plain: {}, notify.StartTLS: {StartTLS: true}, notify.TLS: {TLS: true}, notify.IfCan: {StartTLS: true},
	} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			box := mailtest.Start(t, options)
			if err := email.NewSender("desk.example.org", box.Roots()).Send(t.Context(), via(box, how), outgoing()); err != nil {
				t.Fatal(err)
			}
			got := box.Mails()
			if len(got) != 1 {
				t.Fatalf("%d mails", len(got))
			}
			m := got[0]
			if m.From != "desk@example.org" || m.To != "wang@example.org" || m.More != nil || m.Encrypted != (how != notify.Plain) {
				t.Errorf("envelope %q to %q and %q, encrypted %v", m.From, m.To, m.More, m.Encrypted)
			}
			want := outgoing().Body
			if m.Header("Subject") != want.Subject || m.Text() != want.Text || m.HTML() != want.HTML || m.Header("Auto-Submitted") != "auto-replied" {
				t.Errorf("%q %q %q %q", m.Header("Subject"), m.Text(), m.HTML(), m.Header("Auto-Submitted"))
			}
		})
	}
}

func TestS11_OneReceiverWhateverTheNameSays(t *testing.T) {
	t.Parallel()
	box := mailtest.Start(t, mailtest.Options{})
	m := outgoing()
	m.To.Name = "a@example.net, \"b\" <b@example.net>\r\nBcc: c@example.net"
	if err := email.NewSender("", nil).Send(t.Context(), via(box, notify.Plain), m); err != nil {
		t.Fatal(err)
	}
	got := box.Mails()
	if len(got) != 1 || got[0].To != "wang@example.org" || got[0].More != nil {
		t.Fatalf("%+v", got)
	}
	list, err := mail.ParseAddressList(headerLine(got[0].Raw, "To"))
	if err != nil || len(list) != 1 || got[0].Header("Bcc") != "" {
		t.Errorf("%v %v", list, err)
	}
}

func headerLine(raw []byte, name string) string {
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return ""
	}
	return m.Header.Get(name)
}

func TestF38_WhatTheServerSaysDecides(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		at        mailtest.Step
		code      int
		key       string
		permanent bool
	}{
		{"busy at the door", mailtest.AtGreeting, 421, "notify.later", false},
		{"no service at the door", mailtest.AtGreeting, 554, "notify.server_refused", false},
		{"greylisted", mailtest.AtReceiver, 451, "notify.later", false},
		{"mailbox busy", mailtest.AtReceiver, 450, "notify.later", false},
		{"no such user", mailtest.AtReceiver, 550, "notify.refused", true},
		{"sender not allowed is our setting", mailtest.AtSender, 553, "notify.server_refused", false},
		{"sign in first is our setting", mailtest.AtSender, 530, "notify.server_refused", false},
		{"relaying needs a password", mailtest.AtReceiver, 530, "notify.sign_in_failed", false},
		{"too large for the server", mailtest.AtSender, 552, "notify.refused", true},
		{"disk full", mailtest.AtData, 452, "notify.later", false},
		{"taken for spam", mailtest.AtData, 554, "notify.refused", true},
		{"mailbox full", mailtest.AtData, 552, "notify.refused", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			box := mailtest.Start(t, mailtest.Options{})
			box.Refuse(c.at, 1, c.code, "not today")
			sender := email.NewSender("", nil)
			err := sender.Send(t.Context(), via(box, notify.Plain), outgoing())
			var why *notify.Refusal
			if !errors.As(err, &why) {
				t.Fatalf("answered %v", err)
			}
			if why.Key != c.key || why.Permanent != c.permanent || !strings.Contains(why.Answer, "not today") {
				t.Errorf("%+v", why)
			}
			if err := sender.Send(t.Context(), via(box, notify.Plain), outgoing()); err != nil || len(box.Mails()) != 1 {
				t.Errorf("the next time: %v, %d mails", err, len(box.Mails()))
			}
		})
	}
}

func TestF38_TroubleOnTheWayIsForNow(t *testing.T) {
	t.Parallel()
	plain := mailtest.Start(t, mailtest.Options{})
	safe := mailtest.Start(t, mailtest.Options{StartTLS: true})
	tls := mailtest.Start(t, mailtest.Options{TLS: true})
	signed := mailtest.Start(t, mailtest.Options{StartTLS: true, User: "desk", Password: "correct horse"})
	bare := mailtest.Start(t, mailtest.Options{User: "desk", Password: "correct horse"})
	with := func(s notify.Server, user, password string) notify.Server {
		s.User, s.Password = user, password
		return s
	}
	gone := notify.Server{Host: "127.0.0.1", Port: porttest.Free(t), Security: notify.Plain}
	cases := []struct {
		name   string
		server notify.Server
		sender *email.Sender
		key    string
	}{
		{"nobody there", gone, email.NewSender("", nil), "notify.unreachable"},
		{"STARTTLS not offered", via(plain, notify.StartTLS), email.NewSender("", plain.Roots()), "notify.tls_failed"},
		{"a certificate that nobody vouches for", via(safe, notify.StartTLS), email.NewSender("", nil), "notify.tls_failed"},
		{"the same where encryption is a wish", via(safe, notify.IfCan), email.NewSender("", nil), "notify.tls_failed"},
		{"the same from the first byte", via(tls, notify.TLS), email.NewSender("", nil), "notify.tls_failed"},
		{"TLS to a plain port", via(plain, notify.TLS), email.NewSender("", plain.Roots()), "notify.tls_failed"},
		{"a wrong password", with(via(signed, notify.StartTLS), "desk", "wrong"), email.NewSender("", signed.Roots()), "notify.sign_in_failed"},
		{"a password nobody asks for", with(via(safe, notify.StartTLS), "desk", "x"), email.NewSender("", safe.Roots()), "notify.sign_in_failed"},
		{"no password where one is needed", via(bare, notify.Plain), email.NewSender("", nil), "notify.server_refused"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.sender.Send(t.Context(), c.server, outgoing())
			var why *notify.Refusal
			if !errors.As(err, &why) || why.Key != c.key || why.Permanent {
				t.Fatalf("answered %v", err)
			}
			if strings.Contains(err.Error(), "correct horse") || strings.Contains(err.Error(), "wrong") {
				t.Errorf("the password stands in %q", err)
			}
		})
	}
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	box := mailtest.Start(t, mailtest.Options{StartTLS: true, User: "desk", Password: "correct horse"})
	server := via(box, notify.StartTLS)
	server.User, server.Password = "desk", "correct horse"
	if err := email.NewSender("", box.Roots()).Send(t.Context(), server, outgoing()); err != nil || len(box.Mails()) != 1 {
		t.Errorf("%v, %d mails", err, len(box.Mails()))
	}
}

func TestF39_ACutAfterTheLastByteIsSentAgainUnderTheSameName(t *testing.T) {
	t.Parallel()
	box := mailtest.Start(t, mailtest.Options{})
	box.Cut(mailtest.AtData)
	sender := email.NewSender("", nil)
	err := sender.Send(t.Context(), via(box, notify.Plain), outgoing())
	var why *notify.Refusal
	if !errors.As(err, &why) || why.Permanent || why.Key != "notify.unreachable" {
		t.Fatalf("answered %v", err)
	}
	if err := sender.Send(t.Context(), via(box, notify.Plain), outgoing()); err != nil {
		t.Fatal(err)
	}
	got := box.Mails()
	if len(got) != 2 || got[0].Header("Message-ID") != "<t1-2-abc.x@example.org>" || string(got[0].Raw) != string(got[1].Raw) {
		t.Errorf("%d mails, not twice the same", len(got))
	}
}

func TestAnAddressThatCannotBeWrittenToIsRefusedForGood(t *testing.T) {
	t.Parallel()
	box := mailtest.Start(t, mailtest.Options{})
	m := outgoing()
	m.To.Address = "王@example.org"
	err := email.NewSender("", nil).Send(t.Context(), via(box, notify.Plain), m)
	var why *notify.Refusal
	if !errors.As(err, &why) || !why.Permanent || why.Key != "notify.address_impossible" || len(box.Mails()) != 0 {
		t.Errorf("%v", err)
	}
}

func TestSendingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // a server that never greets
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := l.Accept()
		cancel()
		if err == nil {
			defer func() { _ = c.Close() }()
			_, _ = c.Read(make([]byte, 1))
		}
	}()
	server := notify.Server{Host: "127.0.0.1", Port: int64(l.Addr().(*net.TCPAddr).Port), Security: notify.Plain}
	var why *notify.Refusal
	if err := email.NewSender("", nil).Send(ctx, server, outgoing()); !errors.As(err, &why) || why.Permanent || why.Key != "notify.unreachable" {
		t.Errorf("answered %v", err)
	}
}
