// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// A refusal that comes as a whole new page leads to what is wrong, wherever on the page that is.
func TestARefusedPageLeadsToItsMark(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAgent(t, h)
	b.provoke(http.StatusUnprocessableEntity)
	for _, w := range []window{wide, narrow} {
		b.size(w)
		b.goTo("/me")
		b.do(chromedp.SendKeys(chromedp.CSS("input[name=old]"), "not the password"), chromedp.SendKeys(chromedp.CSS("#password input[name=password]"), "quite another one 7"))
		b.press("Enter")
		b.arrives("/me/password")
		b.focused(`input[name=old][aria-invalid="true"]`)
		b.sees(fmt.Sprintf("the mark in sight at %d", w.width), `(r => r.top > 0 && r.bottom < innerHeight && document.activeElement === document.elementFromPoint(r.left + 9, r.top + 9))(document.activeElement.getBoundingClientRect())`)
	}
}

// Where a summary of several marks stands above the form, it is what one reads first.
func TestARefusedPageBeginsWithItsSummary(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := open(t, h.URL)
	b.signIn(h.Person(access.Admin).Email)
	b.provoke(http.StatusUnprocessableEntity)
	b.goTo("/admin/people/new")
	b.run(`document.querySelector("form.form [type=submit], form.form button:not([type])").form.noValidate = true`)
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=email]"), "nowhere"))
	b.press("Enter")
	b.focused("[data-focus]")
}

// A form says at once, at each field, what is still to be filled in, and keeps what was typed: it used to
// be one bubble of the browser after the other.
func TestAFormNamesAllThatIsMissingAtOnce(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := open(t, h.URL)
	b.signIn(h.Person(access.Admin).Email)
	b.goTo("/admin/people/new")
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=phone]"), "8009"))
	b.press("Enter")
	b.focused(`input[name=name][aria-invalid="true"]`)
	b.sees("both fields are named", `["name", "email"].every(n => document.getElementById("f-" + n + "-error")?.textContent === "请填写这一项。" && document.getElementById("f-" + n).getAttribute("aria-describedby").includes("f-" + n + "-error"))`)
	b.sees("what was typed is there", `document.querySelector("input[name=phone]").value === "8009"`)
	b.write("张三")
	b.sees("what is filled in is named no more", `!document.getElementById("f-name-error") && !document.querySelector("input[name=name]").matches("[aria-invalid], [aria-describedby]") && !!document.getElementById("f-email-error")`)
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=email]"), "zhang.san@qinglan.example"))
	b.press("Enter")
	b.reads("张三")
	b.sees("the person is there", `/\/admin\/people\/\d+$/.test(location.pathname)`)

	// Where the server knows more than the browser, it names everything.
	b.provoke(http.StatusUnprocessableEntity)
	b.goTo("/admin/calendars/new")
	b.run(`document.querySelectorAll("form.form input:not([type=hidden]):not([type=checkbox])").forEach(i => i.value = "")`)
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=title_en]"), "Berlin"))
	b.press("Enter")
	b.sees("all four are named", `["title", "name", "zone", "mon"].every(n => document.getElementById("f-" + n + "-error")) && document.querySelector("input[name=title_en]").value === "Berlin"`)
}
