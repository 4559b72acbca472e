// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, ticket_id, kind, ref, title, content, digest, note, levels, state, reason, asked_by, COALESCE(author_id, 0), for_id, holds, days, version,
	reminders, asked_at, remind_at, expires_at, ended_at, COALESCE(ended_by, 0), until_at`

func scan(r db.Row) (a Approval, err error) {
	var levels string
	s := &a.Subject
	if err = r.Scan(&a.ID, &a.Ticket, &s.Kind, &s.Ref, &s.Title, &s.Content, &a.Digest, &a.Note, &levels, &a.State, &a.Reason, &a.AskedBy, &a.Author, &a.For,
		&a.Holds, &a.Days, &a.Version, &a.Reminders, &a.AskedAt, &a.RemindAt, &a.ExpiresAt, &a.EndedAt, &a.EndedBy, &a.Until); err != nil {
		return a, err
	}
	return a, json.Unmarshal([]byte(levels), &a.Levels)
}

func insert(ctx context.Context, tx *db.Tx, a Approval) (ID, error) {
	levels, err := json.Marshal(a.Levels)
	if err != nil {
		return 0, err
	}
	s := a.Subject
	n, err := db.Insert(ctx, tx, `
		INSERT INTO approval (ticket_id, kind, ref, title, content, digest, note, levels, state, asked_by, for_id, holds, days, asked_at, remind_at, expires_at,
			author_id, turn)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id`,
		a.Ticket, s.Kind, s.Ref, s.Title, s.Content, a.Digest, a.Note, string(levels), a.State, a.AskedBy, a.For, a.Holds, a.Days,
		a.AskedAt, a.RemindAt, a.ExpiresAt, db.Opt(a.Author), a.turn())
	return ID(n), err
}

// take returns an approval with its seats, for the rest of the commit nobody else's.
func take(ctx context.Context, tx *db.Tx, which ID) (Approval, error) {
	a, err := db.One(ctx, tx, scan, `UPDATE approval SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
	if err != nil {
		return a, err
	}
	a.Seats, err = seats(ctx, tx, which)
	return a, err
}

func save(ctx context.Context, tx *db.Tx, a Approval) error {
	levels, err := json.Marshal(a.Levels)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `
		UPDATE approval SET levels = $2, state = $3, reason = $4, reminders = $5, remind_at = $6, ended_at = $7, ended_by = $8, until_at = $9,
			turn = $10 WHERE id = $1`,
		a.ID, string(levels), a.State, a.Reason, a.Reminders, a.RemindAt, a.EndedAt, db.Opt(a.EndedBy), a.Until, a.turn())
	return err
}

func get(ctx context.Context, q db.Querier, which ID) (Approval, error) {
	a, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM approval WHERE id = $1`, which)
	if err != nil {
		return a, err
	}
	a.Seats, err = seats(ctx, q, which)
	return a, err
}

// perTicket bounds what is read of one ticket.
const perTicket = 200

func ofTicket(ctx context.Context, q db.Querier, on ticket.ID) ([]Approval, error) {
	list, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM approval WHERE ticket_id = $1 ORDER BY id DESC LIMIT $2`, on, perTicket)
	if err != nil {
		return nil, err
	}
	return seated(ctx, q, list)
}

// waitingOf returns what waits on a ticket, the oldest first.
func waitingOf(ctx context.Context, q db.Querier, on ticket.ID) ([]Approval, error) {
	list, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM approval WHERE ticket_id = $1 AND state = 'waiting' ORDER BY id LIMIT $2`, on, perTicket)
	if err != nil {
		return nil, err
	}
	return seated(ctx, q, list)
}

// covering returns what was granted on a ticket for one digest.
func covering(ctx context.Context, q db.Querier, on ticket.ID, kind, ref, digest string) ([]Approval, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM approval WHERE ticket_id = $1 AND state = 'granted' AND kind = $2 AND ref = $3 AND digest = $4 ORDER BY id DESC LIMIT 20`,
		on, kind, ref, digest)
}

// askedOf returns what waits and has a seat of one of these people that is not answered.
func askedOf(ctx context.Context, q db.Querier, who []person.ID, limit int) ([]Approval, error) {
	if len(who) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(who)+1)
	for _, w := range who {
		args = append(args, w)
	}
	list, err := db.All(ctx, q, scan, `
		SELECT `+columns+` FROM approval WHERE state = 'waiting' AND id IN (
			SELECT approval_id FROM approval_seat WHERE answer = '' AND gone_at IS NULL AND person_id IN (`+db.List(len(who), 1)+`))
		ORDER BY expires_at, id LIMIT $`+itoa(len(who)+1), append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return seated(ctx, q, list)
}

// awaits counts what waits for somebody: approvals with an open seat of one of these people in the
// level whose turn it is, in which they did not answer already and which is not their own.
func awaits(ctx context.Context, q db.Querier, by person.ID, who []person.ID, at time.Time) (int64, error) {
	args := []any{by, at}
	for _, w := range who {
		args = append(args, w)
	}
	return db.One(ctx, q, db.Int, `
		SELECT COUNT(DISTINCT a.id) FROM approval_seat s JOIN approval a ON a.id = s.approval_id
		WHERE s.answer = '' AND s.gone_at IS NULL AND s.person_id IN (`+db.List(len(who), 3)+`) AND a.state = 'waiting' AND a.expires_at > $2
			AND (a.turn = s.level OR a.turn = 0) AND a.asked_by <> $1 AND a.for_id <> $1 AND COALESCE(a.author_id, 0) <> $1
			AND NOT EXISTS (SELECT 1 FROM approval_seat o WHERE o.approval_id = a.id AND o.level = s.level AND o.by_id = $1)`, args...)
}

// decidedBy returns what somebody answered last.
func decidedBy(ctx context.Context, q db.Querier, who person.ID, limit int) ([]Approval, error) {
	list, err := db.All(ctx, q, scan, `
		SELECT `+columns+` FROM approval WHERE id IN (SELECT approval_id FROM approval_seat WHERE by_id = $1) ORDER BY id DESC LIMIT $2`, who, limit)
	if err != nil {
		return nil, err
	}
	return seated(ctx, q, list)
}

func seated(ctx context.Context, q db.Querier, list []Approval) ([]Approval, error) {
	for i := range list {
		var err error
		if list[i].Seats, err = seats(ctx, q, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// leavesOf returns the leaves of these people.
func leavesOf(ctx context.Context, q db.Querier, who ...person.ID) ([]Leave, error) {
	if len(who) == 0 {
		return nil, nil
	}
	args := make([]any, len(who))
	for i, w := range who {
		args[i] = w
	}
	return db.All(ctx, q, scanLeave, `SELECT person_id, deputy_id, from_at, to_at FROM approval_leave WHERE person_id IN (`+db.List(len(who), 1)+`)`, args...)
}

// absentFor returns the leaves in which somebody stands in at an instant.
func absentFor(ctx context.Context, q db.Querier, deputy person.ID, at time.Time) ([]Leave, error) {
	return db.All(ctx, q, scanLeave, `
		SELECT person_id, deputy_id, from_at, to_at FROM approval_leave WHERE deputy_id = $1 AND from_at <= $2 AND to_at > $2 ORDER BY person_id LIMIT 100`,
		deputy, at)
}

func scanLeave(r db.Row) (l Leave, err error) {
	err = r.Scan(&l.Person, &l.Deputy, &l.From, &l.To)
	return l, err
}

func saveLeave(ctx context.Context, tx *db.Tx, l Leave) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO approval_leave (person_id, deputy_id, from_at, to_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) DO UPDATE SET deputy_id = excluded.deputy_id, from_at = excluded.from_at, to_at = excluded.to_at`,
		l.Person, l.Deputy, l.From, l.To)
	return err
}

func dropLeave(ctx context.Context, tx *db.Tx, who person.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM approval_leave WHERE person_id = $1`, who)
	return n == 1, err
}
