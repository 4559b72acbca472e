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

func TestF35_AnsweringMachinesAreKnownAndPeopleAreNot(t *testing.T) {
	t.Parallel()
	const reply = "In-Reply-To: <a@desk.example>\n"
	for name, x := range map[string]struct {
		head, body string
		want       bool
	}{
		"RFC 3834":                        {"Subject: x\nAuto-Submitted: auto-replied\n", "x", true},
		"Chinese":                         {"Subject: 自动回复：[LD-12] 打印机\n", "我在休假", true},
		"Chinese, in brackets":            {"Subject: 【自动回复】打印机\n" + reply, "我在休假", true},
		"on leave":                        {"Subject: 休假：打印机\n" + reply, "下周一回来", true},
		"away, with a reason":             {"Subject: 外出自动回复（出差）：Re: 打印机\n", "周五回来", true},
		"Out of Office":                   {"Subject: Out of Office: Re: printer\n", "back on Monday", true},
		"says so in its words":            {"Subject: Re: 打印机\n" + reply, "您好，此邮件为自动回复。您的来信已收到。", true},
		"a person about an automatic one": {"Subject: 自动回复设置不了\n", "Outlook 的自动回复怎么开？", false},
		"a person who writes about leave": {"Subject: Re: 打印机\n" + reply, "我明天开始休假，麻烦今天处理一下。", false},
		"a person with a colon":           {"Subject: 休假：审批流程走不了\n", "提交时报错", false},
	} {
		m, err := mail.Read(crlf("From: li@corp.example\n"+x.head+"Content-Type: text/plain; charset=utf-8\n\n"+x.body+"\n"), mail.Standard())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if m.Replied() != x.want {
			t.Errorf("%s: %v", name, m.Replied())
		}
	}
}
