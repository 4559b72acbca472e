// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimLeft(s, "\n"), "\n", "\r\n"))
}

// The forms in which servers say that a mail did not arrive: by the standard, and in the words
// of the Chinese services.
func TestF35_S15_BouncesOfEveryKindAreReadAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	const ours = "<t1-2-abcdefghijklmnopqrstuvwxyz234567.9f3k@desk.example>"
	for name, x := range map[string]struct {
		raw              string
		receiver, status string
		answer           string
		final, hard, id  bool
	}{
		"standard, failed": {`
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: desk@desk.example
Subject: Undelivered Mail Returned to Sender
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; wang@corp.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <wang@corp.example>: Recipient address rejected: User unknown

--b
Content-Type: text/rfc822-headers

From: desk@desk.example
Message-ID: ` + ours + `
Subject: hello

--b--
`, "wang@corp.example", "5.1.1", "User unknown", true, true, true},
		"standard, delayed": {`
From: postmaster@mx.example
Subject: Delivery delayed
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

still being retried
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; wang@corp.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; 451 4.4.1 connection timed out

--b
Content-Type: message/rfc822

From: desk@desk.example
Message-ID: ` + ours + `

x
--b--
`, "wang@corp.example", "4.4.1", "timed out", false, false, true},
		"QQ": {`
From: PostMaster@qq.com
To: desk@desk.example
Subject: =?utf-8?B?57O757uf6YCA5L+h?=
Content-Type: text/html; charset=utf-8

<p>退信通知</p><p>很抱歉，您发送给 12345678@qq.com 的邮件被退回。</p><p>退信原因：收件人邮件地址（12345678@qq.com）不存在，邮件无法送达。</p><p>host mx3.qq.com said: 550 Mailbox not found</p><p>原邮件：` +
			strings.ReplaceAll(strings.ReplaceAll(ours, "<", "&lt;"), ">", "&gt;") + `</p>
`, "12345678@qq.com", "", "不存在", true, true, true},
		"163": {`
From: Postmaster@163.com
To: desk@desk.example
Subject: 系统退信
Content-Type: text/plain; charset=utf-8

抱歉，您的邮件被退回来了……
收件人：nobody@163.com
退信原因：
550 User not found: nobody@163.com

建议解决方案：核对收件人地址
`, "nobody@163.com", "5", "550 User not found", true, true, false},
		"Tencent Exmail, full": {`
From: postmaster@exmail.qq.com
To: desk@desk.example
Subject: 退信通知
Content-Type: text/plain; charset=utf-8

您的邮件未能投递成功
收件人: li@corp.example
失败原因: 对方邮箱已满，无法接收新邮件
`, "li@corp.example", "", "已满", true, false, false},
		"Aliyun": {`
From: postmaster@qiye.aliyun.com
To: desk@desk.example
Subject: 系统退信/Systems bounce
Content-Type: text/plain; charset=utf-8

退信地址：zhao@corp.example
错误信息：554 RCPT (zhao@corp.example) dosn't exist 该收件人不存在
`, "zhao@corp.example", "5", "554 RCPT", true, true, false},
		"Coremail, for now": {`
From: postmaster@corp.example
To: desk@desk.example
Subject: 邮件投递延迟通知
Content-Type: text/plain; charset=utf-8

收件人：li@other.example
原因：对方服务器暂时无法连接，系统将继续尝试投递
`, "li@other.example", "", "暂时无法连接", false, false, false},
	} {
		m, err := mail.Read(crlf(x.raw), mail.Standard())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !m.Bounced() {
			t.Errorf("%s: not seen as a bounce", name)
		}
		r := m.Returned()
		if r.Receiver != x.receiver || r.Status != x.status || !strings.Contains(r.Answer, x.answer) || r.Final != x.final || r.Hard != x.hard {
			t.Errorf("%s: %+v", name, r)
		}
		if slices.Contains(r.IDs, ours) != x.id {
			t.Errorf("%s: names %v", name, r.IDs)
		}
	}
}

// What a machine says in a field, or in the name that it gives to its answers, keeps a mail from
// being read. Words alone do less: the mail is read like any other and not acknowledged.
func TestF35_AnsweringMachinesAreKnownAndPeopleAreNot(t *testing.T) {
	t.Parallel()
	const reply = "In-Reply-To: <a@desk.example>\n"
	type is struct{ replied, automatic bool }
	for name, x := range map[string]struct {
		head, body string
		want       is
	}{
		"RFC 3834":                          {"Subject: x\nAuto-Submitted: auto-replied\n", "x", is{true, true}},
		"Chinese":                           {"Subject: 自动回复：[LD-12] 打印机\n", "我在休假", is{true, true}},
		"Chinese, in brackets":              {"Subject: 【自动回复】打印机\n" + reply, "我在休假", is{true, true}},
		"on leave, with an empty path":      {"Return-Path: <>\nSubject: 休假：打印机\n" + reply, "下周一回来", is{true, true}},
		"on leave, not to be answered":      {"X-Auto-Response-Suppress: All\nSubject: 休假：打印机\n" + reply, "下周一回来", is{true, true}},
		"on leave, by its words":            {"Subject: 休假：打印机\n" + reply, "下周一回来", is{false, true}},
		"on leave, quoting a subject":       {"Subject: OOO: Re: printer\n", "back on Monday", is{false, true}},
		"away, with a reason":               {"Subject: 外出自动回复（出差）：Re: 打印机\n", "周五回来", is{true, true}},
		"Out of Office":                     {"Subject: Out of Office: Re: printer\n", "back on Monday", is{true, true}},
		"says so in its words":              {"Subject: Re: 打印机\n" + reply, "您好，此邮件为自动回复。您的来信已收到。", is{false, true}},
		"says so in English":                {"Subject: Re: printer\n" + reply, "This is an automated response.\n\nWe got your mail.", is{false, true}},
		"a person about an automatic one":   {"Subject: 自动回复设置不了\n", "Outlook 的自动回复怎么开？", is{}},
		"a person who writes about leave":   {"Subject: Re: 打印机\n" + reply, "我明天开始休假，麻烦今天处理一下。", is{}},
		"a person with a colon":             {"Subject: 休假：审批流程走不了\n", "提交时报错", is{}},
		"a person who got an automatic one": {"Subject: Re: [LD-1001] VPN\n" + reply, "你好，我只收到一封自动回复邮件，已经两天了还没有人联系我，VPN 还是连不上。", is{}},
		"a person who quotes a machine": {
			"Subject: Re: scanner\n" + reply, "Hi, the error mail I get from the scanner says \"This message was automatically generated\" and then a code 0x80. What now?",
			is{},
		},
		"a person on a trip": {"Subject: 出差：VPN连不上\n" + reply, "在酒店连不上。", is{false, true}},
		"sent to a group":    {"Subject: 打印机\nX-Autogenerated: group\n", "卡纸了", is{}},
	} {
		m, err := mail.Read(crlf("From: li@corp.example\n"+x.head+"Content-Type: text/plain; charset=utf-8\n\n"+x.body+"\n"), mail.Standard())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := (is{m.Replied(), m.Automatic()}); got != x.want {
			t.Errorf("%s: %+v, want %+v", name, got, x.want)
		}
	}
}

// People work at postmaster@, and programs send alerts from there: neither brings a mail back.
func TestF35_N07_WhatComesFromAPostmasterIsNoBounceByItself(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"a person":                            "From: Zhang <postmaster@corp.example>\nSubject: 邮件发送失败，请协助\n\n给供应商的邮件发不出去。\n",
		"a person, with what it said":         "From: Zhang <postmaster@corp.example>\nSubject: 邮件发送失败，请协助\n\n收件人：li@other.example\n退信原因：550 User not found\n",
		"a person, in a server's word":        "From: Zhang <postmaster@corp.example>\nSubject: 退信\n\n今天很多人收到退信，请看一下。\n",
		"an alert":                            "From: Mail Gateway <postmaster@corp.example>\nSubject: [pmg] mail queue is growing, disk 95% full\nAuto-Submitted: auto-generated\n\nqueue length 4000\n",
		"an alert, with an empty path":        "Return-Path: <>\nFrom: MAILER-DAEMON@corp.example\nSubject: disk 95% full\n\n/var\n",
		"an alert about a mail that it keeps": "From: postmaster@corp.example\nSubject: Virus found\nAuto-Submitted: auto-generated\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfound\n--b\nContent-Type: message/rfc822\n\nFrom: a@x.example\n\nx\n--b--\n",
	} {
		m, err := mail.Read(crlf(raw), mail.Standard())
		if err != nil || m.Bounced() || m.Replied() {
			t.Errorf("%s: a bounce %v, an answer %v, %v", name, m.Bounced(), m.Replied(), err)
		}
	}
	for name, raw := range map[string]string{
		"the words of QQ":       "From: PostMaster@qq.com\nSubject: 来自qq.com的退信\n\n收件人 li@corp.example 未能收到\n退信原因：地址不存在\n",
		"a title and the mail":  "From: postmaster@corp.example\nSubject: Returned mail\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsorry\n--b\nContent-Type: message/rfc822\n\nFrom: a@x.example\n\nx\n--b--\n",
		"no title but the mail": "Return-Path: <>\nFrom: MAILER-DAEMON@corp.example\nSubject: Unzustellbar\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nleider\n--b\nContent-Type: message/rfc822\n\nFrom: a@x.example\n\nx\n--b--\n",
	} {
		m, err := mail.Read(crlf(raw), mail.Standard())
		if err != nil || !m.Bounced() {
			t.Errorf("%s: no bounce, %v", name, err)
		}
	}
}
