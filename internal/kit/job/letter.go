// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Dead is a job that was given up, for people to look at.
type Dead struct {
	ID       int64
	Kind     string
	Payload  string
	Key      string
	Error    string // of the last run, at most 500 bytes
	Attempts int
	At       time.Time // when it died
	QueuedAt time.Time
}

// Dead returns jobs that were given up, newest first: those with an id below before, or all
// where before is 0.
func (q *Queue) Dead(ctx context.Context, before int64, limit int) ([]Dead, error) {
	return db.All(ctx, q.db, func(r db.Row) (d Dead, err error) {
		err = r.Scan(&d.ID, &d.Kind, &d.Payload, &d.Key, &d.Error, &d.Attempts, &d.At, &d.QueuedAt)
		return d, err
	}, `
		SELECT id, kind, payload, key, error, attempt, run_at, created_at FROM job
		WHERE state = 2 AND (CAST($1 AS BIGINT) = 0 OR id < $1) ORDER BY id DESC LIMIT $2`, before, limit)
}

// Retry lets a dead job run again from its first attempt. One of the same key that waits
// already takes its place. NotFound if it is not dead (any more).
func (q *Queue) Retry(ctx context.Context, which int64) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `
			DELETE FROM job WHERE id = $1 AND state = 2
			  AND EXISTS (SELECT 1 FROM job w WHERE w.state = 0 AND w.key <> '' AND w.key = job.key)`, which)
		if err != nil || n > 0 {
			return err
		}
		now := q.clock.Now()
		n, err = db.Exec(ctx, tx,
			`UPDATE job SET state = 0, attempt = 0, run_at = $1, due_at = $1 WHERE id = $2 AND state = 2`, now, which)
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { q.nudge(now) })
		return notDead(n)
	})
}

// Discard deletes a dead job. NotFound if it is not dead (any more).
func (q *Queue) Discard(ctx context.Context, which int64) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `DELETE FROM job WHERE id = $1 AND state = 2`, which)
		if err != nil {
			return err
		}
		return notDead(n)
	})
}

func notDead(n int64) error {
	if n == 0 {
		return errs.New(errs.NotFound, "job.not_dead")
	}
	return nil
}

// Count is how many jobs of a kind there are.
type Count struct {
	Kind    string
	Waiting int       // all that wait, the timed ones too
	Due     int       // of those, how many could run now
	Running int       // claimed, by any node
	Dead    int       // given up
	Oldest  time.Time // since when the first of Due has been due; zero if none is
	Known   bool      // this process has a handler for the kind
}

// Counts returns the jobs by kind, for metrics and for people. It reads the whole table.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	return db.All(ctx, q.db, func(r db.Row) (c Count, err error) {
		err = r.Scan(&c.Kind, &c.Waiting, &c.Due, &c.Running, &c.Dead, &c.Oldest)
		_, c.Known = q.handler(c.Kind)
		return c, err
	}, `
		SELECT kind, COUNT(*) FILTER (WHERE state = 0), COUNT(*) FILTER (WHERE state = 0 AND run_at <= $1),
		       COUNT(*) FILTER (WHERE state = 1), COUNT(*) FILTER (WHERE state = 2),
		       MIN(run_at) FILTER (WHERE state = 0 AND run_at <= $1)
		FROM job GROUP BY kind ORDER BY kind`, q.clock.Now())
}
