// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// A note does not go without a file that did not arrive before that was said; what is taken out by
// keyboard leaves the focus in the form.
func TestANoteAsksAboutAFileThatIsMissing(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	b.provoke(http.StatusUnprocessableEntity)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("n")
	b.focused("#note textarea")
	b.write("照片见附件")
	add := func(name, content string) {
		t.Helper()
		b.run(fmt.Sprintf(`const held = new DataTransfer(); held.items.add(new File([%q], %q, {type: "text/plain"}));
			document.querySelector("#note textarea").dispatchEvent(new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}))`, content, name))
	}
	add("good.txt", "x")
	add("empty.txt", "")
	b.sees("which file is empty", `document.querySelector("#note .file.bad")?.innerText.includes("empty.txt") && document.querySelectorAll("#note [data-file]").length === 1`)
	b.press("ctrl+Enter")
	b.sees("which one is missing", `document.querySelector("#note [data-left-out]")?.innerText.includes("empty.txt")`)
	if texts := said(t, h, v); len(texts) != 1 {
		t.Fatalf("it was saved without a question: %q", texts)
	}
	b.tabTo("#note [data-remove]")
	b.press("Enter")
	b.focused("#note textarea")
	b.press("ctrl+Enter")
	b.sees("the note, at the second press", `document.querySelector(".msg.note")?.innerText.includes("照片见附件")`)
}

// Who writes without a pause is seen to write.
func TestWhoWritesWithoutAPauseIsSeen_N13(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	boss := h.Person(access.Lead)
	b, other := asAgent(t, h), open(t, h.URL)
	other.signIn(boss.Email)
	b.goTo("/work/tickets/" + v.Ref())
	other.goTo("/work/tickets/" + v.Ref())
	other.press("r")
	other.focused("#reply textarea")
	other.run(`window.typist = setInterval(() => document.execCommand("insertText", false, "看"), 200)`)
	b.sees("that the lead writes", fmt.Sprintf(`document.querySelector("#presence").innerText.includes(%q)`, boss.Name))
	if !eval[bool](other, `(clearInterval(window.typist), true)`) {
		t.Error("nobody typed")
	}
}

// The word that a reply can be taken back covers no control and goes when it was taken back.
func TestTheUndoGoesWithWhatItUndoes(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "会议室投影没有画面")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.press("r")
	b.focused("#reply textarea")
	b.write("请把投影换到二号口")
	b.press("ctrl+Enter")
	b.sees("the undo above the foot", `(t => t && t.getBoundingClientRect().bottom <= document.querySelector(".pane-foot").getBoundingClientRect().top)(document.querySelector("#toasts [data-while]"))`)
	b.press("Escape", "z")
	b.sees("the words again", `document.querySelector("#reply textarea").value === "请把投影换到二号口"`)
	b.sees("no undo any more", `!document.querySelector("#toasts form")`)
}
