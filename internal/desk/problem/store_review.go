// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const reviewColumns = `id, version, begin_at, end_at, made_at, held_at, COALESCE(held_by, 0), agenda`

func scanReview(r db.Row) (x Review, err error) {
	var agenda string
	err = r.Scan(&x.ID, &x.Version, &x.Begin, &x.End, &x.MadeAt, &x.HeldAt, &x.HeldBy, &agenda)
	if err == nil && agenda != "" {
		err = json.Unmarshal([]byte(agenda), &x.Agenda)
	}
	return x, err
}

func review(ctx context.Context, q db.Querier, which ReviewID) (Review, error) {
	return db.One(ctx, q, scanReview, `SELECT `+reviewColumns+` FROM problem_review WHERE id = $1`, which)
}

func takeReview(ctx context.Context, tx *db.Tx, which ReviewID) (Review, error) {
	return db.One(ctx, tx, scanReview, `UPDATE problem_review SET version = version + 1 WHERE id = $1 RETURNING `+reviewColumns, which)
}

func reviews(ctx context.Context, q db.Querier, limit int) ([]Review, error) {
	return db.All(ctx, q, scanReview, `SELECT id, version, begin_at, end_at, made_at, held_at, COALESCE(held_by, 0), '' FROM problem_review ORDER BY begin_at DESC LIMIT $1`, limit)
}

// zones is how far the beginnings of a day lie apart from zone to zone, at most.
const zones = 26 * time.Hour

// reviewsNear are those of a period as any zone has it, the first that was made first.
func reviewsNear(ctx context.Context, q db.Querier, begin, end time.Time) ([]Review, error) {
	return db.All(ctx, q, scanReview, `SELECT `+reviewColumns+` FROM problem_review WHERE begin_at >= $1 AND begin_at <= $2 AND end_at >= $3 AND end_at <= $4 ORDER BY id LIMIT 1`,
		begin.Add(-zones), begin.Add(zones), end.Add(-zones), end.Add(zones))
}

// insertReview makes a draft, or finds the review that begins then.
func insertReview(ctx context.Context, tx *db.Tx, r Review) (ReviewID, error) {
	_, err := db.Exec(ctx, tx, `INSERT INTO problem_review (begin_at, end_at, made_at) VALUES ($1, $2, $3) ON CONFLICT (begin_at) DO NOTHING`, r.Begin, r.End, r.MadeAt)
	if err != nil {
		return 0, err
	}
	key, err := db.One(ctx, tx, db.Int, `SELECT id FROM problem_review WHERE begin_at = $1`, r.Begin)
	return ReviewID(key), err
}

func saveReview(ctx context.Context, tx *db.Tx, r Review) error {
	agenda, err := json.Marshal(r.Agenda)
	if err == nil {
		_, err = db.Exec(ctx, tx, `UPDATE problem_review SET held_at = $2, held_by = $3, agenda = $4 WHERE id = $1`, r.ID, r.HeldAt, db.Opt(r.HeldBy), string(agenda))
	}
	return err
}

func scanDecision(r db.Row) (d Decision, err error) {
	err = r.Scan(&d.ID, &d.Review, &d.Item, &d.About, &d.Text, &d.Owner, &d.Due, &d.Makes, &d.Made, &d.By, &d.At)
	return d, err
}

func decisions(ctx context.Context, q db.Querier, of ReviewID) ([]Decision, error) {
	return db.All(ctx, q, scanDecision, `SELECT id, review_id, item, about, text, COALESCE(owner_id, 0), due_at, makes, made_id, COALESCE(by_id, 0), at
		FROM problem_decision WHERE review_id = $1 ORDER BY id LIMIT 500`, of)
}

func insertDecision(ctx context.Context, tx *db.Tx, d Decision) (int64, error) {
	return db.Insert(ctx, tx, `
		INSERT INTO problem_decision (review_id, item, about, text, owner_id, due_at, makes, made_id, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		d.Review, d.Item, d.About, d.Text, db.Opt(d.Owner), d.Due, d.Makes, d.Made, db.Opt(d.By), d.At)
}
