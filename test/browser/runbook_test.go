// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

const guideText = `# 连不上网：先试这几步
lang: zh-CN

## cable 看看网线
kind: instruct
time: 2
expect: 网口旁的灯亮

请把网线两头都拔下，再插紧。

-> done: end solved

## seen 别的设备能上网吗
kind: choose

-> yes | 能: speed
-> no | 不能: end unsolved

## speed 测一下延迟
kind: measure
range: 0..50 ms

-> in: end solved
-> out: end unsolved
`

// inForce puts a runbook in force for a category, reviewed by a second person.
func inForce(t *testing.T, h *apptest.House, text string, first bool) (runbook.ID, catalog.CategoryID) {
	t.Helper()
	c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "有线网络", NameEN: "Wired network"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	author, second, lead := h.Somebody(access.Agent), h.Somebody(access.Agent), apptest.Actor(h.Somebody(access.Lead), "web")
	x, err := h.Runbooks.Write(t.Context(), apptest.Actor(author, "web"), 0, text, "", 0)
	if err == nil {
		_, err = h.Runbooks.Submit(t.Context(), apptest.Actor(author, "web"), x.ID, 0)
	}
	if err == nil {
		_, err = h.Runbooks.Review(t.Context(), apptest.Actor(second, "web"), x.ID, true, "", 0)
	}
	if err == nil {
		_, err = h.Runbooks.Publish(t.Context(), lead, x.ID, 0)
	}
	if err == nil {
		err = h.Runbooks.SetPlaces(t.Context(), lead, x.ID, []runbook.Place{{Category: c.ID, First: first}}, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return x.ID, c.ID
}

// A runbook is written with mistakes, each is named with its line, and once they are mended the
// steps and the graph stand beside the text (N25).
func TestN25_ARunbookIsWrittenWithItsGraph(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAgent(t, h)
	b.goTo("/work/runbooks/new")
	b.arrives("/work/runbooks/new")
	b.sees("the graph of the template", `document.querySelectorAll("#graph svg rect").length === 4`)
	b.run(`const x = document.querySelector("#f-text"); x.value = "# 试一试\n## a 第一步\n-> done: nowhere\n"; x.focus()`)
	b.tap("预览")
	b.sees("what is wrong, by its line", `document.readyState === "complete" && document.querySelector("#problems")?.innerText.includes("第 3 行") && document.querySelector("#problems").innerText.includes("nowhere")`)
	b.run(`document.querySelector("#f-text").value = ` + fmt.Sprintf("%q", guideText))
	b.tap("预览")
	b.sees("its steps and its graph", `document.readyState === "complete" && !document.querySelector("#problems") && document.querySelectorAll("#graph svg rect").length === 5 && document.querySelector("#steps")`)
	for _, v := range b.violations() {
		b.Errorf("the editor: %s", v)
	}
	b.tap("送审")
	b.sees("the draft that waits for a review", `document.readyState === "complete" && /^\/work\/runbooks\/\d+$/.test(location.pathname) && document.querySelector("#draft")`)
	for _, v := range b.violations() {
		b.Errorf("the runbook: %s", v)
	}
}

// An agent follows a runbook with one key a step, and each result is a line of the log (N5).
func TestN5_AnAgentFollowsARunbookWithOneKeyAStep(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	_, category := inForce(t, h, guideText, true)
	v := work(t, h, ask(t, h, "网断了"), ticket.Accept{})
	v = work(t, h, v, ticket.Classify{Category: category})
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.arrives("/work/tickets/" + v.Ref())
	b.press("b")
	b.sees("the choice of a runbook", `document.querySelector("#act #guide-runbook")?.checkVisibility()`)
	for _, x := range b.violations() {
		b.Errorf("the choice: %s", x)
	}
	b.press("ctrl+Enter")
	b.sees("the first step", `document.querySelector("#act")?.innerText.includes("看看网线") && document.querySelector("#act button[value=failed]")`)
	for _, x := range b.violations() {
		b.Errorf("a step: %s", x)
	}
	b.run(`document.activeElement?.blur()`)
	b.press("2")
	b.sees("the second step", `document.querySelector("#act")?.innerText.includes("别的设备能上网吗") && document.querySelector("#act button[value=no]")`)
	b.run(`document.activeElement?.blur()`)
	b.press("2")
	b.sees("the end", `document.querySelector("#act")?.innerText.includes("没有解决")`)
	b.sees("the log beside it", `document.querySelectorAll("#diagnosis li").length === 2`)
	if got := now(t, h, v).Detail.Guides; len(got) != 1 || got[0].State != ticket.GuideUnsolved {
		t.Errorf("%+v", got)
	}
}

// The requester follows it on a phone by the link of the letter, one action a screen, and the
// agent's page shows where they are stuck, by itself (N10, N25).
func TestN25_N10_GuidedPagesOnAPhoneByLink(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	id, category := inForce(t, h, guideText, false)
	v := work(t, h, ask(t, h, "网断了"), ticket.Accept{})
	v = work(t, h, v, ticket.Classify{Category: category})
	agent := h.Person(access.Agent)
	c, err := h.Runbooks.Begin(t.Context(), apptest.Actor(agent, "web"), ticket.Target{ID: v.ID}, runbook.Beginning{Runbook: id, Send: true})
	if err != nil {
		t.Fatal(err)
	}
	desk := asAgent(t, h)
	desk.goTo("/work/tickets/" + v.Ref())
	desk.arrives("/work/tickets/" + v.Ref())
	code := h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)})
	path := "/t/" + code + "/guides/" + fmt.Sprint(c.ID)
	b := open(t, h.URL)
	b.goTo("/signin") // where the language can be chosen
	b.speak("zh-CN")
	b.size(narrow)
	b.goTo(path)
	b.arrives(path)
	b.sees("one action", `document.querySelectorAll("h1").length === 1 && document.querySelector("h1").innerText.includes("看看网线")`)
	b.accessible("a step")
	b.tap("做不了")
	b.sees("the question what is wrong, with the step quoted", `document.readyState === "complete" && document.querySelector("blockquote")?.innerText.includes("看看网线")`)
	b.accessible("stuck")
	desk.sees("where they are stuck", `document.querySelector("#guides")?.innerText.includes("做不了")`)
	b.tap("再试这一步")
	b.sees("the step again", `document.readyState === "complete" && document.querySelector("button[value=failed]")`)
	b.tap("没用")
	b.sees("the second action", `document.readyState === "complete" && document.querySelector("h1")?.innerText.includes("别的设备")`)
	b.tap("能")
	b.sees("the third", `document.readyState === "complete" && document.querySelector("#f-value")`)
	b.tabTo("#f-value")
	b.write("120")
	b.tap("发送")
	b.sees("the end", `document.readyState === "complete" && document.querySelector("#guide-over")?.innerText.includes("都试过了")`)
	b.accessible("the end")
	desk.sees("the report in the thread", `document.querySelector("#thread")?.innerText.includes("还没有好")`)
	if got := now(t, h, v).Detail.Findings; len(got) != 3 || !strings.Contains(got[2].Words(), "120") {
		t.Errorf("the log: %+v", got)
	}
}

// The editor on a phone: nothing lies beyond the edge, mistakes are named, the graph and the steps
// come below the text (N25).
func TestN25_TheEditorOnAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAgent(t, h)
	b.size(narrow)
	b.goTo("/work/runbooks/new")
	b.arrives("/work/runbooks/new")
	fits := `document.documentElement.scrollWidth <= innerWidth`
	b.sees("an editor that fits", `document.querySelector("#f-text") && `+fits)
	b.accessible("the editor")
	b.run(`document.querySelector("#f-text").value = "# 试一试\n## a 第一步\n-> done: nowhere\n"`)
	b.tap("预览")
	b.sees("what is wrong, by its line", `document.readyState === "complete" && document.querySelector("#problems")?.innerText.includes("第 3 行") && `+fits)
	b.run(`document.querySelector("#f-text").value = ` + fmt.Sprintf("%q", guideText))
	b.tap("预览")
	b.sees("steps and graph below it", `document.readyState === "complete" && !document.querySelector("#problems") && document.querySelectorAll("#graph svg rect").length === 5 && `+fits)
	b.accessible("the preview")
	b.tap("送审")
	b.sees("the draft", `document.readyState === "complete" && document.querySelector("#draft") && `+fits)
	b.accessible("the runbook")
}
