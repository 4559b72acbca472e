// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountQueue adds the list, what is done from it, and the ways to record a ticket.
func (f *Faces) mountQueue(r *page.Router) {
	r.Get("/work", access.QueueRead, f.queue)
	r.Get("/work/rows", access.QueueRead, f.queueRows)
	r.Get("/work/nav", access.QueueRead, f.navLists)
	f.mountViews(r)
	f.mountBoard(r)
	f.mountNext(r)
	f.mountReport(r)
	r.Post("/work/claim", access.TicketWork, f.claim)
	r.Post("/work/bulk/{act}", access.TicketWork, f.bulk)
	r.Post("/work/unassign/{what}", access.TicketWork, f.unassign)
	f.mountIntake(r)
	f.mountPromises(r)
	f.mountQuarantine(r)
}

// queuePage is how many tickets a page of the list holds.
const queuePage = 50

// listView is everything that the queue shows.
type listView struct {
	View    ticket.View
	Title   string
	Total   string
	Query   url.Values // what narrows the list, without the place in it
	Cursor  string
	Trail   []string // the cursors of the pages before this one, but the first
	Text    string
	Wrong   string // why what was typed into the box is no filter; the list is the one before
	Filters []ui.FilterView
	Views   []ui.Link // the ready-made lists with their counts, for a phone
	Rows    []ui.QueueRow
	Parts   []partRow // the same rows, cut where the grouping changes
	Head    ui.QueueHead
	Shape   shape
	Saved   queue.Entry // the saved view, or none
	Menu    shapeMenu
	Size    int // of the whole list, -1 where it is not known
	Pager   ui.PagerView
	Bulk    bulkChoices
	Empty   emptyView
	Outcome *outcome // of a command on several tickets
	Path    string   // where the list is, if not among the views
	Strip   strip    // incidents, and what the reader was told of
}

// Here is the address of the list as it is shown.
func (v listView) Here() string {
	if v.Path != "" {
		return v.Path
	}
	return v.address("/work", v.Cursor, v.Trail)
}

// Live is where the same stretch of the list is read again.
func (v listView) Live() string { return v.address("/work/rows", v.Cursor, v.Trail) }

func (v listView) address(path, cursor string, trail []string) string {
	q := with(v.Query, "after", cursor)
	q = with(q, "trail", strings.Join(trail, ","))
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// searched reports whether one came to look for something: to the list of everything, with
// nothing looked for yet.
func (v listView) searched() bool { return v.View == ticket.All && v.narrowed() == 0 && v.Cursor == "" }

// queue shows the list: the next right thing to do on top.
func (f *Faces) queue(c *page.Ctx) error {
	if n := ticket.ParseRef(c.Query("q")); n != 0 { // a number means that ticket, wherever it is listed
		if t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: n}); err == nil {
			return c.Redirect("/work/tickets/" + t.Ref())
		}
	}
	if flt, q := filterOf(c.Request.URL.Query()); q.Get("f") == "" && flt.Text != "" && (flt.View == ticket.All || flt.View == ticket.Done) {
		return c.Redirect(f.searchAddress(c, flt)) // words in everything are for the index
	}
	c.Together()
	status := http.StatusOK
	v, err := f.readQueue(c, c.Request.URL.Query())
	if typed := c.Query("q"); errs.KindOf(err) == errs.Invalid && typed != "" {
		why := err
		if v, err = f.queueWithout(c); err == nil {
			v.Text, v.Wrong, status = typed, reasonOf(c, why).Text, http.StatusUnprocessableEntity
		}
	}
	if written := cmp.Or(c.Query("f"), c.Query("q")); errs.KindOf(err) == errs.Invalid && written != "" { // where it can be mended
		return c.Redirect(builderOf(written))
	}
	if err != nil {
		return err
	}
	v.Outcome = f.toldIn(c)
	return f.showQueue(c, status, v)
}

func (f *Faces) showQueue(c *page.Ctx, status int, v listView) error {
	for i := range v.Rows {
		v.Rows[i].Picked = v.Outcome.keeps(v.Rows[i].Number)
	}
	fr := c.Frame(v.Title).Listen("queue", "person")
	fr.Path = v.Here() // without what became of a command
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, v.View), Keys: keyMap(fr)}
	return c.Render(status, framed(w, queuePageOf(fr, v)))
}

// queueWithout reads the list as it was before a filter was typed that cannot be read: the one that the
// reader came from, else the one in the address without it.
func (f *Faces) queueWithout(c *page.Ctx) (listView, error) {
	if from, err := url.Parse(c.Back("")); err == nil && from.Path == "/work" {
		if v, err := f.readQueue(c, from.Query()); err == nil {
			return v, nil
		}
	}
	query := c.Request.URL.Query()
	for _, name := range []string{"q", "after", "trail"} {
		query.Del(name)
	}
	return f.readQueue(c, query)
}

// builderOf is where a filter is put together of its parts.
func builderOf(written string) string { return viewsPath + "/new?f=" + url.QueryEscape(written) }

// queueRows answers the list alone, for a reader who asked to see what has changed.
func (f *Faces) queueRows(c *page.Ctx) error {
	v, err := f.readQueue(c, c.Request.URL.Query())
	if err != nil {
		return err
	}
	return c.Show(queueList(c.Frame(v.Title), v))
}

// readQueue gathers the list that a query names.
func (f *Faces) readQueue(c *page.Ctx, query url.Values) (listView, error) {
	l, err := f.list(c, query)
	if err != nil {
		return listView{}, err
	}
	p, err := f.Tickets.List(c.Context(), c.Actor, l.flt)
	if err != nil {
		return listView{}, err
	}
	v := listView{
		View: ticket.View(l.query.Get("view")), Query: l.query, Cursor: l.flt.Cursor, Trail: trailOf(query), Text: cmp.Or(l.typed, l.flt.Text),
		Shape: l.shape, Head: l.shape.head(c), Saved: l.saved, Size: -1,
	}
	if v.View == "" {
		v.View = ticket.Risk
	}
	v.Title = f.titleOf(c, v)
	v.Rows = f.rows(c, v, p.Tickets)
	if err := f.mark(c, v.Rows, p.Tickets); err != nil {
		return listView{}, err
	}
	if v.Parts, err = f.parts(c, l, p.Tickets, v.Rows); err != nil {
		return listView{}, err
	}
	if v.Strip, err = f.strip(c); err != nil {
		return listView{}, err
	}
	if l.flt.Text == "" {
		sizes, err := f.Tickets.Sizes(c.Context(), c.Actor, l.tree)
		if err != nil {
			return listView{}, err
		}
		v.Size = sizes[0]
	}
	v.Pager = v.pager(p.Next)
	v.Empty = v.empty(c)
	v.Total = v.total(c, p)
	v.Views = f.viewLinks(c, v)
	v.Menu = v.menu(c)
	from, err := f.choices(c)
	v.Filters, v.Bulk = from.filters(c, v), from.bulk(c)
	if v.Size > len(v.Rows) {
		v.Bulk.Every = v.Size
	}
	return v, err
}

// titleOf names a list.
func (f *Faces) titleOf(c *page.Ctx, v listView) string {
	switch {
	case v.Saved.ID != 0:
		return v.Saved.Name
	case v.Query.Get("f") != "" && v.Query.Get("view") == "":
		return c.T("workview.unsaved")
	case v.Query.Get("view") == "":
		if group := f.People.Group(c.Context(), person.GroupID(number(v.Query.Get("group")))); group.ID != 0 {
			return group.Label(string(c.Lang))
		}
	}
	return c.T("work.view_" + string(v.View))
}

// total says how many tickets the list holds, where that is known without asking for them.
func (v listView) total(c *page.Ctx, p ticket.Page) string {
	n, word := v.Size, "work.total"
	if n < 0 {
		if p.Next != "" || v.Cursor != "" {
			return ""
		}
		n = len(p.Tickets)
	}
	if v.View == ticket.Done || v.View == ticket.All || v.Size < 0 && v.Text == "" {
		word = "work.count"
	}
	return c.T(word, "Count", n)
}

// narrowed counts what narrows the list, beside which list it is.
func (v listView) narrowed() int {
	n := 0
	for _, name := range narrowing() {
		if name != "view" && v.Query.Get(name) != "" && (name != "f" || v.Query.Get("view") != "") {
			n++
		}
	}
	return n
}

// maxTrail bounds how many pages back the address remembers; from further on the way back
// leads to the first page.
const maxTrail = 30

// trailOf reads the cursors of the pages before.
func trailOf(query url.Values) []string {
	if query.Get("trail") == "" {
		return nil
	}
	list := strings.Split(query.Get("trail"), ",")
	return list[max(0, len(list)-maxTrail):]
}

// pager leads to the neighbouring pages. Pages are found by key, so that the way back is a
// trail of keys rather than a number.
func (v listView) pager(next string) ui.PagerView {
	var p ui.PagerView
	if next != "" {
		trail := v.Trail
		if v.Cursor != "" {
			trail = append(trail[:len(trail):len(trail)], v.Cursor)
		}
		p.Older = v.address("/work", next, trail[max(0, len(trail)-maxTrail):])
	}
	if v.Cursor == "" {
		return p
	}
	if n := len(v.Trail); n > 0 {
		p.Newer = v.address("/work", v.Trail[n-1], v.Trail[:n-1])
	} else {
		p.Newer = v.address("/work", "", nil)
	}
	return p
}

// viewLinks are the lists with their counts, side by side.
func (f *Faces) viewLinks(c *page.Ctx, v listView) []ui.Link {
	var out []ui.Link
	counts := f.Tickets.Counts(c.Context(), c.Actor)
	for _, view := range []ticket.View{ticket.Risk, ticket.Mine, ticket.Unclaimed, ticket.Overdue, ticket.Promised, ticket.ForUser, ticket.ToConfirm, ticket.ToArchive} {
		l := ui.Link{Label: c.T("work.view_" + string(view)), Href: "/work?view=" + string(view), Current: view == v.View && v.Query.Get("f") == ""}
		if n := counts.Views[view]; n > 0 {
			l.Label += " " + strconv.Itoa(n)
		}
		out = append(out, l)
	}
	if fr := c.Frame(""); len(out) > 0 {
		fr.Path = v.Here()
		for _, item := range f.savedNav(c, fr).Items {
			if viewID(strings.TrimPrefix(item.Href, "/work?view=")) != 0 {
				l := item.Link
				if l.Icon = ""; item.Count != "" {
					l.Label += " " + item.Count
				}
				out = append(out, l)
			}
		}
	}
	return out
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func key(n int64) string { return strconv.FormatInt(n, 10) }
