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
