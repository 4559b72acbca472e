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

// asLead opens a window of whoever leads.
func asLead(t *testing.T, h *apptest.House) *tab {
	t.Helper()
	b := open(t, h.URL)
	b.signIn(h.Person(access.Lead).Email)
	return b
}

// Z has a reply back that is being sent: its words stand in the box again, and nobody got them.
func TestAReplyIsTakenBackByKey(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("您好，我带一根新线过去")
	b.press("ctrl+Enter")
	b.sees("the reply, being sent", `document.querySelector(".msg.pub [data-key=z]")`)
	b.sees("an empty composer", `!document.querySelector("#reply textarea")?.value`)
	for _, v := range b.violations() {
		t.Errorf("while a reply is being sent: %s", v)
	}
	b.press("Escape", "z")
	b.sees("the words in the box again", `document.querySelector("#reply textarea")?.value === "您好，我带一根新线过去" && !document.querySelector(".msg.pub")`)
	b.holds("after taking it back")
	if got := now(t, h, v); got.Detail.Outgoing.Message != 0 || !got.LastPublicAt.IsZero() {
		t.Errorf("%+v", got.Detail.Outgoing)
	}
}

// D takes another matter into a ticket of its own, by keyboard alone.
func TestASplitByKeyboard(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Requester), "portal"), ticket.Target{ID: v.ID},
		ticket.Reply{Say: ticket.Say{Text: "另外，门禁卡刷不开三楼", Channel: ticket.Portal}}); err != nil {
		t.Fatal(err)
	}
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("d")
	b.focused("#act-split-subject")
	b.write("门禁卡刷不开")
	b.sees("the user's last words, ticked", `document.querySelector("#act input[name=messages]:checked")`)
	for _, v := range b.violations() {
		t.Errorf("with a split open: %s", v)
	}
	b.press("ctrl+Enter")
	b.sees("the new ticket", `document.querySelector("h1")?.innerText.includes("门禁卡刷不开") && document.querySelector("#thread")?.innerText.includes("刷不开三楼")`)
	if got := now(t, h, v).SplitTo(); got == 0 {
		t.Error("the tickets are not linked")
	}
}

// The board by keyboard: a card is picked and a number gives it to that lane. By mouse it is
// dropped there.
func TestN13_TheBoardByKeyboardAndByDropping(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	one, two := ask(t, h, "打印机卡纸"), ask(t, h, "键盘进水了")
	b := asLead(t, h)
	b.goTo("/work/board")
	b.press("j")
	b.sees("the cursor on a card", `document.querySelector(".card.cur")`)
	b.press("x")
	b.sees("a picked card", `document.querySelectorAll("[data-pick]:checked").length === 1`)
	first := eval[string](b, `document.querySelector("[data-pick]:checked").value`)
	name := eval[string](b, `document.querySelector("[data-key='1']").closest(".lane").getAttribute("aria-label")`)
	b.press("1")
	b.sees("the card in that lane", fmt.Sprintf(`[...document.querySelectorAll(".lane")].find(l=>l.getAttribute("aria-label")===%q)?.querySelector("#card-%s")`, name, first))

	second := map[string]ticket.Ticket{one.Ref(): two, two.Ref(): one}[first]
	b.sees("cards that can be dragged", fmt.Sprintf(`document.querySelector("#card-%s").draggable`, second.Ref()))
	b.drag("#card-"+second.Ref(), `.lane:has([data-key='1'])`)
	b.sees("it in the lane, too", fmt.Sprintf(`[...document.querySelectorAll(".lane")].find(l=>l.getAttribute("aria-label")===%q)?.querySelector("#card-%s")`, name, second.Ref()))
	for _, v := range b.violations() {
		t.Errorf("on the board: %s", v)
	}
	if x, y := now(t, h, one), now(t, h, two); x.Assignee == 0 || x.Assignee != y.Assignee {
		t.Errorf("with %d and %d", x.Assignee, y.Assignee)
	}
}

// One act on two tickets, of which a rule refuses one: the other goes through, and the refusal is
// named with its reason; by keyboard alone.
func TestABulkActOfWhichOneIsRefused(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	fresh, mine := ask(t, h, "打印机卡纸"), taken(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.provoke(http.StatusConflict)
	b.goTo("/work")
	b.press("j", "x", "j", "x")
	b.sees("two picked", `document.querySelectorAll("[data-pick]:checked").length === 2`)
	b.press("h")
	b.sees("what there is to wait for", `document.querySelector("button[name=wait][value=visit]")?.checkVisibility()`)
	b.tabTo("button[name=wait][value=visit]")
	b.press("Enter")
	b.sees("what did not go through", fmt.Sprintf(`document.querySelector(".outcome")?.innerText.includes(%q)`, fresh.Ref()))
	b.focused(".outcome")
	b.sees("it still picked", `document.querySelectorAll("[data-pick]:checked").length === 1`)
	if got := now(t, h, mine); got.Pending != ticket.ForVisit {
		t.Errorf("the other is %s", got.Status)
	}
}

// What is written stays with its ticket and its box: the reply of one, the note of the same, and
// nothing on the other.
func TestDraftsStayApart(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	one, two := taken(t, h, "打印机卡纸"), taken(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + one.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("给用户的半句")
	b.sees("the reply kept", `document.querySelector("#reply [data-draft-state]")?.textContent.trim()`)
	b.press("Escape", "n")
	b.focused("#note textarea")
	b.write("内部的半句")
	b.sees("the note kept", `document.querySelector("#note [data-draft-state]")?.textContent.trim()`)
	b.goTo("/work/tickets/" + two.Ref())
	b.sees("empty boxes on the other ticket", `document.querySelector("#reply textarea").value === "" && document.querySelector("#note textarea").value === ""`)
	b.goTo("/work/tickets/" + one.Ref())
	b.sees("each where it was written", `document.querySelector("#reply textarea").value === "给用户的半句" && document.querySelector("#note textarea").value === "内部的半句"`)
	if texts := said(t, h, one); slices.Contains(texts, "给用户的半句") || slices.Contains(texts, "内部的半句") {
		t.Errorf("the thread holds %q", texts)
	}
}

// Back from a ticket the list stands where it stood, with the cursor on the same row.
func TestBackToTheSamePlaceInTheList(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for i := range 40 {
		ask(t, h, fmt.Sprintf("第 %d 件：打印机卡纸", i))
	}
	b := asAgent(t, h)
	b.goTo("/work")
	for range 30 {
		b.press("j")
	}
	b.sees("a list that was scrolled", `document.querySelector("#queue").scrollTop > 200`)
	row := eval[string](b, `document.querySelector(".qr.cur").id`)
	b.press("Enter")
	b.arrives("/work/tickets/" + row[len("row-"):])
	b.back()
	b.sees("the list where it was", fmt.Sprintf(`location.pathname === "/work" && document.querySelector("#queue")?.scrollTop > 200 && document.querySelector(".qr.cur")?.id === %q`, row))
}

// What arrives moves nothing that is read: the rows, the cursor and the focus stay, the offer and
// the figures beside the pages tell of it.
func TestWhatArrivesMovesNothing(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	ask(t, h, "打印机卡纸")
	ask(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.goTo("/work?view=unclaimed")
	const rows = `[...document.querySelectorAll(".qr")].map(r=>r.id).join()`
	const figure = `document.querySelector('.nav a[href="/work?view=unclaimed"] .c')?.textContent.trim()`
	b.press("j", "j")
	b.focused(".qr a")
	before, cursor := eval[string](b, rows), eval[string](b, `document.querySelector(".qr.cur").id`)
	b.sees("two beside the pages", figure+` === "2"`)
	ask(t, h, "全厂网络中断")
	b.sees("the offer", `!document.querySelector("#offer").hidden`)
	b.sees("three beside the pages", figure+` === "3"`)
	b.sees("the same rows", fmt.Sprintf(`%s === %q && document.activeElement.closest("[data-row]")?.id === %q`, rows, before, cursor))
	b.click("#offer")
	b.sees("the new one", `document.querySelectorAll(".qr").length === 3`)
	b.holds("after the new order")
}

// A view is built by keyboard: a row, a field, a value, a name, and it stands beside the pages.
func TestAViewIsBuiltByKeyboard(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	taken(t, h, "打印机卡纸")
	b := asAgent(t, h)
	b.goTo("/work/views/new")
	b.tabTo("textarea[name=text]")
	b.write(" 责任人:我 ") // before or behind what stands there
	b.tabTo("input[name=name]")
	b.write("手上的活")
	b.press("ctrl+Enter")
	b.sees("the view", `document.querySelector("h1")?.innerText.includes("手上的活") && document.querySelectorAll(".qr").length === 1`)
	b.sees("it beside the pages", `[...document.querySelectorAll(".nav a")].some(a=>a.innerText.includes("手上的活"))`)
}

// At twice the size nothing is cut off and nothing scrolls sideways, and axe has no objection.
func TestPagesAtTwiceTheSize(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	b := open(t, d.url)
	b.signIn(zheng)
	b.speak("zh-CN")
	for _, path := range []string{"/work", d.with(t, ticket.Opened, any1), "/work/board", "/work/views", "/work/views/new"} {
		b.goTo(path)
		b.size(twice)
		for _, w := range append(b.shape("zh-CN"), b.violations()...) {
			t.Errorf("%s at twice the size: %s", path, w)
		}
	}
}
