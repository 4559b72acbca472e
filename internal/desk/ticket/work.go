// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// InWork counts what somebody works on now: open and assigned to them. What waits for others
// takes none of their time (N13).
func (s *Service) InWork(ctx context.Context, q db.Querier, who person.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket WHERE is_open = 1 AND assignee_id = $1 AND status = 'open'`, who)
}

// Load counts what lies with somebody: what they work on, and what they were given and have not
// begun. What waits for others takes none of their time.
func (s *Service) Load(ctx context.Context, q db.Querier, who person.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket WHERE is_open = 1 AND assignee_id = $1 AND status IN ('open', 'new')`, who)
}

// Turn lets those who give somebody work one after the other: who counts what lies with the person
// behind it, in the same commit, counts all of it (N13).
func (s *Service) Turn(ctx context.Context, tx *db.Tx, who person.ID, now time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO ticket_turn (person_id, at) VALUES ($1, $2)
		ON CONFLICT (person_id) DO UPDATE SET at = excluded.at`, who, now)
	return err
}

// Keys lists tickets by their keys, for those who compute something for every one: at most limit
// of them behind the given one.
func (s *Service) Keys(ctx context.Context, after ID, limit int) ([]int64, error) {
	return db.All(ctx, s.DB.Long(), db.Int, `SELECT id FROM ticket WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// SolvedPer counts, for each category, the tickets that were closed with a solution since an instant.
func (s *Service) SolvedPer(ctx context.Context, since time.Time) (map[catalog.CategoryID]int64, error) {
	type line struct {
		category catalog.CategoryID
		n        int64
	}
	list, err := db.All(ctx, s.DB, func(r db.Row) (l line, err error) {
		err = r.Scan(&l.category, &l.n)
		return l, err
	}, `SELECT category_id, COUNT(*) FROM ticket WHERE is_open = 0 AND closed_at >= $1 AND category_id IS NOT NULL AND closed_as IN ('confirmed', 'unconfirmed') GROUP BY category_id`, since)
	out := map[catalog.CategoryID]int64{}
	for _, l := range list {
		out[l.category] = l.n
	}
	return out, err
}
