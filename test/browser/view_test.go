// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

// What is wrong with one condition is said at it; mended, the condition holds, and the focus is where
// it was. A condition that was added has the focus.
func TestAConditionIsMendedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAgent(t, h)
	b.speak("en")
	b.goTo("/work/views/new")
	b.tabTo(`[id="act-add:0"]`)
	b.press("Enter")
	b.focused(`[id="field-0.1"]`)
	b.sees("the whole of what it asks for", `(e => { e.selectedIndex = [...e.options].findIndex(o => o.value === "silent"); const c = document.createElement("canvas").getContext("2d"); c.font = getComputedStyle(e).font; return c.measureText(e.selectedOptions[0].text).width + 38 <= e.clientWidth + 1 })(document.querySelector('[id="field-0.1"]'))`)
	b.run(`document.querySelector('[id="field-0.1"]').dispatchEvent(new Event("change", {bubbles: true}))`)
	b.sees("a field for the time", `document.querySelector('input[id="val-0.1-0"]')`)
	b.sees("a hint as small as the others", `getComputedStyle(document.querySelector('[id="cond-0.1"] .hp')).fontSize === "12px"`)
	b.tabTo(`[id="val-0.1-0"]`)
	b.provoke(http.StatusUnprocessableEntity)
	b.write("abc")
	b.press("Tab")
	b.sees("that it is wrong, at it and nowhere else", `document.querySelector('[id="val-0.1-0"][aria-invalid=true]') && document.querySelector('[id="cond-0.1"] .er').innerText.includes("abc") && document.querySelectorAll("#builder .er").length === 1 && !document.querySelector("textarea[aria-invalid]")`)
	for _, v := range b.violations() {
		t.Errorf("with a wrong condition: %s", v)
	}
	b.run(`document.querySelector('[id="val-0.1-0"]').select()`)
	b.run(`document.querySelector('[id="val-0.1-0"]').focus()`)
	b.write("2h")
	b.press("Tab")
	b.sees("the condition, and what it says", `document.querySelector('[id="val-0.1-0"]')?.value === "2h" && !document.querySelector("#builder .er") && document.querySelector("#f-text").value.includes("2h")`)
	b.focused(`[id="act-drop:0.1"]`)

	// What is wrong elsewhere takes nothing from it either.
	b.run(`const e = document.querySelector('[id="val-0.1-0"]'); e.focus(); e.select()`)
	b.write("xyz")
	b.press("Tab")
	b.sees("that it is wrong again", `document.querySelector('[id="cond-0.1"] .er')`)
	b.run(`const e = document.querySelector('[id="val-0.1-0"]'); e.value = "3h"; document.querySelector("#act-save").click()`)
	b.sees("that the name is missing, and the condition", `document.querySelector("input[name=name][aria-invalid=true]") && document.querySelector('[id="val-0.1-0"]')?.value === "3h" && document.querySelector("#f-text").value.includes("3h")`)
	b.run(`document.querySelector('[id="act-drop:0.1"]').focus()`)
	b.press("Enter")
	b.focused(`[id="act-add:0"]`)
}

// Somebody else changed the view meanwhile: the way to the latest stands where it is said, and to save
// again saves. What is shared says who made it.
func TestAViewThatWasChangedMeanwhileLeadsToTheLatest(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asLead(t, h)
	b.goTo("/work/views/new")
	b.run(`document.querySelector("[name=name]").value = "大家的"; document.querySelector("[name=shared]").value = "all"; document.querySelector("#act-save").click()`)
	b.sees("the list", `location.pathname === "/work" && new URLSearchParams(location.search).get("view")`)
	id := eval[string](b, `new URLSearchParams(location.search).get("view").slice(1)`)
	b.goTo("/work/views")
	b.sees("who made it", `document.querySelector("#view-`+id+`").innerText.includes("建立")`)
	b.goTo("/work/views/" + id)
	b.run(`const d = new FormData(document.querySelector("#builder")); d.set("name", "改过的"); d.set("act", "save"); await fetch("/work/views/edit", {method: "POST", body: new URLSearchParams(d), redirect: "manual"})`)
	b.provoke(http.StatusPreconditionFailed)
	b.run(`document.querySelector("[name=name]").value = "我的名字"; document.querySelector("#act-save").click()`)
	b.sees("the way to the latest", `document.querySelector('#builder a[href="/work/views/`+id+`"]')?.innerText.includes("最新") && document.querySelector("[name=name]").value === "我的名字"`)
	b.run(`document.querySelector("#act-save").click()`)
	b.sees("it saved", `location.pathname === "/work" && document.querySelector("h1").innerText === "我的名字"`)
}
