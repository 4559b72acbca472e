// SPDX-License-Identifier: Apache-2.0

package job

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// leftOut is what becomes of a job whose key waits already. On PostgreSQL the one that waits is held
// until the commit: taken before, it would read what was true before, and nothing would be queued for
// what the commit changed (F49). SQLite has one writer.
var leftOut = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite:   ` ON CONFLICT DO NOTHING`,
	Postgres: ` ON CONFLICT (key) WHERE state = 0 AND key <> '' DO UPDATE SET payload = job.payload`,
}

func insert(ctx context.Context, tx *db.Tx, specs []Spec, now time.Time) error {
	specs = firstOfKeys(specs)
	var text strings.Builder
	text.WriteString(`INSERT INTO job (kind, payload, key, run_at, due_at, created_at) VALUES `)
	args := make([]any, 0, 5*len(specs))
	for i, s := range specs {
		due := s.RunAt
		if due.IsZero() {
			due = now
		}
		if i > 0 {
			text.WriteString(", ")
		}
		at := func(k int) string { return "$" + strconv.Itoa(5*i+k) }
		text.WriteString("(" + at(1) + ", " + at(2) + ", " + at(3) + ", " + at(4) + ", " + at(4) + ", " + at(5) + ")")
		args = append(args, s.Kind, s.Payload, s.Key, due, now)
	}
	text.WriteString(leftOut.For(tx.Engine()))
	_, err := db.Exec(ctx, tx, text.String(), args...)
	return err
}

// firstOfKeys leaves out what has the key of one before it: PostgreSQL meets no row twice in one statement.
func firstOfKeys(specs []Spec) []Spec {
	if len(specs) == 1 {
		return specs
	}
	seen := make(map[string]bool, len(specs))
	out := make([]Spec, 0, len(specs))
	for _, s := range specs {
		if s.Key == "" || !seen[s.Key] {
			out = append(out, s)
		}
		seen[s.Key] = true
	}
	return out
}

// take is the heart of the queue: what is due, and what was running when its lease ended,
// becomes ours. Of the jobs of one key only one runs; the next waits for its end.
//
// Each kind is looked for by itself, so that a long queue of one is not walked through for the
// others. PostgreSQL locks no rows of a union; it walks.
func takeText(kinds int) db.Pair {
	const free = ` AND (key = '' OR state = 1 OR NOT EXISTS (
		SELECT 1 FROM job r WHERE r.state = 1 AND r.key <> '' AND r.key = job.key))
		ORDER BY run_at, id LIMIT `
	const set = ` UPDATE job SET state = 1, attempt = attempt + 1, run_at = $3, claim = $4 `
	const returning = ` RETURNING id, kind, payload, key, attempt, due_at, created_at, claim`
	// A plus keeps SQLite from planning anew for each value.
	var each strings.Builder
	for i := range kinds {
		if i > 0 {
			each.WriteString(` UNION ALL `)
		}
		each.WriteString(`SELECT * FROM (SELECT id, run_at FROM job WHERE state < 2 AND kind = +` + db.List(1, 5+i) + ` AND run_at <= +$1` + free + `+$2)`)
	}
	return db.Pair{
		SQLite: set + `WHERE id IN (SELECT id FROM (` + each.String() + `) ORDER BY run_at, id LIMIT +$2)` + returning,
		// Materialized: the planner may run a subquery in IN more than once, and each time
		// SKIP LOCKED would give it other rows.
		Postgres: `WITH due AS MATERIALIZED (
			SELECT id FROM job WHERE state < 2 AND kind IN (` + db.List(kinds, 5) + `) AND run_at <= $1` + free + `$2
			FOR UPDATE SKIP LOCKED)` + set + `WHERE id IN (SELECT id FROM due)` + returning,
	}
}

func take(ctx context.Context, tx *db.Tx, want demand, claim string, now time.Time) ([]Job, error) {
	// The list grows in powers of two, so that there are few statements to prepare; no job is of
	// the kind without a name.
	n := 1
	for n < len(want.kinds) {
		n *= 2
	}
	args := []any{now, want.room, now.Add(lease), claim}
	for i := range n {
		if i < len(want.kinds) {
			args = append(args, want.kinds[i])
		} else {
			args = append(args, "")
		}
	}
	list, err := db.All(ctx, tx, scanJob, takeText(n).For(tx.Engine()), args...)
	slices.SortFunc(list, func(a, b Job) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

func scanJob(r db.Row) (j Job, err error) {
	err = r.Scan(&j.ID, &j.Kind, &j.Payload, &j.Key, &j.Attempt, &j.DueAt, &j.QueuedAt, &j.claim)
	return j, err
}

// waiting is a kind of which something is due, and since when the first is.
type waiting struct {
	kind  string
	since time.Time
}

// dueKinds returns the kinds of which something is due. It leaps from kind to kind in the index and
// never walks through a queue.
func dueKinds(ctx context.Context, q db.Querier, now time.Time) ([]waiting, error) {
	return db.All(ctx, q, func(r db.Row) (w waiting, err error) {
		err = r.Scan(&w.kind, &w.since)
		return w, err
	}, `
		WITH RECURSIVE k(kind) AS (
		  SELECT MIN(kind) FROM job WHERE state < 2
		  UNION ALL
		  SELECT (SELECT MIN(kind) FROM job WHERE state < 2 AND kind > k.kind) FROM k WHERE k.kind IS NOT NULL),
		w(kind, since) AS (
		  SELECT kind, (SELECT MIN(run_at) FROM job WHERE state < 2 AND job.kind = k.kind) FROM k WHERE kind IS NOT NULL)
		SELECT kind, since FROM w WHERE since <= $1`, now)
}

// next returns when the first job becomes due after now, or zero.
func next(ctx context.Context, q db.Querier, now time.Time) (time.Time, error) {
	return instant(ctx, q, `SELECT run_at FROM job WHERE state < 2 AND run_at > $1 ORDER BY run_at LIMIT 1`, now)
}

// first returns when the first job of all is or was due, of whatever kind, or zero.
func first(ctx context.Context, q db.Querier) (time.Time, error) {
	return instant(ctx, q, `SELECT run_at FROM job WHERE state < 2 ORDER BY run_at LIMIT 1`)
}

func instant(ctx context.Context, q db.Querier, text string, args ...any) (time.Time, error) {
	list, err := db.All(ctx, q, scanTime, text, args...)
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0], nil
}

func scanTime(r db.Row) (t time.Time, err error) {
	err = r.Scan(&t)
	return t, err
}

// remove deletes jobs that a claim still holds and returns how many it did.
func remove(ctx context.Context, tx *db.Tx, claim string, ids []int64) (int64, error) {
	// The list grows in powers of two, so that there are few statements to prepare.
	n := 1
	for n < len(ids) {
		n *= 2
	}
	args := make([]any, 0, n+1)
	args = append(args, claim)
	for i := range n {
		args = append(args, ids[min(i, len(ids)-1)])
	}
	return db.Exec(ctx, tx, `DELETE FROM job WHERE claim = $1 AND state = 1 AND id IN (`+db.List(n, 2)+`)`, args...)
}

// putBack makes a held job wait again. One of the same key that waits already takes its place.
func putBack(ctx context.Context, tx *db.Tx, j Job, attempts int, at time.Time, why string) error {
	if j.Key != "" {
		n, err := db.Exec(ctx, tx, `
			DELETE FROM job WHERE id = $1 AND claim = $2 AND state = 1
			  AND EXISTS (SELECT 1 FROM job w WHERE w.state = 0 AND w.key <> '' AND w.key = job.key)`, j.ID, j.claim)
		if err != nil || n > 0 {
			return err
		}
	}
	_, err := db.Exec(ctx, tx, `
		UPDATE job SET state = 0, attempt = $1, run_at = $2, due_at = $2, error = $3, claim = ''
		WHERE id = $4 AND claim = $5 AND state = 1`, attempts, at, why, j.ID, j.claim)
	return err
}

// bury makes a held job dead.
func bury(ctx context.Context, tx *db.Tx, j Job, attempts int, at time.Time, why string) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE job SET state = 2, attempt = $1, run_at = $2, error = $3, claim = ''
		WHERE id = $4 AND claim = $5 AND state = 1`, attempts, at, why, j.ID, j.claim)
	return err
}

// release ends every lease.
func release(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE job SET run_at = $1 WHERE state = 1 AND run_at > $1`, now)
	return err
}

// renew holds a job until the given time and reports whether it was still held.
func renew(ctx context.Context, tx *db.Tx, j Job, until time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx,
		`UPDATE job SET run_at = $1 WHERE id = $2 AND claim = $3 AND state = 1`, until, j.ID, j.claim)
	return n > 0, err
}
