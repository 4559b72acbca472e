// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// inRow says that the focus is in the link of a row, which is the one under the cursor.
func inRow(id string) string {
	return fmt.Sprintf(`document.activeElement?.closest("[data-row].cur")?.id === %q`, id)
}

// What did not go through says where the ticket stands and what leads on; the page that says so can
// be reloaded, left and gone back to. H begins at the first thing to wait for.
func TestWhatABulkActRefusedCanBeReloadedAndGoneBackTo(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	fresh, mine := ask(t, h, "打印机卡纸"), taken(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.provoke(http.StatusMethodNotAllowed)
	b.goTo("/work")
	b.press("j", "x", "j", "x", "h")
	b.sees("the focus on the first choice", `document.activeElement?.name === "wait" && document.activeElement === document.querySelector("button[name=wait]")`)
	b.press("Enter")
	told := fmt.Sprintf(`location.pathname === "/work" && document.querySelector(".outcome")?.innerText.includes(%q) && document.querySelector(".outcome").innerText.includes("请先领取")`, fresh.Ref())
	b.sees("what did not go through, and what to do", told)
	b.focused(".outcome")
	if got := now(t, h, mine); got.Pending != ticket.ForRequester {
		t.Errorf("the other is %s", got.Status)
	}

	b.do(chromedp.Reload())
	b.sees("it again", told)
	b.tabTo(".outcome a.btn")
	b.press("Enter")
	b.sees("the list alone", `location.pathname === "/work" && document.querySelector("#list") && !document.querySelector(".outcome")`)
	b.back()
	b.sees("it when one goes back", told)

	for path, way := range map[string]string{
		"/work/bulk/hold":                        "/work",
		"/work/tickets/" + mine.Ref() + "/reply": "/work/tickets/" + mine.Ref(),
	} {
		if got := b.goTo(path); got != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", path, got)
		}
		b.reads("这里没有可看的页面")
		b.sees("a way on from "+path, fmt.Sprintf(`document.querySelector(".nav") && document.querySelector('.failure a[href=%q]')`, way))
	}
}

// After an act on what is picked the list stands where it stood, with the cursor on the same row or
// on the one that took its place; and what is let be gives the focus back to its row.
func TestTheListStandsWhereItStoodAfterABulkAct(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for i := range 40 {
		ask(t, h, fmt.Sprintf("第 %d 件：打印机卡纸", i))
	}
	b := asAgent(t, h)
	b.goTo("/work?view=unclaimed")
	for range 30 {
		b.press("j")
	}
	b.sees("a list that was scrolled", `document.querySelector("#queue").scrollTop > 200`)
	row := func(n int) string {
		return eval[string](b, fmt.Sprintf(`document.querySelectorAll("#queue [data-row]")[%d].id`, n))
	}
	at, next, after := row(29), row(30), row(31)
	b.press("x", "a")
	b.focused("#bulk-to")
	b.press("Escape", "Escape")
	b.sees("nothing picked, and the focus in the row", `!document.querySelector("[data-pick]:checked") && `+inRow(at))

	b.press("x", "a")
	b.focused("#bulk-to")
	b.press("Down")
	b.tabTo(`button[formaction="/work/bulk/assign"]`)
	top := eval[float64](b, `document.querySelector("#queue").scrollTop`)
	b.press("Enter")
	b.reads("已分派 1 单")
	stands := func(row string) string {
		return fmt.Sprintf(`Math.abs(document.querySelector("#queue").scrollTop - %f) < 2 && %s`, top, inRow(row))
	}
	b.sees("the list where it was", stands(at))

	b.press("x")
	b.click(`button[formaction="/work/bulk/accept"]`) // by Tab the cursor would go along the rows below
	b.sees("the row gone, and the cursor on the next", fmt.Sprintf(`!document.getElementById(%q) && %s`, at, stands(next)))
	b.press("j")
	b.sees("the cursor one further", inRow(after))
}

// On the board the next card of the lane has the cursor when one was given away.
func TestTheBoardStandsWhereItStoodAfterACardIsGiven(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for i := range 6 {
		ask(t, h, fmt.Sprintf("第 %d 件：打印机卡纸", i))
	}
	b := asLead(t, h)
	b.goTo("/work/board")
	b.press("j", "j", "j")
	b.sees("the cursor on the third card", `document.querySelectorAll(".card")[2].matches(".cur")`)
	cards := eval[[]string](b, `[...document.querySelectorAll(".lane:first-child .card")].map(c=>c.id)`)
	b.press("x", "1")
	b.sees("the card given, and the cursor on the next", fmt.Sprintf(`document.getElementById(%q)?.closest("[data-lane]") && %s`, cards[2], inRow(cards[3])))
	b.press("j")
	b.sees("the cursor one further", inRow(cards[4]))
	b.press("1") // nothing is picked: it is for the card under the cursor
	b.sees("that card given too", fmt.Sprintf(`document.getElementById(%q)?.closest("[data-lane]") && %s`, cards[4], inRow(cards[5])))
}

// The bar below the list says how many are picked, also to who comes back, and its words stay whole
// in both languages and on any window.
func TestTheBarOfBulkActsSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for i := range 60 { // more than a page of them: the bar offers the whole list
		ask(t, h, fmt.Sprintf("第 %d 件：打印机卡纸", i))
	}
	b := asAgent(t, h)
	for lang, two := range map[string]string{"zh-CN": "已选 2 单", "en": "2 selected"} {
		b.speak(lang)
		for _, w := range []window{wide, {1024, 768}, narrow} {
			b.size(w)
			b.goTo("/work?view=unclaimed")
			b.press("j", "x", "j", "x")
			said := fmt.Sprintf(`document.querySelector(".bulk .picked").innerText === %q`, two)
			b.sees("how many", said)
			b.sees("words in one line", `document.querySelector(".bulk .tick span").getBoundingClientRect().height < 30`)
			b.sees("everything within the bar", `(bar => [...bar.children].every(c => { const r = c.getBoundingClientRect(), o = bar.getBoundingClientRect(); return r.right <= o.right && r.bottom <= o.bottom + 1 }))(document.querySelector(".bulk"))`)
			if w != wide {
				continue
			}
			b.press("Enter")
			b.sees("a ticket", `location.pathname.startsWith("/work/tickets/")`)
			b.back()
			b.sees("the same number as ticks", `location.pathname === "/work" && document.querySelectorAll("[data-pick]:checked").length === 2 && `+said)
		}
	}
}

// Every form of a ticket has the focus in its first field, by key, by button and from the palette;
// Escape gives it back to what opened it.
func TestEachFormOfATicketTakesTheFocusAndGivesItBack(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "第二台显示器不亮")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	for _, tt := range []struct{ key, field string }{
		{"p", "input[name=core]"},
		{"o", "input[name=mode]"},
		{"h", "input[name=reason]"},
		{"t", "[name=group]"},
		{"a", "[name=assignee]"},
		{"y", "[name=category]"},
		{"i", "[name=hypothesis]"},
		{"m", "input"},
		{"d", "input"},
		{"v", "*"},
		{"b", "*"},
		{"e", "[name=solution]"},
	} {
		b.press(tt.key)
		b.focused("#act " + tt.field)
		b.press("Escape")
		b.sees("no form, and a focus after "+tt.key, `document.querySelector("#act")?.hidden && document.activeElement?.matches("#bar a, #bar summary") && document.activeElement.checkVisibility()`)
	}
	for act, field := range map[string]string{"resolve": "[name=solution]", "hand-over": "[name=group]"} {
		link := fmt.Sprintf(`#bar a.btn[href$="/%s"]`, act)
		b.tabTo(link)
		b.press("Enter")
		b.focused("#act " + field)
		b.press("Escape")
		b.focused(link)
	}
	b.press("ctrl+k")
	b.focused("dialog[open] input")
	b.write("约定回电")
	b.sees("the entry", `document.querySelector("dialog[open] [role=option][aria-selected=true]")?.innerText.includes("约定回电")`)
	b.press("Enter")
	b.focused("#act [name=call_at]")
	b.press("Escape")
	b.sees("a focus in the bar", `document.querySelector("#act")?.hidden && document.activeElement?.closest("#bar")`)
}

// E, R, N and A act on the row under the cursor, as X does.
func TestTheKeysOfTheQueueActOnTheRowUnderTheCursor(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	fresh, mine := ask(t, h, "打印机卡纸"), taken(t, h, "键盘进水了")
	b := asAgent(t, h)
	to := func(v ticket.Ticket) {
		b.goTo("/work?owner=")
		b.sees("the list", `document.readyState === "complete" && document.querySelector(".qr")`)
		for _, key := range []string{"j", "j", "k"} { // down, and up again where the list stands as it was left
			if b.press(key); eval[bool](b, inRow("row-"+v.Ref())) {
				break
			}
		}
		b.sees("the cursor on "+v.Ref(), inRow("row-"+v.Ref()))
	}
	at := "/work/tickets/" + mine.Ref()
	to(mine)
	b.press("e")
	b.arrives(at + "/resolve")
	b.focused("#act [name=solution]")
	b.press("Escape")
	b.focused(`#bar a.btn[href$="/resolve"]`)
	to(mine)
	b.press("r")
	b.arrives(at)
	b.focused("#reply textarea")
	to(mine)
	b.press("n")
	b.arrives(at)
	b.focused("#note textarea")
	to(fresh)
	b.press("e") // nobody has claimed it
	b.arrives("/work/tickets/" + fresh.Ref())
	b.reads("请先领取")

	b.goTo("/work?owner=")
	b.press("j", "x", "j", "x", "e")
	b.reads("E 只对一张工单生效，现在选中了 2 张")
	b.arrives("/work")

	to(fresh)
	b.press("a")
	b.focused("#bulk-to")
	b.sees("the row ticked", fmt.Sprintf(`[...document.querySelectorAll("[data-pick]:checked")].map(p=>p.value).join() === %q`, fresh.Ref()))
	b.press("Down")
	b.tabTo(`button[formaction="/work/bulk/assign"]`)
	b.press("Enter")
	b.reads("已分派 1 单")
	if got := now(t, h, fresh); got.Assignee == 0 || got.Owner == h.Person(access.Agent).ID {
		t.Errorf("with %d, of %d", got.Assignee, got.Owner)
	}
}
