// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

const invitationMail = `From: lin@vendor.example
To: ` + apptest.Address + `
Subject: Upgrade
Message-ID: <inv@vendor.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/html; charset=utf-8

<p>See <a href="https://evil.example/x">our site</a></p><img src="https://pixel.example/a.gif">
--b
Content-Type: text/calendar; method=REQUEST; charset=utf-8; name="invite.ics"

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:ERP upgrade window
ORGANIZER;CN=Lin:mailto:lin@vendor.example
DTSTART:20260303T060000Z
DTEND:20260303T070000Z
LOCATION:Room 3
END:VEVENT
END:VCALENDAR
--b--
`

func TestS64_AMailWithPicturesElsewhereAndAnInvitation(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Receive("lin@vendor.example", []byte(strings.ReplaceAll(invitationMail, "\n", "\r\n")))
	h.RunJobs()
	list, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{})
	if err != nil || len(list.Tickets) != 1 {
		t.Fatal(list, err)
	}
	ref := list.Tickets[0].Ref()
	r := h.SignIn(access.Agent).Get("/work/tickets/" + ref)
	body := html.UnescapeString(r.Body)
	for _, want := range []string{"ERP upgrade window", "14:00–15:00", "Room 3", "invite.ics", "显示外部图片", `?pictures=show`} {
		if r.Status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(body, "pixel.example") {
		t.Error("the page itself refers to the picture")
	}
}

func TestF38_WhatCameBackStandsOnItsMessageAndCanBeSentAgain(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机没反应")
	who := p.Person(access.Requester)
	p.RunJobs()
	p.do(ticket.Accept{})
	p.RunJobs()
	p.do(ticket.Reply{Say: ticket.Say{Text: "请重启打印机", Channel: ticket.Web}})
	p.RunJobs()
	list := p.Mailbox(who.Email)
	sent := list[len(list)-1]
	report := `From: postmaster@qq.com
To: ` + apptest.Address + `
Subject: 系统退信
Content-Type: text/plain; charset=utf-8

收件人：` + who.Email + `
退信原因：550 收件人不存在
原邮件：` + sent.Header("Message-ID") + `
`
	p.Receive("", []byte(strings.ReplaceAll(report, "\n", "\r\n")))
	p.RunJobs()
	page := p.agent.Get("/work/tickets/" + p.ref)
	body := html.UnescapeString(page.Body)
	for _, want := range []string{"没有送达 " + who.Email + "：550 收件人不存在", "被退回", "1 封未送达", "邮箱收不到邮件", "重新发送"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	log, err := p.Notices.ForTicket(t.Context(), access.Desk(), p.now())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range log {
		if d.State == "bounced" {
			p.shows(p.htmx("send-again", "delivery", number(int64(d.ID)), "log", "whole"), 200, `id="sent-list"`, `hx-target="#sent-count"`)
		}
	}
	p.RunJobs()
	if got := p.Mailbox(who.Email); len(got) != len(list)+1 {
		t.Errorf("%d letters, want one more than %d", len(got), len(list))
	}
	if body := p.agent.Get("/work/tickets/" + p.ref).Body; strings.Contains(body, "被退回") || strings.Contains(body, "邮箱收不到邮件") {
		t.Error("it still says so")
	}
}
