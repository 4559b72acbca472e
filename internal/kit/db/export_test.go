// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"io/fs"
	"testing"
	"time"
)

// Impatient makes Limit short for one database.
func Impatient(c Config, limit time.Duration) Config {
	c.limit = limit
	return c
}

// SetFailpoints makes commits fail: before stands for COMMIT failing, after
// for its answer getting lost.
func SetFailpoints(d *DB, before, after func() error) {
	d.fail.Store(&failpoints{beforeCommit: before, afterCommit: after})
}

// SetMigrations replaces the migrations of the program; files has a folder "migration".
func SetMigrations(d *DB, files fs.FS) { d.migrations = files }

// Migrations are those of the program.
func Migrations() fs.FS { return migrations }

// Queued returns how many callers wait for the writer of SQLite.
func Queued(d *DB) int { return len(d.back.(*sqlite).writer.calls) }

// AllReaders takes all connections but those for long scans and returns how to give
// them back.
func AllReaders(tb testing.TB, d *DB) (back func()) {
	tb.Helper()
	var frees []func()
	switch b := d.back.(type) {
	case *sqlite:
		for range cap(b.short.turns) {
			c, err := b.short.take(context.Background())
			if err != nil {
				tb.Fatal(err)
			}
			frees = append(frees, func() { b.short.give(c) })
		}
	case *postgres:
		for range b.pool.Config().MaxConns {
			c, err := b.pool.Acquire(context.Background())
			if err != nil {
				tb.Fatal(err)
			}
			frees = append(frees, c.Release)
		}
	}
	return func() {
		for _, free := range frees {
			free()
		}
	}
}

// Prepared returns how many statements each free reader of SQLite has ready, the last used last.
func Prepared(d *DB) []int {
	p := d.back.(*sqlite).short
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []int
	for _, c := range p.idle {
		out = append(out, len(c.stmts))
	}
	return out
}

// Listeners returns how many listen to channel in this process.
func Listeners(d *DB, channel string) int { return len(d.ears.of(channel)) }

// Guarded says whether the guard of the writer's connection has its handle;
// true on PostgreSQL, which ends statements itself.
func Guarded(d *DB) bool {
	s, ok := d.back.(*sqlite)
	return !ok || s.writer.conn.guard.handle != 0
}
