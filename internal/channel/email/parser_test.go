// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

func parsed(t *testing.T, raw string) intake.Mail {
	t.Helper()
	m, err := email.Parser{}.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMailInTheTermsOfTheTrade(t *testing.T) {
	t.Parallel()
	m := parsed(t, `From: =?gb2312?B?wO7LxA==?= <li@example.net>
To: desk+t1-2-abc@example.org, "B" <b@example.org>
Cc: c@example.org
Delivered-To: desk@example.org
Subject: =?gb2312?B?tPLTobv6?=
Message-ID: <a@example.net>
In-Reply-To: <p@example.org>
References: <r@example.org> <p@example.org>
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<p onclick="steal()">还是<b>不行</b><img src="cid:shot@x"></p><script>steal()</script><div id="divRplyFwdMsg">发件人：张三</div>
--r
Content-Type: image/png
Content-ID: <shot@x>

PNG
--r--
`)
	want := intake.Mail{
		Subject: "打印机", FromName: "李四", FromAddr: "li@example.net",
		To:        []string{"desk+t1-2-abc@example.org", "b@example.org", "c@example.org", "desk@example.org"},
		Copied:    []string{"desk+t1-2-abc@example.org", "b@example.org", "c@example.org"},
		MessageID: "<a@example.net>", References: []string{"<p@example.org>", "<r@example.org>", "<p@example.org>"},
		Text: "还是不行", Quoted: "发件人：张三", HTML: `<p>还是<b>不行</b><img src="cid:shot@x"></p><div>发件人：张三</div>`,
		Files: []intake.File{{Name: "part-1.png", CID: "shot@x", Inline: true, Data: []byte("PNG")}},
	}
	m.HTML = strings.TrimSpace(m.HTML)
	if d := cmp.Diff(want, m); d != "" {
		t.Error(d)
	}
}

func TestTextOfAMail(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, raw, text, quoted string }{
		{"plain", "From: a@x\n\n好的。\n\n在 2026/3/2 9:15, 张三 写道:\n> 您好\n", "好的。", "在 2026/3/2 9:15, 张三 写道:\n> 您好"},
		{"HTML where the plain text is blank", "From: a@x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<p>words</p>\n--b--\n", "words", ""},
		{"forwarded by hand", "From: a@x\nSubject: Fwd: VPN\n\nFYI\n\n发件人: 张三 <z@x>\n发送时间: 2026-03-02 9:15\n主题: VPN\n\n连不上\n", "FYI\n\n发件人: 张三 <z@x>\n发送时间: 2026-03-02 9:15\n主题: VPN\n\n连不上", ""},
		{"forwarded as a file", "From: a@x\nSubject: Fwd: VPN\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Type: message/rfc822\n\nFrom: z@x\nSubject: VPN\n\n连不上\n--b--\n", "连不上", ""},
		{"two pieces", "From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\n<p>two</p>\n--b--\n", "one\n\ntwo", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := parsed(t, c.raw)
			if m.Text != c.text || m.Quoted != c.quoted {
				t.Errorf("%q and %q", m.Text, m.Quoted)
			}
		})
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]*errs.Error{
		"": errs.New(errs.Invalid, "intake.empty"), strings.Repeat("x", 100): errs.New(errs.TooLarge, "intake.too_large"),
	} {
		limits := mail.Standard()
		limits.Bytes = 50
		_, err := email.Parser{Limits: limits}.Parse([]byte(raw))
		if known := errs.As(err); known == nil || !known.Is(want) {
			t.Errorf("%d bytes: %v", len(raw), err)
		}
	}
}

// What is beyond the limits can be looked up in the original, which is attached.
func TestF33_WhatIsLeftOutIsAttachedWhole(t *testing.T) {
	t.Parallel()
	raw := "From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: image/png\n\nx\n", 3000)
	m := parsed(t, raw)
	last := m.Files[len(m.Files)-1]
	if last.Name != intake.Original || string(last.Data) != strings.ReplaceAll(raw, "\n", "\r\n") {
		t.Errorf("%d files, the last is %q", len(m.Files), last.Name)
	}
}

// TestS05_OnlyFromIsTheAuthor tries the other fields that could be taken for one.
func TestS05_OnlyFromIsTheAuthor(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"", "From: \n", "From: a@x.org, b@x.org\n", "From: a@x.org\nFrom: b@x.org\n", "From: a@x.org <b@x.org>\n", "From: nobody\n"} {
		for _, other := range []string{"", "Sender: real@x.org\n", "Reply-To: real@x.org\n", "Return-Path: <real@x.org>\n", "X-Original-From: real@x.org\n", "Resent-From: real@x.org\n"} {
			if m := parsed(t, from+other+"Subject: x\n\nx\n"); m.FromAddr != "" {
				t.Errorf("%q makes %q the author", from+other, m.FromAddr)
			}
			if m := parsed(t, "From: a@x.org\n"+other+"Subject: x\n\nx\n"); m.FromAddr != "a@x.org" {
				t.Errorf("%q makes %q the author", other, m.FromAddr)
			}
		}
	}
}

func TestS15_MachinesAreKnown(t *testing.T) {
	t.Parallel()
	type is struct{ bounce, reply, auto bool }
	cases := []struct {
		name, raw string
		want      is
	}{
		{"a person", "From: a@x.org\nSubject: 打印机\n\nx", is{}},
		{"a person who asks about automatic replies", "From: a@x.org\nSubject: 自动回复: 怎么设置\n\nx", is{}},
		{"a person at the post office", "From: postmaster@x.org\nSubject: 邮箱满了\n\nx", is{}},
		{"a person at the post office, in its words", "From: postmaster@x.org\nSubject: 邮件发送失败，请协助\n\nx", is{}},
		{"an alert of the post office", "From: postmaster@x.org\nSubject: disk 95% full\nAuto-Submitted: auto-generated\n\nx", is{auto: true}},
		{"auto-submitted: no", "From: a@x.org\nAuto-Submitted: no\n\nx", is{}},
		{"RFC 3834, reply", "From: a@x.org\nAuto-Submitted: auto-replied (vacation)\n\nx", is{reply: true, auto: true}},
		{"RFC 3834, report", "From: a@x.org\nAuto-Submitted: auto-generated; x=y\n\nx", is{auto: true}},
		{"Exchange", "From: a@x.org\nX-Auto-Response-Suppress: All\nSubject: 自动答复: VPN\n\nx", is{reply: true, auto: true}},
		{"Outlook, English", "From: a@x.org\nX-Auto-Response-Suppress: All\nSubject: Automatic reply: VPN\n\nx", is{reply: true, auto: true}},
		{"NetEase", "From: a@163.com\nIn-Reply-To: <q@desk>\nSubject: 自动回复:VPN\n\nx", is{reply: true, auto: true}},
		{"QQ Mail", "From: a@qq.com\nReferences: <q@desk>\nSubject: 自动回复：VPN\n\nx", is{reply: true, auto: true}},
		{"vacation program", "From: a@x.org\nPrecedence: auto_reply\n\nx", is{reply: true, auto: true}},
		{"old program", "From: a@x.org\nX-Autoreply: yes\n\nx", is{reply: true, auto: true}},
		{"a list", "From: a@x.org\nList-Id: <l.x.org>\n\nx", is{auto: true}},
		{"bulk", "From: a@x.org\nPrecedence: bulk\n\nx", is{auto: true}},
		{"an empty return path", "Return-Path: <>\nFrom: a@x.org\n\nx", is{auto: true}},
		{"a read receipt", "From: a@x.org\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b--\n", is{reply: true, auto: true}},
		{"a delivery report", "From: MAILER-DAEMON@x.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b--\n", is{bounce: true, auto: true}},
		{"QQ Mail's postmaster", "Return-Path: <>\nFrom: PostMaster@qq.com\nSubject: 系统退信\n\nx", is{bounce: true, auto: true}},
		{"NetEase's postmaster", "From: Postmaster@163.com\nSubject: 系统退信/Systems bounce\n\n收件人：nobody@163.com\n退信原因：550 User not found", is{bounce: true, auto: true}},
		{"qmail", "Return-Path: <>\nFrom: MAILER-DAEMON@x.org\nSubject: failure notice\n\nx", is{bounce: true, auto: true}},
		{"Exchange's postmaster", "From: postmaster@x.org\nSubject: 未送达: VPN\n\n邮件无法传递给以下收件人: li@x.org\n\n找不到您输入的电子邮件地址。", is{bounce: true, auto: true}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := parsed(t, c.raw)
			if got := (is{m.Bounce, m.AutoReply, m.Automatic}); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// A bounce is tied to what bounced by the message it returns.
func TestABounceNamesWhatBounced(t *testing.T) {
	t.Parallel()
	m := parsed(t, "From: MAILER-DAEMON@x.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n"+
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; wang@example.net\nAction: failed\nStatus: 5.1.1\n"+
		"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <t1-2-abc.q@example.org>\nReferences: <t1-2-abc.0@example.org>\n--b--\n")
	if d := cmp.Diff([]string{"<t1-2-abc.q@example.org>", "<t1-2-abc.0@example.org>"}, m.References); d != "" {
		t.Error(d)
	}
}
