// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, ticket_id, way, state, version, agent_id, tool, target, wants, pictures, words, relay, kept, said, holder,
	asked_at, agreed_at, started_at, ended_at, requester_seen, agent_seen, reason, outcome, note, COALESCE(ended_by, 0)`

func scan(r db.Row) (x Session, err error) {
	err = r.Scan(&x.ID, &x.Ticket, &x.Way, &x.State, &x.Version, &x.Agent, &x.Tool, &x.Target, &x.Wants, &x.Pictures, &x.Text, &x.Relay, &x.Kept, &x.Said, &x.holder,
		&x.AskedAt, &x.AgreedAt, &x.StartedAt, &x.EndedAt, &x.RequesterSeen, &x.AgentSeen, &x.Reason, &x.Outcome, &x.Note, &x.EndedBy)
	return x, err
}

// insert stores a new session; 0 where one of its way is open on the ticket.
func insert(ctx context.Context, tx *db.Tx, x Session) (ID, error) {
	list, err := db.All(ctx, tx, func(r db.Row) (which ID, err error) {
		err = r.Scan(&which)
		return which, err
	}, `
		INSERT INTO remote_session (ticket_id, way, state, agent_id, tool, target, wants, relay, asked_at, started_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
		x.Ticket, x.Way, x.State, x.Agent, x.Tool, x.Target, x.Wants, x.Relay, x.AskedAt, x.StartedAt)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

func get(ctx context.Context, q db.Querier, which ID) (Session, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM remote_session WHERE id = $1`, which)
}

// take takes a session for the rest of the commit.
func take(ctx context.Context, tx *db.Tx, which ID) (Session, error) {
	return db.One(ctx, tx, scan, `UPDATE remote_session SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func save(ctx context.Context, tx *db.Tx, x Session) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE remote_session SET state = $2, pictures = $3, words = $4, kept = $5, holder = $6, agreed_at = $7, started_at = $8, ended_at = $9,
			requester_seen = $10, agent_seen = $11, reason = $12, outcome = $13, note = $14, ended_by = $15 WHERE id = $1`,
		x.ID, x.State, x.Pictures, x.Text, x.Kept, x.holder, x.AgreedAt, x.StartedAt, x.EndedAt,
		x.RequesterSeen, x.AgentSeen, x.Reason, x.Outcome, x.Note, db.Opt(x.EndedBy))
	return err
}

// ofTicket returns the sessions of a ticket, newest first.
func ofTicket(ctx context.Context, q db.Querier, on ticket.ID, limit int) ([]Session, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM remote_session WHERE ticket_id = $1 ORDER BY id DESC LIMIT $2`, on, limit)
}

// openOf returns the open sessions of a ticket.
func openOf(ctx context.Context, q db.Querier, on ticket.ID) ([]Session, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM remote_session WHERE ticket_id = $1 AND ended_at IS NULL ORDER BY id`, on)
}

// open returns what is open anywhere, oldest first.
func open(ctx context.Context, q db.Querier, limit int) ([]Session, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM remote_session WHERE ended_at IS NULL ORDER BY id LIMIT $1`, limit)
}

// seen notes that a side was heard of.
func seen(ctx context.Context, tx *db.Tx, which ID, by Side, at time.Time) error {
	var err error
	if by == Viewer {
		_, err = db.Exec(ctx, tx, `UPDATE remote_session SET agent_seen = $2 WHERE id = $1`, which, at)
	} else {
		_, err = db.Exec(ctx, tx, `UPDATE remote_session SET requester_seen = $2 WHERE id = $1`, which, at)
	}
	return err
}

// say stores a message of one side and counts it.
func say(ctx context.Context, tx *db.Tx, which ID, by Side, body string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO remote_signal (session_id, side, body, at) VALUES ($1, $2, $3, $4)`, which, by, body, at)
	if err == nil {
		_, err = db.Exec(ctx, tx, `UPDATE remote_session SET said = said + 1 WHERE id = $1`, which)
	}
	return err
}

// lately counts what was said in a session since an instant.
func lately(ctx context.Context, q db.Querier, which ID, since time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM remote_signal WHERE session_id = $1 AND at > $2`, which, since)
}

func heard(ctx context.Context, q db.Querier, which ID, from Side, after int64) ([]Signal, error) {
	return db.All(ctx, q, func(r db.Row) (x Signal, err error) {
		err = r.Scan(&x.ID, &x.Body)
		return x, err
	}, `SELECT id, body FROM remote_signal WHERE session_id = $1 AND side = $2 AND id > $3 ORDER BY id LIMIT $4`, which, from, after, maxHeard)
}

// latest is the newest message of a session, 0 where there is none.
func latest(ctx context.Context, q db.Querier, which ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COALESCE(MAX(id), 0) FROM remote_signal WHERE session_id = $1`, which)
}

// forget drops what was said in a session.
func forget(ctx context.Context, tx *db.Tx, which ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM remote_signal WHERE session_id = $1`, which)
	return err
}

// of reports whether a session is somebody's: whoever asked for it.
func (x Session) of(who person.ID) bool { return x.Agent == who }
