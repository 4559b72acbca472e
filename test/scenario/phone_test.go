// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

var markOf = regexp.MustCompile(`name="mark" value="([0-9a-f]+)"`) //nolint:gochecknoglobals // a constant

// call fills in the pad as an agent does while somebody speaks, and presses a button.
func (s *story) call(act string, more url.Values) apptest.Reply {
	s.Helper()
	page := s.agent.Get("/work/phone?q=" + url.QueryEscape(s.user.Phone))
	hidden := func(name string) string {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page.Body)
		if m == nil {
			s.Fatalf("no %s on the pad", name)
		}
		return m[1]
	}
	if !strings.Contains(page.Body, `value="`+strconv.FormatInt(int64(s.user.ID), 10)+`" checked`) {
		s.Fatalf("the number %s does not say who calls", s.user.Phone)
	}
	form := url.Values{
		"key": {hidden("key")}, "began": {hidden("began")}, "requester": {strconv.FormatInt(int64(s.user.ID), 10)}, "direction": {"in"}, "length": {"3:42"},
		"text": {"早上八点半开门就这样，扫完货库存还是老数。"}, "since": {"08:30"}, "affected": {"收货"}, "people": {"team"}, "wanted": {"11:30 前"}, "act": {act},
	}
	for name, v := range more {
		form[name] = v
	}
	return s.agent.Post("/work/phone", form)
}

// TestN18_N40_A37_ACallIsReadBackByALetter: taken down on the pad, sent to the caller, called wrong,
// mended, confirmed with one press that may come twice. A program that follows the link of the
// letter, as scanners of mail do, changes nothing.
func TestN18_N40_A37_ACallIsReadBackByALetter(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		s.user.Phone = "分机 8206"
		if _, err := h.People.Change(t.Context(), apptest.Actor(s.user, "web"), s.user, 0); err != nil {
			t.Fatal(err)
		}
		back := h.Clock.Now().Add(2 * time.Hour).In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04")
		made := s.call("send", url.Values{"call_at": {back}})
		if made.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", made.Status, made.Body)
		}
		ref := strings.TrimPrefix(made.Header.Get("Location"), "/work/tickets/")
		h.RunJobs()
		v := s.ticket(ref)
		if !v.Unheard() || v.Detail.ReadBack.Asked.IsZero() || v.Detail.CallBack.Number != s.user.Phone {
			t.Fatalf("%+v %+v", v.Detail.ReadBack, v.Detail.CallBack)
		}
		if page := s.agent.Get(workspace.TicketsPath + ref); !strings.Contains(page.Body, "未复述") || !strings.Contains(page.Body, "回电分机 8206") {
			t.Error("the ticket does not say what is open")
		}

		letter := s.last("我们把您在电话里说的").Text()
		link := regexp.MustCompile(`/t/[a-z0-9-]+`).FindString(letter)
		if link == "" || !strings.Contains(letter, "11:30 前") {
			t.Fatalf("%s", letter)
		}
		caller := h.Nobody()
		for range 3 { // a scanner follows links, with GET and HEAD, as often as it likes
			if r := caller.Get(link); r.Status != http.StatusOK || !strings.Contains(r.Body, "我们记得对吗") {
				t.Fatalf("%d", r.Status)
			}
		}
		if got := s.ticket(ref); got.Version != v.Version {
			t.Fatal("looking changed the ticket")
		}
		mark := func() string { return markOf.FindStringSubmatch(caller.Get(link).Body)[1] }
		if r := caller.Post(link+"/read-back", url.Values{"mark": {mark()}, "wrong": {""}}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "请写下哪里不对") {
			t.Errorf("wrong without a word: %d", r.Status)
		}
		old := mark()
		if r := caller.Post(link+"/read-back", url.Values{"mark": {old}, "wrong": {"是九点半，不是八点半"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("wrong: %d\n%s", r.Status, r.Body)
		}
		s.do(ref, "record", url.Values{"since": {"09:30"}, "since_reason": {""}})
		if r := caller.Post(link+"/read-back", url.Values{"mark": {old}, "right": {"yes"}}); r.Status != http.StatusConflict || !strings.Contains(r.Body, "09:30") {
			t.Errorf("a press for the record before: %d", r.Status)
		}
		s.do(ref, "ask-read-back", url.Values{})
		now := mark()
		for range 2 { // pressed twice
			if r := caller.Post(link+"/read-back", url.Values{"mark": {now}, "right": {"yes"}}); r.Status != http.StatusSeeOther {
				t.Fatalf("right: %d\n%s", r.Status, r.Body)
			}
		}
		if v = s.ticket(ref); v.Unheard() || v.Detail.ReadBack.How != "link" {
			t.Fatalf("%+v", v.Detail.ReadBack)
		}

		// The call that was promised is a promise until it is made.
		list, err := h.Promises.ForTicket(t.Context(), apptest.Actor(h.Person("lead"), "web"), v)
		if err != nil || len(list) != 2 || list[1].Source != promise.Call || list[1].State != promise.Open {
			t.Fatalf("%+v %v", list, err)
		}
		h.Clock.Advance(time.Hour)
		s.do(ref, "call", url.Values{"direction": {"out"}, "length": {"1:10"}, "spoke": {"yes"}, "text": {"告诉她正在换接口"}})
		if list, err = h.Promises.ForTicket(t.Context(), apptest.Actor(h.Person("lead"), "web"), v); err != nil || list[1].State != promise.Kept {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// TestN18_SeveralShareATelephoneAndAMailbox: the pad says that a number is shared and chooses
// nobody; a mailbox that is somebody's is not taken for another one, and who speaks is recorded.
func TestN18_SeveralShareATelephoneAndAMailbox(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent, p := h.SignIn("agent"), h.Somebody("requester")
		for _, x := range []string{p.Email, h.Somebody("requester").Email} {
			who, err := h.People.ByEmail(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			who.Phone = "8220"
			if _, err := h.People.Change(t.Context(), apptest.Actor(who, "web"), who, 0); err != nil {
				t.Fatal(err)
			}
		}
		page := agent.Get("/work/phone?q=8220").Body
		if !strings.Contains(page, "由 2 人共用") || strings.Contains(page, `name="requester" value="`+strconv.FormatInt(int64(p.ID), 10)+`" checked`) {
			t.Error("a shared number is not shown as one, or chooses somebody")
		}
		if r := agent.Get("/work/phone?q=8221"); !strings.Contains(r.Body, "没有人登记 8221") || !strings.Contains(r.Body, `name="new_phone"`) || !strings.Contains(r.Body, `value="8221"`) {
			t.Error("an unknown number is not offered for somebody new")
		}
		form := url.Values{"text": {"打印机卡纸"}, "requester": {"new"}, "new_name": {"夜班小陈"}, "new_email": {p.Email}, "direction": {"in"}, "act": {"flag"}}
		r := agent.Post("/work/phone", form)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, i18n.T(i18n.ZH, "work.mailbox_shared", "Name", p.Name)) || !strings.Contains(r.Body, "打印机卡纸") {
			t.Fatalf("%d", r.Status)
		}
		form = url.Values{"text": {"打印机卡纸"}, "requester": {strconv.FormatInt(int64(p.ID), 10)}, "speaker": {"夜班小陈"}, "direction": {"in"}, "act": {"flag"}}
		if r = agent.Post("/work/phone", form); r.Status != http.StatusSeeOther {
			t.Fatalf("%d", r.Status)
		}
		s := tell(t, h)
		if v := s.ticket(strings.TrimPrefix(r.Header.Get("Location"), "/work/tickets/")); v.Requester != p.ID || v.Detail.Intake["who"].Value != "夜班小陈（"+p.Name+"）" {
			t.Errorf("%+v", v.Detail.Intake)
		}
	})
}
