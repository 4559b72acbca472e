// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/richtext/hostiletest"
)

// hostile reads the inputs of the shared test data.
func hostile(t *testing.T) (list []string) {
	t.Helper()
	for _, c := range hostiletest.Inputs(t, "..", "..") {
		list = append(list, c.HTML)
	}
	return list
}

// watch makes whatever a hostile input would do seen: a dialog, a title, a mark on the window.
func (b *tab) watch() {
	b.Helper()
	b.must(chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
			b.mu.Lock()
			b.wrong = append(b.wrong, "a dialog opened: "+e.Message)
			b.mu.Unlock()
		}
	}))
}

// Hostile mails come in by the front door, with the same inputs as subject and as the name of
// their sender. Read as the agent reads them — the list, the thread, the original in its frame
// — and as the requester does, they run nothing and ask nobody for anything.
func TestS60_NoScriptAndNoNetworkFromAMail(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	list := hostile(t)
	const together = 48
	for i := 0; i < len(list); i += together {
		part := list[i:min(i+together, len(list))]
		subject := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return ' '
			}
			return r
		}, part[0])
		subject = subject[:min(len(subject), 180)]
		body := strings.Join(part, "\r\n<hr>\r\n")
		h.Receive("mallory@outside.example", fmt.Appendf(nil, "From: \"%s\" <mallory%d@outside.example>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d@outside.example>\r\nDate: Mon, 02 Mar 2026 08:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<img src=\"http://outside.example/pixel%d.png\"><style>@import url(http://outside.example/a.css);body{background:url(http://outside.example/b.png)}</style><p>Hello</p>%s\r\n",
			strings.NewReplacer(`"`, `'`, `\`, `/`, "\r", " ", "\n", " ").Replace(subject), i, apptest.Address, subject, i, i, body))
	}
	open1, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	if want := (len(list) + together - 1) / together; len(open1.Tickets) < want-2 {
		t.Fatalf("%d of %d mails became tickets", len(open1.Tickets), want)
	}
	b := asAgent(t, h)
	b.watch()
	b.goTo("/work")
	b.sees("the list", `document.querySelectorAll(".qr").length > 5`)
	framed := 0
	for _, v := range open1.Tickets {
		b.goTo("/work/tickets/" + v.Ref())
		b.run(`document.querySelectorAll("#thread details").forEach(d=>d.open=true)`)
		if !eval[bool](b, `!!document.querySelector("iframe.mail")`) {
			continue
		}
		framed++
		b.run(`const f=document.querySelector("iframe.mail"); f.loading="eager"; f.scrollIntoView(); await new Promise(r=>{f.addEventListener("load",r); f.src=f.src})`)
		if hit := eval[string](b, `document.title+Object.keys(window).filter(k=>/^(xss|pwn|hit)/i.test(k)).join()`); !strings.Contains(hit, v.Ref()) && !strings.Contains(hit, "Loopdesk") && !strings.Contains(hit, "服务台") {
			t.Errorf("%s: the title is %q", v.Ref(), hit)
		}
	}
	if framed < len(open1.Tickets)/2 {
		t.Errorf("only %d of %d mails were seen in their frame", framed, len(open1.Tickets))
	}
	for _, asked := range b.requests() {
		if strings.Contains(asked, "outside.example") {
			t.Errorf("a mail asked for %s", asked)
		}
	}
}

// The policy holds in the browser: what is written into a page by whatever hole neither runs
// nor reaches out.
func TestA34_ThePolicyStopsWhatGotIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := ask(t, h, "键盘进水了")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	for name, script := range map[string]string{
		"an inline script":   `const s=document.createElement("script"); s.textContent="window.hit=1"; document.body.append(s)`,
		"an inline handler":  `const d=document.createElement("div"); d.innerHTML='<img src="/nothing" onerror="window.hit=1">'; document.body.append(d); d.firstChild.dispatchEvent(new Event("error"))`,
		"a script address":   `const a=document.createElement("a"); a.href="javascript:window.hit=1"; document.body.append(a); a.click()`,
		"a foreign script":   `const s=document.createElement("script"); s.src="https://outside.example/x.js"; document.body.append(s)`,
		"a foreign image":    `const i=new Image(); i.src="https://outside.example/x.png"; document.body.append(i)`,
		"a foreign frame":    `const f=document.createElement("iframe"); f.src="https://outside.example/"; document.body.append(f)`,
		"an inline style":    `const d=document.createElement("div"); d.innerHTML='<p style="color:red">x</p>'; document.body.append(d); if(getComputedStyle(d.firstChild).color==="rgb(255, 0, 0)") window.hit=1`,
		"a foreign question": `await fetch("https://outside.example/").then(()=>window.hit=1).catch(()=>{})`,
	} {
		b.complaints()
		b.run(`window.stopped=0; window.hit=0; document.addEventListener("securitypolicyviolation",()=>window.stopped++,{once:true}); ` + script + `; await new Promise(r=>setTimeout(r,50))`)
		if eval[int](b, `window.hit`) != 0 {
			t.Errorf("%s ran", name)
		}
		if eval[int](b, `window.stopped`) == 0 {
			t.Errorf("%s was not stopped by the policy", name)
		}
	}
	b.complaints() // they are what this test is for
}

// Nothing about anybody is kept in the browser besides the cookies that no script reads, and
// after signing out the way back shows nothing (A82).
func TestA82_NothingPersonalStaysInTheBrowser(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "工资单打不开")
	b := asAgent(t, h)
	b.goTo("/work")
	b.goTo("/work/tickets/" + v.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("这是一段没有发出的话")
	b.sees("the draft kept by the server", `document.querySelector("#reply [data-draft-state]")?.textContent.trim()`)
	kept := eval[string](b, `(async()=>JSON.stringify({...localStorage})+JSON.stringify({...sessionStorage})+document.cookie+(await caches.keys()).join()+(await indexedDB.databases()).map(d=>d.name).join()+(await navigator.serviceWorker.getRegistrations()).length)()`)
	if kept != "{}{}0" {
		t.Errorf("a script can read %s", kept)
	}
	b.click(".foot .who")
	b.tap("退出登录")
	b.sees("the sign-in", `location.pathname === "/signin"`)
	b.run(`window.signedOut = true`)
	b.back()
	b.sees("no page of before", `!window.signedOut && document.readyState === "complete" && (location.pathname === "/signin" || !document.body.innerText.includes("工资单"))`)
	if text := eval[string](b, `document.body.innerText`); strings.Contains(text, "工资单") {
		t.Error("the way back shows the ticket")
	}
}
