// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// files are migrations by name.
func files(list map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range list {
		m["migration/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func version(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := d.SchemaVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMigrateFromNothingAndAgain(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		known, err := d.KnownVersion()
		if err != nil {
			t.Fatal(err)
		}
		if n := version(t, d); n != 0 {
			t.Errorf("an empty database is at version %d", n)
		}
		for range 2 {
			if err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := version(t, d); n != known || n == 0 {
				t.Errorf("at version %d, want %d", n, known)
			}
		}
	})
}

// F28: an old program leaves new data alone.
func TestF28NewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		one, two := map[string]string{
			"0001_a.sql": "-- +goose Up\nCREATE TABLE a (id BIGSERIAL PRIMARY KEY);\n-- +goose Down\nDROP TABLE a;\n",
		}, map[string]string{
			"0002_b.sql": "-- +goose Up\nCREATE TABLE b (id BIGSERIAL PRIMARY KEY);\n-- +goose Down\nDROP TABLE b;\n",
		}
		two["0001_a.sql"] = one["0001_a.sql"]
		db.SetMigrations(d, files(two))
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		db.SetMigrations(d, files(one))
		wantKind(t, d.Migrate(t.Context()), "unavailable db.newer")
		if n := version(t, d); n != 2 {
			t.Errorf("at version %d", n)
		}
	})
}

// F29: several nodes start at once. One does the work, which takes its time,
// the others wait, and nobody complains.
func TestF29NodesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	list := map[string]string{
		"0001_a.sql":          "-- +goose Up\nCREATE TABLE a (id BIGSERIAL PRIMARY KEY, n BIGINT NOT NULL);\n",
		"0002_a.sqlite.sql":   "-- +goose Up\n" + endless + "INSERT INTO a (n) SELECT x FROM c LIMIT 200000;\n",
		"0002_a.postgres.sql": "-- +goose Up\nSELECT pg_sleep(0.3);\n",
		"0003_b.sql":          "-- +goose Up\nCREATE TABLE b (id BIGSERIAL PRIMARY KEY);\n",
	}
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		nodes := []*db.DB{dbtest.Open(t, url)}
		for range 3 {
			node := nodes[0] // one process holds a SQLite file
			if node.Engine() == db.Postgres {
				node = dbtest.Open(t, url)
			}
			nodes = append(nodes, node)
		}
		// Once on nothing, once with something to do, once with nothing to do.
		for _, n := range []int64{1, 3, 3} {
			have := map[string]string{}
			for name, text := range list {
				if name <= "000"+strconv.FormatInt(n, 10)+"_z" {
					have[name] = text
				}
			}
			for _, node := range nodes {
				db.SetMigrations(node, files(have))
			}
			var all sync.WaitGroup
			for _, node := range nodes {
				all.Go(func() {
					if err := node.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := version(t, nodes[0]); got != n {
				t.Errorf("at version %d, want %d", got, n)
			}
		}
	})
}

// F27: a migration happens as a whole or not at all, and the next start goes on.
func TestF27_MigrationsAreWhole(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		list := map[string]string{
			"0001_a.sql": "-- +goose Up\nCREATE TABLE a (id BIGSERIAL PRIMARY KEY);\n",
			"0002_b.sql": "-- +goose Up\nCREATE TABLE b (id BIGSERIAL PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);\n",
			"0003_c.sql": "-- +goose Up\nCREATE TABLE c (id BIGSERIAL PRIMARY KEY);\n",
		}
		db.SetMigrations(d, files(list))
		if err := d.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Fatalf("got %v", err)
		}
		if n := version(t, d); n != 1 {
			t.Errorf("at version %d after the second failed", n)
		}
		list["0002_b.sql"] = "-- +goose Up\nCREATE TABLE b (id BIGSERIAL PRIMARY KEY);\n" // were it there, this would fail
		db.SetMigrations(d, files(list))
		if err := d.Migrate(t.Context()); err != nil || version(t, d) != 3 {
			t.Errorf("at version %d, %v", version(t, d), err)
		}
	})
}

func TestMigrationsOfOneEngine(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		db.SetMigrations(d, files(map[string]string{
			"0001_a.sqlite.sql":   "-- +goose Up\nCREATE TABLE a (engine TEXT NOT NULL DEFAULT 'sqlite');\n",
			"0001_a.postgres.sql": "-- +goose Up\nCREATE TABLE a (engine TEXT NOT NULL DEFAULT 'postgres');\n",
			"0002_b.sql":          "-- +goose Up\nINSERT INTO a DEFAULT VALUES;\n",
		}))
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := db.One(t.Context(), d, scanText, `SELECT engine FROM a`)
		if err != nil || got != d.Engine().String() {
			t.Errorf("got %q, %v", got, err)
		}
		db.SetMigrations(d, files(map[string]string{"0001_a.mysql.sql": ""}))
		if err := d.Migrate(t.Context()); err == nil {
			t.Error("a migration for a third engine: no error")
		}
		db.SetMigrations(d, files(nil))
		if err := d.Migrate(t.Context()); err == nil {
			t.Error("no migrations: no error")
		}
	})
}

// The words of PostgreSQL that a migration for both may use mean the same to
// SQLite: ids count on and are never used twice, bytes stay bytes, a default is
// a default.
func TestSharedMigrationMeansTheSame(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		db.SetMigrations(d, files(map[string]string{"0001_a.sql": `-- +goose Up
CREATE TABLE a (
  id    BIGSERIAL PRIMARY KEY,
  body  BYTEA   NOT NULL,
  done  BOOLEAN NOT NULL DEFAULT FALSE,
  note  TEXT    NOT NULL DEFAULT '',
  at    BIGINT
);
CREATE INDEX a_open ON a (at, id) WHERE done = FALSE;
`}))
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		add := func(body []byte) (id int64) {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				id, err = db.Insert(ctx, tx, `INSERT INTO a (body) VALUES ($1) RETURNING id`, body)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		one, two := add([]byte("123")), add(noBytes)
		run(t, d, `DELETE FROM a WHERE id = $1`, two)
		if three := add([]byte{0xff}); one != 1 || two != 2 || three != 3 {
			t.Errorf("ids %d, %d, %d", one, two, three)
		}
		type row struct {
			body, note string
			done       bool
		}
		scan := func(r db.Row) (a row, err error) {
			err = r.Scan(&a.body, &a.note, &a.done)
			return a, err
		}
		got, err := db.One(t.Context(), d, scan, `SELECT body, note, done FROM a WHERE id = 1 AND NOT done`)
		if want := (row{body: "123"}); err != nil || got != want {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

var noBytes = []byte{} //nolint:gochecknoglobals // no bytes, which is not NULL

// SQLite changes a constraint by building the table anew. What refers to it stays,
// and a migration that loses a row others refer to is refused.
func TestRebuildingATable(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.EmptySQLite(t))
	list := map[string]string{
		"0001_a.sql": `-- +goose Up
CREATE TABLE a (id BIGSERIAL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE b (id BIGSERIAL PRIMARY KEY, a_id BIGINT NOT NULL REFERENCES a (id) ON DELETE CASCADE);
INSERT INTO a (name) VALUES ('one'), ('two');
INSERT INTO b (a_id) VALUES (1), (2);
`,
	}
	migrate := func(name, rows string) error {
		list[name] = `-- +goose Up
CREATE TABLE a_new (id BIGSERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO a_new (id, name) SELECT id, name FROM a WHERE ` + rows + `;
DROP TABLE a;
ALTER TABLE a_new RENAME TO a;
`
		db.SetMigrations(d, files(list))
		return d.Migrate(t.Context())
	}
	if err := migrate("0002_a.sqlite.sql", "id > 0"); err != nil {
		t.Fatal(err)
	}
	if err := migrate("0003_a.sqlite.sql", "id > 1"); err == nil || !strings.Contains(err.Error(), "row 1 of b refers to a row of a that is not there") {
		t.Errorf("got %v", err)
	}
	n, err := db.One(t.Context(), d, scanInt, `SELECT COUNT(*) FROM b JOIN a ON a.id = b.a_id`)
	if err != nil || n != 2 || version(t, d) != 2 {
		t.Errorf("%d rows at version %d, %v", n, version(t, d), err)
	}
	// Afterwards the references hold as before.
	run(t, d, `DELETE FROM a WHERE id = 1`)
	if n, err := db.One(t.Context(), d, scanInt, `SELECT COUNT(*) FROM b`); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// A node may still write while another one, newer, migrates.
func TestMigratingWhileWriting(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		stop := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := d.Write(t.Context(), do(`INSERT INTO thing (name) VALUES ('a') ON CONFLICT (name) DO UPDATE SET n = thing.n + 1`)); err != nil {
					t.Error(err)
					return
				}
			}
		})
		err := d.Migrate(t.Context())
		close(stop)
		all.Wait()
		if known, e := d.KnownVersion(); errors.Join(err, e) != nil || version(t, d) != known {
			t.Errorf("at version %d, want %d: %v", version(t, d), known, errors.Join(err, e))
		}
	})
}

// before are the migrations of the program as they were before one of them.
func before(t *testing.T, which string) fs.FS {
	t.Helper()
	names, err := fs.Glob(db.Migrations(), "migration/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	m := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(db.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		if name < "migration/"+which {
			m[name] = &fstest.MapFile{Data: text}
		}
	}
	return m
}

// TestS45_F27_WhomARunDisabledBeforeIsKnown: of two people who were gone from a directory server before
// the desk was upgraded, a run disabled one, and an administrator the other. Only the first is let in
// again when the server shows both.
func TestS45_F27_WhomARunDisabledBeforeIsKnown(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		db.SetMigrations(d, before(t, "0105"))
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, do := range []string{
				`INSERT INTO directory_entry (outside, person_id, dn, folded, said, gone) VALUES
					('run', 1, 'uid=run', 'uid=run', '{"active":"yes","name":"李娜"}', TRUE),
					('hand', 2, 'uid=hand', 'uid=hand', '{"active":"yes","name":"夏娃"}', TRUE),
					('back', 3, 'uid=back', 'uid=back', '{"active":"yes"}', FALSE)`,
				`INSERT INTO directory_run (id, source, state, started_at) VALUES (1, 'ldap', 'done', 1), (2, 'csv', 'done', 1)`,
				`INSERT INTO directory_line (run_id, line, kind, person_id) VALUES (1, -1, 'disabled', 1), (1, -3, 'disabled', 3), (1, 4, 'disabled', 2), (2, -2, 'disabled', 2)`,
			} {
				if _, err := db.Exec(ctx, tx, do); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		db.SetMigrations(d, db.Migrations())
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := db.All(t.Context(), d, func(r db.Row) (said string, err error) {
			err = r.Scan(&said)
			return said, err
		}, `SELECT said FROM directory_entry ORDER BY outside`)
		want := []string{`{"active":"yes"}`, `{"active":"yes","name":"夏娃"}`, `{"active":"no","name":"李娜"}`}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	})
}
