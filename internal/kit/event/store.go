// SPDX-License-Identifier: Apache-2.0

package event

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, name, subject, data, actor_id, actor_kind, via, at`

func scan(r db.Row) (x Record, err error) {
	err = r.Scan(&x.ID, &x.Name, &x.Subject, &x.Data, &x.Meta.ActorID, &x.Meta.ActorKind, &x.Meta.Via, &x.Meta.At)
	return x, err
}

func insert(ctx context.Context, tx *db.Tx, room string, r Record) (int64, error) {
	return db.Insert(ctx, tx, `
		INSERT INTO event (room, name, subject, actor_id, actor_kind, via, at, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		room, r.Name, r.Subject, r.Meta.ActorID, r.Meta.ActorKind, r.Meta.Via, r.Meta.At, string(r.Data))
}

// ReadOne returns a record by its id. NotFound "db.not_found" if there is none.
func (b *Bus) ReadOne(ctx context.Context, q db.Querier, which int64) (Record, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM event WHERE id = $1`, which)
}

// List returns what happened to a subject of a room, oldest first: at most limit records with
// an id above after. Room is the part of the name before the dot.
func (b *Bus) List(ctx context.Context, q db.Querier, room string, subject, after int64, limit int) ([]Record, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM event WHERE room = $1 AND subject = $2 AND id > $3 ORDER BY id LIMIT $4`,
		room, subject, after, limit)
}

// ListOf returns everything that happened to several subjects of a room in one query: subject by
// subject, each oldest first.
func (b *Bus) ListOf(ctx context.Context, q db.Querier, room string, subjects []int64) ([]Record, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	args := []any{room}
	for _, s := range subjects {
		args = append(args, s)
	}
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM event WHERE room = $1 AND subject IN (`+db.List(len(subjects), 2)+`) ORDER BY subject, id`, args...)
}

// ListAll returns everything that happened, oldest first: at most limit records with an id above
// after. It is for rebuilds. On PostgreSQL ids are given before commits: a record with a lower
// id may still appear behind the last one returned while others write. Use DB.Long.
func (b *Bus) ListAll(ctx context.Context, q db.Querier, after int64, limit int) ([]Record, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM event WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Last returns the highest id of a record so far; 0 where nothing ever happened.
func (b *Bus) Last(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COALESCE(MAX(id), 0) FROM event`)
}
