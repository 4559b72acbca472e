// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS01_WhoHearsOfAMailThatWaits: whoever is accountable, and the author where it may be
// them; each once in four hours, and no word of the mail.
func TestS01_S14_WhoHearsOfAMailThatWaits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.do(r.agent, r.record("打印机没反应"), ticket.Accept{})
		r.work()
		if err := r.intake.SaveTrust(t.Context(), r.admin, intake.Trust{Checks: intake.NobodyChecks, Require: intake.Always}, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		to := r.replyTo(x, r.requester)
		got := func(m intake.Mail) []string {
			r.mail(to, m)
			list := r.work()
			for _, one := range list {
				if strings.Contains(one.Body.Text, m.Text) {
					t.Errorf("%s holds the words of the mail: %s", one.Body.Subject, one.Body.Text)
				}
			}
			return subjects(list)
		}
		ref := "[" + x.Ref() + "] "
		for i, c := range []struct {
			from string
			want []string
		}{
			{"wang@example.net", []string{"wang@example.net " + ref + "not_taken", "lin@example.net " + ref + "mail_kept"}},
			{"wang@example.net", []string{"lin@example.net " + ref + "mail_kept"}}, // once in four hours
			{"eve@attacker.example", []string{"lin@example.net " + ref + "mail_kept"}},
			{"zhou@example.net", []string{"zhou@example.net " + ref + "answer_kept", "lin@example.net " + ref + "mail_kept"}},
		} {
			if d := cmp.Diff(c.want, got(intake.Mail{FromAddr: c.from, FromName: "王海燕", Text: "暗语" + strings.Repeat("一", i+1)})); d != "" {
				t.Errorf("%d %s: %s", i, c.from, d)
			}
		}
		r.clock.Advance(5 * time.Hour)
		if list := got(intake.Mail{FromAddr: "wang@example.net", Text: "五小时后的暗语"}); len(list) != 2 {
			t.Errorf("%v", list)
		}
	})
}

// TestS14_AForgeryIsNotTold to whomever it names.
func TestS14_AForgeryIsNotTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.do(r.agent, r.record("打印机没反应"), ticket.Accept{})
		r.work()
		r.do(access.Desk(), x, ticket.KeepOut{Inbound: 1, Author: person.ID(r.requester.ID), Address: "wang@example.net", Reason: "intake.reply_forged", Forged: true})
		if d := cmp.Diff([]string{"lin@example.net [" + x.Ref() + "] mail_kept"}, subjects(r.work())); d != "" {
			t.Error(d)
		}
	})
}

// replyTo is where somebody answers to about a ticket, from the last letter that they got.
func (r *desk) replyTo(x ticket.Ticket, who access.Actor) string {
	r.Helper()
	box, domain, _ := strings.Cut("desk@example.org", "@")
	return box + "+" + r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: who.ID}) + "@" + domain
}

// TestS04_TheAddressSaysForWhomAnAnswerIs: answers to letters that bring the requester's words
// may go to the requester, all others of staff are notes.
func TestS04_TheAddressSaysForWhomAnAnswerIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		x := r.do(r.agent, r.record("打印机没反应"), ticket.Accept{})
		r.work()
		r.do(r.requester, x, ticket.Reply{Say: ticket.Say{Text: "还有一台"}})
		answered := r.work()
		r.do(r.lead, x, ticket.Assign{Assignee: person.ID(r.lead.ID)})
		r.do(r.lead, x, ticket.Assign{Assignee: person.ID(r.agent.ID)})
		inside := map[bool]int{}
		for _, m := range append(answered, r.work()...) {
			marked := strings.HasPrefix(m.ReplyTo.Address, "desk+n-t")
			if marked != strings.HasSuffix(m.Body.Subject, "assigned") || len(m.ReplyTo.Address) > 64+len("@example.org") {
				t.Errorf("%s is answered to %s", m.Body.Subject, m.ReplyTo.Address)
			}
			inside[marked]++
		}
		if inside[true] == 0 || inside[false] == 0 {
			t.Errorf("%v", inside)
		}
	})
}

func TestS13_SigningRestsUntilItsKeyIsPublished(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		load := func() (notify.Signing, int64) {
			t.Helper()
			g, version, err := r.notify.Signing(t.Context(), r.admin)
			if err != nil {
				t.Fatal(err)
			}
			return g, version
		}
		save := func(g notify.Signing, fresh bool) error {
			_, version := load()
			return r.notify.SaveSigning(t.Context(), r.admin, g, fresh, version)
		}
		seal := func() notify.Seal {
			t.Helper()
			if err := r.notify.Test(t.Context(), r.admin, "x@example.net"); err != nil {
				t.Fatal(err)
			}
			return r.post.vias[len(r.post.vias)-1].Seal
		}
		if err := save(notify.Signing{Active: true, Domain: "example.org", Selector: "s1"}, false); err != nil {
			t.Fatal(err)
		}
		g, _ := load()
		if g.Active || !g.Ready() || !strings.HasPrefix(g.Record, "v=DKIM1; k=rsa; p=") || g.Name() != "s1._domainkey.example.org" || strings.Contains(g.Sealed, "PRIVATE") {
			t.Errorf("%+v", g)
		}
		if got := seal(); got != (notify.Seal{}) {
			t.Errorf("signed before anybody could look the key up: %+v", got)
		}
		g.Active = true
		if err := save(g, false); err != nil {
			t.Fatal(err)
		}
		first := seal()
		if first.Domain != "example.org" || first.Selector != "s1" || !strings.Contains(first.Key, "PRIVATE KEY") {
			t.Errorf("%+v", first)
		}
		// Another name, or a wish for another key, makes one, and rests until it is switched on again.
		for _, fresh := range []bool{false, true} {
			was, _ := load()
			g := was
			g.Active = true
			if !fresh {
				g.Selector = "s2"
			}
			if err := save(g, fresh); err != nil {
				t.Fatal(err)
			}
			if now, _ := load(); now.Active || now.Record == was.Record {
				t.Errorf("fresh %v: %+v", fresh, now)
			}
			if got := seal(); got != (notify.Seal{}) {
				t.Errorf("fresh %v: %+v", fresh, got)
			}
		}
		// Mail of another domain is not signed with a key that proves nothing about it.
		if err := save(notify.Signing{Domain: "other.example", Selector: "s1"}, false); err != nil {
			t.Fatal(err)
		}
		g, _ = load()
		g.Active = true
		if err := save(g, false); err != nil {
			t.Fatal(err)
		}
		if got := seal(); got != (notify.Seal{}) {
			t.Errorf("%+v", got)
		}
		for field, bad := range map[string]notify.Signing{
			"domain": {Domain: "no domain", Selector: "s1"}, "selector": {Domain: "example.org", Selector: "s_1"}, "empty": {Active: true, Selector: "s1"},
		} {
			if err := save(bad, false); err == nil {
				t.Errorf("%s was taken", field)
			}
		}
		if err := r.notify.SaveSigning(t.Context(), r.agent, g, true, setting.AnyVersion); err == nil {
			t.Error("an agent changed the key")
		}
	})
}
