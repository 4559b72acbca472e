// SPDX-License-Identifier: Apache-2.0

package rota

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, name, name_en, zone, shifts, active, version`

func scan(r db.Row) (x Rota, err error) {
	var shifts string
	if err = r.Scan(&x.ID, &x.Name, &x.NameEN, &x.Zone, &shifts, &x.Active, &x.Version); err == nil {
		err = json.Unmarshal([]byte(shifts), &x.Shifts)
	}
	return x, err
}

func all(ctx context.Context, q db.Querier) ([]Rota, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM rota ORDER BY name, id`)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Rota, error) {
	return db.One(ctx, tx, scan, `UPDATE rota SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func insert(ctx context.Context, tx *db.Tx, x Rota) (ID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO rota (name, zone, shifts) VALUES ($1, $2, '[]') RETURNING id`, x.Name, x.Zone)
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, x Rota) error {
	shifts, err := json.Marshal(x.Shifts)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `UPDATE rota SET name = $2, name_en = $3, zone = $4, shifts = $5, active = $6 WHERE id = $1`,
		x.ID, x.Name, x.NameEN, x.Zone, string(shifts), x.Active)
	return err
}

const swapColumns = `id, rota_id, from_at, to_at, person_id, COALESCE(instead_id, 0), agreed, COALESCE(by_id, 0), at, off`

func scanSwap(r db.Row) (s Swap, err error) {
	err = r.Scan(&s.ID, &s.Rota, &s.From, &s.To, &s.Person, &s.Instead, &s.Agreed, &s.By, &s.At, &s.Off)
	return s, err
}

// swapsSince returns the swaps that had not ended at an instant, in the order in which they were written down.
func swapsSince(ctx context.Context, q db.Querier, at time.Time) ([]Swap, error) {
	return db.All(ctx, q, scanSwap, `SELECT `+swapColumns+` FROM rota_swap WHERE to_at > $1 ORDER BY id`, at)
}

func takeSwap(ctx context.Context, tx *db.Tx, which int64) (Swap, error) {
	return db.One(ctx, tx, scanSwap, `UPDATE rota_swap SET off = off WHERE id = $1 RETURNING `+swapColumns, which)
}

func insertSwap(ctx context.Context, tx *db.Tx, s Swap) (int64, error) {
	return db.Insert(ctx, tx, `
		INSERT INTO rota_swap (rota_id, from_at, to_at, person_id, instead_id, agreed, by_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		s.Rota, s.From, s.To, s.Person, db.Opt(s.Instead), s.Agreed, db.Opt(s.By), s.At)
}

func callOff(ctx context.Context, tx *db.Tx, which int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE rota_swap SET off = TRUE WHERE id = $1`, which)
	return err
}

const feedColumns = `id, COALESCE(rota_id, 0), COALESCE(person_id, 0), COALESCE(by_id, 0), made_at, read_at, revoked_at`

func scanFeed(r db.Row) (f Feed, err error) {
	err = r.Scan(&f.ID, &f.Rota, &f.Person, &f.By, &f.MadeAt, &f.ReadAt, &f.RevokedAt)
	return f, err
}

func feeds(ctx context.Context, q db.Querier) ([]Feed, error) {
	return db.All(ctx, q, scanFeed, `SELECT `+feedColumns+` FROM rota_feed WHERE revoked_at IS NULL ORDER BY id`)
}

func feedByHash(ctx context.Context, q db.Querier, hash string) (Feed, error) {
	return db.One(ctx, q, scanFeed, `SELECT `+feedColumns+` FROM rota_feed WHERE hash = $1 AND revoked_at IS NULL`, hash)
}

func insertFeed(ctx context.Context, tx *db.Tx, f Feed, hash string) (int64, error) {
	return db.Insert(ctx, tx, `INSERT INTO rota_feed (hash, rota_id, person_id, by_id, made_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		hash, db.Opt(f.Rota), db.Opt(f.Person), db.Opt(f.By), f.MadeAt)
}

// revoke ends a feed; the one that was is returned, nothing where there is none.
func revoke(ctx context.Context, tx *db.Tx, which int64, at time.Time) (Feed, error) {
	return db.One(ctx, tx, scanFeed, `UPDATE rota_feed SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING `+feedColumns, which, at)
}

// readFeed notes that a feed was read, at most once in an hour.
func readFeed(ctx context.Context, tx *db.Tx, which int64, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE rota_feed SET read_at = $2 WHERE id = $1`, which, at)
	return err
}
