// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// partTitle names a part of a grouped list.
func (f *Faces) partTitle(c *page.Ctx, by ticket.Grouping, t ticket.Ticket) string {
	switch by {
	case ticket.GroupPriority:
		return t.Priority.String()
	case ticket.GroupStatus:
		return c.T("work.status_" + string(t.Status))
	case ticket.GroupOwner:
		if t.Owner != 0 {
			return f.People.Card(c.Context(), t.Owner).Name
		}
		return c.T("workview.no_owner")
	case ticket.GroupCategory:
		if t.Category != 0 {
			return f.categoryPath(c, t.Category)
		}
		return c.T("workview.no_category")
	case ticket.GroupGroup:
		if t.Group != 0 {
			return f.People.Group(c.Context(), t.Group).Label(string(c.Lang))
		}
		return c.T("workview.no_group")
	}
	return ""
}

// partRow is a stretch of rows that belong together.
type partRow struct {
	Title string // "" where the list has no parts
	Count string // how many tickets it holds in all; "" where that is not known
	Rows  []ui.QueueRow
}

// parts cuts the rows of a page where the grouping changes.
func (f *Faces) parts(c *page.Ctx, l list, tickets []ticket.Ticket, rows []ui.QueueRow) ([]partRow, error) {
	var out []partRow
	begin, by := 0, l.shape.By
	sizes, err := f.partSizes(c, l)
	for i, t := range tickets {
		if i == 0 || by != "" && by.Part(t) != by.Part(tickets[i-1]) {
			begin = i
			out = append(out, partRow{Title: f.partTitle(c, by, t), Count: figure(sizes[by.Part(t)])})
		}
		out[len(out)-1].Rows = rows[begin : i+1] // the same rows: who ticks one ticks it here
	}
	return out, err
}

// partSizes counts the tickets of each part over the whole list, not its page alone. Nil where the
// list has no parts, or holds more than memory knows.
func (f *Faces) partSizes(c *page.Ctx, l list) (map[int64]int, error) {
	if l.shape.By == "" || l.flt.Text != "" {
		return nil, nil //nolint:nilnil // nothing to count is no error
	}
	plans, err := f.Tickets.Plans(c.Context(), c.Actor, l.tree)
	if err != nil || !plans[0].OnlyOpen() {
		return nil, err
	}
	out := map[int64]int{}
	f.Tickets.Each(c.Actor, func(r *queue.Row) {
		if plans[0].Holds(r) {
			out[l.shape.By.Part(ticket.Ticket{
				Priority: triage.Priority(r.Priority), Status: ticket.Status(r.Status), Owner: person.ID(r.Owner),
				Category: catalog.CategoryID(r.Category), Group: person.GroupID(r.Group),
			})]++
		}
	})
	return out, nil
}
