// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Listen makes a ticket that comes back count against the step that was said to have solved it (N5):
// the requester said that it did not hold, or it was opened again after its end.
func (s *Service) Listen() {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f ticket.UserRejected) error {
		return cameBack(ctx, tx, f.Ticket, r)
	})
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f ticket.Reopened) error {
		return cameBack(ctx, tx, f.Ticket, r)
	})
}

// cameBack marks the run that solved the ticket last. One that was marked before stays as it is: the
// second return is not its doing.
func cameBack(ctx context.Context, tx *db.Tx, of ticket.ID, r event.Record) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE runbook_run SET came_back = $2, version = version + 1
		WHERE came_back IS NULL AND id = (SELECT MAX(id) FROM runbook_run WHERE ticket_id = $1 AND state = 'solved'
			AND ended_at = (SELECT MAX(ended_at) FROM runbook_run WHERE ticket_id = $1 AND state = 'solved'))`, of, r.Meta.At)
	return err
}
