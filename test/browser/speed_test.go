// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/test/running"
)

// maxFirstLoad bounds what a first load brings over the wire, compressed, in bytes.
const maxFirstLoad = 150_000

// On a machine with much else to do a browser would draw a page in parts, which then move: of such
// loads every second showed it of a ticket, when it was not told to wait.
const (
	busy      = 4 // times slower
	busyLoads = 2 // of every page at least
)

// loaded is what the browser says of a page that it has loaded.
type loaded struct {
	Bytes    int      // over the wire, with everything that the page asked for
	Shift    float64  // how much of the layout moved by itself
	Ready    float64  // ms until its scripts had run
	Complete float64  // ms until everything was there
	Moved    []string // what shifted, where something did
}

// measure loads a page without any cache and looks at what the browser recorded.
func (b *tab) measure(path string) loaded {
	b.Helper()
	call(b, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	b.goTo(path)
	b.sees("a complete page", `document.readyState === "complete" && performance.getEntriesByType("navigation")[0].loadEventEnd > 0`)
	b.sees("a page that was painted", `performance.getEntriesByType("paint").length > 0`)
	return eval[loaded](b, `new Promise(done => {
		let shift = 0, moved = [];
		new PerformanceObserver(list => list.getEntries().forEach(e => {
			shift += e.value;
			moved.push(...e.sources.map(s => (s.node?.outerHTML ?? s.node?.nodeName ?? "gone").slice(0, 200) + " " + JSON.stringify([s.previousRect, s.currentRect])));
		})).observe({type: "layout-shift", buffered: true});
		requestAnimationFrame(() => requestAnimationFrame(() => {
			const nav = performance.getEntriesByType("navigation")[0];
			const all = [nav, ...performance.getEntriesByType("resource")];
			done({Bytes: all.reduce((sum, e) => sum + e.transferSize, 0), Shift: shift, Moved: moved, Ready: nav.domContentLoadedEventEnd, Complete: nav.loadEventEnd});
		}));
	})`)
}

// stood says what of a page moved by itself: nothing may.
func (b *tab) stood(name string, l loaded) {
	b.Helper()
	if l.Shift > 0 {
		b.Errorf("%s: the layout shifts by %.2g: %q", name, l.Shift, l.Moved)
	}
}

// Queue, ticket, search and request bring little over the wire at their first load, and nothing of
// them moves by itself. With LOOPDESK_BENCH_UI=rounds it measures as often and says the figures of
// docs/benchmarks.md: until a page is ready, and from the key of a command to its result. With
// LOOPDESK_BIG_KEEP=folder it looks at the desk that make big left there instead of the sample desk.
func TestPagesAreLightAndStandStill(t *testing.T) {
	t.Parallel()
	rounds := 1
	if n, err := strconv.Atoi(os.Getenv("LOOPDESK_BENCH_UI")); err == nil && n > 0 {
		rounds = n
	}
	at := sampleSights
	if folder := os.Getenv("LOOPDESK_BIG_KEEP"); folder != "" {
		at = func(t *testing.T) sights { t.Helper(); return bigSights(t, folder) }
	}
	s := at(t)
	for _, p := range s.pages {
		var ready, complete []float64
		var l loaded
		for range rounds {
			l = p.by.measure(p.path)
			p.by.stood(p.name, l)
			if l.Bytes <= 0 || l.Bytes > maxFirstLoad {
				t.Errorf("%s: a first load of %d bytes", p.name, l.Bytes)
			}
			ready, complete = append(ready, l.Ready), append(complete, l.Complete)
		}
		t.Logf("%s: %.1f KB at a first load, ready after %s, complete after %s (%d loads and %d on a busy machine)", p.name, float64(l.Bytes)/1000, spread(ready), spread(complete), rounds, max(busyLoads, rounds))
		call(p.by, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: busy})
		for range max(busyLoads, rounds) {
			p.by.stood(p.name+" on a busy machine", p.by.measure(p.path))
		}
		call(p.by, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 1})
	}
	t.Logf("a note, from Ctrl Enter to the card in the thread: %s", spread(s.writer.notes(rounds)))
}

// sights are the pages of a desk that are measured, each by somebody who may see it.
type sights struct {
	pages  []sight
	writer *tab // on a ticket where notes may be written
}

type sight struct {
	by         *tab
	name, path string
}

// sampleSights are those of the sample desk, which stays as it is; the notes are written elsewhere.
func sampleSights(t *testing.T) sights {
	t.Helper()
	d := sampleDesk(t)
	agent, requester := openWhole(t, d.url), openWhole(t, d.url)
	agent.signIn(chen)
	requester.signIn(wang)
	h := apptest.New(t)
	writer := asAgent(t, h)
	writer.goTo("/work/tickets/" + taken(t, h, "会议室投影没有画面").Ref())
	return sights{writer: writer, pages: []sight{
		{agent, "queue", "/work"},
		{agent, "ticket", d.with(t, ticket.Opened, any1)},
		{requester, "request", "/requests/" + d.of(t, wang, ticket.Opened).Ref()},
	}}
}

// bigSights are those of a desk that make big filled and kept in a folder.
func bigSights(t *testing.T, folder string) sights {
	t.Helper()
	d := running.On(t, filepath.Join(folder, "data"), "")
	longest := d.Count(`SELECT number FROM ticket WHERE id = (SELECT ticket_id FROM message GROUP BY ticket_id ORDER BY COUNT(*) DESC, ticket_id LIMIT 1)`)
	usual := d.Count(`SELECT MIN(number) FROM ticket WHERE is_open = 1 AND number <> ` + strconv.FormatInt(longest, 10))
	t.Logf("%d tickets, %d messages", d.Count(`SELECT COUNT(*) FROM ticket`), d.Count(`SELECT COUNT(*) FROM message`))
	d.Start()
	d.CatchUp(time.Hour)
	agent, writer := openWhole(t, "http://"+d.HTTP), openWhole(t, "http://"+d.HTTP)
	agent.signInWith(running.Agent, running.Passphrase)
	writer.signInWith(running.Agent, running.Passphrase)
	writer.goTo("/work/tickets/" + strconv.FormatInt(usual, 10))
	return sights{writer: writer, pages: []sight{
		{agent, "queue", "/work"},
		{agent, "ticket", "/work/tickets/" + strconv.FormatInt(usual, 10)},
		{agent, "ticket of 200 messages", "/work/tickets/" + strconv.FormatInt(longest, 10)},
		{agent, "search", "/work/search?q=VPN"},
	}}
}

// What a phone shows of a ticket stands where it stands before the scripts of the page have come:
// the thread does not lie under the facts until then. Where they never come both are there to be read.
func TestAPhoneWaitsForNoScript(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	path := d.with(t, ticket.Opened, any1)
	b := openWhole(t, d.url)
	b.bear("net::ERR_BLOCKED_BY_CLIENT")
	b.signIn(chen)
	b.size(narrow)
	const places = `[".pane-head", ".pane-body", ".pane-side", ".pane-foot"].map(s => s + JSON.stringify(document.querySelector(s).getBoundingClientRect())).join("\n")`
	b.goTo(path)
	b.sees("a page with its scripts", `document.readyState === "complete"`)
	want := eval[string](b, places)

	call(b, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	call(b, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*app*.js*", Block: true}}})
	b.goTo(path)
	b.sees("thread and facts", `document.readyState === "complete" && [".msg", "#facts"].every(s => document.querySelector(s).checkVisibility())`)
	b.sees("nothing that needs a script", `![...document.querySelectorAll(".js-only")].some(e => e.checkVisibility())`)
	b.run(`document.documentElement.classList.add("js")`) // as it is while they are on their way
	if got := eval[string](b, places); got != want {
		t.Errorf("without its scripts:\n%s\nwith them:\n%s", got, want)
	}
}

// notes writes notes by keyboard on the ticket that the tab shows, and returns how many ms each took
// from the key to its card.
func (b *tab) notes(rounds int) (took []float64) {
	b.Helper()
	for i := range rounds {
		b.press("n")
		b.focused("#note textarea")
		b.write(fmt.Sprintf("第 %d 次：换了线", i))
		b.run(`window.took = 0;
			const before = document.querySelectorAll(".msg.note").length;
			document.addEventListener("keydown", (e) => e.key === "Enter" && (window.begun = performance.now()), {capture: true, once: true});
			const watch = new MutationObserver(() => {
				if (document.querySelectorAll(".msg.note").length <= before) return;
				watch.disconnect();
				requestAnimationFrame(() => (window.took = performance.now() - window.begun));
			});
			watch.observe(document.body, {childList: true, subtree: true});`)
		b.press("ctrl+Enter")
		b.sees("the note in the thread", `window.took > 0`)
		b.sees("an empty composer", `!document.querySelector("#note textarea")?.value`)
		took = append(took, eval[float64](b, `window.took`))
		b.press("Escape")
	}
	return took
}

// spread says the middle and the 95th of a hundred.
func spread(ms []float64) string {
	list := slices.Sorted(slices.Values(ms))
	return fmt.Sprintf("p50 %.0f ms, p95 %.0f ms", list[len(list)/2], list[len(list)*95/100])
}
