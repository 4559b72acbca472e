// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// TestS24_N37_WhatIsPublishedIsReadWhileItIsRewrittenForFewer: an article stays with its readers while a
// wording of it is written that is not for them. They learn nothing of those words, and whoever wants to
// change the article meanwhile is told that others do.
func TestS24_N37_WhatIsPublishedIsReadWhileItIsRewrittenForFewer(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		other := h.Somebody(access.Agent)
		by := apptest.Actor(other, "web")
		a := w.published(knowledge.Content{Title: "打印机卡纸指南", Body: "清纸道", Category: w.subject.ID, Audience: knowledge.Staff})
		ours, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "打印组", Members: []person.ID{w.agent.ID, w.lead.ID}}, 0)
		w.must(err)
		narrow := knowledge.Content{Title: "卡纸 canarywork", Body: "canarywork", Category: w.subject.ID, Audience: knowledge.Group, Group: ours.ID}
		_, err = h.Knowledge.Save(t.Context(), apptest.Actor(w.agent, "web"), knowledge.Manuscript{ID: a.ID, Content: narrow})
		w.must(err)
		c, at := h.SignInAs(other), workspace.Path+"/articles/"+key(a.ID)
		for _, path := range []string{at, at + "/edit", workspace.Path + "/articles?q=%E5%8D%A1%E7%BA%B8", workspace.Path + "/articles?show=work"} {
			r := c.Get(path)
			if r.Status != http.StatusOK || strings.Contains(r.Body, "canarywork") || strings.Contains(r.Body, "打印机卡纸指南") != (path != workspace.Path+"/articles?show=work") {
				t.Errorf("%s: %d, the words for fewer: %v", path, r.Status, strings.Contains(r.Body, "canarywork"))
			}
		}
		r := c.Post(at+"/edit", url.Values{"title": {"另一种写法"}, "body": {"我写的字"}, "category": {key(w.subject.ID)}, "audience": {"staff"}, "version": {"0"}})
		if r.Status != http.StatusConflict || !strings.Contains(r.Body, "我写的字") || strings.Contains(r.Body, "canarywork") {
			t.Errorf("saved beside it: %d", r.Status)
		}
		program := h.API(other)
		if r := program.Get("/api/v1/articles/" + key(a.ID)); r.Status != http.StatusOK || strings.Contains(r.Body, "canarywork") || !strings.Contains(r.Body, `"published"`) {
			t.Errorf("by program: %d %.400s", r.Status, r.Body)
		}
		if r := program.JSON(http.MethodPost, "/api/v1/articles/"+key(a.ID)+"/use", `{"ticket":"`+w.ticket.Ref()+`"}`); r.Status != http.StatusOK || strings.Contains(r.Body, "canarywork") {
			t.Errorf("used by program: %d %.400s", r.Status, r.Body)
		}
		list, err := h.Knowledge.List(t.Context(), by, knowledge.Changing)
		w.must(err)
		if len(list) != 0 {
			t.Errorf("listed as being changed: %+v", list)
		}
		seen, err := h.Knowledge.Open(t.Context(), apptest.Actor(w.agent, "web"), a.ID)
		w.must(err)
		if seen.Work.Title != narrow.Title {
			t.Errorf("whoever writes it finds %q", seen.Work.Title)
		}
		hidden := w.published(knowledge.Content{Title: "只给本组", Body: "x", Category: w.subject.ID, Audience: knowledge.Group, Group: ours.ID})
		if _, err := h.Knowledge.Open(t.Context(), by, hidden.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("what is published for fewer: %v", err)
		}
	})
}

// TestN9_WhoWorksHereIsAskedToHaveRead: those are asked to have read an article who handle its category and
// work at the desk now, not those who left or became requesters.
func TestN9_WhoWorksHereIsAskedToHaveRead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		gone, requester, still := h.Somebody(access.Agent), h.Somebody(access.Agent), h.Somebody(access.Agent)
		g := w.group
		g.Active, g.Members = true, append(g.Members, gone.ID, requester.ID, still.ID, w.lead.ID)
		g, err := h.People.SaveGroup(t.Context(), access.Desk(), g, 0)
		w.must(err)
		gone.Active, requester.Role = false, access.Requester
		for _, p := range []person.Person{gone, requester} {
			_, err = h.People.Change(t.Context(), access.Desk(), p, 0)
			w.must(err)
		}
		w.subject.Group = g.ID
		_, err = h.Catalog.SaveCategory(t.Context(), access.Desk(), w.subject, 0)
		w.must(err)
		for _, c := range []knowledge.Content{
			{Title: "安装与许可", Body: "步骤", Category: w.subject.ID, Audience: knowledge.Staff},
			{Title: "只给本组", Body: "步骤", Audience: knowledge.Group, Group: g.ID},
		} {
			a := w.published(c)
			n, err := h.Knowledge.AskToRead(t.Context(), apptest.Actor(w.agent, "web"), a.ID)
			w.must(err)
			list, err := h.Knowledge.Readers(t.Context(), apptest.Actor(w.agent, "web"), a)
			w.must(err)
			for _, r := range list {
				if r.Person == gone.ID || r.Person == requester.ID {
					t.Errorf("%s: %d is asked and works here no more", c.Title, r.Person)
				}
			}
			if n != len(list) || n == 0 {
				t.Errorf("%s: %d asked, %+v", c.Title, n, list)
			}
		}
	})
}

// TestN9_N37_AReviewIsDueForSomebodyWhoWorksHere: where the keeper of an article works here no more, the
// leads of those who handle it are asked to look at it again; of what a group keeps for itself, its members.
func TestN9_N37_AReviewIsDueForSomebodyWhoWorksHere(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		second, lead := h.Somebody(access.Agent), h.Somebody(access.Lead)
		own, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "安全组", Members: []person.ID{w.agent.ID, second.ID, w.lead.ID}}, 0)
		w.must(err)
		alone, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "机房组", Members: []person.ID{w.agent.ID, second.ID}}, 0)
		w.must(err)
		w.subject.Group = own.ID
		_, err = h.Catalog.SaveCategory(t.Context(), access.Desk(), w.subject, 0)
		w.must(err)
		all := w.published(knowledge.Content{Title: "VPN", Body: "步骤", Audience: knowledge.Public})
		handled := w.published(knowledge.Content{Title: "许可", Body: "步骤", Category: w.subject.ID, Audience: knowledge.Staff})
		a, err := h.Knowledge.Save(t.Context(), apptest.Actor(w.agent, "web"), knowledge.Manuscript{Lang: "zh", Content: knowledge.Content{Title: "机房门禁", Body: "步骤", Audience: knowledge.Group, Group: alone.ID}})
		w.must(err)
		_, err = h.Knowledge.Submit(t.Context(), apptest.Actor(w.agent, "web"), a.ID, 0, second.ID)
		w.must(err)
		ours, err := h.Knowledge.Publish(t.Context(), apptest.Actor(second, "web"), a.ID, knowledge.Release{Sure: true})
		w.must(err)
		h.Advance(190 * 24 * time.Hour)
		look := func(p person.Person) string {
			t.Helper()
			todo, err := h.Knowledge.Todo(t.Context(), apptest.Actor(p, "web"))
			w.must(err)
			var out []string
			for _, a := range todo.Look {
				out = append(out, key(a.ID))
			}
			return strings.Join(out, " ")
		}
		ids := func(list ...knowledge.Article) string {
			var out []string
			for _, a := range list {
				out = append(out, key(a.ID))
			}
			return strings.Join(out, " ")
		}
		if got := look(w.agent) + "|" + look(w.lead) + look(lead) + look(second); got != ids(all, handled, ours)+"|" {
			t.Errorf("while the keeper works here: %q", got)
		}
		w.agent.Active = false
		_, err = h.People.Change(t.Context(), access.Desk(), w.agent, 0)
		w.must(err)
		for _, x := range []struct {
			who  person.Person
			want string
		}{{w.lead, ids(all, handled)}, {lead, ids(all)}, {second, ids(ours)}, {w.admin, ""}} {
			if got := look(x.who); got != x.want {
				t.Errorf("%s is asked to look at %q, want %q", x.who.Email, got, x.want)
			}
		}
		if body := h.SignInAs(w.lead).Get(workspace.Path + "/inbox").Body; !strings.Contains(body, workspace.Path+"/articles/"+key(handled.ID)) {
			t.Error("the page does not say so")
		}
		_, err = h.Knowledge.Looked(t.Context(), apptest.Actor(w.lead, "web"), all.ID, 0, 6)
		w.must(err)
		if got := look(lead); got != "" {
			t.Errorf("looked at, and %q still waits", got)
		}
	})
}

// TestN37_AnArticleNotedAfterTheWordOfTheRequesterHasSolvedIt: an article counts as what solved a ticket
// whether its use is noted before the requester confirms or after, and no longer once the ticket is opened
// again.
func TestN37_AnArticleNotedAfterTheWordOfTheRequesterHasSolvedIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		a := w.published(knowledge.Content{Title: "付款单报错", Body: "重新登录", Category: w.subject.ID, Audience: knowledge.Public})
		put := w.published(knowledge.Content{Title: "登录", Body: "重新登录", Category: w.subject.ID, Audience: knowledge.Public})
		on, agent := ticket.Target{ID: w.ticket.ID}, apptest.Actor(w.agent, "web")
		for _, cmd := range []ticket.Command{
			ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}},
			ticket.Classify{Category: w.subject.ID},
			ticket.Deviate{Gap: "gap.intake", Reason: "用户只说了现象"},
			ticket.Resolve{Solution: ticket.Solution{Text: "重新登录", Cause: "会话丢失", Prevention: "不需要", Verify: []string{"付款"}}},
		} {
			w.do(w.agent, "web", cmd)
		}
		w.do(w.owner, "portal", ticket.Confirm{})
		confirmed := w.now().ConfirmedAt
		h.Advance(time.Hour)
		w.must(h.Knowledge.Use(t.Context(), agent, put.ID, on, knowledge.Inserted))
		w.must(h.Knowledge.Use(t.Context(), agent, a.ID, on, knowledge.UsedOn))
		if s, p := w.stats(a.ID), w.stats(put.ID); s.Used != 1 || s.Solved != 1 || p.Solved != 0 {
			t.Errorf("before the sheet is written, on a ticket that is %s: %+v, put into a reply %+v", w.now().Status, s, p)
		}
		ties, err := h.Knowledge.From(t.Context(), agent, a.ID)
		w.must(err)
		if len(ties) != 1 || !ties[0].SolvedAt.Equal(confirmed) {
			t.Errorf("%+v, confirmed %s", ties, confirmed)
		}
		w.do(w.agent, "web", ticket.Archive{Difficulties: "无", Approach: "按文章处理"})
		late := w.published(knowledge.Content{Title: "缓存", Body: "清缓存", Category: w.subject.ID, Audience: knowledge.Public})
		w.must(h.Knowledge.Use(t.Context(), agent, late.ID, on, knowledge.UsedOn))
		if s := w.stats(late.ID); s.Solved != 1 {
			t.Errorf("on a ticket that is %s: %+v", w.now().Status, s)
		}
		w.do(w.agent, "web", ticket.Reopen{Reason: "又报错了"})
		if s := w.stats(a.ID); s.Used != 1 || s.Solved != 0 {
			t.Errorf("opened again: %+v", s)
		}
	})
}

// TestN37_WordsThatFollowAPressAreKept: whoever said whether an article helped and then says why, on the
// same day, is counted once and their words are read.
func TestN37_WordsThatFollowAPressAreKept(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		a := w.published(knowledge.Content{Title: "付款单报错", Body: "重新登录", Category: w.subject.ID, Audience: knowledge.Public})
		c := w.browser("owner", w.owner)
		say := func(words string) {
			t.Helper()
			if r := c.post("/articles/"+key(a.ID)+"/say", url.Values{"what": {"unhelped"}, "comment": {words}}); r.status != http.StatusSeeOther {
				t.Fatalf("%d %s", r.status, r.body)
			}
			h.Clock.Advance(time.Minute)
		}
		say("")
		say("第三步已经没有了")
		say("")
		list, err := h.Knowledge.Voices(t.Context(), apptest.Actor(w.agent, "web"), a.ID)
		w.must(err)
		if len(list) != 1 || list[0].Comment != "第三步已经没有了" {
			t.Errorf("the desk reads %+v", list)
		}
		if s := w.stats(a.ID); s.Unhelped != 1 {
			t.Errorf("%+v", s)
		}
		fresh, err := h.Knowledge.Tell(t.Context(), apptest.Actor(w.owner, "portal"), a.ID, knowledge.WasHelp, "")
		w.must(err)
		again, err := h.Knowledge.Tell(t.Context(), apptest.Actor(w.owner, "portal"), a.ID, knowledge.WasHelp, "其实有用")
		w.must(err)
		if !fresh || again {
			t.Errorf("counted %v, with words %v", fresh, again)
		}
	})
}
