// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

// patience is how long a page may take until it shows what is waited for. Nothing is timed:
// a test that waits longer fails.
const patience = time.Minute

// tab is a window of somebody: its own cookies, its own storage.
type tab struct {
	*testing.T
	ctx  context.Context
	base string

	mu      sync.Mutex
	wrong   []string // what the browser complained of since the last look
	asked   []string // every address asked for since the last look
	refused []int    // the statuses that this test provokes
	borne   []string // what Chromium says of itself and not of a page
}

// open opens a window on a desk at an address. At its end the test fails for whatever the
// browser complained of in it.
func open(t *testing.T, base string) *tab { t.Helper(); return openIn(t, chromium, base) }

// openWhole opens it in the browser with everything that people have: messages of the system, and
// the engine's own ways to be fast.
func openWhole(t *testing.T, base string) *tab { t.Helper(); return openIn(t, whole, base) }

func openIn(t *testing.T, which func() (context.Context, error), base string) *tab {
	t.Helper()
	browser, err := which()
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	b := &tab{T: t, ctx: ctx, base: base}
	b.must(chromedp.Do(ctx))
	b.must(chromedp.Listen(ctx, b.hear))
	call(b, network.Enable, network.EnableParams{})
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	// Colours that are on their way to others are no colours to be measured.
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	b.size(wide)
	t.Cleanup(func() {
		for _, w := range b.complaints() {
			t.Errorf("the browser says: %s", w)
		}
	})
	return b
}

// hear notes what the browser tells about itself. It runs in the browser's own reading loop
// and must not wait.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			text := string(e.Type)
			for _, a := range e.Args {
				text += " " + string(a.Value) + a.Description
			}
			b.wrong = append(b.wrong, text)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		b.wrong = append(b.wrong, text)
	case *inspector.EventTargetCrashed:
		b.wrong = append(b.wrong, "the page died")
	case *log.EventEntryAdded: // violations of the policy come here, too
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.wrong = append(b.wrong, strings.TrimSpace(e.Entry.Text+" "+e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		u := e.Request.URL
		b.asked = append(b.asked, u)
		if !strings.HasPrefix(u, b.base+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") && !strings.HasPrefix(u, "about:") {
			b.wrong = append(b.wrong, "asked another house: "+u)
		}
	}
}

// complaints takes what the browser found wrong since the last time. Refusals that the test
// provokes are what it wants to see.
func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.DeleteFunc(b.wrong, func(w string) bool {
		if slices.ContainsFunc(b.borne, func(text string) bool { return strings.Contains(w, text) }) {
			return true
		}
		return slices.ContainsFunc(b.refused, func(status int) bool {
			return strings.Contains(w, fmt.Sprintf("responded with a status of %d ", status))
		})
	})
	b.wrong, b.asked = nil, nil
	return out
}

// provoke says that the server will refuse something with these statuses, which the browser
// writes on its console.
func (b *tab) provoke(statuses ...int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = append(b.refused, statuses...)
}

// bear says what this test lets Chromium say of itself.
func (b *tab) bear(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.borne = append(b.borne, text)
}

func (b *tab) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

func (b *tab) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("%v\nat %s\nthe browser says: %q", err, b.where(), b.wrong)
	}
}

func (b *tab) where() string {
	ctx, cancel := b.short() // a page that hangs says nothing
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	return at
}

// short bounds one act.
func (b *tab) short() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, patience)
}

// do carries out acts of a person.
func (b *tab) do(acts ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := b.short()
	defer cancel()
	b.must(chromedp.Do(ctx, acts...))
}

// goTo types an address and returns the status of the answer. It asks the page whether it is there
// and waits for no event: on a busy machine one of those can be missed.
func (b *tab) goTo(path string) int {
	b.Helper()
	before := eval[float64](b, `performance.timeOrigin`)
	to := call(b, page.Navigate, page.NavigateParams{URL: b.base + path})
	if to.LoaderID == "" {
		return http.StatusOK // the same document, another place in it
	}
	if to.ErrorText != "" {
		b.Fatalf("%s: %s", path, to.ErrorText)
	}
	b.sees("the page "+path, fmt.Sprintf(`performance.timeOrigin !== %f && document.readyState === "complete"`, before))
	return eval[int](b, `performance.getEntriesByType("navigation")[0].responseStatus`)
}

// back goes to the page before, forward to the one after it. What shows that it is there is asked by
// the test: a page that was kept whole does not load again.
func (b *tab) back()    { b.Helper(); b.travel(-1) }
func (b *tab) forward() { b.Helper(); b.travel(1) }

func (b *tab) travel(by int64) {
	b.Helper()
	h := call(b, page.GetNavigationHistory, cdp.Empty{})
	call(b, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[h.CurrentIndex+by].ID})
}

// eval returns the value of an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	ctx, cancel := b.short()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v\nat %s", expression, err, b.where())
	}
	return v
}

// run carries out a script in the page.
func (b *tab) run(script string) {
	b.Helper()
	eval[bool](b, "(async()=>{"+script+"\n;return true})()")
}

// sees waits until an expression is true in whatever page is there by then. It asks again from
// here and leaves no timer to the page: where scripts are switched off, a page runs none.
func (b *tab) sees(what, expression string) {
	b.Helper()
	ctx, cancel := b.short()
	defer cancel()
	again := time.NewTicker(25 * time.Millisecond)
	defer again.Stop()
	for {
		// While a page is on its way there may be no element yet to ask: that is not seen yet.
		seen, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(()=>{try{return !!("+expression+")}catch{return false}})()"))
		if err == nil && seen {
			return
		}
		if ctx.Err() == nil && (err == nil || gone(err)) {
			select {
			case <-again.C: // the next look, or the next page, may show it
				continue
			case <-ctx.Done():
			}
		}
		if _, thrown := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expression+")")); thrown != nil {
			err = errors.Join(err, thrown)
		}
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.activeElement?.outerHTML.slice(0,300)+"\nholding "+JSON.stringify(document.activeElement?.value)+", not valid: "+[...document.querySelectorAll(":invalid")].map(e=>e.id||e.name).join()+"\n\n"+document.body.innerText.slice(0,3000)`))
		b.Fatalf("never saw %s (%v)\nat %s, focus in and page:\n%s\nthe browser says: %q", what, errors.Join(err, ctx.Err()), b.where(), text, b.complaints())
	}
}

// gone reports whether the page was left while it was asked.
func gone(err error) bool {
	for _, text := range []string{"navigated", "context was destroyed", "Cannot find context", "Cannot find execution context", "uniqueContextId"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// reads waits until the page says a text.
func (b *tab) reads(text string) {
	b.Helper()
	b.sees(fmt.Sprintf("%q", text), fmt.Sprintf(`document.body?.innerText.includes(%q)`, text))
}

// arrives waits until the page of an address is there, with its scripts.
func (b *tab) arrives(path string) {
	b.Helper()
	b.sees("the page "+path, fmt.Sprintf(`location.pathname === %q && document.readyState === "complete"`, path))
}

// focused waits until the focus is in an element.
func (b *tab) focused(selector string) {
	b.Helper()
	b.sees("the focus in "+selector, fmt.Sprintf(`document.activeElement?.matches(%q)`, selector))
}

// press types keys one after the other: "j", "Enter", "Escape", "ctrl+Enter", "Tab".
//
// A key and the letter that it makes are one event, as a keyboard sends them: sent apart, a
// letter whose key was taken for a command can arrive so late that a field that has opened
// meanwhile takes it.
func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		name, ctrl := strings.CutPrefix(k, "ctrl+")
		if named, ok := map[string]string{"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Space": " ", "Down": kb.ArrowDown, "Right": kb.ArrowRight}[name]; ok {
			name = named
		}
		for _, r := range name {
			events := kb.Encode(r)
			down, up := *events[0], *events[len(events)-1]
			if ctrl {
				down.Modifiers |= int64(chromedp.ModifierCtrl)
				up.Modifiers |= int64(chromedp.ModifierCtrl)
			} else if len(events) == 3 {
				down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, events[1].Text, events[1].UnmodifiedText
			}
			call(b, input.DispatchKeyEvent, down)
			call(b, input.DispatchKeyEvent, up)
		}
	}
}

// drag presses the mouse on one thing, moves it to another and lets go. The browser itself begins
// the drag from the moves; what it would hand to the system comes back as the drop.
func (b *tab) drag(from, to string) {
	b.Helper()
	middle := func(of string) (x, y float64) {
		at := eval[[]float64](b, fmt.Sprintf(`(r=>[r.x+r.width/2,r.y+Math.min(r.height/2,60)])((e=>(e.scrollIntoView({block:"nearest"}),e.getBoundingClientRect()))(document.querySelector(%s)))`, quote(of)))
		return at[0], at[1]
	}
	call(b, input.SetInterceptDrags, input.SetInterceptDragsParams{Enabled: true})
	b.run(`addEventListener("dragstart",()=>window.dragBegan=true,{once:true})`)
	x, y := middle(from)
	mouse := func(kind input.DispatchMouseEventType, x, y float64, pressed int64) {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: pressed, ClickCount: 1})
	}
	mouse(input.DispatchMouseEventTypeMousePressed, x, y, 1)
	for step := 1.0; step <= 4; step++ {
		mouse(input.DispatchMouseEventTypeMouseMoved, x+4*step, y+4*step, 1)
	}
	b.sees("that the browser drags "+from, `window.dragBegan`)
	x, y = middle(to)
	data := &input.DragData{Items: []*input.DragDataItem{{MimeType: "text/plain", Data: strings.TrimPrefix(from, "#")}}, DragOperationsMask: 16}
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		call(b, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: x, Y: y, Data: data})
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, x, y, 0)
	call(b, input.SetInterceptDrags, input.SetInterceptDragsParams{})
}

// write puts a text in where the focus is, as an input method does, and looks that it arrived:
// a person who sees nothing appear types again.
func (b *tab) write(text string) {
	b.Helper()
	for range 3 {
		call(b, input.InsertText, input.InsertTextParams{Text: text})
		if eval[bool](b, fmt.Sprintf(`(document.activeElement?.value??document.activeElement?.innerText??"").replace(/\r?\n/g,"\n").includes(%s)`, quote(text))) {
			return
		}
	}
	b.Fatalf("the field does not take %q, it holds %q", text, eval[string](b, `document.activeElement?.value??document.activeElement?.outerHTML`))
}

// tick goes to a box or a choice by Tab and sets it by Space.
func (b *tab) tick(selector string) {
	b.Helper()
	for range 3 {
		b.tabTo(selector)
		b.press("Space")
		if eval[bool](b, fmt.Sprintf(`!!document.querySelector(%q)?.checked || document.activeElement?.matches(%[1]q+":checked")`, selector)) {
			return
		}
	}
	b.Fatalf("%s cannot be set by Space", selector)
}

// quote writes a text as a script does.
func quote(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// click presses the first visible element of a selector.
func (b *tab) click(selector string) {
	b.Helper()
	b.pressAt(selector, fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e=>e.checkVisibility())`, selector))
}

// tap presses the visible button or link that bears a name.
func (b *tab) tap(name string) {
	b.Helper()
	b.pressAt(name, fmt.Sprintf(`[...document.querySelectorAll("button,a,summary,label")].find(e=>e.checkVisibility()&&(e.innerText.trim()===%[1]q||e.ariaLabel===%[1]q))`, name))
}

// pressAt presses where an element lies, once nothing lies above it: what is covered or cut
// off can be found by a script and by nobody else.
func (b *tab) pressAt(what, find string) {
	b.Helper()
	b.sees("within reach: "+what, `(e=>{
		if(!e) return false;
		e.scrollIntoView({block:"nearest",inline:"nearest"});
		const r=e.getBoundingClientRect(), at=document.elementFromPoint(r.x+r.width/2,r.y+r.height/2);
		return at && (e.contains(at) || e.matches("input") && at.contains(e));
	})(`+find+`)`)
	b.do(chromedp.Click(chromedp.JSPath(find)))
}

// window is the size of a window.
type window struct{ width, height int64 }

var (
	wide   = window{1440, 900}
	twice  = window{720, 450} // the desk at 200 %
	narrow = window{390, 844}
	tall   = window{390, 2800} // a phone on which nothing lies below the bars at its ends
)

func (b *tab) size(w window) {
	b.Helper()
	opts := []chromedp.EmulateViewportOption{}
	if w.width == narrow.width {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(w.width, w.height, opts...))
}

// signIn signs somebody in at the door and leaves them on a page that asks for little. The form, as
// hands fill it, is signInByHand.
func (b *tab) signIn(email string) { b.Helper(); b.signInWith(email, apptest.Passphrase) }

func (b *tab) signInWith(email, passphrase string) {
	b.Helper()
	door := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := door.PostForm(b.base+"/signin", url.Values{"email": {email}, "password": {passphrase}})
	b.must(err)
	b.must(r.Body.Close())
	var kept []*network.CookieParam
	for _, c := range r.Cookies() {
		kept = append(kept, &network.CookieParam{Name: c.Name, Value: c.Value, URL: b.base, Path: c.Path, HTTPOnly: c.HttpOnly, Secure: c.Secure, SameSite: network.CookieSameSiteLax})
	}
	if len(kept) == 0 {
		b.Fatalf("%s is not let in: %s", email, r.Status)
	}
	call(b, network.SetCookies, network.SetCookiesParams{Cookies: kept})
	b.goTo("/offline")
}

// signInByHand signs somebody in by the form, key by key, and waits for where it leads.
func (b *tab) signInByHand(email string) {
	b.Helper()
	b.goTo("/signin")
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=email]"), email), chromedp.SendKeys(chromedp.CSS("input[name=password]"), apptest.Passphrase))
	b.press("Enter")
	b.sees("whoever is signed in", `!location.pathname.startsWith("/signin") && document.readyState === "complete"`)
}

// speak chooses the language as the switch of the page does.
func (b *tab) speak(lang string) { b.Helper(); b.choose("/lang", "lang", lang) }

// paint chooses the theme likewise.
func (b *tab) paint(theme string) { b.Helper(); b.choose("/theme", "theme", theme) }

func (b *tab) choose(path, name, value string) {
	b.Helper()
	b.run(fmt.Sprintf(`await fetch(%q,{method:"POST",redirect:"manual",body:new URLSearchParams({%s:%q,next:"/signin"})})`, path, name, value))
}

// call gives the browser a command of its protocol.
func call[P, R any](b *tab, cmd cdp.Command[P, R], params P) R {
	b.Helper()
	ctx, cancel := b.short()
	defer cancel()
	r, err := chromedp.Call(ctx, cmd, params)
	b.must(err)
	return r
}
