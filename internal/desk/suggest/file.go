// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Filing is the form on which a ticket is classified and graded at once.
type Filing struct {
	Category catalog.CategoryID
	Service  catalog.ServiceID
	Group    person.GroupID // stays as it is where 0
	Answers  triage.Answers // nothing is graded while Affected and Halt are both empty
	Override triage.Priority
	Reason   string
}

// commands are what differs from the ticket as it is.
func (f Filing) commands(t ticket.Ticket) []ticket.Command {
	var out []ticket.Command
	if f.Category != t.Category || f.Service != t.Service {
		out = append(out, ticket.Classify{Category: f.Category, Service: f.Service})
	}
	if f.Group != 0 && f.Group != t.Group {
		out = append(out, ticket.Assign{Group: f.Group})
	}
	graded := t.Graded && f.Answers == t.Detail.Answers && (f.Override == 0 || f.Override == t.Priority)
	if !graded && (f.Answers.Affected != "" || f.Answers.Halt != "" || f.Override != 0) {
		out = append(out, ticket.Grade{Answers: f.Answers, Override: f.Override, Reason: f.Reason})
	}
	return out
}

// File classifies and grades in one commit: all of it, or nothing.
//
// Errors: Invalid where nothing is said or a field is wrong; as for ticket.Do.
func (s *Service) File(ctx context.Context, by access.Actor, on ticket.Target, f Filing) (t ticket.Ticket, err error) {
	if t, err = s.Tickets.Get(ctx, by, on); err != nil {
		return ticket.Ticket{}, err
	}
	commands := f.commands(t)
	if len(commands) == 0 {
		return ticket.Ticket{}, errs.Field("category", "suggest.nothing")
	}
	ready := make([]ticket.Ready, len(commands))
	for i, cmd := range commands {
		if ready[i], err = s.Tickets.Ready(ctx, by, cmd); err != nil {
			return ticket.Ticket{}, err
		}
	}
	which := t.ID
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		seen := on.Version
		for _, r := range ready {
			if t, err = r.In(ctx, tx, ticket.Target{ID: which, Version: seen}); err != nil {
				return err
			}
			seen = 0 // this commit holds the row
		}
		return nil
	})
	return t, err
}

// Undo takes back what the desk saved by itself: the label is empty again, as it was.
//
// Errors: Conflict where nothing was saved by the desk, or somebody has chosen since.
func (s *Service) Undo(ctx context.Context, by access.Actor, on ticket.Target, l Label) (ticket.Ticket, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return ticket.Ticket{}, err
	}
	list, err := s.For(ctx, by, t)
	if err != nil {
		return ticket.Ticket{}, err
	}
	for _, o := range list {
		if o.Label != l || o.Outcome != Applied || o.Value != l.of(t) {
			continue
		}
		cmd := ticket.Classify{Category: t.Category, Service: t.Service}
		if l == Category {
			cmd.Category = 0
		} else {
			cmd.Service = 0
		}
		return s.Tickets.Do(ctx, by, ticket.Target{ID: t.ID, Version: on.Version}, cmd)
	}
	return ticket.Ticket{}, errs.New(errs.Conflict, "suggest.nothing_applied")
}
