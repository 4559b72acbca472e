// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Backup writes the database as it is at one instant to a new file at path,
// while readers and writers go on (F25). The file appears under its name only
// when it is whole, checked and on the disk. PostgreSQL has its own tools:
// there it answers "db.backup_elsewhere".
func (d *DB) Backup(ctx context.Context, path string) error {
	s, ok := d.back.(*sqlite)
	if !ok {
		return errs.New(errs.Invalid, "db.backup_elsewhere")
	}
	if s.closed() {
		return closedError()
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", path, errors.Join(err, os.ErrExist))
	}
	part := path + ".part"
	err := s.copyTo(ctx, part)
	if err == nil {
		err = CheckFile(ctx, part)
	}
	if err == nil {
		err = settle(part, path)
	}
	if err != nil {
		return fmt.Errorf("back up: %w", errors.Join(sqliteError(err), remove(part)))
	}
	return nil
}

// copyTo writes the database to a file that is not there yet. It reads one
// snapshot of the write-ahead log, and so holds up nobody.
func (s *sqlite) copyTo(ctx context.Context, part string) error {
	if err := remove(part); err != nil { // left by a crash
		return err
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // nobody else reads it
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(s.path, migratorPragmas))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO ?`, part)
	return errors.Join(err, pool.Close())
}

// CheckFile reads every page of the SQLite file at path, which no process has
// open, and says what is wrong with it: "db.damaged" for what is not a whole
// database of ours (F15, F25).
func CheckFile(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(path, []string{"query_only(1)", "mmap_size(0)"}))
	if err != nil {
		return err
	}
	err = checkPages(ctx, pool)
	if e := errs.As(err); err != nil && e == nil && ctx.Err() == nil {
		err = errs.Wrap(err, errs.Invalid, "db.damaged", "File", filepath.Base(path))
	}
	return errors.Join(err, pool.Close())
}

func checkPages(ctx context.Context, pool *sql.DB) error {
	var word string
	if err := pool.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&word); err != nil {
		return err
	}
	if word != "ok" {
		return errors.New(word)
	}
	if err := checkReferences(ctx, pool); err != nil {
		return err
	}
	var n int64
	return pool.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+versionTable).Scan(&n)
}

// checkReferences finds a row that refers to one that is not there.
func checkReferences(ctx context.Context, from interface {
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
},
) error {
	var table, parent string
	var row, key sql.NullInt64
	err := from.QueryRowContext(ctx, `PRAGMA foreign_key_check`).Scan(&table, &row, &parent, &key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("row %d of %s refers to a row of %s that is not there", row.Int64, table, parent)
}

// settle brings part to the disk and gives it its name.
func settle(part, path string) error {
	if err := syncPath(part, os.O_RDWR); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	return syncPath(filepath.Dir(path), os.O_RDONLY)
}

func syncPath(path string, flag int) error {
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Optimize lets SQLite look at tables that have grown, so that it keeps
// choosing the right index; once a night is enough. PostgreSQL does so itself.
func (d *DB) Optimize(ctx context.Context) error {
	if d.engine == Postgres {
		return nil
	}
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := Exec(ctx, tx, `PRAGMA optimize`)
		return err
	})
}
