// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"context"
	"encoding/json"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const formColumns = `category_id, version, fields, COALESCE(author_id, 0), at`

func scanForm(r db.Row) (f Form, err error) {
	var fields string
	if err = r.Scan(&f.Category, &f.Version, &fields, &f.Author, &f.At); err == nil {
		err = json.Unmarshal([]byte(fields), &f.Fields)
	}
	return f, err
}

func insertForm(ctx context.Context, tx *db.Tx, f Form) error {
	fields, err := json.Marshal(f.Fields)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO category_form (category_id, version, fields, author_id, at) VALUES ($1, $2, $3, $4, $5)`,
		f.Category, f.Version, string(fields), db.Opt(f.Author), f.At)
	return err
}

func formAt(ctx context.Context, q db.Querier, which CategoryID, version int64) (Form, error) {
	return db.One(ctx, q, scanForm, `SELECT `+formColumns+` FROM category_form WHERE category_id = $1 AND version = $2`, which, version)
}

func formsOf(ctx context.Context, q db.Querier, which CategoryID) ([]Form, error) {
	return db.All(ctx, q, scanForm, `SELECT `+formColumns+` FROM category_form WHERE category_id = $1 ORDER BY version DESC, id`, which)
}

// lastForms are the newest versions of all categories.
func lastForms(ctx context.Context, q db.Querier) ([]Form, error) {
	return db.All(ctx, q, scanForm, `
		SELECT `+formColumns+` FROM category_form f
		WHERE version = (SELECT MAX(version) FROM category_form x WHERE x.category_id = f.category_id) ORDER BY category_id, id`)
}

func byCategory(list []Form) map[CategoryID]Form {
	out := make(map[CategoryID]Form, len(list))
	for _, f := range list {
		out[f.Category] = f
	}
	return out
}
