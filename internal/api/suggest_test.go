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

// TestN24_A69_SolvedTicketsByProgram: a closed ticket that was alike is offered with its solution,
// said to have helped, and taken back.
func TestN24_A69_SolvedTicketsByProgram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		solve := func(text, solution string) string {
			path := h.open(m{"text": text})
			h.complete(path)
			h.post("lin", path+"/grade", m{"core": false, "affected": "one", "halt": "working"}).want(t, 200)
			h.post("lin", path+"/resolve", m{"solution": solution, "cause": "查明", "prevention": "记下", "verify": []string{"再试一次"}, "difficulties": "无", "approach": "无"}).want(t, 200)
			h.post("wang", path+"/confirm", m{"resolutions": 1}).want(t, 200)
			return path
		}
		for _, text := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号", "会议室投影没有声音", "鼠标坏了", "想装一个软件"} {
			solve(text, "办好了")
		}
		old := solve("扫码枪扫不出条码，指示灯红色", "换了底座的网线")
		_, err := h.jobs.RunDue(t.Context())
		h.must(err)
		path := h.open(m{"text": "收货台的扫码枪扫不出条码，指示灯是红色的"})
		_, err = h.jobs.RunDue(t.Context())
		h.must(err)
		number := strings.TrimPrefix(old, "/tickets/")
		use := path + "/solved/LD-" + number
		see := func(a answer, used bool, helped string) {
			t.Helper()
			if a.want(t, 200); a.text("solved.0.ticket.ref") != "LD-"+number || a.text("solved.0.solution") != "换了底座的网线" || a.at("solved.0.used") != used || fmt.Sprint(a.at("solved.0.helped")) != helped {
				t.Errorf("want used %v, helped %s: %s", used, helped, a.raw)
			}
		}
		see(h.get("lin", path+"/suggestions"), false, "0")
		for range 2 { // twice is once
			see(h.send(request{who: "lin", method: "PUT", path: use}), true, "1")
		}
		h.send(request{who: "wang", method: "PUT", path: use}).want(t, 403)
		h.send(request{who: "lin", method: "PUT", path: path + "/solved/99999"}).want(t, 404)
		h.send(request{who: "lin", method: "PUT", path: path + "/solved/x"}).want(t, 404)
		see(h.send(request{who: "lin", method: "DELETE", path: use}), false, "0")
	})
}
