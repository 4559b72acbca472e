// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func scanReader(r db.Row) (x Reader, err error) {
	err = r.Scan(&x.Runbook, &x.Number, &x.Person, &x.AskedAt, &x.ReadAt)
	return x, err
}

func readers(ctx context.Context, q db.Querier, which ID, number int64) ([]Reader, error) {
	return db.All(ctx, q, scanReader, `
		SELECT runbook_id, number, person_id, asked_at, read_at FROM runbook_reader
		WHERE runbook_id = $1 AND number = $2 ORDER BY CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, person_id`, which, number)
}

func ask(ctx context.Context, tx *db.Tx, r Reader) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO runbook_reader (runbook_id, number, person_id, asked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		r.Runbook, r.Number, r.Person, r.AskedAt)
	return err
}

// dropAsked forgets what nobody needs to read any more: a newer version is in force.
func dropAsked(ctx context.Context, tx *db.Tx, which ID, number int64) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM runbook_reader WHERE runbook_id = $1 AND number < $2 AND read_at IS NULL`, which, number)
	return err
}

func confirm(ctx context.Context, tx *db.Tx, which ID, number int64, who person.ID, at time.Time) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE runbook_reader SET read_at = $4 WHERE runbook_id = $1 AND number = $2 AND person_id = $3 AND read_at IS NULL`, which, number, who, at)
}

func toRead(ctx context.Context, q db.Querier, who person.ID) ([]Runbook, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM runbook WHERE retired_at IS NULL
			AND id IN (SELECT runbook_id FROM runbook_reader r WHERE r.person_id = $1 AND r.read_at IS NULL AND r.number = runbook.published)
		ORDER BY title, id`, who)
}
