// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// back is the command that takes another one back; nil where none gives exactly what was.
func back(before ticket.Ticket, cmd ticket.Command) ticket.Command {
	switch c := cmd.(type) {
	case ticket.Assign:
		undo := ticket.Assign{}
		if c.Owner != 0 {
			undo.Owner = before.Owner
		}
		if c.Assignee != 0 {
			undo.Assignee = before.Assignee
		}
		if c.Group != 0 {
			undo.Group = before.Group
		}
		// Nobody cannot be put back: an open ticket keeps its owner (N12).
		if (c.Owner != 0) != (undo.Owner != 0) || (c.Assignee != 0) != (undo.Assignee != 0) || (c.Group != 0) != (undo.Group != 0) {
			return nil
		}
		return undo
	case ticket.Classify:
		return ticket.Classify{Category: before.Category, Service: before.Service, Subject: before.Subject}
	case ticket.HoldFor:
		if before.Status != ticket.Opened || c.Reason == ticket.Blocked { // the three answers have left already
			return nil
		}
		return ticket.Resume{}
	case ticket.AddParticipant:
		return ticket.RemoveParticipant{Person: c.Person}
	case ticket.RemoveParticipant:
		return ticket.AddParticipant{Person: c.Person}
	}
	return nil
}

// undo takes back the last thing that the reader did, as long as nothing happened since.
func (f *Faces) undo(c *page.Ctx) error {
	version, err := c.PathInt("version")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	cmd, err := f.undoing(c, t)
	if err != nil {
		return err
	}
	if t, err = f.Tickets.Do(c.Context(), c.Actor, ticket.Target{ID: t.ID, Version: version}, cmd); err != nil {
		return err
	}
	c.Say("workticket.undone")
	s, err := f.sheet(c, t)
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Redirect(s.home())
	}
	return c.Render(http.StatusOK, changedPart(s, inFact+"-group"))
}

// undoing finds the last fact, the reader's own, and what takes it back.
func (f *Faces) undoing(c *page.Ctx, t ticket.Ticket) (ticket.Command, error) {
	list, err := f.Tickets.Thread(c.Context(), c.Actor, t)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	gone := errs.New(errs.Conflict, "workticket.undo_gone")
	last := list[len(list)-1]
	if last.Record.Meta.ActorKind != string(access.Person) || last.Record.Meta.ActorID != c.Actor.ID {
		return nil, gone
	}
	if n := len(list) - 1; n > 0 && cameAlong(list[n-1], last) {
		list, last = list[:n], list[n-1]
	}
	var before ticket.Ticket
	for _, e := range list[:len(list)-1] {
		before.Advance(e.Fact, e.Record.Meta)
	}
	var cmd ticket.Command
	switch fact := last.Fact.(type) {
	case ticket.Assigned:
		cmd = back(before, ticket.Assign{Owner: fact.Owner, Assignee: fact.Assignee, Group: fact.Group})
	case ticket.Classified:
		cmd = back(before, ticket.Classify{})
	case ticket.ParticipantAdded:
		cmd = back(before, ticket.AddParticipant{Person: fact.Person})
	case ticket.ParticipantRemoved:
		cmd = back(before, ticket.RemoveParticipant{Person: fact.Person})
	case ticket.Held:
		cmd = back(before, ticket.HoldFor{Reason: fact.Reason})
	}
	if cmd == nil {
		return nil, gone
	}
	return cmd, nil
}

// cameAlong reports whether a fact is the form that a change of category brought within its commit:
// taking the category back brings the form of before, too.
func cameAlong(changed, last ticket.Entry) bool {
	_, classified := changed.Fact.(ticket.Classified)
	_, filled := last.Fact.(ticket.FormFilled)
	a, b := changed.Record.Meta, last.Record.Meta
	return classified && filled && a.ActorKind == b.ActorKind && a.ActorID == b.ActorID && a.At.Equal(b.At)
}
