// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// One tap of the requester closes the loop. The agent, who is writing a note meanwhile, sees it
// without a new page and loses no letter of it.
func TestN35_OneTapConfirmsAndTheAgentSeesIt(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h, "第二台显示器不亮")
	agent, user := asAgent(t, h), asRequester(t, h)

	agent.goTo("/work/tickets/" + v.Ref())
	agent.run(`window.same = true`)
	agent.press("n")
	agent.focused("#note textarea")
	agent.write("换线后观察一天，")

	user.size(narrow)
	user.goTo("/requests/" + v.Ref())
	user.tap("已恢复")
	user.sees("that the request is confirmed", `!document.querySelector("#confirm") && document.readyState === "complete"`)
	if got := now(t, h, v); got.ConfirmedAt.IsZero() || got.Detail.Confirmation.How != "portal" {
		t.Fatalf("the ticket says %+v", got.Detail.Confirmation)
	}

	agent.sees("the user's word in the thread", `document.querySelector("#thread").innerText.includes("确认")`)
	agent.sees("the rail without a wait", `!document.querySelector("#bar").innerText.includes("待用户确认")`)
	agent.write("没有问题就归档")
	agent.sees("the note as it was being written", `window.same && document.activeElement.matches("#note textarea") && document.activeElement.value === "换线后观察一天，没有问题就归档"`)
	agent.press("ctrl+Enter")
	agent.sees("the note in the thread", `document.querySelector(".msg.note")?.innerText.includes("没有问题就归档")`)
}

// A link from a mail shows the request and asks; looking at it confirms nothing.
func TestN35_ALinkConfirmsByATapAndNeverByItself(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h, "打印机卡纸")
	b := open(t, h.URL)
	b.size(narrow)
	b.goTo("/t/" + h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)}))
	b.reads("换了连接线")
	b.goTo("/t/" + h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(v.Requester)}))
	if got := now(t, h, v); !got.ConfirmedAt.IsZero() {
		t.Fatal("looking at the link confirmed the solution")
	}
	b.tap("还没好")
	b.sees("that it is being worked on again", `!document.querySelector("#confirm")`)
	if got := now(t, h, v); got.Status != ticket.Opened || len(got.Detail.Rejections) != 1 {
		t.Errorf("the ticket is %s", got.Status)
	}
}

// A screenshot goes into the request by pasting it (N16).
func TestN16_AScreenshotIsPasted(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asRequester(t, h)
	b.goTo("/")
	b.tabTo("#main textarea[name=text]")
	b.write("提交付款单时报错，截图如下")
	b.run(`const c=document.createElement("canvas"); c.width=c.height=32; c.getContext("2d").fillRect(4,4,20,20);
		const file=new File([await new Promise(r=>c.toBlob(r))],"报错.png",{type:"image/png"}), d=new DataTransfer(); d.items.add(file);
		document.activeElement.dispatchEvent(new ClipboardEvent("paste",{clipboardData:d,bubbles:true,cancelable:true}))`)
	b.sees("the file in the form", `document.querySelector("form[data-upload] input[name=files]")?.value && document.querySelector("form[data-upload] .file").innerText.includes("报错.png")`)
	b.press("ctrl+Enter")
	b.sees("the request with its file", `location.pathname.startsWith("/requests/LD-") && [...document.querySelectorAll("a.file")].some(a=>a.innerText.includes("报错.png"))`)
	size := eval[int](b, `fetch(document.querySelector("a.file").href).then(r=>r.blob()).then(b=>b.size)`)
	if size < 60 {
		t.Errorf("the file has %d bytes", size)
	}
	// The agent sees it, too.
	a := asAgent(t, h)
	a.goTo("/work/tickets/" + eval[string](b, `location.pathname.split("/").pop()`))
	a.sees("the file in the thread", `[...document.querySelectorAll("#thread .file")].some(a=>a.innerText.includes("报错.png"))`)
}

// What is waited for is looked for again where a page runs no script and no timer of its own.
func TestSeesWithoutScript(t *testing.T) {
	t.Parallel()
	b := open(t, apptest.New(t).URL)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.goTo("/signin")
	b.sees("the third look", `(document.looks = (document.looks ?? 0) + 1) > 2`)
}

// Everything a requester does works without a script.
func TestThePortalWithoutScript(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := open(t, h.URL)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.signInByHand(h.Person(access.Requester).Email)
	b.sees("no script at work", `!document.documentElement.classList.contains("js")`)

	b.goTo("/")
	b.tabTo("#main textarea[name=text]")
	b.write("三楼会议室的电话没有声音")
	b.tap("提交")
	b.sees("the request", `location.pathname.startsWith("/requests/LD-")`)
	b.reads("三楼会议室的电话没有声音")
	ref := eval[string](b, `location.pathname.split("/").pop()`)

	b.tabTo("#main textarea[name=text]")
	b.write("换了一台也不行")
	b.tabTo(".pfoot button[type=submit]")
	b.press("Enter")
	b.sees("the addition", `[...document.querySelectorAll(".prog")].some(p=>p.innerText.includes("换了一台也不行"))`)

	v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(ref)})
	if err != nil {
		t.Fatal(err)
	}
	if texts := said(t, h, v); !slices.Equal(texts, []string{"三楼会议室的电话没有声音", "换了一台也不行"}) {
		t.Errorf("the thread holds %q", texts)
	}
	v = solvedNow(t, h, v)
	b.goTo("/requests/" + ref)
	b.tap("已恢复")
	b.sees("that the request is confirmed", `!document.querySelector("#confirm")`)
	if got := now(t, h, v); got.ConfirmedAt.IsZero() {
		t.Error("the tap confirmed nothing")
	}
}

// solvedNow works on a request until its solution waits for the requester's word.
func solvedNow(t *testing.T, h *apptest.House, v ticket.Ticket) ticket.Ticket {
	t.Helper()
	return work(t, h, v, ticket.Accept{}, ticket.Deviate{Gap: "gap.intake", Reason: "用户只说了现象"}, ticket.Deviate{Gap: "gap.grade", Reason: "只有一台电话"},
		ticket.Resolve{Solution: ticket.Solution{Text: "换了话机", Cause: "话筒坏了", Prevention: "不适用", Verify: []string{"打一个电话"}}})
}

// The switches change what they say they do, at once and for the next page, and lead back to
// where one was.
func TestSwitches(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := ask(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	paper := `getComputedStyle(document.querySelector("main")).backgroundColor`
	light := eval[string](b, paper)
	b.click(".foot .who")
	b.tap("深色")
	b.sees("the dark", fmt.Sprintf(`document.documentElement.classList.contains("dark") && %s !== %q`, paper, light))
	b.goTo("/work")
	b.sees("the dark on the next page", `document.documentElement.classList.contains("dark")`)

	b.goTo("/work/tickets/" + v.Ref())
	b.click(".foot .who")
	b.tap("English")
	b.sees("the same page in English", fmt.Sprintf(`document.documentElement.lang === "en" && location.pathname === "/work/tickets/%s"`, v.Ref()))
	b.goTo("/")
	b.sees("English in the portal", `document.documentElement.lang === "en"`)
	if text := eval[string](b, `document.body.innerText`); strings.Contains(text, "遇到什么问题") {
		t.Error("the portal still speaks Chinese")
	}
}
