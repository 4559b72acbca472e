// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// pressed is a button of the form, with the fields that come along.
func pressed(act string, more ...string) []string { return append([]string{"act", act}, more...) }

// Without a script the rows grow, are saved, and stand beside the pages with their count; a deleted
// view comes back.
func TestAViewIsBuiltSavedAndDeletedWithoutScript(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.open(h.requester, "新的一单")
	urgent := h.do(h.agent, h.open(h.other, "全厂无法登录"), ticket.Accept{}, graded())
	b := h.as(h.agent)
	h.holds(b.page("/work/views/new"), "条件", "未关闭", "现在有 2 单未关闭", "状态:未关闭")
	a := b.post("/work/views/edit", pressed("add:0", "join_0", "all", "row", "0.0", "field_0.0", "status", "was_0.0", "status", "val_0.0", "open")...)
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `name="field_0.1"`) {
		t.Fatalf("no row was added: %d", a.Code)
	}
	rows := []string{
		"join_0", "all", "row", "0.0", "field_0.0", "status", "was_0.0", "status", "val_0.0", "open", "row", "0.1", "join_0.1", "any",
		"row", "0.1.0", "field_0.1.0", "priority", "was_0.1.0", "priority", "val_0.1.0", "P1", "row", "0.1.1", "field_0.1.1", "owner", "was_0.1.1", "owner", "val_0.1.1", "me",
	}
	body := b.post("/work/views/edit", pressed("apply", rows...)...).Body.String()
	h.holds(body, "现在有 1 单未关闭", "状态:未关闭 (优先级:P1 或 责任人:我)")
	a = b.post("/work/views/edit", pressed("save", append(rows, "name", "", "icon", "star", "shared", "own")...)...)
	if a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), "状态:未关闭 (优先级:P1 或 责任人:我)") {
		t.Errorf("a view without a name: %d", a.Code)
	}
	a = b.post("/work/views/edit", pressed("save", append(rows, "name", "要紧的", "icon", "flame", "shared", "own", "by", "priority", "columns", "owner")...)...)
	at := a.Header().Get("Location")
	if a.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/work?view=v") {
		t.Fatalf("%d to %q", a.Code, at)
	}
	body = b.page(at)
	if diff := cmp.Diff(refs(urgent), shown(body)); diff != "" {
		t.Error(diff)
	}
	h.holds(body, "要紧的", "1 单未关闭", `<h2>P1 <span class="num ml-1.5 font-normal text-fg3">1</span>`, "/work/tickets/"+urgent.Ref()+"?"+strings.TrimPrefix(at, "/work?"))
	if !regexp.MustCompile(`(?s)要紧的</span>\s*<span class="c num[^"]*">1</span>`).MatchString(body) {
		t.Error("its count does not stand beside it")
	}
	id := strings.TrimPrefix(at, "/work?view=v")
	h.lacks(h.as(h.second).page("/work"), "要紧的")
	if a := h.as(h.second).get(at); a.Code != http.StatusNotFound {
		t.Errorf("another's view answers %d", a.Code)
	}
	b.post("/work/views/" + id + "/delete")
	h.lacks(b.page("/work"), ">要紧的<")
	b.post("/work/views/" + id + "/restore")
	h.holds(b.page("/work/views"), "要紧的", "状态:未关闭 (优先级:P1 或 责任人:我)")
}

func TestAFilterThatIsWrongIsSaidWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	a := b.post("/work/views/edit", pressed("apply", "join_0", "all", "text", "状态:打开了 打印机", "text_was", "状态:未关闭")...)
	if a.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.Code)
	}
	h.holds(a.Body.String(), "“状态”没有“打开了”这个值，可以是：未关闭、待受理、", "状态:打开了 打印机")
	if a := b.get("/work?f=" + url.QueryEscape("stauts:open")); a.Code != http.StatusSeeOther {
		t.Errorf("a wrong filter in an address: %d", a.Code)
	}
	a = b.get("/work/views/new?f=" + url.QueryEscape("stauts:open"))
	if a.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.Code)
	}
	h.holds(a.Body.String(), "没有“stauts”这个字段", "stauts:open")
}

// Who types a wrong filter into the box of the queue stays there, with what was typed, why it is wrong,
// the list as it was, and the way to where a filter is put together.
func TestAWrongFilterInTheBoxOfTheQueueLeavesTheList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.open(h.requester, "第一单")
	second := h.do(h.agent, h.open(h.other, "第二单"), ticket.Accept{}, graded())
	b := h.as(h.agent)
	a := b.get("/work?" + url.Values{"f": {"status:open -owner:none"}, "q": {"stauts:open"}}.Encode())
	if a.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d, to %s", a.Code, a.Header().Get("Location"))
	}
	body := a.Body.String()
	h.holds(body, "没有“stauts”这个字段", `value="stauts:open"`, `aria-describedby="q-error"`, `id="q-error"`, `href="/work/views/new?f=stauts%3Aopen"`)
	if diff := cmp.Diff(refs(second), shown(body)); diff != "" {
		t.Errorf("the list is not as it was: %s", diff)
	}
	if strings.Contains(body, `/work/rows?after`) || strings.Contains(body, "q=stauts") {
		t.Error("the list goes on with the filter that is wrong")
	}
	a = b.get("/work?" + url.Values{"q": {"stauts:open"}}.Encode())
	if diff := cmp.Diff(refs(second, first), shown(a.Body.String())); diff != "" {
		t.Errorf("nothing is left of the queue: %s", diff)
	}
}

func TestTheOrderAndThePartsOfAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.open(h.requester, "第一单")
	second := h.do(h.agent, h.open(h.other, "第二单"), ticket.Accept{}, graded())
	b := h.as(h.agent)
	for query, want := range map[string][]ticket.Ticket{
		"sort=oldest": {first, second}, "sort=newest": {second, first}, "by=owner": {first, second}, "by=priority": {second, first},
		"f=" + url.QueryEscape("status:open -owner:none"): {second},
	} {
		if diff := cmp.Diff(refs(want...), shown(b.page("/work?"+query))); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	h.holds(b.page("/work?by=owner"), "没有责任人")
}
