// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func skip(ctx context.Context, tx *db.Tx, f Skipped, at, until time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO pull_skip (person_id, ticket_id, reason, words, at, until_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (person_id, ticket_id) DO UPDATE
		SET reason = excluded.reason, words = excluded.words, at = excluded.at, until_at = excluded.until_at`,
		f.Person, f.Ticket, f.Reason, f.Words, at, until)
	return err
}

// skipped returns what somebody passed over and until when it rests.
func skipped(ctx context.Context, q db.Querier, who person.ID, now time.Time) (map[ticket.ID]time.Time, error) {
	type row struct {
		ticket ticket.ID
		until  time.Time
	}
	list, err := db.All(ctx, q, func(r db.Row) (x row, err error) {
		err = r.Scan(&x.ticket, &x.until)
		return x, err
	}, `SELECT ticket_id, until_at FROM pull_skip WHERE person_id = $1 AND until_at > $2`, who, now)
	out := make(map[ticket.ID]time.Time, len(list))
	for _, x := range list {
		out[x.ticket] = x.until
	}
	return out, err
}
