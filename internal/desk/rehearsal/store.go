// SPDX-License-Identifier: Apache-2.0

package rehearsal

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const columns = `id, kind, body, months, from_at, state, total, done, last_id, changed, worked_ms, by_id, started_at, ended_at`

func scan(r db.Row) (x Run, err error) {
	var months, worked int64
	err = r.Scan(&x.ID, &x.Kind, &x.Body, &months, &x.From, &x.State, &x.Total, &x.Done, &x.last, &x.Changed, &worked, &x.By, &x.Started, &x.Ended)
	x.Months, x.Worked = int(months), time.Duration(worked)*time.Millisecond
	return x, err
}

func one(ctx context.Context, q db.Querier, which ID) (Run, error) {
	r, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM rehearsal WHERE id = $1`, which)
	if errs.KindOf(err) == errs.NotFound {
		return r, errs.New(errs.NotFound, "rehearsal.not_found")
	}
	return r, err
}

func runs(ctx context.Context, q db.Querier) ([]Run, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM rehearsal ORDER BY id DESC LIMIT $1`, int64(mostRuns))
}

func running(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM rehearsal WHERE state = 'running'`)
}

func insert(ctx context.Context, tx *db.Tx, r Run) (ID, error) {
	id, err := db.Insert(ctx, tx, `INSERT INTO rehearsal (kind, body, months, from_at, state, total, by_id, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		string(r.Kind), r.Body, int64(r.Months), r.From, string(r.State), r.Total, r.By, r.Started)
	return ID(id), err
}

// move keeps how far a run is that stood where it was found, unless somebody stopped it, or another
// worker went on with it: of two that judged the same batch, one keeps it.
func move(ctx context.Context, tx *db.Tx, found int64, r Run) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE rehearsal SET state = $2, done = $3, last_id = $4, changed = $5, worked_ms = $6, ended_at = $7
		WHERE id = $1 AND state = 'running' AND done = $8`, r.ID, string(r.State), r.Done, r.last, r.Changed, r.Worked.Milliseconds(), r.Ended, found)
}

// stop ends a run that has not ended.
func stop(ctx context.Context, tx *db.Tx, which ID, as State, at time.Time) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE rehearsal SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'running'`, which, string(as), at)
}

func addTally(ctx context.Context, tx *db.Tx, which ID, t Tally) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO rehearsal_clause (rehearsal_id, clause, met_was, missed_was, met_now, missed_now) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (rehearsal_id, clause) DO UPDATE SET met_was = rehearsal_clause.met_was + excluded.met_was, missed_was = rehearsal_clause.missed_was + excluded.missed_was,
			met_now = rehearsal_clause.met_now + excluded.met_now, missed_now = rehearsal_clause.missed_now + excluded.missed_now`,
		which, t.Clause, t.MetWas, t.MissedWas, t.MetNow, t.MissedNow)
	return err
}

func addChange(ctx context.Context, tx *db.Tx, which ID, c Change) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO rehearsal_change (rehearsal_id, ticket_id, what) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, which, c.Ticket, c.What)
	return err
}

func tallies(ctx context.Context, q db.Querier, which ID) ([]Tally, error) {
	list, err := db.All(ctx, q, func(r db.Row) (t Tally, err error) {
		err = r.Scan(&t.Clause, &t.MetWas, &t.MissedWas, &t.MetNow, &t.MissedNow)
		return t, err
	}, `SELECT clause, met_was, missed_was, met_now, missed_now FROM rehearsal_clause WHERE rehearsal_id = $1`, which)
	slices.SortFunc(list, func(a, b Tally) int { return cmp.Compare(number(a.Clause), number(b.Clause)) })
	return list, err
}

func number(clause string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(clause, "N"))
	if err != nil {
		return 0
	}
	return n
}

func changes(ctx context.Context, q db.Querier, which ID) ([]Change, error) {
	return db.All(ctx, q, func(r db.Row) (c Change, err error) {
		err = r.Scan(&c.Ticket, &c.What)
		return c, err
	}, `SELECT ticket_id, what FROM rehearsal_change WHERE rehearsal_id = $1 ORDER BY ticket_id DESC LIMIT $2`, which, int64(mostChanges))
}
