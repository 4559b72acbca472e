// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
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

// TestN37_AnArticleIsWrittenByProgram: what the document offers for an article is taken, worded anew and answered;
// without an audience it is for staff.
func TestN37_AnArticleIsWrittenByProgram(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent := door{t, h.API(h.Person(access.Agent))}
		a, _ := agent.ask("POST", "/articles", m{"lang": "zh", "title": "怎样换墨盒", "body": "打开盖子，取出旧墨盒。", "audience": "public"}, http.StatusCreated)
		if a["work"] != "怎样换墨盒" || a["audience"] != "public" || a["state"] != "draft" {
			t.Errorf("written: %v", a)
		}
		at := fmt.Sprintf("/articles/%v/write", a["id"])
		if a, _ = agent.ask("POST", at, m{"title": "怎样换硒鼓", "body": "打开前盖。", "audience": "public", "version": a["version"]}, http.StatusOK); a["work"] != "怎样换硒鼓" {
			t.Errorf("worded anew: %v", a)
		}
		if a, _ = agent.ask("POST", "/articles", m{"lang": "zh", "title": "打印机的维修口令", "body": "只给同事看。"}, http.StatusCreated); a["audience"] != "staff" {
			t.Errorf("without an audience: %v", a)
		}
		agent.refused("POST", "/articles", m{"lang": "zh", "body": "x"}, http.StatusUnprocessableEntity, "errs.fields title knowledge.title_length")
	})
}
