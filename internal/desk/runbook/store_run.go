// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const runColumns = `id, ticket_id, runbook_id, number, version, state, step, marks, reason, COALESCE(starter_id, 0), at, sent_at, ended_at, came_back`

func scanRun(r db.Row) (x Run, err error) {
	err = r.Scan(&x.ID, &x.Ticket, &x.Runbook, &x.Number, &x.Version, &x.State, &x.Step, &x.Marks, &x.Reason, &x.Starter, &x.At, &x.SentAt, &x.EndedAt, &x.BackAt)
	return x, err
}

func getRun(ctx context.Context, q db.Querier, which RunID) (Run, error) {
	return db.One(ctx, q, scanRun, `SELECT `+runColumns+` FROM runbook_run WHERE id = $1`, which)
}

func takeRun(ctx context.Context, tx *db.Tx, which RunID) (Run, error) {
	return db.One(ctx, tx, scanRun, `UPDATE runbook_run SET version = version + 1 WHERE id = $1 RETURNING `+runColumns, which)
}

func runsOf(ctx context.Context, q db.Querier, on ticket.ID) ([]Run, error) {
	return db.All(ctx, q, scanRun, `SELECT `+runColumns+` FROM runbook_run WHERE ticket_id = $1 ORDER BY id`, on)
}

func insertRun(ctx context.Context, tx *db.Tx, x Run) (RunID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO runbook_run (ticket_id, runbook_id, number, state, step, reason, starter_id, at, sent_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		x.Ticket, x.Runbook, x.Number, string(x.State), x.Step, x.Reason, db.Opt(x.Starter), x.At, x.SentAt, x.EndedAt)
	return RunID(n), err
}

func saveRun(ctx context.Context, tx *db.Tx, x Run) error {
	_, err := db.Exec(ctx, tx, `UPDATE runbook_run SET state = $2, step = $3, marks = $4, reason = $5, sent_at = $6, ended_at = $7 WHERE id = $1`,
		x.ID, string(x.State), x.Step, x.Marks, x.Reason, x.SentAt, x.EndedAt)
	return err
}

func scanMark(r db.Row) (m Mark, err error) {
	err = r.Scan(&m.Seq, &m.Step, &m.Outcome, &m.Value, &m.Reason, &m.ByUser, &m.By, &m.At)
	return m, err
}

func marks(ctx context.Context, q db.Querier, of RunID) ([]Mark, error) {
	return db.All(ctx, q, scanMark, `SELECT seq, step, outcome, value, reason, by_user, COALESCE(person_id, 0), at FROM runbook_mark WHERE run_id = $1 ORDER BY seq`, of)
}

func insertMark(ctx context.Context, tx *db.Tx, of Run, m Mark) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO runbook_mark (run_id, seq, runbook_id, step, outcome, value, reason, by_user, person_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		of.ID, m.Seq, of.Runbook, m.Step, m.Outcome, m.Value, m.Reason, m.ByUser, db.Opt(m.By), m.At)
	return err
}

const deedColumns = `id, run_id, seq, step, what, rollback, COALESCE(person_id, 0), at, COALESCE(releaser_id, 0), released_at`

func scanDeed(r db.Row) (d Deed, err error) {
	err = r.Scan(&d.ID, &d.Run, &d.Seq, &d.Step, &d.What, &d.Rollback, &d.By, &d.At, &d.Releaser, &d.ReleasedAt)
	return d, err
}

func deedAt(ctx context.Context, q db.Querier, of RunID, seq int) (Deed, error) {
	return db.One(ctx, q, scanDeed, `SELECT `+deedColumns+` FROM runbook_deed WHERE run_id = $1 AND seq = $2`, of, seq)
}

func deed(ctx context.Context, q db.Querier, which DeedID) (Deed, error) {
	return db.One(ctx, q, scanDeed, `SELECT `+deedColumns+` FROM runbook_deed WHERE id = $1`, which)
}

func deedsOf(ctx context.Context, q db.Querier, of RunID) ([]Deed, error) {
	return db.All(ctx, q, scanDeed, `SELECT `+deedColumns+` FROM runbook_deed WHERE run_id = $1 ORDER BY seq`, of)
}

// prepare writes down what will be done; another text forgets who released the one before.
func prepare(ctx context.Context, tx *db.Tx, d Deed) (Deed, error) {
	return db.One(ctx, tx, scanDeed, `
		INSERT INTO runbook_deed (run_id, seq, step, what, rollback, person_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (run_id, seq) DO UPDATE SET what = excluded.what, rollback = excluded.rollback, person_id = excluded.person_id, at = excluded.at,
			releaser_id = NULL, released_at = NULL
		RETURNING `+deedColumns,
		d.Run, d.Seq, d.Step, d.What, d.Rollback, db.Opt(d.By), d.At)
}

func release(ctx context.Context, tx *db.Tx, d Deed) error {
	_, err := db.Exec(ctx, tx, `UPDATE runbook_deed SET releaser_id = $2, released_at = $3 WHERE id = $1`, d.ID, db.Opt(d.Releaser), d.ReleasedAt)
	return err
}

// tally counts what came of each step of a runbook, and how often a run was solved right after it, for
// good or until the ticket came back.
func tally(ctx context.Context, q db.Querier, of ID) ([]tallied, error) {
	return db.All(ctx, q, func(r db.Row) (t tallied, err error) {
		err = r.Scan(&t.step, &t.outcome, &t.times, &t.solved, &t.back)
		return t, err
	}, `
		SELECT m.step, m.outcome, COUNT(*), SUM(CASE WHEN r.state = 'solved' AND r.came_back IS NULL AND r.marks = m.seq THEN 1 ELSE 0 END),
			SUM(CASE WHEN r.came_back IS NOT NULL AND r.marks = m.seq THEN 1 ELSE 0 END)
		FROM runbook_mark m JOIN runbook_run r ON r.id = m.run_id WHERE m.runbook_id = $1 GROUP BY m.step, m.outcome ORDER BY m.step, m.outcome`, of)
}

type tallied struct {
	step, outcome string
	times, solved int64
	back          int64
}

// ended counts how runs ended, per runbook.
type ended struct {
	states map[RunState]int64
	back   int64 // of the solved ones: the ticket came back
}

func ends(ctx context.Context, q db.Querier) (map[ID]ended, error) {
	type line struct {
		book    ID
		state   RunState
		n, back int64
	}
	list, err := db.All(ctx, q, func(r db.Row) (l line, err error) {
		err = r.Scan(&l.book, &l.state, &l.n, &l.back)
		return l, err
	}, `SELECT runbook_id, state, COUNT(*), COUNT(came_back) FROM runbook_run GROUP BY runbook_id, state`)
	out := map[ID]ended{}
	for _, l := range list {
		e := out[l.book]
		if e.states == nil {
			e.states = map[RunState]int64{}
		}
		e.states[l.state], e.back = l.n, e.back+l.back
		out[l.book] = e
	}
	return out, err
}
