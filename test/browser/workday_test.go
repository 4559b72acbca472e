// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// quotedMail is an answer by mail that repeats what was said before it.
const quotedMail = "From: %s\nTo: " + apptest.Address + "\nSubject: 扫码枪\nMessage-ID: <a1@desk.test>\nDate: Mon, 02 Mar 2026 09:00:00 +0800\nMIME-Version: 1.0\n" +
	"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n收货台的扫码枪扫不出条码，指示灯是红色的\n\n在 2026年3月1日，陈力写道：\n> 请把底座的型号发给我们。\n> 谢谢\n"

// An agent's list and ticket by keyboard alone, in one house: how the list looks, what a mail
// repeats, what solved it before (N24), and another ticket that belongs to it.
func TestByKeyboard_N24_ListQuoteSolvedAndLink(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := h.Person(access.Requester)
	for _, text := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号", "会议室投影没有声音"} {
		ask(t, h, text)
	}
	old := work(t, h, taken(t, h, "扫码枪扫不出条码，指示灯红色"), ticket.Resolve{
		Solution: ticket.Solution{Text: "换了连接线", Cause: "连接线坏了", Prevention: "备一根新线", Verify: []string{"扫一件"}}, Difficulties: "无", Approach: "换线",
	})
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(user, "portal"), ticket.Target{ID: old.ID}, ticket.Confirm{}); err != nil {
		t.Fatal(err)
	}
	h.Advance(72 * time.Hour)
	h.Receive(user.Email, crlf(fmt.Sprintf(quotedMail, user.Email)))
	byMail := newest(t, h)

	b := asAgent(t, h)
	listLooks(b)
	quoteOpens(t, h, b, byMail)
	solvedIsUsed(t, h, b, byMail, old)
	linkShowsWhich(t, h, b, byMail, old)
}

// listLooks chooses columns and density for a list, sees them applied, and kept.
func listLooks(b *tab) {
	b.Helper()
	const looks = `(l => l && l.classList.contains("dense") && [...l.querySelectorAll(".qh > span")].map(e => e.checkVisibility() ? e.innerText.trim() : "").join("|"))(document.querySelector(".ql"))`
	b.goTo("/work")
	b.sees("the usual rows", `document.querySelector(".ql:not(.dense) .qr")`)
	tall := eval[int](b, `document.querySelector(".qr").offsetHeight`)
	b.press("f")
	b.arrives("/work/views/new")
	for _, name := range []string{"category", "clock", "promise", "group", "age"} {
		b.tabTo(fmt.Sprintf("input[name=columns][value=%s]", name))
		b.press("Space")
	}
	b.tabTo("input[name=dense]")
	b.press("Space")

	// Shown for once it looks as it was chosen.
	b.tabTo("button[name=act][value=show]")
	b.press("Enter")
	b.arrives("/work")
	shaped := func(what string) {
		b.Helper()
		b.sees(what, looks+` && !`+looks+`.includes("分类") && `+looks+`.includes("支持组") && [...document.querySelectorAll(".qr")].every(r => r.offsetHeight < `+fmt.Sprint(tall)+`)`)
	}
	shaped("the columns and the low rows, for once")

	// Kept under a name it looks so again, after a reload too.
	b.press("f")
	b.arrives("/work/views/new")
	b.sees("the same choice", `document.querySelector("input[name=dense]").checked && document.querySelector("input[name=columns][value=group]").checked && !document.querySelector("input[name=columns][value=category]").checked`)
	b.tabTo("input[name=name]")
	b.write("低行")
	b.press("ctrl+Enter")
	b.sees("the view", `document.querySelector("h1")?.innerText.includes("低行")`)
	shaped("the columns and the low rows")
	b.accessibleNow("the dense list")
	b.size(window{1280, 800})
	shaped("the same on a smaller screen")
	b.size(wide)
	b.goTo(eval[string](b, `location.pathname + location.search`))
	shaped("the same after a reload")
}

// quoteOpens finds what a mail repeats folded, opens it, and has it open while others write.
func quoteOpens(t *testing.T, h *apptest.House, b *tab, v ticket.Ticket) {
	t.Helper()
	b.goTo("/work/tickets/" + v.Ref())
	const quote = `#thread details:has(> p) > summary`
	b.sees("the words without what they repeat", `document.querySelector("#thread").innerText.includes("指示灯是红色的") && !document.querySelector("#thread").innerText.includes("底座的型号")`)
	b.tabTo(quote)
	b.press("Enter")
	b.sees("what was repeated", `document.activeElement.parentElement.open && document.querySelector("#thread").innerText.includes("底座的型号")`)
	b.accessibleNow("a quote that is open")
	byLead(t, h, v, ticket.Note{Say: ticket.Say{Text: "我去看底座"}})
	b.sees("the colleague's words, the quote still open and the focus on it", `document.querySelector("#thread").innerText.includes("我去看底座") && document.querySelector("#thread").innerText.includes("底座的型号") && document.activeElement.matches("#thread summary")`)
	b.press("Enter")
	b.sees("it folded again", `!document.querySelector("#thread").innerText.includes("底座的型号")`)
	folded := eval[string](b, `document.activeElement.innerText.trim()`)
	b.speak("en")
	b.goTo("/work/tickets/" + v.Ref())
	if got := eval[string](b, `document.querySelector("`+quote+`").innerText.trim()`); got == folded || got == "" {
		t.Errorf("in English it says %q", got)
	}
	b.speak("zh-CN")
}

// solvedIsUsed sees what solved the matter before, says that it helped, and takes it back.
func solvedIsUsed(t *testing.T, h *apptest.House, b *tab, v, old ticket.Ticket) {
	t.Helper()
	b.goTo("/work/tickets/" + v.Ref())
	b.sees("the solved one and what solved it", fmt.Sprintf(`(s => s.includes(%q) && s.includes("换了连接线"))(document.querySelector("#ticket-solved").innerText)`, old.Ref()))
	helped := func() (n int64, used bool) {
		list, err := h.Suggest.Solved(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), now(t, h, v))
		if err != nil || len(list) != 1 {
			t.Fatalf("%d: %v", len(list), err)
		}
		return list[0].Helped, list[0].Used
	}
	b.tabTo("#solved-" + old.Ref())
	b.press("Enter")
	b.sees("that it helped", `document.querySelector("#ticket-solved").innerText.includes("已用上") && document.querySelector("#ticket-solved").innerText.includes("帮上 1 次")`)
	b.holds("after saying so")
	b.accessibleNow("a solved ticket that helped")
	if n, used := helped(); n != 1 || !used {
		t.Errorf("counted %d, %t", n, used)
	}
	b.focused("#solved-" + old.Ref())
	b.press("Enter")
	b.sees("that it is taken back", `!document.querySelector("#ticket-solved").innerText.includes("已用上")`)
	b.focused("#solved-" + old.Ref())
	if n, used := helped(); n != 0 || used {
		t.Errorf("taken back it counts %d, %t", n, used)
	}
	b.speak("en")
	b.goTo("/work/tickets/" + v.Ref())
	b.sees("it in English", `(s => s.includes("Solved before") && s.includes("Used this"))(document.querySelector("#ticket-solved").innerText)`)
	b.speak("zh-CN")
}

// linkShowsWhich links another ticket by its number and sees beforehand which one it is.
func linkShowsWhich(t *testing.T, h *apptest.House, b *tab, v, other ticket.Ticket) {
	t.Helper()
	b.goTo("/work/tickets/" + v.Ref())
	b.press("ctrl+k")
	b.focused("#palette input")
	b.write("关联")
	b.sees("the command", `document.querySelector("#palette [aria-selected=true]")?.innerText.includes("关联")`)
	b.press("Enter")
	b.focused("#act input[name=to]")
	b.write(v.Ref())
	b.sees("that it is this one itself", `document.querySelector("#other .text-danger")?.innerText.includes("自己")`)
	b.run(`document.activeElement.select()`)
	b.write("LD-99999")
	b.sees("that there is none", `document.querySelector("#other .text-danger")?.innerText.includes("没有找到")`)
	b.run(`document.activeElement.select()`)
	b.write(other.Ref())
	b.sees("which one it is and how it stands", fmt.Sprintf(`(s => s.includes(%q) && s.includes("扫码枪扫不出条码") && s.includes("用户已确认"))(document.querySelector("#other").innerText)`, other.Ref()))
	b.accessibleNow("a link with its preview")
	b.press("ctrl+Enter")
	b.sees("the link", fmt.Sprintf(`document.querySelector("#linked")?.innerText.includes(%q)`, other.Ref()))
	b.holds("after the link")
	if got := now(t, h, other); len(got.Detail.Links) != 1 || got.Detail.Links[0].Ticket != v.ID {
		t.Errorf("the other knows %+v", got.Detail.Links)
	}
}
