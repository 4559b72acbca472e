// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/person"
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
	flt := ticket.Filter{View: ticket.View(c.Query("view")), Group: person.GroupID(c.QueryInt("group")), Limit: slimShown, Narrow: true}
	if !known(flt.View) {
		flt.View = ticket.Risk
	}
	p, err := f.Tickets.List(c.Context(), c.Actor, flt)
	if err != nil {
		return slim{}, err
	}
	l := slim{View: flt.View, Title: c.T("work.view_" + string(flt.View)), Href: s.queue()}
	counts := f.Tickets.Counts(c.Actor)
	if n, ok := counts.Views[flt.View]; ok && flt.Group == 0 {
		l.Count = strconv.Itoa(n)
	} else if flt.Group != 0 {
		l.Title, l.Count = s.group(flt.Group), strconv.Itoa(counts.Groups[flt.Group])
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

func known(v ticket.View) bool {
	for _, one := range ticket.Views() {
		if one == v {
			return true
		}
	}
	return false
}
