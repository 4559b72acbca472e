// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// entrance is a desk with a category that asks a number, and everybody at their doors.
type entrance struct {
	*testing.T
	*apptest.House
	category          catalog.Category
	user, agent       *apptest.Client
	program           *apptest.Client
	person, colleague person.Person
}

func enter(t *testing.T, h *apptest.House) *entrance {
	t.Helper()
	e := &entrance{T: t, House: h, user: h.SignIn(access.Requester), agent: h.SignIn(access.Agent), person: h.Person(access.Requester), colleague: h.Somebody(access.Requester)}
	e.program = h.API(h.Person(access.Requester))
	c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "打印机报修", Active: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Catalog.SaveForm(t.Context(), access.Desk(), c.ID, form.Form{{Name: "floor", Kind: form.Number, Label: "几楼", By: form.ToRecord}}, 0); err != nil {
		t.Fatal(err)
	}
	e.category = c
	return e
}

func (e *entrance) tickets() int64 {
	e.Helper()
	n, err := e.Tickets.Size(e.Context(), access.Desk(), ticket.Filter{View: ticket.All, Tree: queue.All()}, 1000)
	if err != nil {
		e.Fatal(err)
	}
	return n
}

// Whatever comes in by whichever door is taken as it is or refused in a sentence that keeps what
// was typed; nothing of it is a failure of ours, and nothing half of it stays.
func TestN14_N15_N18_N21_BadInputAtEveryDoor(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		e := enter(t, h)
		huge, category := strings.Repeat("很长的一段话。", 5<<20/21), key(int64(e.category.ID))
		mail := func(from, subject, body string) func() int {
			return func() int {
				e.Receive(from, []byte("From: "+from+"\r\nTo: "+apptest.Address+"\r\nSubject: "+subject+"\r\nMessage-ID: <"+strings.ReplaceAll(subject, " ", "")+from+">\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+body+"\r\n"))
				return http.StatusAccepted
			}
		}
		portal := func(f url.Values) func() int { return func() int { return e.user.Post("/new", f).Status } }
		api := func(body string) func() int {
			return func() int { return e.program.JSON(http.MethodPost, "/api/v1/tickets", body).Status }
		}
		pad := func(f url.Values) func() int { return func() int { return e.agent.Post("/work/phone", f).Status } }
		for _, x := range []struct {
			clause, name string
			send         func() int
			status       int // 202 for a mail, which nobody refuses
			made         int64
		}{
			{"N15", "an empty body at the portal", portal(url.Values{"text": {" \n "}}), http.StatusUnprocessableEntity, 0},
			{"N15", "an empty body by program", api(`{"text":"  "}`), http.StatusUnprocessableEntity, 0},
			{"N15", "an empty body by mail", mail(e.person.Email, "打印机卡纸", ""), http.StatusAccepted, 1},
			{"N15", "a mail of nothing at all", mail(e.person.Email, "", ""), http.StatusAccepted, 1},
			{"N15", "5 MB of text at the portal", portal(url.Values{"text": {huge}}), http.StatusRequestEntityTooLarge, 0},
			{"N15", "5 MB of text by program", api(`{"text":"` + huge + `"}`), http.StatusRequestEntityTooLarge, 0},
			{"N15", "5 MB of text by mail", mail(e.person.Email, "很长", huge), http.StatusAccepted, 1},
			{"N21", "an answer of the wrong type at the portal", portal(url.Values{"text": {"卡纸"}, "category": {category}, "form_version": {"1"}, "a_floor": {"三楼半"}}), http.StatusUnprocessableEntity, 0},
			{"N21", "an answer of the wrong type by program", api(`{"text":"卡纸","category":` + category + `,"answers":[{"name":"floor","values":["三楼半"]}]}`), http.StatusUnprocessableEntity, 0},
			{"N21", "an answer to what nobody asked", api(`{"text":"卡纸","category":` + category + `,"answers":[{"name":"floor","values":["3"]},{"name":"colour","values":["red"]}]}`), http.StatusUnprocessableEntity, 0},
			{"N14", "a caller whom nobody knows", mail("stranger@elsewhere.example", "你好", "我的门禁卡打不开"), http.StatusAccepted, 1},
			{"N18", "a call without a caller", pad(url.Values{"act": {"flag"}, "text": {"没有说自己是谁"}}), http.StatusUnprocessableEntity, 0},
		} {
			before := e.tickets()
			if got := x.send(); got != x.status {
				t.Errorf("%s, %s: answered %d, want %d", x.clause, x.name, got, x.status)
			}
			if made := e.tickets() - before; made != x.made {
				t.Errorf("%s, %s: %d tickets, want %d", x.clause, x.name, made, x.made)
			}
		}
		if dead, err := h.Jobs.Dead(t.Context(), 0, 10); err != nil || len(dead) > 0 {
			t.Errorf("work that failed for good: %+v, %v", dead, err)
		}
	})
}

// A rule that would not end is refused when it is saved, and one that always holds sends a ticket
// on once.
func TestN28_ARuleThatNeverEndsOrAlwaysHolds(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		g, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "桌面组", Active: true, Members: []person.ID{h.Person(access.Agent).ID}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		admin := apptest.Actor(h.Person(access.Admin), "web")
		for _, endless := range []string{
			`all(1..1000000000, # > 0)`, `len(map(1..99999999, words)) > 0`, strings.Repeat("not ", 400) + "core", `words matches "(a+)+$" and ` + strings.Repeat(`has("x") or `, 200) + "core",
		} {
			if _, err := h.Routing.Save(t.Context(), admin, routing.Rule{Name: "无尽", Condition: endless, Group: g.ID, Active: true}, 0); err == nil {
				t.Errorf("%.60s is taken", endless)
			}
		}
		if _, err := h.Routing.Save(t.Context(), admin, routing.Rule{Name: "全部", Condition: "true", Group: g.ID, Active: true}, 0); err != nil {
			t.Fatal(err)
		}
		u := h.Person(access.Requester)
		x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(u, "portal"), ticket.Request{Requester: u.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸"}})
		if err != nil {
			t.Fatal(err)
		}
		h.RunJobs()
		x, err = h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: x.ID})
		if err != nil || x.Group != g.ID || x.Detail.HandOvers > 1 {
			t.Errorf("in group %d after %d hand-overs: %v", x.Group, x.Detail.HandOvers, err)
		}
	})
}

// A category that is retired while tickets have it: they keep it and say so, nobody is offered it,
// who names it all the same is told, and views, searches and the ticket's own acts go on.
func TestN21_ACategoryIsRetiredWhileInUse(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		e := enter(t, h)
		category := key(int64(e.category.ID))
		if r := e.user.Post("/new", url.Values{"text": {"打印机卡纸，月结单打不出来"}, "category": {category}, "form_version": {"1"}, "a_floor": {"3"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%.400s", r.Status, r.Body)
		}
		ref := ticket.Ref(1001)
		h.RunJobs()
		c := e.category
		c.Active = false
		if _, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), c, 0); err != nil {
			t.Fatal(err)
		}
		if got := e.agent.Get("/work/tickets/" + ref).Body; !strings.Contains(got, "打印机报修（已停用）") {
			t.Error("the ticket does not say that its category is retired")
		}
		for who, page := range map[string]string{"the portal": e.user.Get("/new").Body, "the workspace": e.agent.Get("/work/new").Body, "the pad": e.agent.Get("/work/phone").Body} {
			if strings.Contains(page, "打印机报修") {
				t.Errorf("%s offers it", who)
			}
		}
		if r := e.user.Post("/new", url.Values{"text": {"又卡纸"}, "category": {category}}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "又卡纸") {
			t.Errorf("the portal answers %d", r.Status)
		}
		if r := e.program.JSON(http.MethodPost, "/api/v1/tickets", `{"text":"又卡纸","category":`+category+`}`); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("the API answers %d", r.Status)
		}
		for _, path := range []string{"/work?category=" + category, "/work?" + url.Values{"q": {"category:打印机报修"}}.Encode(), "/work/search?" + url.Values{"q": {"分类:打印机报修"}}.Encode()} {
			if r := e.agent.Get(path); r.Status != http.StatusOK || !strings.Contains(r.Body, ref) {
				t.Errorf("%s: %d", path, r.Status)
			}
		}
		if r := e.agent.Post("/work/tickets/"+ref+"/accept", url.Values{}); r.Status != http.StatusSeeOther {
			t.Errorf("accepting: %d", r.Status)
		}
		if r := e.agent.Post("/work/tickets/"+ref+"/classify", url.Values{"category": {category}}); r.Status != http.StatusSeeOther {
			t.Errorf("leaving it as it is: %d\n%.300s", r.Status, r.Body)
		}
	})
}

// What nobody sees is nothing said: no request, no reply, no reason for a deviation, a refused approval or a
// cancelled visit; five of it beside a letter are not five characters.
func TestN12_N27_WhatNobodySeesIsNothingSaid(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		user, agent := h.SignIn(access.Requester), h.SignIn(access.Agent)
		program, lead := door{t, h.API(h.Person(access.Agent))}, door{t, h.API(h.Person(access.Lead))}
		ref := strings.TrimPrefix(user.Post("/new", url.Values{"text": {"打印机卡纸"}}).Location(), "/requests/")
		agent.Post(workspace.TicketsPath+ref+"/accept", nil)
		const nothing = "\u200b\u2060"
		for _, x := range []struct {
			by    *apptest.Client
			path  string
			field string
			words string
			also  url.Values
		}{
			{user, "/new", "text", nothing, nil},
			{user, "/requests/" + ref + "/reply", "text", nothing, nil},
			{agent, workspace.TicketsPath + ref + "/reply", "text", nothing, nil},
			{agent, workspace.TicketsPath + ref + "/note", "text", nothing, nil},
			{agent, workspace.TicketsPath + ref + "/deviate", "reason", strings.Repeat("\u200b", 5), url.Values{"gap": {"gap.intake"}}},
			{agent, workspace.TicketsPath + ref + "/deviate", "reason", "x" + strings.Repeat("\u200b", 5) + "x", url.Values{"gap": {"gap.intake"}}},
		} {
			form := url.Values{x.field: {x.words}}
			for k, v := range x.also {
				form[k] = v
			}
			if r := x.by.Post(x.path, form); r.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s with %q: %d", x.path, x.words, r.Status)
			}
		}
		asked, _ := program.ask("POST", "/tickets/"+ref+"/approvals", m{"title": "买一台", "content": "一台笔记本", "levels": []m{{"people": []int64{int64(h.Person(access.Lead).ID)}}}}, http.StatusCreated)
		lead.refused("POST", fmt.Sprintf("/approvals/%v/decide", asked["id"]), m{"yes": false, "comment": nothing}, http.StatusUnprocessableEntity, "approval.refuse_reason comment approval.refuse_reason")
		visit, _ := program.ask("POST", "/tickets/"+ref+"/visits", m{"fixed": true, "times": []m{{"from": "2026-03-03T02:00:00Z", "to": "2026-03-03T03:00:00Z"}}, "place": "3F"}, http.StatusCreated)
		program.refused("POST", fmt.Sprintf("/visits/%v/cancel", visit["id"]), m{"why": nothing}, http.StatusUnprocessableEntity, "visit.why_needed why visit.why_needed")
	})
}
