// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

var errRefused = errors.New("refused") //nolint:gochecknoglobals // compared

// thing is the table of these tests.
var thing = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite:   `CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, n BIGINT NOT NULL DEFAULT 0)`,
	Postgres: `CREATE TABLE thing (id BIGSERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE, n BIGINT NOT NULL DEFAULT 0)`,
}

// each runs fn on both engines with an empty table "thing".
func each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		run(t, d, thing.For(d.Engine()))
		fn(t, d)
	})
}

// run writes one statement.
func run(tb testing.TB, d *db.DB, text string, args ...any) {
	tb.Helper()
	if err := d.Write(tb.Context(), do(text, args...)); err != nil {
		tb.Fatal(err)
	}
}

// do is a write of one statement.
func do(text string, args ...any) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, text, args...)
		return err
	}
}

// put is a write that adds a thing.
func put(name string) func(context.Context, *db.Tx) error {
	return do(`INSERT INTO thing (name) VALUES ($1)`, name)
}

// names returns the things that are there.
func names(tb testing.TB, d *db.DB) []string {
	tb.Helper()
	list, err := db.All(tb.Context(), d, scanText, `SELECT name FROM thing ORDER BY id`)
	if err != nil {
		tb.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func scanText(r db.Row) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

func scanInt(r db.Row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

func want(tb testing.TB, d *db.DB, list ...string) {
	tb.Helper()
	slices.Sort(list)
	if diff := cmp.Diff(list, names(tb, d)); diff != "" {
		tb.Errorf("things (-want +got):\n%s", diff)
	}
}

// kindOf says kind and key of an error.
func kindOf(err error) string {
	if e := errs.As(err); e != nil {
		return e.Kind.String() + " " + e.Key
	}
	if err == nil {
		return ""
	}
	return "internal"
}

func wantKind(tb testing.TB, err error, want string) {
	tb.Helper()
	if got := kindOf(err); got != want {
		tb.Errorf("got %q (%v), want %q", got, err, want)
	}
}

// opener is set in a second process of this test: what to open.
const opener = "LOOPDESK_TEST_OPEN"

func TestMain(m *testing.M) {
	if url := os.Getenv(opener); url != "" {
		_, err := db.Open(context.Background(), db.Config{URL: url})
		_, _ = os.Stdout.WriteString(kindOf(err))
		return
	}
	if url := os.Getenv(writing); url != "" {
		writeForever(url)
		return
	}
	os.Exit(m.Run())
}

func TestF24SecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLite(t)
	open := func() string {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), opener+"="+url)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatal(err, string(out))
		}
		return string(out)
	}
	d := dbtest.Open(t, url)
	if got := open(); got != "unavailable db.in_use" {
		t.Errorf("a second process got %q", got)
	}
	if _, err := db.Open(t.Context(), db.Config{URL: url}); kindOf(err) != "unavailable db.in_use" {
		t.Errorf("a second opening in this process got %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := open(); got != "" {
		t.Errorf("after closing, a second process got %q", got)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, url, want string }{
		{"no engine", "mysql://x", "must begin with"},
		{"a relative file", "sqlite://desk.db", "absolute path"},
		{"a folder that is not there", "sqlite://" + t.TempDir() + "/no/desk.db", "no such file"},
		{"not a URL", "postgres://u:secret@h:port/x", "not one of PostgreSQL"},
		{"nobody there", "postgres://u:secret@127.0.0.1:1/x?connect_timeout=1", "db.away"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := db.Open(t.Context(), db.Config{URL: tt.url})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want something with %q and no password", err, tt.want)
			}
		})
	}
}

func TestClosedDatabaseAnswersUnavailable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		if err := errors.Join(d.Close(), d.Close()); err != nil {
			t.Fatal(err)
		}
		_, err := db.All(t.Context(), d, scanText, `SELECT name FROM thing`)
		wantKind(t, err, "unavailable db.closed")
		_, err = db.All(t.Context(), d.Long(), scanText, `SELECT name FROM thing`)
		wantKind(t, err, "unavailable db.closed")
		wantKind(t, d.Write(t.Context(), put("a")), "unavailable db.closed")
		wantKind(t, d.Ping(t.Context()), "unavailable db.closed")
		wantKind(t, d.Listen(t.Context(), "x", func(string) {}), "unavailable db.closed")
	})
}

// Whatever was acknowledged is there after closing in the middle of the work,
// and nothing else.
func TestClosingUnderLoad(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		run(t, d, thing.For(d.Engine()))
		var (
			all   sync.WaitGroup
			mu    sync.Mutex
			acked []string
		)
		enough := make(chan struct{})
		for i := range 8 {
			all.Go(func() {
				for n := 0; ; n++ {
					name := string(rune('a'+i)) + strings.Repeat("x", n)
					err := d.Write(t.Context(), put(name))
					if err != nil {
						wantKind(t, err, "unavailable db.closed")
						return
					}
					mu.Lock()
					if acked = append(acked, name); len(acked) == 40 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		<-enough
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		all.Wait()
		want(t, dbtest.Open(t, url), acked...)
	})
}
