// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// announced waits until a screen reader is told something that holds these words.
func (b *tab) announced(words ...string) {
	b.Helper()
	for _, w := range words {
		b.sees("that "+w+" is announced", fmt.Sprintf(`document.querySelector("#announce[role=status]")?.textContent.includes(%q)`, w))
	}
}

// byLead carries out a command of a colleague while somebody looks at the page.
func byLead(t *testing.T, h *apptest.House, v ticket.Ticket, cmd ticket.Command) {
	t.Helper()
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Lead), "web"), ticket.Target{ID: v.ID}, cmd); err != nil {
		t.Fatal(err)
	}
}

// What changes without the reader's doing is told by a region that stands in the page from its
// beginning: who writes, what was said, what waits above the list.
func TestLiveChangesAreAnnounced(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	lead := h.Person(access.Lead)
	b, list, other := asAgent(t, h), asAgent(t, h), asLead(t, h)
	at := "/work/tickets/" + v.Ref()
	b.goTo(at)
	list.goTo("/work")
	other.goTo(at)
	list.arrives("/work")
	other.press("n")
	other.focused("#note textarea")
	other.write("线材批次有问题")
	b.announced(lead.Name, "正在写")
	other.press("ctrl+Enter")
	b.announced("内部备注", lead.Name)
	ask(t, h, "全厂网络中断")
	list.sees("the offer", `!document.querySelector("#offer").hidden`)
	if got, want := eval[string](list, `document.querySelector("#announce").textContent`), eval[string](list, `document.querySelector("#offer [data-text]").textContent`); got == "" {
		list.announced(want)
	}
	for _, w := range append(b.violations(), list.violations()...) {
		t.Error(w)
	}
}

// A live update takes nothing out of somebody's hands: not the focus, not the place of the cursor
// in what is being written, not what was opened.
func TestALiveUpdateLeavesTheFocus(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	at := "/work/tickets/" + v.Ref()
	arrived := 0
	note := func() {
		arrived++
		byLead(t, h, v, ticket.Note{Say: ticket.Say{Text: fmt.Sprintf("同事的第 %d 条备注", arrived)}})
		b.sees("the colleague's words", fmt.Sprintf(`document.querySelector("#thread").innerText.includes("同事的第 %d 条备注")`, arrived))
	}

	b.goTo(at)
	b.press("r")
	b.focused("#reply textarea")
	b.write("您好，我带一根新线过去")
	b.run(`document.activeElement.setSelectionRange(3, 5)`)
	note()
	b.sees("the cursor in the reply where it was", `document.activeElement.id === "f-reply" && document.activeElement.selectionStart === 3 && document.activeElement.selectionEnd === 5 && document.activeElement.value === "您好，我带一根新线过去"`)

	b.press("Escape", "e")
	b.focused("#act-resolve-solution")
	b.write("换了连接线")
	b.tabTo("#act-resolve-cause")
	note()
	b.sees("the focus in the solution's form, which is open as it was", `document.activeElement.id === "act-resolve-cause" && document.querySelector("#act-resolve-solution").value === "换了连接线"`)

	b.goTo(at)
	b.tabTo("#watch-act")
	note()
	b.sees("the focus on the same button", `document.activeElement.id === "watch-act"`)

	b = asLead(t, h)
	b.goTo("/work/board")
	b.press("j")
	b.sees("the cursor on a card", `document.activeElement.closest("[data-row]")`)
	card := eval[string](b, `document.activeElement.closest("[data-row]").id`)
	ask(t, h, "全厂网络中断")
	b.sees("the offer", `!document.querySelector("#offer").hidden`)
	b.sees("the focus on the same card", fmt.Sprintf(`document.activeElement.closest("[data-row]")?.id === %q`, card))
}

// Where somebody asked for less motion nothing moves; where nobody did something does.
func TestMotionIsReduced(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	b := open(t, d.url)
	b.signIn(zheng)
	const moving = `[...document.querySelectorAll("*")].filter(e => ["", "::before", "::after"].some(part => {
		const s = getComputedStyle(e, part), long = list => list.split(",").some(x => parseFloat(x) > 0);
		return long(s.transitionDuration) || s.animationName !== "none" && long(s.animationDuration) || s.scrollBehavior === "smooth";
	})).length`
	for _, path := range []string{"/work", d.with(t, ticket.Opened, any1), "/work/board", "/work/report"} {
		b.goTo(path)
		if n := eval[int](b, moving); n != 0 {
			t.Errorf("%s: %d elements move", path, n)
		}
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "no-preference"}}})
	if n := eval[int](b, moving); n == 0 {
		t.Error("nothing moves for anybody: this test sees nothing")
	}
}

// attach chooses a picture for the form that the focus is in, as the dialog of the system would.
func (b *tab) attach(name string) {
	b.Helper()
	b.run(fmt.Sprintf(`const c=document.createElement("canvas"); c.width=c.height=64; c.getContext("2d").fillRect(8,8,40,40);
		const d=new DataTransfer(); d.items.add(new File([await new Promise(r=>c.toBlob(r))],%q,{type:"image/png"}));
		const input=document.activeElement.form.querySelector("[data-add]"); input.files=d.files; input.dispatchEvent(new Event("change",{bubbles:true}))`, name))
}

// noUploads takes the way from the files that are chosen, or gives it back.
func (b *tab) noUploads(away bool) {
	b.Helper()
	var blocked []*network.BlockPattern
	if away {
		blocked = []*network.BlockPattern{{URLPattern: b.base + "/files", Block: true}}
	}
	call(b, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: blocked})
}

// A picture that does not go up stays with the words and can be sent once more; what is sent while
// one is on its way waits for it. Then it opens in the viewer, by keyboard, one after the other.
func TestFilesOfAReplyByKeyboard(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	b.bear("ERR_FAILED")
	b.goTo("/work/tickets/" + v.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("您好，新的接法见图")

	b.noUploads(true)
	b.attach("接法一.png")
	b.sees("that it did not go up, and the words", `document.querySelector("#reply .file.bad[role=alert]")?.innerText.includes("接法一.png") && document.querySelector("#f-reply").value === "您好，新的接法见图"`)
	b.noUploads(false)
	b.tabTo("#reply .file.bad button")
	b.press("Enter")
	b.sees("it in the form", `document.querySelector("#reply input[name=files]")?.value && !document.querySelector("#reply .file.bad")`)
	b.focused("#f-reply")

	// The second is on its way when the reply is sent.
	b.run(`window.hold = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function (body) { window.release = () => window.hold.call(this, body) }`)
	b.attach("接法二.png")
	b.sees("it on its way", `document.querySelector("#reply .file.busy")`)
	b.press("ctrl+Enter")
	b.sees("that sending waits", `document.querySelector("#reply button[aria-busy=true]") && !document.querySelector(".msg.pub")`)
	b.run(`XMLHttpRequest.prototype.send = window.hold; window.release()`)
	b.sees("the reply with both", `document.querySelectorAll(".msg.pub a.file").length === 2`)

	b.press("Escape")
	b.tabTo(".msg.pub a.file")
	b.press("Enter")
	b.sees("the first picture, large", `document.querySelector("dialog.viewer[open] img")?.naturalWidth === 64 && document.querySelector("dialog.viewer:modal").ariaLabel === "接法一.png" && document.querySelector("dialog.viewer a").href.includes("/files/")`)
	b.accessibleNow("the viewer")
	b.press("Right")
	b.sees("the second", `document.querySelector("dialog.viewer").ariaLabel === "接法二.png"`)
	b.press("Escape")
	b.sees("the thread, with the focus on the picture", `!document.querySelector("dialog.viewer[open]") && document.activeElement.matches(".msg.pub a.file")`)
}

// accessibleNow fails for what axe objects to in the page as it stands.
func (b *tab) accessibleNow(what string) {
	b.Helper()
	for _, v := range b.violations() {
		b.Errorf("%s: %s", what, v)
	}
}

// M joins two requests of one person: the number shows which one it is before anything happens.
func TestAMergeByKeyboardShowsWhichOneItIs(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	one, two := taken(t, h, "打印机卡纸"), taken(t, h, "打印机又卡纸了，还是那台")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + two.Ref())
	b.press("m")
	b.focused("#act input, #act textarea, #act button")
	if !eval[bool](b, `document.activeElement.name === "into"`) {
		b.tabTo(`#act input[name=into]`)
	}
	b.write(one.Ref())
	b.sees("which one it is", fmt.Sprintf(`document.querySelector("#other")?.innerText.includes(%q)`, "打印机卡纸"))
	b.accessibleNow("the merge")
	b.press("ctrl+Enter")
	b.sees("where it went", fmt.Sprintf(`document.querySelector("#merged") || location.pathname.endsWith(%q)`, one.Ref()))
	if got := now(t, h, two); got.MergedInto != one.ID {
		t.Errorf("merged into %d", got.MergedInto)
	}
}

// A number that means a ticket which was merged itself names the one it went into and leads there; a
// choice from the list shows which one it is and takes away what was wrong in the number; what ends with
// the ticket is said before.
func TestAMergeSaysWhereItLeads(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	one, two, gone := taken(t, h, "打印机卡纸"), taken(t, h, "打印机又卡纸了"), taken(t, h, "打印机第三次卡纸")
	work(t, h, gone, ticket.Merge{Into: one.ID})
	work(t, h, two, ticket.Reply{Say: ticket.Say{Text: "我来看"}, Promise: h.Clock.Now().Add(2 * time.Hour)})
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + two.Ref())
	b.press("m")
	b.tabTo(`#act input[name=into]`)
	b.write("banana")
	b.sees("how a number is written", `document.querySelector("#other").innerText.includes("LD-1042")`)
	b.run(`document.activeElement.select()`)
	b.write(gone.Ref())
	b.sees("where that one went", fmt.Sprintf(`document.querySelector("#other").innerText.includes(%q)`, gone.Ref()+" 已并入 "+one.Ref()))
	b.provoke(http.StatusUnprocessableEntity)
	b.press("ctrl+Enter")
	b.sees("the same, refused, with the way", fmt.Sprintf(`document.querySelector("#act-merge-into-error")?.innerText.includes(%q) && document.querySelector("#other a[href*=merge]")?.innerText.includes(%q)`, "已并入 "+one.Ref(), one.Ref()))
	b.accessibleNow("the refused merge")
	b.click(fmt.Sprintf(`#act .seg label:has([value=%q])`, one.Ref()))
	b.sees("which one it is", fmt.Sprintf(`document.querySelector("#other")?.innerText.includes(%q)`, one.Ref()+"\n打印机卡纸"))
	b.sees("what ends, and nothing wrong any more", `document.querySelector("#other .notice")?.innerText.includes("不再由这张工单兑现") && !document.querySelector("#act .er") && !document.querySelector("#act [aria-invalid]") && !document.querySelector("#act input[name=into]").value`)
	b.accessibleNow("the merge")
	b.press("ctrl+Enter")
	b.sees("where it went", fmt.Sprintf(`document.querySelector("#merged") || location.pathname.endsWith(%q)`, one.Ref()))
	if got := now(t, h, two); got.MergedInto != one.ID {
		t.Errorf("merged into %d", got.MergedInto)
	}
}
