// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// MaxWatched bounds how many tickets somebody watches.
const MaxWatched = 1000

// Watch lets somebody hear what happens to a ticket that they may read. It is nothing that
// happened to the ticket: no fact is recorded, and its version stays. Twice is once.
func (s *Service) Watch(ctx context.Context, who access.Actor, t ticket.Ticket) error {
	return s.watch(ctx, who, t, func(ctx context.Context, tx *db.Tx, me person.ID) error {
		if n, err := watching(ctx, tx, me); err != nil || n >= MaxWatched {
			if err == nil {
				err = errs.New(errs.Conflict, "inbox.watch_many", "Max", MaxWatched)
			}
			return err
		}
		return addWatch(ctx, tx, t.ID, me, s.Clock.Now())
	})
}

// Unwatch ends it.
func (s *Service) Unwatch(ctx context.Context, who access.Actor, t ticket.Ticket) error {
	return s.watch(ctx, who, t, func(ctx context.Context, tx *db.Tx, me person.ID) error { return dropWatch(ctx, tx, t.ID, me) })
}

func (s *Service) watch(ctx context.Context, who access.Actor, t ticket.Ticket, do func(context.Context, *db.Tx, person.ID) error) error {
	if err := may(who); err != nil {
		return err
	}
	if err := access.Can(who, access.TicketRead, t.Object()); err != nil {
		return err
	}
	me := person.ID(who.ID)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s.hint(tx, me)
		return do(ctx, tx, me)
	})
}

// Watchers returns who watches a ticket, the first first. Staff only.
func (s *Service) Watchers(ctx context.Context, who access.Actor, t ticket.Ticket) ([]person.ID, error) {
	if err := access.Can(who, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	return watchers(ctx, s.DB, t.ID)
}

// Watches reports whether somebody is among the watchers.
func Watches(list []person.ID, who access.Actor) bool {
	return who.Kind == access.Person && slices.Contains(list, person.ID(who.ID))
}

// Watched returns the tickets that somebody watches, the last first, at most a hundred.
func (s *Service) Watched(ctx context.Context, who access.Actor) ([]ticket.Ticket, error) {
	if err := may(who); err != nil {
		return nil, err
	}
	keys, err := watched(ctx, s.DB, person.ID(who.ID), 100)
	if err != nil {
		return nil, err
	}
	found, err := s.Tickets.Some(ctx, who, keys)
	if err != nil {
		return nil, err
	}
	var out []ticket.Ticket
	for _, k := range keys {
		if t, ok := found[k]; ok {
			out = append(out, t)
		}
	}
	return out, nil
}
