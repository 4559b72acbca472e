// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Worker is somebody who works for the desk, as far as a commit must know them.
type Worker struct {
	ID     ID
	Role   access.Role
	Member bool // of the group that was asked for
}

// WorkersIn returns, as the commit sees them, those of the people who work for the desk now, and
// with them the members of a group (0 for none) who do.
func (s *Service) WorkersIn(ctx context.Context, tx *db.Tx, who []ID, of GroupID) ([]Worker, error) {
	return workers(ctx, tx, who, of)
}

// StaffIn returns the active staff as the caller's commit sees them.
func (s *Service) StaffIn(ctx context.Context, tx *db.Tx) ([]Person, error) {
	return list(ctx, tx, search{staff: true, active: true, limit: maxStaff})
}

// ActiveIn returns those of the people who are active, as the caller's commit sees them.
func (s *Service) ActiveIn(ctx context.Context, q db.Querier, who ...ID) (map[ID]bool, error) {
	if len(who) == 0 {
		return nil, nil
	}
	args := make([]any, len(who))
	for i, w := range who {
		args[i] = w
	}
	list, err := db.All(ctx, q, db.Int, `SELECT id FROM person WHERE active AND id IN (`+db.List(len(who), 1)+`)`, args...)
	out := map[ID]bool{}
	for _, n := range list {
		out[ID(n)] = true
	}
	return out, err
}
