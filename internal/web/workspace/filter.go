// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// narrowing are the fields of the query that narrow the list.
func narrowing() []string {
	return []string{"view", "status", "group", "owner", "category", "service", "priority", "f", "q"}
}

// filterOf reads a query. What it returns beside the filter holds only the fields that narrow.
func filterOf(query url.Values) (ticket.Filter, url.Values) {
	q := url.Values{}
	for _, name := range narrowing() {
		if s := query.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	num := func(name string) int64 { return number(q.Get(name)) }
	flt := ticket.Filter{
		View: ticket.View(q.Get("view")), Status: ticket.Status(q.Get("status")), Group: person.GroupID(num("group")),
		Owner: person.ID(num("owner")), Category: catalog.CategoryID(num("category")), Service: catalog.ServiceID(num("service")),
		Priority: triage.ParsePriority(q.Get("priority")), Text: q.Get("q"), Cursor: query.Get("after"), Limit: queuePage,
	}
	if flt.View == "" {
		flt.View = ticket.Risk
	}
	return flt, q
}

// with returns the query with one more value; an empty value takes it out.
func with(q url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = slices.Clone(v)
	}
	out.Del(name)
	if value != "" {
		out.Set(name, value)
	}
	return out
}

// choices are what tickets are narrowed by, given to and recorded with.
type choices struct {
	Groups     []ui.Option
	People     []ui.Option
	Categories []ui.Option
	Services   []ui.Option
}

// choices reads what is in use now, under its names for the reader.
func (f *Faces) choices(c *page.Ctx) (choices, error) {
	var out choices
	lang := string(c.Lang)
	groups, err := f.People.Groups(c.Context())
	if err != nil {
		return out, err
	}
	for _, g := range groups {
		if g.Active {
			out.Groups = append(out.Groups, ui.Option{Value: key(int64(g.ID)), Label: g.Label(lang)})
		}
	}
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return out, err
	}
	for _, p := range staff {
		out.People = append(out.People, ui.Option{Value: key(int64(p.ID)), Label: p.Name})
	}
	tree, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return out, err
	}
	for _, at := range tree {
		if at.Active {
			out.Categories = append(out.Categories, ui.Option{Value: key(int64(at.ID)), Label: f.categoryPath(c, at.ID)})
		}
	}
	services, err := f.Catalog.Services(c.Context())
	for _, s := range services {
		if s.Active {
			out.Services = append(out.Services, ui.Option{Value: key(int64(s.ID)), Label: s.Label(lang), Note: coreNote(c, s)})
		}
	}
	return out, err
}

func coreNote(c *page.Ctx, s catalog.Service) string {
	if s.Core {
		return c.T("work.core")
	}
	return ""
}

// categoryPath writes a category below its ancestors: 业务系统 › ERP.
func (f *Faces) categoryPath(c *page.Ctx, which catalog.CategoryID) string {
	var names []string
	for _, at := range f.Catalog.Path(c.Context(), which) {
		names = append(names, at.Label(string(c.Lang)))
	}
	return strings.Join(names, " › ")
}

// filters are the chips above the list: each opens its choices and can be taken off.
func (from choices) filters(c *page.Ctx, v listView) []ui.FilterView {
	var statuses, priorities []ui.Option
	for _, s := range ticket.Statuses() {
		if s != ticket.Closed || v.View == ticket.All {
			statuses = append(statuses, ui.Option{Value: string(s), Label: c.T("work.status_" + string(s))})
		}
	}
	for _, p := range []triage.Priority{triage.P1, triage.P2, triage.P3, triage.P4} {
		priorities = append(priorities, ui.Option{Value: p.String(), Label: p.String()})
	}
	owners := from.People
	if me := key(int64(c.Person.ID)); c.Person.Role.Staff() {
		owners = append([]ui.Option{{Value: me, Label: c.T("work.me", "Name", c.Person.Name)}},
			slices.DeleteFunc(slices.Clone(owners), func(o ui.Option) bool { return o.Value == me })...)
	}
	return []ui.FilterView{
		v.filter(c, "status", statuses), v.filter(c, "priority", priorities), v.filter(c, "group", from.Groups),
		v.filter(c, "owner", owners), v.filter(c, "category", from.Categories), v.filter(c, "service", from.Services),
	}
}

func (v listView) filter(c *page.Ctx, name string, choices []ui.Option) ui.FilterView {
	out := ui.FilterView{Label: c.T("work.filter_" + name), Value: c.T("work.any")}
	set := v.Query.Get(name)
	narrowed := func(value string) string {
		return listView{Query: with(v.Query, name, value)}.Here()
	}
	if set != "" {
		out.Value, out.Clear = set, narrowed("")
	}
	for _, one := range choices {
		current := set == one.Value
		if current {
			out.Value = one.Label
		}
		out.Options = append(out.Options, ui.Link{Label: one.Label, Href: narrowed(one.Value), Current: current})
	}
	return out
}
