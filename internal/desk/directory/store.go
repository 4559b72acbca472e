// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const importColumns = `id, name, text, encoding, comma, leavers, by_id, created_at`

func scanImport(r db.Row) (x Import, err error) {
	err = r.Scan(&x.ID, &x.Name, &x.Text, &x.Encoding, &x.Comma, &x.Leavers, &x.By, &x.At)
	return x, err
}

func insertImport(ctx context.Context, tx *db.Tx, x Import) (ImportID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO directory_import (name, text, encoding, comma, leavers, by_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, x.Name, x.Text, x.Encoding, x.Comma, x.Leavers, x.By, x.At)
	return ImportID(n), err
}

func getImport(ctx context.Context, q db.Querier, which ImportID) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM directory_import WHERE id = $1`, which)
}

// dropImports forgets the texts of files that are older; what runs did with them stays.
func dropImports(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM directory_import WHERE created_at < $1 AND NOT EXISTS (SELECT 1 FROM directory_run WHERE import_id = directory_import.id)`, before)
	return err
}

const runColumns = `id, source, import_id, state, allowed, by_id, started_at, finished_at, added, changed, same, disabled, held, bad, why, answer, renamed, whole, entries, job_id`

func scanRun(r db.Row) (x Run, err error) {
	var added, changed, same, disabled, held, bad, renamed int64
	err = r.Scan(&x.ID, &x.Source, &x.Import, &x.State, &x.Allowed, &x.By, &x.Started, &x.Finished, &added, &changed, &same, &disabled, &held, &bad, &x.Why, &x.Answer,
		&renamed, &x.Whole, &x.Entries, &x.Job)
	x.Tally = Tally{New: added, Changed: changed, Same: same, Disabled: disabled, Held: held, Bad: bad, Renamed: renamed}
	return x, err
}

func insertRun(ctx context.Context, tx *db.Tx, x Run) (RunID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO directory_run (source, import_id, state, allowed, by_id, started_at, whole, job_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`, x.Source, db.Opt(x.Import), x.State, x.Allowed, x.By, x.Started, x.Whole, x.Job)
	return RunID(n), err
}

func saveRun(ctx context.Context, tx *db.Tx, x Run) error {
	_, err := db.Exec(ctx, tx, `UPDATE directory_run SET state = $2, finished_at = $3, added = $4, changed = $5, same = $6, disabled = $7, held = $8, bad = $9,
		why = $10, answer = $11, renamed = $12, entries = $13 WHERE id = $1`,
		x.ID, x.State, x.Finished, x.Tally[New], x.Tally[Changed], x.Tally[Same], x.Tally[Disabled], x.Tally[Held], x.Tally[Bad], x.Why, x.Answer, x.Tally[Renamed], x.Entries)
	return err
}

func getRun(ctx context.Context, q db.Querier, which RunID) (Run, error) {
	return db.One(ctx, q, scanRun, `SELECT `+runColumns+` FROM directory_run WHERE id = $1`, which)
}

func lastRuns(ctx context.Context, q db.Querier, limit int) ([]Run, error) {
	return db.All(ctx, q, scanRun, `SELECT `+runColumns+` FROM directory_run ORDER BY id DESC LIMIT $1`, limit)
}

func putLine(ctx context.Context, tx *db.Tx, run RunID, l Line) error {
	why, err := pack(l.Why)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO directory_line (run_id, line, kind, person_id, name, fields, why, text)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (run_id, line) DO NOTHING`,
		run, l.Line, l.Kind, l.Person, l.Name, strings.Join(l.Fields, ","), why, l.Text)
	return err
}

func scanLine(r db.Row) (l Line, err error) {
	var fields, why string
	err = r.Scan(&l.Line, &l.Kind, &l.Person, &l.Name, &fields, &why, &l.Text)
	l.Fields, l.Why = fieldsOf(fields), unpack(why)
	return l, err
}

func linesOf(ctx context.Context, q db.Querier, run RunID, kind Kind, after int64, limit int) ([]Line, error) {
	return db.All(ctx, q, scanLine, `SELECT line, kind, person_id, name, fields, why, text FROM directory_line
		WHERE run_id = $1 AND ($2 = '' OR kind = $2) AND line > $3 ORDER BY line LIMIT $4`, run, kind, after, limit)
}

func tallyOf(ctx context.Context, q db.Querier, run RunID) (Tally, error) {
	type pair struct {
		kind Kind
		n    int64
	}
	list, err := db.All(ctx, q, func(r db.Row) (p pair, err error) {
		err = r.Scan(&p.kind, &p.n)
		return p, err
	}, `SELECT kind, COUNT(*) FROM directory_line WHERE run_id = $1 GROUP BY kind ORDER BY kind`, run)
	out := Tally{}
	for _, p := range list {
		out[p.kind] = p.n
	}
	return out, err
}
