// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

//go:embed migration/*.sql
var migrations embed.FS

// versionTable keeps which migrations have run.
const versionTable = "schema_version"

// migrationLock keeps two nodes from migrating at once (F29). Any number does
// that no other program takes: it is "loopdesk" in ASCII.
const migrationLock = 0x6c6f6f706465736b

// Migrate brings the tables to the form this program knows, one transaction
// for each migration, so that a crash leaves whole steps behind (F27). A second
// node waits for the first. It refuses with "db.newer" to touch a database
// that a newer program has migrated (F28). Running it again changes nothing.
func (d *DB) Migrate(ctx context.Context) error {
	if err := d.back.migrate(ctx); err != nil {
		if errs.As(err) != nil || ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// SchemaVersion returns the number of the newest migration that the database
// has seen; zero is a database without tables.
func (d *DB) SchemaVersion(ctx context.Context) (int64, error) { return d.back.version(ctx) }

// KnownVersion returns the number of the newest migration in this program.
func (d *DB) KnownVersion() (int64, error) {
	files, err := migrationFiles(d.migrations, d.engine)
	if err != nil {
		return 0, err
	}
	return files.newest()
}

// migrate runs what is missing over a connection pool of goose's own kind.
func migrate(ctx context.Context, pool *sql.DB, e Engine, source fs.FS) error {
	files, err := migrationFiles(source, e)
	if err != nil {
		return err
	}
	known, err := files.newest()
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if e == Postgres {
		dialect = goose.DialectPostgres
	}
	store, err := database.NewStore(dialect, versionTable)
	if err != nil {
		return err
	}
	if e == SQLite {
		store = checkedStore{store}
	}
	p, err := goose.NewProvider(goose.DialectCustom, pool, files,
		goose.WithStore(store), goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if have > known {
		return errs.New(errs.Unavailable, "db.newer", "Have", have, "Known", known)
	}
	_, err = p.Up(ctx)
	return err
}

// checkedStore looks, before a migration counts as done and commits, for
// references that it left without their row. SQLite migrates with foreign keys
// off: with them on, dropping the old form of a table would delete the rows
// that refer to it.
type checkedStore struct{ database.Store }

func (s checkedStore) Insert(ctx context.Context, tx database.DBTxConn, r database.InsertRequest) error {
	if err := checkReferences(ctx, tx); err != nil {
		return fmt.Errorf("migration %d: %w", r.Version, err)
	}
	return s.Store.Insert(ctx, tx, r)
}

// migrate of SQLite uses a connection of its own beside the writer, which it
// waits for like any other process would.
func (s *sqlite) migrate(ctx context.Context) error {
	if s.closed() {
		return closedError()
	}
	s.migrating.Lock()
	defer s.migrating.Unlock()
	pool, err := sql.Open("sqlite", dsn(s.path, migratorPragmas)+"&_txlock=immediate")
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	return errors.Join(sqliteError(migrate(ctx, pool, SQLite, s.d.migrations)), pool.Close())
}

// migrate of PostgreSQL holds a lock on one connection and works on another.
func (p *postgres) migrate(ctx context.Context) error {
	config := p.config.Copy()
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		config.RuntimeParams[name] = "0" // rewriting a large table takes its time
	}
	pool := stdlib.OpenDB(*config)
	err := func() error {
		lock, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		// Closing the pool closes the connection, and that lets the lock go.
		if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
		return errors.Join(migrate(ctx, pool, Postgres, p.d.migrations), lock.Close())
	}()
	return errors.Join(postgresError(err, ctx.Err() != nil), pool.Close())
}

func (s *sqlite) version(ctx context.Context) (int64, error) {
	return version(ctx, s.d, `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`)
}

func (p *postgres) version(ctx context.Context) (int64, error) {
	return version(ctx, p.d, `SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`)
}

func version(ctx context.Context, d *DB, exists string) (int64, error) {
	n, err := One(ctx, d, scanID, exists, versionTable)
	if err != nil || n == 0 {
		return 0, err
	}
	return One(ctx, d, scanID, `SELECT COALESCE(MAX(version_id), 0) FROM `+versionTable)
}
