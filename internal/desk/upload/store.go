// SPDX-License-Identifier: Apache-2.0

package upload

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func insert(ctx context.Context, tx *db.Tx, b Box, token string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO upload_box_file (token, box, person_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (token) DO NOTHING`, token, b.ID, b.Person, at)
	return err
}

func count(ctx context.Context, q db.Querier, b Box) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM upload_box_file WHERE box = $1`, b.ID)
}

func tokens(ctx context.Context, q db.Querier, b Box) ([]string, error) {
	return db.All(ctx, q, func(r db.Row) (s string, err error) {
		err = r.Scan(&s)
		return s, err
	}, `SELECT token FROM upload_box_file WHERE box = $1 AND person_id = $2 ORDER BY at, token`, b.ID, b.Person)
}

// forget drops the lines of boxes that closed long ago.
func forget(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM upload_box_file WHERE at < $1`, before)
	return err
}
