// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// longName is a file as telephones and programs name them: without a place to break it.
func longName() string { return strings.Repeat("屏幕截图_Screenshot_", 12) + ".png" }

// within fails where an element ends beyond another one's sides.
func (b *tab) within(what, inner, outer string) {
	b.Helper()
	b.sees(what, fmt.Sprintf(`(() => {
		const a = document.querySelector(%s).getBoundingClientRect(), o = document.querySelector(%s).getBoundingClientRect();
		return a.width > 0 && a.left >= o.left - 1 && a.right <= o.right + 1;
	})()`, quote(inner), quote(outer)))
}

func TestALongFileNameLeavesTheComposerItsWidth(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	t.Run("agent", func(t *testing.T) {
		b := asAgent(t, h)
		b.goTo("/work/tickets/" + v.Ref())
		b.press("r")
		b.focused("#reply textarea")
		b.attach(longName())
		b.sees("the file", `document.querySelector("#reply input[name=files]")?.value`)
		b.within("its composer in the pane", "#reply", ".pane-main")
		b.within("the way to take it out", "#reply .file button", "#reply")
	})
	t.Run("requester", func(t *testing.T) {
		b := asRequester(t, h)
		b.size(narrow)
		b.goTo("/requests/" + v.Ref())
		b.tabTo("textarea[name=text]")
		b.attach(longName())
		b.sees("the file", `document.querySelector(".pfoot input[name=files]")?.value`)
		b.within("the way to take it out", ".pfoot .file button", ".pfoot")
		for _, w := range b.shape("zh-CN") {
			t.Error(w)
		}
	})
	t.Run("refused", func(t *testing.T) {
		b := asRequester(t, h)
		b.bear("ERR_FAILED")
		b.size(narrow)
		b.goTo("/requests/" + v.Ref())
		b.tabTo("textarea[name=text]")
		b.noUploads(true)
		b.attach("接法一_会议室投影_没有画面.png")
		b.sees("all of why it did not go up", `(e => e && e.clientHeight > 0 && e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth)(document.querySelector(".pfoot .file.bad"))`)
	})
}

// picture chooses a picture of a size for the form that the focus is in.
func (b *tab) picture(name string, width, height int) {
	b.Helper()
	b.run(fmt.Sprintf(`const c=document.createElement("canvas"); c.width=%d; c.height=%d; c.getContext("2d").fillRect(8,8,40,40);
		const d=new DataTransfer(); d.items.add(new File([await new Promise(r=>c.toBlob(r))],%q,{type:"image/png"}));
		const input=document.activeElement.form.querySelector("[data-add]"); input.files=d.files; input.dispatchEvent(new Event("change",{bubbles:true}))`, width, height, name))
}

// A picture is shown whole before it is enlarged; how, is said; enlarged, the arrows still lead to the
// next, and nothing lies on it. A telephone has room for the bar in one line.
func TestAPictureIsShownWhole(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("两张图")
	b.picture("长图_整个窗口的滚动截图.png", 300, 2400)
	b.sees("one file", `document.querySelectorAll("#reply input[name=files]").length === 1`)
	b.picture("宽图.png", 2400, 1600)
	b.sees("two files", `document.querySelectorAll("#reply input[name=files]").length === 2`)
	b.press("ctrl+Enter")
	b.sees("both in the thread", `document.querySelectorAll(".msg.pub a.file").length === 2`)
	b.press("Escape")
	b.tabTo(".msg.pub a.file")
	b.press("Enter")
	whole := `(() => {
		const stage = document.querySelector("dialog.viewer .stage"), img = stage.querySelector("img"), r = img.getBoundingClientRect(), s = stage.getBoundingClientRect();
		return img.naturalHeight === %d && r.height > 0 && r.top >= s.top && r.bottom <= s.bottom && r.left >= s.left && r.right <= s.right && stage.scrollHeight <= stage.clientHeight;
	})()`
	b.sees("the tall one, whole", fmt.Sprintf(whole, 2400))
	b.sees("how to enlarge it", `document.querySelector("dialog.viewer img").title === "放大"`)
	b.press("Space")
	b.sees("it at its full size", `document.querySelector("dialog.viewer img").getBoundingClientRect().height === 2400 && document.querySelector("dialog.viewer img").title === "缩回整张"`)
	b.sees("nothing on it", `[...document.querySelectorAll("dialog.viewer button")].every(e => e.getBoundingClientRect().bottom <= document.querySelector("dialog.viewer .stage").getBoundingClientRect().top)`)
	b.press("Right")
	b.sees("the wide one, whole", fmt.Sprintf(whole, 1600))
	b.accessibleNow("the viewer")
	b.size(narrow)
	b.sees("it whole on a telephone, its bar in one line, what is pressed as large as a thumb", fmt.Sprintf(whole, 1600)+` && (() => {
		const bar = document.querySelector("dialog.viewer .bar").getBoundingClientRect(), close = document.querySelector("dialog.viewer [data-close]").getBoundingClientRect();
		return close.width >= 44 && close.height >= 44 && close.right <= innerWidth && [...document.querySelectorAll("dialog.viewer .bar > *")].every(e => e.getBoundingClientRect().bottom <= bar.bottom);
	})()`)
	b.sees("no line broken", `document.querySelector("dialog.viewer .bar .num").getBoundingClientRect().height < 24`)
}

// The pane beside a ticket has long subjects and names in it, and scrolls one way only.
func TestThePaneBesideATicketScrollsOneWay(t *testing.T) {
	t.Parallel()
	d := sampleDeskIn(t, "en")
	b := open(t, d.url)
	b.signIn(chen)
	b.speak("en")
	for _, ref := range []string{"LD-1113", "LD-1096", "LD-1104"} {
		b.goTo("/work/tickets/" + ref)
		for _, w := range b.shape("en") {
			t.Errorf("%s: %s", ref, w)
		}
	}
}

// A split without a message is told where it is mended: at the messages, in sight and in focus.
func TestASplitOfNothingIsToldAtTheMessages(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	for range 5 {
		if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Requester), "portal"), ticket.Target{ID: v.ID},
			ticket.Reply{Say: ticket.Say{Text: "另外，门禁卡刷不开三楼", Channel: ticket.Portal}}); err != nil {
			t.Fatal(err)
		}
	}
	for name, size := range map[string]window{"desk": {1280, 640}, "phone": narrow} {
		t.Run(name, func(t *testing.T) {
			b := asAgent(t, h)
			b.provoke(http.StatusUnprocessableEntity)
			b.size(size)
			b.goTo("/work/tickets/" + v.Ref() + "/split")
			b.tabTo("#act-split-subject")
			b.run(`for (const e of document.querySelectorAll("#act input[name=messages]")) e.checked = false`)
			b.press("ctrl+Enter")
			b.focused("#act input[name=messages]")
			b.sees("why, in sight", `(e => {
				const r = e.getBoundingClientRect(), box = document.querySelector("#act .cols").getBoundingClientRect();
				return r.height > 0 && r.top >= box.top && r.bottom <= box.bottom && e.contains(document.elementFromPoint(r.x + 30, r.y + r.height / 2));
			})(document.querySelector("#act .er"))`)
			b.sees("its name in one line", `(e => e.getBoundingClientRect().height < 30)(document.querySelector("#act-title, #act h2"))`)
		})
	}
}

// On a telephone the notifications lead to their settings, too.
func TestAPhoneHasTheWayToTheNotificationSettings(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAgent(t, h)
	b.size(narrow)
	b.goTo("/work/inbox")
	b.click(`a[href="/me/notices"]`)
	b.arrives("/me/notices")
}

// With the note open on a telephone, what is closed shares one line below it, from side to side.
func TestTheFootOfATicketOnAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	h.Person(access.Lead)
	h.Person(access.Admin)
	b := asAgent(t, h)
	b.size(window{390, 600})
	b.goTo("/work/tickets/" + v.Ref())
	b.press("n")
	b.focused("#note textarea")
	b.sees("reply and note as wide, and nothing alone below", `(() => {
		const at = s => document.querySelector(s).getBoundingClientRect(), note = at("#note"), reply = at("#reply");
		const others = [...document.querySelectorAll(".pane-foot > :not(#note)")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0).map(e => e.getBoundingClientRect());
		return others.every(r => Math.abs(r.top + r.bottom - reply.top - reply.bottom) < 4) && Math.abs(Math.min(...others.map(r => r.left)) - note.left) < 2 && Math.abs(Math.max(...others.map(r => r.right)) - note.right) < 2;
	})()`)
	b.write("@")
	b.sees("colleagues to call, and the button still in sight", `((list, save) => list && save && list.height > 40 && save.bottom <= innerHeight && save.top >= 0)(document.querySelector("#note .texts")?.getBoundingClientRect(), [...document.querySelectorAll("#note .ft button")].at(-1)?.getBoundingClientRect())`)
}

// unfit is what does not fit on the page that is shown: a bar that ends beyond its pane or leaves no room for
// its name, what is pressed at the edge of the screen, parts of a cell side by side, words of a chart too
// small to read or one on the other, a link or a tick that a finger misses.
const unfit = `(() => {
	const out = [], at = e => e.getBoundingClientRect(), seen = s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility() && at(e).width > 1);
	const say = (what, e) => out.push(what + ": " + e.outerHTML.replace(/\s+/g, " ").slice(0, 140));
	const phone = innerWidth < 768;
	for (const bar of seen("main .bar:not(.thin)")) for (const e of bar.querySelectorAll(".btn, .chip")) if (e.checkVisibility() && !e.closest(".pop") && at(e).right > at(bar).right) say("ends " + Math.round(at(e).right - at(bar).right) + " px beyond the bar", e);
	for (const e of seen("main .bar h1")) if (at(e).width < 96 && e.scrollWidth > e.clientWidth) say("a name of " + Math.round(at(e).width) + " px", e);
	for (const e of seen(".chart > svg text")) if (e.getScreenCTM().a * parseFloat(getComputedStyle(e).fontSize) < 9.9) say("words too small to read", e);
	for (const chart of seen(".chart > svg")) {
		const words = [...chart.querySelectorAll("text")].filter(e => e.checkVisibility());
		for (const e of words) if (at(e).left < at(chart.parentElement).left || at(e).right > at(chart.parentElement).right) say("words beyond the chart", e);
		for (const a of words) for (const b of words) if (a !== b && at(a).left < at(b).right && at(b).left < at(a).right && at(a).top < at(b).bottom - 2 && at(b).top < at(a).bottom - 2) say("words on other words", a);
	}
	if (!phone) return out;
	for (const e of seen("main .scroll :is(.btn, .pan)")) if (at(e).left < 8 || at(e).right > innerWidth - 8) say("at the edge of the screen", e);
	for (const td of seen(".tb td[data-label]")) {
		if (!["left", "start"].includes(getComputedStyle(td).textAlign)) say("a label out of line", td);
		const all = document.createRange();
		all.selectNodeContents(td);
		const left = Math.min(...[...all.getClientRects()].filter(r => r.width > 0).map(r => r.left));
		if (isFinite(left) && Math.abs(left - at(td).left - 100) > 4) say("what a cell holds is out of line", td);
		for (const e of td.children) if (!/inline|none/.test(getComputedStyle(e).display) && at(e).width > 0 && Math.abs(at(e).left - left) > 4) say("parts of a cell side by side", td);
	}
	for (const e of seen(".tb td > .lk, li > .lk, [data-open-row][title]")) if (at(e).height < 23.5) say("a link of " + Math.round(at(e).height) + " px", e);
	for (const e of seen("li > .lk.flex-1")) if (at(e).width < 220) say("a column of words", e);
	for (const e of seen(".card .box")) if (document.elementFromPoint(at(e).left - 4, at(e).bottom + 3) !== e && at(e).bottom < innerHeight) say("a tick that a finger misses", e);
	for (const e of seen(".bar.thin input[type=search]")) if (at(e).width < 240 || at(e).top < at(e.closest(".bar")).top + 2 || at(e).bottom > at(e.closest(".bar")).bottom - 2) say("a search that is cut", e);
	return out;
})()`

// Pages that once did not fit a telephone, or a desk with both panes, do.
func TestWhatIsNarrowHasRoomForItsWords(t *testing.T) {
	t.Parallel()
	d := sampleDeskIn(t, "en")
	b := open(t, d.url)
	b.signIn(zheng)
	b.speak("en")
	held := eval[string](b, `fetch("/work/quarantine").then(r => r.text()).then(t => t.match(/\/work\/quarantine\/\d+/)[0])`)
	for _, p := range []struct {
		sizes []window
		paths []string
	}{
		{[]window{{1280, 800}, {1024, 800}}, []string{"/work/tickets/LD-1113"}},
		{[]window{narrow}, []string{
			"/work/month", "/work/report", "/work/scores", held, "/work/runbooks", "/work/runbooks/4", "/work/rota/1", "/work/majors", "/work/board",
			"/work/articles", "/work/articles/faq", "/work/articles/gaps", "/work/problems", "/work/texts", "/work/devices", "/work/devices/30", "/work/services/1",
			"/admin", "/admin/approvals", "/admin/risks", "/admin/remote", "/admin/mail", "/admin/escalation", "/admin/wording", "/admin/norm",
		}},
	} {
		for _, size := range p.sizes {
			b.size(size)
			for _, path := range p.paths {
				if got := b.goTo(path); got != http.StatusOK {
					t.Errorf("%s answers %d", path, got)
				}
				for _, w := range append(eval[[]string](b, unfit), b.shape("en")...) {
					t.Errorf("%s at %d px: %s", path, size.width, w)
				}
			}
		}
	}
}

// An incident on a telephone, with what belongs to it and what looks the same, whose subjects are longer
// than its screen: the numbers stand whole, and nothing scrolls sideways (N4).
func TestN4_AnIncidentWithItsRequestsFitsAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	shop, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "网上订单"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []ticket.Ticket
	for range 3 {
		list = append(list, work(t, h, taken(t, h, "网上订单平台无法下单，付款页面一直转圈，多位同事和经销商都打电话来问什么时候能恢复正常"), ticket.Classify{Category: shop.ID}))
	}
	on := ticket.Target{ID: list[0].ID}
	if _, err := h.Majors.Declare(t.Context(), access.Desk(), on, major.Declaration{Headline: "网上订单平台暂时无法下单"}); err != nil {
		t.Fatal(err)
	}
	if err := h.Majors.Attach(t.Context(), access.Desk(), on, ticket.Target{ID: list[1].ID}); err != nil {
		t.Fatal(err)
	}
	b := open(t, h.URL)
	b.signIn(h.Person(access.Lead).Email)
	b.size(narrow)
	b.goTo("/work/majors/" + list[0].Ref())
	for _, v := range list[1:] {
		b.sees("the number in one line", `(e => e.getBoundingClientRect().height < 30 && e.nextElementSibling.getBoundingClientRect().width > 60)(document.querySelector("main li a[href='/work/tickets/`+v.Ref()+`']"))`)
	}
	for _, w := range append(eval[[]string](b, unfit), b.shape("zh-CN")...) {
		if !strings.HasPrefix(w, "a name of ") { // it stands whole below the bar
			t.Error(w)
		}
	}
}
