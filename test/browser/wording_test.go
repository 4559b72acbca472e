// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
)

// A reply is written by keyboard alone: a canned text is found and put in, a marked word is
// replaced, and what is sent is what was read over (N10, N41).
func TestByKeyboard_N10_N41_AReplyWithACannedTextAndABetterWording(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	tk := ask(t, h, "报表打不开，提示 ORA-01653")
	for short, body := range map[string]string{"hello": "{{requester.name}}，您好：{{ticket.number}} 由我负责。", "zzz": "另一条"} {
		if _, err := h.Texts.Save(t.Context(), access.Desk(), canned.Text{Lang: "zh", Short: short, Title: short, Body: body}, 0); err != nil {
			t.Fatal(err)
		}
	}
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + tk.Ref())
	b.sees("the fact as a chip that leads to a search", `[...document.querySelectorAll(".msg a.chip")].some(a => a.innerText.includes("ORA-01653") && a.href.includes("fact"))`)
	b.press("r")
	b.focused("#reply textarea")
	b.write("::")
	b.sees("the list of texts", `document.querySelectorAll("#texts [data-text]").length === 2`)
	b.press("Escape")
	b.sees("no list", `!document.querySelector("#texts")`)
	b.write("he")
	b.sees("what matches, chosen", `document.querySelector("#texts [aria-selected=true]")?.innerText.includes("hello")`)
	b.press("Enter")
	b.sees("the text filled in", `document.querySelector("#f-reply").value.includes("由我负责") && !document.querySelector("#f-reply").value.includes("{{") && !document.querySelector("#f-reply").value.includes("::")`)
	b.write("表空间已清理。")
	b.sees("the term marked with a plain word", `document.querySelector("#wording [data-from]")?.dataset.to === "存储空间"`)
	if list := b.violations(); len(list) > 0 {
		t.Errorf("axe: %v", list)
	}
	b.tabTo("#wording [data-from]")
	b.press("Enter")
	b.sees("the better wording in the text", `document.querySelector("#f-reply").value.includes("存储空间已清理")`)
	b.sees("the mark gone", `!document.querySelector("#wording [data-from=表空间]")`)
	b.press("ctrl+Enter")
	b.sees("the reply in the thread", `document.querySelector(".msg.pub")?.innerText.includes("存储空间已清理")`)
	h.Advance(time.Minute) // it can no longer be taken back
	if texts := said(t, h, tk); !strings.Contains(strings.Join(texts, " "), "存储空间已清理") {
		t.Errorf("the thread holds %q", texts)
	}
}
