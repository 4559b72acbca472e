// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func TestWriteCommitsOrNot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for _, tt := range []struct {
			name string
			fn   func(context.Context, *db.Tx) error
			want string // in the error; empty is a commit
			adds []string
		}{
			{"a write", put("b"), "", []string{"b"}},
			{"nothing at all", fail(nil), "", nil},
			{"an error after a write", both(put("b"), fail(errRefused)), "refused", nil},
			{"a panic after a write", both(put("b"), func(context.Context, *db.Tx) error { panic("oh") }), "panic in write: oh", nil},
			{"a unique row twice", both(put("b"), put("a")), "hing", nil},
			{"a failed statement that is kept quiet", both(put("b"), quiet(put("a"))), "hing", nil},
			{"a statement after a failed one", both(quiet(put("a")), put("b")), "after a failed statement", nil},
			{"a text that no engine can store", both(put("b"), put("nul\x00")), "db.text", nil},
			{"a text that is not UTF-8", both(put("b"), put("\xff")), "db.text", nil},
			{"a wrong text", both(put("b"), do(`INSERT INTO nowhere (a) VALUES (1)`)), "nowhere", nil},
		} {
			run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
			err := d.Write(t.Context(), tt.fn)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
			}
			want(t, d, append([]string{"a"}, tt.adds...)...)
			run(t, d, `DELETE FROM thing`) // the writer goes on
		}
	})
}

func both(fns ...func(context.Context, *db.Tx) error) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		for _, fn := range fns {
			if err := fn(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	}
}

func fail(err error) func(context.Context, *db.Tx) error {
	return func(context.Context, *db.Tx) error { return err }
}

// quiet keeps the error of fn to itself.
func quiet(fn func(context.Context, *db.Tx) error) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_ = fn(ctx, tx)
		return nil
	}
}

func TestNestingIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var nested, read, long error
		err := d.Write(t.Context(), func(ctx context.Context, _ *db.Tx) error {
			nested = d.Write(ctx, put("a"))
			_, read = db.All(ctx, d, scanText, `SELECT name FROM thing`)
			_, long = db.All(ctx, d.Long(), scanText, `SELECT name FROM thing`)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"Write": nested, "reading": read, "long reading": long} {
			if err == nil || !strings.Contains(err.Error(), "inside Write") {
				t.Errorf("%s inside Write: got %v", what, err)
			}
		}
		want(t, d)
	})
}

func TestTransactionEndsWithItsFunction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		var inside context.Context
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			kept, inside = tx, ctx
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := put("a")(t.Context(), kept); err == nil {
			t.Error("a statement ran after the end")
		}
		// The context of a transaction that is over is a context like any other,
		// save that it has ended: a hook may begin anew with its values.
		if err := d.Write(context.WithoutCancel(inside), put("b")); err != nil {
			t.Error(err)
		}
		want(t, d, "b")
	})
}

func TestAfterCommitRunsInOrderAndOnlyThen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var got []string
		hooked := func(ctx context.Context, tx *db.Tx) error {
			for _, s := range []string{"one", "two", "three"} {
				tx.AfterCommit(func() {
					n, err := db.One(t.Context(), d, scanInt, `SELECT COUNT(*) FROM thing`)
					if err != nil || n == 0 {
						t.Errorf("%s ran before the commit was to be seen: %d, %v", s, n, err)
					}
					got = append(got, s)
				})
			}
			return nil
		}
		if err := d.Write(t.Context(), both(hooked, put("a"))); err != nil {
			t.Fatal(err)
		}
		if want := []string{"one", "two", "three"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		got = nil
		if err := d.Write(t.Context(), both(hooked, put("b"), fail(errRefused))); !errors.Is(err, errRefused) {
			t.Error(err)
		}
		db.SetFailpoints(d, func() error { return errRefused }, nil)
		if err := d.Write(t.Context(), both(hooked, put("c"))); !errors.Is(err, errRefused) {
			t.Error(err)
		}
		if got != nil {
			t.Errorf("hooks ran without a commit: %v", got)
		}
		db.SetFailpoints(d, nil, nil)
		want(t, d, "a")
	})
}

// F06: at the moment of the commit nobody has an answer, and nobody else sees
// the row; when the answer is there, so is the row.
func TestF06NothingIsAcknowledgedBeforeTheCommit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var answered atomic.Bool
		var commits atomic.Int64
		db.SetFailpoints(d, func() error {
			commits.Add(1)
			n, err := db.One(context.Background(), d, scanInt, `SELECT COUNT(*) FROM thing`)
			if answered.Load() || n != 0 || err != nil {
				t.Errorf("before the commit: answered %v, %d rows to be seen, %v", answered.Load(), n, err)
			}
			return nil
		}, nil)
		err := d.Write(t.Context(), put("a"))
		answered.Store(true)
		if err != nil || commits.Load() != 1 {
			t.Fatalf("%v after %d commits", err, commits.Load())
		}
		want(t, d, "a")
	})
}

func TestLostAnswerToCommitIsUnknown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		db.SetFailpoints(d, nil, func() error { return errRefused })
		hooks := 0
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			return put("a")(ctx, tx)
		})
		wantKind(t, err, "unavailable db.unknown")
		if !db.IsUnknown(err) || hooks != 0 {
			t.Errorf("unknown %v, hooks %d", db.IsUnknown(err), hooks)
		}
		want(t, d, "a") // it was committed after all, and not twice
	})
}

func TestEndOfContext(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		over, cancel := context.WithCancelCause(t.Context())
		cancel(errRefused)
		err := d.Write(over, func(context.Context, *db.Tx) error {
			t.Error("ran although nobody wanted it any more")
			return nil
		})
		if !errors.Is(err, errRefused) {
			t.Errorf("before the turn: got %v", err)
		}
		if _, err = db.All(over, d, scanText, `SELECT name FROM thing`); err == nil || kindOf(err) != "internal" {
			t.Errorf("reading: got %v", err)
		}
		ending, cancel := context.WithCancelCause(t.Context())
		err = d.Write(ending, func(ctx context.Context, tx *db.Tx) error {
			cancel(errRefused)
			if ctx.Err() != nil {
				t.Error("the end of the caller's context reached the turn")
			}
			return put("a")(ending, tx)
		})
		if err != nil {
			t.Errorf("within the turn: got %v", err)
		}
		want(t, d, "a")
	})
}

type rowKey int

func TestWhatACommitKnowsEndsWithIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
			tx.Know(rowKey(1), "one")
			tx.Know(rowKey(2), "two")
			tx.Forget(rowKey(2))
			if tx.Known(rowKey(1)) != "one" || tx.Known(rowKey(2)) != nil || tx.Known(1) != nil {
				t.Errorf("it knows %v, %v and %v", tx.Known(rowKey(1)), tx.Known(rowKey(2)), tx.Known(1))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
			tx.Forget(rowKey(1)) // of nothing
			if tx.Known(rowKey(1)) != nil {
				t.Error("the next knows what the one before did")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
