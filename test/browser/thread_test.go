// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Who reads further up is told of news and nothing moves. One's own words are none: what was just
// sent is shown whole, and nothing lies on it.
func TestOnesOwnWordsAreNoNews(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	for i := range 14 {
		work(t, h, v, ticket.Note{Say: ticket.Say{Text: "第 " + strconv.Itoa(i) + " 次检查，线缆和接口都看过，没有松动"}})
	}
	b, other := asAgent(t, h), asAgent(t, h)
	const (
		top  = `(s => s.scrollTop === 0 && s.scrollHeight > s.clientHeight + 200)(document.querySelector("[data-thread]").closest(".scroll"))`
		up   = `document.querySelector("[data-thread]").closest(".scroll").scrollTop = 0`
		news = `document.querySelector(".newer")`
	)
	for _, tab := range []*tab{b, other} {
		tab.goTo("/work/tickets/" + v.Ref())
		tab.run(up)
		tab.sees("the beginning of a long thread", top)
	}
	b.press("n")
	b.focused("#note textarea")
	b.write("已更换投影灯泡")
	b.press("ctrl+Enter")
	whole := `(m => m && (r => r.top >= 0 && r.bottom <= m.closest(".scroll").getBoundingClientRect().bottom + 1)(m.getBoundingClientRect()))([...document.querySelectorAll(".msg.note")].find(m => m.innerText.includes("已更换投影灯泡")))`
	b.sees("the note as a whole", whole)
	if eval[bool](b, news+` !== null`) {
		t.Error("one's own words are offered as news")
	}
	other.sees("the note in one's other window", `[...document.querySelectorAll(".msg.note")].some(m => m.innerText.includes("已更换投影灯泡"))`)
	other.sees("that it did not move", top)
	if eval[bool](other, news+` !== null`) {
		t.Error("one's own words are offered as news in another window")
	}
	lead(t, h, v, "备用投影在 302")
	other.sees("that a colleague's words are told", fmt.Sprintf(`%s?.innerText === "有新消息"`, news))
	other.sees("that it did not move", top)
}

// What is only for ears stands below the panes of a phone, too, and does not make the page longer.
func TestTheInboxOfAPhoneScrollsOnce(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for i := range 16 {
		lead(t, h, taken(t, h, "打印机 "+strconv.Itoa(i)+" 卡纸"), "@"+h.Person(access.Agent).Name+" 看一下纸盒")
	}
	b := asAgent(t, h)
	b.size(narrow)
	b.goTo("/work/inbox")
	b.sees("a list longer than the phone", `document.querySelectorAll(".told-row").length === 16 && document.querySelector(".scroll").scrollHeight > innerHeight`)
	for _, w := range b.shape("zh-CN") {
		t.Error(w)
	}
}
