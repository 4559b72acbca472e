// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) catalogOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/categories", id: "list-categories", tag: "Catalogue", action: access.TicketOpen,
		summary: "List the categories",
		about:   "The tree, in the order of the forms. Requesters get those that may be chosen.",
	}, a.listCategories)
	register(a, operation{
		method: http.MethodGet, path: "/services", id: "list-services", tag: "Catalogue", action: access.TicketOpen,
		summary: "List the services",
		about:   "Business systems that people rely on, core services first. Requesters get those that may be chosen.",
	}, a.listServices)
	a.formOperations()
	register(a, operation{
		method: http.MethodGet, path: "/views", id: "list-views", tag: "Tickets", action: access.QueueRead,
		summary: "List the views and groups with the tickets of each",
		about:   "Of what the caller would list, never more.",
	}, a.listViews)
}

type categoryJSON struct {
	ID     int64    `json:"id"`
	Parent int64    `json:"parent,omitempty" doc:"The id of the category above"`
	Depth  int      `json:"depth" doc:"0 for a root"`
	Name   string   `json:"name"`
	Active bool     `json:"active"`
	Group  *refJSON `json:"group,omitempty" doc:"Staff only: who gets its tickets first"`
}

type categoriesOut struct {
	Body struct {
		Items []categoryJSON `json:"items" nullable:"false"`
	} `nameHint:"Categories"`
}

func (a *API) listCategories(ctx context.Context, r reader, _ *struct{}) (*categoriesOut, error) {
	list, err := a.Catalog.Categories(ctx)
	if err != nil {
		return nil, err
	}
	out := &categoriesOut{}
	out.Body.Items = make([]categoryJSON, 0, len(list))
	for _, c := range list {
		x := categoryJSON{ID: int64(c.ID), Parent: int64(c.Parent), Depth: c.Depth, Name: c.Label(string(r.lang)), Active: c.Active}
		if r.staff() {
			x.Group = a.group(ctx, r, c.Group)
		} else if !c.Active {
			continue
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

type serviceJSON struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Core   bool   `json:"core" doc:"Core business"`
	Active bool   `json:"active"`

	Owner   *refJSON `json:"owner,omitempty" doc:"Staff only: who answers for it"`
	Depends []int64  `json:"depends,omitempty" nullable:"false" doc:"Staff only: the services without which it does not work"`
}

type servicesOut struct {
	Body struct {
		Items []serviceJSON `json:"items" nullable:"false"`
	} `nameHint:"Services"`
}

func (a *API) listServices(ctx context.Context, r reader, _ *struct{}) (*servicesOut, error) {
	list, err := a.Catalog.Services(ctx)
	if err != nil {
		return nil, err
	}
	out := &servicesOut{}
	out.Body.Items = make([]serviceJSON, 0, len(list))
	for _, s := range list {
		if s.Active || r.staff() {
			x := serviceJSON{ID: int64(s.ID), Name: s.Label(string(r.lang)), Core: s.Core, Active: s.Active}
			if r.staff() {
				x.Owner = a.who(ctx, r, s.Owner)
				for _, n := range s.Depends.List() {
					x.Depends = append(x.Depends, int64(n))
				}
			}
			out.Body.Items = append(out.Body.Items, x)
		}
	}
	return out, nil
}

type (
	viewJSON struct {
		Name  string `json:"name" doc:"For GET /tickets?view="`
		Count int    `json:"count"`
	}
	groupCountJSON struct {
		Group *refJSON `json:"group,omitempty" doc:"Missing for tickets of no group"`
		Count int      `json:"count"`
	}
)

type viewsOut struct {
	Body struct {
		Views  []viewJSON       `json:"views" nullable:"false"`
		Groups []groupCountJSON `json:"groups" nullable:"false" doc:"Open tickets by group"`
		Saved  []savedViewJSON  `json:"saved" nullable:"false" doc:"The saved views that the caller has: their own, those of their groups and those for everybody"`
	} `nameHint:"Views"`
}

func (a *API) listViews(ctx context.Context, r reader, _ *struct{}) (*viewsOut, error) {
	counts := a.Tickets.Counts(ctx, r.by)
	out := &viewsOut{}
	out.Body.Views, out.Body.Groups = []viewJSON{}, []groupCountJSON{}
	for _, v := range ticket.Views() {
		if n, counted := counts.Views[v]; counted {
			out.Body.Views = append(out.Body.Views, viewJSON{Name: string(v), Count: n})
		}
	}
	groups, err := a.People.Groups(ctx)
	if err != nil {
		return nil, err
	}
	if out.Body.Saved, err = a.savedViews(ctx, r); err != nil {
		return nil, err
	}
	if n := counts.Groups[0]; n > 0 {
		out.Body.Groups = append(out.Body.Groups, groupCountJSON{Count: n})
	}
	for _, g := range groups {
		if n := counts.Groups[g.ID]; n > 0 {
			out.Body.Groups = append(out.Body.Groups, groupCountJSON{Group: a.group(ctx, r, g.ID), Count: n})
		}
	}
	return out, nil
}
