// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// ticketOf is a ticket as it stands.
func ticketOf(t *testing.T, h *apptest.House, ref string) ticket.Ticket {
	t.Helper()
	now, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(ref)})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// recorded is the number of a request that a user has just made.
func recorded(user *apptest.Client) string {
	return strings.TrimPrefix(user.Post("/new", url.Values{"text": {"打印机卡纸"}}).Location(), "/requests/")
}

func newCategory(t *testing.T, h *apptest.House, name string) catalog.CategoryID {
	t.Helper()
	c, err := h.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: name, Active: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// What is left "unchanged" for several tickets stays on each as it was: a new category takes no
// service away, a new service no category and no form.
func TestN21_ClassifyingSeveralLeavesTheRestAsItWas(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		first, second := newCategory(t, h, "甲"), newCategory(t, h, "乙")
		var services [2]catalog.Service
		for i, name := range []string{"ERP", "MES"} {
			s, err := h.Catalog.SaveService(t.Context(), access.Desk(), catalog.Service{Name: name, Active: true}, 0)
			if err != nil {
				t.Fatal(err)
			}
			services[i] = s
		}
		user, agent := h.SignIn(access.Requester), h.SignIn(access.Agent)
		plain, ref := recorded(user), recorded(user)
		agent.Post(workspace.TicketsPath+ref+"/classify", url.Values{"category": {key(first)}, "service": {key(services[0].ID)}})
		bulk := func(category, service string) apptest.Reply {
			return agent.Post(workspace.Path+"/bulk/classify", url.Values{"ticket": {plain, ref}, "category": {category}, "service": {service}, "back": {"/work?view=all"}})
		}
		for _, step := range []struct {
			category, service string
			want, other       ticket.Classify // what the classified one has then, and the one that had nothing
		}{
			{key(second), "", ticket.Classify{Category: second, Service: services[0].ID}, ticket.Classify{Category: second}},
			{"", key(services[1].ID), ticket.Classify{Category: second, Service: services[1].ID}, ticket.Classify{Category: second, Service: services[1].ID}},
		} {
			if r := bulk(step.category, step.service); r.Status != http.StatusSeeOther || r.Location() != "/work?view=all" {
				t.Fatalf("%d to %q", r.Status, r.Location())
			}
			for at, want := range map[string]ticket.Classify{ref: step.want, plain: step.other} {
				if now := ticketOf(t, h, at); now.Category != want.Category || now.Service != want.Service {
					t.Errorf("%s: category %d, service %d, want %+v", at, now.Category, now.Service, want)
				}
			}
		}
		before := ticketOf(t, h, ref)
		if r := bulk("", ""); !strings.Contains(agent.Get(r.Location()).Body, "请选择分类或服务") {
			t.Errorf("nothing chosen: %d to %q", r.Status, r.Location())
		}
		if now := ticketOf(t, h, ref); now.Version != before.Version {
			t.Error("a choice of nothing is in the history")
		}
	})
}

// What was filled in for several tickets is there again where it did not go through, with the tickets
// that are left still picked (N11, N30): also without a script, also beside those that it went through on.
func TestN11_N30_WhatIsRefusedOfSeveralKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		user, agent := h.SignIn(access.Requester), h.SignIn(access.Agent)
		g, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "网络组", Active: true, Members: []person.ID{h.Person(access.Lead).ID}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		ref, fresh := recorded(user), recorded(user) // nobody has the second
		agent.Post(workspace.TicketsPath+ref+"/accept", nil)
		const words, why = "厂家的备件要从上海发来", "已经换过两次，问题还在"
		for _, tt := range []struct {
			act  string
			form url.Values
			says string
			left []string // still picked
		}{
			{"hold", url.Values{"wait": {"blocked"}, "stuck": {words}}, "N30", []string{fresh, ref}},
			{"hold", url.Values{"wait": {"blocked"}, "stuck": {words}, "doing": {why}, "next": {"2026-13-45T99:00"}}, "0 单完成，2 单没有通过", []string{fresh, ref}},
			{"merge", url.Values{"into": {"LD-99999"}}, "0 单完成，2 单没有通过", []string{fresh, ref}},
			{"hand-over", url.Values{"over_group": {key(g.ID)}, "done": {words}, "why": {why}}, "N28", []string{fresh, ref}},
			{"close", url.Values{"as": {"confirmed"}, "reason": {words}}, "0 单完成，2 单没有通过", []string{fresh, ref}},
			{"note", url.Values{"note": {strings.Repeat("长", 200_001)}}, "0 单完成，2 单没有通过", []string{fresh, ref}},
			{"hand-over", url.Values{"over_group": {key(g.ID)}, "done": {words}, "why": {why}, "needed": {"查线路"}}, "1 单完成，1 单没有通过", []string{fresh}},
		} {
			v := url.Values{"ticket": {ref, fresh}, "back": {"/work?view=all"}}
			for name, list := range tt.form {
				v[name] = list
			}
			r := agent.Post(workspace.Path+"/bulk/"+tt.act, v)
			if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, tt.says) || !strings.Contains(r.Body, "data-place open") {
				t.Errorf("%s: %d\n%s", tt.act, r.Status, alerts(r.Body))
				continue
			}
			shown := shownForm(t, r.Body, workspace.Path+"/bulk/accept")
			for name, want := range tt.form {
				if name != "wait" && name != "as" && shown.Get(name) != want[0] {
					t.Errorf("%s: of %s is left %.40q", tt.act, name, shown.Get(name))
				}
			}
			if got := slices.Sorted(slices.Values(shown["ticket"])); !slices.Equal(got, slices.Sorted(slices.Values(tt.left))) || shown.Get("back") != "/work?view=all" {
				t.Errorf("%s: %v are picked, back to %s", tt.act, got, shown.Get("back"))
			}
		}
		if now := ticketOf(t, h, ref); now.Group != g.ID {
			t.Errorf("the one that could be handed over is with %d", now.Group)
		}
	})
}
