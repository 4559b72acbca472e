// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
)

// hidden is the value of a hidden field on a page.
func hidden(body, name string) string {
	_, rest, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestF53_N37_WhatWasBeingTypedGoesOverNobodysWords: somebody types into an article and leaves; a
// colleague saves another text meanwhile. Coming back, the first is told so with the way to what
// stands now, is refused once, and can throw their own words away.
func TestF53_N37_WhatWasBeingTypedGoesOverNobodysWords(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		first := knowledge.Content{Title: "VPN 提示证书过期", Body: "第一版", Audience: knowledge.Staff}
		a, err := h.Knowledge.Save(t.Context(), apptest.Actor(w.agent, "web"), knowledge.Manuscript{Lang: "zh", Content: first})
		w.must(err)
		at := fmt.Sprintf("/work/articles/%d", a.ID)
		typed := func(body, version string) url.Values {
			return url.Values{"title": {first.Title}, "body": {body}, "audience": {"staff"}, "version": {version}}
		}
		agent := h.SignInAs(w.agent)
		if r := agent.Post(at+"/draft", typed("第一版，正在改", fmt.Sprint(a.Version))); r.Status >= 300 {
			t.Fatalf("kept: %d %s", r.Status, r.Body)
		}
		const overtaken = "文章又有改动"
		if r := agent.Get(at + "/edit"); strings.Contains(r.Body, overtaken) || !strings.Contains(r.Body, "第一版，正在改") {
			t.Error("nobody changed it yet")
		}
		h.Clock.Advance(10 * time.Minute)
		second := first
		second.Body = "同事改写的全部内容"
		_, err = h.Knowledge.Save(t.Context(), apptest.Actor(w.lead, "web"), knowledge.Manuscript{ID: a.ID, Version: a.Version, Content: second})
		w.must(err)

		body := func() string {
			now, err := h.Knowledge.Open(t.Context(), apptest.Actor(w.lead, "web"), a.ID)
			w.must(err)
			return now.Work.Body
		}
		edit := agent.Get(at + "/edit")
		for _, want := range []string{overtaken, `href="` + at + `?see=work"`, "第一版，正在改", `value="forget"`} {
			if !strings.Contains(edit.Body, want) {
				t.Errorf("the editor does not hold %q", want)
			}
		}
		r := agent.Post(at+"/edit", typed("第一版，改好了", hidden(edit.Body, "version")))
		if r.Status != http.StatusPreconditionFailed || body() != second.Body {
			t.Fatalf("saved past a colleague: %d, the article reads %q", r.Status, body())
		}
		for _, want := range []string{"第一版，改好了", `href="` + at + `?see=work"`, `value="forget"`} {
			if !strings.Contains(r.Body, want) {
				t.Errorf("the refused form does not hold %q", want)
			}
		}
		if r = agent.Post(at+"/edit", typed("两个人的话", hidden(r.Body, "version"))); r.Status != http.StatusSeeOther || body() != "两个人的话" {
			t.Errorf("whoever was told may save: %d, %q", r.Status, body())
		}

		agent.Post(at+"/draft", typed("旧的字", fmt.Sprint(a.Version)))
		agent.Post(at+"/edit", url.Values{"act": {"forget"}})
		if r := agent.Get(at + "/edit"); strings.Contains(r.Body, "旧的字") || strings.Contains(r.Body, overtaken) || !strings.Contains(r.Body, "两个人的话") {
			t.Error("what was thrown away is still there")
		}
	})
}
