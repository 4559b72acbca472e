// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Two agents write to the requester. The one whose page has moved along by itself, and who has
// not seen the other's answer, is told of it before a second letter leaves, and keeps the words;
// notes and fields of a colleague stop nobody.
func TestNobodyAnswersPastAnAnswerUnseen_N13(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	for i := range 14 {
		work(t, h, v, ticket.Note{Say: ticket.Say{Text: "第 " + strconv.Itoa(i) + " 次检查，线缆和接口都看过，没有松动"}})
	}
	boss := h.Person(access.Lead)
	b, other := asAgent(t, h), open(t, h.URL)
	other.signIn(boss.Email)
	b.provoke(http.StatusPreconditionFailed)
	for _, tab := range []*tab{b, other} {
		tab.goTo("/work/tickets/" + v.Ref())
	}
	b.press("r")
	b.focused("#reply textarea")
	b.write("请把投影换到二号口")
	b.run(`document.querySelector("[data-thread]").closest(".scroll").scrollTop = 0`)
	other.press("r")
	other.focused("#reply textarea")
	other.write("请不要动投影，我们带新的来")
	other.press("ctrl+Enter")
	b.sees("that something came in", `document.querySelector(".newer") && [...document.querySelectorAll(".msg.pub")].some(m => m.innerText.includes("不要动投影"))`)
	b.press("ctrl+Enter")
	b.sees("who answered, beside what was typed", fmt.Sprintf(`document.querySelector("#reply .er")?.innerText.includes(%q) && document.querySelector("#reply textarea").value === "请把投影换到二号口"`, boss.Name))
	b.holds("after the refusal")
	b.sees("a way to the answer", `document.querySelector(document.querySelector("#reply .hints a[href^='#e-']").getAttribute("href")).innerText.includes("不要动投影")`)
	if texts := said(t, h, v); slices.Contains(texts, "请把投影换到二号口") {
		t.Fatalf("a second letter left unasked: %q", texts)
	}

	// Asked once; what stays inside asks nobody.
	lead(t, h, v, "备用投影在 302")
	b.sees("the note", `document.querySelector("#thread").innerText.includes("备用投影在 302")`)
	b.press("ctrl+Enter")
	b.sees("the reply", `[...document.querySelectorAll(".msg.pub")].some(m => m.innerText.includes("换到二号口"))`)
}

// Whoever has seen the other's words goes on without a question, and so does whoever had not begun.
func TestWhatWasSeenAsksNothing(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	boss := apptest.Actor(h.Person(access.Lead), "web")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	answer := func(text string) {
		t.Helper()
		if _, err := h.Tickets.Do(t.Context(), boss, ticket.Target{ID: v.ID}, ticket.Reply{Say: ticket.Say{Text: text}}); err != nil {
			t.Fatal(err)
		}
		b.sees(text, fmt.Sprintf(`document.querySelector("#thread").innerText.includes(%q)`, text))
	}
	before := eval[string](b, `document.querySelector("#reply input[name=heard]").value`)
	answer("我先看一下")
	b.sees("that an empty reply moves along", fmt.Sprintf(`document.querySelector("#reply input[name=heard]").value > %q`, before))
	b.press("r")
	b.focused("#reply textarea")
	b.write("投影的灯泡到了寿命")
	before = eval[string](b, `document.querySelector("#reply input[name=heard]").value`)
	answer("灯泡明天到")
	b.run(`[...document.querySelectorAll(".msg.pub")].at(-1).scrollIntoView({block: "center"})`)
	b.sees("that it was seen", fmt.Sprintf(`document.querySelector("#reply input[name=heard]").value > %q`, before))
	b.press("ctrl+Enter")
	b.sees("the reply", `[...document.querySelectorAll(".msg.pub")].some(m => m.innerText.includes("到了寿命"))`)
}
