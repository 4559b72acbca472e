// SPDX-License-Identifier: Apache-2.0

package major

import (
	"context"
	"encoding/json"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// pace prepares the fact with which the requester of an incident hears more often, or by the
// policy again where minutes is 0. It stands on the ticket, so that its clocks, its page and the
// reports follow from the ticket's own facts (N4, I10).
func (s *Service) pace(ctx context.Context, minutes int64) (func(context.Context, *db.Tx, ticket.ID) error, error) {
	ready, err := s.Tickets.Ready(ctx, access.Desk(), ticket.SetPace{Minutes: minutes, Because: ticket.PaceMajor})
	return func(ctx context.Context, tx *db.Tx, on ticket.ID) error {
		_, err := ready.In(ctx, tx, ticket.Target{ID: on})
		if errs.KindOf(err) == errs.Conflict { // it has this cadence already, or none
			return nil
		}
		return err
	}, err
}

// Changed hears of a new policy, after its commit: what stands has its cadence from then on.
func (s *Service) Changed(ctx context.Context, _ event.Record, f setting.Changed) error {
	if f.Name != PolicyName {
		return nil
	}
	p := Start()
	if err := json.Unmarshal(f.Value, &p); err != nil {
		return err
	}
	_, newest, err := setting.Load(ctx, s.Settings, PolicyName, Start())
	if err != nil || newest > f.Version { // the one after it is heard of as well
		return err
	}
	pace, err := s.pace(ctx, p.UpdateMinutes)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := standing(ctx, tx)
		for _, x := range list {
			if err == nil {
				err = pace(ctx, tx, x.Ticket)
			}
		}
		return err
	})
}
