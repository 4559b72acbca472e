// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// What is read together on SQLite is of one moment, until something is written by whoever reads.
func TestWhatIsReadTogetherIsOfOneMoment(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		ctx, end := d.Together(t.Context())
		defer end()
		count := func(ctx context.Context, want int64, when string) {
			t.Helper()
			if n, err := db.One(ctx, d, db.Int, `SELECT COUNT(*) FROM thing`); err != nil || n != want {
				t.Errorf("%s: %d things, %v, not %d", when, n, err, want)
			}
		}
		count(ctx, 1, "at first")
		run(t, d, `INSERT INTO thing (name) VALUES ('b')`)
		seen := int64(1)
		if d.Engine() == db.Postgres {
			seen = 2
		}
		count(ctx, seen, "after somebody wrote")
		count(t.Context(), 2, "read apart")
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `INSERT INTO thing (name) VALUES ('c')`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		count(ctx, 3, "after the reader wrote")
		end()
		count(ctx, 3, "after its end")
		end()
	})
}

// A reading gives its connection back, whatever became of it; and it takes one, however much is read.
func TestAReadingGivesItsConnectionBack(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		for range 20 { // more than there are readers
			ctx, end := d.Together(t.Context())
			for range 3 {
				if n, err := db.One(ctx, d, db.Int, `SELECT COUNT(*) FROM thing`); err != nil || n != 1 {
					t.Fatalf("%d things, %v", n, err)
				}
			}
			if _, err := db.One(ctx, d, db.Int, `SELECT nothing FROM nowhere`); err == nil {
				t.Fatal("a statement that means nothing was answered")
			}
			if n, err := db.One(ctx, d, db.Int, `SELECT COUNT(*) FROM thing`); err != nil || n != 1 {
				t.Fatalf("after a failure: %d things, %v", n, err)
			}
			end()
		}
		for range 20 { // nothing was read: there is nothing to give back
			_, end := d.Together(t.Context())
			end()
		}
		want(t, d, "a")
	})
}

// A statement that comes while the result of another is open is answered all the same.
func TestAReadingWithinAReading(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		run(t, d, `INSERT INTO thing (name) VALUES ('a'), ('b')`)
		ctx, end := d.Together(t.Context())
		defer end()
		inner := 0
		list, err := db.All(ctx, d, func(r db.Row) (string, error) {
			n, err := db.One(ctx, d, db.Int, `SELECT COUNT(*) FROM thing`)
			if err != nil || n != 2 {
				t.Errorf("%d things, %v", n, err)
			}
			inner++
			var name string
			return name, r.Scan(&name)
		}, `SELECT name FROM thing ORDER BY id`)
		if err != nil || len(list) != 2 || inner != 2 {
			t.Errorf("%v, %v, %d within", list, err, inner)
		}
	})
}

// F19: who leaves ends the statement; one with less time than the reading ends alone.
func TestF19AReadingEndsWithItsReader(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		for range 5 {
			ctx, end := d.Together(t.Context())
			want := func() {
				t.Helper()
				if n, err := db.One(ctx, d, db.Int, `SELECT COUNT(*) FROM thing`); err != nil || n != 1 {
					t.Fatalf("%d things, %v", n, err)
				}
			}
			want()
			short, cancel := context.WithTimeout(ctx, patience/25)
			if _, err := db.One(short, d, scanInt, forever.For(d.Engine())); err == nil {
				t.Fatal("a statement without end ended")
			}
			cancel()
			want()
			end()

			gone, leave := context.WithTimeout(t.Context(), patience/25)
			ctx, end = d.Together(gone)
			if _, err := db.One(ctx, d, scanInt, forever.For(d.Engine())); err == nil {
				t.Fatal("a statement without end ended")
			}
			leave()
			end()
		}
		want(t, d, "a")
	})
}
