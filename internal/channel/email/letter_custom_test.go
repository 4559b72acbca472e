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
