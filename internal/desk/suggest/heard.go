// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// hear writes down, within the commit of a fact, what it makes of the offers about its labels.
func hear[F ticket.Fact](s *Service, labels ...Label) {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, _ F) error {
		return s.decided(ctx, tx, r, labels)
	})
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, r event.Record, labels []Label) error {
	byPerson := r.Meta.ActorKind == string(access.Person)
	if !byPerson {
		return nil
	}
	list, err := offers(ctx, tx, ticket.ID(r.Subject))
	if err != nil || len(list) == 0 {
		return err
	}
	t, err := s.Tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
	if err != nil {
		return err
	}
	for _, o := range list {
		if !slices.Contains(labels, o.Label) {
			continue
		}
		outcome := o.settle(o.Label.of(t), byPerson)
		if outcome == o.Outcome && (outcome != Applied || o.By != 0) {
			continue
		}
		o.Outcome, o.By = outcome, person.ID(r.Meta.ActorID)
		if err := settleOffer(ctx, tx, o, r.Meta.At); err != nil {
			return err
		}
	}
	return nil
}
