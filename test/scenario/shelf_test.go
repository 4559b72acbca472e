// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestS24_N37_WhatHangsOnAnArticleIsForWhoMaySeeIt: the tickets behind an article of a group, what readers
// wrote and who was asked to read it are hidden with it; and a search narrowed to a category finds what is
// there, however much fits better elsewhere.
func TestS24_N37_WhatHangsOnAnArticleIsForWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		ours, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "安全组", Members: []person.ID{w.agent.ID, w.lead.ID}}, 0)
		w.must(err)
		a := w.published(knowledge.Content{Title: "防火墙放行", Body: "只给本组看", Category: w.subject.ID, Audience: knowledge.Group, Group: ours.ID})
		outside := h.Somebody(access.Agent)
		for who, want := range map[*person.Person]errs.Kind{&w.agent: 0, &w.admin: 0, &outside: errs.NotFound, &w.owner: errs.Denied} {
			by := apptest.Actor(*who, "web")
			_, from := h.Knowledge.From(t.Context(), by, a.ID)
			_, voices := h.Knowledge.Voices(t.Context(), by, a.ID)
			_, readers := h.Knowledge.Readers(t.Context(), by, a)
			for what, err := range map[string]error{"tickets": from, "words": voices, "readers": readers} {
				if (err == nil) != (want == 0) || err != nil && errs.KindOf(err) != want {
					t.Errorf("%s, the %s: %v", who.Email, what, err)
				}
			}
		}
		if r := h.API(outside).Get("/api/v1/articles/" + key(a.ID)); r.Status != http.StatusNotFound {
			t.Errorf("by program: %d", r.Status)
		}

		far, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "打印"}, 0)
		w.must(err)
		w.published(knowledge.Content{Title: "打印机卡纸", Body: "清纸道", Category: far.ID, Audience: knowledge.Public})
		w.published(knowledge.Content{Title: "软件报错", Body: "有时打印机卡纸也会让软件报错", Category: w.subject.ID, Audience: knowledge.Public})
		r := h.API(w.owner).Get("/api/v1/articles?q=%E6%89%93%E5%8D%B0%E6%9C%BA%E5%8D%A1%E7%BA%B8&limit=1&category=" + key(w.subject.ID))
		if r.Status != http.StatusOK || !strings.Contains(r.Body, "软件报错") || strings.Contains(r.Body, "清纸道") {
			t.Errorf("within a category: %d %.400s", r.Status, r.Body)
		}
	})
}
