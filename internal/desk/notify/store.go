// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, ticket_id, person_id, event_id, template, address, state, reason, answer, attempts, message_id,
	created_at, queued_at, tried_at, sent_at, due_at, COALESCE(with_id, 0), early, bounced_at`

func scan(r db.Row) (d Delivery, err error) {
	err = r.Scan(&d.ID, &d.Ticket, &d.Person, &d.Event, &d.Template, &d.Address, &d.State, &d.Reason, &d.Answer, &d.Attempts, &d.MessageID,
		&d.CreatedAt, &d.QueuedAt, &d.TriedAt, &d.SentAt, &d.DueAt, &d.With, &d.Early, &d.BouncedAt)
	return d, err
}

// insert writes a delivery down; no row is returned where the same was written before.
func insert(ctx context.Context, tx *db.Tx, d Delivery) ([]Delivery, error) {
	return db.All(ctx, tx, scan, `
		INSERT INTO delivery (ticket_id, person_id, event_id, template, address, state, reason, message_id, created_at, queued_at, due_at, with_id, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)
		ON CONFLICT (event_id, person_id, template) DO NOTHING RETURNING `+columns,
		d.Ticket, d.Person, d.Event, d.Template, d.Address, d.State, d.Reason, d.MessageID, d.CreatedAt, d.DueAt, db.Opt(d.With), d.Answer)
}

func get(ctx context.Context, q db.Querier, which ID) (Delivery, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE id = $1`, which)
}

// settle writes the outcome of a try. A delivery that was settled meanwhile stays as it is:
// false is returned.
func settle(ctx context.Context, tx *db.Tx, d Delivery) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE delivery SET state = $2, reason = $3, answer = $4, attempts = $5, tried_at = $6, sent_at = $7, message_id = $8
		WHERE id = $1 AND state = 'queued'`,
		d.ID, d.State, d.Reason, d.Answer, d.Attempts, d.TriedAt, d.SentAt, d.MessageID)
	return n == 1, err
}

// readdress writes another address and name on a letter that waits, and the address on what rides
// along: that has the letter's name once it went with it, and one of its own if they part.
func readdress(ctx context.Context, tx *db.Tx, d Delivery) error {
	_, err := db.Exec(ctx, tx, `UPDATE delivery SET address = $2, message_id = CASE WHEN id = $1 THEN $3 ELSE message_id END WHERE (id = $1 OR with_id = $1) AND state = 'queued'`,
		d.ID, d.Address, d.MessageID)
	return err
}

// again queues a delivery once more that was not sent.
func again(ctx context.Context, tx *db.Tx, d Delivery) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE delivery SET state = 'queued', reason = '', answer = '', attempts = 0, address = $2, message_id = $3, queued_at = $4,
			due_at = $4, with_id = NULL, early = 1, bounced_at = NULL
		WHERE id = $1 AND state IN ('failed', 'skipped', 'bounced')`,
		d.ID, d.Address, d.MessageID, d.QueuedAt)
	return n == 1, err
}

// before returns the deliveries of a ticket to a person that are older and not sent yet: the
// order in which things happened is the order in which they are told (F38).
func before(ctx context.Context, q db.Querier, d Delivery) ([]Delivery, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM delivery
		WHERE ticket_id = $1 AND person_id = $2 AND state = 'queued' AND id < $3 ORDER BY id LIMIT 1`, d.Ticket, d.Person, d.ID)
}

func ofTicket(ctx context.Context, q db.Querier, on ticket.ID) ([]Delivery, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE ticket_id = $1 ORDER BY id`, on)
}

// countTicket counts the lines of a ticket, and those that somebody should look at.
func countTicket(ctx context.Context, q db.Querier, on ticket.ID) (lines, troubled int64, err error) {
	n, err := db.One(ctx, q, func(r db.Row) (n [2]int64, err error) {
		err = r.Scan(&n[0], &n[1])
		return n, err
	}, `
		SELECT COUNT(*), COUNT(CASE WHEN state IN ('failed', 'bounced') OR reason = 'notify.delayed' THEN 1 END)
		FROM delivery WHERE ticket_id = $1`, on)
	return n[0], n[1], err
}

func troubledOf(ctx context.Context, q db.Querier, on ticket.ID) ([]Delivery, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM delivery
		WHERE ticket_id = $1 AND (state IN ('failed', 'bounced') OR reason = 'notify.delayed') ORDER BY id`, on)
}

func failed(ctx context.Context, q db.Querier, before ID, limit int) ([]Delivery, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE state <> 'sent' AND state IN ('failed', 'bounced') AND id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
}

// acknowledged counts the acknowledgements to an address since at that were sent or will be.
func acknowledged(ctx context.Context, q db.Querier, address string, at time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `
		SELECT COUNT(*) FROM delivery WHERE address = $1 AND template = 'acknowledged' AND created_at > $2 AND state <> 'skipped'`, address, at)
}

// answeredSince counts the acknowledgements since at that were sent or will be, but for one.
func answeredSince(ctx context.Context, q db.Querier, at time.Time, but ID) (int64, error) {
	return db.One(ctx, q, db.Int, `
		SELECT COUNT(*) FROM delivery WHERE template = 'acknowledged' AND state <> 'skipped' AND created_at > $1 AND id <> $2`, at, but)
}

// answeredDomain counts those of them that went to a domain.
func answeredDomain(ctx context.Context, q db.Querier, domain string, at time.Time, but ID) (int64, error) {
	return db.One(ctx, q, db.Int, `
		SELECT COUNT(*) FROM delivery
		WHERE template = 'acknowledged' AND state <> 'skipped' AND created_at > $1 AND id <> $2
			AND SUBSTR(address, LENGTH(address) - LENGTH($3)) = '@' || $3`, at, but, domain)
}

func scanTally(r db.Row) (t Tally, err error) {
	err = r.Scan(&t.State, &t.Reason, &t.Count)
	return t, err
}

// tally counts what is not sent, by state and reason, since at.
func tally(ctx context.Context, q db.Querier, at time.Time) ([]Tally, error) {
	return db.All(ctx, q, scanTally, `
		SELECT state, reason, COUNT(*) FROM delivery WHERE state <> 'sent' AND created_at > $1
		GROUP BY state, reason ORDER BY state, reason`, at)
}

// join takes the letter that still waits for a reader of a ticket, so that nobody sends it
// meanwhile; none where there is none that leaves after a time.
func join(ctx context.Context, tx *db.Tx, d Delivery, after time.Time) ([]Delivery, error) {
	return db.All(ctx, tx, scan, `
		UPDATE delivery SET attempts = attempts
		WHERE id = (SELECT MAX(id) FROM delivery WHERE ticket_id = $1 AND person_id = $2 AND state = 'queued' AND with_id IS NULL)
			AND state = 'queued' AND attempts = 0 AND due_at > $3
		RETURNING `+columns, d.Ticket, d.Person, after)
}

// hurried makes due what waits before a delivery, and returns it in its order.
func hurried(ctx context.Context, tx *db.Tx, d Delivery, now, after time.Time) ([]Delivery, error) {
	return db.All(ctx, tx, scan, `
		UPDATE delivery SET due_at = $4, queued_at = $4, early = 1
		WHERE ticket_id = $1 AND person_id = $2 AND id < $3 AND state = 'queued' AND with_id IS NULL AND due_at > $5
		RETURNING `+columns, d.Ticket, d.Person, d.ID, now, after)
}

// riders are what is told in the letter of a delivery.
func riders(ctx context.Context, q db.Querier, which ID) ([]Delivery, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delivery WHERE with_id = $1 AND state = 'queued' ORDER BY id`, which)
}

// apart parts what is still to be told from a letter that is settled.
func apart(ctx context.Context, tx *db.Tx, from ID) ([]Delivery, error) {
	return db.All(ctx, tx, scan, `UPDATE delivery SET with_id = NULL WHERE with_id = $1 AND state = 'queued' RETURNING `+columns, from)
}

func reader(ctx context.Context, q db.Querier, who person.ID) (Reader, error) {
	list, err := db.All(ctx, q, func(r db.Row) (x Reader, err error) {
		err = r.Scan(&x.Mode, &x.Hours.From, &x.Hours.To)
		return x, err
	}, `SELECT mode, quiet_from, quiet_to FROM mail_reader WHERE person_id = $1`, who)
	if err != nil || len(list) == 0 {
		return Reader{}, err
	}
	return list[0], nil
}

func saveReader(ctx context.Context, tx *db.Tx, who person.ID, r Reader) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO mail_reader (person_id, mode, quiet_from, quiet_to) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) DO UPDATE SET mode = excluded.mode, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to`,
		who, r.Mode, r.Hours.From, r.Hours.To)
	return err
}

// answered notes that an address gets an automatic answer, and reports whether it may: false
// where it got one since a time. The row is taken, so that two requests at once get one answer.
func answered(ctx context.Context, tx *db.Tx, address string, now, since time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		INSERT INTO mail_address (address, answered_at) VALUES ($1, $2)
		ON CONFLICT (address) DO UPDATE SET answered_at = excluded.answered_at
		WHERE mail_address.answered_at IS NULL OR mail_address.answered_at <= $3`, address, now, since)
	return n == 1, err
}

// withhold turns a delivery that was just written down into one that is not sent.
func withhold(ctx context.Context, tx *db.Tx, d Delivery) error {
	_, err := db.Exec(ctx, tx, `UPDATE delivery SET state = $2, reason = $3 WHERE id = $1`, d.ID, d.State, d.Reason)
	return err
}

// bury notes that nothing reaches an address, and what its server said.
func bury(ctx context.Context, tx *db.Tx, address, answer string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO mail_address (address, dead_at, answer) VALUES ($1, $2, $3)
		ON CONFLICT (address) DO UPDATE SET dead_at = excluded.dead_at, answer = excluded.answer`, address, at, answer)
	return err
}

// revive forgets that.
func revive(ctx context.Context, tx *db.Tx, address string) error {
	_, err := db.Exec(ctx, tx, `UPDATE mail_address SET dead_at = NULL, answer = '' WHERE address = $1 AND dead_at IS NOT NULL`, address)
	return err
}

func scanDead(r db.Row) (d Dead, err error) {
	err = r.Scan(&d.Address, &d.At, &d.Answer)
	return d, err
}

// dead returns what is known of an address that nothing reaches; none for any other.
func dead(ctx context.Context, q db.Querier, address string) ([]Dead, error) {
	return db.All(ctx, q, scanDead, `SELECT address, dead_at, answer FROM mail_address WHERE address = $1 AND dead_at IS NOT NULL`, address)
}

// returned finds what was sent as a mail that came back, by its name.
func returned(ctx context.Context, q db.Querier, on ticket.ID, name string) ([]Delivery, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM delivery WHERE message_id = $1 AND ticket_id = $2 AND state IN ('sent', 'bounced') ORDER BY id`, name, on)
}

// latest finds the mail that was sent last to a person about a ticket, as one or more deliveries.
func latest(ctx context.Context, q db.Querier, on ticket.ID, to person.ID, before time.Time) ([]Delivery, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM delivery WHERE message_id = (
			SELECT message_id FROM delivery WHERE ticket_id = $1 AND person_id = $2 AND state IN ('sent', 'bounced') AND sent_at <= $3
			ORDER BY sent_at DESC, id DESC LIMIT 1)
		AND ticket_id = $1 AND state IN ('sent', 'bounced') ORDER BY id`, on, to, before)
}

// cameBack writes down that a mail that was sent did not arrive, or not yet.
func cameBack(ctx context.Context, tx *db.Tx, d Delivery) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE delivery SET state = $2, reason = $3, answer = $4, bounced_at = $5 WHERE id = $1 AND state = 'sent'`,
		d.ID, d.State, d.Reason, d.Answer, d.BouncedAt)
	return n == 1, err
}

// markNews notes that somebody is told a piece of news; false where they were told it before.
func markNews(ctx context.Context, tx *db.Tx, to person.ID, token string, at time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO news_told (person_id, token, at) VALUES ($1, $2, $3) ON CONFLICT (person_id, token) DO NOTHING`, to, token, at)
	return n == 1, err
}
