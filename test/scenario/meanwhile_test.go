// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
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

// shownForm is what a browser would send of the form that goes to an address, as it stands on a page,
// without its buttons.
func shownForm(t *testing.T, body, action string) url.Values {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.Descendants() {
		if n.Data != "form" || attr(n, "action") != action || attr(n, "method") != "post" {
			continue
		}
		v := url.Values{}
		for at := range n.Descendants() {
			if name := attr(at, "name"); name != "" {
				for _, value := range shownValues(at) {
					v.Add(name, value)
				}
			}
		}
		return v
	}
	t.Fatalf("no form goes to %s", action)
	return nil
}

// shownValues are the values that a field of a form sends.
func shownValues(n *html.Node) []string {
	switch n.Data {
	case "input":
		switch kind := attr(n, "type"); kind {
		case "file", "submit", "button":
			return nil
		case "checkbox", "radio":
			if !has(n, "checked") {
				return nil
			}
		}
		return []string{attr(n, "value")}
	case "textarea":
		text := ""
		for c := range n.Descendants() {
			text += c.Data
		}
		return []string{text}
	case "select":
		var chosen, all []string
		for o := range n.Descendants() {
			if o.Data == "option" {
				all = append(all, attr(o, "value"))
				if has(o, "selected") {
					chosen = append(chosen, attr(o, "value"))
				}
			}
		}
		if len(chosen) == 0 && !has(n, "multiple") && len(all) > 0 {
			return all[:1]
		}
		return chosen
	}
	return nil
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// TestF53_WhoeverWasToldMaySave opens every form of a record twice: the first saves, the second is
// told that somebody was quicker, has what they typed, and saves what comes back by pressing once more.
func TestF53_WhoeverWasToldMaySave(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		v := &visitor{world: w, person: w.admin}
		desk, lead := access.Desk(), apptest.Actor(w.lead, "web")
		p, err := h.Problems.Open(t.Context(), lead, problem.Draft{Title: "表空间总是满"})
		w.must(err)
		better, err := h.Problems.Improve(t.Context(), lead, problem.Plan{Title: "加监控", Why: "总是满", Owner: w.lead.ID, Due: h.Clock.Now().Add(240 * time.Hour), Problem: p.ID})
		w.must(err)
		rule, err := h.Routing.Save(t.Context(), desk, routing.Rule{Name: "x", Condition: `requester == "nobody"`, Group: w.group.ID, Active: true}, 0)
		w.must(err)
		text, err := h.Texts.Save(t.Context(), desk, canned.Text{Lang: "zh", Short: "x", Title: "x", Body: "x"}, 0)
		w.must(err)
		news, err := h.Announcements.Save(t.Context(), desk, announcement.Announcement{Kind: announcement.Advice, Title: "x", Text: "x"}, 0, false)
		w.must(err)
		policy := sla.Standard()
		policy.Rules = []sla.Rule{{Name: "销售", Organisations: []string{"销售部"}, Target: sla.Target{Response: 20}}}
		w.must(h.Clocks.SavePolicy(t.Context(), desk, policy, 0))
		article := fmt.Sprintf("/work/articles/%d/edit", w.article())
		printer := w.printer()
		view := v.view()
		at := func(format string, args ...any) string { return fmt.Sprintf(format, args...) }
		group := at("/admin/groups/%d", w.group.ID)
		forms := []struct {
			page, action, field, first, second, latest string
			more                                       []string
		}{
			{page: "/me", action: "/me", field: "department"},
			{page: "/work/problems/" + p.ID.Ref(), action: "/work/problems/" + p.ID.Ref() + "/edit", field: "cause"},
			{page: at("/work/improvements/%d", better.ID), field: "why"},
			{page: at("/work/devices/%d/edit", printer.ID), field: "note"},
			{page: "/work/places", action: at("/work/places/%d", printer.Place.ID), field: "building"},
			{page: at("/work/rota/%d/edit", w.rota()), field: "name"},
			{page: at("/work/announcements/%d", news.ID), field: "title"},
			{page: at("/work/texts/%d", text.ID), field: "body"},
			{page: article, field: "body", latest: "打开最新内容"},
			{page: at("/work/views/%d", view), action: "/work/views/edit", field: "name", latest: "打开最新的视图", more: []string{"act", "save"}},
			{page: at("/admin/people/%d", w.agent.ID), field: "department"},
			{page: group, field: "name"},
			{page: group, action: group + "/sender", field: "sender_name"},
			{page: at("/admin/categories/%d", w.subject.ID), field: "name"},
			{page: at("/admin/categories/%d/form", w.subject.ID), field: "label_0", more: []string{"act", "save"}},
			{page: at("/admin/services/%d", w.service.ID), field: "name"},
			{page: at("/admin/routing/%d", rule.ID), field: "name"},
			{page: "/admin/policies/rules/1", field: "response", first: "21", second: "22"},
			{page: "/admin/policies", field: "confirm_days", first: "4", second: "5"},
			{page: "/admin/calendars/china-office", field: "title"},
			{page: "/admin/desk", field: "name"},
			{page: "/admin/approvals", field: "remind_hours", first: "5", second: "6"},
			{page: "/admin/grading", action: "/admin/grading/matrix", field: "cell_0_0", first: "1", second: "2"},
			{page: "/admin/mail", field: "name"},
			{page: "/admin/mailboxes/" + w.mailbox(), field: "name"},
			{page: "/admin/risks", field: "zh_0"},
			{page: "/admin/remote", field: "answer_minutes", first: "5", second: "6"},
			{page: "/admin/suggestions", field: "threshold", first: "91", second: "92"},
			{page: "/admin/senders", field: "servers", first: "a.example", second: "b.example"},
			{page: "/admin/senders", action: "/admin/senders/signing", field: "domain", first: "a.example", second: "b.example"},
			{page: "/admin/escalation", field: "percent_0", first: "61", second: "62"},
			{page: "/admin/escalation", action: "/admin/escalation/major", field: "update_minutes", first: "40", second: "50"},
			{page: "/admin/pace", field: "gather", first: "3", second: "4"},
			{page: "/admin/pace", action: "/admin/pace/bounds", field: "desk", first: "3000", second: "4000"},
			{page: "/admin/letters/acknowledged/zh-CN", field: "subject"},
			{page: "/admin/norm", field: "pack", first: "# 1", second: "# 2"},
		}
		for _, f := range forms {
			action, first, second := cmp.Or(f.action, f.page), cmp.Or(f.first, "甲写的"), cmp.Or(f.second, "乙写的")
			t.Run(action, func(t *testing.T) {
				c := h.SignInAs(w.admin)
				page := c.Get(f.page)
				if page.Status != http.StatusOK {
					t.Fatalf("%s: %d", f.page, page.Status)
				}
				send := func(body, value string) apptest.Reply {
					form := shownForm(t, body, action)
					form.Set(f.field, value)
					for i := 0; i < len(f.more); i += 2 {
						form.Set(f.more[i], f.more[i+1])
					}
					return c.Post(action, form)
				}
				if r := send(page.Body, first); r.Status != http.StatusSeeOther {
					t.Fatalf("the first is not saved: %d %s", r.Status, alerts(r.Body))
				}
				r := send(page.Body, second)
				if r.Status != http.StatusPreconditionFailed {
					t.Fatalf("the second goes over the first: %d %s", r.Status, alerts(r.Body))
				}
				if latest := cmp.Or(f.latest, "在新标签页打开最新内容"); !strings.Contains(r.Body, latest) {
					t.Errorf("it does not lead to what the first saved: %s", alerts(r.Body))
				}
				if got := shownForm(t, r.Body, action).Get(f.field); got != second {
					t.Errorf("what was typed is gone: %q", got)
				}
				if r = send(r.Body, second); r.Status != http.StatusSeeOther {
					t.Errorf("whoever was told cannot save: %d %s", r.Status, alerts(r.Body))
				}
			})
		}
	})
}

// alerts are the sentences of a page that say what is wrong.
func alerts(body string) string {
	out := ""
	for _, piece := range strings.Split(body, `role="alert"`)[1:] {
		out += piece[:min(len(piece), 300)]
	}
	return out
}

// TestF53_ARuleIsSavedWhereItStandsNow: while a rule of the policy is open its place becomes another's.
// Saved once more it replaces itself, and the other stays as it is.
func TestF53_ARuleIsSavedWhereItStandsNow(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		policy := sla.Standard()
		policy.Rules = []sla.Rule{
			{Name: "销售", Organisations: []string{"销售部"}, Target: sla.Target{Response: 20}},
			{Name: "财务", Organisations: []string{"财务部"}, Target: sla.Target{Response: 25}},
		}
		if err := h.Clocks.SavePolicy(t.Context(), access.Desk(), policy, 0); err != nil {
			t.Fatal(err)
		}
		admin := h.SignIn(access.Admin)
		const second = "/admin/policies/rules/2"
		form := shownForm(t, admin.Get(second).Body, second)
		if r := admin.Post(second+"/up", url.Values{"version": {form.Get("version")}}); r.Status != http.StatusSeeOther {
			t.Fatalf("moved: %d", r.Status)
		}
		form.Set("response", "15")
		r := admin.Post(second, form)
		const first = "/admin/policies/rules/1" // where it stands by now
		if r.Status != http.StatusPreconditionFailed {
			t.Fatalf("saved at the place of another: %d", r.Status)
		}
		if r = admin.Post(first, shownForm(t, r.Body, first)); r.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d %s", r.Status, alerts(r.Body))
		}
		got := ""
		for _, one := range h.Clocks.Policy().Rules {
			got += fmt.Sprintf("%s %d ", one.Name, one.Target.Response)
		}
		if got != "财务 15 销售 20 " {
			t.Errorf("the rules are %q", got)
		}
	})
}
