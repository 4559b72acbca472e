// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// The house's own text with placeholders in it says, once they are filled in, what the house's
// own letter says: an administrator who changes one word changes one word.
func TestN19_N20_TheHousesOwnTextIsWhereAnAdministratorBegins(t *testing.T) {
	t.Parallel()
	for _, what := range notify.Editable() {
		for _, l := range i18n.Langs() {
			n := notice(what, l)
			switch what { // the notice of these tests says more than such a fact does
			case notify.Replied, notify.Answered:
			case notify.Assigned, notify.HandedOver:
				n.Files, n.Text, n.Owner = nil, "", false
			default:
				n.Files = nil
			}
			if what != notify.HandedOver {
				n.Note = ticket.HandOverNote{}
			}
			own := render(t, n)
			draft := email.Letters{}.Draft(what, l)
			names, whole := notify.Names(draft.Subject + "\n" + draft.Body)
			if !whole {
				t.Errorf("%s %s: a placeholder is not whole in\n%s", what, l, draft.Body)
			}
			for _, name := range names {
				known := false
				for _, k := range what.Placeholders() {
					known = known || k == name
				}
				if !known {
					t.Errorf("%s %s: {{%s}} is not on its list", what, l, name)
				}
			}
			for _, need := range what.Needs() {
				if !strings.Contains(draft.Body, "{{"+need.Name+"}}") {
					t.Errorf("%s %s: {{%s}} is missing in\n%s", what, l, need.Name, draft.Body)
				}
			}
			n.Custom = &draft
			got := render(t, n)
			if got.Subject != own.Subject || got.Text != own.Text {
				t.Errorf("%s %s:\n--- own\n%s\n%s\n--- from the draft\n%s\n%s", what, l, own.Subject, own.Text, got.Subject, got.Text)
			}
			if got.HTML != own.HTML {
				t.Errorf("%s %s: the HTML differs\n%s\n%s", what, l, own.HTML, got.HTML)
			}
		}
	}
}

func TestS10_ValuesAreTextAndStayInTheirPlace(t *testing.T) {
	t.Parallel()
	n := notice(notify.Replied, i18n.ZH)
	n.Subject, n.By, n.Text = "a\r\nBcc: x@example.net", "<b>{{link}}</b>", "<script>alert(1)</script> {{hotline}}"
	n.Custom = &notify.Letter{Subject: "{{number}} {{subject}}", Body: "{{by}} 说：\n\n{{text}}\n\n打开：{{link}}"}
	got := render(t, n)
	if strings.ContainsAny(got.Subject, "\r\n") {
		t.Errorf("subject %q", got.Subject)
	}
	if strings.Contains(got.HTML, "<script") || strings.Contains(got.HTML, "<b>") || !strings.Contains(got.HTML, "&lt;b&gt;{{link}}&lt;/b&gt;") {
		t.Errorf("%s", got.HTML)
	}
	if !strings.Contains(got.Text, "{{hotline}}") || !strings.Contains(got.HTML, ">打开</a>") {
		t.Errorf("a value is no placeholder, and an address behind a label is a button:\n%s\n%s", got.Text, got.HTML)
	}
}

func TestAParagraphThatHasNothingToSayIsLeftOut(t *testing.T) {
	t.Parallel()
	n := notice(notify.Acknowledged, i18n.ZH)
	n.Sign = "网络组\n8001"
	n.Custom = &notify.Letter{Subject: "{{number}}", Body: "编号 {{number}}。\n\n热线 {{hotline}}。\n\n{{link}}\n\n——\n{{desk}}"}
	n.Hotline = ""
	got := render(t, n)
	if strings.Contains(got.Text, "热线") || !strings.Contains(got.Text, "网络组\n8001\n\n——\nIT 服务台") {
		t.Errorf("%s", got.Text)
	}
}

// TestN29_GatheredNewsKeepsItsWordings: several things in one letter are each told in the words that
// an administrator gave them; greeting, link and small print stand once.
func TestN29_GatheredNewsKeepsItsWordings(t *testing.T) {
	t.Parallel()
	reply := notify.Letter{Subject: "{{number}} 有回复", Body: "{{name}}，您好：\n\n{{by}}说：\n\n{{text}}\n\n附件：{{files}}\n\n去看看：\n{{link}}\n\n——\n内部热线 {{hotline}}"}
	wait := notify.Letter{Subject: "{{number}} 要等", Body: "尊敬的{{name}}：\n\n事情卡住了。\n\n卡在：{{stuck}}\n\n在做：{{doing}}\n\n下次：{{next}}\n\n查看：{{link}}\n\n——\n勿念"}
	first, blocked := notice(notify.Replied, i18n.ZH), notice(notify.Blocked, i18n.ZH)
	blocked.Files = nil
	count := func(text string, want map[string]int) {
		t.Helper()
		for words, n := range want {
			if got := strings.Count(text, words); got != n {
				t.Errorf("%q stands %d times, want %d in\n%s", words, got, n, text)
			}
		}
	}

	first.Custom, blocked.Custom = &reply, &wait
	first.Also = []notify.Notice{blocked}
	got := render(t, first)
	count(got.Text, map[string]int{
		"王海燕，您好": 1, "林岚说：": 1, "尊敬的": 0, "事情卡住了": 1, "厂商未答复": 1, "电话催办": 1, "去看看": 1, "查看": 0, "勿念": 0, "内部热线 8000": 1, "截图.png": 1,
	})
	if strings.Index(got.Text, "事情卡住了") > strings.Index(got.Text, "去看看") || !strings.Contains(got.Subject, "LD-1042") || strings.Contains(got.Subject, "有回复") {
		t.Errorf("%s\n%s", got.Subject, got.Text)
	}

	first.Custom = nil // the house's letter with a worded rider
	count(render(t, first).Text, map[string]int{"事情卡住了": 1, "尊敬的": 0, "勿念": 0, "查看进展": 1})
	first.Custom, first.Also[0].Custom = &reply, nil // and the other way round
	count(render(t, first).Text, map[string]int{"林岚说：": 1, "厂商未答复": 1, "查看进展": 0, "去看看": 1, "内部热线": 1})

	again := notice(notify.Replied, i18n.ZH)
	again.Custom = &reply
	first.Also = []notify.Notice{again}
	if got := render(t, first); got.Subject != "LD-1042 有回复" {
		t.Errorf("several replies are called %q", got.Subject)
	}
}

// TestN30_N35_WhoTakesPartReadsOfTheRequest: not of "your" request, and finds the way out in the
// house's words as in an administrator's.
func TestN30_N35_WhoTakesPartReadsOfTheRequest(t *testing.T) {
	t.Parallel()
	own := notify.Letter{Subject: "{{number}}", Body: "{{what}}\n\n{{reason}}\n\n{{link}}"}
	for _, what := range []notify.Template{notify.Replied, notify.Blocked, notify.Closed} {
		for lang, want := range map[i18n.Lang][3]string{
			i18n.ZH: {"您参与的请求 LD-1042", "您的请求", "不再参与这个请求：\nhttps://desk.example.org/t/vabc#leave"},
			i18n.EN: {"request LD-1042, in which you take part", "our request LD-1042", "Leave this request:\nhttps://desk.example.org/t/vabc#leave"},
		} {
			n := notice(what, lang)
			n.Answer, n.Leave, n.Reopen = "", n.Link+"#leave", 0
			for range 2 {
				got := render(t, n)
				if !strings.Contains(got.Text, want[0]) || strings.Contains(got.Text, want[1]) || !strings.Contains(got.Text, want[2]) || !strings.Contains(got.HTML, "#leave") {
					t.Errorf("%s %s:\n%s", what, lang, got.Text)
				}
				if n.Custom = &own; what == notify.Replied { // has no sentence of the house's
					break
				}
			}
		}
	}
}
