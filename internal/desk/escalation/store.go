// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// look writes when a ticket is looked at next. A ticket with an alert that stands is looked at
// now, so that the alert goes as soon as its reason does.
func look(ctx context.Context, tx *db.Tx, which ticket.ID, at, now time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO escalation_due (ticket_id, wake_at) VALUES ($1, $2)
		ON CONFLICT (ticket_id) DO UPDATE SET wake_at =
			CASE WHEN escalation_due.alert <> '' AND excluded.wake_at > $3 THEN $3 ELSE excluded.wake_at END`, which, at, now)
	return err
}

// leave takes a ticket off the list.
func leave(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM escalation_due WHERE ticket_id = $1`, which)
	return err
}

// claimText locks tickets that are to be looked at. Another node passes over what is locked;
// SQLite has one writer.
var claimText = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite: `SELECT ticket_id FROM escalation_due WHERE wake_at <= $1 ORDER BY wake_at, ticket_id LIMIT $2`,
	Postgres: `SELECT ticket_id FROM escalation_due WHERE wake_at <= $1 ORDER BY wake_at, ticket_id LIMIT $2
		FOR UPDATE SKIP LOCKED`,
}

func claim(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]ticket.ID, error) {
	return db.All(ctx, tx, scanTicket, claimText.For(tx.Engine()), now, limit)
}

// claimOne is claim for one ticket.
var claimOneText = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite:   `SELECT ticket_id FROM escalation_due WHERE ticket_id = $1 AND wake_at <= $2`,
	Postgres: `SELECT ticket_id FROM escalation_due WHERE ticket_id = $1 AND wake_at <= $2 FOR UPDATE SKIP LOCKED`,
}

func claimOne(ctx context.Context, tx *db.Tx, which ticket.ID, now time.Time) ([]ticket.ID, error) {
	return db.All(ctx, tx, scanTicket, claimOneText.For(tx.Engine()), which, now)
}

func scanTicket(r db.Row) (x ticket.ID, err error) {
	err = r.Scan(&x)
	return x, err
}

// due returns the tickets that are to be looked at, without locking them.
func due(ctx context.Context, q db.Querier, now time.Time, limit int) ([]ticket.ID, error) {
	return db.All(ctx, q, scanTicket, `SELECT ticket_id FROM escalation_due WHERE wake_at <= $1 ORDER BY wake_at, ticket_id LIMIT $2`, now, limit)
}

// soonest returns when the first ticket is to be looked at; nothing where none is.
func soonest(ctx context.Context, q db.Querier) ([]time.Time, error) {
	return db.All(ctx, q, func(r db.Row) (t time.Time, err error) {
		err = r.Scan(&t)
		return t, err
	}, `SELECT wake_at FROM escalation_due ORDER BY wake_at, ticket_id LIMIT 1`)
}

// settle writes down that a ticket was looked at: when next, and what stands on it.
func settle(ctx context.Context, tx *db.Tx, which ticket.ID, next time.Time, a Alert) error {
	_, err := db.Exec(ctx, tx, `UPDATE escalation_due SET wake_at = $2, alert = $3, alert_id = $4, alert_due_at = $5, alert_at = $6 WHERE ticket_id = $1`,
		which, next, a.Clock, a.ID, a.Due, a.At)
	return err
}

// past is what was decided about a ticket's steps before.
type past struct {
	key
	id     int64
	raised bool
	at     time.Time
	due    time.Time
}

func pasts(ctx context.Context, q db.Querier, on ticket.ID) ([]past, error) {
	return db.All(ctx, q, func(r db.Row) (p past, err error) {
		err = r.Scan(&p.id, &p.run, &p.step, &p.raised, &p.at, &p.due)
		return p, err
	}, `SELECT id, run, step, raised, at, clock_due_at FROM escalation WHERE ticket_id = $1 ORDER BY id`, on)
}

// once writes a step down; nothing is returned where it was before. It is the one guard
// against raising a step twice.
func once(ctx context.Context, tx *db.Tx, on ticket.ID, m Moment, raised bool, now time.Time) ([]int64, error) {
	return db.All(ctx, tx, db.Int, `
		INSERT INTO escalation (ticket_id, run, step, raised, moment_at, clock_due_at, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (ticket_id, run, step) DO NOTHING RETURNING id`, on, m.Clock.Run, m.Step.ID, raised, m.At, m.Clock.Due, now)
}

func notice(ctx context.Context, tx *db.Tx, which int64, on ticket.ID, who person.ID) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO escalation_notice (escalation_id, person_id, ticket_id) VALUES ($1, $2, $3)
		ON CONFLICT (escalation_id, person_id) DO NOTHING`, which, who, on)
	return err
}

// alerts returns what stands on some tickets.
func alerts(ctx context.Context, q db.Querier, list []ticket.ID) ([]Alert, error) {
	args := make([]any, len(list))
	for i, x := range list {
		args[i] = x
	}
	return db.All(ctx, q, func(r db.Row) (a Alert, err error) {
		err = r.Scan(&a.Ticket, &a.ID, &a.Clock, &a.Due, &a.At)
		return a, err
	}, `SELECT ticket_id, alert_id, alert, alert_due_at, alert_at FROM escalation_due WHERE alert <> '' AND ticket_id IN (`+db.List(len(list), 1)+`)`, args...)
}

// notices returns what a person was told on the page and has not put away, while its alert stands.
func notices(ctx context.Context, q db.Querier, who person.ID, limit int) ([]Notice, error) {
	return db.All(ctx, q, func(r db.Row) (n Notice, err error) {
		err = r.Scan(&n.ID, &n.Ticket, &n.Clock, &n.Due, &n.At)
		return n, err
	}, `
		SELECT n.escalation_id, n.ticket_id, d.alert, d.alert_due_at, d.alert_at
		FROM escalation_notice n JOIN escalation_due d ON d.ticket_id = n.ticket_id
		WHERE n.person_id = $1 AND NOT n.seen AND d.alert <> '' AND d.alert_id = n.escalation_id
		ORDER BY n.escalation_id DESC LIMIT $2`, who, limit)
}

func putAway(ctx context.Context, tx *db.Tx, which int64, who person.ID) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE escalation_notice SET seen = TRUE WHERE escalation_id = $1 AND person_id = $2`, which, who)
}
