// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// TestN14_A69_SuggestionsByProgram: of a ticket and of words that are no ticket yet; for staff alone.
func TestN14_A69_SuggestionsByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		printers, err := h.parts.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "打印机", NameEN: "Printers"}, 0)
		h.must(err)
		printer := int64(printers.ID)
		for i := range 15 {
			h.walk(h.open(m{"text": fmt.Sprintf("第 %d 台打印机卡纸了，出不来纸", i)}), []step{{"", "lin", "/classify", m{"category": printer}, 200, nil, []string{"ticket.classified"}}})
			h.walk(h.open(m{"text": fmt.Sprintf("在家连不上 VPN，提示 ERR-%d", i)}), []step{{"", "lin", "/classify", m{"category": h.category.ID}, 200, nil, []string{"ticket.classified"}}})
		}
		h.must(h.parts.Suggest.Relearn(t.Context()))
		h.open(m{"text": "复印室那台打印机又卡纸，冒烟了"})
		path := h.open(m{"text": "打印机卡纸，还冒烟，在复印室"})
		if _, err := h.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, a := range map[string]answer{
			"of a ticket": h.get("lin", path+"/suggestions"), "of words": h.post("lin", "/suggestions", m{"text": "复印室打印机卡纸冒烟", "requester": h.id("wang")}),
		} {
			a.want(t, 200)
			if a.text("items.0.label") != "category" || a.text("items.0.value") != fmt.Sprint(printer) || a.text("items.0.name") != "打印机" || !strings.Contains(a.raw, `"because":["打印机`) {
				t.Errorf("%s: %s", name, a.raw)
			}
			if a.text("same.0.ticket.subject") == "" {
				t.Errorf("%s: no duplicate: %s", name, a.raw)
			}
		}
		if a := h.post("lin", "/suggestions", m{"text": "打印机又卡纸", "category": printer}); a.text("items.0.label") == "category" {
			t.Errorf("chosen already: %s", a.raw)
		}
		h.post("lin", "/suggestions", m{"text": ""}).want(t, 422)
		h.post("lin", "/suggestions", m{"text": strings.Repeat("a", 5<<20)}).want(t, 413)
		h.get("wang", path+"/suggestions").want(t, 403)
		h.post("wang", "/suggestions", m{"text": "打印机"}).want(t, 403)
		h.post("", "/suggestions", m{"text": "打印机"}).want(t, 401)
		h.get("lin", "/tickets/99999/suggestions").want(t, 404)
	})
}
