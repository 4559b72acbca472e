// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func scanText(r db.Row) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

func credential(ctx context.Context, q db.Querier, who person.ID) (string, error) {
	return db.One(ctx, q, scanText, `SELECT hash FROM credential WHERE person_id = $1`, who)
}

func saveCredential(ctx context.Context, tx *db.Tx, who person.ID, hashed string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO credential (person_id, hash, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`, who, hashed, at)
	return err
}

const sessionColumns = `id, person_id, address, agent, created_at, seen_at`

func scanSession(r db.Row) (s Session, err error) {
	err = r.Scan(&s.ID, &s.Person, &s.Address, &s.Agent, &s.CreatedAt, &s.SeenAt)
	return s, err
}

func insertSession(ctx context.Context, tx *db.Tx, hashed string, s Session) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO session (hash, person_id, address, agent, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		hashed, s.Person, s.Address, s.Agent, s.CreatedAt, s.SeenAt)
	return err
}

func sessionByHash(ctx context.Context, q db.Querier, hashed string) (Session, error) {
	return db.One(ctx, q, scanSession, `SELECT `+sessionColumns+` FROM session WHERE hash = $1`, hashed)
}

func sessionsOf(ctx context.Context, q db.Querier, who person.ID) ([]Session, error) {
	return db.All(ctx, q, scanSession, `SELECT `+sessionColumns+` FROM session WHERE person_id = $1 ORDER BY seen_at DESC, id DESC`, who)
}

func touch(ctx context.Context, tx *db.Tx, which int64, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, which, at)
	return err
}

func dropSession(ctx context.Context, tx *db.Tx, hashed string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM session WHERE hash = $1`, hashed)
	return err
}

// dropOwnSession returns NotFound where the person has no such session.
func dropOwnSession(ctx context.Context, tx *db.Tx, who person.ID, which int64) error {
	_, err := db.One(ctx, tx, db.Int, `DELETE FROM session WHERE id = $1 AND person_id = $2 RETURNING id`, which, who)
	return err
}

func dropSessions(ctx context.Context, tx *db.Tx, who person.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM session WHERE person_id = $1`, who)
	return err
}

func dropOld(ctx context.Context, tx *db.Tx, before time.Time) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM session WHERE created_at < $1`, before.Add(-Absolute)); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM one_time WHERE expires_at < $1`, before); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM attempt WHERE since_at < $1`, before.Add(-Window))
	return err
}

func scanToken(r db.Row) (t Token, err error) {
	err = r.Scan(&t.ID, &t.Person, &t.Name, &t.CreatedAt, &t.RevokedAt)
	return t, err
}

const tokenColumns = `id, person_id, name, created_at, revoked_at` //nolint:gosec // names of columns

func insertToken(ctx context.Context, tx *db.Tx, hashed string, t Token) (int64, error) {
	return db.Insert(ctx, tx, `INSERT INTO api_token (hash, person_id, name, created_at) VALUES ($1, $2, $3, $4) RETURNING id`,
		hashed, t.Person, t.Name, t.CreatedAt)
}

func tokenByHash(ctx context.Context, q db.Querier, hashed string) (Token, error) {
	return db.One(ctx, q, scanToken, `SELECT `+tokenColumns+` FROM api_token WHERE hash = $1 AND revoked_at IS NULL`, hashed)
}

func tokensOf(ctx context.Context, q db.Querier, who person.ID) ([]Token, error) {
	return db.All(ctx, q, scanToken, `SELECT `+tokenColumns+` FROM api_token WHERE person_id = $1 AND revoked_at IS NULL ORDER BY id`, who)
}

func revokeToken(ctx context.Context, tx *db.Tx, who person.ID, which int64, at time.Time) (string, error) {
	return db.One(ctx, tx, scanText, `
		UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL RETURNING name`, which, who, at)
}

func revokeTokens(ctx context.Context, tx *db.Tx, who person.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE api_token SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL`, who, at)
	return err
}

func insertOneTime(ctx context.Context, tx *db.Tx, hashed, purpose string, who person.ID, until time.Time) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM one_time WHERE purpose = $1 AND COALESCE(person_id, 0) = $2`, purpose, who); err != nil {
		return err // a newer link voids the older ones (S51)
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO one_time (hash, purpose, person_id, expires_at) VALUES ($1, $2, $3, $4)`,
		hashed, purpose, db.Opt(who), until)
	return err
}

func dropOneTimes(ctx context.Context, tx *db.Tx, who person.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM one_time WHERE person_id = $1`, who)
	return err
}

func peekOneTime(ctx context.Context, q db.Querier, hashed, purpose string, now time.Time) (person.ID, error) {
	n, err := db.One(ctx, q, db.Int, `
		SELECT COALESCE(person_id, 0) FROM one_time WHERE hash = $1 AND purpose = $2 AND expires_at > $3`, hashed, purpose, now)
	return person.ID(n), err
}

func useOneTime(ctx context.Context, tx *db.Tx, hashed, purpose string, now time.Time) (person.ID, error) {
	n, err := db.One(ctx, tx, db.Int, `
		DELETE FROM one_time WHERE hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING COALESCE(person_id, 0)`, hashed, purpose, now)
	return person.ID(n), err
}

// count adds one try and returns how many there were in the window, this one included.
func count(ctx context.Context, tx *db.Tx, name string, now time.Time) (int64, error) {
	return db.One(ctx, tx, db.Int, `
		INSERT INTO attempt (name, tries, since_at) VALUES ($1, 1, $2)
		ON CONFLICT (name) DO UPDATE SET
			tries = CASE WHEN attempt.since_at < $3 THEN 1 ELSE attempt.tries + 1 END,
			since_at = CASE WHEN attempt.since_at < $3 THEN $2 ELSE attempt.since_at END
		RETURNING tries`, name, now, now.Add(-Window))
}

func forgive(ctx context.Context, tx *db.Tx, name string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM attempt WHERE name = $1`, name)
	return err
}
