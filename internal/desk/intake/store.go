// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, source, digest, sender, recipient, address, hello, size, state, outcome, reason, COALESCE(ticket_id, 0), author, subject,
	received_at, done_at, proof`

func scan(r db.Row) (e Entry, err error) {
	var proof string
	err = r.Scan(&e.ID, &e.Source, &e.Digest, &e.Sender, &e.Recipient, &e.Address, &e.Hello, &e.Size, &e.State, &e.Outcome, &e.Reason, &e.Ticket,
		&e.Author, &e.Subject, &e.ReceivedAt, &e.DoneAt, &proof)
	if err == nil {
		e.Proof, err = ticket.UnpackProof(proof)
	}
	return e, err
}

// insert writes a line and its bytes; NotFound where the message at the same place of a mailbox
// has one.
func insert(ctx context.Context, tx *db.Tx, d Delivery, digest string, at time.Time) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO inbound (source, digest, sender, recipient, address, size, state, received_at, mailbox, uid_validity, uid, hello)
		VALUES ($1, $2, $3, $4, $5, $6, 'received', $7, $8, $9, $10, $11)
		ON CONFLICT (mailbox, uid_validity, uid) WHERE uid > 0 DO NOTHING RETURNING id`,
		d.Source, digest, d.Sender, d.Recipient, d.Address, len(d.Raw), at, d.Mailbox, d.UIDValidity, d.UID, d.Hello)
	if err != nil {
		return 0, err
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO inbound_raw (inbound_id, raw) VALUES ($1, $2)`, n, d.Raw)
	return ID(n), err
}

func get(ctx context.Context, q db.Querier, which ID) (Entry, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM inbound WHERE id = $1`, which)
}

func raw(ctx context.Context, q db.Querier, which ID) ([]byte, error) {
	return db.One(ctx, q, func(r db.Row) (b []byte, err error) {
		err = r.Scan(&b)
		return b, err
	}, `SELECT raw FROM inbound_raw WHERE inbound_id = $1`, which)
}

// take locks a journalled message and its copies for other receivers, and returns it as it is
// now. Settling is what changes it, so the write is the lock.
func take(ctx context.Context, tx *db.Tx, e Entry) (Entry, error) {
	if _, err := db.Exec(ctx, tx, `UPDATE inbound SET size = size WHERE digest = $1`, e.Digest); err != nil {
		return Entry{}, err
	}
	return get(ctx, tx, e.ID)
}

func settle(ctx context.Context, tx *db.Tx, e Entry) error {
	proof, err := e.Proof.Pack()
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `
		UPDATE inbound SET state = $2, outcome = $3, reason = $4, ticket_id = $5, author = $6, subject = $7, done_at = $8, proof = $9 WHERE id = $1`,
		e.ID, e.State, e.Outcome, e.Reason, db.Opt(e.Ticket), e.Author, e.Subject, e.DoneAt, proof)
	return err
}

// begin takes a message that waits for its outcome, and reports whether the caller may place it.
// A twin that was placed since somebody looked makes it a repeat: a sender whose connection broke
// comes again while the first delivery is still being stored (F30).
func begin(ctx context.Context, tx *db.Tx, e Entry) (bool, error) {
	now, err := take(ctx, tx, e)
	if err != nil || now.State != Received {
		return false, err
	}
	twice, err := earlier(ctx, tx, e)
	if err != nil || !twice {
		return err == nil, err
	}
	e.State, e.Outcome, e.Reason = Suppressed, Repeat, "intake.repeat"
	return false, settle(ctx, tx, e)
}

// earlier reports whether the same bytes came to the same receiver shortly before, or came after and
// were placed first: keys are given before commits, so that the older line may be seen later. The
// Message-ID is no identity: it is what the sender wrote (F32, S06). What was a repeat itself begins
// no time of its own, or what comes every hour would be one for ever.
func earlier(ctx context.Context, q db.Querier, e Entry) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `
		SELECT COUNT(*) FROM inbound WHERE digest = $1 AND recipient = $2 AND received_at > $4 AND received_at < $5
			AND (id < $3 AND reason <> 'intake.repeat' OR id > $3 AND state IN ('done', 'suppressed') AND outcome <> 'repeat')`,
		e.Digest, e.Recipient, e.ID, e.ReceivedAt.Add(-e.apart), e.ReceivedAt.Add(e.apart))
	return n > 0, err
}

// placed returns the ticket on which a copy for another receiver stands, 0 where there is none.
func placed(ctx context.Context, q db.Querier, e Entry) (ticket.ID, error) {
	n, err := db.One(ctx, q, db.Int, `
		SELECT COALESCE(MIN(ticket_id), 0) FROM inbound WHERE digest = $1 AND id <> $2 AND state = 'done' AND received_at > $3 AND received_at < $4`,
		e.Digest, e.ID, e.ReceivedAt.Add(-e.apart), e.ReceivedAt.Add(e.apart))
	return ticket.ID(n), err
}

// acknowledged counts the messages of an author since at that became tickets.
func acknowledged(ctx context.Context, q db.Querier, author string, at time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM inbound WHERE author = $1 AND received_at > $2 AND outcome = 'new'`, author, at)
}

func list(ctx context.Context, q db.Querier, state State, before ID, limit int) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM inbound WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, state, before, limit)
}

func forTicket(ctx context.Context, q db.Querier, which ticket.ID) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM inbound WHERE ticket_id = $1 ORDER BY id DESC LIMIT 200`, which)
}

// Tally counts the journal by state and outcome.
type Tally struct {
	State   State
	Outcome Outcome
	Count   int64
}

func tally(ctx context.Context, q db.Querier) ([]Tally, error) {
	return db.All(ctx, q, func(r db.Row) (t Tally, err error) {
		err = r.Scan(&t.State, &t.Outcome, &t.Count)
		return t, err
	}, `SELECT state, outcome, COUNT(*) FROM inbound GROUP BY state, outcome ORDER BY state, outcome`)
}
