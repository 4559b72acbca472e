// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
)

// patchy is a way to the desk that can be lost: what asks then hears nothing at all.
type patchy struct {
	http.Handler
	lost atomic.Bool
}

func (p *patchy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.lost.Load() {
		p.Handler.ServeHTTP(w, r)
		return
	}
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}

// offline takes the network from the browser and from whatever stands between it and the desk.
func (b *tab) offline(p *patchy, gone bool) {
	b.Helper()
	p.lost.Store(gone)
	open := network.Conditions{DownloadThroughput: -1, UploadThroughput: -1, Offline: gone}
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{EmulateOfflineServiceWorker: &gone, MatchedNetworkConditions: []*network.Conditions{&open}})
	call(b, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: gone, DownloadThroughput: -1, UploadThroughput: -1})
}

// agreed is a visit of the agent an hour from now, on a ticket of the requester.
func agreed(t *testing.T, h *apptest.House, text string) visit.Visit {
	t.Helper()
	v := taken(t, h, text)
	from := h.Clock.Now().Add(time.Hour)
	out, err := h.Visits.Propose(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), ticket.Target{ID: v.ID}, visit.Wish{
		Act: visit.Fix, Engineer: h.Person(access.Agent).ID, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "A座 301", Purpose: "更换搓纸轮",
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// On a phone, in a cellar: the page of a visit opens without a network, what is done there waits
// and is not lost when the page is left, and all of it arrives, in order and once, when the network
// is back (N27).
func TestN27_AVisitWhereThereIsNoNetwork(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := agreed(t, h, "打印机卡纸")
	way := &patchy{Handler: h.Handler()}
	web := httptest.NewServer(way)
	t.Cleanup(web.Close)
	at := "/work/visits/" + strconv.FormatInt(int64(v.ID), 10)
	b := open(t, web.URL)
	b.size(narrow)
	b.signIn(h.Person(access.Agent).Email)
	b.goTo(at)
	b.sees("the visit", `document.querySelector("#visit-state").dataset.state === "agreed"`)
	b.sees("a worker", `navigator.serviceWorker.controller`)
	b.comes(`(await caches.match(location.origin + "` + at + `")) !== undefined && (await caches.match("/offline")) !== undefined`)

	b.offline(way, true)
	waits := func(n int) {
		b.Helper()
		b.sees(strconv.Itoa(n)+" waiting", `!document.querySelector("#visit-queue").hidden && document.querySelector("[data-queue-count]").textContent === "`+strconv.Itoa(n)+` 条等待发送"`)
	}
	b.tap("我出发了")
	waits(1)
	b.sees("the next step open", `document.querySelector("#step-arrive").open`)
	b.do(chromedp.SendKeys(chromedp.CSS("#arrive-why"), "标签掉了"))
	b.tap("我到了")
	waits(2)
	b.goTo(at) // left and opened again, still without a network
	b.sees("the same page", `document.querySelector("#visit-state")?.dataset.state === "agreed"`)
	waits(2)
	b.run(`document.querySelector("#step-finish").open = true; document.querySelector("#step-sign").open = true`)
	b.do(chromedp.SendKeys(chromedp.CSS("#finish-work"), "换了搓纸轮，试打十页"))
	b.tap("现场工作完成")
	waits(3)
	b.run(`document.querySelector("#step-sign").scrollIntoView()`)
	b.draw("#step-sign canvas")
	b.do(chromedp.SendKeys(chromedp.CSS("#sign-work"), "换了搓纸轮，试打十页"))
	b.tap("确认签字")
	waits(4)

	b.complaints() // that nobody answered is what this test is for
	b.offline(way, false)
	b.sees("that it is signed", `document.querySelector("#visit-state").dataset.state === "signed"`)
	b.sees("nothing waiting", `document.querySelector("#visit-queue").hidden`)
	b.complaints()
	now, err := h.Visits.Get(t.Context(), access.Desk(), v.ID)
	if err != nil || now.State != visit.Signed || now.SignedHow != "drawn" || now.SignFile == "" || now.ArrivedBy != "press" {
		t.Fatalf("%+v %v", now, err)
	}
	deeds, err := h.Visits.Deeds(t.Context(), access.Desk(), now)
	order := ""
	for _, d := range deeds {
		order += string(d.Act) + " "
	}
	if err != nil || order != "fix start arrive finish sign " {
		t.Errorf("%s %v", order, err)
	}
	if n := eval[int](b, `new Promise(r=>{const o=indexedDB.open("visits");o.onsuccess=()=>{const q=o.result.transaction("acts").objectStore("acts").count();q.onsuccess=()=>r(q.result)}})`); n != 0 {
		t.Errorf("%d acts are left in the browser", n)
	}
	// Who signs out leaves nothing of anybody's visits behind (docs/security.md).
	b.run(`await fetch("/signout", {method: "POST", body: new URLSearchParams()})`)
	b.comes(`!(await caches.has("visits"))`)
}

// Each button on the page of a visit works as often as it is pressed, and one press is one act: what
// is saved is saved again, and what was refused is corrected and sent again (N27).
func TestN27_AVisitIsWrittenDownAsOftenAsItTakes(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := agreed(t, h, "打印机卡纸")
	b := asAgent(t, h)
	b.provoke(http.StatusUnprocessableEntity)
	b.size(narrow)
	b.goTo("/work/visits/" + strconv.FormatInt(int64(v.ID), 10))
	opens := func(step string) { b.Helper(); b.run(`document.querySelector("` + step + `").open = true`) }
	stands := func(what, in, state string) {
		b.Helper()
		b.sees(what, `document.querySelector("#visit-state").dataset.state === "`+state+`" && document.querySelector("#visit-queue li:not(.refused)") === null && document.querySelector("`+in+` [aria-busy=true]") === null`)
	}
	opens("#step-arrive")
	b.tap("我到了")
	b.sees("that it is refused", `document.querySelector("#visit-queue li.refused")`)
	b.focused("#arrive-why[aria-invalid=true]")
	b.sees("why, in sight, in the form", `(e => e.innerText.length > 4 && e.getBoundingClientRect().top > 0 && e.getBoundingClientRect().bottom < innerHeight)(document.querySelector("#step-arrive[open] .er"))`)
	b.write("标签掉了")
	b.tap("我到了")
	stands("that it is accepted", "main", "on_site")
	b.sees("no word of what was refused", `document.querySelector("#visit-queue").hidden`)

	for _, text := range []string{"换了搓纸轮", "，试打十页"} {
		opens("#step-finish")
		b.do(chromedp.SendKeys(chromedp.CSS("#finish-work"), text))
		b.tap("先保存")
		b.sees("it with the desk", `document.querySelector("#visit-state").innerText.includes("`+text+`")`)
		stands("nothing at work", "main", "on_site")
	}
	opens("#step-finish")
	b.run(`const done = document.querySelector("#step-finish button:not([formaction])"); done.click(); done.click()`)
	stands("that it is done", "main", "done")
	b.sees("no word of a second", `document.querySelector("#visit-queue").hidden`)
	deeds, err := h.Visits.Deeds(t.Context(), access.Desk(), v)
	order := ""
	for _, d := range deeds {
		order += string(d.Act) + " "
	}
	if err != nil || order != "fix arrive note note finish " {
		t.Errorf("%s %v", order, err)
	}
}

// What was refused after the page was left stands in its form again, words and signature, and is sent as
// it was corrected; a press that came too late is forgotten with its form (N27).
func TestN27_WhatIsRefusedOnAVisitIsCorrected(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := agreed(t, h, "打印机卡纸")
	way := &patchy{Handler: h.Handler()}
	web := httptest.NewServer(way)
	t.Cleanup(web.Close)
	at := "/work/visits/" + strconv.FormatInt(int64(v.ID), 10)
	b := open(t, web.URL)
	b.size(narrow)
	b.signIn(h.Person(access.Agent).Email)
	b.provoke(http.StatusUnprocessableEntity, http.StatusConflict)
	b.goTo(at)
	b.sees("a worker", `navigator.serviceWorker.controller`)
	b.comes(`(await caches.match(location.origin + "` + at + `")) !== undefined && (await caches.match("/offline")) !== undefined`)
	if _, err := h.Visits.Do(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), v.ID, visit.Wish{Act: visit.Start, Key: "another-telephone"}); err != nil {
		t.Fatal(err)
	}
	b.tap("我出发了")
	b.sees("that it came too late, in sight", `document.querySelector("#visit-queue li.refused") && (e => e.matches(".er") && e.getBoundingClientRect().bottom < innerHeight)(document.activeElement)`)
	b.run(`document.querySelector("#step-arrive").open = true`)
	b.do(chromedp.SendKeys(chromedp.CSS("#arrive-why"), "标签掉了"))
	b.tap("我到了")
	b.sees("the next step, and no word of what came too late", `document.querySelector("#visit-state").dataset.state === "on_site" && document.querySelector("#visit-queue").hidden && !document.querySelector("#step-start")`)

	b.offline(way, true)
	b.run(`document.querySelector("#step-sign").open = true`)
	b.draw("#step-sign canvas")
	b.do(chromedp.SendKeys(chromedp.CSS("#sign-work"), "换了搓纸轮"))
	b.run(`document.querySelector("#sign-name").value = ""`)
	b.tap("确认签字")
	b.sees("it waiting", `document.querySelectorAll("#visit-queue li").length === 1`)
	b.goTo(at) // left, and opened again
	b.sees("it waiting still, and the form empty", `document.querySelectorAll("#visit-queue li").length === 1 && document.querySelector("#sign-work").value === ""`)
	b.complaints()
	b.offline(way, false)
	b.focused("#sign-name[aria-invalid=true]")
	b.sees("its words and its line in the form", `document.querySelector("#step-sign").open && document.querySelector("#sign-work").value === "换了搓纸轮" && document.querySelector("#step-sign [data-signed]") && document.querySelector("#sign-name").value === "" && !document.querySelector("#visit-queue q")`)
	b.goTo(path.Dir(at)) // where its line leads back to it
	b.sees("its words in the list", `document.querySelector("#visit-queue li.refused q")?.textContent.includes("换了搓纸轮")`)
	b.complaints()
	b.tap("去更正")
	b.sees("its words in the form again", `location.pathname === "`+at+`" && document.querySelector("#sign-work")?.value === "换了搓纸轮" && document.querySelector("#step-sign [data-signed]")`)
	b.run(`document.querySelector("#sign-name").focus()`)
	b.write("王芳")
	b.tap("确认签字")
	b.sees("that it is signed, and nothing refused", `document.querySelector("#visit-state").dataset.state === "signed" && document.querySelector("#visit-queue").hidden && !document.querySelector("#step-sign")`)
	now, err := h.Visits.Get(t.Context(), access.Desk(), v.ID)
	if err != nil || now.SignedBy != "王芳" || now.SignFile == "" || now.Work != "换了搓纸轮" {
		t.Errorf("%+v %v", now, err)
	}
}

// draw signs on a canvas, as a finger does.
func (b *tab) draw(selector string) {
	b.Helper()
	b.sees("a box to sign in", `document.querySelector("`+selector+`")?.checkVisibility()`)
	b.run(`document.querySelector("` + selector + `").scrollIntoView({block: "center"})`)
	x := eval[float64](b, `document.querySelector("`+selector+`").getBoundingClientRect().x`)
	y := eval[float64](b, `document.querySelector("`+selector+`").getBoundingClientRect().y`)
	mouse := func(what input.DispatchMouseEventType, dx, dy float64) {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: what, X: x + dx, Y: y + dy, Button: input.MouseButtonLeft, ClickCount: 1, Buttons: 1})
	}
	mouse(input.DispatchMouseEventTypeMousePressed, 30, 40)
	for i := range 8 {
		mouse(input.DispatchMouseEventTypeMouseMoved, 30+float64(i)*12, 40+float64(i%3)*14)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, 130, 50)
	b.sees("a line", `document.querySelector("`+selector+`").dataset.signed`)
}

// A code on a printer leads whoever scans it to a request that is about it, once they have signed
// in; before that it tells nothing (N8, S22).
func TestN8_ALabelOpensARequest(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	d, err := h.Devices.Save(t.Context(), access.Desk(), device.Device{Tag: "PRN-3F-01", Kind: device.Printer, Model: "M404dn"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, h.URL)
	b.size(narrow)
	b.goTo(device.LabelPath + d.Token)
	b.sees("the sign-in and no word of the device", `location.pathname === "/signin" && !document.body.innerText.includes("PRN-3F-01")`)
	b.signIn(h.Person(access.Requester).Email)
	b.goTo(device.LabelPath + d.Token)
	b.sees("the request", `location.pathname === "/new" && document.body.innerText.includes("PRN-3F-01")`)
	b.do(chromedp.SendKeys(chromedp.CSS("#f-text"), "卡纸，红灯亮"))
	b.tap("提交")
	b.sees("the request as it was recorded", `location.pathname.startsWith("/requests/LD-")`)
	list, err := h.Devices.TicketsOf(t.Context(), access.Desk(), d.ID, 5)
	if err != nil || len(list) != 1 || list[0].Requester != h.Person(access.Requester).ID {
		t.Errorf("%+v %v", list, err)
	}
}

// Two keys link the requester's own device, and the panel beside the ticket shows it.
func TestByKeyboard_LinkADevice(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	_, err := h.Devices.Save(t.Context(), access.Desk(), device.Device{Tag: "NB-1001", Kind: device.Laptop, Model: "X1", Owner: h.Person(access.Requester).ID}, 0)
	if err != nil {
		t.Fatal(err)
	}
	v := taken(t, h, "电脑很慢")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("v")
	b.sees("the device, chosen", `document.activeElement?.matches("input[name=device]:checked")`)
	b.press("Enter")
	b.sees("the device beside the ticket", `document.querySelector("#devices")?.innerText.includes("NB-1001") && !document.querySelector("#act form")`)
	if x := now(t, h, v); len(x.Detail.Devices) != 1 || !strings.HasPrefix(x.Detail.Devices[0].Tag, "NB-") {
		t.Errorf("%+v", x.Detail.Devices)
	}
}
