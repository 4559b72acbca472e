// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// callDue is a call that was promised and is to be made now, before anything else is taken.
type callDue struct {
	Ref, Subject, Who, Number string
	Chip                      ui.Promise
	Due                       time.Time
}

// callsAhead is how long before its time a promised call is put before the next ticket.
const callsAhead = 15 * time.Minute

// callsDue are the promised calls that the reader is to make now, the most urgent first: their own,
// and those of nobody on tickets that are theirs, or nobody's within their groups.
func (f *Faces) callsDue(c *page.Ctx) ([]callDue, error) {
	list, err := f.Promises.List(c.Context(), c.Actor, promise.Filter{State: promise.Open, Limit: 200})
	if err != nil {
		return nil, err
	}
	groups := f.People.GroupsOf(c.Context(), c.Person.ID)
	var out []callDue
	for _, l := range list.Lines {
		if l.Source != promise.Call || l.Due.After(c.Now.Add(callsAhead)) {
			continue
		}
		t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: l.On.ID})
		if err != nil {
			return nil, err
		}
		if calls(t, c.Person.ID, groups) {
			out = append(out, callDue{
				Ref: t.Ref(), Subject: t.Subject, Who: f.People.Card(c.Context(), t.Requester).Name, Number: t.Detail.CallBack.Number,
				Chip: promiseChip(c, l.Promise), Due: l.Due,
			})
		}
	}
	return out, nil
}

// calls reports whether the promised call of a ticket is somebody's to make.
func calls(t ticket.Ticket, who person.ID, groups []person.GroupID) bool {
	switch {
	case t.Detail.CallBack.At.IsZero():
		return false
	case t.Detail.CallBack.Who != 0:
		return t.Detail.CallBack.Who == who
	case t.Assignee != 0:
		return t.Assignee == who
	case t.Owner != 0:
		return t.Owner == who
	}
	return t.Group == 0 || slices.Contains(groups, t.Group)
}
