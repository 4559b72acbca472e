// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN3_N15_AMailWithGapsIsCompletedByAnswersByMail: over real SMTP, a mail leaves three elements
// open; one press asks for them in one numbered letter, which is the first word of a human and counts
// as such; the requester answers two of them between the lines and one more in a second mail, with
// what they were sent quoted below. The fields are filled by that, the words stand in the thread, and
// whoever would answer another ticket's questions fills nothing.
func TestN3_N15_AMailWithGapsIsCompletedByAnswersByMail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		post := s.receiver()
		mail := func(to, subject, id, text string) {
			post(address(to), "From: "+s.user.Email+"\r\nTo: "+to+"\r\nSubject: "+subject+"\r\nMessage-ID: <"+id+"@example.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+strings.ReplaceAll(text, "\n", "\r\n")+"\r\n")
		}
		mail(apptest.Address, "付款单报错", "g1", "提交付款单就报 ORA-01653，今天 15:00 银行截单。")
		ref := regexp.MustCompile(`LD-\d+`).FindString(s.Mailbox(s.user.Email)[0].Text())
		s.Clock.Advance(6 * time.Minute)
		s.do(ref, "accept", url.Values{})
		s.do(ref, "record", url.Values{"wanted": {"今天 15:00 前"}})
		if v := s.ticket(ref); v.Complete() != 4 || !v.FirstResponseAt.IsZero() {
			t.Fatalf("%d of 7, first response %v; the acknowledgement is no human word", v.Complete(), v.FirstResponseAt)
		}
		if r := s.agent.Post("/work/tickets/"+ref+"/ask", url.Values{"elements": {"since", "affected", "people"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", r.Status, r.Body)
		}
		s.RunJobs()
		v := s.ticket(ref)
		if v.FirstResponseAt.IsZero() || len(v.Detail.Asked.Open(v)) != 3 {
			t.Fatalf("asked %+v, first response %v", v.Detail.Asked, v.FirstResponseAt)
		}
		letter := s.last("3. ")
		for _, want := range []string{"1. ", "2. ", "3. "} {
			if !strings.Contains(letter.Text(), want) {
				t.Fatalf("the letter asks\n%s", letter.Text())
			}
		}
		quoted := "> " + strings.Join(strings.Split(strings.TrimSpace(letter.Text()), "\n"), "\n> ")
		back := letter.Header("Reply-To")
		mail(back, "Re: 付款单报错", "g2", "您好，\n\n1. 今天 9:20 起\n3、6 个人\n\n谢谢\n\n"+quoted)
		v = s.ticket(ref)
		if in := v.Detail.Intake; in[ticket.Since].Value != "今天 9:20 起" || in[ticket.People].Value != "6 个人" || in[ticket.Affected].Filled() {
			t.Fatalf("%+v", in)
		}
		if open := v.Detail.Asked.Open(v); len(open) != 1 || open[0].Element != ticket.Affected {
			t.Fatalf("still open: %+v", open)
		}
		mail(back, "Re: 付款单报错", "g3", "2：月结付款")
		if v = s.ticket(ref); v.Detail.Intake[ticket.Affected].Value != "月结付款" || v.Complete() != 7 || len(v.Detail.Asked.Open(v)) != 0 {
			t.Fatalf("%+v", v.Detail.Intake)
		}
		mail(back, "Re: 付款单报错", "g4", "1. 其实是昨天") // nothing is asked any more: words, which a person reads
		if v = s.ticket(ref); v.Detail.Intake[ticket.Since].Value != "今天 9:20 起" {
			t.Errorf("an answer that nobody asked for overwrites: %+v", v.Detail.Intake)
		}
		page := s.agent.Get("/work/tickets/" + ref).Body
		for _, want := range []string{"今天 9:20 起", "月结付款", "其实是昨天"} {
			if !strings.Contains(page, want) {
				t.Errorf("the ticket does not show %q", want)
			}
		}
	})
}
