// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN38_TheMonthlyReportSaysWhatIsMissingAndComesByMail: a category in which tickets were closed and
// nothing is published stands in the report until something is; whoever leads and asks for it gets one
// letter a month, through the queue, and nobody else does.
func TestN38_TheMonthlyReportSaysWhatIsMissingAndComesByMail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.solve()
		_, err := h.Tickets.Do(t.Context(), apptest.Actor(w.owner, "portal"), ticket.Target{ID: w.ticket.ID}, ticket.Confirm{})
		w.must(err)
		h.RunJobs()
		w.must(h.Reports.Follow(t.Context()))
		lead, agent := w.browser("lead", w.lead), w.browser("agent", w.agent)
		name := w.subject.Label("zh-CN")
		if r := lead.get("/work/month"); r.status != http.StatusOK || !strings.Contains(r.body, "有工单解决、没有文章") || !strings.Contains(r.body, "/work/articles/new?category=") || !strings.Contains(r.body, name) {
			t.Errorf("the report does not name the category without an article: %d", r.status)
		}

		if r := agent.post("/work/month/mail", url.Values{"on": {"on"}}); r.status != http.StatusForbidden {
			t.Errorf("an agent asks for it: %d", r.status)
		}
		if r := lead.post("/work/month/mail", url.Values{"on": {"on"}}); r.status != http.StatusSeeOther {
			t.Errorf("a lead asks for it: %d", r.status)
		}
		if r := lead.get("/work/month"); !strings.Contains(r.body, "不再用邮件发给我") {
			t.Error("the page does not say that it comes by mail")
		}
		w.must(h.Scores.Ensure(t.Context()))
		letters := func() (n int) {
			t.Helper()
			for _, m := range h.Mailbox(w.agent.Email) {
				if strings.Contains(m.Header("Subject"), "服务月报") {
					t.Error("an agent got it")
				}
			}
			for _, m := range h.Mailbox(w.lead.Email) {
				if !strings.Contains(m.Header("Subject"), "服务月报") {
					continue
				}
				n++
				if strings.Contains(m.Text(), "13812345678") {
					t.Error("somebody's number goes out in it")
				}
				if n == 1 {
					for _, says := range []string{"真实闭环率", "100.0%", "有工单解决、没有文章", name, "/work/month?month="} {
						if !strings.Contains(m.Text(), says) {
							t.Errorf("%q is missing from the letter:\n%s", says, m.Text())
						}
					}
				}
			}
			return n
		}
		month := h.Clock.Now().Format("2006-01")
		h.Advance(32 * 24 * time.Hour)
		h.RunJobs()
		if n := letters(); n != 1 {
			t.Errorf("%d letters for the first month", n)
		}
		w.must(h.Scores.MailMonth(t.Context(), apptest.Actor(w.lead, "web"), false))
		h.Advance(32 * 24 * time.Hour)
		h.RunJobs()
		if n := letters(); n != 1 {
			t.Errorf("%d letters after it was stopped", n)
		}

		w.published(knowledge.Content{Title: "付款单报错", Body: "重新登录", Category: w.subject.ID, Audience: knowledge.Public})
		lead.enter()
		if r := lead.get("/work/month?month=" + month); strings.Contains(r.body, "有工单解决、没有文章") {
			t.Error("there is an article, and the report says that there is none")
		}
	})
}

// TestN7_TheRadarLooksAsAJob: asking for a look answers at once; the look itself is a job, and only
// one however often it is asked for.
func TestN7_TheRadarLooksAsAJob(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := &world{T: t, House: h}
		agent := h.SignIn(access.Agent)
		for range 2 {
			if r := agent.Post("/work/problems/scan", nil); r.Status != http.StatusSeeOther {
				t.Errorf("asked: %d", r.Status)
			}
		}
		if n := len(w.column(`SELECT payload FROM job WHERE kind = 'problem:scan' AND payload = 'once'`)); n != 1 {
			t.Errorf("%d looks are queued", n)
		}
		h.RunJobs()
		if n := len(w.column(`SELECT payload FROM job WHERE kind = 'problem:scan' AND payload = 'once'`)); n != 0 {
			t.Errorf("%d looks still wait", n)
		}
	})
}
