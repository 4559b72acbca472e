// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
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
		agent.Post("/work/tickets/"+ref+"/classify", url.Values{"category": {key(first)}, "service": {key(services[0].ID)}})
		bulk := func(category, service string) apptest.Reply {
			return agent.Post("/work/bulk/classify", url.Values{"ticket": {plain, ref}, "category": {category}, "service": {service}, "back": {"/work?view=all"}})
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
		if r := bulk("", ""); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "请选择分类或服务") {
			t.Errorf("nothing chosen: %d", r.Status)
		}
		if now := ticketOf(t, h, ref); now.Version != before.Version {
			t.Error("a choice of nothing is in the history")
		}
	})
}
