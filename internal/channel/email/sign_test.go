// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bytes"
	"testing"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS13_WhatWeSendIsSignedAndVerified over the wire: what arrives at a mail server is what
// our own check accepts, and nothing else is.
func TestS13_WhatWeSendIsSignedAndVerified(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		save := func(g notify.Signing) notify.Signing {
			t.Helper()
			_, version, err := r.notify.Signing(t.Context(), access.Desk())
			if err == nil {
				err = r.notify.SaveSigning(t.Context(), access.Desk(), g, false, version)
			}
			if err != nil {
				t.Fatal(err)
			}
			g, _, err = r.notify.Signing(t.Context(), access.Desk())
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		g := save(notify.Signing{Domain: "example.org", Selector: "s1"})
		g.Active = true
		g = save(g)
		published := &names{}
		published.publish(g.Name(), g.Record)
		published.publish("_dmarc.example.org", "v=DMARC1; p=reject; adkim=s")
		if _, _, err := r.tickets.Record(t.Context(), r.requester, ticket.Request{
			Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "打印机没反应"},
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		mails := r.box.To("wang@example.net")
		if len(mails) != 1 {
			t.Fatalf("%d mails", len(mails))
		}
		raw := mails[0].Raw
		check := func(raw []byte) ticket.Proof {
			return email.Verifier{Names: published}.Verify(t.Context(), intake.Evidence{Raw: raw, From: "desk@example.org"})
		}
		if p := check(raw); !p.Aligned() || p.DKIM.Domain != "example.org" {
			t.Errorf("%+v\n%s", p, raw)
		}
		for name, changed := range map[string][]byte{
			"another subject": bytes.Replace(raw, []byte("Subject:"), []byte("Subject: x"), 1),
			"one more author": append([]byte("From: eve@example.org\r\n"), raw...),
			"one more reply":  append([]byte("Reply-To: eve@evil.example\r\n"), raw...),
			"more words":      append(append([]byte{}, raw...), "more\r\n"...),
		} {
			if p := check(changed); p.Verdict == ticket.Verified {
				t.Errorf("%s: %+v", name, p)
			}
		}
	})
}
