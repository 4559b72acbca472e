// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, ticket_id, source, fact_id, told_at, COALESCE(told_by, 0), due, words, state, done_at, COALESCE(done_fact, 0), moved_to,
	COALESCE(group_id, 0), COALESCE(owner_id, 0), COALESCE(assignee_id, 0), priority, visit_id`

func scan(r db.Row) (p Promise, err error) {
	err = r.Scan(&p.ID, &p.Ticket, &p.Source, &p.Fact, &p.ToldAt, &p.ToldBy, &p.Due, &p.Words, &p.State, &p.DoneAt, &p.DoneFact, &p.MovedTo,
		&p.Group, &p.Owner, &p.Assignee, &p.Priority, &p.Visit)
	return p, err
}

func get(ctx context.Context, q db.Querier, which ID) (Promise, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM promise WHERE id = $1`, which)
}

func ofTicket(ctx context.Context, q db.Querier, on ticket.ID) ([]Promise, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM promise WHERE ticket_id = $1 ORDER BY id`, on)
}

// unsettled are those that a fact may still settle: the open ones, and visits of which it was not heard
// in time that somebody was there.
func unsettled(ctx context.Context, q db.Querier, on ticket.ID) ([]Promise, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM promise WHERE ticket_id = $1 AND (state = 'open' OR state = 'broken' AND visit_id > 0) ORDER BY id`, on)
}

func insert(ctx context.Context, tx *db.Tx, p Promise) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO promise (ticket_id, source, fact_id, told_at, told_by, due, words, state, group_id, owner_id, assignee_id, priority, visit_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		p.Ticket, p.Source, p.Fact, p.ToldAt, db.Opt(p.ToldBy), p.Due, p.Words, p.State, db.Opt(p.Group), db.Opt(p.Owner), db.Opt(p.Assignee), p.Priority, p.Visit)
	return ID(n), err
}

// settle writes how a promise ended; false where it had ended before, but for a visit that is found to
// be kept.
func settle(ctx context.Context, tx *db.Tx, p Promise) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE promise SET state = $2, done_at = $3, done_fact = $4, moved_to = $5 
		WHERE id = $1 AND (state = 'open' OR state = 'broken' AND visit_id > 0 AND $6)`,
		p.ID, p.State, p.DoneAt, db.Opt(p.DoneFact), p.MovedTo, p.State == Kept)
	return n == 1, err
}

// carry writes beside the open promises of a ticket who answers for them now.
func carry(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE promise SET group_id = $2, owner_id = $3, assignee_id = $4, priority = $5 WHERE ticket_id = $1 AND state = 'open'`,
		t.ID, db.Opt(t.Group), db.Opt(t.Owner), db.Opt(t.Assignee), t.Priority)
	return err
}
