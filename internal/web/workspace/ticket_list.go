// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// slim is the list beside an open ticket, in the order of the queue that one came from.
type slim struct {
	View  ticket.View
	Title string
	Href  string
	Count string
	Rows  []ui.SlimRow
}

// slimShown bounds the list; who needs more goes back to the queue.
const slimShown = 24

func (f *Faces) beside(c *page.Ctx, s *sheet) (slim, error) {
	from, err := f.list(c, url.Values{"view": {c.Query("view")}, "group": {c.Query("group")}, "f": {c.Query("f")}})
	if err != nil { // a list that there is no more
		if from, err = f.list(c, url.Values{}); err != nil {
			return slim{}, err
		}
	}
	from.flt.Limit, from.flt.Narrow = slimShown, true
	p, err := f.Tickets.List(c.Context(), c.Actor, from.flt)
	if err != nil {
		return slim{}, err
	}
	l := slim{View: ticket.View(from.query.Get("view")), Href: s.queue()}
	if l.View == "" {
		l.View = ticket.Risk
	}
	l.Title = f.titleOf(c, listView{View: l.View, Query: from.query, Saved: from.saved})
	if sizes, err := f.Tickets.Sizes(c.Context(), c.Actor, from.tree); err == nil && sizes[0] >= 0 {
		l.Count = strconv.Itoa(sizes[0])
	}
	for _, t := range p.Tickets {
		r := ui.SlimRow{
			Number: t.Ref(), Href: s.of(t.Ref(), ""), Problem: t.Subject, Requester: s.name(t.Requester), Clock: clockOf(c, t),
			Current: t.ID == s.t.ID,
		}
		if t.Graded {
			r.Priority = int(t.Priority)
		}
		l.Rows = append(l.Rows, r)
	}
	return l, nil
}
