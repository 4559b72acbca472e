// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// savedNav are the views that stand beside the reader's pages, with their counts.
func (f *Faces) savedNav(c *page.Ctx, fr page.Frame) ui.NavGroup {
	g := ui.NavGroup{Title: fr.T("workview.nav"), More: &ui.Link{Label: fr.T("workview.new"), Href: viewsPath + "/new"}}
	list, err := f.Views.Views(c.Context(), c.Actor)
	if err != nil {
		return g // the page is worth more than this part of its side
	}
	var shown []queue.Entry
	var trees []queue.Tree
	for _, e := range list {
		if t, err := e.Tree(); e.Favourite && err == nil {
			shown, trees = append(shown, e), append(trees, t)
		}
	}
	sizes, err := f.Tickets.Sizes(c.Context(), c.Actor, trees...)
	path, query, _ := strings.Cut(fr.Path, "?")
	now := ""
	if q, e := url.ParseQuery(query); e == nil && path == "/work" {
		now = q.Get("view")
	}
	for i, e := range shown {
		item := ui.NavItem{Link: ui.Link{Label: e.Name, Href: "/work?view=" + viewKey(e.ID), Icon: e.Icon, Current: now == viewKey(e.ID)}}
		if err == nil && sizes[i] > 0 {
			item.Count = figure(sizes[i])
		}
		g.Items = append(g.Items, item)
	}
	if len(list) > 0 {
		g.Items = append(g.Items, ui.NavItem{Link: ui.Link{Label: fr.T("workview.manage"), Href: viewsPath, Icon: "sliders-horizontal", Current: path == viewsPath}})
	}
	return g
}

// navLists answers the lists of the side alone, for a page on which a count has changed.
func (f *Faces) navLists(c *page.Ctx) error {
	fr := c.Frame("")
	fr.Path = page.LocalPath(c.Query("at"), "/work")
	current := ticket.View("")
	if u, err := url.Parse(fr.Path); err == nil && u.Path == "/work" {
		if current = ticket.View(u.Query().Get("view")); current == "" {
			current = ticket.Risk
		}
	}
	return c.Show(ui.NavGroups(f.nav(c, fr, current)))
}

// mineOf are the groups that a reader can share a view with.
func (f *Faces) mineOf(c *page.Ctx, leads bool) []ui.Option {
	groups, err := f.People.Groups(c.Context())
	if err != nil {
		return nil
	}
	var out []ui.Option
	for _, g := range groups {
		if g.Active && (leads || slices.Contains(g.Members, person.ID(c.Actor.ID))) {
			out = append(out, ui.Option{Value: key(int64(g.ID)), Label: g.Label(string(c.Lang))})
		}
	}
	return out
}
