// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// list is what a query asks for: a ready-made list, a saved view, or a filter that is written in
// the address, and what narrows it further.
type list struct {
	flt   ticket.Filter
	query url.Values
	saved queue.Entry // the saved view; the zero Entry for none
	tree  queue.Tree  // everything that the list asks, but for bare words in the box
	typed string      // what is typed in the box where it names a property
	shape shape
}

// shape is how a list looks.
type shape struct {
	Sort    ticket.Sort
	By      ticket.Grouping
	Columns []string
	Dense   bool
}

// shaping are the fields of the query that say how a list looks.
func shaping() []string { return []string{"sort", "by", "cols", "rows"} }

// viewKey is how an address names a saved view.
func viewKey(which queue.ViewID) string { return "v" + strconv.FormatInt(int64(which), 10) }

// viewID reads it; 0 where it names none.
func viewID(s string) queue.ViewID {
	digits, ok := strings.CutPrefix(s, "v")
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0
	}
	return queue.ViewID(n)
}

// list reads a query.
func (f *Faces) list(c *page.Ctx, query url.Values) (list, error) {
	flt, q := filterOf(query)
	for _, name := range shaping() {
		if s := query.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	l := list{flt: flt, query: q, shape: shape{Columns: queue.UsualColumns()}}
	base, known := flt.View.Tree()
	if which := viewID(string(flt.View)); which != 0 {
		var err error
		if l.saved, err = f.Views.Get(c.Context(), c.Actor, which); err != nil {
			return l, err
		}
		if base, err = l.saved.Tree(); err != nil {
			return l, err
		}
		l.shape = shape{Sort: ticket.Sort(l.saved.Sort), By: ticket.Grouping(l.saved.Grouping), Columns: l.saved.Columns, Dense: l.saved.Dense}
		if l.shape.Sort == "" {
			l.shape.Sort = ticket.ByRisk
		}
		l.flt.View, l.flt.Tree = ticket.All, base
	} else if !known {
		return l, errs.Field("view", "ticket.view_unknown")
	}
	parts := []queue.Tree{base}
	if text := q.Get("f"); text != "" {
		written, err := queue.Understand(c.Context(), text, f.Tickets.Names(c.Actor))
		if err != nil {
			return l, err
		}
		if q.Get("view") == "" { // it stands by itself
			parts, l.flt.View, l.shape.Sort = nil, ticket.All, ticket.ByRisk
		}
		parts = append(parts, written)
	}
	parts = append(parts, chips(flt)...)
	if queue.Asks(flt.Text) { // the box speaks as filters do: status:open 打印机
		written, err := queue.Understand(c.Context(), flt.Text, f.Tickets.Names(c.Actor))
		if err != nil {
			return l, err
		}
		parts, l.typed, l.flt.Text = append(parts, written), flt.Text, ""
	}
	l.tree = queue.Tree{Op: queue.And, Kids: parts}.Tidy()
	l.flt.Tree = l.tree
	l.flt.Status, l.flt.Group, l.flt.Owner, l.flt.Category, l.flt.Service, l.flt.Priority = "", 0, 0, 0, 0, 0
	l.shape.over(q)
	l.flt.Sort, l.flt.Grouping = l.shape.Sort, l.shape.By
	return l, nil
}

// over lets an address say how a list looks, for once.
func (s *shape) over(q url.Values) {
	if x := ticket.Sort(q.Get("sort")); slices.Contains(ticket.Sorts(), x) {
		s.Sort = x
	}
	switch x := ticket.Grouping(q.Get("by")); {
	case x == "none":
		s.By = ""
	case slices.Contains(ticket.Groupings(), x):
		s.By = x
	}
	if x := q.Get("rows"); x != "" {
		s.Dense = x == "dense"
	}
	if x := q.Get("cols"); x != "" {
		s.Columns = nil
		for _, name := range queue.Columns() {
			if slices.Contains(strings.Split(x, ","), name) && len(s.Columns) < queue.MaxColumns {
				s.Columns = append(s.Columns, name)
			}
		}
	}
}

// chips are the conditions of what narrows a list one by one.
func chips(flt ticket.Filter) []queue.Tree {
	var out []queue.Tree
	key := func(f queue.Field, n int64) {
		if n != 0 {
			out = append(out, queue.Of(f, queue.Is, "#"+strconv.FormatInt(n, 10)))
		}
	}
	if slices.Contains(ticket.Statuses(), flt.Status) {
		word := string(flt.Status)
		if flt.Status == ticket.Opened {
			word = "working"
		}
		out = append(out, queue.Of(queue.Status, queue.Is, word))
	}
	if flt.Priority != 0 {
		out = append(out, queue.Of(queue.Priority, queue.Is, flt.Priority.String()))
	}
	key(queue.Group, int64(flt.Group))
	key(queue.Owner, int64(flt.Owner))
	key(queue.Category, int64(flt.Category))
	key(queue.Service, int64(flt.Service))
	return out
}

// head names the columns of a list.
func (s shape) head(c *page.Ctx) ui.QueueHead {
	h := ui.DefaultHead(c.Lang)
	h.Dense = s.Dense
	h.Acts = []string{"e:/resolve", "r:#reply", "n:#note"}
	h.Hide = nil
	for _, name := range queue.UsualColumns() {
		if !slices.Contains(s.Columns, name) {
			h.Hide = append(h.Hide, name)
		}
	}
	for _, name := range s.extra() {
		h.Extra = append(h.Extra, c.T("workview.col_"+name))
	}
	return h
}

// extra are the columns that a list does not usually have.
func (s shape) extra() []string {
	var out []string
	for _, name := range s.Columns {
		if !slices.Contains(queue.UsualColumns(), name) {
			out = append(out, name)
		}
	}
	return out
}

// extras are the values of those columns.
func (f *Faces) extras(c *page.Ctx, s shape, t ticket.Ticket) []string {
	var out []string
	for _, name := range s.extra() {
		switch name {
		case "assignee":
			out = append(out, f.People.Card(c.Context(), t.Assignee).Name)
		case "group":
			out = append(out, f.People.Group(c.Context(), t.Group).Label(string(c.Lang)))
		case "age":
			out = append(out, c.Clock(t.CreatedAt))
		}
	}
	return out
}

// shapeMenu is how a list can be made to look otherwise, and kept.
type shapeMenu struct {
	Menus []ui.FilterView
	Build string // where its conditions are changed
	Save  string // where it is kept as a view of its own; "" where nothing is worth keeping
}

func (v listView) menu(c *page.Ctx) shapeMenu {
	at := func(name, value string) string { return listView{Query: with(v.Query, name, value)}.Here() }
	sort := ui.FilterView{Label: c.T("workview.sort"), Value: c.T("workview.sort_" + string(v.order()))}
	if v.Query.Get("sort") != "" {
		sort.Clear = at("sort", "")
	}
	for _, s := range ticket.Sorts() {
		sort.Options = append(sort.Options, ui.Link{Label: c.T("workview.sort_" + string(s)), Href: at("sort", string(s)), Current: s == v.order()})
	}
	by := ui.FilterView{Label: c.T("workview.by"), Value: c.T("workview.by_none")}
	if v.Query.Get("by") != "" {
		by.Clear = at("by", "")
	}
	by.Options = []ui.Link{{Label: c.T("workview.by_none"), Href: at("by", "none"), Current: v.Shape.By == ""}}
	for _, g := range ticket.Groupings() {
		if g == v.Shape.By {
			by.Value = c.T("workview.by_" + string(g))
		}
		by.Options = append(by.Options, ui.Link{Label: c.T("workview.by_" + string(g)), Href: at("by", string(g)), Current: g == v.Shape.By})
	}
	q := url.Values{"from": {"1"}}
	for _, name := range append(narrowing(), shaping()...) {
		if x := v.Query.Get(name); x != "" && name != "q" {
			q.Set(name, x)
		}
	}
	m := shapeMenu{Menus: []ui.FilterView{sort, by}, Build: viewsPath + "/new?" + q.Encode()}
	if v.Saved.ID != 0 && v.Saved.Keeps && v.narrowed() == 0 {
		m.Build = savedAddress(v.Saved.ID)
	}
	if v.narrowed() > 0 || v.Query.Get("f") != "" || len(v.Query) > 1 {
		m.Save = viewsPath + "/new?" + q.Encode()
	}
	return m
}

// order is the one in which the list stands.
func (v listView) order() ticket.Sort {
	switch {
	case v.Shape.Sort != "":
		return v.Shape.Sort
	case v.View == ticket.Done || v.View == ticket.All:
		return ticket.ByChange
	}
	return ticket.ByRisk
}

// words are what stands in the box of words: what was typed, else what the rows say.
func (v viewForm) words() string {
	if s := v.Form.Get("text"); s != "" {
		return s
	}
	return v.Text
}

// wordsWere are those by which the next form is judged: words that differ from them were changed,
// and win over the rows. Where a row is wrong the rows say nothing; the words that stand in the box
// were not changed for that.
func (v viewForm) wordsWere() string {
	if v.Form.Get("text") != "" {
		return v.Form.Get("text_was")
	}
	return v.Text
}

// wordsError is what is wrong with the words; what is wrong with a row is said at the row.
func (v viewForm) wordsError() string {
	if v.Root.wrong() && !wordsChanged(v.Form) {
		return ""
	}
	return v.Form.Mark("q")
}

// typedValues are the fields of a typed value: one more than there are, where several may be.
func typedValues(r rowForm) []string {
	if len(r.Values) == 0 {
		return []string{""}
	}
	if r.Type == queue.Anyone || r.Type == queue.Contains {
		return append(slices.Clone(r.Values), "")
	}
	return r.Values
}

// everyOf says how many tickets a command on the whole list is given on.
func everyOf(f page.Frame, n int) string {
	if n > maxEvery {
		return f.T("workview.every_first", "Count", n, "Max", maxEvery)
	}
	return f.T("workview.every", "Count", n)
}
