// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Replan plans a stretch of open tickets again, when what they are planned by has changed: the
// stored due time must be what computing it again gives. Nothing happened to the tickets, so
// their versions stay. also runs for each of them in the same commit.
//
// It returns the last ticket that it looked at, 0 when there is none after the given one. A
// ticket that changes meanwhile is left alone: its own command has planned it.
func (s *Service) Replan(ctx context.Context, after ID, limit int, also func(context.Context, *db.Tx, Ticket) error) (ID, error) {
	var last ID
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		last = 0
		list, err := db.All(ctx, tx, scan, `SELECT `+columns+` FROM ticket WHERE is_open = 1 AND id > $1 ORDER BY id LIMIT $2`, after, limit)
		if err != nil {
			return err
		}
		for _, t := range list {
			last = t.ID
			if err := s.replan(ctx, tx, t); err != nil {
				return err
			}
			if err := also(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	return last, err
}

func (s *Service) replan(ctx context.Context, tx *db.Tx, t Ticket) error {
	due, name := s.Plan(t)
	if due.Equal(t.NextDue) && name == t.NextClock {
		return nil
	}
	n, err := db.Exec(ctx, tx, `UPDATE ticket SET next_due = $3, next_clock = $4 WHERE id = $1 AND version = $2`, t.ID, t.Version, due, name)
	if err == nil && n == 1 {
		t.NextDue, t.NextClock = due, name
		s.publish(tx, t)
	}
	return err
}
