// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/mail/auth"
)

// names are what domains publish, without a network.
type names struct {
	mu   sync.Mutex
	txt  map[string][]string
	down bool
}

func (n *names) publish(name, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.txt == nil {
		n.txt = map[string][]string{}
	}
	n.txt[name] = append(n.txt[name], text)
}

func (n *names) LookupTXT(_ context.Context, name string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if n.down {
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	if got := n.txt[name]; got != nil {
		return got, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n *names) LookupMX(context.Context, string) ([]*net.MX, error) {
	return nil, &net.DNSError{IsNotFound: true}
}

func (n *names) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{IsNotFound: true}
}

func (n *names) LookupAddr(context.Context, string) ([]string, error) {
	return nil, &net.DNSError{IsNotFound: true}
}

// signer publishes all that a careful domain publishes, and returns its key.
func (r *in) signer(domain string) []byte {
	r.Helper()
	key, err := auth.NewKey()
	if err != nil {
		r.Fatal(err)
	}
	record, err := auth.Record(key)
	if err != nil {
		r.Fatal(err)
	}
	r.names.publish("s._domainkey."+domain, record)
	r.names.publish(domain, "v=spf1 ip4:192.0.2.1 -all")
	r.names.publish("_dmarc."+domain, "v=DMARC1; p=reject")
	return key
}

func (r *in) trust(t intake.Trust) {
	r.Helper()
	_, version, err := r.intake.Trust(r.Context(), access.Desk())
	if err == nil {
		err = r.intake.SaveTrust(r.Context(), access.Desk(), t, version)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// from lets a message come from a peer of the world, and returns what became of it.
func (r *in) from(peer, sender, to, raw string) intake.Entry {
	r.Helper()
	return r.deliver(intake.Delivery{Source: "smtp", Sender: sender, Recipient: to, Address: peer, Hello: "mx.example.net", Raw: []byte(raw)})
}

func (r *in) deliver(d intake.Delivery) intake.Entry {
	r.Helper()
	which, err := r.intake.Journal(r.Context(), d)
	if err != nil {
		r.Fatal(err)
	}
	r.work()
	e, err := r.intake.Entry(r.Context(), r.agent, which)
	if err != nil {
		r.Fatal(err)
	}
	return e
}

func signed(t testing.TB, raw, domain string, key []byte) string {
	t.Helper()
	out, err := auth.Sign([]byte(raw), domain, "s", key)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// short is a small mail.
func short(head, text string) string {
	return head + "To: desk@example.org\r\nSubject: x\r\nDate: Mon, 02 Mar 2026 09:00:00 +0800\r\n\r\n" + text + "\r\n"
}

const here, elsewhere = "192.0.2.1", "203.0.113.9" // a domain's own server, and any other

// TestS01_NoForgedFromJoins tries all that an attacker may know of a ticket, its token too.
func TestS01_NoForgedFromJoins(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		key, evil := r.signer("corp.example"), r.signer("evil.example")
		r.trust(intake.Trust{Checks: intake.WeCheck, Require: intake.WhenChecked})
		wang := "From: Wang <wang@corp.example>\r\n"
		first := r.from(elsewhere, "x@relay.example", "desk@example.org", signed(t, short(wang, "printer"), "corp.example", key))
		if first.Proof.Verdict != ticket.Verified || !first.Proof.Aligned() {
			t.Fatalf("%+v", first.Proof)
		}
		x := r.ticket(first.Ticket)
		to := "desk+" + r.token(x) + "@example.org"
		forms := map[string]string{
			"nothing":                  short(wang, "1"),
			"signed by another":        signed(t, short(wang, "2"), "evil.example", evil),
			"a copy to the attacker":   short(wang+"Cc: eve@evil.example\r\n", "3"),
			"another Sender":           signed(t, short(wang+"Sender: eve@evil.example\r\nReply-To: eve@evil.example\r\n", "4"), "evil.example", evil),
			"a word of its own":        short("Authentication-Results: example.org; dmarc=pass header.from=corp.example\r\n"+wang, "5"),
			"a chain of its own":       short("ARC-Authentication-Results: i=1; example.org; dmarc=pass\r\nARC-Seal: i=1; d=evil.example; cv=pass\r\n"+wang, "6"),
			"signed, then another":     signed(t, short(wang, "7"), "corp.example", key) + "and pay 1000\r\n",
			"the name is an address":   short("From: \"wang@corp.example\" <eve@forged.example>\r\n", "8"),
			"many signatures":          strings.Repeat("DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=s; h=from; bh=AA==; b=AA==\r\n", 500) + short(wang, "9"),
			"a signature of nothing":   "DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=none; h=from; bh=; b=\r\n" + short(wang, "10"),
			"its envelope is right":    short(wang+"Return-Path: <wang@corp.example>\r\nReceived-SPF: pass\r\n", "11"),
			"two authors":              "From: Boss <boss@corp.example>\r\n" + signed(t, short(wang, "12"), "corp.example", key),
			"one author, far from top": "From: Boss <boss@corp.example>\r\n" + strings.Repeat("X-A: b\r\n", 2000) + signed(t, short(wang, "13"), "corp.example", key),
		}
		for name, raw := range forms {
			e := r.from(elsewhere, "wang@corp.example", to, raw)
			if e.State != intake.Quarantined || e.Proof.Verdict == ticket.Verified {
				t.Errorf("%s: %+v", name, e)
			}
		}
		if n := len(r.messages(x.ID)); n != 1 {
			t.Errorf("%d messages", n)
		}
		// A stranger who proves to be nobody but themselves speaks in their own name (S07).
		e := r.from(elsewhere, "eve@evil.example", to, signed(t, short("From: Wang <eve@evil.example>\r\n", "me too"), "evil.example", evil))
		if last := r.messages(x.ID)[1]; e.Outcome != intake.Appended || r.people.Card(t.Context(), last.Author).Email != "eve@evil.example" || r.ticket(x.ID).Requester != x.Requester {
			t.Errorf("%+v %+v", e, last)
		}
		e = r.from(here, "wang@corp.example", to, short(wang, "really me"))
		if e.Outcome != intake.Appended || e.Proof.SPF.Result != "pass" {
			t.Errorf("%+v", e)
		}
		r.names.down = true
		later := r.from(here, "wang@corp.example", to, signed(t, short(wang, "later"), "corp.example", key))
		for range 3 {
			r.clock.Advance(10 * time.Minute)
			r.work()
		}
		if e, err := r.intake.Entry(t.Context(), r.agent, later.ID); err != nil || later.State != intake.Received || e.Reason != "intake.reply_unchecked" || e.Proof.Why != "later" {
			t.Errorf("without names: %+v %v", e, err)
		}
	})
}

// TestS05_IdentityIsTheAuthorAlone: whatever else names somebody, in all combinations.
func TestS05_IdentityIsTheAuthorAlone(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		for _, d := range []string{"author.example", "sender.example", "reply.example", "path.example"} {
			r.signer(d)
		}
		r.trust(intake.Trust{Checks: intake.WeCheck, Require: intake.WhenChecked})
		n := 0
		for _, sender := range []string{"", "Sender: a@sender.example\r\n", "Sender: a@author.example\r\n"} {
			for _, reply := range []string{"", "Reply-To: a@reply.example\r\n", "Reply-To: a@author.example\r\n", "X-Original-From: a@reply.example\r\n"} {
				for _, path := range []string{"", "a@path.example", "a@author.example"} {
					n++
					e := r.from(here, path, "desk@example.org", short("From: a@author.example\r\n"+sender+reply+"Return-Path: <b@path.example>\r\n", fmt.Sprint(n)))
					want := ticket.Forged
					if path == "a@author.example" {
						want = ticket.Verified
					}
					x := r.ticket(e.Ticket)
					if who := r.people.Card(t.Context(), x.Requester); who.Email != "a@author.example" || e.Proof.Verdict != want || e.Proof.From != "author.example" {
						t.Errorf("%q %q %q: %s is %+v", sender, reply, path, who.Email, e.Proof)
					}
				}
			}
		}
		if n < 30 {
			t.Errorf("only %d combinations", n)
		}
	})
}

// TestS05_BehindABorder the word of the servers on the list counts, else signatures alone.
func TestS05_BehindABorder(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		key := r.signer("corp.example")
		r.trust(intake.Trust{Checks: intake.TheyCheck, Servers: []string{"mx.example.org"}, Require: intake.WhenChecked})
		wang, n := "From: wang@corp.example\r\n", 0
		got := map[string]string{}
		for name, raw := range map[string]string{
			"told a pass":          "Authentication-Results: mx.example.org; dmarc=pass header.from=corp.example\r\nReceived: from a by b\r\n" + short(wang, "1"),
			"told a failure":       "Authentication-Results: mx.example.org; dmarc=fail (p=reject) header.from=corp.example\r\n" + signed(t, short(wang, "2"), "corp.example", key),
			"told by another":      "Authentication-Results: mx.evil.example; dmarc=pass header.from=corp.example\r\n" + short(wang, "3"),
			"told below":           "Authentication-Results: mx.example.org; spf=none\r\nReceived: from a by b\r\nAuthentication-Results: mx.example.org; dmarc=pass header.from=corp.example\r\n" + short(wang, "4"),
			"told nothing, signed": signed(t, short(wang, "5"), "corp.example", key),
			"told nothing":         short(wang, "6"),
		} {
			n++
			for _, source := range []string{"imap", "lmtp", "pipe", "smtp"} {
				e := r.deliver(intake.Delivery{
					Source: source, Sender: "wang@corp.example", Recipient: "desk@example.org", Address: elsewhere,
					Raw: []byte(strings.Replace(raw, "Subject: x", "Subject: "+source, 1)),
				})
				if name == "told nothing, signed" { // the subject is signed too
					e = r.deliver(intake.Delivery{Source: source, Sender: "wang@corp.example", Recipient: "desk+" + source + "@example.org", Raw: []byte(raw)})
				}
				word := string(e.Proof.Verdict) + " " + e.Proof.Why + " " + e.Proof.By
				if before, known := got[name]; known && before != word {
					t.Errorf("%s by %s: %q, before %q", name, source, word, before)
				}
				got[name] = word
			}
		}
		if d := cmp.Diff(map[string]string{
			"told a pass": "verified  mx.example.org", "told a failure": "forged  mx.example.org", "told by another": "unchecked nothing_told ",
			"told below": "unverified  mx.example.org", "told nothing, signed": "verified  ", "told nothing": "unchecked nothing_told ",
		}, got); d != "" {
			t.Error(d)
		}
	})
}

// TestS04_AnAgentAnswersByMail over the whole way: token, signature, rights.
func TestS04_AnAgentAnswersByMail(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		key := r.signer("example.net")
		r.trust(intake.Trust{Checks: intake.WeCheck, Require: intake.Never})
		x := r.ticket(r.from(here, "li@example.net", "desk@example.org", short("From: li@example.net\r\n", "printer")).Ticket)
		to := "desk+" + r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: r.agent.ID}) + "@example.org"
		lin := "From: Lin <lin@example.net>\r\n"
		if e := r.from(elsewhere, "lin@example.net", to, short(lin, "forged answer")); e.Reason != "intake.staff_unproven" {
			t.Errorf("forged: %+v", e)
		}
		if e := r.from(elsewhere, "lin@example.net", to, signed(t, short(lin, "turn it off and on"), "example.net", key)); e.Outcome != intake.Appended {
			t.Fatalf("signed: %+v", e)
		}
		last := r.messages(x.ID)[1]
		if last.Kind != ticket.Public || last.ByUser || int64(last.Author) != r.agent.ID || last.Text != "turn it off and on" || !last.Proof.Aligned() {
			t.Errorf("%+v", last)
		}
	})
}

// TestS08_NothingInAHeaderCommands: fields by which other desks are steered do nothing here.
func TestS08_NothingInAHeaderCommands(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		plain := r.ticket(r.from(here, "a@plain.example", "desk@example.org", short("From: a@plain.example\r\n", "plain")).Ticket)
		var head strings.Builder
		for _, f := range []string{
			"X-Loopdesk-Ticket: 1", "X-Loopdesk-Verdict: verified", "X-OTRS-Priority: 5 very high", "X-OTRS-State: closed successful", "X-OTRS-CustomerUser: root",
			"X-Zammad-Ticket-Owner: admin", "X-Zammad-Customer-Login: root", "RT-Ticket: example.org #1", "X-RT-Loop-Prevention: x", "X-RT-Original-Encoding: utf-7",
			"X-RT-Command: status: resolved", "X-Priority: 1", "Importance: high", "X-Spam-Flag: NO", "X-Authentication-Results: pass", "X-Envelope-From: root@example.org",
		} {
			head.WriteString(f + "\r\n")
		}
		e := r.from(here, "a@plain.example", "desk@example.org", short("From: a@plain.example\r\n"+head.String(), "steered"))
		x := r.ticket(e.Ticket)
		if x.ID == plain.ID || x.Priority != plain.Priority || x.Status != plain.Status || x.Owner != 0 || x.Requester != plain.Requester || len(r.messages(plain.ID)) != 1 {
			t.Errorf("%+v", x)
		}
		if e.Proof.Verdict == ticket.Verified {
			t.Errorf("%+v", e.Proof)
		}
	})
}

// TestS13_TheVerdictComesFromTheCheckAlone: no other outcome than the check's is ever a pass.
func TestS13_TheVerdictComesFromTheCheckAlone(t *testing.T) {
	t.Parallel()
	n := &names{}
	for _, raw := range []string{"", "\r\n", "From: a@b.example", "From: a@b.example\r\nDKIM-Signature:\r\n\r\nx", "\x00\x00", "no header at all\r\n\r\nx"} {
		for _, servers := range [][]string{nil, {"mx.example.org"}} {
			if p := (email.Verifier{Names: n}).Verify(t.Context(), intake.Evidence{Raw: []byte(raw), From: "a@b.example", Servers: servers}); p.Verdict == ticket.Verified {
				t.Errorf("%q: %+v", raw, p)
			}
		}
	}
}
