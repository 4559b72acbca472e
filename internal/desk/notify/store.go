// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, ticket_id, person_id, event_id, template, address, state, reason, answer, attempts, message_id,
	created_at, queued_at, tried_at, sent_at`

func scan(r db.Row) (d Delivery, err error) {
	err = r.Scan(&d.ID, &d.Ticket, &d.Person, &d.Event, &d.Template, &d.Address, &d.State, &d.Reason, &d.Answer, &d.Attempts, &d.MessageID,
		&d.CreatedAt, &d.QueuedAt, &d.TriedAt, &d.SentAt)
	return d, err
}

// insert writes a delivery down; no row is returned where the same was written before.
func insert(ctx context.Context, tx *db.Tx, d Delivery) ([]Delivery, error) {
	return db.All(ctx, tx, scan, `
		INSERT INTO delivery (ticket_id, person_id, event_id, template, address, state, reason, message_id, created_at, queued_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
		ON CONFLICT (event_id, person_id, template) DO NOTHING RETURNING `+columns,
		d.Ticket, d.Person, d.Event, d.Template, d.Address, d.State, d.Reason, d.MessageID, d.CreatedAt)
}

func get(ctx context.Context, q db.Querier, which ID) (Delivery, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE id = $1`, which)
}

// settle writes the outcome of a try. A delivery that was settled meanwhile stays as it is:
// false is returned.
func settle(ctx context.Context, tx *db.Tx, d Delivery) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE delivery SET state = $2, reason = $3, answer = $4, attempts = $5, tried_at = $6, sent_at = $7
		WHERE id = $1 AND state = 'queued'`,
		d.ID, d.State, d.Reason, d.Answer, d.Attempts, d.TriedAt, d.SentAt)
	return n == 1, err
}

// again queues a delivery once more that was not sent.
func again(ctx context.Context, tx *db.Tx, d Delivery) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE delivery SET state = 'queued', reason = '', answer = '', attempts = 0, address = $2, message_id = $3, queued_at = $4
		WHERE id = $1 AND state IN ('failed', 'skipped')`,
		d.ID, d.Address, d.MessageID, d.QueuedAt)
	return n == 1, err
}

// before returns the deliveries of a ticket to a person that are older and not sent yet: the
// order in which things happened is the order in which they are told (F38).
func before(ctx context.Context, q db.Querier, d Delivery) ([]Delivery, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM delivery
		WHERE ticket_id = $1 AND person_id = $2 AND state = 'queued' AND id < $3 ORDER BY id LIMIT 1`, d.Ticket, d.Person, d.ID)
}

func ofTicket(ctx context.Context, q db.Querier, on ticket.ID) ([]Delivery, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE ticket_id = $1 ORDER BY id`, on)
}

func failed(ctx context.Context, q db.Querier, before ID, limit int) ([]Delivery, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE state <> 'sent' AND state = 'failed' AND id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
}

// acknowledged counts the acknowledgements to an address since at that were sent or will be.
func acknowledged(ctx context.Context, q db.Querier, address string, at time.Time) (int64, error) {
	return db.One(ctx, q, scanInt, `
		SELECT COUNT(*) FROM delivery WHERE address = $1 AND template = 'acknowledged' AND created_at > $2 AND state <> 'skipped'`, address, at)
}

func scanInt(r db.Row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

func scanTally(r db.Row) (t Tally, err error) {
	err = r.Scan(&t.State, &t.Reason, &t.Count)
	return t, err
}

// tally counts what is not sent, by state and reason, since at.
func tally(ctx context.Context, q db.Querier, at time.Time) ([]Tally, error) {
	return db.All(ctx, q, scanTally, `
		SELECT state, reason, COUNT(*) FROM delivery WHERE state <> 'sent' AND created_at > $1
		GROUP BY state, reason ORDER BY state, reason`, at)
}
