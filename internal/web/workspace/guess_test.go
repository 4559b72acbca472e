// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// asks lets a category ask something.
func (h *house) asks(of catalog.Category) {
	h.Helper()
	_, err := h.catalog.SaveForm(h.Context(), access.Desk(), of.ID, form.Form{
		{Name: "where", Kind: form.Choice, Label: "在哪里连", By: form.ToRecord, Options: []form.Option{{Value: "home", Label: "家里"}, {Value: "site", Label: "公司"}}},
		{Name: "line", Kind: form.Text, Label: "家里用谁的宽带", Show: form.Rule{Tests: []form.Test{{Field: "where", Op: form.Is, Value: "home"}}}},
		{Name: "since", Kind: form.Number, Label: "几次", By: form.ToResolve},
	}, 0)
	if err != nil {
		h.Fatal(err)
	}
}

// learned lets the desk learn from tickets of two kinds.
func (h *house) learned() (vpn catalog.Category) {
	h.Helper()
	vpn, err := h.catalog.SaveCategory(h.Context(), access.Desk(), catalog.Category{Name: "远程接入", Group: h.network.ID}, 0)
	if err != nil {
		h.Fatal(err)
	}
	grade := func(halt triage.Halt) ticket.Grade {
		return ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: halt}}
	}
	for i := range 15 {
		h.do(h.agent, h.open(h.other, fmt.Sprintf("在家连不上 VPN，提示 ERR-%d", i)), ticket.Classify{Category: vpn.ID}, grade(triage.Stopped))
		h.do(h.agent, h.open(h.other, fmt.Sprintf("第 %d 台电脑要装报表软件", i)), ticket.Classify{Category: h.software.ID}, grade(triage.Working))
	}
	if err := h.suggest.Relearn(h.Context()); err != nil {
		h.Fatal(err)
	}
	h.clock.Advance(9 * 24 * time.Hour)
	return vpn
}

// TestN14_N21_N22_WhatIsWrittenDownSuggestsWhereItGoes: on both forms of the staff, without a script:
// suggestions with their words, taken one by one or all at once, change the form and nothing else;
// the category then asks what it asks on the portal.
func TestN14_N21_N22_WhatIsWrittenDownSuggestsWhereItGoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	vpn := h.learned()
	h.asks(vpn)
	category := fmt.Sprintf("category=%d", vpn.ID)
	for _, path := range []string{"/work/phone", "/work/new"} {
		t.Run(path, func(t *testing.T) {
			b := h.as(h.agent)
			words := []string{"text", "早上起在家连不上 VPN", "requester", fmt.Sprint(h.requester.ID)}
			body := b.post(path, append(words, "act", "check")...).Body.String()
			h.holds(body, "全部采用", "远程接入", "因为：", "VPN", `value="`+category+`"`, `name="take"`)
			h.lacks(body, "在哪里连")
			body = b.post(path, append(words, "take", category)...).Body.String()
			h.holds(body, fmt.Sprintf(`value="%d" selected`, vpn.ID), "在哪里连", "早上起在家连不上 VPN")
			h.lacks(body, `value="`+category+`"`)
			body = b.post(path, append(words, "take", "all")...).Body.String()
			h.holds(body, fmt.Sprintf(`value="%d" selected`, vpn.ID), `value="stopped" checked`, "在哪里连")
			h.lacks(body, "全部采用")
			// What nobody suggests cannot be slipped in by it.
			body = b.post(path, append(words, "take", "category=4711", "category", "")...).Body.String()
			h.holds(body, "全部采用")
			h.lacks(body, "4711")
			// A script asks for what follows and gets the parts: what is chosen is replaced where it was
			// taken, and the questions where the category moved.
			body = b.post(path+"/check", append(words, "take", "all", "asked", "")...).Body.String()
			h.holds(body, `hx-target="#filing"`, `hx-target="#category-form"`, `hx-target="#guesses"`, "在哪里连")
			body = b.post(path+"/check", append(words, "category", fmt.Sprint(vpn.ID), "asked", fmt.Sprint(vpn.ID), "a_where", "home", "upload", "[object File]")...).Body.String()
			h.holds(body, `hx-target="#guesses"`)
			h.lacks(body, `hx-target="#category-form"`, `hx-target="#filing"`)
		})
	}
	if made := h.all(h.requester); len(made) != 0 {
		t.Errorf("made %v", refs(made...))
	}
}

// TestN21_ACallFillsTheCategorysForm: what the category wants at once stands between the call and a
// ticket that needs no flag, and nowhere else; a wrong answer comes back as it was typed.
func TestN21_ACallFillsTheCategorysForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.asks(h.software)
	b := h.as(h.agent)
	c := h.complete(b)
	_, body, _ := c.press("act", "check")
	h.holds(body, "在哪里连", "家里用谁的宽带")
	c.fill("form_version", hidden(body, "form_version"), "asked", hidden(body, "asked"))
	for _, m := range sentences(body) {
		c.fill("heard", m)
	}
	status, body, _ := c.press("act", "create", "a_since", "三次")
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", status)
	}
	h.holds(body, "在哪里连", `value="三次"`, "填一个数字")
	if status, body, _ = c.press("act", "flag", "a_since", "3"); status != http.StatusSeeOther {
		t.Fatalf("the call cannot be recorded without it: %d\n%s", status, body)
	}
	one := h.get(h.all(h.requester)[0])
	if got := one.Detail.Form; !slices.Equal(got.Answers["since"], []string{"3"}) || len(got.Missing) != 1 || got.Missing[0].Name != "where" {
		t.Errorf("%+v", got)
	}

	c = h.complete(b)
	c.fill("a_where", "home", "a_line", "自家的")
	_, body, _ = c.press("act", "check")
	for _, m := range sentences(body) {
		c.fill("heard", m)
	}
	if status, body, _ = c.press("act", "create"); status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", status, body)
	}
	if got := h.get(h.all(h.requester)[0]).Detail.Form.Answers; !slices.Equal(got["where"], []string{"home"}) || !slices.Equal(got["line"], []string{"自家的"}) {
		t.Errorf("%+v", got)
	}
	// The form of a new ticket asks the same, and what it wants at once cannot be left out there.
	a := b.post("/work/new", "act", "create", "requester", fmt.Sprint(h.requester.ID), "channel", "web", "text", "装不上", "category", fmt.Sprint(h.software.ID))
	if a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), "在哪里连") {
		t.Errorf("%d", a.Code)
	}
	a = b.post("/work/new", "act", "create", "requester", fmt.Sprint(h.requester.ID), "channel", "web", "text", "装不上", "category", fmt.Sprint(h.software.ID), "a_where", "site")
	if a.Code != http.StatusSeeOther {
		t.Errorf("%d\n%s", a.Code, a.Body)
	}
}
