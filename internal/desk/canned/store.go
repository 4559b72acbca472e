// SPDX-License-Identifier: Apache-2.0

package canned

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, version, COALESCE(person_id, 0), COALESCE(group_id, 0), lang, short, title, body`

func scan(r db.Row) (t Text, err error) {
	err = r.Scan(&t.ID, &t.Version, &t.Person, &t.Group, &t.Lang, &t.Short, &t.Title, &t.Body)
	return t, err
}

// readable are the texts of everybody, of all groups, and a person's own.
func readable(ctx context.Context, q db.Querier, who person.ID) ([]Text, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM canned_text WHERE person_id IS NULL OR person_id = $1 ORDER BY short, id`, who)
}

func byID(ctx context.Context, q db.Querier, which ID) (Text, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM canned_text WHERE id = $1`, which)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Text, error) {
	return db.One(ctx, tx, scan, `UPDATE canned_text SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func insert(ctx context.Context, tx *db.Tx, t Text, at any) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO canned_text (person_id, group_id, lang, short, title, body, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		db.Opt(t.Person), db.Opt(t.Group), t.Lang, t.Short, t.Title, t.Body, at)
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, t Text, at any) error {
	_, err := db.Exec(ctx, tx, `UPDATE canned_text SET person_id = $2, group_id = $3, lang = $4, short = $5, title = $6, body = $7, changed_at = $8 WHERE id = $1`,
		t.ID, db.Opt(t.Person), db.Opt(t.Group), t.Lang, t.Short, t.Title, t.Body, at)
	return err
}

func remove(ctx context.Context, tx *db.Tx, which ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM canned_text WHERE id = $1`, which)
	return err
}

func owned(ctx context.Context, q db.Querier, who person.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM canned_text WHERE person_id = $1`, who)
}
