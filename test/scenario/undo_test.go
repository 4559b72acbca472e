// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// A new category can be taken back as offered, also where it brought a form: what the form before
// it held is there again.
func TestN21_ANewCategoryWithAFormIsTakenBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		first, second, third := newCategory(t, h, "甲"), newCategory(t, h, "乙"), newCategory(t, h, "丙")
		for at, name := range map[catalog.CategoryID]string{second: "floor", third: "wing"} {
			if _, err := h.Catalog.SaveForm(t.Context(), access.Desk(), at, form.Form{{Name: name, Kind: form.Number, Label: "几楼"}}, 0); err != nil {
				t.Fatal(err)
			}
		}
		agent := h.SignIn(access.Agent)
		ref := recorded(h.SignIn(access.Requester))
		at := workspace.TicketsPath + ref
		agent.Post(at+"/classify", url.Values{"category": {key(first)}})
		offered := regexp.MustCompile(`action="(` + at + `/undo/\d+)"`)
		change := func(to catalog.CategoryID) string {
			t.Helper()
			if r := agent.Post(at+"/classify", url.Values{"category": {key(to)}}); r.Status != http.StatusSeeOther {
				t.Fatalf("%d", r.Status)
			}
			found := offered.FindStringSubmatch(agent.Get(at).Body)
			if found == nil {
				t.Fatal("no way back is offered")
			}
			return found[1]
		}
		if r := agent.Post(change(second), nil); r.Status != http.StatusSeeOther {
			t.Errorf("offered and refused: %d", r.Status)
		}
		if now := ticketOf(t, h, ref); now.Category != first || now.Detail.Form.Version != 0 {
			t.Errorf("category %d, want %d; form %+v", now.Category, first, now.Detail.Form)
		}
		change(second)
		if r := agent.Post(at+"/fill", url.Values{"a_floor": {"7"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("the form: %d", r.Status)
		}
		filled := ticketOf(t, h, ref)
		if r := agent.Post(at+"/undo/"+key(filled.Version), nil); r.Status != http.StatusConflict {
			t.Errorf("an answer was taken back as if it were the category: %d", r.Status)
		}
		back := change(third)
		if r := agent.Post(back, nil); r.Status != http.StatusSeeOther {
			t.Errorf("offered and refused: %d", r.Status)
		}
		if now := ticketOf(t, h, ref); now.Category != second || len(now.Detail.Form.Answers["floor"]) != 1 {
			t.Errorf("category %d, form %+v", now.Category, now.Detail.Form)
		}
	})
}
