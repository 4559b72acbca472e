// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Who follows announcements hears of them by mail in their own language, and of a public incident
// from its declaration to its end; nobody is told twice, and whoever stopped hears nothing (N29).
func TestN29_WhoFollowsHearsByMail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		user, lead, agent := h.Person(access.Requester), h.Person(access.Lead), h.Person(access.Agent)
		reader := h.SignInAs(user)
		if r := reader.Post("/incidents/follow", url.Values{"topic": {"all"}, "on": {"yes"}}); r.Status != 303 {
			t.Fatalf("following answers %d\n%s", r.Status, r.Body)
		}
		form := url.Values{"kind": {"failure"}, "title": {"邮件收发变慢"}, "text": {"正在处理，预计一小时恢复。"}}
		if r := h.SignInAs(agent).Post("/work/announcements/new", form); r.Status != 403 {
			t.Errorf("an agent publishes: %d", r.Status)
		}
		if r := h.SignInAs(lead).Post("/work/announcements/new", url.Values{"kind": {"failure"}, "title": {""}, "text": {"只有正文"}}); r.Status != 422 || !strings.Contains(r.Body, "只有正文") {
			t.Errorf("without a title: %d, and the text is gone", r.Status)
		}
		if r := h.SignInAs(lead).Post("/work/announcements/new", form); r.Status != 303 {
			t.Fatalf("publishing answers %d\n%s", r.Status, r.Body)
		}
		h.RunJobs()
		if got := h.Mailbox(user.Email); len(got) != 1 || !strings.Contains(got[0].Header("Subject"), "邮件收发变慢") || !strings.Contains(got[0].Text(), "预计一小时恢复") {
			t.Fatalf("%d letters, the first %q", len(got), got[0].Text())
		}
		if r := reader.Get("/"); !strings.Contains(r.Body, "邮件收发变慢") {
			t.Error("the portal does not show it")
		}
		other := h.Somebody(access.Requester)
		v, _, err := h.Tickets.Record(t.Context(), apptest.Actor(other, "portal"), ticket.Request{
			Requester: other.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "邮件打不开"},
		})
		if err == nil {
			_, err = h.Majors.Declare(t.Context(), apptest.Actor(lead, "web"), ticket.Target{ID: v.ID}, major.Declaration{Headline: "邮件服务中断", Public: true})
		}
		if err == nil {
			_, err = h.Majors.Update(t.Context(), apptest.Actor(lead, "web"), ticket.Target{ID: v.ID}, major.Word{Text: "已切换到备用服务器", Public: true})
		}
		if err == nil {
			_, err = h.Majors.End(t.Context(), apptest.Actor(lead, "web"), ticket.Target{ID: v.ID}, major.End{Review: "磁盘写满；已加告警与清理任务。"})
		}
		if err != nil {
			t.Fatal(err)
		}
		h.RunJobs()
		h.RunJobs()
		got := h.Mailbox(user.Email)
		if len(got) != 4 || !strings.Contains(got[2].Text(), "备用服务器") || !strings.Contains(got[3].Text(), "已经结束") {
			t.Fatalf("%d letters about the incident", len(got))
		}
		reader.Post("/incidents/follow", url.Values{"topic": {"all"}})
		h.SignInAs(lead).Post("/work/announcements/new", form)
		h.RunJobs()
		if n := len(h.Mailbox(user.Email)); n != 4 {
			t.Errorf("%d letters after stopping", n)
		}
	})
}
