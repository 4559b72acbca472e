// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

type (
	number int64
	word   string
	flag   bool
	blob   []byte
	small  int16
	amount float64
)

// all is a row with everything the portable subset has.
type all struct {
	ID     number
	Count  int
	Small  small
	Word   word
	Text   string
	Flag   flag
	Yes    bool
	Bytes  []byte
	Blob   blob
	At     time.Time
	Float  amount
	Maybe  *number
	MaybeS *word
}

var allTable = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite: `CREATE TABLE everything (id BIGINT PRIMARY KEY, count BIGINT, small BIGINT, word TEXT, text TEXT, flag BOOLEAN, yes BOOLEAN,
		bytes BLOB, blob BLOB, at BIGINT, float DOUBLE PRECISION, maybe BIGINT, maybe_s TEXT)`,
	Postgres: `CREATE TABLE everything (id BIGINT PRIMARY KEY, count BIGINT, small BIGINT, word TEXT, text TEXT, flag BOOLEAN, yes BOOLEAN,
		bytes BYTEA, blob BYTEA, at BIGINT, float DOUBLE PRECISION, maybe BIGINT, maybe_s TEXT)`,
}

func scanAll(r db.Row) (a all, err error) {
	err = r.Scan(&a.ID, &a.Count, &a.Small, &a.Word, &a.Text, &a.Flag, &a.Yes, &a.Bytes, &a.Blob, &a.At, &a.Float, &a.Maybe, &a.MaybeS)
	return a, err
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	seven, said := number(7), word("said")
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, allTable.For(d.Engine()))
		for name, a := range map[string]all{
			"full": {
				1 << 53, -3, -32768, "三楼打印机", "'; -- \\ \n\t 𝄞", true, true,
				[]byte{0, 1, 255},
				blob("b"),
				time.Date(2026, 11, 25, 9, 30, 0, 123e6, time.UTC), 2.5, &seven, &said,
			},
			"zero":        {ID: 1, Bytes: []byte{}, Blob: blob{}},
			"before 1970": {ID: 2, Bytes: []byte{1}, Blob: blob("x"), At: time.UnixMilli(-1).UTC()},
		} {
			run(t, d, `INSERT INTO everything VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
				a.ID, a.Count, a.Small, a.Word, a.Text, a.Flag, a.Yes, a.Bytes, a.Blob, a.At, a.Float, a.Maybe, a.MaybeS)
			check := func(ctx context.Context, q db.Querier) error {
				got, err := db.One(ctx, q, scanAll, `SELECT * FROM everything WHERE id = $1`, a.ID)
				if diff := cmp.Diff(a, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				return err
			}
			within := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return check(ctx, tx) })
			if err := errors.Join(check(t.Context(), d), check(t.Context(), d.Long()), within); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestNullIsTheZeroValue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, allTable.For(d.Engine()))
		run(t, d, `INSERT INTO everything (id, at, maybe) VALUES (1, $1, $2)`, time.Time{}, db.Opt(number(0)))
		n, err := db.One(t.Context(), d, scanInt, `SELECT COUNT(*) FROM everything WHERE at IS NULL AND maybe IS NULL`)
		if err != nil || n != 1 {
			t.Errorf("got %d rows with NULL, %v", n, err)
		}
		// Where something was before, nothing stays of it.
		full := func(r db.Row) (all, error) {
			seven := number(7)
			a := all{9, 9, 9, "x", "x", true, true, []byte{9}, blob{9}, time.Now(), 9, &seven, nil}
			err := r.Scan(&a.ID, &a.Count, &a.Small, &a.Word, &a.Text, &a.Flag, &a.Yes, &a.Bytes, &a.Blob, &a.At, &a.Float, &a.Maybe, &a.MaybeS)
			return a, err
		}
		got, err := db.One(t.Context(), d, full, `SELECT * FROM everything`)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(all{ID: 1}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestTimesAreKeptToTheMillisecondInUTC(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, allTable.For(d.Engine()))
		shanghai := time.FixedZone("CST", 8*3600)
		run(t, d, `INSERT INTO everything (id, at) VALUES (1, $1)`, time.Date(2026, 3, 1, 9, 0, 0, 123_999_999, shanghai))
		scanAt := func(r db.Row) (at time.Time, err error) {
			err = r.Scan(&at)
			return at, err
		}
		got, err := db.One(t.Context(), d, scanAt, `SELECT at FROM everything WHERE at <= $1`, time.Date(2026, 3, 1, 1, 0, 0, 123e6, time.UTC))
		if want := time.Date(2026, 3, 1, 1, 0, 0, 123e6, time.UTC); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

// A sum of BIGINTs is wider than BIGINT on PostgreSQL; COUNT and MAX are not.
func TestAggregatesFitTheirTypes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, `INSERT INTO thing (name, n) VALUES ('a', 9007199254740993), ('b', 2)`)
		type figures struct {
			sum, count, most, none int64
			mean                   float64
			some                   bool
		}
		scan := func(r db.Row) (f figures, err error) {
			err = r.Scan(&f.sum, &f.count, &f.most, &f.none, &f.mean, &f.some)
			return f, err
		}
		got, err := db.One(t.Context(), d, scan, `
			SELECT SUM(n), COUNT(*), MAX(n), (SELECT SUM(n) FROM thing WHERE name = 'c'),
				(SELECT AVG(n) FROM thing WHERE name = 'b'), EXISTS (SELECT 1 FROM thing WHERE n = 2)
			FROM thing`)
		if want := (figures{9007199254740995, 2, 9007199254740993, 0, 2, true}); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	})
}

func TestScanRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, `INSERT INTO thing (name, n) VALUES ('a', 70000)`)
		for name, scan := range map[string]func(r db.Row) (int, error){
			"a number too wide":     func(r db.Row) (int, error) { var v int16; return 0, r.Scan(new(int64), new(string), &v) },
			"a negative length":     func(r db.Row) (int, error) { var v uint8; return 0, r.Scan(new(int64), new(string), &v) },
			"words for a number":    func(r db.Row) (int, error) { var v int64; return 0, r.Scan(new(int64), &v, new(int64)) },
			"a number for a struct": func(r db.Row) (int, error) { var v struct{}; return 0, r.Scan(&v, new(string), new(int64)) },
			"not a pointer":         func(r db.Row) (int, error) { return 0, r.Scan(0, new(string), new(int64)) },
			"too few":               func(r db.Row) (int, error) { return 0, r.Scan(new(int64)) },
		} {
			if _, err := db.One(t.Context(), d, scan, `SELECT id, name, n FROM thing`); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		want(t, d, "a") // all connections came back
	})
}
