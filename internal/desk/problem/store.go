// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, version, title, state, COALESCE(category_id, 0), COALESCE(service_id, 0), COALESCE(owner_id, 0), cause, workaround, reply, fix,
	opened_at, COALESCE(opened_by, 0), changed_at, known_at, resolved_at, closed_at`

const counted = `, (SELECT COUNT(*) FROM problem_ticket l WHERE l.problem_id = problem.id)`

func scan(r db.Row) (p Problem, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.Title, &p.State, &p.Category, &p.Service, &p.Owner, &p.Cause, &p.Workaround, &p.Reply, &p.Fix,
		&p.OpenedAt, &p.OpenedBy, &p.ChangedAt, &p.KnownAt, &p.ResolvedAt, &p.ClosedAt)
	return p, err
}

func scanCounted(r db.Row) (p Problem, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.Title, &p.State, &p.Category, &p.Service, &p.Owner, &p.Cause, &p.Workaround, &p.Reply, &p.Fix,
		&p.OpenedAt, &p.OpenedBy, &p.ChangedAt, &p.KnownAt, &p.ResolvedAt, &p.ClosedAt, &p.Tickets)
	return p, err
}

func get(ctx context.Context, q db.Querier, which ID) (Problem, error) {
	return db.One(ctx, q, scanCounted, `SELECT `+columns+counted+` FROM problem WHERE id = $1`, which)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Problem, error) {
	return db.One(ctx, tx, scan, `UPDATE problem SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

// listed are the problems in some of the states, the newest first.
func listed(ctx context.Context, q db.Querier, states []State, before ID, limit int) ([]Problem, error) {
	args := []any{before, limit}
	for _, s := range states {
		args = append(args, s)
	}
	return db.All(ctx, q, scanCounted, `SELECT `+columns+counted+` FROM problem WHERE id < $1 AND state IN (`+db.List(len(states), 3)+`) ORDER BY id DESC LIMIT $2`, args...)
}

func insert(ctx context.Context, tx *db.Tx, p Problem) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO problem (title, state, category_id, service_id, owner_id, cause, workaround, reply, fix, opened_at, opened_by, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10) RETURNING id`,
		p.Title, p.State, db.Opt(p.Category), db.Opt(p.Service), db.Opt(p.Owner), p.Cause, p.Workaround, p.Reply, p.Fix, p.OpenedAt, db.Opt(p.OpenedBy))
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, p Problem) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE problem SET title = $2, state = $3, category_id = $4, service_id = $5, owner_id = $6, cause = $7, workaround = $8, reply = $9, fix = $10,
			changed_at = $11, known_at = $12, resolved_at = $13, closed_at = $14 WHERE id = $1`,
		p.ID, p.Title, p.State, db.Opt(p.Category), db.Opt(p.Service), db.Opt(p.Owner), p.Cause, p.Workaround, p.Reply, p.Fix,
		p.ChangedAt, p.KnownAt, p.ResolvedAt, p.ClosedAt)
	return err
}

func scanLink(r db.Row) (l Link, err error) {
	err = r.Scan(&l.Problem, &l.Ticket, &l.By, &l.At)
	return l, err
}

// links are the tickets of a problem, the newest first.
func links(ctx context.Context, q db.Querier, of ID, limit int) ([]Link, error) {
	return db.All(ctx, q, scanLink, `SELECT problem_id, ticket_id, COALESCE(by_id, 0), at FROM problem_ticket WHERE problem_id = $1 ORDER BY ticket_id DESC LIMIT $2`, of, limit)
}

// behind are the problems of a ticket.
func behind(ctx context.Context, q db.Querier, on ticket.ID) ([]Problem, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM problem WHERE id IN (SELECT problem_id FROM problem_ticket WHERE ticket_id = $1) ORDER BY id DESC`, on)
}

// link adds a ticket; false where it was there already.
func link(ctx context.Context, tx *db.Tx, l Link) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO problem_ticket (problem_id, ticket_id, by_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (problem_id, ticket_id) DO NOTHING`,
		l.Problem, l.Ticket, db.Opt(l.By), l.At)
	return n == 1, err
}

func unlink(ctx context.Context, tx *db.Tx, of ID, on ticket.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM problem_ticket WHERE problem_id = $1 AND ticket_id = $2`, of, on)
	return n == 1, err
}

func linksCount(ctx context.Context, q db.Querier, of ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM problem_ticket WHERE problem_id = $1`, of)
}

// knownState says whether the known errors changed since they were read.
func knownState(ctx context.Context, q db.Querier) (state [3]int64, err error) {
	return db.One(ctx, q, func(r db.Row) (x [3]int64, err error) {
		err = r.Scan(&x[0], &x[1], &x[2])
		return x, err
	}, `SELECT COUNT(*), COALESCE(SUM(version), 0), COALESCE(SUM((SELECT COUNT(*) FROM problem_ticket l WHERE l.problem_id = problem.id)), 0) FROM problem WHERE state = 'known'`)
}

func scanNotice(r db.Row) (n Notice, err error) {
	err = r.Scan(&n.ID, &n.Kind, &n.About, &n.At)
	return n, err
}

func notices(ctx context.Context, q db.Querier, who person.ID, limit int) ([]Notice, error) {
	return db.All(ctx, q, scanNotice, `SELECT id, kind, about_id, at FROM problem_notice WHERE person_id = $1 AND NOT seen ORDER BY id DESC LIMIT $2`, who, limit)
}

func noticesCount(ctx context.Context, q db.Querier, who person.ID) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM problem_notice WHERE person_id = $1 AND NOT seen`, who)
}

// tell adds a notice; somebody is told the same once.
func tell(ctx context.Context, tx *db.Tx, who person.ID, kind string, about int64, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO problem_notice (person_id, kind, about_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (person_id, kind, about_id) DO NOTHING`, who, kind, about, at)
	return err
}

func untell(ctx context.Context, tx *db.Tx, who person.ID, which int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE problem_notice SET seen = TRUE WHERE id = $1 AND person_id = $2`, which, who)
	return err
}

// takeBack takes a notice from everybody but one, who may be told it anew; from everybody, for nobody.
func takeBack(ctx context.Context, tx *db.Tx, kind string, about int64, but person.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM problem_notice WHERE kind = $1 AND about_id = $2 AND person_id <> $3`, kind, about, but)
	return err
}
