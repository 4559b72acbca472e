// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// pictureIn makes a picture of a few pixels in the page, as a screenshot tool does, in a transfer that
// an event brings.
const pictureIn = `const canvas = document.createElement("canvas");
	canvas.width = canvas.height = 8;
	canvas.getContext("2d").fillRect(0, 0, 8, 8);
	const blob = await new Promise(r => canvas.toBlob(r, "image/png"));
	const held = new DataTransfer();
	held.items.add(new File([blob], %q, {type: "image/png"}));`

// What a caller shows rather than says comes into the telephone pad in three ways, and stands on the
// ticket: a picture that is pasted, one that is dropped, and one from the caller's or the agent's
// phone, by a sign that it photographs. Text that is pasted with a picture beside it stays text (N16).
func TestN16_PicturesComeIntoThePadByPasteDropAndPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := dials(t, h, h.Person(access.Requester), "8206")
	b := asAgent(t, h)
	b.goTo("/work/phone?q=8206")
	b.sees("who calls", fmt.Sprintf(`document.querySelector("[name=requester]:checked")?.value === "%d"`, user.ID))
	b.focused("#f-text")
	b.write("提交付款单报错，截图发您")

	files := func(n int) string {
		return fmt.Sprintf(`document.querySelectorAll("#pad [data-files] [data-file] input[name=files]").length === %d`, n)
	}
	b.run(fmt.Sprintf(pictureIn, "pasted.png") + `document.querySelector("#f-text").dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true}))`)
	b.sees("the picture that was pasted", files(1)+` && document.querySelector("#pad").innerText.includes("pasted.png")`)
	b.run(fmt.Sprintf(pictureIn, "table.png") + `held.items.add("a table of a spreadsheet", "text/plain");
		document.querySelector("#f-text").dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true}))`)

	b.run(fmt.Sprintf(pictureIn, "dropped.png") + `for (const kind of ["dragover", "drop"]) document.querySelector("#f-text").dispatchEvent(new DragEvent(kind, {dataTransfer: held, bubbles: true, cancelable: true}))`)
	b.sees("the picture that was dropped", files(2)+` && document.querySelector("#pad").innerText.includes("dropped.png") && !document.querySelector("#pad.over")`)
	b.run(fmt.Sprintf(pictureIn, "missed.png") + `window.missed = !document.querySelector("h1").dispatchEvent(new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}))`)
	if !eval[bool](b, `window.missed && location.pathname === "/work/phone"`) {
		t.Error("a file that misses its box replaces the page")
	}

	// The button is for whoever has a mouse, and this browser has neither mouse nor finger.
	b.run(`document.querySelector("#pad [data-phone]").click()`)
	b.sees("a sign", `document.querySelector("#pad [data-phone-box] svg path.ink")?.getAttribute("d").length > 100`)
	for _, v := range b.violations() {
		t.Errorf("with a sign: %s", v)
	}
	phone := open(t, h.URL)
	phone.size(narrow)
	phone.goTo("/u/" + eval[string](b, `document.querySelector("[data-phone-box]").dataset.phoneBox`))
	phone.run(fmt.Sprintf(pictureIn, "photographed.png") + `document.querySelector("#f-upload").files = held.files`)
	phone.click(".form-end button")
	phone.sees("that it went", `document.querySelector(".notice, [role=status], .form")?.ownerDocument.body.innerText.includes("1")`)
	b.sees("the picture of the phone", files(3)+` && document.querySelector("#pad").innerText.includes("photographed.png")`)
	if got := eval[string](b, `document.querySelector("#f-text").value`); got != "提交付款单报错，截图发您" {
		t.Errorf("the words are %q now", got)
	}
	b.click("#pad [data-file]:nth-child(2) [data-remove]")
	b.sees("that one is taken out", files(2))
	b.tap("先建单，标为未复述")
	b.sees("the ticket", `location.pathname.startsWith("/work/tickets/LD-")`)
	v := numbered(t, h, eval[string](b, `location.pathname.split("/").pop()`))
	thread, err := h.Tickets.Thread(t.Context(), access.Desk(), v)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range thread {
		if e.Message != nil {
			for _, f := range e.Message.Attached {
				names = append(names, f.Name)
			}
		}
	}
	if fmt.Sprint(names) != "[pasted.png photographed.png]" {
		t.Errorf("the ticket holds %v", names)
	}
}
