// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// The standard by keyboard alone: a rule is written, its mistake is told with its line and what was typed
// stays, what would change is seen before it is saved, and the version before comes back by one press.
// How the page looks when nothing is done is seen by TestEveryOtherPage; here it is as it is then.
func TestByKeyboard_N2_ARuleIsChangedSeenAndTakenBack(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := open(t, h.URL)
	b.signIn(h.Person(access.Admin).Email)
	strict := func() norm.Strictness { return h.Norm.Pack().Clause("N33").At(triage.P1) }
	was := strict()
	// to walks from the beginning of what is the page's own, as the first link of a page lets one.
	to := func(selector string) {
		b.run(`document.querySelector("#main").focus()`)
		b.tabTo(selector)
	}
	for _, s := range []struct{ lang, refused, changes string }{{"en", "ine 1", "N33"}, {"zh-CN", "第 1 行", "N33"}} {
		b.speak(s.lang)
		b.goTo("/admin/norm")
		b.provoke(http.StatusUnprocessableEntity)
		to("textarea[name=pack]")
		b.press("ctrl+a")
		b.write("[N99]\nstrict = \"blocked\"\n")
		b.tabTo("button[formaction='/admin/norm/preview']")
		b.press("Enter")
		b.sees("which line is wrong", `document.querySelector("#wrong")?.textContent.includes(`+quote(s.refused)+`)`)
		b.sees("what was typed", `document.querySelector("textarea[name=pack]").value.includes("[N99]")`)
		b.accessible("a pack that is refused, " + s.lang)
		b.sees("that nothing runs over", `document.documentElement.scrollWidth <= innerWidth`)
		b.size(wide)
		to("textarea[name=pack]")
		b.press("ctrl+a")
		b.write("[N33]\nstrict = \"blocked\"\n")
		b.tabTo("button[formaction='/admin/norm/preview']")
		b.press("Enter")
		b.sees("what would change", `document.querySelector("#changes")?.textContent.includes(`+quote(s.changes)+`)`)
		if got := strict(); got != was {
			t.Fatalf("a look has changed the standard to %s", got)
		}
		b.accessible("what would change, " + s.lang)
		b.sees("that nothing runs over", `document.documentElement.scrollWidth <= innerWidth`)
		b.size(wide)
		if s.lang == "en" {
			continue
		}
		b.tabTo("#pack .form-end button:not([formaction])")
		b.press("Enter")
		b.sees("the version in force", `document.querySelectorAll("#history tbody tr").length && !document.querySelector("#changes")`)
		if got := strict(); got != norm.Blocked {
			t.Fatalf("saved as %s", got)
		}
		to("textarea[name=pack]")
		b.press("ctrl+a")
		b.write("# nothing of our own\n")
		b.tabTo("#pack .form-end button:not([formaction])")
		b.press("Enter")
		b.sees("two versions", `document.querySelectorAll("#history tbody tr").length === 2`)
		to("#history form button")
		b.press("Enter")
		b.sees("the version before as the newest", `document.querySelectorAll("#history tbody tr").length === 3 && document.querySelector("textarea[name=pack]").value.includes("blocked")`)
		if got := strict(); got != norm.Blocked {
			t.Fatalf("gone back to %s", got)
		}
		b.accessible("the history of a pack")
	}
}

// The reports of a lead by keyboard: another month and another stretch of weeks are chosen without the
// mouse, and the letter is asked for and sent away again.
func TestByKeyboard_N1_N38_TheReportsOfALead(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for range 2 {
		v := solved(t, h, "显示器不亮")
		if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Requester), "portal"), ticket.Target{ID: v.ID}, ticket.Confirm{}); err != nil {
			t.Fatal(err)
		}
		work(t, h, v, ticket.Archive{Difficulties: "无", Approach: "换线"})
	}
	b := asLead(t, h)
	for _, lang := range []string{"zh-CN", "en"} {
		b.speak(lang)
		b.goTo("/work/month")
		b.tabTo("form[action='/work/month/mail'] button")
		b.press("Enter")
		b.sees("that it comes by mail, or no longer", `document.querySelector("form[action='/work/month/mail'] input[name=on]") === null`)
		b.tabTo("form[action='/work/month/mail'] button")
		b.press("Enter")
		b.sees("that it does not", `document.querySelector("form[action='/work/month/mail'] input[name=on]")`)
		b.tabTo("details.menu > summary.f")
		b.press("Enter")
		b.sees("the months", `document.querySelector("details.menu[open] .pop a")`)
		b.tabTo("a[href*='month=2026-02']")
		b.press("Enter")
		b.sees("the month before", `location.search.includes("month=2026-02") && document.readyState === "complete"`)
		b.accessible("a month without tickets, " + lang)
		b.size(wide)
		b.goTo("/work/scores")
		b.tabTo("details.menu > summary.f")
		b.press("Enter")
		b.tabTo("details.menu[open] .pop a[href*='weeks=4']")
		b.press("Enter")
		b.sees("the last four weeks", `location.search.includes("weeks=4") && document.readyState === "complete"`)
		b.sees("the three scores", `document.querySelector("[data-row]")`)
		b.accessible("four weeks, " + lang)
		b.sees("that nothing runs over", `document.documentElement.scrollWidth <= innerWidth`)
		b.size(wide)
	}
	// On paper it is a document, from whichever theme: black on white, tables as tables, nothing to press.
	b.paint("dark")
	b.goTo("/work/month")
	b.size(narrow) // a sheet of A4 is as narrow as that
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	b.sees("a document", `(()=>{
		const s = e => getComputedStyle(e), white = "rgb(255, 255, 255)";
		return s(document.body).backgroundColor === white && s(document.documentElement).colorScheme === "light" &&
			s(document.querySelector(".pan")).backgroundColor === white && s(document.querySelector("h2")).color === "rgb(0, 0, 0)" &&
			s(document.querySelector(".month > .pan .tb td")).display === "table-cell" && [...document.querySelectorAll("nav,.btn")].every(e => s(e).display === "none" || !e.offsetParent)})()`)
	b.sees("when it was made, by its date", `/\d{4}-\d\d-\d\d \d\d:\d\d/.test(document.querySelector("main").textContent)`)
}
