// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
)

// asAdmin opens a window of an administrator.
func asAdmin(t *testing.T, h *apptest.House) *tab {
	t.Helper()
	b := open(t, h.URL)
	b.signIn(h.Person(access.Admin).Email)
	return b
}

// An administrator builds what a category asks: the preview follows what is typed and can be tried,
// a condition hides what does not apply, each saving is a version, an older one comes back by being
// saved, and requesters are asked what is in force (N14, N15).
func TestN14_N15_TheEditorOfACategorysQuestions(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "打印机"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := asAdmin(t, h)
	at := fmt.Sprintf("/admin/categories/%d/form", c.ID)
	b.goTo(at)
	b.tap("添加问题")
	b.focused("[name=label_0]")
	b.write("出了什么问题")
	b.sees("the question in the preview", `document.querySelector("#preview").innerText.includes("出了什么问题")`)
	b.run(`const k = document.querySelector("[name=kind_0]"); k.value = "choice"; k.dispatchEvent(new Event("change", {bubbles: true}))`)
	b.sees("the place for its options", `document.querySelector("[name=option_0]")`)
	b.tabTo("[name=option_0]")
	b.write("卡纸 | Paper jam\n打不出来 | Prints nothing")
	b.sees("its options in the preview", `document.querySelectorAll("#preview [type=radio]").length === 2`)
	b.tap("添加问题")
	b.focused("[name=label_1]")
	b.write("卡在哪一层")
	b.run(`document.querySelector("#f-test_1").open = true`)
	b.run(`const k = document.querySelector("[name=test_field_1_0]"); k.value = k.options[1].value; k.dispatchEvent(new Event("change", {bubbles: true}))`)
	b.tabTo("[name=test_value_1_0]")
	b.write("卡纸")
	b.sees("that the second question waits for the first", `document.querySelectorAll("#preview [data-question]").length === 2 && document.querySelectorAll("#preview [data-question]")[1].hidden`)
	b.sees("what it waits for", `JSON.parse(document.querySelectorAll("#preview [data-question]")[1].dataset.show).Tests[0].Value !== ""`)
	b.run(`document.querySelector("#preview [type=radio]").click()`)
	b.sees("the second question, once it applies", `!document.querySelectorAll("#preview [data-question]")[1].hidden`)
	b.run(`const l = document.querySelector("[name=label_1]"); l.value = "卡在哪一层纸盒"; l.dispatchEvent(new Event("change", {bubbles: true}))`)
	b.sees("what was tried, in the preview that follows", `document.querySelector("#preview").innerText.includes("纸盒") && document.querySelector("#preview [type=radio]").checked && !document.querySelectorAll("#preview [data-question]")[1].hidden`)
	for _, v := range b.violations() {
		t.Errorf("the editor: %s", v)
	}
	if own, err := h.Catalog.OwnForm(t.Context(), c.ID); err != nil || own.Version != 0 {
		t.Fatalf("something was stored before it was saved: %+v %v", own, err)
	}
	b.tap("保存为新版本")
	b.reads("第 1 版已生效")

	b.click(`[name=act][value="remove 1"]`)
	b.sees("one question", `!document.querySelector("#question_1")`)
	b.tap("保存为新版本")
	b.reads("第 2 版已生效")
	b.tap("第 1 版")
	b.reads("这是第 1 版。保存后它会成为新的一版。")
	b.sees("both questions of the first version", `document.querySelector("[name=label_1]")?.value === "卡在哪一层纸盒"`)
	b.tap("保存为新版本")
	b.reads("第 3 版已生效")
	b.sees("three versions, of which the last is in force", `document.body.innerText.includes("第 3 版") && document.body.innerText.includes("第 2 版") && document.body.innerText.includes("第 1 版")`)
	own, err := h.Catalog.OwnForm(t.Context(), c.ID)
	if err != nil || own.Version != 3 || len(own.Fields) != 2 || len(own.Fields[1].Show.Tests) != 1 {
		t.Fatalf("%+v %v", own, err)
	}

	b.provoke(http.StatusUnprocessableEntity)
	b.run(`document.querySelector("[name=label_0]").value = ""`)
	b.tap("保存为新版本")
	b.sees("what is wrong, and the way to it", `document.querySelector(".er") && document.querySelector("[name=label_0]").getAttribute("aria-invalid") === "true"`)
	if own, err := h.Catalog.OwnForm(t.Context(), c.ID); err != nil || own.Version != 3 {
		t.Errorf("a question without words became a version: %+v %v", own, err)
	}

	user := asRequester(t, h)
	user.size(narrow)
	user.goTo(fmt.Sprintf("/new?category=%d", c.ID))
	if body := eval[string](user, `document.body.innerText`); !strings.Contains(body, "出了什么问题") {
		t.Errorf("the portal does not ask:\n%s", body)
	}
}
