// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func scanPerson(r db.Row) (p person.ID, err error) {
	err = r.Scan(&p)
	return p, err
}

func scanTicket(r db.Row) (t ticket.ID, err error) {
	err = r.Scan(&t)
	return t, err
}

// watchers are those who watch a ticket, the first first.
func watchers(ctx context.Context, q db.Querier, on ticket.ID) ([]person.ID, error) {
	return db.All(ctx, q, scanPerson, `SELECT person_id FROM inbox_watch WHERE ticket_id = $1 ORDER BY at, person_id`, on)
}

// watched are the tickets that somebody watches, the last first.
func watched(ctx context.Context, q db.Querier, who person.ID, limit int) ([]ticket.ID, error) {
	return db.All(ctx, q, scanTicket, `SELECT ticket_id FROM inbox_watch WHERE person_id = $1 ORDER BY at DESC, ticket_id DESC LIMIT $2`, who, limit)
}

func watching(ctx context.Context, q db.Querier, who person.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM inbox_watch WHERE person_id = $1`, who)
}

func addWatch(ctx context.Context, tx *db.Tx, on ticket.ID, who person.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO inbox_watch (ticket_id, person_id, at) VALUES ($1, $2, $3) ON CONFLICT (ticket_id, person_id) DO NOTHING`, on, who, at)
	return err
}

func dropWatch(ctx context.Context, tx *db.Tx, on ticket.ID, who person.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM inbox_watch WHERE ticket_id = $1 AND person_id = $2`, on, who)
	return err
}

// followInto lets those who watch a ticket watch the one that it lives on in.
func followInto(ctx context.Context, tx *db.Tx, from, into ticket.ID, at time.Time) error {
	list, err := watchers(ctx, tx, from)
	for _, who := range list {
		if err != nil {
			return err
		}
		err = addWatch(ctx, tx, into, who, at)
	}
	return err
}
