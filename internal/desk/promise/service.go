// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Jobs    *job.Queue
	Tickets *ticket.Service
}

// Service keeps the promises.
type Service struct{ Parts }

// NewService makes the room and takes charge of its jobs. Call Listen before the first fact.
func NewService(p Parts) *Service {
	s := &Service{p}
	p.Jobs.Handle(BreakJob, s.fallDue)
	p.Jobs.Handle(VendorJob, s.vendorDue)
	return s
}

// Listen takes part in the commits of the facts that make, settle or move promises.
func (s *Service) Listen() {
	hear[ticket.Acknowledged](s)
	hear[ticket.Said](s)
	hear[ticket.Held](s)
	hear[ticket.SolutionGiven](s)
	hear[ticket.CallPromised](s)
	hear[ticket.VisitStepped](s)
	hear[ticket.Ended](s)
	event.Within(s.Bus, s.vendorNamed)
	follow[ticket.Accepted](s)
	follow[ticket.Assigned](s)
	follow[ticket.HandedOver](s)
	follow[ticket.HandOverRefused](s)
	follow[ticket.TakenOver](s)
	follow[ticket.Graded](s)
}

// hear writes down what a fact does to the promises of its ticket.
func hear[F ticket.Fact](s *Service) {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f F) error {
		return s.hear(ctx, tx, Heard{r.ID, r.Meta, f})
	})
}

// follow keeps beside the open promises who answers for them.
func follow[F ticket.Fact](s *Service) {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, _ F) error {
		t, err := s.Tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
		if err != nil {
			return err
		}
		return carry(ctx, tx, t)
	})
}

func (s *Service) hear(ctx context.Context, tx *db.Tx, h Heard) error {
	if !concerns(h.Fact, h.Meta) {
		return nil
	}
	list, err := unsettled(ctx, tx, ticket.ID(h.Fact.EventSubject()))
	if err != nil {
		return err
	}
	for _, p := range list {
		was := p.State
		if p.hear(h); p.State == was {
			continue
		}
		if err := s.close(ctx, tx, h.Meta, p); err != nil {
			return err
		}
	}
	p, tells := made(h)
	if !tells {
		return nil
	}
	return s.make(ctx, tx, h.Meta, p)
}

// make stores a promise, with the job that looks at it when it is due.
func (s *Service) make(ctx context.Context, tx *db.Tx, m event.Meta, p Promise) error {
	t, err := s.Tickets.GetIn(ctx, tx, p.Ticket)
	if err != nil {
		return err
	}
	p.Group, p.Owner, p.Assignee, p.Priority = t.Group, t.Owner, t.Assignee, t.Priority
	if p.ID, err = insert(ctx, tx, p); err != nil {
		return err
	}
	if err := s.plan(ctx, tx, p); err != nil {
		return err
	}
	_, err = s.Bus.Record(ctx, tx, m, Made{p.about(), p.Source, p.Words})
	return err
}

// close stores how a promise was settled. One that somebody else has settled is left alone: its
// fact was recorded with it.
func (s *Service) close(ctx context.Context, tx *db.Tx, m event.Meta, p Promise) error {
	fresh, err := settle(ctx, tx, p)
	if err != nil || !fresh {
		return err
	}
	var f event.Fact
	switch p.State {
	case Kept:
		f = WasKept{p.about()}
	case Broken:
		f, m = Broke{p.about()}, access.Desk().Meta(m.At)
	case Renegotiated:
		f = Moved{p.about(), p.MovedTo}
	case Void:
		f = Voided{p.about()}
	case Open:
		return nil
	}
	_, err = s.Bus.Record(ctx, tx, m, f)
	return err
}

// ForTicket returns the promises of a ticket, oldest first. Requesters see those that they got.
func (s *Service) ForTicket(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Promise, error) {
	if err := access.Can(by, access.TicketRead, t.Object()); err != nil {
		return nil, err
	}
	return ofTicket(ctx, s.DB, t.ID)
}

// Rebuilt computes the promises of a ticket from its facts. Once every job that is due has run,
// it gives the rows, but for their keys and for who answers for them.
func (s *Service) Rebuilt(ctx context.Context, which ticket.ID) ([]Promise, error) {
	records, err := s.Tickets.Records(ctx, which)
	if err != nil {
		return nil, err
	}
	own, err := s.Bus.List(ctx, s.DB, "promise", int64(which), 0, 10_000)
	if err != nil {
		return nil, err
	}
	records = append(records, own...)
	slices.SortFunc(records, func(a, b event.Record) int { return int(a.ID - b.ID) })
	var list []Heard
	for _, r := range records {
		h, err := heard(r)
		if err != nil {
			return nil, err
		}
		if h.Fact != nil {
			list = append(list, h)
		}
	}
	return Fold(list, s.Clock.Now()), nil
}

// heard reads a stored fact; without one where it does not concern promises.
func heard(r event.Record) (Heard, error) {
	if r.Name == (Broke{}).EventName() {
		var b Broke
		err := json.Unmarshal(r.Data, &b)
		return Heard{r.ID, r.Meta, b}, err
	}
	f, err := ticket.Decode(r)
	if err != nil || f == nil {
		return Heard{}, err
	}
	return Heard{r.ID, r.Meta, f}, nil
}
