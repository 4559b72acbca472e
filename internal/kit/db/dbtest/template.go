// SPDX-License-Identifier: Apache-2.0

package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// What a test process keeps: a migrated SQLite file, and whether it has said
// that PostgreSQL is missing.
var (
	sqliteTemplate = sync.OnceValues(makeSQLite) //nolint:gochecknoglobals // made once, read only
	said           sync.Once                     //nolint:gochecknoglobals // said once
)

// SQLite returns the URL of a migrated, empty SQLite file in a folder that
// lasts as long as the test.
func SQLite(t testing.TB) string {
	t.Helper()
	body, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "desk.db")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return sqliteURL(path)
}

// EmptySQLite is SQLite without tables.
func EmptySQLite(t testing.TB) string {
	t.Helper()
	return sqliteURL(filepath.Join(t.TempDir(), "desk.db"))
}

func sqliteURL(path string) string { return "sqlite://" + (&url.URL{Path: path}).EscapedPath() }

func makeSQLite() (body []byte, err error) {
	folder, err := os.MkdirTemp("", "loopdesk")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "desk.db")
	if err := migrate(context.Background(), sqliteURL(path)); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // closing has moved the journal into it
}

// migrate opens url, migrates and closes it.
func migrate(ctx context.Context, url string) error {
	d, err := db.Open(ctx, db.Config{URL: url, Readers: 1})
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx), d.Close())
}

// Postgres returns the URL of a migrated, empty database on server, which is
// dropped when the test ends.
func Postgres(t testing.TB, server string) string {
	t.Helper()
	return makePostgres(t, server, postgresTemplate)
}

// EmptyPostgres is Postgres without tables.
func EmptyPostgres(t testing.TB, server string) string {
	t.Helper()
	return makePostgres(t, server, func(context.Context, *pgx.Conn, string) (string, error) { return "template1", nil })
}

// makePostgres copies the database that template names.
func makePostgres(t testing.TB, server string, template func(context.Context, *pgx.Conn, string) (string, error)) string {
	t.Helper()
	name := "loopdesk_test_" + token()
	err := masters.do(server, func(ctx context.Context, conn *pgx.Conn) error {
		from, err := template(ctx, conn, server)
		if err != nil {
			return err
		}
		// Copied as files: written through the log, as is usual, each costs four times the processor time.
		_, err = conn.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+from+` STRATEGY file_copy`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := masters.do(server, func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	return withDatabase(server, name)
}

// connections are those over which a test process makes and drops databases. They stay until it
// ends: for each one the server starts a process, which costs it as much as a database.
type connections struct{ idle chan *pgx.Conn }

var masters = connections{make(chan *pgx.Conn, 2)} //nolint:gochecknoglobals // of the process

func (c connections) do(server string, fn func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := c.take(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to the PostgreSQL of the tests: %w", err)
	}
	if err = fn(ctx, conn); err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	select {
	case c.idle <- conn:
		return nil
	default:
		return conn.Close(ctx)
	}
}

func (c connections) take(ctx context.Context, server string) (*pgx.Conn, error) {
	select {
	case conn := <-c.idle:
		return conn, nil
	default:
		return pgx.Connect(ctx, server)
	}
}

// templateLock keeps test processes from making the same template twice.
const templateLock = 0x6465736b74657374

// postgresTemplate returns the name of a migrated database that is there to be
// copied. It is made once for each state of the migrations and stays. A half
// made one never carries the name.
func postgresTemplate(ctx context.Context, conn *pgx.Conn, server string) (string, error) {
	digest, err := db.MigrationDigest()
	if err != nil {
		return "", err
	}
	name := "loopdesk_template_" + digest
	if there, err := hasDatabase(ctx, conn, name); there || err != nil {
		return name, err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(templateLock)); err != nil {
		return "", err
	}
	defer func() { _, _ = conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, int64(templateLock)) }()
	if there, err := hasDatabase(ctx, conn, name); there || err != nil {
		return name, err
	}
	half := "loopdesk_half_" + token()
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+half); err != nil {
		return "", err
	}
	if err := migrate(ctx, withDatabase(server, half)); err != nil {
		_, dropped := conn.Exec(ctx, `DROP DATABASE IF EXISTS `+half+` WITH (FORCE)`)
		return "", errors.Join(err, dropped)
	}
	return name, rename(ctx, conn, half, name)
}

// rename waits for the server to notice that the connections are closed.
func rename(ctx context.Context, conn *pgx.Conn, from, to string) error {
	for {
		_, err := conn.Exec(ctx, `ALTER DATABASE `+from+` RENAME TO `+to)
		var busy *pgconn.PgError
		if !errors.As(err, &busy) || busy.Code != "55006" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func hasDatabase(ctx context.Context, conn *pgx.Conn, name string) (there bool, err error) {
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&there)
	return there, err
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // pgx has understood it, and says more when it does not
	}
	u.Path = "/" + name
	return u.String()
}

// token is a name that no other test has.
func token() string {
	return strings.ToLower(rand.Text())
}
