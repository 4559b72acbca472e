// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// story is one telling: a requester who comes by one door, and an agent.
type story struct {
	*testing.T
	*apptest.House
	user  person.Person
	agent *apptest.Client
	about catalog.CategoryID // of what it is about (N21)
}

func tell(t *testing.T, h *apptest.House) *story {
	t.Helper()
	c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "财务系统", Active: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &story{T: t, House: h, user: h.Person(access.Requester), agent: h.SignIn(access.Agent), about: c.ID}
}

// do sends a form of the ticket page, as the agent would.
func (s *story) do(ref, command string, form url.Values) {
	s.Helper()
	r := s.agent.Post("/work/tickets/"+ref+"/"+command, form)
	if r.Status != http.StatusSeeOther {
		s.Fatalf("%s: %d\n%s", command, r.Status, r.Body)
	}
	s.RunJobs()
}

// work takes a ticket from new to where the requester is asked: accepted, graded, recorded,
// answered, solved, with the closure sheet.
func (s *story) work(ref string) {
	s.Helper()
	s.Clock.Advance(6 * time.Minute)
	s.do(ref, "accept", url.Values{})
	s.do(ref, "classify", url.Values{"category": {fmt.Sprint(s.about)}})
	s.do(ref, "grade", url.Values{"core": {"yes"}, "affected": {"team"}, "halt": {"impaired"}})
	s.do(ref, "reply", url.Values{"text": {"付款单的问题我来负责，先核对影响范围"}})
	s.do(ref, "note", url.Values{"text": {"表空间 99%，内部口令 canary-internal"}})
	s.do(ref, "record", url.Values{
		"who": {"王海燕"}, "contact": {"8206"}, "since": {"09:20"}, "symptom": {"提交报错"}, "affected": {"付款"}, "people": {"6"}, "wanted": {""}, "wanted_reason": {"用户没有要求"},
	})
	s.Clock.Advance(40 * time.Minute)
	if r := s.agent.Post("/work/tickets/"+ref+"/resolve", url.Values{"solution": {"扩充了存储空间"}}); r.Status != http.StatusConflict || !strings.Contains(r.Body, "扩充了存储空间") {
		s.Fatalf("a half-filled solution answers %d; what was typed must be kept", r.Status)
	}
	s.do(ref, "resolve", url.Values{
		"solution": {"系统组扩充了财务数据的存储空间，付款单可以提交了"}, "cause": {"月结数据增长快"}, "prevention": {"85% 时告警"},
		"verify": {"打开一笔草稿付款单", "点提交"}, "difficulties": {"白天不能重启"}, "approach": {"在线加数据文件"},
	})
}

func (s *story) ticket(ref string) ticket.Ticket {
	s.Helper()
	v, err := s.Tickets.Get(s.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(ref)})
	if err != nil {
		s.Fatal(err)
	}
	return v
}

// closed looks at the end of every story: closed by the user's word, by the book, with nothing
// internal told to anybody outside, and the row what the events say.
func (s *story) closed(ref, how string) {
	s.Helper()
	v := s.ticket(ref)
	if v.Status != ticket.Closed || v.ClosedAs != ticket.Confirmed || v.Detail.Confirmation.How != how {
		s.Fatalf("%s: %s as %q, confirmed by %q", ref, v.Status, v.ClosedAs, v.Detail.Confirmation.How)
	}
	c, err := s.Norm.Judge(s.Context(), access.Desk(), v)
	if err != nil {
		s.Fatal(err)
	}
	for _, verdict := range c.Verdicts {
		if verdict.State == norm.Missed || verdict.State == norm.Open {
			s.Errorf("%s is %s: %s", verdict.Clause, verdict.State, verdict.Text("zh-CN", s.Clock.Now(), time.UTC))
		}
	}
	for _, m := range s.Mailbox(s.user.Email) {
		if strings.Contains(m.Text()+m.HTML()+m.Header("Subject"), "canary-internal") {
			s.Errorf("an internal word was mailed: %s", m.Header("Subject"))
		}
	}
	rebuilt, err := s.Tickets.Rebuilt(s.Context(), v.ID)
	if err != nil {
		s.Fatal(err)
	}
	if rebuilt.Status != v.Status || rebuilt.ClosedAs != v.ClosedAs || rebuilt.Owner != v.Owner {
		s.Errorf("the events say %s/%s, the row %s/%s", rebuilt.Status, rebuilt.ClosedAs, v.Status, v.ClosedAs)
	}
}

func TestN35_TheWholeLifeByPortal(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		user := h.SignInAs(s.user)
		r := user.Post("/new", url.Values{"text": {"在 ERP 里提交付款单报错 ORA-01653，下午 3 点银行截单"}, "from": {"home"}})
		ref := strings.TrimPrefix(r.Location(), "/requests/")
		s.RunJobs()
		if mails := s.Mailbox(s.user.Email); len(mails) != 1 || !strings.Contains(mails[0].Text(), ref) {
			t.Fatalf("%d acknowledgements; want one with the number %s (N19)", len(mails), ref)
		}
		if list := s.agent.Get("/work"); !strings.Contains(list.Body, ref) || !strings.Contains(list.Body, "ORA-01653") {
			t.Error("the queue does not show it")
		}
		s.work(ref)
		page := user.Get("/requests/" + ref)
		if !strings.Contains(page.Body, "付款单可以提交了") || strings.Contains(page.Body, "canary-internal") {
			t.Error("the requester does not see the solution, or sees an internal word")
		}
		if r := user.Post("/requests/"+ref+"/confirm", url.Values{"solution": {"1"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("confirm: %d\n%s", r.Status, r.Body)
		}
		s.RunJobs()
		s.closed(ref, "portal")
	})
}

// link finds the tracking link of a mail.
var link = regexp.MustCompile(`/t/v[a-z0-9-]+`)

func TestN35_TheWholeLifeByMail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		post := s.receiver()
		post(apptest.Address, "From: "+s.user.Email+"\r\nTo: "+apptest.Address+"\r\nSubject: ERP payment fails\r\nMessage-ID: <first@example.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n提交付款单报错 ORA-01653，下午 3 点银行截单。\r\n")
		mails := s.Mailbox(s.user.Email)
		if len(mails) != 1 {
			t.Fatalf("%d acknowledgements", len(mails))
		}
		ref := regexp.MustCompile(`LD-\d+`).FindString(mails[0].Text())
		if v := s.ticket(ref); v.Channel != ticket.Mail || v.Subject != "ERP payment fails" {
			t.Fatalf("%s came by %s as %q", ref, v.Channel, v.Subject)
		}
		s.work(ref)
		// The answer to a mail of ours finds its ticket by the signed address, whatever its subject says.
		answer := s.last("解决")
		post(address(answer.Header("Reply-To")), "From: "+s.user.Email+"\r\nTo: "+answer.Header("Reply-To")+"\r\nSubject: (no subject)\r\nMessage-ID: <second@example.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n好的，我试一下\r\n\r\n> 系统组扩充了存储空间\r\n")
		if page := s.agent.Get("/work/tickets/" + ref); !strings.Contains(page.Body, "好的，我试一下") {
			t.Error("the answer did not join its ticket")
		}
		code := link.FindString(answer.Text())
		if code == "" {
			t.Fatalf("no link in\n%s", answer.Text())
		}
		phone := h.Nobody() // whoever holds the link, signed in or not
		if r := phone.Get(code); r.Status != http.StatusOK {
			t.Fatalf("the link: %d", r.Status)
		}
		if v := s.ticket(ref); v.Status != ticket.Resolved {
			t.Fatalf("following the link made it %s", v.Status)
		}
		if r := phone.Post(code+"/confirm", url.Values{"solution": {"1"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("confirm by link: %d\n%s", r.Status, r.Body)
		}
		s.RunJobs()
		s.closed(ref, "link")
	})
}

// last returns the latest mail to the requester whose text holds the word.
func (s *story) last(word string) (m interface {
	Header(string) string
	Text() string
},
) {
	s.Helper()
	list := s.Mailbox(s.user.Email)
	for i := len(list) - 1; i >= 0; i-- {
		if strings.Contains(list[i].Text(), word) {
			return list[i]
		}
	}
	s.Fatalf("no mail of %d says %q", len(list), word)
	return nil
}

// address takes the plain address out of a header.
func address(header string) string {
	if i := strings.LastIndexByte(header, '<'); i >= 0 {
		header = strings.TrimSuffix(header[i+1:], ">")
	}
	return strings.TrimSpace(header)
}

// receiver starts the SMTP listener of the house and returns what posts a mail to it and lets
// the desk understand it.
func (s *story) receiver() func(to, raw string) {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Receiver().Serve(ctx, l) }()
	s.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			s.Error(err)
		}
	})
	return func(to, raw string) {
		s.Helper()
		if err := smtp.SendMail(l.Addr().String(), nil, s.user.Email, []string{to}, []byte(raw)); err != nil {
			s.Fatal(err)
		}
		s.RunJobs()
	}
}

func TestN35_TheWholeLifeByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		user, agent := h.API(s.user), h.API(h.Person(access.Agent))
		call := func(c *apptest.Client, want int, path, body string) map[string]any {
			t.Helper()
			r := c.JSON(http.MethodPost, "/api/v1/tickets"+path, body)
			if r.Status != want {
				t.Fatalf("%s: %d, want %d\n%s", path, r.Status, want, r.Body)
			}
			var out map[string]any
			if err := json.Unmarshal([]byte(r.Body), &out); err != nil {
				t.Fatalf("%s: %v\n%s", path, err, r.Body)
			}
			s.RunJobs()
			return out
		}
		made := call(user, http.StatusCreated, "", `{"text":"提交付款单报错 ORA-01653，下午 3 点银行截单"}`)
		ref := fmt.Sprint(made["ref"])
		number := fmt.Sprint(ticket.ParseRef(ref))
		if number == "0" {
			t.Fatalf("no number in %v", made)
		}
		at := "/" + number
		s.Clock.Advance(5 * time.Minute)
		call(agent, http.StatusOK, at+"/accept", `{}`)
		call(agent, http.StatusOK, at+"/classify", fmt.Sprintf(`{"category":%d}`, s.about))
		call(agent, http.StatusOK, at+"/grade", `{"core":true,"affected":"team","halt":"impaired"}`)
		call(agent, http.StatusOK, at+"/record", `{"intake":{"since":{"value":"09:20"},"affected":{"value":"付款"},"people":{"value":"6"},"wanted":{"unknown":true,"reason":"没有要求"}}}`)
		problem := call(agent, http.StatusConflict, at+"/resolve", `{"solution":"加大了空间"}`)
		if gaps, _ := problem["gaps"].([]any); len(gaps) != 3 {
			t.Errorf("gaps %v: verification, cause and prevention are missing (N33, N34)", problem["gaps"])
		}
		call(agent, http.StatusOK, at+"/reply", `{"text":"我来负责"}`)
		call(agent, http.StatusOK, at+"/note", `{"text":"canary-internal"}`)
		call(agent, http.StatusOK, at+"/resolve", `{"solution":"空间已加大，请再提交一次","cause":"空间满","prevention":"告警","verify":["提交一笔"],"difficulties":"无","approach":"无"}`)
		if r := user.JSON(http.MethodGet, "/api/v1/tickets"+at+"/events", ""); strings.Contains(r.Body, "canary-internal") {
			t.Error("the requester's program reads an internal word")
		}
		call(user, http.StatusOK, at+"/confirm", `{"resolutions":1}`)
		s.closed(ref, "api")
	})
}

// TestN35_SilenceIsNotAWord ends the story without an answer: the time is up, the ticket is
// closed as unconfirmed and never counts as confirmed.
func TestN35_SilenceIsNotAWord(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		ref := strings.TrimPrefix(h.SignInAs(s.user).Post("/new", url.Values{"text": {"共享盘打不开"}}).Location(), "/requests/")
		s.work(ref)
		s.Advance(71 * time.Hour)
		if v := s.ticket(ref); v.Status != ticket.Resolved {
			t.Fatalf("%s before its time", v.Status)
		}
		s.Advance(2 * time.Hour)
		v := s.ticket(ref)
		if v.ClosedAs != ticket.Unconfirmed || !v.ConfirmedAt.IsZero() {
			t.Fatalf("closed as %q", v.ClosedAs)
		}
		if m := s.last("未确认"); m == nil {
			t.Error("nobody told the requester")
		}
	})
}
