// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Service judges tickets on request.
type Service struct {
	tickets *ticket.Service
	clocks  *sla.Service
	clock   clock.Clock
}

// NewService makes the room.
func NewService(t *ticket.Service, s *sla.Service, c clock.Clock) *Service {
	return &Service{tickets: t, clocks: s, clock: c}
}

// Judge evaluates a ticket that the caller has read. Only staff see verdicts.
func (s *Service) Judge(ctx context.Context, by access.Actor, t ticket.Ticket) (Conformance, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return Conformance{}, err
	}
	records, err := s.tickets.Records(ctx, t.ID)
	if err != nil {
		return Conformance{}, err
	}
	return s.JudgeRecords(t, records)
}

// JudgeFacts evaluates a ticket from facts that the caller has decoded. What is said of a closed ticket
// no longer depends on the hour.
func (s *Service) JudgeFacts(_ context.Context, t ticket.Ticket, facts []Noted) Conformance {
	return Judge(Input{Ticket: t, Facts: facts, Rules: s.clocks.Rulebook(), Now: s.clock.Now()})
}

// JudgeRecords evaluates a ticket from facts that the caller has at hand.
func (s *Service) JudgeRecords(t ticket.Ticket, records []event.Record) (Conformance, error) {
	in := Input{Ticket: t, Rules: s.clocks.Rulebook(), Now: s.clock.Now()}
	for _, r := range records {
		f, err := ticket.Decode(r)
		if err != nil {
			return Conformance{}, err
		}
		if f != nil {
			in.Facts = append(in.Facts, Noted{ID: r.ID, Meta: r.Meta, Fact: f})
		}
	}
	return Judge(in), nil
}
