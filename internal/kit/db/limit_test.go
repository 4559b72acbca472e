// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// patience is Limit in tests that wait for its end: short for us, long for a
// statement on a busy machine.
const patience = 1500 * time.Millisecond

// forever is a statement that nobody waits for to end.
var forever = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite:   endless + `SELECT x FROM c WHERE x < 0`,
	Postgres: `SELECT 1 FROM pg_sleep(3600)`,
}

// F19: nothing hangs. What takes too long is refused, and the next one is served.
func TestF19StatementsAreBounded(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		_, err := db.One(t.Context(), d, scanInt, forever.For(d.Engine()))
		wantKind(t, err, "unavailable db.busy")
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := db.One(ctx, tx, scanInt, forever.For(tx.Engine()))
			return err
		})
		wantKind(t, err, "unavailable db.busy")
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		want(t, d, "a")
	})
}

func TestF19ReadersAreAllTaken(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		back := db.AllReaders(t, d)
		_, err := db.All(t.Context(), d, scanText, `SELECT name FROM thing`)
		wantKind(t, err, "unavailable db.busy")
		if d.Engine() == db.Postgres {
			wantKind(t, d.Write(t.Context(), put("a")), "unavailable db.busy")
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errRefused)
		if _, err := db.All(ctx, d, scanText, `SELECT name FROM thing`); kindOf(err) != "internal" {
			t.Errorf("who gave up waiting got %v", err)
		}
		if _, err := db.All(t.Context(), d.Long(), scanText, `SELECT name FROM thing`); err != nil {
			t.Errorf("a long scan got %v", err)
		}
		back()
		want(t, d)
	})
}
