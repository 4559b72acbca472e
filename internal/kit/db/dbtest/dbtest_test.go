// SPDX-License-Identifier: Apache-2.0

package dbtest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func count(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	n, err := db.One(t.Context(), d, func(r db.Row) (n int64, err error) {
		err = r.Scan(&n)
		return n, err
	}, `SELECT COUNT(*) FROM setting`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		t.Run("test", func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				known, err := d.KnownVersion()
				if have, e := d.SchemaVersion(t.Context()); err != nil || e != nil || have != known {
					t.Errorf("at version %d, want %d: %v, %v", have, known, err, e)
				}
				if n := count(t, d); n != 0 {
					t.Errorf("%d rows of somebody else", n)
				}
				err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := db.Exec(ctx, tx, `INSERT INTO setting (name, value, changed_at) VALUES ('a', 'b', 1)`)
					return err
				})
				if err != nil || count(t, d) != 1 {
					t.Error(err)
				}
			})
		})
	}
}

func TestURLsNameBothEngines(t *testing.T) {
	t.Parallel()
	list := dbtest.URLs(t)
	if !strings.HasPrefix(list[0], "sqlite://") || len(list) > 2 || len(list) == 2 && !strings.HasPrefix(list[1], "postgres") {
		t.Errorf("got %v", list)
	}
	for _, url := range list {
		if n := count(t, dbtest.Open(t, url)); n != 0 {
			t.Errorf("%d rows in a fresh database", n)
		}
	}
}

// failing hears whether a test would fail.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper()               {}
func (f *failing) Logf(string, ...any)   {}
func (f *failing) Fatalf(string, ...any) { f.failed = true }

func TestPostgresIsNotForgottenInCI(t *testing.T) {
	for _, tt := range []struct {
		ci, url string
		failed  bool
	}{
		{"", "", false},
		{"true", "", true},
		{"true", "postgres://somewhere/x", false},
	} {
		t.Setenv("CI", tt.ci)
		t.Setenv(dbtest.Variable, tt.url)
		f := &failing{TB: t}
		if got := dbtest.Server(f); got != tt.url || f.failed != tt.failed {
			t.Errorf("CI=%q, %q: got %q, failed %v", tt.ci, tt.url, got, f.failed)
		}
	}
}
