// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// lead writes a note as the lead of a house.
func lead(t *testing.T, h *apptest.House, v ticket.Ticket, text string) {
	t.Helper()
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Lead), "web"), ticket.Target{ID: v.ID}, ticket.Note{Say: ticket.Say{Text: text}}); err != nil {
		t.Fatal(err)
	}
}

// What one was told, by keyboard alone: there by two keys, down, done, undone, opened, seen; and
// what comes in meanwhile is offered and moves nothing.
func TestByKeyboard_Inbox(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	first, second := taken(t, h, "打印机卡纸"), taken(t, h, "显示器不亮")
	lead(t, h, first, "@陈立 看一下纸盒")
	lead(t, h, second, "@陈立 换根线试试")
	b := asAgent(t, h)
	b.goTo("/work")
	count := func(n string) {
		t.Helper()
		b.sees("a figure of "+n, fmt.Sprintf(`(document.querySelector('#nav a[href="/work/inbox"] .c')?.textContent ?? "") === %q`, n))
	}
	count("2")
	b.press("g", "i")
	b.arrives("/work/inbox")
	row := func(v ticket.Ticket) string {
		return fmt.Sprintf(`document.querySelector("#told-%s")`, strings.TrimPrefix(v.Ref(), ticket.Prefix))
	}
	b.sees("both lines, unread", `document.querySelectorAll(".told-row.unread").length === 2`)
	b.press("j")
	b.sees("the cursor on the newest", row(second)+`.matches(".cur")`)
	b.press("e")
	b.sees("that it is gone", `!`+row(second))
	b.sees("the cursor on the line that came up", row(first)+`.contains(document.activeElement)`)
	count("1")
	b.press("u")
	b.sees("that it is back", row(second))
	b.holds("after the undo")

	lead(t, h, second, "@陈立 还有一件事")
	b.sees("that news are offered", `!document.querySelector("#offer").hidden`)
	b.sees("that nothing has moved", row(second)+`.querySelectorAll(".told-what > li").length === 1`)

	b.press("j")
	b.sees("a cursor", `document.querySelector(".told-row.cur")`)
	b.press("Enter")
	b.sees("the ticket", `location.pathname.startsWith("/work/tickets/LD-")`)
	b.sees("that it was seen", `!document.querySelector('#nav a[href="/work/inbox"]').matches("[data-dot]") || (document.querySelector('#nav a[href="/work/inbox"] .c')?.textContent ?? "") === "1"`)
}

// "@" and a few letters of how a name sounds, Enter, and the colleague is told (S24: who may not
// read the ticket is not in the list).
func TestByKeyboard_Mention(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "打印机卡纸")
	boss := h.Person(access.Lead)
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("n")
	b.focused("#note textarea")
	b.write("请 @zhoum")
	b.sees("the colleague", `document.querySelector("#mentions [aria-selected=true]")?.textContent.includes("周敏")`)
	b.press("Enter")
	b.sees("the name in the text", `document.querySelector("#note textarea").value === "请 @周敏 "`)
	b.sees("no list any more", `!document.querySelector("#mentions")`)
	b.write("看一下")
	b.press("ctrl+Enter")
	b.sees("the mark in the thread", `document.querySelector(".msg.note .mention")?.textContent === "@周敏"`)
	b.sees("the words around it as they were written", `document.querySelector(".msg.note .plain").textContent.trim() === "请 @周敏 看一下"`)
	b.holds("after the note")
	p, err := h.Inbox.List(t.Context(), apptest.Actor(boss, "web"), inbox.Filter{})
	if err != nil || len(p.Lines) != 1 || p.Lines[0].Items[0].Kind != inbox.Mentioned {
		t.Errorf("%+v, %v", p, err)
	}
}

// One key watches, the same key ends it, and everything else stays where it is.
func TestByKeyboard_Watch(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "打印机卡纸")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("w")
	b.sees("who watches", `document.querySelector("#watchers")?.innerText.includes("陈立在关注")`)
	b.run(`document.querySelector("#watch-act").focus()`)
	b.press("Enter")
	b.sees("nobody", `document.querySelector("#watchers")?.innerText.includes("还没有人关注")`)
	b.sees("the focus where it was", `document.activeElement?.id === "watch-act"`)
}

// comes waits until something that a page must ask for is true.
func (b *tab) comes(expression string) {
	b.Helper()
	b.run("while (!(" + expression + ")) await new Promise(r => setTimeout(r, 25))")
}

// The worker shows a message that arrives, and keeps one page for a lost network with no word of
// anybody. No tab hires it by itself.
func TestTheWorkerShowsMessagesAndALostNetwork(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	web := httptest.NewServer(h.Handler())
	t.Cleanup(web.Close)
	b := openWhole(t, web.URL)
	ready := make(chan serviceworker.RegistrationID, 1) // the worker's, once it is at work: a message before that goes nowhere
	b.must(chromedp.Listen(b.ctx, func(event any) {
		e, ok := event.(*serviceworker.EventWorkerVersionUpdated)
		if !ok {
			return
		}
		for _, v := range e.Versions {
			if v.Status == serviceworker.VersionStatusActivated {
				select {
				case ready <- v.RegistrationID:
				default:
				}
			}
		}
	}))
	b.goTo("/signin")
	if n := eval[int](b, `navigator.serviceWorker.getRegistrations().then(l => l.length)`); n != 0 {
		t.Fatalf("%d workers in a tab", n)
	}
	call(b, serviceworker.Enable, cdp.Empty{})
	call(b, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted, Origin: web.URL, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID})
	b.run(`await navigator.serviceWorker.register("/sw.js?lang=zh-CN"); await navigator.serviceWorker.ready`)
	b.comes(`(await caches.match("/offline")) !== undefined`)
	if paths := eval[string](b, `caches.open("offline").then(c => c.keys()).then(l => l.map(r => new URL(r.url).pathname).filter(p => p !== "/offline" && !p.startsWith("/assets/")).join())`); paths != "" {
		t.Errorf("the browser keeps %s", paths)
	}
	which := serviceworker.RegistrationID("")
	ctx, cancel := b.short()
	defer cancel()
	select {
	case which = <-ready:
	case <-ctx.Done():
		t.Fatal("the browser never says that the worker is at work")
	}
	// A busy browser may lose a message that comes as its worker wakes; a second of the same tag takes the
	// place of the first.
	message := fmt.Sprintf(`{"title":"LD-1042","body":"有人提到您","path":%q,"tag":"LD-1042","lang":"zh-CN"}`, workspace.TicketsPath+"1042")
	shown := false
	for range 10 {
		call(b, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{
			Origin: web.URL, RegistrationID: which, Data: message,
		})
		if shown = eval[bool](b, `(async () => {
			for (let n = 0; n < 200; n++) {
				const l = await (await navigator.serviceWorker.ready).getNotifications();
				if (l.length) return l.length === 1 && l[0].title === "LD-1042" && l[0].body === "有人提到您";
				await new Promise(r => setTimeout(r, 25));
			}
			return false;
		})()`); shown {
			break
		}
	}
	if !shown {
		t.Error("the message is not shown as it was written")
	}

	web.CloseClientConnections()
	web.Close()
	b.goTo("/requests")
	b.sees("the page for a lost network", `/现在没有网络|There is no network/.test(document.body?.innerText ?? "")`)
	b.sees("its style", `getComputedStyle(document.querySelector(".pan")).borderRadius !== "0px"`)
	b.complaints() // that nobody answered is what this test is for
}
