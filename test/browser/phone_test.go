// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// dials gives somebody a number.
func dials(t *testing.T, h *apptest.House, p person.Person, number string) person.Person {
	t.Helper()
	p.Phone = number
	p, err := h.People.Change(t.Context(), access.Desk(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rings lets a telephone system say that the requester calls the agent.
func rings(t *testing.T, h *apptest.House, id, state string) {
	t.Helper()
	list, err := h.Telephony.Secrets(t.Context(), access.Desk())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) > 0 {
		t.Fatal("a house has one telephone system")
	}
	made, err := h.Telephony.MakeSecret(t.Context(), apptest.Actor(h.Person(access.Admin), "web"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(made, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"type":"call.%s","data":{"call":"c1","direction":"in","number":"8206","extension":"6011"}}`, state)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/hooks/cti", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(h.Clock.Now().Unix(), 10)
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", stamp)
	r.Header.Set("webhook-signature", telephony.Sign(key, id, stamp, []byte(body)))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		t.Fatalf("the hook answers %d", res.StatusCode)
	}
}

// learned lets a desk learn from tickets of two categories; the first of them asks something.
func learned(t *testing.T, h *apptest.House) catalog.Category {
	t.Helper()
	category := func(name string) catalog.Category {
		c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: name}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	remote, printer := category("远程接入"), category("打印机")
	_, err := h.Catalog.SaveForm(t.Context(), access.Desk(), remote.ID, form.Form{
		{Name: "where", Kind: form.Choice, Label: "在哪里连", By: form.ToRecord, Options: []form.Option{{Value: "home", Label: "家里"}, {Value: "site", Label: "公司"}}},
		{Name: "line", Kind: form.Text, Label: "家里用谁的宽带", Show: form.Rule{Tests: []form.Test{{Field: "where", Op: form.Is, Value: "home"}}}},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	grade := func(halt triage.Halt) ticket.Grade {
		return ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: halt}}
	}
	for i := range 15 {
		work(t, h, ask(t, h, fmt.Sprintf("在家连不上 VPN，提示 ERR-%d", i)), ticket.Classify{Category: remote.ID}, grade(triage.Stopped))
		work(t, h, ask(t, h, fmt.Sprintf("第 %d 台打印机卡纸", i)), ticket.Classify{Category: printer.ID}, grade(triage.Working))
	}
	if err := h.Suggest.Relearn(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(14 * 24 * time.Hour)
	return remote
}

// A call, from the ring to the ticket, without touching the mouse: the page that lies open says that
// it rings, the pad knows who calls, what is said suggests where it goes, the category asks its
// questions, each sentence is read back and ticked, and the ticket holds it all (N15, N18, N21, N40).
func TestN15_N18_N21_N40_ACallByKeyboard(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	remote := learned(t, h)
	user := dials(t, h, h.Person(access.Requester), "8206")
	dials(t, h, h.Person(access.Agent), "6011")
	b := asAgent(t, h)
	b.goTo("/work")
	b.sees("a page that listens", `document.querySelector("#ringing") && document.querySelector("[data-stream]")`)
	rings(t, h, "m1", "ringing")
	b.sees("that somebody calls", fmt.Sprintf(`document.querySelector("#ringing").innerText.includes(%q)`, user.Name))
	b.press("g", "p")
	b.arrives("/work/phone")
	b.focused("#f-text")
	b.sees("who calls", fmt.Sprintf(`document.querySelector("[name=requester]:checked")?.value === "%d" && !document.querySelector("#ringing")`, user.ID))

	b.write("早上起在家连不上 VPN，重启过路由器")
	b.sees("what it probably is, and why", `document.querySelector("#guess-category")?.innerText.includes("远程接入") && document.querySelector("#guess-category small").innerText.startsWith("因为")`)
	b.run(`window.same = true`)
	b.press("ctrl+i")
	b.sees("the suggestions in the form", fmt.Sprintf(`window.same && document.querySelector("#f-category").value === "%d" && document.querySelector("[name=halt][value=stopped]").checked && !document.querySelector("#guess-category")`, remote.ID))
	b.sees("the words as they were", `document.querySelector("#f-text").value === "早上起在家连不上 VPN，重启过路由器"`)
	b.sees("the category's questions", `document.querySelector("[data-question=where]") && document.querySelector("[data-question=line]").hidden`)

	b.tabTo("#f-since")
	b.write("今天 08:30")
	b.tabTo("#f-affected")
	b.write("远程办公")
	b.tick("[name=people]")
	b.tabTo("#f-wanted")
	b.write("今天 11:30 前")
	b.tabTo("[name=a_where]")
	b.press("Space")
	b.sees("the question that follows", `document.querySelector("[name=a_where][value=home]").checked && !document.querySelector("[data-question=line]").hidden`)
	b.tabTo("#f-a_line")
	b.write("自家的宽带")
	b.sees("a whole record", `document.querySelector("#pad-meter").innerText.includes("7 / 7")`)
	for _, name := range []string{"identity", "problem", "impact", "wish"} {
		b.sees("a sentence without a gap: "+name, fmt.Sprintf(`document.querySelector("#say-%s input[type=checkbox]:not(:disabled)")`, name))
		b.tick(fmt.Sprintf("#say-%s input[type=checkbox]", name))
	}
	b.sees("that nothing is left", `document.querySelector("#pad-heard").innerText.includes("4 / 4") && document.querySelector("#pad-left .text-ok")`)
	b.press("ctrl+Enter")
	b.sees("the ticket", `location.pathname.startsWith("/work/tickets/LD-") && document.readyState === "complete"`)
	v := now(t, h, numbered(t, h, eval[string](b, `location.pathname.split("/").pop()`)))
	if v.Channel != ticket.Phone || v.Category != remote.ID || v.Complete() != 7 || v.Unheard() || !v.Graded || v.Detail.Intake[ticket.Since].Value != "今天 08:30" {
		t.Errorf("channel %s, category %d, %d of 7, unheard %t, graded %t", v.Channel, v.Category, v.Complete(), v.Unheard(), v.Graded)
	}
	if got := v.Detail.Form.Answers; len(got["where"]) != 1 || got["where"][0] != "home" || len(got["line"]) != 1 {
		t.Errorf("the form holds %v", got)
	}
}

// numbered finds a ticket by its number.
func numbered(t *testing.T, h *apptest.House, ref string) ticket.Ticket {
	t.Helper()
	v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(ref)})
	if err != nil {
		t.Fatalf("%s: %v", ref, err)
	}
	return v
}

// Without a script the pad does the same by its buttons, and keeps what was typed (N14, N21).
func TestN14_N21_ThePadWithoutScript(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	remote := learned(t, h)
	user := dials(t, h, h.Person(access.Requester), "8206")
	b := open(t, h.URL)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.signIn(h.Person(access.Agent).Email)
	b.goTo("/work/phone?q=8206")
	b.sees("who calls", fmt.Sprintf(`document.querySelector("[name=requester]:checked")?.value === "%d"`, user.ID))
	b.tabTo("#f-text")
	b.write("早上起在家连不上 VPN")
	b.tap("按要素更新这几句")
	b.sees("what it probably is", `document.querySelector("#guess-category")?.innerText.includes("远程接入")`)
	b.tabTo("[name=take]")
	b.press("Enter")
	b.sees("it in the form, with its questions", fmt.Sprintf(`document.querySelector("#f-category")?.value === "%d" && document.querySelector("[name=a_where]") && document.querySelector("#f-text")?.value.includes("VPN")`, remote.ID))
	b.tap("先建单，标为未复述")
	b.sees("the ticket", `location.pathname.startsWith("/work/tickets/LD-")`)
	v := numbered(t, h, eval[string](b, `location.pathname.split("/").pop()`))
	if v.Category != remote.ID || !v.Unheard() || len(v.Detail.Form.Missing) == 0 {
		t.Errorf("category %d, unheard %t, missing %v", v.Category, v.Unheard(), v.Detail.Form.Missing)
	}
}
