// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Get returns a visit, if the actor may read its ticket. NotFound otherwise, for whatever reason.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Visit, error) {
	gone := errs.New(errs.NotFound, "visit.not_found")
	if by.Kind == access.Nobody {
		return Visit{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	v, err := get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Visit{}, gone
	}
	if err != nil {
		return Visit{}, err
	}
	_, err = s.Tickets.Get(ctx, by, ticket.Target{ID: v.Ticket})
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Visit{}, gone
	}
	return v, err
}

// Of returns the visits of a ticket, oldest first. The caller has read the ticket.
func (s *Service) Of(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Visit, error) {
	if err := access.Can(by, access.TicketRead, t.Object()); err != nil {
		return nil, err
	}
	if len(t.Detail.Visits) == 0 {
		return nil, nil
	}
	return ofTicket(ctx, s.DB, t.ID)
}

// Deeds returns everything that was done to a visit, in its order.
func (s *Service) Deeds(ctx context.Context, by access.Actor, v Visit) ([]Deed, error) {
	if err := access.Can(by, access.VisitRead, access.Object{}); err != nil {
		return nil, err
	}
	return deeds(ctx, s.DB, v.ID)
}

// daysMost bounds the visits of a day's page.
const daysMost = 60

// Day returns somebody's visits that touch a stretch of time, those that wait for an answer and
// those of before that are not over, in the order of their beginning.
func (s *Service) Day(ctx context.Context, by access.Actor, who person.ID, from, to time.Time) ([]Visit, error) {
	if err := access.Can(by, access.VisitRead, access.Object{}); err != nil {
		return nil, err
	}
	return ofEngineer(ctx, s.DB, who, from, to, daysMost)
}

// At returns which of the actor's own visits a label is for: those that they go to and that are at
// the device or in the room. None says that the label is for something else.
func (s *Service) At(ctx context.Context, by access.Actor, l Where) ([]Visit, error) {
	if err := access.Can(by, access.VisitRead, access.Object{}); err != nil || by.Kind != access.Person {
		return nil, err
	}
	list, err := openAt(ctx, s.DB, person.ID(by.ID))
	var out []Visit
	for _, v := range list {
		if v.Device != 0 && v.Device == l.Device || v.PlaceID != 0 && v.PlaceID == l.Place {
			out = append(out, v)
		}
	}
	return out, err
}
