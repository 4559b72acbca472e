// SPDX-License-Identifier: Apache-2.0

package dbtest

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Variable names the PostgreSQL server of the tests, as a URL.
const Variable = "LOOPDESK_TEST_POSTGRES"

// readers keeps many parallel tests within the connections of one server.
const readers = 4

// Each runs fn once for each engine, side by side, with a database of its own.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { fn(t, Open(t, url)) })
}

// EachURL runs fn once for each engine, side by side, with the URL of a
// database of its own, for tests that open it themselves. Whatever they open
// they close before the test ends.
func EachURL(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	each(t, SQLite, Postgres, fn)
}

// EachEmpty is EachURL with databases that nobody has migrated.
func EachEmpty(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	each(t, EmptySQLite, EmptyPostgres, fn)
}

func each(t *testing.T, sqlite func(testing.TB) string, postgres func(testing.TB, string) string, fn func(*testing.T, string)) {
	t.Helper()
	t.Run(db.SQLite.String(), func(t *testing.T) {
		t.Parallel()
		fn(t, sqlite(t))
	})
	if server := Server(t); server != "" {
		t.Run(db.Postgres.String(), func(t *testing.T) {
			t.Parallel()
			fn(t, postgres(t, server))
		})
	}
}

// URLs returns the URL of a database of its own for each engine.
func URLs(t testing.TB) []string {
	t.Helper()
	list := []string{SQLite(t)}
	if server := Server(t); server != "" {
		list = append(list, Postgres(t, server))
	}
	return list
}

// Open opens url for the length of the test.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.WithoutCancel(t.Context()), db.Config{URL: url, Readers: readers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Server returns the URL of the PostgreSQL server, or "" where none is named
// and that is allowed.
func Server(t testing.TB) string {
	t.Helper()
	url := os.Getenv(Variable)
	switch {
	case url != "":
		return url
	case strings.EqualFold(os.Getenv("CI"), "true"):
		t.Fatalf("%s is not set: both engines are tested in CI", Variable)
	default:
		said.Do(func() { t.Logf("%s is not set: SQLite only", Variable) })
	}
	return ""
}
