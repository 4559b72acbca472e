// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"

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

// Keys lists tickets by their keys, for those who compute something for every one: at most limit
// of them behind the given one.
func (s *Service) Keys(ctx context.Context, after ID, limit int) ([]int64, error) {
	return db.All(ctx, s.DB.Long(), db.Int, `SELECT id FROM ticket WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}
