// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, name, icon, filter, sort, grouping, columns, dense, shared, owner_id, COALESCE(group_id, 0), version, deleted_at`

func scan(r db.Row) (v View, err error) {
	var cols string
	var deleted time.Time
	err = r.Scan(&v.ID, &v.Name, &v.Icon, &v.Filter, &v.Sort, &v.Grouping, &cols, &v.Dense, &v.Sharing, &v.Owner, &v.Group, &v.Version, &deleted)
	v.Columns, v.gone = strings.Fields(cols), !deleted.IsZero()
	return v, err
}

// standing returns every view that is not deleted, by age.
func standing(ctx context.Context, q db.Querier) ([]View, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM queue_view WHERE deleted_at IS NULL ORDER BY id`)
}

func take(ctx context.Context, tx *db.Tx, which ViewID) (View, error) {
	return db.One(ctx, tx, scan, `UPDATE queue_view SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func insert(ctx context.Context, tx *db.Tx, v View) (ViewID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO queue_view (name, filter, owner_id) VALUES ($1, $2, $3) RETURNING id`, v.Name, v.Filter, v.Owner)
	return ViewID(n), err
}

func save(ctx context.Context, tx *db.Tx, v View) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE queue_view SET name = $2, icon = $3, filter = $4, sort = $5, grouping = $6, columns = $7, dense = $8, shared = $9, group_id = $10
		WHERE id = $1`,
		v.ID, v.Name, v.Icon, v.Filter, v.Sort, v.Grouping, packed(v.Columns), v.Dense, v.Sharing, db.Opt(v.Group))
	return err
}

// bury marks a view as deleted; the zero time brings it back.
func bury(ctx context.Context, tx *db.Tx, which ViewID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE queue_view SET deleted_at = $2 WHERE id = $1`, which, at)
	return err
}

func owned(ctx context.Context, q db.Querier, who person.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM queue_view WHERE owner_id = $1 AND deleted_at IS NULL`, who)
}

// choice is what somebody decided about a view.
type choice struct {
	who    person.ID
	view   ViewID
	place  int64
	chosen bool
}

func scanChoice(r db.Row) (c choice, err error) {
	err = r.Scan(&c.who, &c.view, &c.place, &c.chosen)
	return c, err
}

func choices(ctx context.Context, q db.Querier) ([]choice, error) {
	return db.All(ctx, q, scanChoice, `SELECT person_id, view_id, place, chosen FROM queue_favourite ORDER BY person_id, place, view_id`)
}

func choose(ctx context.Context, tx *db.Tx, c choice) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO queue_favourite (person_id, view_id, place, chosen) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id, view_id) DO UPDATE SET place = excluded.place, chosen = excluded.chosen`, c.who, c.view, c.place, c.chosen)
	return err
}
