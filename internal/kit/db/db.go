// SPDX-License-Identifier: Apache-2.0

package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"
)

// Limit bounds one statement, one turn of a writer and one wait for a
// connection (F19, F20: a request fails within 10 seconds instead of hanging).
const Limit = 10 * time.Second

// longer times Limit bounds one statement of a long scan.
const longer = 30

// Engine says which database runs.
type Engine int

// The engines. Both run the same texts.
const (
	SQLite Engine = iota + 1
	Postgres
)

// String returns the engine's name as it stands in logs.
func (e Engine) String() string {
	if e == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// Pair is one statement that must differ between the engines.
type Pair struct{ SQLite, Postgres string }

// For returns the text for e.
func (p Pair) For(e Engine) string {
	if e == Postgres {
		return p.Postgres
	}
	return p.SQLite
}

// Config says where the data is and how much may be open.
type Config struct {
	// URL is "sqlite:///absolute/path.db" or "postgres://…".
	URL string
	// Readers is the number of reading connections of SQLite or of all
	// connections of PostgreSQL; zero means max(4, cores) and max(16, 4 × cores).
	Readers int
	// Logger hears of reconnects and retries; nil means silence.
	Logger *slog.Logger
	// Guest opens a SQLite file that another process may hold, for the short
	// visit of a command: it takes no lock and makes no file. SQLite itself
	// keeps the two apart, and neither hears the notes of the other.
	Guest bool

	limit time.Duration // zero is Limit; tests are less patient
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	log    *slog.Logger
	limit  time.Duration
	back   backend
	long   *DB // the same database over connections of its own, for long scans

	migrations fs.FS // with the folder "migration"
	ears       ears
	fail       atomic.Pointer[failpoints]
}

// backend is what the two engines have in common.
type backend interface {
	write(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error)
	read(ctx context.Context, text string, args []any) (rows, error)
	listen(ctx context.Context) error // returns when notes arrive
	version(ctx context.Context) (int64, error)
	migrate(ctx context.Context) error
	ping(ctx context.Context) error
	close() error
}

// failpoints are where a test may make a commit fail or watch it (F06).
type failpoints struct {
	beforeCommit func() error // an error is treated as the failure of COMMIT
	afterCommit  func() error // an error is treated as a lost answer to COMMIT
}

func (f *failpoints) before() error {
	if f == nil || f.beforeCommit == nil {
		return nil
	}
	return f.beforeCommit()
}

func (f *failpoints) after() error {
	if f == nil || f.afterCommit == nil {
		return nil
	}
	return f.afterCommit()
}

// Open opens the database that c names and makes a SQLite file that is not
// there yet. It fails within a second when another process holds the same
// SQLite file (F24), and does not migrate.
func Open(ctx context.Context, c Config) (*DB, error) {
	d := &DB{log: c.Logger, limit: cmp.Or(c.limit, Limit), migrations: migrations}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	var err error
	switch {
	case strings.HasPrefix(c.URL, "sqlite://"):
		d.engine = SQLite
		err = openSQLite(ctx, d, c)
	case strings.HasPrefix(c.URL, "postgres://"), strings.HasPrefix(c.URL, "postgresql://"):
		d.engine = Postgres
		err = openPostgres(ctx, d, c)
	default:
		err = errors.New("open database: the URL must begin with sqlite:// or postgres://")
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Engine returns the engine, for Pair.For.
func (d *DB) Engine() Engine { return d.engine }

// Long returns a Querier over a few connections of their own, so that long
// scans (search, reports, export) never take every reader. Its statements may
// run for five minutes.
func (d *DB) Long() Querier { return d.long }

// Ping asks the database for a sign of life.
func (d *DB) Ping(ctx context.Context) error { return d.back.ping(ctx) }

// Close waits for running statements, at most Limit, and closes. Later calls
// of anything answer errs.Unavailable.
func (d *DB) Close() error { return d.back.close() }

// Write runs fn in a transaction and returns nil only when it is durable.
//
// On SQLite fn runs in the writer goroutine, in one commit with other callers:
// it must not wait for anything but the database. Once its turn has come,
// neither the end of ctx nor its deadline interrupts it, on either engine; only
// the end of Limit does. fn may run again, at most five times when PostgreSQL
// asks for it; it must therefore assign, not append, to what it captures. A
// panic in fn is returned as an error. After an error for which IsUnknown holds
// the transaction may have been committed; after any other it was not.
//
// Write inside Write and reading through the *DB inside Write are refused: the
// first would wait for itself, the second would not see what tx has written.
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if d.inside(ctx) {
		return errNested
	}
	if t := d.reading(ctx); t != nil {
		t.end() //nolint:contextcheck // what was begun is ended, whatever becomes of ctx
	}
	hooks, err := d.back.write(ctx, fn)
	if err != nil {
		return err
	}
	for _, hook := range hooks {
		hook()
	}
	return nil
}

func (d *DB) query(ctx context.Context, text string, args []any) (rows, error) {
	if d.inside(ctx) {
		return nil, errReadInside
	}
	args, err := values(args)
	if err != nil {
		return nil, err
	}
	if t := d.reading(ctx); t != nil {
		return t.query(ctx, text, args)
	}
	return d.back.read(ctx, text, args)
}

var (
	errNested     = errors.New("db: Write inside Write: use the tx that is there")
	errReadInside = errors.New("db: reading through the database inside Write: read through tx")
	errEnded      = errors.New("db: the transaction is over")
)

// insideKey marks the context of fn in Write; its value is the *Tx.
type insideKey struct{}

// inside says whether ctx belongs to a transaction of d that is not over yet.
func (d *DB) inside(ctx context.Context) bool {
	tx, _ := ctx.Value(insideKey{}).(*Tx)
	return tx != nil && (tx.d == d || tx.d.long == d) && !tx.ended.Load()
}

// caught turns a panic of fn into an error that keeps where it happened.
func caught(v any, stack []byte) error {
	return fmt.Errorf("panic in write: %v\n%s", v, stack)
}
