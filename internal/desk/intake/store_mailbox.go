// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const statusColumns = `mailbox, uid_validity, uid_next, since_at, success_at, failed_at, error, answer, alarmed_at`

func scanStatus(r db.Row) (x MailboxStatus, err error) {
	err = r.Scan(&x.Mailbox, &x.Reading.UIDValidity, &x.Reading.UIDNext, &x.Reading.Since, &x.SuccessAt, &x.FailedAt, &x.Error, &x.Answer, &x.AlarmedAt)
	return x, err
}

// beginMailbox writes the line of a mailbox that has none.
func beginMailbox(ctx context.Context, tx *db.Tx, key string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO inbound_mailbox (mailbox, since_at) VALUES ($1, $2) ON CONFLICT (mailbox) DO NOTHING`, key, at)
	return err
}

// holdMailbox gives a mailbox to a node; no row where another holds it.
func holdMailbox(ctx context.Context, tx *db.Tx, key, holder string, now, until time.Time) (MailboxStatus, error) {
	return db.One(ctx, tx, scanStatus, `
		UPDATE inbound_mailbox SET holder = $2, lease_at = $4
		WHERE mailbox = $1 AND (holder = $2 OR holder = '' OR lease_at IS NULL OR lease_at <= $3)
		RETURNING `+statusColumns, key, holder, now, until)
}

func releaseMailbox(ctx context.Context, tx *db.Tx, key, holder string) error {
	_, err := db.Exec(ctx, tx, `UPDATE inbound_mailbox SET holder = '', lease_at = NULL WHERE mailbox = $1 AND holder = $2`, key, holder)
	return err
}

func noteReading(ctx context.Context, tx *db.Tx, key string, r Reading) error {
	_, err := db.Exec(ctx, tx, `UPDATE inbound_mailbox SET uid_validity = $2, uid_next = $3 WHERE mailbox = $1`, key, r.UIDValidity, r.UIDNext)
	return err
}

func noteSuccess(ctx context.Context, tx *db.Tx, key string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE inbound_mailbox SET success_at = $2, failed_at = NULL, error = '', answer = '', alarmed_at = NULL WHERE mailbox = $1`, key, at)
	return err
}

func noteFailure(ctx context.Context, tx *db.Tx, key, reason, answer string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE inbound_mailbox SET failed_at = $2, error = $3, answer = $4 WHERE mailbox = $1`, key, at, reason, answer)
	return err
}

// raiseAlarm marks a mailbox as one of whose silence people know; no row where they do already
// or where it was read after an instant.
func raiseAlarm(ctx context.Context, tx *db.Tx, key string, now, after time.Time) (MailboxStatus, error) {
	return db.One(ctx, tx, scanStatus, `
		UPDATE inbound_mailbox SET alarmed_at = $2
		WHERE mailbox = $1 AND alarmed_at IS NULL AND (success_at IS NULL OR success_at <= $3)
		RETURNING `+statusColumns, key, now, after)
}

func mailboxStatuses(ctx context.Context, q db.Querier) ([]MailboxStatus, error) {
	return db.All(ctx, q, scanStatus, `SELECT `+statusColumns+` FROM inbound_mailbox ORDER BY mailbox`)
}

// lying returns the line of the message that lies at a place in a mailbox, 0 where there is none.
func lying(ctx context.Context, q db.Querier, d Delivery) (ID, error) {
	n, err := db.One(ctx, q, db.Int, `
		SELECT COALESCE(MIN(id), 0) FROM inbound WHERE mailbox = $1 AND uid_validity = $2 AND uid = $3`, d.Mailbox, d.UIDValidity, d.UID)
	return ID(n), err
}

// known returns which of some UIDs lie in the journal.
func known(ctx context.Context, q db.Querier, mailbox string, validity uint32, from, to uint32) ([]uint32, error) {
	return db.All(ctx, q, func(r db.Row) (n uint32, err error) {
		err = r.Scan(&n)
		return n, err
	}, `SELECT uid FROM inbound WHERE mailbox = $1 AND uid_validity = $2 AND uid >= $3 AND uid <= $4 AND uid > 0 ORDER BY uid`, mailbox, validity, from, to)
}

// moved gives a message that was read under another UIDVALIDITY its new place, and returns its
// line; 0 where there is none. The bytes and the mailbox are the same, so it is the same
// delivery. Of several such, each takes one place.
func moved(ctx context.Context, tx *db.Tx, d Delivery, digest string) (ID, error) {
	n, err := db.One(ctx, tx, db.Int, `
		SELECT COALESCE(MIN(id), 0) FROM inbound WHERE digest = $1 AND mailbox = $2 AND uid > 0 AND uid_validity <> $3`, digest, d.Mailbox, d.UIDValidity)
	if err != nil || n == 0 {
		return 0, err
	}
	_, err = db.Exec(ctx, tx, `UPDATE inbound SET uid_validity = $2, uid = $3 WHERE id = $1`, n, d.UIDValidity, d.UID)
	return ID(n), err
}
