// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"strconv"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

// A letter is looked at as often as one likes before it is saved: the page stays, and so does its button.
func TestALetterIsPreviewedAsOftenAsOneLikes(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	b := asAdmin(t, h)
	b.goTo("/admin/letters/acknowledged/zh-CN")
	b.run(`window.shown = 0; document.querySelector("iframe[name=preview]").addEventListener("load", () => window.shown++)`)
	for n := range 2 {
		b.click("button[formtarget=preview]")
		b.sees("the letter", `window.shown === `+strconv.Itoa(n+1))
		b.run(`await new Promise(r => setTimeout(r, 50))`)
		b.sees("the button at rest", `document.querySelector("button[formtarget=preview]").ariaBusy !== "true"`)
	}
}
