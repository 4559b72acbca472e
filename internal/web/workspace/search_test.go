// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestSearchShowsWhatWasFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x := h.do(h.agent, h.open(h.requester, "打印机 <b>卡纸</b>，提示 ERR-1234"), ticket.Accept{}, ticket.Note{Say: ticket.Say{Text: "供应商 CASE-9 <script>"}})
	h.open(h.other, "VPN 断线")
	if _, err := h.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := h.as(h.agent)
	find := func(q string) string { return b.page("/work/search?q=" + url.QueryEscape(q)) }
	h.holds(find(""), "可以这样找")
	h.holds(find("打印机"), "找到 1 单", `<mark class="hit">打印机</mark> &lt;b&gt;卡纸`, x.Ref())
	body := find("case-9")
	h.holds(body, "内部备注", `<mark class="hit">CASE-9</mark> &lt;script&gt;`)
	h.lacks(body, "<script>", "VPN 断线")
	h.holds(find("zzzz"), "没有找到同时包含这些词的工单", "找到 0 单")
	h.holds(find("%"), "没有找到同时包含这些词的工单")
	if a := b.get("/work/search?q=" + url.QueryEscape("sender:wang")); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown filter: %d", a.Code)
	} else {
		h.holds(a.Body.String(), "没有“sender”这个字段", "第 1 个字处")
	}
	if a := b.get("/work/search?q=" + x.Ref()); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/work/tickets/"+x.Ref() {
		t.Errorf("a number: %d to %q", a.Code, a.Header().Get("Location"))
	}
	h.holds(b.htmx().page("/work/search/suggest?q="+url.QueryEscape("打印")), x.Ref(), `<mark class="hit">打印</mark>机`)
	h.lacks(b.htmx().page("/work/search/suggest?q=zz"), "LD-")
	h.holds(b.htmx().page("/work/search/suggest?q="+url.QueryEscape("打印 sta")), `data-text="打印 状态:"`, `role="option"`)
	h.holds(b.htmx().page("/work/search/suggest?at=7&q="+url.QueryEscape("status: 打印")), `data-text="status:未关闭 打印"`)
	h.lacks(b.htmx().page("/work/search/suggest?only=fields&q="+url.QueryEscape("打印")), x.Ref())
	h.holds(find("(打印机 OR VPN) -卡纸"), "找到 1 单", "VPN")
	h.holds(find("王海燕"), "王海燕")
	h.holds(b.page("/work/search?of=people&q="+url.QueryEscape("王海燕")), "找到 1 人", "在工单里搜这些词")
	if a := b.get("/work/search?q=" + url.QueryEscape("打印 status:开着")); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown value: %d", a.Code)
	} else {
		h.holds(a.Body.String(), "第 4 个字处", `<mark class="hit">status:开着</mark>`)
	}
	h.holds(b.htmx().page("/work/search/suggest?q="+url.QueryEscape("王海")), "王海燕")
}

// Words in everything are for the index; the list of a narrower view keeps its own box.
func TestWordsInTheListOfEverythingAreSearched(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	for query, want := range map[string]string{
		"view=all&q=打印":               "打印",
		"view=closed&q=打印":            `打印 状态:"已关闭"`,
		"view=all&q=打印&priority=P1":   `打印 优先级:"P1"`,
		"view=all&q=打印&status=closed": `打印 状态:"已关闭"`,
	} {
		a, at := b.get("/work?"+query), "/work/search?"+url.Values{"q": {want}}.Encode()
		if to := a.Header().Get("Location"); a.Code != http.StatusSeeOther || to != at {
			t.Errorf("%s: %d to %q, want %q", query, a.Code, to, at)
		}
		b.page(at) // and it is understood
	}
}
