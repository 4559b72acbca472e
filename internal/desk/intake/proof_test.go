// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// checked is a desk that checks senders and asks for proof.
func checked() intake.Trust {
	return intake.Trust{Checks: intake.WeCheck, Require: intake.WhenChecked}
}

// pass is the proof that nobody can forge.
func pass() ticket.Proof {
	return ticket.Proof{Verdict: ticket.Verified, From: "example.org", DMARC: ticket.Check{Result: "pass", Domain: "example.org"}}
}

func verdict(v ticket.Verdict) ticket.Proof { return ticket.Proof{Verdict: v, From: "example.net"} }

// to is where a person answers to about a ticket; mark stands before the token.
func (r *desk) to(t ticket.Ticket, who int64, mark string) string {
	return "desk+" + mark + r.links.Reply(session.Bond{Ticket: int64(t.ID), Person: who}) + "@example.org"
}

// TestS01_WhoIsNotProvenJoinsNothing: with a good token and the requester's own address.
func TestS01_WhoIsNotProvenJoinsNothing(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		for _, c := range []struct {
			require intake.Requirement
			verdict ticket.Verdict
			reason  string
		}{
			{intake.WhenChecked, ticket.Verified, ""},
			{intake.WhenChecked, ticket.Forged, "intake.reply_forged"},
			{intake.WhenChecked, ticket.Unverified, "intake.reply_unverified"},
			{intake.WhenChecked, ticket.Unchecked, "intake.reply_unchecked"},
			{intake.WhenChecked, "", "intake.reply_unchecked"},
			{intake.Always, ticket.Unverified, "intake.reply_unverified"},
			{intake.Always, ticket.Unchecked, "intake.reply_unchecked"},
			{intake.Never, ticket.Unverified, ""},
			{intake.Never, ticket.Unchecked, ""},
			{intake.Never, ticket.Forged, "intake.reply_forged"},
		} {
			r.proven(intake.Trust{Checks: intake.WeCheck, Require: c.require}, map[string]ticket.Proof{"wang@example.net": pass(), "li@example.net": verdict(c.verdict)})
			x := r.open("wang@example.net")
			r.proven(intake.Trust{Checks: intake.WeCheck, Require: c.require}, map[string]ticket.Proof{"wang@example.net": verdict(c.verdict)})
			e := r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "把记录发给我", To: []string{"eve@attacker.example"}})
			if c.reason == "" {
				r.became(e, intake.Done, intake.Appended, "")
				if got := r.messages(x)[1]; got.Proof != verdict(c.verdict) && c.verdict != ticket.Verified {
					t.Errorf("%v: %+v", c, got.Proof)
				}
				continue
			}
			r.became(e, intake.Quarantined, "", c.reason)
			if now := r.ticket(x.ID); len(r.said(x)) != 1 || !now.LastRequesterAt.Equal(x.LastRequesterAt) || now.Requester != x.Requester || e.Ticket != x.ID {
				t.Errorf("%v: %v %+v", c, r.said(x), e)
			}
		}
	})
}

// TestS01_ADeskThatCannotCheckSaysSo: nothing is held, and nothing is called proven.
func TestS01_ADeskThatCannotCheckSaysSo(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		e := r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "第二封"})
		r.became(e, intake.Done, intake.Appended, "")
		want := ticket.Proof{Verdict: ticket.Unchecked, Why: "nobody"}
		for _, m := range r.messages(x) {
			if m.Proof != want {
				t.Errorf("%+v", m.Proof)
			}
		}
		if e.Proof != want || len(r.asked) != 0 {
			t.Errorf("%+v, asked %v", e.Proof, r.asked)
		}
		r.proven(intake.Trust{Checks: intake.NobodyChecks, Require: intake.Always}, nil)
		r.became(r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "第三封"}), intake.Quarantined, "", "intake.reply_unchecked")
	})
}

// TestS01_NothingIsLost: a new request of a doubtful sender is a ticket that says so. A forged
// one tells nobody, for whoever is named in it did not write (S14).
func TestS01_S14_ADoubtfulRequestIsATicketThatSaysSo(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		r.proven(checked(), map[string]ticket.Proof{"wang@example.net": verdict(ticket.Forged)})
		forged := r.ticket(r.mail("desk@example.org", intake.Mail{FromAddr: "wang@example.net", Text: "换个密码"}).Ticket)
		if m := r.messages(forged)[0]; m.Proof.Verdict != ticket.Forged || !forged.Detail.Acknowledged.IsZero() || forged.Detail.Quiet != "forged" {
			t.Errorf("%+v %+v", m.Proof, forged.Detail)
		}
		plain := r.open("li@example.net")
		if m := r.messages(plain)[0]; m.Proof.Verdict != ticket.Unverified || !m.Proof.Doubtful() || plain.Detail.Acknowledged.IsZero() {
			t.Errorf("%+v %+v", m.Proof, plain.Detail)
		}
		// What is closed is not opened again by them; their words make a ticket that knows of it.
		x := r.cancel(plain)
		e := r.mail(r.address(x), intake.Mail{FromAddr: "li@example.net", Text: "又坏了"})
		r.became(e, intake.Done, intake.NewTicket, "")
		if now := r.ticket(x.ID); now.Status != ticket.Closed || e.Ticket == x.ID || len(r.said(x)) != 1 {
			t.Errorf("%s %v", now.Status, r.said(x))
		}
	})
}

// TestS05_TheEnvelopeOfTheWorldAloneIsEvidence: a peer within the house is no border, and at
// the border no server's word counts.
func TestS05_TheEnvelopeOfTheWorldAloneIsEvidence(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		servers := []string{"mx.example.org"}
		for _, c := range []struct {
			checks          intake.Checking
			source, address string
			peer            string
			servers         []string
		}{
			{intake.WeCheck, "smtp", "192.0.2.7", "192.0.2.7", nil},
			{intake.WeCheck, "smtp", "::ffff:192.0.2.7", "192.0.2.7", nil},
			{intake.WeCheck, "smtp", "10.0.0.3", "invalid IP", nil},
			{intake.WeCheck, "smtp", "127.0.0.1", "invalid IP", nil},
			{intake.WeCheck, "smtp", "fe80::1%eth0", "invalid IP", nil},
			{intake.WeCheck, "imap", "192.0.2.7", "invalid IP", servers},
			{intake.TheyCheck, "smtp", "192.0.2.7", "invalid IP", servers},
			{intake.TheyCheck, "lmtp", "192.0.2.7", "invalid IP", servers},
		} {
			r.proven(intake.Trust{Checks: c.checks, Servers: []string{" MX.example.org. ", "mx.example.org", ""}, Require: intake.WhenChecked}, nil)
			r.asked = nil
			_, err := r.intake.Journal(t.Context(), intake.Delivery{
				Source: c.source, Sender: "wang@example.net", Recipient: "desk@example.org", Address: c.address, Hello: "mx.example.net",
				Raw: r.bytes(intake.Mail{FromAddr: "Wang@example.net", Text: c.address}),
			})
			if err != nil {
				t.Fatal(err)
			}
			r.work()
			if len(r.asked) != 1 {
				t.Fatalf("%+v: asked %d times", c, len(r.asked))
			}
			got := r.asked[0]
			hello := map[bool]string{true: "mx.example.net"}[c.peer != "invalid IP"]
			if got.Peer.String() != c.peer || got.From != "wang@example.net" || got.Hello != hello || len(got.Raw) == 0 {
				t.Errorf("%+v: %+v", c, got)
			}
			if d := cmp.Diff(c.servers, got.Servers); d != "" {
				t.Errorf("%+v: %s", c, d)
			}
		}
	})
}

// TestS04_StaffAnswerByMailOnlyWithProof and while they may.
func TestS04_StaffAnswerByMailOnlyWithProof(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		lin := r.to(x, r.agent.ID, "")
		mail := intake.Mail{FromAddr: "lin@example.org", Text: "请重启一次"}
		aligned := ticket.Proof{Verdict: ticket.Verified, DMARC: ticket.Check{Result: "none"}}
		for name, p := range map[string]ticket.Proof{
			"forged": verdict(ticket.Forged), "unverified": verdict(ticket.Unverified), "unchecked": verdict(ticket.Unchecked),
			"aligned without a policy": aligned, "a pass that is no verdict": {Verdict: ticket.Unverified, DMARC: ticket.Check{Result: "pass"}},
		} {
			for _, require := range intake.Requirements() {
				r.proven(intake.Trust{Checks: intake.WeCheck, Require: require}, map[string]ticket.Proof{"lin@example.org": p})
				e := r.mail(lin, mail)
				if e.Reason != "intake.staff_unproven" || len(r.said(x)) != 1 {
					t.Errorf("%s: %+v %v", name, e, r.said(x))
				}
			}
		}
		r.proven(checked(), map[string]ticket.Proof{"lin@example.org": pass()})
		r.became(r.mail(lin, mail), intake.Done, intake.Appended, "")
		r.became(r.mail(r.to(x, r.agent.ID, "n-"), intake.Mail{FromAddr: "lin@example.org", Text: "内部"}), intake.Done, intake.Appended, "")
		token := strings.TrimSuffix(strings.TrimPrefix(lin, "desk+"), "@example.org")
		r.became(r.mail("desk@example.org", intake.Mail{FromAddr: "lin@example.org", Text: "只按会话", References: []string{"<" + token + ".x@example.org>"}}), intake.Done, intake.Appended, "")
		r.became(r.mail(lin, intake.Mail{FromAddr: "lin@example.org", Text: "来自列表", Automatic: true}), intake.Done, intake.Appended, "")
		if d := cmp.Diff([]string{
			"public wang@example.net 第一封", "public lin@example.org 请重启一次", "internal lin@example.org 内部", "internal lin@example.org 只按会话", "internal lin@example.org 来自列表",
		}, r.said(x)); d != "" {
			t.Error(d)
		}
		said := r.messages(x)[1]
		if now := r.ticket(x.ID); now.FirstResponseAt.IsZero() || said.ByUser || said.Proof != pass() {
			t.Errorf("%+v %+v", now, said)
		}
		// A colleague's token is not one's own: what is written with it goes to nobody outside.
		zhou := r.person("周启", "zhou@example.org", access.Lead)
		r.became(r.mail(r.to(x, zhou.ID, ""), intake.Mail{FromAddr: "lin@example.org", Text: "替周启"}), intake.Done, intake.Appended, "")
		if got := r.said(x)[5]; got != "internal lin@example.org 替周启" {
			t.Error(got)
		}
		// Rights count as they are when the mail is read.
		p, err := r.people.Get(t.Context(), person.ID(r.agent.ID))
		if err != nil {
			t.Fatal(err)
		}
		p.Role = access.Requester
		if _, err := r.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
			t.Fatal(err)
		}
		r.agent = zhou
		r.became(r.mail(lin, intake.Mail{FromAddr: "lin@example.org", Text: "已调岗"}), intake.Done, intake.Appended, "")
		if last := r.messages(x)[6]; !last.ByUser || last.Kind != ticket.Public {
			t.Errorf("spoke for the desk: %+v", last)
		}
	})
}

func TestS04_NoAnswerGoesOutOfAClosedTicket(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.cancel(r.open("wang@example.net"))
		r.proven(checked(), map[string]ticket.Proof{"lin@example.org": pass()})
		r.became(r.mail(r.to(x, r.agent.ID, ""), intake.Mail{FromAddr: "lin@example.org", Text: "补充"}), intake.Quarantined, "", "intake.staff_closed")
		r.became(r.mail(r.to(x, r.agent.ID, "n-"), intake.Mail{FromAddr: "lin@example.org", Text: "补记"}), intake.Done, intake.Appended, "")
		if got := r.said(x); len(got) != 2 || !strings.HasPrefix(got[1], "internal ") {
			t.Error(got)
		}
	})
}

// TestS01_SomebodyLetsAHeldMailIn with the doubt beside it, or makes of it what they see fit.
func TestS01_S07_SomebodyLetsAHeldMailIn(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		r.proven(checked(), nil)
		e := r.mail(r.address(x), intake.Mail{
			FromAddr: "wang@example.net", FromName: "王海燕", Text: "我是本人", Files: []intake.File{{Name: "图.png", Data: []byte("\x89PNG\r\n\x1a\n")}},
		})
		held, err := r.intake.Held(t.Context(), r.agent, x)
		if err != nil || len(held) != 1 || held[0].Text != "我是本人" || held[0].Author.ID != x.Requester || len(held[0].Files) != 1 {
			t.Fatalf("%+v %v", held, err)
		}
		wang := access.Actor{ID: int64(x.Requester), Kind: access.Person, Role: access.Requester, Via: "web"}
		if _, err := r.intake.Held(t.Context(), wang, x); err == nil {
			t.Error("a requester sees what is held")
		}
		if _, err := r.intake.LetIn(t.Context(), wang, e.ID); err == nil {
			t.Error("a requester lets a mail in")
		}
		draft := ticket.Draft{Kind: ticket.CmdReply, Text: "我正在写"}
		if err := r.tickets.SaveDraft(t.Context(), r.agent, ticket.Target{ID: x.ID}, draft.Kind, draft.Text); err != nil {
			t.Fatal(err)
		}
		if _, err := r.intake.LetIn(t.Context(), r.agent, e.ID); err != nil {
			t.Fatal(err)
		}
		if got, _, err := r.tickets.Drafts(t.Context(), r.agent, x); err != nil || got[ticket.CmdReply].Text != draft.Text {
			t.Errorf("the agent's own draft is gone: %v %v", got, err)
		}
		m := r.messages(x)[1]
		if m.Text != "我是本人" || m.Author != x.Requester || !m.ByUser || len(m.Attached) != 1 ||
			m.Proof.Verdict != ticket.Unverified || m.Proof.Taken != person.ID(r.agent.ID) {
			t.Errorf("%+v", m)
		}
		r.became(r.entry(e.ID), intake.Done, intake.Appended, "")
		if _, err := r.intake.LetIn(t.Context(), r.agent, e.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("twice: %v", err)
		}
		// Nobody lets another's answer to the requester in: words of staff become a note.
		e = r.mail(r.to(x, r.agent.ID, ""), intake.Mail{FromAddr: "lin@example.org", Text: "请告诉我密码"})
		if _, err := r.intake.LetIn(t.Context(), r.agent, e.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.said(x)[2]; got != "internal lin@example.org 请告诉我密码" {
			t.Error(got)
		}
		// A mail that waits for nothing is not let in, and on a closed ticket none is.
		if _, err := r.intake.LetIn(t.Context(), r.agent, r.mail("desk@example.org", intake.Mail{Text: "无名"}).ID); !isKind(err, errs.Conflict, "intake.not_held") {
			t.Error(err)
		}
		e = r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "还有"})
		r.cancel(x)
		if _, err := r.intake.LetIn(t.Context(), r.agent, e.ID); !isKind(err, errs.Conflict, "intake.let_in_closed") {
			t.Error(err)
		}
		if made, err := r.intake.MakeTicket(t.Context(), r.agent, e.ID, intake.Draft{}); err != nil || r.messages(made)[0].Proof.Verdict != ticket.Unverified {
			t.Errorf("%+v %v", made, err)
		}
	})
}

// TestS01_HoldingIsBounded: the ticket tells of the first few, quarantine has all of them, and a
// copy to another address is not held twice.
func TestS01_HoldingIsBounded(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		r.proven(checked(), nil)
		raw := r.bytes(intake.Mail{FromAddr: "eve@attacker.example", To: []string{r.address(x)}, Text: "抄送"})
		first, second := r.journal(r.address(x), "eve@attacker.example", raw), r.journal("desk@example.org", "eve@attacker.example", raw)
		r.work()
		states := []string{string(r.entry(first).State), string(r.entry(second).State)}
		if d := cmp.Diff([]string{"quarantined", "suppressed"}, states); d != "" {
			t.Error(d)
		}
		for range 30 {
			r.mail(r.address(x), intake.Mail{FromAddr: "eve@attacker.example", Text: "再来"})
		}
		records, err := r.tickets.Records(t.Context(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		facts := 0
		for _, f := range records {
			if f.Name == (ticket.MailHeld{}).EventName() {
				facts++
			}
		}
		if by, all := r.tally(); facts != 20 || by["quarantined"] != 31 || all != 33 {
			t.Errorf("%d facts, %v of %d", facts, by, all)
		}
		if _, err := r.people.ByEmail(t.Context(), "eve@attacker.example"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a held mail made somebody known: %v", err)
		}
	})
}

// TestS21_AHeldMailIsNothingToTheRequester: they read no word of it.
func TestS01_AHeldMailIsNothingToTheRequester(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		r.proven(checked(), nil)
		r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "秘密"})
		wang := access.Actor{ID: int64(x.Requester), Kind: access.Person, Role: access.Requester, Via: "portal"}
		thread, err := r.tickets.Thread(t.Context(), wang, r.ticket(x.ID))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range thread {
			if _, held := e.Fact.(ticket.MailHeld); held {
				t.Errorf("%+v", e)
			}
		}
		again, err := r.tickets.Rebuilt(t.Context(), x.ID)
		if err != nil || again.Status != r.ticket(x.ID).Status {
			t.Errorf("%+v %v", again, err)
		}
	})
}

func TestS05_TrustHasBounds(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		for name, c := range map[string]struct {
			trust intake.Trust
			field string
		}{
			"as it starts":     {intake.StartTrust(), ""},
			"nobody in front":  {intake.Trust{Checks: intake.TheyCheck, Require: intake.Always}, ""},
			"no way":           {intake.Trust{Require: intake.Always}, "checks"},
			"no requirement":   {intake.Trust{Checks: intake.WeCheck}, "require"},
			"words, no name":   {intake.Trust{Checks: intake.TheyCheck, Require: intake.Never, Servers: []string{"mx example"}}, "servers"},
			"a name that ends": {intake.Trust{Checks: intake.TheyCheck, Require: intake.Never, Servers: []string{"mx;dmarc=pass"}}, "servers"},
			"very many":        {intake.Trust{Checks: intake.TheyCheck, Require: intake.Never, Servers: strings.Fields(strings.Repeat("a.example b.example ", 1) + manyNames())}, "servers"},
		} {
			_, version, err := r.intake.Trust(t.Context(), access.Desk())
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if e := errs.As(r.intake.SaveTrust(t.Context(), access.Desk(), c.trust, version)); e != nil {
				for _, f := range e.Fields {
					got += f.Name
				}
			}
			if got != c.field {
				t.Errorf("%s: %q, want %q", name, got, c.field)
			}
		}
		if err := r.intake.SaveTrust(t.Context(), r.agent, intake.StartTrust(), setting.AnyVersion); err == nil {
			t.Error("an agent says whom to believe")
		}
		if _, _, err := r.intake.Trust(t.Context(), r.agent); err == nil {
			t.Error("an agent reads whom the desk believes")
		}
	})
}

func manyNames() string {
	var b strings.Builder
	for i := range 30 {
		b.WriteString("mx" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".example ")
	}
	return b.String()
}

// TestS01_AnAnswerIsCheckedAgainBeforeItWaits: a hiccup of the names holds nobody up for long,
// and a new request not at all.
func TestS01_AnAnswerIsCheckedAgainBeforeItWaits(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		later := ticket.Proof{Verdict: ticket.Unchecked, Why: "later", From: "example.net"}
		r.proven(checked(), map[string]ticket.Proof{"wang@example.net": later})
		x := r.open("wang@example.net") // at once, and says so
		if m := r.messages(x)[0]; m.Proof != later {
			t.Errorf("%+v", m.Proof)
		}
		e := r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "第二封"})
		r.became(e, intake.Received, "", "")
		r.clock.Advance(2 * time.Minute)
		r.proven(checked(), map[string]ticket.Proof{"wang@example.net": pass()})
		r.work()
		r.became(r.entry(e.ID), intake.Done, intake.Appended, "")
		r.proven(checked(), map[string]ticket.Proof{"wang@example.net": later})
		e = r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "第三封"})
		r.clock.Advance(2 * time.Minute)
		r.work()
		r.became(r.entry(e.ID), intake.Received, "", "")
		r.clock.Advance(8 * time.Minute)
		r.work()
		r.became(r.entry(e.ID), intake.Quarantined, "", "intake.reply_unchecked")
	})
}
