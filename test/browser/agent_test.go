// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// asAgent opens a window in which the agent of a house is signed in.
func asAgent(t *testing.T, h *apptest.House) *tab {
	t.Helper()
	b := open(t, h.URL)
	b.signIn(h.Person(access.Agent).Email)
	return b
}

// asRequester opens one of the requester.
func asRequester(t *testing.T, h *apptest.House) *tab {
	t.Helper()
	b := open(t, h.URL)
	b.signIn(h.Person(access.Requester).Email)
	return b
}

// tabTo walks with the Tab key until the focus is in an element.
func (b *tab) tabTo(selector string) {
	b.Helper()
	for range 120 {
		b.press("Tab")
		if eval[bool](b, fmt.Sprintf(`document.activeElement?.matches(%q)??false`, selector)) {
			return
		}
	}
	b.Fatalf("the Tab key does not lead to %s at %s", selector, b.where())
}

// holds fails where the focus has fallen out of the page.
func (b *tab) holds(when string) {
	b.Helper()
	b.sees("a focus "+when, `document.activeElement && document.activeElement !== document.body && document.activeElement.isConnected`)
}

// One ticket from the sign-in to its solution without touching the mouse; a second window sees
// the queue change. N20: the answer goes out; N22, N15: what is missing is filled where it is
// listed; N32–N34: the four pieces of the solution.
func TestByKeyboard_N15_N22_N32_N33_N34(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	ask(t, h, "打印机卡纸，月结单打不出来。三楼东侧那台")
	second := ask(t, h, "第二台显示器不亮。换了插座也不行")
	agent := h.Person(access.Agent)
	at := "/work/tickets/" + second.Ref()

	b := open(t, h.URL)
	b.goTo("/signin")
	b.tabTo("input[name=email]")
	b.write(agent.Email)
	b.press("Tab")
	b.write(apptest.Passphrase)
	b.press("Enter")
	b.arrives("/work")

	other := asAgent(t, h)
	other.goTo("/work")

	b.press("j", "j")
	b.sees("the cursor on the second row", fmt.Sprintf(`document.querySelector(".qr.cur")?.id === "row-%s"`, second.Ref()))
	b.press("k", "j", "Enter")
	b.arrives(at)

	b.press("g", "a")
	b.reads("处理中")
	other.sees("that the list has changed", `!document.querySelector("#offer").hidden`)
	other.click("#offer")
	other.sees("the owner in the row", fmt.Sprintf(`document.querySelector("#row-%s").innerText.includes(%q)`, second.Ref(), agent.Name))

	b.press("r")
	b.focused("#reply textarea")
	b.write("海燕您好，显示器的问题我来负责，11:30 前给您第一次反馈。")
	b.sees("the time offered as a promise", `document.querySelector("#f-promise")?.value.endsWith("11:30")`)
	b.press("ctrl+Enter")
	b.sees("the reply in the thread", `document.querySelector(".msg.pub")?.innerText.includes("我来负责")`)
	b.sees("an empty composer", `!document.querySelector("#reply textarea")?.value`)
	b.holds("after the reply")

	b.press("Escape", "n")
	b.focused("#note textarea")
	b.write("线材批次有问题，内部先换一根试试")
	b.press("ctrl+Enter")
	b.sees("the note in the thread", `document.querySelector(".msg.note")?.innerText.includes("批次")`)
	b.holds("after the note")
	b.press("Escape")

	b.fillRail()

	b.press("e")
	b.focused("#act-resolve-solution")
	b.write("换了新的连接线，画面恢复。")
	b.tabTo("#act-resolve-cause")
	b.write("原连接线内部断裂")
	b.tabTo("#act-resolve-prevention")
	b.write("备用线放在前台")
	b.tabTo(`#act input[name=verify]`)
	b.write("打开显示器，画面稳定五分钟")
	b.sees("what the requester will get", `document.querySelector("#preview").innerText.includes("换了新的连接线")`)
	b.press("ctrl+Enter")
	b.reads("待用户确认") // a new page: its focus begins at the top, and the keys work there

	v := now(t, h, second)
	if v.Status != ticket.Resolved || v.Detail.Solution.Cause != "原连接线内部断裂" || len(v.Detail.Solution.Verify) != 1 {
		t.Errorf("the ticket is %s with %+v", v.Status, v.Detail.Solution)
	}
	if texts := said(t, h, second); !slices.Contains(texts, "线材批次有问题，内部先换一根试试") {
		t.Errorf("the thread holds %q", texts)
	}
}

// fillRail fills what the rail lists as missing, in place: the seven elements and the grade.
func (b *tab) fillRail() {
	b.Helper()
	b.tabTo("#item-record summary, #rail-record input")
	if eval[bool](b, `document.activeElement.matches("details:not([open]) > summary")`) { // the first that is missing stands open
		b.press("Enter")
	}
	b.sees("the form in place", `document.querySelector("#rail-record")?.checkVisibility()`)
	b.run(`for(const i of document.querySelectorAll("#rail-record input[type=text], #rail-record textarea")){if(!i.value&&!i.name.endsWith("_reason")){i.value="已问";}}`)
	b.tabTo(`#rail-record button[form]:not([name])`) // those with a name ask the requester
	b.press("Enter")
	b.sees("the record complete", `!document.querySelector("#rail-record")`)
	b.holds("after the record")
	if !eval[bool](b, `document.querySelector("#rail-grade")?.checkVisibility()??false`) {
		b.tabTo("#item-grade summary")
		b.press("Enter")
	}
	for _, name := range []string{"core", "affected", "halt"} {
		b.tick(fmt.Sprintf(`#rail-grade input[name=%s]`, name))
	}
	b.tabTo(`#rail-grade [form], #rail-grade button`)
	b.press("Enter")
	b.sees("the grade", `!document.querySelector("#rail-grade") && document.querySelector("#head .pri")?.innerText.startsWith("P")`)
	b.holds("after the grade")
}

// A form that is refused comes back as it was typed, with what is missing (409).
func TestWhatIsTypedStaysWhenAGateRefuses(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "邮箱满了，收不到信")
	b := asAgent(t, h)
	b.provoke(http.StatusConflict)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("e")
	b.focused("#act-resolve-solution")
	b.write("清理了回收站，邮箱可以收信了")
	b.press("ctrl+Enter")
	b.sees("what is missing", `document.querySelector("#act [aria-invalid=true], #act .er, #act .problems, #act .prob")`)
	b.holds("after the refusal")
	if got := eval[string](b, `document.querySelector("#act-resolve-solution").value`); got != "清理了回收站，邮箱可以收信了" {
		t.Errorf("the field holds %q", got)
	}
	if got := now(t, h, v); got.Status != ticket.Opened {
		t.Errorf("the ticket is %s", got.Status)
	}
}

// Who writes while somebody else was quicker, and did not see it, is told so, and keeps the
// words (412).
func TestWhatIsTypedStaysWhenSomebodyWasQuicker(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "门禁卡刷不开三楼")
	b := asAgent(t, h)
	b.provoke(http.StatusPreconditionFailed)
	b.goTo("/work/tickets/" + v.Ref())
	b.run(`document.querySelector("[data-stream]").remove()`) // the network of this window is slow
	b.press("r")
	b.focused("#reply textarea")
	b.write("我先去三楼看一下读卡器")
	work(t, h, v, ticket.Note{Say: ticket.Say{Text: "读卡器是今天早上换的"}})
	b.press("ctrl+Enter")
	b.sees("the words that were quicker", `document.querySelector("#thread").innerText.includes("今天早上换的")`)
	b.sees("the words that were typed", `document.querySelector("#reply textarea").value === "我先去三楼看一下读卡器"`)
	b.holds("after the refusal")
	b.press("ctrl+Enter")
	b.sees("the reply, sent in sight of them", `document.querySelector(".msg.pub")?.innerText.includes("读卡器")`)
}

// Back leads to the list as it was, and sends nothing twice.
func TestBackButton(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	b.goTo("/work?view=mine")
	b.press("j", "Enter")
	b.arrives("/work/tickets/" + v.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("我带一根新线过去")
	b.press("ctrl+Enter")
	b.sees("the reply", `document.querySelector(".msg.pub")`)
	b.back()
	b.sees("the list", `location.search === "?view=mine" && document.querySelector(".qr")`)
	b.forward()
	b.sees("the ticket with one reply", `location.pathname.endsWith("`+v.Ref()+`") && document.querySelectorAll(".msg.pub").length === 1`)
}

// "?" lists the keys; Escape closes the list and gives the focus back.
func TestKeyboardHelp(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	ask(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.goTo("/work")
	b.press("j")
	b.focused(".qr a")
	b.press("?")
	b.sees("the keys", `document.querySelector("#keymap").open && document.querySelectorAll("#keymap .kbd").length > 12`)
	b.press("j")
	b.sees("no move behind the list", `document.querySelector("#keymap").open`)
	b.press("Escape")
	b.sees("no keys any more", `!document.querySelector("#keymap").open`)
	b.focused(".qr a")
	for name, path := range map[string]string{"the queue": "/work", "the ticket": "/work/tickets/LD-1001"} {
		if got := b.goTo(path); got != http.StatusOK {
			continue
		}
		// Every key that the page prints does something there.
		if dead := eval[[]string](b, `[...document.querySelectorAll("[aria-keyshortcuts]")].filter(e=>!e.dataset.key).map(e=>e.outerHTML.slice(0,120))`); len(dead) > 0 {
			t.Errorf("%s prints keys that do nothing: %q", name, dead)
		}
	}
}
