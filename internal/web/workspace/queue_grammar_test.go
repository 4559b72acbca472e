// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// The box above the list speaks as filters and the search do: a property narrows, bare words are
// words, and what cannot be read is told there, with the way to where it can be put together.
func TestTheBoxOfTheQueueSpeaksAsFiltersDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fresh := h.open(h.requester, "打印机卡纸")
	mine := h.do(h.agent, h.open(h.other, "打印机缺墨"), ticket.Accept{}, graded())
	b := h.as(h.agent)
	for typed, want := range map[string][]string{
		"打印机":                refs(mine, fresh),
		"状态:待受理 打印机":         refs(fresh),
		"owner:me 打印机":       refs(mine),
		"处理人:我 或 status:new": refs(mine, fresh),
		"owner:me 卡纸":        nil,
	} {
		body := b.page("/work?q=" + url.QueryEscape(typed))
		if diff := cmp.Diff(want, shown(body)); diff != "" {
			t.Errorf("%s: %s", typed, diff)
		}
		h.holds(body, typed)
	}
	for _, typed := range []string{"stauts:open", "owner:没有这个人"} {
		a := b.get("/work?q=" + url.QueryEscape(typed))
		if a.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d to %q", typed, a.Code, a.Header().Get("Location"))
		}
		h.holds(a.Body.String(), `href="/work/views/new?f=`+url.QueryEscape(typed)+`"`)
	}
}
