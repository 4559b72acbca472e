// SPDX-License-Identifier: Apache-2.0

package major

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `ticket_id, headline, public, version, declared_at, COALESCE(declared_by, 0), told_at, ended_at, COALESCE(ended_by, 0), review, deviation`

func scan(r db.Row) (x Incident, err error) {
	err = r.Scan(&x.Ticket, &x.Headline, &x.Public, &x.Version, &x.DeclaredAt, &x.DeclaredBy, &x.ToldAt, &x.EndedAt, &x.EndedBy, &x.Review, &x.Deviation)
	return x, err
}

// standing returns the incidents that have not ended, oldest first.
func standing(ctx context.Context, q db.Querier) ([]Incident, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM major WHERE ended_at IS NULL ORDER BY declared_at, ticket_id`)
}

// ended returns the incidents that ended last.
func ended(ctx context.Context, q db.Querier, limit int) ([]Incident, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM major WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, ticket_id DESC LIMIT $1`, limit)
}

func get(ctx context.Context, q db.Querier, which ticket.ID) (Incident, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM major WHERE ticket_id = $1`, which)
}

func take(ctx context.Context, tx *db.Tx, which ticket.ID) (Incident, error) {
	return db.One(ctx, tx, scan, `UPDATE major SET version = version + 1 WHERE ticket_id = $1 RETURNING `+columns, which)
}

// declare makes a ticket a major incident, or one again that had ended. Nothing is returned
// where it is one.
func declare(ctx context.Context, tx *db.Tx, x Incident) ([]Incident, error) {
	return db.All(ctx, tx, scan, `
		INSERT INTO major (ticket_id, headline, public, declared_at, declared_by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket_id) DO UPDATE SET headline = excluded.headline, public = excluded.public, version = major.version + 1,
			declared_at = excluded.declared_at, declared_by = excluded.declared_by, told_at = NULL, ended_at = NULL, ended_by = NULL,
			review = '', deviation = ''
		WHERE major.ended_at IS NOT NULL
		RETURNING `+columns, x.Ticket, x.Headline, x.Public, x.DeclaredAt, db.Opt(x.DeclaredBy))
}

func save(ctx context.Context, tx *db.Tx, x Incident) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE major SET headline = $2, public = $3, told_at = $4, ended_at = $5, ended_by = $6, review = $7, deviation = $8 WHERE ticket_id = $1`,
		x.Ticket, x.Headline, x.Public, x.ToldAt, x.EndedAt, db.Opt(x.EndedBy), x.Review, x.Deviation)
	return err
}

const updateColumns = `id, ticket_id, text, public, spread, COALESCE(by_id, 0), at`

func scanUpdate(r db.Row) (u Update, err error) {
	err = r.Scan(&u.ID, &u.Ticket, &u.Text, &u.Public, &u.Spread, &u.By, &u.At)
	return u, err
}

// updates returns the words since the declaration, newest first.
func updates(ctx context.Context, q db.Querier, on ticket.ID, since time.Time, limit int) ([]Update, error) {
	return db.All(ctx, q, scanUpdate, `
		SELECT `+updateColumns+` FROM major_update WHERE ticket_id = $1 AND at >= $2 ORDER BY id DESC LIMIT $3`, on, since, limit)
}

func insertUpdate(ctx context.Context, tx *db.Tx, u Update) (int64, error) {
	return db.Insert(ctx, tx, `INSERT INTO major_update (ticket_id, text, public, spread, by_id, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		u.Ticket, u.Text, u.Public, u.Spread, db.Opt(u.By), u.At)
}

func scanRequest(r db.Row) (x Request, err error) {
	err = r.Scan(&x.Ticket, &x.Major, &x.By, &x.At)
	return x, err
}

func requests(ctx context.Context, q db.Querier, on ticket.ID) ([]Request, error) {
	return db.All(ctx, q, scanRequest, `
		SELECT ticket_id, major_id, COALESCE(by_id, 0), at FROM major_request WHERE major_id = $1 ORDER BY ticket_id LIMIT $2`, on, maxRequests)
}

// requestOf returns the request that a ticket is; NotFound where it belongs to no incident.
func requestOf(ctx context.Context, q db.Querier, on ticket.ID) (Request, error) {
	return db.One(ctx, q, scanRequest, `SELECT ticket_id, major_id, COALESCE(by_id, 0), at FROM major_request WHERE ticket_id = $1`, on)
}

// given returns the requests of the incidents that stand.
func given(ctx context.Context, q db.Querier) ([]ticket.ID, error) {
	return db.All(ctx, q, func(r db.Row) (which ticket.ID, err error) { return which, r.Scan(&which) }, `
		SELECT r.ticket_id FROM major_request r JOIN major m ON m.ticket_id = r.major_id WHERE m.ended_at IS NULL`)
}

// detach takes a request from its incident.
func detach(ctx context.Context, tx *db.Tx, on ticket.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM major_request WHERE ticket_id = $1`, on)
	return err
}

// attach gives a request to an incident, also one of an earlier incident that has ended; false where it
// belongs to one that stands.
func attach(ctx context.Context, tx *db.Tx, x Request) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		INSERT INTO major_request (ticket_id, major_id, by_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (ticket_id) DO UPDATE
		SET major_id = excluded.major_id, by_id = excluded.by_id, at = excluded.at
		WHERE EXISTS (SELECT 1 FROM major m WHERE m.ticket_id = major_request.major_id AND m.ended_at IS NOT NULL)`,
		x.Ticket, x.Major, db.Opt(x.By), x.At)
	return n == 1, err
}
