// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// letting are mails of services that let somebody in; what stands in secret must be nowhere.
func letting() []struct{ from, subject, text, secret string } {
	return []struct{ from, subject, text, secret string }{
		{"no-reply@slack.example", "Slack confirmation code: 482-913", "Confirm your email address\n\nYour confirmation code is below.\n\n482-913\n\nQuestions? feedback@slack.example", "482-913"},
		{"noreply@cloud.example", "Verify your email", "Click to verify your email address:\nhttps://cloud.example/verify?token=9f3kd02ls93kfls02k\nThe link expires in 24 hours.", "9f3kd02ls93kfls02k"},
		{"account@mail.example", "帐户安全代码", "请使用以下安全代码：\n\n7391842\n\n如果非本人操作，请勿将此代码告诉任何人。", "7391842"},
		{"no-reply@pay.example", "【支付】验证码", "您的验证码是 604218，5 分钟内有效，请勿泄露。", "604218"},
		{"noreply@git.example", "[Git] Please verify your device", "Verification code: 118204\n\nIf you did not attempt to sign in, reset your password.", "118204"},
		{"security@idp.example", "Your one-time passcode", "Use this passcode to sign in: A7K9QX. It is valid for 10 minutes. Never share it.", "A7K9QX"},
		{"do-not-reply@erp.example", "密码重置", "请点击链接重置您的密码：https://erp.example/reset/5d1c7f0e8b2a4c6d9e0f\n链接 30 分钟内有效。", "5d1c7f0e8b2a4c6d9e0f"},
		{"noreply@wiki.example", "Anna invited you to join the Wiki workspace", "Accept your invitation: https://wiki.example/invite?c=Zk3mQ9", "Zk3mQ9"},
		{"noreply@vpn.example", "临时密码", "您的账号已开通，初始密码：Qw7!xk2P 请尽快修改。", "Qw7!xk2P"},
		{"noreply@bank.example", "动态密码", "您正在登录网银，动态密码 8 3 1 0 5 2，勿告诉他人。", "8 3 1 0 5 2"},
		{"notifications@app.example", "Sign-in link", "Here is your magic link: https://app.example/l/eyJhbGciOiJIUzI1NiJ9abc123 — it expires in 10 minutes.", "eyJhbGciOiJIUzI1NiJ9abc123"},
		{"no-reply+x@meet.example", "驗證碼", "您的驗證碼為：59302", "59302"},
	}
}

// plain are mails in which nothing lets anybody in.
func plain() []struct{ from, subject, text string } {
	return []struct{ from, subject, text string }{
		{"wang@firm.example", "验证码收不到", "我登录 ERP 时输入验证码 482913 提示错误，已经试了 3 次，工位 2046。"},
		{"noreply@mon.example", "[ALERT] disk 95%", "Host db-03 disk /var 95% at 2026-11-25 14:30:22, threshold 90. Ticket 4821937. https://mon.example/d/abc123def456/disk?from=1700000000"},
		{"noreply@ship.example", "您的快递已发出", "运单号 SF1234567890，预计 11 月 28 日送达。"},
		{"noreply@news.example", "Weekly digest", "Read more at https://news.example/2026/11/25/article-98213?utm=mail\n© 2026"},
		{"postmaster@firm.example", "邮箱容量提醒", "您的邮箱已使用 95%，请清理。"},
		{"chen@firm.example", "Error code", "The printer shows error code 5200 and then 0x80070005. Please reset my password."},
		{"noreply@ci.example", "Build 48213 failed", "Commit 9f3kd02ls93 broke the build, see https://ci.example/builds/48213"},
	}
}

func TestS02_WhatLetsSomebodyInIsCovered(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		lead := r.person("Lead", "lead@firm.example", access.Lead)
		agent := r.person("Agent", "agent7@firm.example", access.Agent)
		for _, x := range letting() {
			e := r.mail("help@desk.example", intake.Mail{Subject: x.subject, FromAddr: x.from, Text: x.text, HTML: "<p>" + x.text + "</p>"})
			r.became(e, intake.Done, intake.NewTicket, "")
			v := r.ticket(e.Ticket)
			m := r.messages(v)[0]
			for where, s := range map[string]string{"text": m.Text, "html": m.HTML, "subject": v.Subject, "snippet": v.Snippet, "record": v.Detail.Intake[ticket.Symptom].Value, "journal": e.Subject} {
				if strings.Contains(s, x.secret) {
					t.Errorf("%s: %s still holds %s: %s", x.from, where, x.secret, s)
				}
			}
			if !m.Masked || v.Detail.Quiet == "" && strings.HasPrefix(x.from, "no") {
				t.Errorf("%s: masked %v, quiet %q", x.from, m.Masked, v.Detail.Quiet)
			}
			if _, err := r.intake.Raw(t.Context(), agent, e.ID); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s: an agent opens the original: %v", x.from, err)
			}
			if _, err := r.intake.Raw(t.Context(), lead, e.ID); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s: a lead opens it unrecorded: %v", x.from, err)
			}
			if seen, err := r.intake.Read(t.Context(), agent, e.ID); err != nil || strings.Contains(seen.Text+seen.Subject, x.secret) {
				t.Errorf("%s: the journal shows it: %v", x.from, err)
			}
		}
		for _, x := range plain() {
			e := r.mail("help@desk.example", intake.Mail{Subject: x.subject, FromAddr: x.from, Text: x.text})
			if m := r.messages(r.ticket(e.Ticket))[0]; m.Masked || m.Text != x.text {
				t.Errorf("%s: covered for nothing: %s", x.from, m.Text)
			}
		}
	})
}

// TestS02_S77_WhoReadsACoveredOriginalIsRecorded on its ticket; who may not read it leaves no trace
// of it either.
func TestS02_S77_WhoReadsACoveredOriginalIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		lead := r.person("Lead", "lead@firm.example", access.Lead)
		opened := func(v ticket.Ticket) (by []int64) {
			thread, err := r.tickets.Thread(t.Context(), access.Desk(), r.ticket(v.ID))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range thread {
				if _, ok := e.Fact.(ticket.OriginalOpened); ok {
					by = append(by, e.Record.Meta.ActorID)
				}
			}
			return by
		}
		e := r.mail("help@desk.example", intake.Mail{Subject: "Code", FromAddr: "no-reply@git.example", Text: "Verification code: 118204"})
		v := r.ticket(e.Ticket)
		if _, err := r.intake.Open(t.Context(), r.agent, e.ID); errs.KindOf(err) != errs.Denied || len(opened(v)) != 0 {
			t.Errorf("an agent: %v, %v", err, opened(v))
		}
		for n := range 2 {
			raw, err := r.intake.Open(t.Context(), lead, e.ID)
			if by := opened(v); err != nil || len(raw) == 0 || len(by) != n+1 || by[n] != lead.ID {
				t.Errorf("a lead, time %d: %v, %v", n, err, by)
			}
		}
		requester := access.Actor{ID: int64(v.Requester), Kind: access.Person, Role: access.Requester, Via: "portal"}
		own, err := r.tickets.Thread(t.Context(), requester, r.ticket(v.ID))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range own {
			if _, ok := e.Fact.(ticket.OriginalOpened); ok {
				t.Error("whoever asked for it reads who opened it")
			}
		}
		// What is covered does not come in by the hand that makes a ticket of it.
		held := r.mail("help@desk.example", intake.Mail{Subject: "Code", Automatic: true, Text: "Verification code: 118204"})
		made, err := r.intake.MakeTicket(t.Context(), r.agent, held.ID, intake.Draft{Email: "x@firm.example"})
		if err != nil {
			t.Fatal(err)
		}
		if m := r.messages(made)[0]; !m.Masked || len(m.Attached) != 0 || strings.Contains(m.Text, "118204") {
			t.Errorf("%+v", m)
		}
	})
}

// TestS02_FilesAndButtonsOfPrograms hold what their text does not.
func TestS02_FilesAndButtonsOfPrograms(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		file := func(name, text string, inline bool) intake.File {
			return intake.File{Name: name, Text: text, Inline: inline, Data: []byte(name + text)}
		}
		for name, x := range map[string]struct {
			mail   intake.Mail
			masked bool
			left   []string
		}{
			"a button": {
				mail:   intake.Mail{Subject: "Verify your email", Text: "Press the button to verify your email address.", HTML: `<p>Press</p><a href="https://cloud.example/verify?token=9f3kd02ls93kfls02k">Verify</a>`},
				masked: true,
			},
			"a code in the document alone": {
				mail:   intake.Mail{Subject: "Hello", Text: "This mail needs a modern reader.", HTML: `<p>Your verification code is <b>604218</b></p>`},
				masked: true,
			},
			"a text file": {
				mail:   intake.Mail{Subject: "Your access", Text: "See the file.", Files: []intake.File{file("code.txt", "您的验证码是 604218", false), file("house-rules.txt", "请保持安静", false)}},
				masked: true, left: []string{"house-rules.txt"},
			},
			"a picture beside words that speak of a code": {
				mail:   intake.Mail{Subject: "Your one-time password", Text: "Your one-time password is in the picture.", Files: []intake.File{file("code.png", "", false)}},
				masked: true,
			},
			"the logo of a newsletter": {
				mail: intake.Mail{Subject: "Security code of the month", Text: "How a security code works.", HTML: "<p>How a security code works.</p>", Files: []intake.File{file("logo.png", "", true)}},
				left: []string{"logo.png"},
			},
			"a report": {
				mail: intake.Mail{Subject: "Weekly report", Text: "See the file.", Files: []intake.File{file("report.csv", "host,disk\ndb-03,95", false), file("report.pdf", "", false)}},
				left: []string{"report.csv", "report.pdf"},
			},
		} {
			x.mail.FromAddr, x.mail.MessageID = "no-reply@cloud.example", name
			e := r.mail("help@desk.example", x.mail)
			m := r.messages(r.ticket(e.Ticket))[0]
			var left []string
			for _, a := range m.Attached {
				left = append(left, a.Name)
			}
			if m.Masked != x.masked || x.masked && m.HTML != "" || !slices.Equal(left, x.left) {
				t.Errorf("%s: masked %v, files %v, html %q", name, m.Masked, left, m.HTML)
			}
		}
	})
}

// TestS02_AServiceThatWritesToATicketIsNotReadThere: whoever gives a service the address of their
// own ticket reads no code on it, and no mail of the service either.
func TestS02_AServiceThatWritesToATicketIsNotReadThere(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		v := r.open("mallory@example.test")
		before := len(r.messages(v))
		e := r.mail(r.address(v), intake.Mail{Subject: "Your code", FromAddr: "no-reply@slack.example", Text: "Your verification code is 482913"})
		r.became(e, intake.Done, intake.NewTicket, "")
		if e.Ticket == v.ID || len(r.messages(v)) != before {
			t.Error("it joined the ticket whose address was given")
		}
		if own := r.ticket(e.Ticket); own.Requester == v.Requester || len(own.Detail.Links) != 1 {
			t.Errorf("requester %d, links %v", own.Requester, own.Detail.Links)
		}
		// One whose address does not say that nobody reads it speaks there, without the code.
		e = r.mail(r.address(v), intake.Mail{Subject: "Code", FromAddr: "hello@slack.example", Text: "Your verification code is 482913. Do not share it."})
		for _, m := range r.messages(v) {
			if strings.Contains(m.Text, "482913") {
				t.Errorf("%s: the code is read on the ticket: %s", e.Outcome, m.Text)
			}
		}
	})
}
