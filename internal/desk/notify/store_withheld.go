// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// alike counts the letters of one kind about a ticket that an address got since at, or will get.
func alike(ctx context.Context, q db.Querier, d Delivery, at time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `
		SELECT COUNT(*) FROM delivery WHERE address = $1 AND template = $2 AND ticket_id = $3 AND created_at > $4 AND state <> 'skipped'`,
		d.Address, d.Template, d.Ticket, at)
}
