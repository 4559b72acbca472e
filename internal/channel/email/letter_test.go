// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// notice is one with every field filled, so that a letter can show whatever it speaks of.
func notice(what notify.Template, lang i18n.Lang) notify.Notice {
	at := time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)
	n := notify.Notice{
		Visit:  ticket.VisitNote{Step: ticket.VisitFixed, Place: "总部 3 层", Times: []ticket.Span{{From: time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC)}}},
		Raised: escalation.Raised{Clock: "response", Due: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), Gap: true, Passed: 2}, As: escalation.Leads,
		Template: what, Lang: lang, Zone: time.FixedZone("CST", 8*3600), At: at, Desk: "IT 服务台", Hotline: "8000", Reader: "王海燕",
		Ref: "LD-1042", Subject: "打印机没反应", Link: "https://desk.example.org/t/vabc", Answer: "https://desk.example.org/t/vabc#confirm",
		By: "林岚", Next: at.Add(2*time.Hour + 30*time.Minute), Text: "请看 https://wiki.example.org/a 再试\n<b>第二行</b>", Files: []string{"截图.png", "b.pdf"},
		Wait: ticket.ForVendor, Stuck: "厂商未答复", Doing: "电话催办", Outcome: ticket.Cancelled, Into: "LD-7", Reopen: 14,
		Solution: ticket.Solution{Text: "换了交换机\n端口 3", Cause: "端口坏", Prevention: "监控端口", Verify: []string{"重新登录", "打印一页"}},
		Note:     ticket.HandOverNote{Done: "重启过", Why: "要换硬件", Needed: "备件"}, Owner: true, Assignee: true, Minutes: 30,
		Address: "lan@example.net", About: notify.Replied, Reason: "notify.came_back",
		Approval: notify.Approval{Step: ticket.ApprovalDropped, Title: "开通写权限", Content: "F:\\finance\n三个月", Note: "结账", Asker: "林岚", For: "王海燕", Instead: "刘总", By: at, Comment: "改只读", Reason: "approval.because_left"},
	}
	if what == notify.Acknowledged {
		n.Reader, n.Subject, n.By, n.Text, n.Files = "", "", "", "", nil
	}
	return n
}

func render(t *testing.T, n notify.Notice) notify.Body {
	t.Helper()
	b, err := email.Letters{}.Render(n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestN20_TheAcknowledgement(t *testing.T) {
	t.Parallel()
	for lang, want := range map[i18n.Lang]notify.Body{
		i18n.ZH: {Subject: "[LD-1042] 您的请求已受理", Text: `您好：

您的请求已受理，编号 LD-1042。

今天（11 月 25 日）17:00 前，支持人员会与您联系。

查看进展：
https://desk.example.org/t/vabc

——
直接回复这封邮件，也能补充信息。
急事可拨打 8000。
IT 服务台
`},
		i18n.EN: {Subject: "[LD-1042] Your request has been received", Text: `Hello,

Your request has been received. Its number is LD-1042.

A member of the support staff will be in touch by today 17:00 (2026-11-25).

Follow the request:
https://desk.example.org/t/vabc

——
A reply to this mail adds to the request.
If it is urgent, call 8000.
IT 服务台
`},
	} {
		got := render(t, notice(notify.Acknowledged, lang))
		got.HTML = ""
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", lang, d)
		}
	}
}

func TestN35_TheSolutionAsksForTheUsersWord(t *testing.T) {
	t.Parallel()
	want := `王海燕，您好：

您的请求 LD-1042 已有解决方案。

解决方案：
换了交换机
端口 3

原因：端口坏

怎样避免再次发生：监控端口

怎样确认已恢复：
1. 重新登录
2. 打印一页

现在恢复了吗？

已恢复：
https://desk.example.org/t/vabc#confirm
还没好：
https://desk.example.org/t/vabc#confirm

今天（11 月 25 日）17:00 前没有收到您的答复，会按“超时关闭（未确认）”结束，不会当作您已确认。

查看进展：
https://desk.example.org/t/vabc

——
直接回复这封邮件，也能补充信息。
急事可拨打 8000。
IT 服务台
`
	n := notice(notify.Solved, i18n.ZH)
	n.Text, n.Files = "", nil
	if d := cmp.Diff(want, render(t, n).Text); d != "" {
		t.Error(d)
	}
}

// TestN32_ASolutionIsToldWithoutTheQuestionWhereTheWordWasGiven: what was done, and the way to the request.
func TestN32_ASolutionIsToldWithoutTheQuestionWhereTheWordWasGiven(t *testing.T) {
	t.Parallel()
	for lang, want := range map[i18n.Lang]string{i18n.ZH: "[LD-1042] 解决方案：打印机没反应", i18n.EN: "[LD-1042] Solution: 打印机没反应"} {
		n := notice(notify.Solved, lang)
		n.Text, n.Files, n.Answer, n.Next = "", nil, "", time.Time{}
		b := render(t, n)
		if b.Subject != want {
			t.Errorf("%s", b.Subject)
		}
		for _, key := range []string{"mail.ask", "mail.not_yet"} {
			if strings.Contains(b.Text, i18n.T(lang, key)) {
				t.Errorf("it asks:\n%s", b.Text)
			}
		}
		for _, said := range []string{"换了交换机", "打印一页", "https://desk.example.org/t/vabc"} {
			if !strings.Contains(b.Text, said) {
				t.Errorf("%s is missing in\n%s", said, b.Text)
			}
		}
	}
}

// visible is what a reader of the HTML sees and where its links lead.
func visible(document string) string {
	document = regexp.MustCompile(`(?s)<head>.*</head>`).ReplaceAllString(document, "")
	document = regexp.MustCompile(`href="([^"]*)"`).ReplaceAllString(document, `>$1<x `)
	document = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(document, " ")
	return strings.ReplaceAll(strings.Join(strings.Fields(html.UnescapeString(document)), " "), "：", " ")
}

func TestEveryLetterSaysTheSameInBothForms(t *testing.T) {
	t.Parallel()
	for _, what := range append(notify.Templates(), notify.TestLetter, notify.PasswordLetter, notify.SignInLetter, notify.NewsLetter) {
		for _, lang := range i18n.Langs() {
			t.Run(string(what)+"/"+string(lang), func(t *testing.T) {
				t.Parallel()
				b := render(t, notice(what, lang))
				seen := visible(b.HTML)
				for _, all := range []string{b.Subject, b.Text, b.HTML} {
					if strings.Contains(all, "⟦") || all == "" {
						t.Errorf("a word is missing in %s", all)
					}
				}
				for piece := range strings.FieldsSeq(strings.ReplaceAll(b.Text, "：", " ")) {
					piece = strings.Trim(piece, ":—")
					if !strings.Contains(seen, piece) && !regexp.MustCompile(`^\d+\.$`).MatchString(piece) {
						t.Errorf("the document does not say %q:\n%s", piece, seen)
					}
				}
				if !strings.Contains(b.Text, "https://desk.example.org/t/vabc") || strings.Contains(b.HTML, "<table") || strings.Contains(b.HTML, "<b>") || strings.Contains(b.HTML, "<script") {
					t.Errorf("%s\n%s", b.Text, b.HTML)
				}
				if lang == i18n.EN && !strings.Contains(b.HTML, `<html lang="en">`) {
					t.Error("the document does not say its language")
				}
			})
		}
	}
}

func TestEveryWaitAndEndIsWritten(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs() {
		for _, w := range ticket.WaitingReasons() {
			if w == ticket.Blocked {
				continue
			}
			n := notice(notify.Waiting, lang)
			n.Wait = w
			if b := render(t, n); strings.Contains(b.Text, "⟦") {
				t.Errorf("%s: %s", w, b.Text)
			}
		}
		for _, as := range []ticket.Outcome{ticket.Confirmed, ticket.Unconfirmed, ticket.Cancelled, ticket.Duplicate, ticket.Invalid} {
			n := notice(notify.Closed, lang)
			n.Outcome = as
			b := render(t, n)
			if strings.Contains(b.Text, "⟦") || strings.Contains(b.Text, "LD-7") != (as == ticket.Duplicate) {
				t.Errorf("%s: %s", as, b.Text)
			}
		}
		for _, what := range notify.Templates() { // by the desk itself
			n := notice(what, lang)
			n.By = ""
			if b := render(t, n); strings.Contains(b.Text, "⟦") {
				t.Errorf("%s: %s", what, b.Text)
			}
		}
	}
}

func TestN35_ClosedWithoutAWordIsNeverCalledConfirmed(t *testing.T) {
	t.Parallel()
	zh, en := render(t, notice(notify.TimeUp, i18n.ZH)), render(t, notice(notify.TimeUp, i18n.EN))
	if !strings.Contains(zh.Subject, "超时关闭（未确认）") || !strings.Contains(zh.Text, "超时关闭（未确认）") {
		t.Error(zh)
	}
	if !strings.Contains(en.Subject, "not confirmed") || !strings.Contains(en.Text, "does not count as confirmed") {
		t.Error(en)
	}
}

func TestATimeFarAwayIsADate(t *testing.T) {
	t.Parallel()
	n := notice(notify.Acknowledged, i18n.ZH)
	n.Next = n.At.Add(30 * 24 * time.Hour)
	if b := render(t, n); !strings.Contains(b.Text, "12 月 25 日 14:30 前") || strings.Contains(b.Text, "（") {
		t.Error(b.Text)
	}
	n.Next = n.At.Add(3 * 24 * time.Hour)
	if b := render(t, n); !strings.Contains(b.Text, "周六（11 月 28 日）14:30") {
		t.Error(b.Text)
	}
	n.Next = time.Time{}
	if b := render(t, n); strings.Contains(b.Text, "联系") {
		t.Errorf("a time is told that nobody knows: %s", b.Text)
	}
}
