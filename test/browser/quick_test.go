// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/url"
	"strconv"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Ctrl K finds a page in either language, a command of the page that is open, and a ticket by
// its words; Escape gives the focus back.
func TestThePaletteByKeyboard(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	h.RunJobs()
	b := asAgent(t, h)
	b.goTo("/work")
	b.press("j")
	b.press("ctrl+k")
	b.focused("#palette input")
	b.sees("what the page can do", `document.querySelectorAll("#palette [role=option]").length > 8`)
	for _, v := range b.violations() {
		t.Errorf("with the palette open: %s", v)
	}
	b.press("Escape")
	b.sees("the row again", fmt.Sprintf(`document.activeElement?.closest("[data-row]")?.id === "row-%s"`, v.Ref()))

	b.press("ctrl+k")
	b.focused("#palette input")
	b.write("major")
	b.sees("the page by its other name", `document.querySelector("#palette [aria-selected=true]")?.innerText.includes("重大事件")`)
	b.press("Enter")
	b.arrives("/work/majors")

	b.press("ctrl+k")
	b.focused("#palette input")
	b.write("投影")
	b.sees("the ticket", fmt.Sprintf(`[...document.querySelectorAll("#palette [role=option]")].some(e => e.innerText.includes(%q))`, v.Ref()))
	for range 12 {
		if eval[bool](b, fmt.Sprintf(`document.querySelector("#palette [aria-selected=true]").innerText.includes(%q)`, v.Ref())) {
			break
		}
		b.press("Down")
	}
	b.press("Enter")
	b.arrives("/work/tickets/" + v.Ref())

	b.press("ctrl+k")
	b.focused("#palette input")
	for _, name := range []string{"转交", "等待"} { // they stand in the bar and in the menu
		b.sees("once: "+name, fmt.Sprintf(`[...document.querySelectorAll("#palette [role=option] .what")].filter(e => e.innerText.trim() === %q).length === 1`, name))
	}
	b.write("内部备注")
	b.sees("the command", `document.querySelector("#palette [aria-selected=true]")?.innerText.includes("内部备注")`)
	b.press("Enter")
	b.focused("#note textarea")
}

// Ctrl K knows everything that the list can do by what it is called, in either language, also what
// has no key, stands in the side or waits out of sight; and says each name once.
func TestThePaletteKnowsEverything(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	first := func(name string) string {
		return fmt.Sprintf(`document.querySelector("#palette [aria-selected=true] .what")?.innerText.trim() === %q`, name)
	}
	for _, c := range []struct{ lang, typed, name, then string }{
		{"zh-CN", "筛选", "筛选列表", `document.activeElement.id === "q"`},
		{"zh-CN", "filter", "筛选列表", `document.activeElement.id === "q"`},
		{"zh-CN", "快捷键", "快捷键", `document.querySelector("#keymap").open`},
		{"zh-CN", "shortcut", "快捷键", `document.querySelector("#keymap").open`},
		{"zh-CN", "新建视图", "新建视图", `location.pathname === "/work/views/new"`},
		{"zh-CN", "new view", "新建视图", `location.pathname === "/work/views/new"`},
		{"zh-CN", "重排", "重排列表", `location.pathname === "/work" && !document.querySelector("#palette")`},
		{"en", "filter", "Filter the list", `document.activeElement.id === "q"`},
		{"en", "shortcut", "Keyboard shortcuts", `document.querySelector("#keymap").open`},
		{"en", "new view", "New view", `location.pathname === "/work/views/new"`},
		{"en", "reorder", "Reorder the list", `location.pathname === "/work" && !document.querySelector("#palette")`},
	} {
		b.speak(c.lang)
		b.goTo("/work")
		b.press("ctrl+k")
		b.focused("#palette input")
		b.write(c.typed)
		b.sees(c.typed+" finds "+c.name, first(c.name))
		b.press("Enter")
		b.sees("what "+c.typed+" does", c.then)
	}

	b.speak("zh-CN")
	b.goTo("/work")
	b.press("ctrl+k")
	b.focused("#palette input")
	b.write("筛选")
	b.sees("the filters", `[...document.querySelectorAll("#palette [role=option]")].some(e => e.querySelector(".what").innerText.trim() === "优先级" && e.querySelector(".where").innerText.trim() === "筛选")`)

	option := func(i int, what, where string) string {
		return fmt.Sprintf(`(o => o?.querySelector(".what").innerText.trim() === %q && o.querySelector(".where").innerText.trim() === %q)(document.querySelectorAll("#palette [role=option]")[%d])`, what, where, i)
	}
	b.press("Escape", "ctrl+k")
	b.focused("#palette input")
	b.sees("what can be done here first, and nothing that is of no use yet", `![...document.querySelectorAll("#palette [role=option] .what")].slice(0, 8).some(e => e.innerText.trim() === "重排列表")`)
	b.write("深色")
	b.sees("the theme and what it is a choice of", option(0, "深色", "外观"))
	b.press("Escape")

	b.goTo("/work/tickets/" + v.Ref())
	b.press("ctrl+k")
	b.focused("#palette input")
	for _, name := range []string{"回复用户", "写内部备注"} {
		b.sees("once: "+name, fmt.Sprintf(`[...document.querySelectorAll("#palette [role=option] .what")].filter(e => e.innerText.trim() === %q).length === 1`, name))
	}
	b.press("Escape")

	name := h.SignIn(access.Requester).Person.Name
	about := ask(t, h, "请联系"+name)
	h.RunJobs() // the index of the search
	b.press("ctrl+k")
	b.focused("#palette input")
	b.write(name)
	b.sees("a ticket that holds the name", fmt.Sprintf(`[...document.querySelectorAll("#palette [role=option] .what")].some(e => e.innerText.includes(%q))`, about.Ref()))
	b.sees("the person before it", fmt.Sprintf(`document.querySelector("#palette [role=option] .what").innerText.trim().startsWith(%q)`, name))
	b.goTo("/work/tickets/" + v.Ref())
	b.press("?")
	b.sees("its key on the sheet", `document.querySelector("#keymap[open]")?.innerText.includes("命令与查找")`)
	b.press("Escape", "ctrl+k")
	b.focused("#palette input")
	b.sees("no name that is said twice", `[...document.querySelectorAll("#palette [role=option] .what")].every(e => !/^(.{2,}) \1$/.test(e.innerText.trim()))`)
}

// Space looks at a ticket beside the list, follows the cursor, and goes by Escape; the focus
// never leaves the list.
func TestAPeekBesideTheList(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	one := taken(t, h, "打印机卡纸。三楼东侧那台")
	two := taken(t, h, "门禁卡刷不开三楼")
	b := asAgent(t, h)
	b.goTo("/work?view=mine")
	b.press("j")
	b.press("Space")
	first := eval[string](b, `document.activeElement.closest("[data-row]").id.slice(4)`)
	b.sees("the ticket beside the list", fmt.Sprintf(`document.querySelector("#peek header")?.innerText.includes(%q) && document.querySelector("#peek .msg")`, first))
	for _, v := range b.violations() {
		t.Errorf("with a glance open: %s", v)
	}
	b.sees("room beside the messages", `document.querySelector("#peek .msg").getBoundingClientRect().left - document.querySelector("#peek").getBoundingClientRect().left >= 16`)
	b.sees("the whole hint of the filter", `(e => { const c = document.createElement("canvas").getContext("2d"), s = getComputedStyle(e); c.font = s.font; return c.measureText(e.placeholder).width <= e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight); })(document.querySelector("#q"))`)
	b.press("j")
	other := map[string]string{one.Ref(): two.Ref(), two.Ref(): one.Ref()}[first]
	b.sees("the next one", fmt.Sprintf(`document.querySelector("#peek header")?.innerText.includes(%q)`, other))
	b.sees("the focus in the list", fmt.Sprintf(`document.activeElement.closest("[data-row]").id === "row-%s"`, other))
	b.press("Escape")
	b.sees("the list alone", `!document.querySelector("#peek") && document.activeElement.closest("[data-row]")`)
	b.press("Space")
	b.sees("it again", fmt.Sprintf(`document.querySelector("#peek header")?.innerText.includes(%q)`, other))
	b.press("Enter")
	b.arrives("/work/tickets/" + other)
}

// Two agents on one ticket: each sees that the other writes, and what kind of words, before
// both have answered (N13).
func TestWhoWritesIsSeen_N13(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	lead := h.Person(access.Lead)
	b, other := asAgent(t, h), open(t, h.URL)
	other.signIn(lead.Email)
	b.goTo("/work/tickets/" + v.Ref())
	other.goTo("/work/tickets/" + v.Ref())
	other.press("r")
	other.focused("#reply textarea")
	other.write("您好，我来看")
	b.sees("that the lead writes", fmt.Sprintf(`document.querySelector("#presence").innerText.includes(%q)`, lead.Name+"正在写回复"))
	for _, v := range b.violations() {
		t.Errorf("while somebody else writes: %s", v)
	}
	other.press("ctrl+Enter")
	b.sees("the reply, and nobody writing", `document.querySelector(".msg.pub")?.innerText.includes("我来看") && !document.querySelector("#presence").innerText.includes("正在写")`)
	if got := now(t, h, v); got.Status != ticket.Opened {
		t.Errorf("the ticket is %s", got.Status)
	}
}

// What is typed into the search goes on with the names of fields and their values, chosen by the
// arrows and taken by Enter; Escape leaves what was typed. The list says how many there are.
func TestTheSearchIsCompletedByKeyboard(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	taken(t, h, "门禁卡刷不开三楼")
	h.RunJobs()
	b := asAgent(t, h)
	b.goTo("/work/search")
	b.focused("#find")
	chosen := `document.getElementById(document.querySelector("#find").getAttribute("aria-activedescendant"))?.innerText`
	b.write("投影 状态")
	b.sees("the field", `document.querySelector("#suggestions [role=option]")?.innerText.startsWith("状态:") && document.querySelector("#find").getAttribute("aria-expanded") === "true"`)
	for _, v := range b.violations() {
		t.Errorf("with suggestions: %s", v)
	}
	b.press("Down")
	b.sees("it is pointed at", chosen+`.startsWith("状态:")`)
	b.press("Enter")
	b.sees("its values", `document.querySelector("#find").value === "投影 状态:" && [...document.querySelectorAll("#suggestions [role=option]")].some(e => e.innerText.startsWith("处理中"))`)
	b.write("处")
	b.sees("the one", `[...document.querySelectorAll("#suggestions [role=option]")].map(e => e.innerText.trim().split(/\s/)[0]).join() === "处理中"`)
	b.press("Down")
	b.sees("it is pointed at", chosen+`.startsWith("处理中")`)
	b.press("Enter")
	b.sees("it is in the box, and the ticket is offered", fmt.Sprintf(`document.querySelector("#find").value === "投影 状态:处理中 " && document.querySelector("#suggestions").innerText.includes(%q)`, v.Ref()))
	b.press("Escape")
	b.sees("the box alone", `document.querySelector("#suggestions").hidden && document.querySelector("#find").value === "投影 状态:处理中 "`)
	b.press("Enter")
	b.sees("what was found", fmt.Sprintf(`document.querySelector("#row-%s mark.hit")?.innerText === "投影" && document.querySelectorAll("[data-row]").length === 1`, v.Ref()))
}

// J and K go through all that was found as it stands there: articles, people, tickets; Enter opens.
func TestTheCursorGoesThroughAllThatWasFound(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	a := published(t, h, knowledge.Content{Title: "投影没有画面怎么办", Body: "先看：\n\n- 电源\n- 输入口", Audience: knowledge.Public})
	v := taken(t, h, "会议室投影没有画面")
	h.RunJobs()
	b := asAgent(t, h)
	b.goTo("/work/search?q=" + url.QueryEscape("投影"))
	on := func(href string) string {
		return fmt.Sprintf(`document.activeElement.getAttribute("href") === %q && document.activeElement.closest("[data-row]").classList.contains("cur") && document.querySelectorAll("[data-list] .cur").length === 1`, href)
	}
	article := "/work/articles/" + strconv.FormatInt(int64(a.ID), 10)
	b.sees("the words of the article without the marks of its list", `document.querySelector("#found-articles").parentElement.innerText.includes("电源 输入口")`)
	b.press("Tab")
	b.press("j")
	b.sees("the article", on(article))
	b.press("j")
	b.sees("the ticket below it", on("/work/tickets/"+v.Ref()))
	b.press("k")
	b.sees("the article again", on(article))
	b.holds("with the cursor on an article")
	b.press("Enter")
	b.arrives(article)
}

// In the form of a view Enter in the name saves, and says what is missing where there is none; to
// apply by keyboard leaves the focus where it was. The words of a status are those of the ticket.
func TestAViewIsSavedFromItsName(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAgent(t, h)
	b.goTo("/work/views/new")
	b.sees("the word of the ticket", `[...document.querySelectorAll("#builder .ticks .tick")].some(e => e.innerText.trim() === "待受理")`)
	b.tabTo("#act-apply")
	b.run(`addEventListener("htmx:after:swap", () => window.applied = true, {once: true})`)
	b.press("Enter")
	b.sees("that it is applied", `window.applied`)
	b.focused("#act-apply")
	b.sees("each sign nearer to its own choice than to the next", `(() => {
		const all = [...document.querySelectorAll("#builder label.tick:has([name=icon])")];
		const own = all[0].querySelector(".ic").getBoundingClientRect().left - all[0].querySelector("input").getBoundingClientRect().right;
		return all[1].querySelector("input").getBoundingClientRect().left - all[0].querySelector(".ic").getBoundingClientRect().right > own;
	})()`)
	b.tabTo("input[name=name]")
	b.provoke(422)
	b.press("Enter")
	b.focused(".problems")
	b.tabTo("input[name=name][aria-invalid=true]")
	b.write("我的一组")
	b.press("Enter")
	b.sees("the list that was saved", `location.pathname === "/work" && new URLSearchParams(location.search).get("view") && document.querySelector("h1").innerText === "我的一组"`)
}
