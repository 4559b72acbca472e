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

// callsDue are the promised calls that the reader is to make now, the most urgent first.
func (f *Faces) callsDue(c *page.Ctx) ([]callDue, error) {
	list, err := f.Promises.List(c.Context(), c.Actor, promise.Filter{State: promise.Open, Limit: 200})
	if err != nil {
		return nil, err
	}
	crew, err := f.People.Crew(c.Context())
	if err != nil {
		return nil, err
	}
	var out []callDue
	for _, l := range list.Lines {
		if l.Source != promise.Call || l.Due.After(c.Now.Add(callsAhead)) {
			continue
		}
		t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: l.On.ID})
		if err != nil {
			return nil, err
		}
		if calls(t, c.Person.ID, crew) {
			out = append(out, callDue{
				Ref: t.Ref(), Subject: t.Subject, Who: f.People.Card(c.Context(), t.Requester).Name, Number: t.Detail.CallBack.Number,
				Chip: promiseChip(c, l.Promise), Due: l.Due,
			})
		}
	}
	return out, nil
}

// calls reports whether the promised call of a ticket is somebody's to make: of those who work here now,
// whoever it was given to, or has the ticket; else its group's, or those of who leads where nobody is left
// in that (N12).
func calls(t ticket.Ticket, who person.ID, crew person.Crew) bool {
	if t.Detail.CallBack.At.IsZero() {
		return false
	}
	if theirs := crew.Working(t.Detail.CallBack.Who, t.Assignee, t.Owner); len(theirs) > 0 {
		return theirs[0] == who
	}
	return t.Group == 0 || slices.Contains(crew.Instead(t.Group), who)
}
