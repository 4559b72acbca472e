// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
)

// withText gives the desk a canned text: the choice of them stands in each composer.
func withText(t *testing.T, h *apptest.House) {
	t.Helper()
	if _, err := h.Texts.Save(t.Context(), access.Desk(), canned.Text{Lang: "zh", Short: "hello", Title: "hello", Body: "您好"}, 0); err != nil {
		t.Fatal(err)
	}
}

// A composer that came with an answer is as good as the one that came with the page: what is
// written in it is kept, checked and sent, and nothing meant for readers without a script is in it.
func TestAComposerWorksAfterItWasRenewed(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	withText(t, h)
	v := taken(t, h, "打印机卡纸")
	at := "/work/tickets/" + v.Ref()
	b := asAgent(t, h)
	b.goTo(at)
	sound := func(box string) {
		t.Helper()
		if n := eval[int](b, `document.querySelectorAll("#`+box+` form [name=canned]").length`); n != 0 {
			t.Errorf("the choice for readers without a script is in the box of the %s", box)
		}
	}
	b.press("n")
	b.focused("#note textarea")
	b.write("先记下：卡在二号纸盒")
	b.press("ctrl+Enter")
	b.sees("the note", `document.querySelector(".msg.note")?.innerText.includes("二号纸盒")`)
	sound("note")
	b.press("Escape", "n")
	b.focused("#note textarea")
	b.write("还没写完的内部备注")
	b.sees("the note kept", `/\d\d:\d\d/.test(document.querySelector("#note [data-draft-state]")?.textContent)`)
	b.press("Escape", "r")
	b.focused("#reply textarea")
	b.write("您好，我带一根新线过去")
	b.press("ctrl+Enter")
	b.sees("the reply", `document.querySelector(".msg.pub")?.innerText.includes("新线")`)
	b.sees("an empty composer", `!document.querySelector("#reply textarea")?.value`)
	b.press("Escape", "z")
	b.sees("the reply taken back", `document.querySelector("#reply textarea")?.value.includes("新线")`)
	sound("reply")
	b.focused("#reply textarea")
	b.write("表空间已清理。")
	b.sees("the wording checked", `document.querySelector("#wording [data-from]")`)
	b.sees("the reply kept", `/\d\d:\d\d/.test(document.querySelector("#reply [data-draft-state]")?.textContent)`)
	if said := eval[string](b, `document.querySelector("#problem")?.innerText ?? ""`); said != "" {
		t.Errorf("the page says %q", said)
	}
	b.goTo("/work")
	b.goTo(at)
	b.sees("the note as it was left", `document.querySelector("#note textarea").value === "还没写完的内部备注"`)
	b.press("n")
	b.focused("#note textarea")
	b.write("，接着写")
	b.sees("the note gone on with at its end", `document.querySelector("#note textarea").value === "还没写完的内部备注，接着写"`)
	b.press("Escape")
	b.sees("the reply as it was left", `document.querySelector("#reply textarea").value.includes("表空间已清理")`)
}

// What was typed a moment before the page is left is kept, also where a worker stands between the
// page and the desk.
func TestTheLastWordsAreKeptWhenThePageIsLeft(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "打印机卡纸")
	drafts := make(chan bool, 100)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Handler().ServeHTTP(w, r)
		if strings.HasSuffix(r.URL.Path, "/draft") {
			drafts <- true
		}
	}))
	t.Cleanup(web.Close)
	at := "/work/tickets/" + v.Ref()
	for _, worker := range []bool{false, true} {
		b := open(t, web.URL)
		b.signIn(h.Person(access.Agent).Email)
		if worker {
			b.run(`await navigator.serviceWorker.register("/sw.js?lang=zh-CN"); await navigator.serviceWorker.ready`)
			b.sees("a worker", `navigator.serviceWorker.controller`)
		}
		for how, leave := range map[string]func(){
			"another address": func() { b.goTo("/work") },
			"a link":          func() { b.press("Escape", "Escape"); b.click("#bar a") },
			"reloaded":        func() { b.do(chromedp.Reload()) },
			"closed":          func() { b.run(`setTimeout(() => location.replace("about:blank"))`) },
		} {
			text := "离开前一刻写的：" + how
			b.goTo(at)
			b.sees("a worker or none", `!!navigator.serviceWorker.controller === `+strconv.FormatBool(worker))
			b.press("n")
			b.focused("#note textarea")
			b.run(`document.activeElement.value = ""`)
			b.write(text)
			leave()
			select {
			case <-drafts:
			case <-time.After(patience):
				t.Errorf("worker %t, %s: the desk was told nothing", worker, how)
			}
			b.goTo(at)
			b.sees("the words as they were left", `document.querySelector("#note textarea").value === `+quote(text))
		}
	}
}

// A larger act that is folded away by Escape, or for another, has what was typed when it is opened
// again; a solution is kept by the desk as well.
func TestALargerActKeepsWhatWasTypedWhenItIsFoldedAway(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "打印机卡纸")
	b := asAgent(t, h)
	at := "/work/tickets/" + v.Ref()
	b.goTo(at)
	folded := func() {
		t.Helper()
		b.press("Escape")
		b.sees("the act folded away", `document.querySelector("#act").hidden`)
	}
	for key, field := range map[string]string{"i": "#act-diagnose-hypothesis", "h": "#act-hold-stuck", "t": "#act-hand-over-done"} {
		open := func() {
			t.Helper()
			b.press(key)
			b.sees("the form of "+key, `document.querySelector("`+field+`")?.checkVisibility() && document.querySelector("#act").contains(document.activeElement)`)
		}
		open()
		b.run(`document.querySelector("` + field + `").focus()`)
		b.write("写到一半：" + key)
		folded()
		open()
		b.sees("the words of "+key+" again", `document.querySelector("`+field+`").value === "写到一半：`+key+`"`)
		folded()
	}
	b.press("i")
	b.focused("#act-diagnose-hypothesis")
	b.press("ctrl+Enter") // two fields are empty: the browser or the desk refuses
	folded()

	b.press("e")
	b.focused("#act-resolve-solution")
	b.write("换了搓纸轮")
	b.run(`document.querySelector("#act [data-add-row]").click()`)
	b.sees("a second step", `document.querySelectorAll("#act input[name=verify]").length === 2`)
	b.write("试打十页")
	folded()
	b.press("e")
	b.sees("the solution again", `document.querySelector("#act-resolve-solution")?.value === "换了搓纸轮" && [...document.querySelectorAll("#act input[name=verify]")].map(i => i.value).join("") === "试打十页"`)
	b.sees("what the requester will get, with it", `document.querySelector("#preview").innerText.includes("换了搓纸轮")`)
	b.focused("#act-resolve-solution")
	b.write("，已试打")
	b.sees("that one goes on where one stopped", `document.activeElement.value === "换了搓纸轮，已试打"`)
	folded()
	b.press("h") // another act in its place
	b.sees("the words of h still", `document.querySelector("#act-hold-stuck")?.value === "写到一半：h"`)
	folded()
	b.comes(`await fetch("` + at + `/resolve").then(r => r.text()).then(t => t.includes("已试打"))`)
	b.goTo(at + "/resolve")
	b.sees("the solution from the desk", `document.querySelector("#act-resolve-solution").value === "换了搓纸轮，已试打"`)
}

// U begins a word about how it goes: it opens the composer, puts the word behind what is written
// there, once, and the focus is at its end; nothing is sent by it.
func TestN29_UPutsTheWordAboutProgressIntoTheReply(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "打印机卡纸")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	atEnd := `(a => a.id === "f-reply" && a.checkVisibility() && a.selectionStart === a.value.length)(document.activeElement)`
	b.press("u")
	b.sees("the word, with the focus at its end", atEnd+` && document.activeElement.value.includes("王海燕")`)
	word := eval[string](b, `document.activeElement.value`)
	b.press("Escape", "u")
	b.sees("the word once", atEnd+` && document.activeElement.value === `+quote(word))
	b.write("另外：纸盒已换。")
	b.press("Escape", "u")
	b.sees("the word behind what was written", atEnd+` && document.activeElement.value === `+quote(word+"另外：纸盒已换。\n"+word))
	b.press("Escape", "e")
	b.focused("#act-resolve-solution")
	b.run(`document.activeElement.blur()`)
	b.press("u")
	b.sees("nothing put into a larger act", `!document.querySelector("#act-resolve-solution").value.includes("王海燕")`)
	if texts := said(t, h, v); len(texts) != 1 {
		t.Errorf("the thread holds %q", texts)
	}
}
