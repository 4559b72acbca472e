// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// sqlite opens SQLite with an empty table "thing"; its group commit is what
// the tests of this file are about.
func sqlite(t *testing.T, limit time.Duration) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Impatient(db.Config{URL: dbtest.SQLite(t)}, limit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	run(t, d, thing.For(db.SQLite))
	return d
}

// batch makes d run fns in one batch, in order, behind a first caller that
// adds "first", and returns their errors.
func batch(t *testing.T, d *db.DB, fns ...func(context.Context, *db.Tx) error) []error {
	t.Helper()
	var all sync.WaitGroup
	list := make([]error, len(fns)+1)
	running, gate := make(chan struct{}), make(chan struct{})
	var once sync.Once
	submit := func(i int, fn func(context.Context, *db.Tx) error) {
		all.Go(func() { list[i] = d.Write(t.Context(), fn) })
	}
	submit(0, func(ctx context.Context, tx *db.Tx) error {
		once.Do(func() { close(running) })
		<-gate
		return put("first")(ctx, tx)
	})
	<-running
	for i, fn := range fns {
		submit(i+1, fn)
		for db.Queued(d) <= i {
			runtime.Gosched()
		}
	}
	close(gate)
	all.Wait()
	return list
}

// commits counts the commits of d.
func commits(d *db.DB) *atomic.Int64 {
	var n atomic.Int64
	db.SetFailpoints(d, func() error { n.Add(1); return nil }, nil)
	return &n
}

// oneBatch is a Limit so long that no batch ends for the time it takes.
const oneBatch = time.Hour

func TestGroupCommitLeavesNeighboursIntact(t *testing.T) {
	t.Parallel()
	d := sqlite(t, oneBatch)
	run(t, d, `INSERT INTO thing (name) VALUES ('taken')`)
	n := commits(d)
	hooks := map[string]int{}
	hooked := func(name string, after func(context.Context, *db.Tx) error) func(context.Context, *db.Tx) error {
		return both(put(name), func(_ context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { hooks[name]++ })
			return nil
		}, after)
	}
	list := batch(t, d,
		hooked("a", fail(nil)),
		hooked("b", fail(errRefused)),
		hooked("c", func(context.Context, *db.Tx) error { panic("oh") }),
		put("d"),
		put("taken"),
		both(put("e"), quiet(put("taken"))),
		both(put("f"), put("g")),
	)
	for i, want := range []string{"", "", "refused", "oh", "", "UNIQUE", "UNIQUE", ""} {
		if err := list[i]; (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("caller %d got %v, want %q", i, err, want)
		}
	}
	if n.Load() != 1 {
		t.Errorf("%d commits, want 1", n.Load())
	}
	if len(hooks) != 1 || hooks["a"] != 1 {
		t.Errorf("hooks ran: %v", hooks)
	}
	want(t, d, "a", "d", "f", "first", "g", "taken")
}

// The first of a batch has no savepoint: its failure rolls back all there is,
// and the second begins anew.
func TestFirstOfABatchMayFail(t *testing.T) {
	t.Parallel()
	d := sqlite(t, oneBatch)
	run(t, d, `INSERT INTO thing (name) VALUES ('first')`)
	list := batch(t, d, put("a"), put("b"))
	if !db.IsUnique(list[0]) || list[1] != nil || list[2] != nil {
		t.Errorf("got %v", list)
	}
	want(t, d, "a", "b", "first")
}

// A caller that refused may have refused because of a neighbour's row. When the
// commit fails, that row never was, and "taken" would be a lie.
func TestFailedCommitFailsEveryone(t *testing.T) {
	t.Parallel()
	d := sqlite(t, oneBatch)
	db.SetFailpoints(d, func() error { return errRefused }, nil)
	for i, err := range batch(t, d, put("a"), put("b"), put("a")) {
		if !errors.Is(err, errRefused) || db.IsUnique(err) {
			t.Errorf("caller %d got %v", i, err)
		}
	}
	db.SetFailpoints(d, nil, nil)
	want(t, d)
	run(t, d, `INSERT INTO thing (name) VALUES ('later')`) // nothing is left open
	want(t, d, "later")
}

// SQLite may answer one caller's failure by rolling back the whole transaction.
// Those who had their turn get another, and lose nothing.
func TestWholeBatchRolledBackIsRunAgain(t *testing.T) {
	t.Parallel()
	d := sqlite(t, oneBatch)
	turns := 0
	counted := func(ctx context.Context, tx *db.Tx) error {
		turns++
		return put("a")(ctx, tx)
	}
	list := batch(t, d, counted, do(`INSERT OR ROLLBACK INTO thing (name) VALUES ('a')`), put("b"))
	if list[0] != nil || list[1] != nil || !db.IsUnique(list[2]) || list[3] != nil {
		t.Errorf("got %v", list)
	}
	if turns != 2 {
		t.Errorf("%d turns, want 2", turns)
	}
	want(t, d, "a", "b", "first")
}

// endless is a statement that runs until it is interrupted.
const endless = `WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) `

func TestTurnIsBounded(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(context.Context, *db.Tx) error{
		// SQLite ends the whole transaction when a change is interrupted.
		"a change": do(endless + `INSERT INTO thing (name) SELECT 'x' || x FROM c WHERE x < 0`),
		"a question": func(ctx context.Context, tx *db.Tx) error {
			_, err := db.One(ctx, tx, scanInt, endless+`SELECT x FROM c WHERE x < 0`)
			return err
		},
		"waiting for something else": func(ctx context.Context, tx *db.Tx) error {
			<-ctx.Done()
			return put("late")(ctx, tx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sqlite(t, patience)
			list := batch(t, d, put("a"), fn)
			wantKind(t, list[2], "unavailable db.busy")
			if err := errors.Join(list[:2]...); err != nil {
				t.Errorf("the neighbours got %v", err)
			}
			want(t, d, "a", "first")
		})
	}
}

func TestContextEndsBeforeTheTurn(t *testing.T) {
	t.Parallel()
	d := sqlite(t, db.Limit)
	ran := false
	var got error
	// The writer is held by a turn; behind it somebody gives up.
	err := d.Write(t.Context(), func(context.Context, *db.Tx) error {
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			got = d.Write(ctx, func(context.Context, *db.Tx) error { ran = true; return nil })
		}()
		for db.Queued(d) == 0 {
			runtime.Gosched()
		}
		cancel(errRefused)
		<-done
		return nil
	})
	run(t, d, `INSERT INTO thing (name) VALUES ('later')`) // the writer has passed it over by now
	if err != nil || ran || !errors.Is(got, errRefused) {
		t.Errorf("ran %v, got %v; the holder got %v", ran, got, err)
	}
}

func TestGoroutineEndedInsideWrite(t *testing.T) {
	t.Parallel()
	d := sqlite(t, oneBatch)
	list := batch(t, d, put("a"), func(context.Context, *db.Tx) error {
		runtime.Goexit()
		return nil
	}, put("b"))
	for i, err := range list[:3] {
		if err == nil || !strings.Contains(err.Error(), "ended its goroutine") {
			t.Errorf("caller %d got %v", i, err)
		}
	}
	if list[3] != nil {
		t.Errorf("the next caller got %v", list[3])
	}
	want(t, d, "b")
}

func TestManyCallersShareCommits(t *testing.T) {
	t.Parallel()
	d := sqlite(t, oneBatch)
	n := commits(d)
	fns := make([]func(context.Context, *db.Tx) error, 256) // one more than go with the first
	list := []string{"first"}
	for i := range fns {
		name := fmt.Sprint("t", i)
		list, fns[i] = append(list, name), put(name)
	}
	if err := errors.Join(batch(t, d, fns...)...); err != nil {
		t.Fatal(err)
	}
	if n.Load() != 2 {
		t.Errorf("%d commits, want 2", n.Load())
	}
	want(t, d, list...)
}

// Who had a slow turn is answered before all the others have had theirs.
func TestBatchEndsWithItsTime(t *testing.T) {
	t.Parallel()
	d := sqlite(t, patience)
	n := commits(d)
	slow := func(ctx context.Context, tx *db.Tx) error {
		slow, cancel := context.WithTimeout(ctx, patience/25)
		defer cancel()
		<-slow.Done()
		return put("slow")(ctx, tx)
	}
	err := errors.Join(batch(t, d, slow, func(ctx context.Context, tx *db.Tx) error {
		if n.Load() == 0 {
			t.Error("the slow one still waits")
		}
		return put("a")(ctx, tx)
	})...)
	if err != nil {
		t.Error(err)
	}
	want(t, d, "a", "first", "slow")
}
