// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestN14_N19_AMailMakesATicket(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		e := r.mail("desk@example.org", intake.Mail{
			FromName: "王海燕", FromAddr: "Wang@Example.net", Subject: "打印机没反应", Text: "三楼打印机没反应", Quoted: "> 旧", HTML: "<p>三楼</p>",
			MessageID: "<a@example.net>", Files: []intake.File{{Name: "图.png", CID: "c1", Inline: true, Data: []byte("\x89PNG\r\n\x1a\n")}},
		})
		r.became(e, intake.Done, intake.NewTicket, "")
		x := r.ticket(e.Ticket)
		who := r.people.Card(t.Context(), x.Requester)
		if x.Subject != "打印机没反应" || x.Channel != ticket.Mail || who.Email != "wang@example.net" || who.Role != access.Requester || x.Detail.Acknowledged.IsZero() {
			t.Errorf("%+v of %+v", x, who)
		}
		m := r.messages(x)[0]
		if m.Text != "三楼打印机没反应" || m.Quoted != "> 旧" || m.HTML != "<p>三楼</p>" || m.MailID != "<a@example.net>" || !m.ByUser || !m.First || len(m.Attached) != 1 || m.Attached[0].CID != "c1" {
			t.Errorf("%+v", m)
		}
		if e.Author != "wang@example.net" || e.Subject != "打印机没反应" {
			t.Errorf("%+v", e)
		}
	})
}

// TestS01_ForgedMailJoinsAndReadsNothing tries what an attacker knows of a ticket without its token.
func TestS01_ForgedMailJoinsAndReadsNothing(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		for _, m := range []intake.Mail{
			{FromAddr: "wang@example.net", Subject: "Re: [" + x.Ref() + "] 打印机没反应", Text: "把记录发给我"},
			{FromAddr: "wang@example.net", References: []string{"<first@example.net>"}, Text: "把记录发给我"},
			{FromAddr: "wang@example.net", To: []string{"desk@example.org", "eve@attacker.example"}, Text: "抄送我"},
			{FromAddr: "eve@attacker.example", Subject: x.Ref(), To: []string{"desk+" + strconv.FormatInt(x.Number, 10) + "@example.org"}, Text: "猜"},
		} {
			r.became(r.mail("desk@example.org", m), intake.Done, intake.NewTicket, "")
		}
		if got := r.said(x); len(got) != 1 {
			t.Errorf("joined: %v", got)
		}
		if now := r.ticket(x.ID); now.Requester != x.Requester || now.Status != x.Status || !now.LastRequesterAt.Equal(x.LastRequesterAt) {
			t.Errorf("the ticket changed: %+v", now)
		}
		if p, err := r.people.ByEmail(t.Context(), "eve@attacker.example"); err != nil || p.Role != access.Requester {
			t.Errorf("%+v %v", p, err)
		}
	})
}

// TestS03_ANumberIsAHint gives staff a link and does nothing else to the other ticket.
func TestS03_ANumberIsAHint(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.cancel(r.open("wang@example.net"))
		e := r.mail("desk@example.org", intake.Mail{FromAddr: "eve@attacker.example", Subject: "fwd: " + strings.ToLower(x.Ref()) + " LD-0 LD- LD-999999", Text: "?"})
		r.became(e, intake.Done, intake.NewTicket, "")
		made := r.ticket(e.Ticket)
		want := []ticket.Linked{{Ticket: x.ID, Number: x.Number, Kind: "related"}}
		if d := cmp.Diff(want, made.Detail.Links); d != "" {
			t.Error(d)
		}
		if now := r.ticket(x.ID); now.Status != ticket.Closed || len(r.said(x)) != 1 || now.Detail.Reopened != 0 {
			t.Errorf("%+v", now)
		}
		if e := r.mail("desk@example.org", intake.Mail{FromAddr: "eve@attacker.example", Subject: "LD-999999", Text: "?"}); len(r.ticket(e.Ticket).Detail.Links) != 0 {
			t.Error("linked to nothing")
		}
		for i := range 20 {
			r.mail("desk@example.org", intake.Mail{FromAddr: "eve@attacker.example", Subject: x.Ref(), Text: strconv.Itoa(i)})
		}
		if n := len(r.ticket(x.ID).Detail.Links); n != 10 {
			t.Errorf("%d links from strangers", n)
		}
	})
}

// TestS04_OnlyTheWholeTokenCounts damages a good token in every way.
func TestS04_OnlyTheWholeTokenCounts(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x, y := r.open("wang@example.net"), r.open("li@example.net")
		good := r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: int64(x.Requester)})
		other := r.links.Reply(session.Bond{Ticket: int64(y.ID), Person: int64(y.Requester)})
		mac := func(s string) string { return s[strings.LastIndexByte(s, '-')+1:] }
		head := func(s string) string { return s[:strings.LastIndexByte(s, '-')+1] }
		bad := []string{
			"", "t", good[:len(good)-1], good + "a", good[1:], mac(good), head(good), head(other) + mac(good), head(good) + mac(other),
			strings.Replace(good, "t", "v", 1), "t" + good, good + "-" + mac(good), head(good) + strings.Repeat("a", len(mac(good))),
			strings.Replace(good, "-", "--", 1), "x" + good[1:], "t0-0-" + mac(good), "t-1--1-" + mac(good),
		}
		for i := range len(mac(good)) {
			c := byte('a')
			if mac(good)[i] == 'a' {
				c = 'b'
			}
			at := len(good) - len(mac(good)) + i
			bad = append(bad, good[:at]+string(c)+good[at+1:])
		}
		for _, token := range bad {
			r.journal("desk@example.org", "wang@example.net", r.bytes(intake.Mail{
				FromAddr: "wang@example.net", Text: token, To: []string{"desk+" + token + "@example.org"}, References: []string{"<" + token + ".x@example.org>"},
			}))
		}
		r.work()
		if got := append(r.said(x), r.said(y)...); len(got) != 2 {
			t.Errorf("joined: %v", got)
		}
		for i, m := range []intake.Mail{
			{To: []string{"Somebody@example.com", "DESK+" + strings.ToUpper(good) + "@example.org"}},
			{References: []string{"<x@y>", "<" + good + ".r4nd0m@example.org>"}},
		} {
			m.FromAddr, m.Text = "wang@example.net", strconv.Itoa(i)
			r.became(r.mail("desk@example.org", m), intake.Done, intake.Appended, "")
		}
	})
}

// TestS04_TheTokenOfSomebodyWhoLeft is none.
func TestS04_TheTokenOfSomebodyWhoLeft(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		lead := r.person("周启", "zhou@example.org", access.Lead)
		to := "desk+" + r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: lead.ID}) + "@example.org"
		r.proven(checked(), map[string]ticket.Proof{"zhou@example.org": pass(), "eve@attacker.example": pass()})
		r.became(r.mail(to, intake.Mail{FromAddr: "zhou@example.org", Text: "看过了"}), intake.Done, intake.Appended, "")
		p, err := r.people.Get(t.Context(), person.ID(lead.ID))
		if err != nil {
			t.Fatal(err)
		}
		p.Active = false
		if _, err := r.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
			t.Fatal(err)
		}
		e := r.mail(to, intake.Mail{FromAddr: "zhou@example.org", Text: "还能写吗"})
		r.became(e, intake.Quarantined, "", "intake.inactive_sender")
		r.became(r.mail(to, intake.Mail{FromAddr: "eve@attacker.example", Text: "拿到了地址"}), intake.Done, intake.NewTicket, "")
		if got := r.said(x); len(got) != 2 {
			t.Errorf("%v", got)
		}
	})
}

// TestS04_StaffWriteNotes where they answer a letter that was not written to them.
func TestS04_StaffWriteNotes(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		r.proven(checked(), map[string]ticket.Proof{"lin@example.org": pass()})
		r.became(r.mail(r.address(x), intake.Mail{FromAddr: "lin@example.org", Text: "重启服务即可"}), intake.Done, intake.Appended, "")
		if got := r.said(x)[1]; got != "internal lin@example.org 重启服务即可" {
			t.Error(got)
		}
		if now := r.ticket(x.ID); !now.FirstResponseAt.IsZero() {
			t.Error("a note by mail counts as an answer")
		}
		r.cancel(x)
		r.became(r.mail(r.address(x), intake.Mail{FromAddr: "lin@example.org", Text: "补记"}), intake.Done, intake.Appended, "")
		if now := r.ticket(x.ID); now.Status != ticket.Closed {
			t.Errorf("a note opened %s", now.Status)
		}
	})
}

// TestS06_NobodyIsJoinedByNothing: an empty Message-ID, an empty reference, an empty token.
func TestS06_NobodyIsJoinedByNothing(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		for _, refs := range [][]string{nil, {""}, {"<>"}, {"<@>"}, {"<t.@>"}, {"<first@example.net>"}} {
			e := r.mail("desk+@example.org", intake.Mail{FromAddr: "li@example.net", Text: "x", References: refs, To: []string{"", "@", "desk+@example.org"}})
			r.became(e, intake.Done, intake.NewTicket, "")
		}
		if got := r.said(x); len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}

// TestS07_SomebodyElseSpeaksInTheirOwnName and becomes nobody's requester.
func TestS07_SomebodyElseSpeaksInTheirOwnName(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		e := r.mail(r.address(x), intake.Mail{FromName: "王海燕", FromAddr: "colleague@example.net", Text: "我这边也一样"})
		r.became(e, intake.Done, intake.Appended, "")
		if d := cmp.Diff([]string{"public wang@example.net 第一封", "public colleague@example.net 我这边也一样"}, r.said(x)); d != "" {
			t.Error(d)
		}
		if now := r.ticket(x.ID); now.Requester != x.Requester {
			t.Errorf("the requester changed: %+v", now)
		}
		r.cancel(x)
		e = r.mail(r.address(x), intake.Mail{FromAddr: "colleague@example.net", Text: "又坏了"})
		r.became(e, intake.Done, intake.NewTicket, "")
		made := r.ticket(e.Ticket)
		if now := r.ticket(x.ID); now.Status != ticket.Closed {
			t.Errorf("somebody else reopened it: %s", now.Status)
		}
		if len(made.Detail.Links) != 1 || made.Detail.Links[0].Ticket != x.ID || r.people.Card(t.Context(), made.Requester).Email != "colleague@example.net" {
			t.Errorf("%+v", made)
		}
	})
}

func TestAnAnswerToAResolvedTicketIsAMessage(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.resolve(r.open("wang@example.net"))
		r.clock.Advance(time.Minute)
		r.became(r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "还是不行"}), intake.Done, intake.Appended, "")
		now := r.ticket(x.ID)
		if now.Status != ticket.Resolved || !now.ConfirmedAt.IsZero() || !now.Waiting() {
			t.Errorf("%s %+v", now.Status, now)
		}
	})
}

func TestAnAnswerToAClosedTicketReopensIt(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.cancel(r.open("wang@example.net"))
		r.clock.Advance(24 * time.Hour)
		r.became(r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "又坏了"}), intake.Done, intake.Appended, "")
		if now := r.ticket(x.ID); !now.Open() || now.Detail.Reopened != 1 || len(r.said(x)) != 2 {
			t.Errorf("%s %v", now.Status, r.said(x))
		}
		r.cancel(x)
		r.clock.Advance(15 * 24 * time.Hour)
		e := r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "半个月后"})
		r.became(e, intake.Done, intake.NewTicket, "")
		made := r.ticket(e.Ticket)
		if now := r.ticket(x.ID); now.Status != ticket.Closed || len(made.Detail.Links) != 1 || made.Detail.Links[0].Ticket != x.ID {
			t.Errorf("%s %+v", now.Status, made.Detail.Links)
		}
	})
}

func TestAnAnswerToAMergedTicketFindsTheOther(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x, y := r.open("wang@example.net"), r.open("wang@example.net")
		r.do(r.agent, x, ticket.Merge{Into: y.ID})
		e := r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "继续"})
		if e.Ticket != y.ID || len(r.said(y)) != 2 {
			t.Errorf("%+v %v", e, r.said(y))
		}
	})
}

// TestN14_NoFileIsLostWithoutASign: pictures of a signature give way to what somebody attached, and
// where there is no room for all, the original goes with the rest. A covered one does not (S02).
func TestN14_NoFileIsLostWithoutASign(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		logos := func(n int) (out []intake.File) {
			for i := range n {
				out = append(out, intake.File{Name: fmt.Sprintf("image%03d.png", i), CID: strconv.Itoa(i), Inline: true, Data: []byte("\x89PNG\r\n\x1a\n")})
			}
			return out
		}
		logs := func(n int) (out []intake.File) {
			for i := range n {
				out = append(out, intake.File{Name: fmt.Sprintf("%03d.txt", i), Data: []byte("ORA-01653")})
			}
			return out
		}
		file := func(size int) intake.File { return intake.File{Name: "dump.bin", Data: make([]byte, size)} }
		for name, x := range map[string]struct {
			files []intake.File
			mail  intake.Mail
			want  [3]int // logos, logs, originals
		}{
			"all fit":             {append(logos(48), logs(2)...), intake.Mail{}, [3]int{48, 2, 0}},
			"behind fifty logos":  {append(logos(50), logs(1)...), intake.Mail{}, [3]int{48, 1, 1}},
			"sixty logs":          {append(logos(3), logs(60)...), intake.Mail{}, [3]int{0, 49, 1}},
			"larger than by hand": {append(logs(2), file(ticket.MaxFile+1)), intake.Mail{}, [3]int{0, 3, 0}},
			"larger than a mail":  {append(logs(2), file(ticket.MaxMailed+1)), intake.Mail{}, [3]int{0, 2, 1}},
			"a program's, masked": {append(logos(50), logs(1)...), intake.Mail{Automatic: true, Text: "Your verification code is 482913"}, [3]int{0, 0, 0}},
		} {
			x.mail.FromAddr, x.mail.Subject, x.mail.Files = "a@example.net", name, x.files
			raw := []byte("the mail: " + name)
			r.mu.Lock()
			r.parsed[string(raw)] = x.mail
			r.mu.Unlock()
			which := r.journal("desk@example.org", "a@example.net", raw)
			r.work()
			var got [3]int
			for _, a := range r.messages(r.ticket(r.entry(which).Ticket))[0].Attached {
				switch {
				case a.Name == intake.Original:
					got[2]++
					if a.Size != int64(len(raw)) {
						t.Errorf("%s: the original has %d bytes", name, a.Size)
					}
				case a.Inline:
					got[0]++
				default:
					got[1]++
				}
			}
			if got != x.want {
				t.Errorf("%s: %v, want %v", name, got, x.want)
			}
		}
		// The original goes along though it is larger than what is chosen by hand.
		raw := make([]byte, ticket.MaxFile+1)
		r.mu.Lock()
		r.parsed[string(raw)] = intake.Mail{FromAddr: "a@example.net", Subject: "fifty-one", Files: logs(51)}
		r.mu.Unlock()
		which := r.journal("desk@example.org", "a@example.net", raw)
		r.work()
		if list := r.messages(r.ticket(r.entry(which).Ticket))[0].Attached; len(list) != ticket.MaxFiles || list[len(list)-1].Size != int64(len(raw)) {
			t.Errorf("%d files, without the original of %d bytes", len(list), len(raw))
		}
		// Once is enough: the parser brings it where there was too much for itself.
		raw = []byte("too much")
		r.mu.Lock()
		r.parsed[string(raw)] = intake.Mail{FromAddr: "a@example.net", Subject: "x", Files: append(logs(60), intake.File{Name: intake.Original, Data: raw})}
		r.mu.Unlock()
		which = r.journal("desk@example.org", "a@example.net", raw)
		r.work()
		list := r.messages(r.ticket(r.entry(which).Ticket))[0].Attached
		if len(list) != ticket.MaxFiles || list[len(list)-1].Name != intake.Original {
			t.Errorf("%d files", len(list))
		}
	})
}

// TestS15_MachinesAreNeverAnswered: what they send is recorded, or made a ticket in silence.
func TestS15_MachinesAreNeverAnswered(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		closed := r.cancel(r.open("wang@example.net"))
		cases := []struct {
			name, to string
			mail     intake.Mail
			outcome  intake.Outcome
			reason   string
			on       ticket.ID
		}{
			{"a bounce", r.address(x), intake.Mail{FromAddr: "mailer-daemon@example.net", Bounce: true}, intake.Bounce, "intake.bounce", x.ID},
			{"a bounce of what we sent", "desk@example.org", intake.Mail{Bounce: true, References: []string{"<" + r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: int64(x.Requester)}) + ".q@example.org>"}}, intake.Bounce, "intake.bounce", x.ID},
			{"a bounce of nothing", "desk@example.org", intake.Mail{Bounce: true}, intake.Bounce, "intake.bounce", 0},
			{"out of office", r.address(x), intake.Mail{FromAddr: "wang@example.net", AutoReply: true, Automatic: true, Text: "休假"}, intake.Loop, "intake.auto_reply", x.ID},
			{"out of office on a closed one", r.address(closed), intake.Mail{FromAddr: "wang@example.net", AutoReply: true}, intake.Loop, "intake.auto_reply", closed.ID},
			{"our address as author", "desk@example.org", intake.Mail{FromAddr: "Desk@example.org", Text: "x"}, intake.Loop, "intake.own_mail", 0},
			{"another of ours", "desk@example.org", intake.Mail{FromAddr: "desk+x@example.org", Text: "x"}, intake.Loop, "intake.own_mail", 0},
			{"our own mail back", "desk@example.org", intake.Mail{FromAddr: "relay@example.net", MessageID: "<" + r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: int64(x.Requester)}) + ".q@example.org>"}, intake.Loop, "intake.own_mail", 0},
		}
		for _, c := range cases {
			e := r.mail(c.to, c.mail)
			if e.State != intake.Suppressed || e.Outcome != c.outcome || e.Reason != c.reason || e.Ticket != c.on {
				t.Errorf("%s: %+v", c.name, e)
			}
		}
		if len(r.said(x)) != 1 || r.ticket(closed.ID).Status != ticket.Closed {
			t.Errorf("%v", r.said(x))
		}
		lines, err := r.intake.ForTicket(t.Context(), r.agent, x.ID)
		if err != nil || len(lines) != 4 || lines[3].Outcome != intake.NewTicket {
			t.Errorf("on the ticket: %+v %v", lines, err)
		}
		// Machines that are no answer make a ticket that nobody is told of.
		for name, m := range map[string]intake.Mail{
			"a list": {FromAddr: "list@example.net", Automatic: true}, "nobody reads there": {FromAddr: "no-reply@example.net"}, "cron": {FromAddr: "root@host.example.net"},
		} {
			e := r.mail("desk@example.org", m)
			if got := r.ticket(e.Ticket); !got.Detail.Acknowledged.IsZero() || got.Detail.Quiet != "automatic" {
				t.Errorf("%s: %+v", name, got.Detail)
			}
		}
		// A machine of the requester does not reopen what is closed.
		e := r.mail(r.address(closed), intake.Mail{FromAddr: "wang@example.net", Automatic: true, Text: "监控"})
		r.became(e, intake.Done, intake.NewTicket, "")
		if got := r.ticket(closed.ID); got.Status != ticket.Closed {
			t.Errorf("%s", got.Status)
		}
		// An empty return path is never answered.
		which := r.journal("desk@example.org", "", r.bytes(intake.Mail{FromAddr: "app@example.net", Text: "x"}))
		r.work()
		if got := r.ticket(r.entry(which).Ticket); !got.Detail.Acknowledged.IsZero() {
			t.Error("an empty return path was answered")
		}
	})
}

// TestS14_AcknowledgementsAreCapped per author and hour.
func TestS14_AcknowledgementsAreCapped(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		told := func() (n int) {
			for i := range 15 {
				e := r.mail("desk@example.org", intake.Mail{FromAddr: "Wang@example.net", Text: strconv.Itoa(i)})
				if !r.ticket(e.Ticket).Detail.Acknowledged.IsZero() {
					n++
				}
			}
			return n
		}
		if n := told(); n != 10 {
			t.Errorf("%d of 15 acknowledged", n)
		}
		e := r.mail("desk@example.org", intake.Mail{FromAddr: "li@example.net", Text: "x"})
		if r.ticket(e.Ticket).Detail.Acknowledged.IsZero() {
			t.Error("another author has a budget of their own")
		}
		r.clock.Advance(2 * time.Hour)
		if n := told(); n != 10 {
			t.Errorf("%d of 15 acknowledged two hours later", n)
		}
	})
}
