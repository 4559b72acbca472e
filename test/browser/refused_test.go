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
