// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// solve brings the ticket to where the requester's word is awaited, with personal data in what is
// written down.
func (w *world) solve() {
	w.Helper()
	for _, cmd := range []ticket.Command{
		ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}},
		ticket.Classify{Category: w.subject.ID},
		ticket.Deviate{Gap: "gap.intake", Reason: "用户只说了现象"},
		ticket.Diagnose{Hypothesis: "表空间满了", Check: "查看 PO_DATA", Result: "已用 99%", Judgement: ticket.Confirms},
		ticket.Resolve{
			Solution: ticket.Solution{
				Text: "1. 请" + w.owner.Name + "重新登录 ERP\n2. 临时密码：Qinglan@2026\n3. 打开付款单", Cause: "表空间不足，已告知 13812345678",
				Prevention: "每周检查使用率", Verify: []string{"提交一张付款单", "看到提交成功"},
			},
			Difficulties: "等待 dba@firm.example 答复", Approach: "先加一个数据文件",
		},
	} {
		w.do(w.agent, "web", cmd)
	}
	w.Advance(time.Minute)
	w.refresh()
}

// published has an article written by the agent and published by the lead.
func (w *world) published(c knowledge.Content) knowledge.Article {
	w.Helper()
	a, err := w.Knowledge.Save(w.Context(), apptest.Actor(w.agent, "web"), knowledge.Manuscript{Lang: "zh", Content: c})
	w.must(err)
	_, err = w.Knowledge.Submit(w.Context(), apptest.Actor(w.agent, "web"), a.ID, 0, w.lead.ID)
	w.must(err)
	a, err = w.Knowledge.Publish(w.Context(), apptest.Actor(w.lead, "web"), a.ID, knowledge.Release{Sure: true})
	w.must(err)
	return a
}

func (w *world) stats(which knowledge.ID) knowledge.Stats {
	w.Helper()
	w.must(w.Knowledge.Keep(w.Context()))
	all, err := w.Knowledge.Stats(w.Context(), time.Time{})
	w.must(err)
	return all[which]
}

// TestN37_FromATicketToThePortal is the whole way: a solved ticket becomes a draft in one press,
// without personal data; its author cannot publish it; another person does; a requester finds it
// while typing, says that it solved it, and is counted once a day; and a retired one is gone.
func TestN37_FromATicketToThePortal(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.solve()
		agent, lead, owner := w.browser("agent", w.agent), w.browser("lead", w.lead), w.browser("owner", w.owner)

		drawn := agent.post("/work/tickets/"+w.ticket.Ref()+"/article", url.Values{})
		to := drawn.header.Get("Location")
		if drawn.status != http.StatusSeeOther || !strings.HasSuffix(to, "/edit") {
			t.Fatalf("drawn: %d to %q\n%s", drawn.status, to, drawn.body)
		}
		at := strings.TrimSuffix(to, "/edit")
		edit := agent.get(to)
		for _, gone := range []string{w.owner.Name + "重新登录", "Qinglan@2026", "13812345678", "dba@firm.example"} {
			if strings.Contains(edit.body, gone) {
				t.Errorf("%q is left in the draft", gone)
			}
		}
		for _, kept := range []string{"ORA-01653", "表空间满了", "打开付款单", "提交一张付款单", "每周检查使用率", "（姓名）", "（密码）", "（电话）", "（邮箱）", "密码或密钥 1 处"} {
			if !strings.Contains(edit.body, kept) {
				t.Errorf("%q is missing from the editor", kept)
			}
		}
		var a knowledge.Article
		list, err := h.Knowledge.List(t.Context(), apptest.Actor(w.agent, "web"), knowledge.Draft)
		w.must(err)
		if len(list) != 1 {
			t.Fatalf("%d drafts", len(list))
		}
		a = list[0]
		saved := agent.post(to, url.Values{
			"title": {"ERP 付款单报错 ORA-01653"}, "body": {a.Work.Body}, "category": {fmt.Sprint(w.subject.ID)}, "audience": {"public"}, "version": {fmt.Sprint(a.Version)},
		})
		if saved.status != http.StatusSeeOther {
			t.Fatalf("saved: %d\n%s", saved.status, saved.body)
		}
		if r := agent.post(at+"/submit", url.Values{"reviewer": {fmt.Sprint(w.agent.ID)}}); r.status != http.StatusUnprocessableEntity {
			t.Errorf("the author is asked to review: %d", r.status)
		}
		if r := agent.post(at+"/submit", url.Values{"reviewer": {fmt.Sprint(w.lead.ID)}}); r.status != http.StatusSeeOther {
			t.Fatalf("submitted: %d\n%s", r.status, r.body)
		}
		if r := agent.post(at+"/publish", url.Values{"months": {"6"}}); r.status != http.StatusForbidden {
			t.Errorf("the author publishes: %d", r.status)
		}
		if r := lead.get("/work/inbox"); !strings.Contains(r.body, "ERP 付款单报错 ORA-01653") {
			t.Error("the reviewer is not told on their page")
		}
		portal := "/articles/" + fmt.Sprint(a.ID)
		if r := owner.get(portal); r.status != http.StatusNotFound {
			t.Errorf("a requester reads what is in review: %d", r.status)
		}
		if r := lead.post(at+"/publish", url.Values{"months": {"6"}}); r.status != http.StatusSeeOther {
			t.Fatalf("published: %d\n%s", r.status, r.body)
		}

		found := owner.get("/find?" + url.Values{"q": {"ORA-01653"}}.Encode())
		if !strings.Contains(found.body, "ERP 付款单报错") || !strings.Contains(found.body, ">ORA-01653</textarea>") {
			t.Errorf("not found in the portal, or what was typed is not in the box\n%.3000s", found.body)
		}
		// The box of the first page, by its button: what was written stays, and nothing is recorded.
		asked := owner.post("/find", url.Values{"text": {"付款单报错 ORA-01653，急"}, "from": {"home"}})
		if asked.status != http.StatusOK || !strings.Contains(asked.body, "ERP 付款单报错") || !strings.Contains(asked.body, "付款单报错 ORA-01653，急</textarea>") {
			t.Errorf("while asking: %d\n%.3000s", asked.status, asked.body)
		}
		more := owner.post("/new", url.Values{"text": {"付款单报错，急"}, "from": {"home"}, "act": {"show"}})
		if more.status != http.StatusOK || !strings.Contains(more.body, "付款单报错，急</textarea>") || !strings.Contains(more.body, `name="since"`) {
			t.Errorf("into the guided form: %d", more.status)
		}
		read := owner.get(portal + "?q=ORA-01653")
		if read.status != http.StatusOK || !strings.Contains(read.body, "打开付款单") {
			t.Errorf("read: %d", read.status)
		}
		if strings.Contains(read.body, w.ticket.Ref()) {
			t.Error("a requester learns from which ticket it came")
		}
		if r := agent.get(at); !strings.Contains(r.body, w.ticket.Ref()) {
			t.Error("staff do not see from which ticket it came")
		}
		for range 2 {
			if r := owner.post(portal+"/say", url.Values{"what": {"solved"}}); r.status != http.StatusSeeOther {
				t.Errorf("solved: %d", r.status)
			}
		}
		if s := w.stats(a.ID); s.Solved != 1 || s.Shown != 2 { // the requester, and the agent
			t.Errorf("counted %+v, want solved once and shown to two", s)
		}
		h.Advance(25 * time.Hour)
		owner.enter()
		owner.post(portal+"/say", url.Values{"what": {"solved"}})
		if s := w.stats(a.ID); s.Solved != 2 {
			t.Errorf("on the next day: %+v", s)
		}

		lead.enter()
		if r := lead.post(at+"/retire", url.Values{"retire_why": {"系统已更换"}}); r.status != http.StatusSeeOther {
			t.Fatalf("retired: %d\n%s", r.status, r.body)
		}
		if r := owner.get(portal); r.status != http.StatusNotFound {
			t.Errorf("a retired article is read: %d", r.status)
		}
		if r := owner.get("/find?q=ORA-01653"); strings.Contains(r.body, "ERP 付款单报错") {
			t.Error("a retired article is found")
		}
	})
}

// TestN37_WhatWasUsedSolvesWhenTheRequesterConfirms: and no longer where the ticket is opened again (N5).
func TestN37_WhatWasUsedSolvesWhenTheRequesterConfirms(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		a := w.published(knowledge.Content{Title: "ERP 付款单报错 ORA-01653", Body: "扩容表空间", Category: w.subject.ID, Audience: knowledge.Public})
		agent := w.browser("agent", w.agent)
		page := agent.get("/work/tickets/" + w.ticket.Ref())
		if !strings.Contains(page.body, "ERP 付款单报错 ORA-01653") || !strings.Contains(page.body, "用了这篇") {
			t.Fatal("the article is not offered beside the ticket")
		}
		for range 2 {
			if r := agent.post("/work/tickets/"+w.ticket.Ref()+"/article/use", url.Values{"article": {fmt.Sprint(a.ID)}}); r.status != http.StatusSeeOther {
				t.Fatalf("used: %d\n%s", r.status, r.body)
			}
		}
		if s := w.stats(a.ID); s.Used != 1 || s.Solved != 0 {
			t.Errorf("before the requester's word: %+v", s)
		}
		w.solve()
		w.do(w.owner, "portal", ticket.Confirm{})
		if s := w.stats(a.ID); s.Used != 1 || s.Solved != 1 {
			t.Errorf("confirmed: %+v", s)
		}
		w.do(w.owner, "portal", ticket.Reopen{Reason: "又出现了"})
		if s := w.stats(a.ID); s.Solved != 0 {
			t.Errorf("opened again: %+v", s)
		}
	})
}

// formKeys are what each form that makes a ticket has of its own.
var formKeys = regexp.MustCompile(`name="key" value="[^"]*"`) //nolint:gochecknoglobals // a constant in all but name

// TestS21_S24_HiddenArticlesTellNothing: what somebody may not read is not there, at any door, and
// changes neither what they find nor in which order.
func TestS21_S24_HiddenArticlesTellNothing(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.published(knowledge.Content{Title: "打印机卡纸怎么办", Body: "打开前盖，取出纸", Audience: knowledge.Public})
		w.published(knowledge.Content{Title: "打印机缺墨", Body: "更换墨盒", Audience: knowledge.Public})
		g := w.group
		g.Active, g.Members = true, append(g.Members, w.lead.ID) // who reviews must be among the readers
		_, err := h.People.SaveGroup(t.Context(), access.Desk(), g, 0)
		w.must(err)
		owner, program, member := w.browser("owner", w.owner), w.program("owner", w.owner), w.browser("lead", w.lead)
		ask := func() string {
			var b strings.Builder
			for _, path := range []string{"/find?q=" + url.QueryEscape("打印机"), "/find?q=" + url.QueryEscape("打印机卡纸 维修口令"), "/faq", "/requests?q=" + url.QueryEscape("打印机")} {
				body := owner.get(path).body
				_, body, _ = strings.Cut(body, "<main")
				b.WriteString(formKeys.ReplaceAllString(body, ""))
			}
			b.WriteString(program.get("/api/v1/articles?q=" + url.QueryEscape("打印机")).body)
			b.WriteString(program.get("/api/v1/articles").body)
			return b.String()
		}
		before := ask()
		staff := w.published(knowledge.Content{Title: "打印机卡纸 维修口令", Body: "打印机 打印机 打印机 维修口令", Audience: knowledge.Staff})
		group := w.published(knowledge.Content{Title: "打印机卡纸 组内", Body: "打印机 组内资料", Audience: knowledge.Group, Group: w.group.ID})
		if after := ask(); after != before {
			t.Error("articles that a requester may not read change what they are answered")
		}
		missing := owner.get("/articles/999999")
		for _, a := range []knowledge.Article{staff, group} {
			at := fmt.Sprint(a.ID)
			hidden := owner.get("/articles/" + at)
			if hidden.status != http.StatusNotFound || strings.ReplaceAll(hidden.body, "/articles/"+at, "") != strings.ReplaceAll(missing.body, "/articles/999999", "") {
				t.Errorf("article %s answers otherwise than one that does not exist: %d", at, hidden.status)
			}
			if r := program.get("/api/v1/articles/" + at); r.status != http.StatusNotFound {
				t.Errorf("by program: %d", r.status)
			}
			if r := owner.post("/articles/"+at+"/say", url.Values{"what": {"solved"}}); r.status != http.StatusNotFound {
				t.Errorf("a requester is counted on what they may not read: %d", r.status)
			}
		}
		// Who belongs to another group, or to none, does not learn of a group's article either.
		if r := member.get("/work/articles/" + fmt.Sprint(group.ID)); r.status != http.StatusOK {
			t.Errorf("a member: %d", r.status)
		}
		other := w.browser("other", h.Somebody(access.Agent))
		if r := other.get("/work/articles/" + fmt.Sprint(group.ID)); r.status != http.StatusNotFound {
			t.Errorf("an agent of no group reads it: %d", r.status)
		}
		if r := other.get("/work/articles"); strings.Contains(r.body, "组内") || !strings.Contains(r.body, "维修口令") {
			t.Error("the list of articles does not hold what may be read, and nothing else")
		}
		if r := other.get("/work/search?q=" + url.QueryEscape("is:article 打印机")); strings.Contains(r.body, "组内") || !strings.Contains(r.body, "缺墨") {
			t.Errorf("the search does not hold what may be read, and nothing else\n%s", r.body[strings.Index(r.body, "<main"):])
		}
	})
}

// TestN9_AChangedArticleAsksToBeRead: the members of the group of its category, each once, and it
// is known who has.
func TestN9_AChangedArticleAsksToBeRead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		colleague := h.Somebody(access.Agent)
		g := w.group
		g.Active, g.Members = true, append(g.Members, colleague.ID)
		var err error
		w.group, err = h.People.SaveGroup(t.Context(), access.Desk(), g, 0)
		w.must(err)
		c := w.subject
		c.Group = w.group.ID
		_, err = h.Catalog.SaveCategory(t.Context(), access.Desk(), c, 0)
		w.must(err)
		a := w.published(knowledge.Content{Title: "安装与许可", Body: "步骤", Category: w.subject.ID, Audience: knowledge.Staff})
		lead, reader := apptest.Actor(w.lead, "web"), apptest.Actor(colleague, "web")
		for i, want := range []int{1, 0} { // the author knows what they wrote
			if n, err := h.Knowledge.AskToRead(t.Context(), lead, a.ID); err != nil || n != want {
				t.Errorf("asked the %d. time: %d, %v", i+1, n, err)
			}
		}
		todo, err := h.Knowledge.Todo(t.Context(), reader)
		w.must(err)
		if len(todo.Read) != 1 {
			t.Errorf("waits for the colleague: %+v", todo)
		}
		v := w.browser("colleague", colleague)
		if r := v.get("/work/inbox"); !strings.Contains(r.body, "安装与许可") {
			t.Error("their page does not say so")
		}
		if r := v.post("/work/articles/"+fmt.Sprint(a.ID)+"/read", url.Values{}); r.status != http.StatusSeeOther {
			t.Errorf("read: %d\n%s", r.status, r.body)
		}
		if err := h.Knowledge.HaveRead(t.Context(), reader, a.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("read twice: %v", err)
		}
		now, err := h.Knowledge.Open(t.Context(), lead, a.ID)
		w.must(err)
		list, err := h.Knowledge.Readers(t.Context(), lead, now)
		w.must(err)
		if len(list) != 1 || list[0].Person != colleague.ID || list[0].ReadAt.IsZero() {
			t.Errorf("who has read it: %+v", list)
		}
	})
}

// TestN37_WhatWasSentBackWaitsForItsAuthor with the reviewer's words, until it is handed in again; not
// for who sent it back, and not where the author took it back themselves.
func TestN37_WhatWasSentBackWaitsForItsAuthor(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		agent, lead := apptest.Actor(w.agent, "web"), apptest.Actor(w.lead, "web")
		a, err := h.Knowledge.Save(t.Context(), agent, knowledge.Manuscript{Lang: "zh", Content: knowledge.Content{Title: "安装与许可", Body: "步骤", Audience: knowledge.Staff}})
		w.must(err)
		submit := func() {
			t.Helper()
			_, err := h.Knowledge.Submit(t.Context(), agent, a.ID, 0, w.lead.ID)
			w.must(err)
		}
		author, reviewer := w.browser("author", w.agent), w.browser("reviewer", w.lead)
		told := func(v *visitor) bool {
			t.Helper()
			return strings.Contains(v.get("/work/inbox").body, "安装与许可")
		}
		submit()
		_, err = h.Knowledge.SendBack(t.Context(), agent, a.ID, 0, "")
		w.must(err)
		if told(author) {
			t.Error("the author is told that they took it back")
		}
		submit()
		_, err = h.Knowledge.SendBack(t.Context(), lead, a.ID, 0, "第三步写得不清楚")
		w.must(err)
		if !told(author) {
			t.Error("the author is not told that it came back")
		}
		if told(reviewer) {
			t.Error("who sent it back is told of it")
		}
		submit()
		if told(author) {
			t.Error("it was handed in again, and the author is still asked for it")
		}
	})
}

// TestN37_TheKeeperIsRemindedOnce when the date comes on which an article is looked at again.
func TestN37_TheKeeperIsRemindedOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		a := w.published(knowledge.Content{Title: "VPN", Body: "步骤", Audience: knowledge.Public})
		due := func() int {
			todo, err := h.Knowledge.Todo(t.Context(), apptest.Actor(w.agent, "web"))
			w.must(err)
			return len(todo.Look)
		}
		if due() != 0 {
			t.Error("due on the day on which it was published")
		}
		h.Advance(190 * 24 * time.Hour)
		if due() != 1 {
			t.Error("not due after half a year")
		}
		if _, err := h.Knowledge.Looked(t.Context(), apptest.Actor(w.agent, "web"), a.ID, 0, 3); err != nil {
			t.Fatal(err)
		}
		if due() != 0 {
			t.Error("still due after it was looked at")
		}
	})
}

// TestN37_PublishingAsksOnceAboutPersonalData that is left in the words.
func TestN37_PublishingAsksOnceAboutPersonalData(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		by, lead := apptest.Actor(w.agent, "web"), apptest.Actor(w.lead, "web")
		a, err := h.Knowledge.Save(t.Context(), by, knowledge.Manuscript{Lang: "zh", Content: knowledge.Content{Title: "找谁", Body: "打 13812345678", Audience: knowledge.Public}})
		w.must(err)
		_, err = h.Knowledge.Submit(t.Context(), by, a.ID, 0, w.lead.ID)
		w.must(err)
		if _, err = h.Knowledge.Publish(t.Context(), lead, a.ID, knowledge.Release{}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("published without a question: %v", err)
		}
		a, err = h.Knowledge.Publish(t.Context(), lead, a.ID, knowledge.Release{Sure: true})
		if err != nil || a.Live.SureBy != w.lead.ID {
			t.Errorf("said to be none: %v, by %d", err, a.Live.SureBy)
		}
	})
}

// TestN38_CategoriesWithoutAnArticle are listed for leads by how many tickets were solved in them.
func TestN38_CategoriesWithoutAnArticle(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.solve()
		w.do(w.owner, "portal", ticket.Confirm{})
		lead := w.browser("lead", w.lead)
		if r := lead.get("/work/articles/gaps"); !strings.Contains(r.body, ">软件<") || !strings.Contains(r.body, "1 单") {
			t.Errorf("the category is not listed\n%s", r.body)
		}
		w.published(knowledge.Content{Title: "软件", Body: "步骤", Category: w.subject.ID, Audience: knowledge.Public})
		if r := lead.get("/work/articles/gaps"); strings.Contains(r.body, ">软件<") {
			t.Error("the category is listed though something is written")
		}
		cards, err := h.Knowledge.Of(t.Context(), apptest.Actor(w.owner, "portal"), w.subject.ID, "zh", 5)
		if err != nil || len(cards) != 1 {
			t.Errorf("what a requester is shown of the category: %d, %v", len(cards), err)
		}
	})
}
