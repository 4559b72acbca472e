// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// A form with conditions, on a phone, in both languages: what follows from an answer appears at once,
// what is left out is marked, and nobody is shut out by it (N15, N21).
func TestN15_N21_AFormWithConditionsOnAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "远程接入", NameEN: "Remote access"}, 0)
	if err == nil {
		_, err = h.Catalog.SaveForm(t.Context(), access.Desk(), c.ID, form.Form{
			{Name: "where", Kind: form.Choice, Label: "在哪里连", LabelEN: "Where do you connect from", By: form.ToRecord, Options: []form.Option{{Value: "home", Label: "家里", LabelEN: "Home"}, {Value: "site", Label: "公司", LabelEN: "Office"}}},
			{Name: "line", Kind: form.Text, Label: "家里用谁的宽带", LabelEN: "Whose line is it", By: form.ToRecord, Show: form.Rule{Tests: []form.Test{{Field: "where", Op: form.Is, Value: "home"}}}},
		}, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh-CN", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			b := asRequester(t, h)
			b.provoke(422)
			b.speak(lang)
			b.size(narrow)
			b.goTo("/new")
			b.arrives("/new")
			b.tabTo("#f-text")
			b.write("VPN 连不上 / cannot connect")
			b.run(fmt.Sprintf(`const s=document.querySelector("#f-category"); s.value="%d"; s.dispatchEvent(new Event("change",{bubbles:true}))`, c.ID))
			b.sees("the first question alone", `document.querySelector("[data-question=where]") && document.querySelector("[data-question=line]")?.hidden`)
			b.tap(map[string]string{"zh-CN": "家里", "en": "Home"}[lang])
			b.sees("the question that follows", `!document.querySelector("[data-question=line]").hidden`)
			b.accessible("the form")
			b.tap(map[string]string{"zh-CN": "提交", "en": "Submit"}[lang])
			b.sees("what was left out", `document.readyState === "complete" && document.querySelector("#f-a_line[aria-invalid=true]") && document.querySelector("#f-text").value.startsWith("VPN")`)
			b.accessible("the refused form")
			b.tabTo("#f-a_line")
			b.write("自家的宽带")
			b.tap(map[string]string{"zh-CN": "提交", "en": "Submit"}[lang])
			b.sees("the request", `location.pathname.startsWith("/requests/LD-") && document.readyState === "complete"`)
			b.sees("how complete it is", `document.querySelector("#answer #meter")`)
			b.accessible("the request with its gaps")
			v := numbered(t, h, eval[string](b, `location.pathname.split("/").pop()`))
			if got := v.Detail.Form.Answers["line"]; len(got) != 1 || got[0] != "自家的宽带" {
				t.Errorf("the form holds %v", v.Detail.Form.Answers)
			}
		})
	}
}

// What is missing is asked for by the agent with one press, answered on a phone by presses, and the
// agent's page fills by itself (N15).
func TestN15_GapsAreAskedForAndAnsweredOnAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := work(t, h, ask(t, h, "打印机卡纸，月结单打不出来"), ticket.Accept{})
	agent, user := asAgent(t, h), asRequester(t, h)
	agent.goTo("/work/tickets/" + v.Ref())
	agent.arrives("/work/tickets/" + v.Ref())
	agent.tabTo("#item-ask summary")
	agent.press("Enter")
	agent.sees("the form in place", `document.querySelector("#rail-ask")?.checkVisibility()`)
	agent.tabTo("#rail-ask button")
	agent.press("Enter")
	agent.sees("the question in the thread", `document.querySelector("#thread .msg.pub")?.innerText.includes("1.")`)

	user.size(narrow)
	user.goTo("/requests/" + v.Ref())
	user.arrives("/requests/" + v.Ref())
	user.sees("what the desk asks", `document.querySelector("#answer.call")`)
	user.accessible("the questions")
	user.tap("今天开始")
	user.sees("one question less", `document.readyState === "complete" && document.querySelector("#answer") && !document.querySelector("#f-since")`)
	user.tap("只有我")
	user.sees("two less", `document.readyState === "complete" && document.querySelector("#answer") && !document.querySelector("[name=people_unknown]")`)
	agent.sees("the answers in the record", `document.body.innerText.includes("2026-03-02 开始") && document.body.innerText.includes("只有我")`)
	if got := now(t, h, v).Detail.Intake; got[ticket.Since].Value != "2026-03-02 开始" || got[ticket.People].Value != "只有我" {
		t.Errorf("%+v", got)
	}
}

// accessible fails for what axe objects to in the page as it stands, on a phone on which nothing
// lies below the bars at its ends.
func (b *tab) accessible(what string) {
	b.Helper()
	b.size(tall)
	for _, v := range b.violations() {
		b.Errorf("%s: %s", what, v)
	}
	b.size(narrow)
}
