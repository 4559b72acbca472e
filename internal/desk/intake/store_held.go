// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// heldOn returns the lines that wait beside a ticket, oldest first.
func heldOn(ctx context.Context, q db.Querier, on ticket.ID, limit int) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM inbound WHERE ticket_id = $1 AND state = 'quarantined' ORDER BY id LIMIT $2`, on, limit)
}

func countHeld(ctx context.Context, q db.Querier, on ticket.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM inbound WHERE ticket_id = $1 AND state = 'quarantined'`, on)
}

// heldTwin reports whether a copy for another receiver waits beside the same ticket.
func heldTwin(ctx context.Context, q db.Querier, e Entry) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `
		SELECT COUNT(*) FROM inbound WHERE digest = $1 AND id <> $2 AND ticket_id = $3 AND state = 'quarantined'`, e.Digest, e.ID, e.Ticket)
	return n > 0, err
}
