// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, token, ticket_id, engineer_id, state, times, round, starts_at, ends_at, COALESCE(place_id, 0), COALESCE(device_id, 0), place, purpose, zone,
	work, parts, arrived_by, started_at, arrived_at, done_at, signed_at, signed_by, signed_how, sign_file, why, moved, version, created_at, by_id`

func scan(r db.Row) (v Visit, err error) {
	err = r.Scan(&v.ID, &v.Token, &v.Ticket, &v.Engineer, &v.State, &v.Times, &v.Round, &v.From, &v.To, &v.PlaceID, &v.Device, &v.Place, &v.Purpose, &v.Zone,
		&v.Work, &v.Parts, &v.ArrivedBy, &v.StartedAt, &v.ArrivedAt, &v.DoneAt, &v.SignedAt, &v.SignedBy, &v.SignedHow, &v.SignFile, &v.Why, &v.Moved,
		&v.Version, &v.Created, &v.By)
	return v, err
}

func get(ctx context.Context, q db.Querier, which ID) (Visit, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM visit WHERE id = $1`, which)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Visit, error) {
	return db.One(ctx, tx, scan, `UPDATE visit SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

// ofTicket are the visits of a ticket, oldest first.
func ofTicket(ctx context.Context, q db.Querier, t ticket.ID) ([]Visit, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM visit WHERE ticket_id = $1 ORDER BY id`, t)
}

// ofEngineer are the visits of somebody that touch a stretch of time, those without a time that
// wait for an answer, and those of before that are not over.
func ofEngineer(ctx context.Context, q db.Querier, who person.ID, from, to time.Time, limit int) ([]Visit, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM visit
		WHERE engineer_id = $1 AND (starts_at < $3 AND ends_at > $2 OR state IN ('proposed', 'refused') OR state IN ('agreed', 'travelling', 'on_site', 'done') AND starts_at < $3)
		ORDER BY COALESCE(starts_at, 0), id LIMIT $4`, who, from, to, limit)
}

// openAt are the visits of somebody that they go to or are at.
func openAt(ctx context.Context, q db.Querier, who person.ID) ([]Visit, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM visit WHERE engineer_id = $1 AND state IN ('agreed', 'travelling') ORDER BY starts_at, id LIMIT 50`, who)
}

// same is a visit that a form made which was sent twice.
func same(ctx context.Context, q db.Querier, v Visit) ([]Visit, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM visit
		WHERE ticket_id = $1 AND engineer_id = $2 AND state = $3 AND times = $4 AND COALESCE(starts_at, 0) = $5 AND by_id = $6 ORDER BY id LIMIT 1`,
		v.Ticket, v.Engineer, v.State, v.Times, millis(v.From), v.By)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func insert(ctx context.Context, tx *db.Tx, v Visit) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO visit (token, ticket_id, engineer_id, state, times, round, starts_at, ends_at, place_id, device_id, place, purpose, zone, created_at, by_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id`,
		v.Token, v.Ticket, v.Engineer, v.State, v.Times, v.Round, v.From, v.To, db.Opt(v.PlaceID), db.Opt(v.Device), v.Place, v.Purpose, v.Zone, v.Created, v.By)
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, v Visit) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE visit SET engineer_id = $2, state = $3, times = $4, round = $5, starts_at = $6, ends_at = $7, place_id = $8, device_id = $9, place = $10,
			purpose = $11, zone = $12, work = $13, parts = $14, arrived_by = $15, started_at = $16, arrived_at = $17, done_at = $18, signed_at = $19,
			signed_by = $20, signed_how = $21, sign_file = $22, why = $23, moved = $24
		WHERE id = $1`,
		v.ID, v.Engineer, v.State, v.Times, v.Round, v.From, v.To, db.Opt(v.PlaceID), db.Opt(v.Device), v.Place, v.Purpose, v.Zone, v.Work, v.Parts,
		v.ArrivedBy, v.StartedAt, v.ArrivedAt, v.DoneAt, v.SignedAt, v.SignedBy, v.SignedHow, v.SignFile, v.Why, v.Moved)
	return err
}

const doneColumns = `id, visit_id, key, act, state, by_id, via, did_at, at, words`

func scanDone(r db.Row) (d Deed, err error) {
	err = r.Scan(&d.ID, &d.Visit, &d.Key, &d.Act, &d.State, &d.By, &d.Via, &d.Did, &d.At, &d.Words)
	return d, err
}

// deed is what was done under a key; nothing where nothing was.
func deed(ctx context.Context, q db.Querier, which ID, key string) ([]Deed, error) {
	return db.All(ctx, q, scanDone, `SELECT `+doneColumns+` FROM visit_act WHERE visit_id = $1 AND key = $2`, which, key)
}

// begun is the visit to a ticket that somebody made under a key; nothing where nobody did.
func begun(ctx context.Context, q db.Querier, on ticket.ID, by person.ID, key string) ([]Visit, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM visit WHERE ticket_id = $1 AND id IN (SELECT visit_id FROM visit_act WHERE key = $2 AND by_id = $3) ORDER BY id LIMIT 1`,
		on, key, by)
}

func deeds(ctx context.Context, q db.Querier, which ID) ([]Deed, error) {
	return db.All(ctx, q, scanDone, `SELECT `+doneColumns+` FROM visit_act WHERE visit_id = $1 ORDER BY id`, which)
}

func insertDeed(ctx context.Context, tx *db.Tx, d Deed) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO visit_act (visit_id, key, act, state, by_id, via, did_at, at, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		d.Visit, d.Key, d.Act, d.State, d.By, d.Via, d.Did, d.At, d.Words)
	return err
}

const feedColumns = `id, person_id, made_at, read_at`

func scanFeed(r db.Row) (f Feed, err error) {
	err = r.Scan(&f.ID, &f.Person, &f.MadeAt, &f.ReadAt)
	return f, err
}

func feeds(ctx context.Context, q db.Querier, who person.ID) ([]Feed, error) {
	return db.All(ctx, q, scanFeed, `SELECT `+feedColumns+` FROM visit_feed WHERE person_id = $1 AND revoked_at IS NULL ORDER BY id`, who)
}

func feedByHash(ctx context.Context, q db.Querier, hash string) ([]Feed, error) {
	return db.All(ctx, q, scanFeed, `SELECT `+feedColumns+` FROM visit_feed WHERE hash = $1 AND revoked_at IS NULL`, hash)
}

func insertFeed(ctx context.Context, tx *db.Tx, f Feed, hash string) (int64, error) {
	return db.Insert(ctx, tx, `INSERT INTO visit_feed (person_id, hash, made_at) VALUES ($1, $2, $3) RETURNING id`, f.Person, hash, f.MadeAt)
}

func revokeFeed(ctx context.Context, tx *db.Tx, which int64, who person.ID, at time.Time) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE visit_feed SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL`, which, who, at)
}

func readFeed(ctx context.Context, tx *db.Tx, which int64, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE visit_feed SET read_at = $2 WHERE id = $1`, which, at)
	return err
}
