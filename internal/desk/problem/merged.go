// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Merged listens, within the commit, for a ticket that is merged into another: that one belongs to its
// problems from then on, so that one matter counts once and whoever works on it hears of the cure (N38).
func (s *Service) Merged(ctx context.Context, tx *db.Tx, r event.Record, e ticket.Ended) error {
	if e.Into == 0 {
		return nil
	}
	list, err := behind(ctx, tx, ticket.ID(r.Subject))
	if err != nil || len(list) == 0 {
		return err
	}
	from, err := s.Tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
	if err != nil {
		return err
	}
	into, err := s.Tickets.GetIn(ctx, tx, e.Into)
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := s.take(ctx, tx, access.Desk(), p.ID, from); err != nil {
			return err
		}
		if err := s.put(ctx, tx, access.Desk(), p.ID, into); err != nil {
			return err
		}
	}
	return nil
}
