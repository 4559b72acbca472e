// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// course reads a run with all that belongs to it, for whoever has asked who may.
func (s *Service) course(ctx context.Context, q db.Querier, which RunID) (c Course, err error) {
	if c.Run, err = getRun(ctx, q, which); err != nil {
		return c, orUnknown(err)
	}
	if c.Text, err = versionAt(ctx, q, c.Runbook, c.Number); err != nil {
		return c, err
	}
	x, err := get(ctx, q, c.Runbook)
	if err != nil {
		return c, err
	}
	c.Book, c.Retired = c.Text.Book(), !x.RetiredAt.IsZero()
	if c.Marked, err = marks(ctx, q, which); err != nil {
		return c, err
	}
	if c.At, err = c.Book.Walk(c.Marked); err != nil {
		return c, err
	}
	c.Of, err = s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: c.Ticket})
	return c, err
}

// Course returns a run to whoever may follow it: staff, and the requester whom it was sent to.
// NotFound for everybody else, as for a run that is not there.
func (s *Service) Course(ctx context.Context, by access.Actor, which RunID) (Course, error) {
	c, err := s.course(ctx, s.DB, which)
	if err != nil {
		return c, err
	}
	gone := errs.New(errs.NotFound, "runbook.not_found")
	if err := access.Can(by, access.TicketRead, c.Of.Object()); err != nil {
		if errs.KindOf(err) == errs.Unauthenticated {
			return Course{}, err
		}
		return Course{}, gone
	}
	if !by.Staff() {
		if c.SentAt.IsZero() || c.Of.Requester != person.ID(by.ID) {
			return Course{}, gone
		}
		return c, nil
	}
	c.Lock, err = s.lock(ctx, s.DB, c)
	return c, err
}

// Runs returns the runs on a ticket, oldest first. Staff only.
func (s *Service) Runs(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Run, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	return runsOf(ctx, s.DB, t.ID)
}

// Deeds returns what was written before the steps with a risk of a run. Staff only.
func (s *Service) Deeds(ctx context.Context, by access.Actor, c Course) ([]Deed, error) {
	if err := access.Can(by, access.TicketWork, c.Of.Object()); err != nil {
		return nil, err
	}
	return deedsOf(ctx, s.DB, c.ID)
}

// working is Course for somebody who goes on with it as staff.
func (s *Service) working(ctx context.Context, by access.Actor, which RunID) (Course, error) {
	c, err := s.Course(ctx, by, which)
	if err != nil {
		return c, err
	}
	if err := access.Can(by, access.TicketWork, c.Of.Object()); err != nil {
		return c, err
	}
	return c, goes(c)
}

// goes reports why a run cannot go on.
func goes(c Course) error {
	switch {
	case !c.Of.Open():
		return errs.New(errs.Conflict, "runbook.ticket_closed")
	case c.State.Over():
		return errs.New(errs.Conflict, "runbook.run_over")
	}
	return nil
}
