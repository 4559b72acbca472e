// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func asked(t *testing.T, h *apptest.House, text string) ticket.Ticket {
	t.Helper()
	who := h.Person(access.Requester)
	one, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{
		Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: text},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.RunJobs()
	return one
}

func contains(t *testing.T, what, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("%s does not say %q", what, w)
		}
	}
}

// A request that nobody answers: its lead is told by one letter, the ticket says who was told
// and why, the queue shows it, and the notice can be put away.
func TestN3_LeadIsToldOnceThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.Person(access.Lead)
		one := asked(t, h, "ERP 打不开")
		h.Advance(72 * time.Hour)
		h.Advance(24 * time.Hour)
		lead := h.SignIn(access.Lead)
		var letters []string
		for _, m := range h.Mailbox(lead.Person.Email) {
			letters = append(letters, m.Header("Subject"))
		}
		told := 0
		for _, s := range letters {
			if strings.Contains(s, "时限提醒") {
				told++
			}
		}
		list, err := h.Escalations.ForTicket(t.Context(), access.Desk(), one)
		if err != nil {
			t.Fatal(err)
		}
		byMail := 0
		for _, e := range list {
			if e.Goes(escalation.ByMail) {
				byMail++
			}
		}
		if told == 0 || told != byMail {
			t.Errorf("%d letters for %d steps by mail: %q", told, byMail, letters)
		}
		contains(t, "the ticket", lead.Get("/work/tickets/"+one.Ref()).Body, "首次响应时限", "周敏")
		queue := lead.Get("/work").Body
		contains(t, "the queue", queue, "已升级", "知道了")
		list2, err := h.Escalations.Notices(t.Context(), apptest.Actor(lead.Person, "web"), 5)
		if err != nil || len(list2) == 0 {
			t.Fatalf("%d notices: %v", len(list2), err)
		}
		if r := lead.Post("/work/notices/"+strconv.FormatInt(list2[0].ID, 10)+"/seen", url.Values{}); r.Status != http.StatusSeeOther {
			t.Errorf("put away: %d\n%s", r.Status, r.Body)
		}
	})
}

// A major incident from its declaration to its review (N4).
func TestN4_MajorIncidentFromDeclarationToReview(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.Clock.Set(apptest.Start().Add(14 * time.Hour)) // eleven at night
		agent, lead, user := h.SignIn(access.Agent), h.SignIn(access.Lead), h.SignIn(access.Requester)
		r, err := h.Rotas.Save(t.Context(), apptest.Actor(lead.Person, "web"), rota.Rota{
			Name: "一线值班", Zone: "Asia/Shanghai", Active: true,
			Shifts: []rota.Shift{{Name: "全天", From: 540, To: 540, Days: rota.EveryDay, People: []person.ID{agent.Person.ID}, Every: 7, Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}},
		}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := setting.Save(t.Context(), h.Settings, access.Desk(), major.PolicyName, major.Policy{UpdateMinutes: 30, Rota: r.ID}, 0); err != nil {
			t.Fatal(err)
		}
		if err := h.Majors.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		one, child := asked(t, h, "邮件系统打不开"), asked(t, h, "我也收不到邮件")
		at := "/work/majors/" + one.Ref()
		if x := agent.Post(at+"/declare", url.Values{"headline": {"邮件中断"}, "public": {"yes"}}); x.Status != http.StatusForbidden {
			t.Errorf("an agent declared what is no P1: %d", x.Status)
		}
		if x := lead.Post(at+"/declare", url.Values{"headline": {"邮件中断"}, "public": {"yes"}}); x.Status != http.StatusSeeOther {
			t.Fatalf("declare: %d\n%s", x.Status, x.Body)
		}
		h.RunJobs()
		clocks := agent.Get("/work/tickets/" + one.Ref()).Body
		contains(t, "the ticket", clocks, "重大事件期间至少每 30 分钟反馈一次", "宣布为重大事件时起算", "发送后：下次反馈顺延到 23:30")
		if c, ok := h.Clocks.One(sla.Update, got(t, h, one)); !ok || !c.Due.Equal(h.Clock.Now().Add(30*time.Minute)) {
			t.Errorf("the update clock is due %v", c.Due)
		}
		longer := setting.Save(t.Context(), h.Settings, access.Desk(), major.PolicyName, major.Policy{UpdateMinutes: 45, Rota: r.ID}, setting.AnyVersion)
		h.RunJobs()
		if c, _ := h.Clocks.One(sla.Update, got(t, h, one)); longer != nil || !c.Due.Equal(h.Clock.Now().Add(45*time.Minute)) {
			t.Errorf("another cadence of incidents: due %v, %v", c.Due, longer)
		}
		paged := 0
		for _, m := range h.Mailbox(agent.Person.Email) {
			if strings.Contains(m.Header("Subject"), one.Ref()) && strings.Contains(m.Header("Subject"), "时限提醒") {
				paged++
			}
		}
		if paged != 1 {
			t.Errorf("whoever is on call got %d letters, want 1 at night", paged)
		}
		contains(t, "the portal", user.Get("/").Body, "邮件中断")
		if x := h.Nobody().Get("/incidents"); x.Status == http.StatusOK {
			t.Error("somebody who is not signed in reads incidents")
		}
		if x := lead.Post(at+"/attach", url.Values{"request": {child.Ref()}}); x.Status != http.StatusSeeOther {
			t.Errorf("attach: %d\n%s", x.Status, x.Body)
		}
		if x := lead.Post(at+"/update", url.Values{"text": {"正在切换备用服务器"}, "everybody": {"yes"}, "spread": {"yes"}}); x.Status != http.StatusSeeOther {
			t.Errorf("update: %d\n%s", x.Status, x.Body)
		}
		h.RunJobs()
		contains(t, "the portal", user.Get("/").Body, "正在切换备用服务器")
		contains(t, "the attached request", user.Get("/requests/"+child.Ref()).Body, "正在切换备用服务器")
		contains(t, "the queue", agent.Get("/work").Body, "重大事件：邮件中断")
		contains(t, "the page", agent.Get(at).Body, child.Ref(), "正在切换备用服务器")
		if gaps := h.Tickets.Missing(one, ticket.CmdClose); len(gaps) == 0 || gaps[len(gaps)-1].Key != "gap.major" {
			t.Errorf("nothing stands before closing the ticket of a major incident: %v", gaps)
		}
		x := lead.Post(at+"/end", url.Values{"review": {""}})
		if x.Status != http.StatusConflict {
			t.Errorf("end without a review: %d", x.Status)
		}
		contains(t, "the refusal", x.Body, "没有复盘的原因")
		if x := lead.Post(at+"/end", url.Values{"review": {"主服务器磁盘满，已加监控与自动清理"}}); x.Status != http.StatusSeeOther {
			t.Errorf("end: %d\n%s", x.Status, x.Body)
		}
		if c, _ := h.Clocks.One(sla.Update, got(t, h, one)); c.Due.Before(h.Clock.Now().Add(time.Hour)) {
			t.Errorf("the incident ended, and the update clock is due %v", c.Due)
		}
		if strings.Contains(user.Get("/").Body, "邮件中断") {
			t.Error("the portal still shows what has ended")
		}
		if _, err := h.Majors.Update(t.Context(), apptest.Actor(lead.Person, "web"), ticket.Target{ID: one.ID}, major.Word{Text: "x"}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a word about what has ended: %v", err)
		}
	})
}

// got reads a ticket again.
func got(t *testing.T, h *apptest.House, one ticket.Ticket) ticket.Ticket {
	t.Helper()
	now, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: one.ID})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// The banner is for whoever signs in, and for anybody only where the setting says so.
func TestN4_IncidentsWithoutSigningInOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	one := asked(t, h, "网络中断")
	if _, err := h.Majors.Declare(t.Context(), access.Desk(), ticket.Target{ID: one.ID}, major.Declaration{Headline: "网络中断", Public: true}); err != nil {
		t.Fatal(err)
	}
	if r := h.Nobody().Get("/incidents"); r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Location(), "/signin") {
		t.Errorf("got %d %s, want the way to sign in", r.Status, r.Location())
	}
	if err := setting.Save(t.Context(), h.Settings, access.Desk(), major.PolicyName, major.Policy{UpdateMinutes: 30, Anonymous: true}, 0); err != nil {
		t.Fatal(err)
	}
	if err := h.Majors.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := h.Nobody().Get("/incidents")
	contains(t, "the page", r.Body, "网络中断")
	if r.Status != http.StatusOK {
		t.Errorf("status %d", r.Status)
	}
}

// The rota on its pages: made, looked at, swapped, subscribed to, revoked.
func TestN4_RotaOnItsPages(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	lead, agent := h.SignIn(access.Lead), h.SignIn(access.Agent)
	form := url.Values{
		"name": {"一线值班"}, "zone": {"Asia/Shanghai"}, "active": {"yes"},
		"shift_0": {"全天"}, "from_0": {"09:00"}, "to_0": {"09:00"}, "every_0": {"7"}, "start_0": {"2026-02-23"},
		"days_0": {"0", "1", "2", "3", "4", "5", "6"}, "people_0": {agent.Person.Email + "\n周敏"},
		"shift_1": {""}, "from_1": {"09:00"}, "to_1": {"09:00"}, "every_1": {"7"}, "start_1": {""}, "people_1": {""},
	}
	if r := agent.Post("/work/rota/new/edit", form); r.Status != http.StatusForbidden {
		t.Errorf("an agent made a rota: %d", r.Status)
	}
	broken := url.Values{"name": {""}, "zone": {"Mars"}, "shift_0": {"x"}, "from_0": {"25:00"}, "people_0": {"nobody"}}
	if r := lead.Post("/work/rota/new/edit", broken); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a broken rota: %d", r.Status)
	}
	r := lead.Post("/work/rota/new/edit", form)
	if r.Status != http.StatusSeeOther {
		t.Fatalf("make: %d\n%s", r.Status, r.Body)
	}
	week := r.Location()
	contains(t, "the week", agent.Get(week).Body, "陈立", "周敏", "全天", "09:00")
	contains(t, "the list", agent.Get("/work/rota").Body, "一线值班", "陈立")
	swap := url.Values{"from": {"2026-03-02T09:00"}, "to": {"2026-03-03T09:00"}, "instead": {key(lead.Person.ID)}, "person": {key(agent.Person.ID)}, "agreed": {"电话里说好了"}}
	if r := agent.Post(week+"/swap", swap); r.Status != http.StatusSeeOther {
		t.Errorf("swap: %d\n%s", r.Status, r.Body)
	}
	contains(t, "the week", agent.Get(week+"?week=2026-03-02").Body, "电话里说好了")
	made := agent.Post("/work/rota/mine/feed", url.Values{}).Body
	_, rest, ok := strings.Cut(made, "/rota/"+"")
	for ok && len(rest) > 26 && strings.ContainsAny(rest[:26], "/\"<>") {
		_, rest, ok = strings.Cut(rest, "/rota/")
	}
	if !ok || len(rest) < 26 {
		t.Fatal("the page does not show the address of the calendar")
	}
	secret := rest[:26]
	feed := h.Nobody().Get("/rota/" + secret)
	contains(t, "the calendar", feed.Body, "BEGIN:VCALENDAR", "一线值班")
	if got := feed.Header.Get("Content-Type"); feed.Status != http.StatusOK || !strings.HasPrefix(got, "text/calendar") {
		t.Errorf("the calendar is %d %q", feed.Status, got)
	}
	if r := agent.Post("/work/rota/feed/1/revoke", url.Values{}); r.Status != http.StatusSeeOther {
		t.Errorf("revoke: %d", r.Status)
	}
	if r := h.Nobody().Get("/rota/" + secret); r.Status != http.StatusNotFound {
		t.Errorf("a revoked calendar is %d", r.Status)
	}
}

func key(who person.ID) string { return strconv.FormatInt(int64(who), 10) }

// The plan of steps on its page: what is wrong is said at its line, a line can be taken out,
// and the preview says when people would be told.
func TestN3_EscalationOnItsPage(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	admin := h.SignIn(access.Admin)
	page := admin.Get("/admin/escalation?priority=2&on=2026-03-02T10:00")
	contains(t, "the page", page.Body, "首次响应", "10:30", "75 %")
	bad := url.Values{"clock_0": {"response"}, "percent_0": {"5000"}, "to_0": {"lead"}, "by_0": {"mail"}, "clock_1": {"resolve"}, "percent_1": {"50"}}
	r := admin.Post("/admin/escalation", bad)
	if r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a broken plan: %d", r.Status)
	}
	contains(t, "the refusal", r.Body, "百分比为 1 至 1000", "至少选择一类要通知的人")
	good := url.Values{
		"clock_0": {""}, "to_0": {"lead"}, "clock_1": {"response"}, "minutes_1": {"-5"}, "to_1": {"owner", "lead"}, "by_1": {"mail"}, "priorities_1": {"1"},
		"clock_2": {""},
	}
	if r := admin.Post("/admin/escalation", good); r.Status != http.StatusSeeOther {
		t.Fatalf("save: %d\n%s", r.Status, r.Body)
	}
	if p := h.Escalations.Plan(); len(p.Steps) != 1 || p.Steps[0].Minutes != -5 || p.Steps[0].ID == "" || p.Steps[0].Since.IsZero() {
		t.Errorf("the plan is %+v", p)
	}
}

// TestN4_F52_AnotherCadenceIsSavedWithoutAnythingInMemory: the policy is saved, and what stands has
// its cadence by a job.
func TestN4_F52_AnotherCadenceIsSavedWithoutAnythingInMemory(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		lead := h.SignIn(access.Lead)
		one := asked(t, h, "邮件系统打不开")
		if x := lead.Post("/work/majors/"+one.Ref()+"/declare", url.Values{"headline": {"邮件中断"}, "public": {"yes"}}); x.Status != http.StatusSeeOther {
			t.Fatalf("declare: %d\n%s", x.Status, x.Body)
		}
		h.RunJobs()
		h.Clock.Advance(time.Minute)
		if err := setting.Save(t.Context(), h.Settings, access.Desk(), major.PolicyName, major.Policy{UpdateMinutes: 45}, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		h.RunJobs()
		if c, ok := h.Clocks.One(sla.Update, got(t, h, one)); !ok || !c.Due.Equal(h.Clock.Now().Add(45*time.Minute)) {
			t.Errorf("due %v at %v, want 45 minutes later", c.Due, h.Clock.Now())
		}
	})
}
