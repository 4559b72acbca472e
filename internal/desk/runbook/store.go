// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, title, lang, version, published, draft, COALESCE(author_id, 0), at, retired_at`

func scan(r db.Row) (x Runbook, err error) {
	err = r.Scan(&x.ID, &x.Title, &x.Lang, &x.Version, &x.Published, &x.Draft, &x.Author, &x.At, &x.RetiredAt)
	return x, err
}

func list(ctx context.Context, q db.Querier) ([]Runbook, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM runbook ORDER BY title, id`)
}

func get(ctx context.Context, q db.Querier, which ID) (Runbook, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM runbook WHERE id = $1`, which)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Runbook, error) {
	return db.One(ctx, tx, scan, `UPDATE runbook SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func insert(ctx context.Context, tx *db.Tx, x Runbook) (ID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO runbook (title, lang, published, draft, author_id, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		x.Title, string(x.Lang), x.Published, x.Draft, db.Opt(x.Author), x.At)
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, x Runbook) error {
	_, err := db.Exec(ctx, tx, `UPDATE runbook SET title = $2, lang = $3, published = $4, draft = $5, retired_at = $6 WHERE id = $1`,
		x.ID, x.Title, string(x.Lang), x.Published, x.Draft, x.RetiredAt)
	return err
}

const versionColumns = `runbook_id, number, state, text, authors, note, at, COALESCE(reviewer_id, 0), reviewed_at, COALESCE(publisher_id, 0), published_at`

func scanVersion(r db.Row) (v Version, err error) {
	var authors string
	err = r.Scan(&v.Runbook, &v.Number, &v.State, &v.Text, &authors, &v.Note, &v.At, &v.Reviewer, &v.ReviewedAt, &v.Publisher, &v.PublishedAt)
	v.Authors = unpack(authors)
	return v, err
}

func versionAt(ctx context.Context, q db.Querier, which ID, number int64) (Version, error) {
	return db.One(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM runbook_version WHERE runbook_id = $1 AND number = $2`, which, number)
}

func versions(ctx context.Context, q db.Querier, which ID) ([]Version, error) {
	return db.All(ctx, q, scanVersion, `SELECT `+versionColumns+` FROM runbook_version WHERE runbook_id = $1 ORDER BY number DESC LIMIT 200`, which)
}

// inForce are the versions that new runs follow.
func inForce(ctx context.Context, q db.Querier) ([]Version, error) {
	return db.All(ctx, q, scanVersion, `
		SELECT `+versionColumns+` FROM runbook_version
		WHERE state = 'published' AND runbook_id IN (SELECT id FROM runbook WHERE retired_at IS NULL) ORDER BY runbook_id, number`)
}

func insertVersion(ctx context.Context, tx *db.Tx, v Version) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO runbook_version (runbook_id, number, state, text, authors, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Runbook, v.Number, string(v.State), v.Text, v.Authors.pack(), v.Note, v.At)
	return err
}

func saveVersion(ctx context.Context, tx *db.Tx, v Version) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE runbook_version SET state = $3, text = $4, authors = $5, note = $6, at = $7,
			reviewer_id = $8, reviewed_at = $9, publisher_id = $10, published_at = $11
		WHERE runbook_id = $1 AND number = $2`,
		v.Runbook, v.Number, string(v.State), v.Text, v.Authors.pack(), v.Note, v.At,
		db.Opt(v.Reviewer), v.ReviewedAt, db.Opt(v.Publisher), v.PublishedAt)
	return err
}

func scanPlace(r db.Row) (p Place, err error) {
	err = r.Scan(&p.Runbook, &p.Category, &p.First)
	return p, err
}

func places(ctx context.Context, q db.Querier) ([]Place, error) {
	return db.All(ctx, q, scanPlace, `SELECT runbook_id, category_id, first_line FROM runbook_category ORDER BY runbook_id, category_id`)
}

func placesOf(ctx context.Context, q db.Querier, which ID) ([]Place, error) {
	return db.All(ctx, q, scanPlace, `SELECT runbook_id, category_id, first_line FROM runbook_category WHERE runbook_id = $1 ORDER BY category_id`, which)
}

func replacePlaces(ctx context.Context, tx *db.Tx, which ID, list []Place) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM runbook_category WHERE runbook_id = $1`, which); err != nil {
		return err
	}
	for _, p := range list {
		if _, err := db.Exec(ctx, tx, `INSERT INTO runbook_category (runbook_id, category_id, first_line) VALUES ($1, $2, $3)`, which, p.Category, p.First); err != nil {
			return err
		}
	}
	return nil
}

const fileColumns = `runbook_id, token, name, kind, size, sha256, blob, COALESCE(author_id, 0), at`

func scanFile(r db.Row) (f File, err error) {
	err = r.Scan(&f.Runbook, &f.Token, &f.Name, &f.Type, &f.Size, &f.SHA256, &f.Blob, &f.Author, &f.At)
	return f, err
}

func files(ctx context.Context, q db.Querier, of ID) ([]File, error) {
	return db.All(ctx, q, scanFile, `SELECT `+fileColumns+` FROM runbook_file WHERE runbook_id = $1 ORDER BY id`, of)
}

func insertFile(ctx context.Context, tx *db.Tx, f File) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO runbook_file (runbook_id, token, name, kind, size, sha256, blob, author_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		f.Runbook, f.Token, f.Name, f.Type, f.Size, f.SHA256, f.Blob, db.Opt(f.Author), f.At)
	return err
}
