// SPDX-License-Identifier: Apache-2.0

package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxTries bounds how often fn runs when PostgreSQL asks to try again.
	maxTries = 5
	// retryPause times the number of the try is the pause before the next.
	retryPause = 10 * time.Millisecond
)

// postgres is a pool of connections to a PostgreSQL server.
type postgres struct {
	d      *DB
	config *pgx.ConnConfig // for connections outside the pool
	pool   *pgxpool.Pool
	limit  time.Duration // of one statement
	long   *postgres     // closed with this one
	ear    ear

	closing atomic.Bool
	once    sync.Once
	err     error
}

func openPostgres(ctx context.Context, d *DB, c Config) error {
	n := c.Readers
	if n <= 0 {
		n = max(16, 4*runtime.NumCPU())
	}
	p, err := newPostgres(ctx, d, c.URL, n, d.limit)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	d.back = p
	d.long = &DB{engine: Postgres, log: d.log, limit: d.limit}
	if p.long, err = newPostgres(ctx, d.long, c.URL, longReaders, longer*d.limit); err == nil {
		d.long.back = p.long
		err = p.ping(ctx)
	}
	if err != nil {
		_ = p.close()
		return fmt.Errorf("open database: %w", err)
	}
	return nil
}

func newPostgres(ctx context.Context, d *DB, url string, n int, limit time.Duration) (*postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the URL is not one of PostgreSQL") // the cause may quote the password
	}
	config.MaxConns = int32(min(n, 1000))
	config.ConnConfig.ConnectTimeout = d.limit / 2
	// The end of a request stops its statement and keeps the connection.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: d.limit / 10}
	}
	set := config.ConnConfig.RuntimeParams
	if set["application_name"] == "" {
		set["application_name"] = "loopdesk"
	}
	set["jit"] = "off" // short statements: compiling costs more than it saves
	set["timezone"] = "UTC"
	if limit > d.limit {
		// A long scan is planned for what it asks: one plan for every word of a search would read
		// the whole index for the rare ones.
		set["plan_cache_mode"] = "force_custom_plan"
	}
	// The server gives up a little earlier than we do, so that its answer
	// arrives and the connection stays usable.
	set["statement_timeout"] = millis(limit * 9 / 10)
	set["lock_timeout"] = millis(d.limit * 8 / 10)
	// Should this process vanish inside a transaction, its locks do not stay (F20).
	set["idle_in_transaction_session_timeout"] = millis(2 * d.limit)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return &postgres{d: d, config: config.ConnConfig, pool: pool, limit: limit}, nil
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// acquire waits for a connection, at most Limit and no longer than ctx.
func (p *postgres) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	wait, cancel := context.WithTimeout(ctx, p.d.limit)
	defer cancel()
	conn, err := p.pool.Acquire(wait)
	switch {
	case err == nil:
		return conn, nil
	case p.closing.Load():
		return nil, closedError()
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return nil, err
}

func (p *postgres) read(ctx context.Context, text string, args []any) (rows, error) {
	conn, err := p.acquire(ctx)
	if err != nil {
		return nil, postgresError(err, ctx.Err() != nil)
	}
	within, cancel := context.WithTimeout(ctx, p.limit)
	r, err := conn.Query(within, text, args...)
	if err != nil {
		cancel()
		conn.Release()
		return nil, postgresError(err, ctx.Err() != nil)
	}
	return &postgresRows{r: r, ctx: ctx, free: func() { cancel(); conn.Release() }}, nil
}

// write runs fn in transactions until one is committed or fails for good.
// Once it has a connection, the end of ctx does not stop it, as on SQLite;
// its time is Limit for the turn, tries included.
func (p *postgres) write(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	turn, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limit)
	defer cancel()
	for try := 1; ; try++ {
		conn, err := p.acquire(ctx)
		if err != nil {
			return nil, postgresError(err, ctx.Err() != nil)
		}
		tx := &Tx{d: p.d, on: &postgresTurn{conn: conn.Conn(), ctx: turn}}
		again, err := p.attempt(turn, conn.Conn(), tx, fn)
		conn.Release()
		if err == nil {
			return tx.hooks, nil
		}
		if !again || try == maxTries || turn.Err() != nil {
			return nil, postgresError(err, false)
		}
		p.d.log.DebugContext(ctx, "write tried again", slog.Int("try", try), slog.Any("err", err))
		select {
		case <-time.After(time.Duration(try) * retryPause):
		case <-turn.Done():
		}
	}
}

// attempt runs fn in one transaction. again says that nothing was committed
// and that another try may do better.
func (p *postgres) attempt(ctx context.Context, conn *pgx.Conn, tx *Tx, fn func(context.Context, *Tx) error) (again bool, err error) {
	if _, err = conn.Exec(ctx, `BEGIN`); err != nil {
		return broken(err) && ctx.Err() == nil, err
	}
	err = tx.run(ctx, fn)
	if err == nil {
		err = tell(ctx, conn, tx.notes)
	}
	if err == nil {
		err = p.d.fail.Load().before()
	}
	if err != nil {
		p.rollback(ctx, conn)
		// Whatever fn made of it: what a statement met is what counts.
		why := cmp.Or(tx.failed, err)
		return ctx.Err() == nil && (serialization(why) || tx.failed != nil && broken(why)), err
	}
	return p.commit(ctx, conn)
}

// commit has Limit for itself: an unknown outcome is worse than a late one.
func (p *postgres) commit(ctx context.Context, conn *pgx.Conn) (again bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limit)
	defer cancel()
	tag, err := conn.Exec(ctx, `COMMIT`)
	if err == nil {
		err = p.d.fail.Load().after()
		if err != nil {
			return false, unknownError(err)
		}
		if tag.String() != "COMMIT" {
			return false, errors.New("db: PostgreSQL rolled back instead of committing")
		}
		return false, nil
	}
	switch {
	case serialization(err):
		return true, err
	case refused(err), pgconn.SafeToRetry(err):
		return false, err
	}
	return false, unknownError(err)
}

// rollback ends the transaction; a connection on which that fails is closed,
// and the pool drops it.
func (p *postgres) rollback(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limit/10)
	defer cancel()
	if _, err := conn.Exec(ctx, `ROLLBACK`); err != nil {
		_ = conn.Close(ctx)
	}
}

// serialization says that PostgreSQL asks to run the transaction again.
func serialization(err error) bool {
	_, state := codes(err)
	return state == "40001" || state == "40P01"
}

// refused says that PostgreSQL answered and did not commit. A FATAL answer may
// come after the commit, and so may 08xxx and 40003.
func refused(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.SeverityUnlocalized == "ERROR" && p.Code[:2] != "08" && p.Code != "40003"
}

// broken says that the connection is gone or never came about.
func broken(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	var p *pgconn.PgError
	switch {
	case errors.As(err, &p):
		return p.Code[:3] == "57P" || p.Code[:2] == "08"
	case errors.As(err, &connect), errors.As(err, &network), pgconn.SafeToRetry(err):
		return true
	}
	return errors.Is(err, errEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed)
}

func (p *postgres) ping(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, p.d.limit)
	defer cancel()
	return postgresError(p.pool.Ping(within), ctx.Err() != nil)
}

// close waits for connections that are in use, at most Limit.
func (p *postgres) close() error {
	p.once.Do(func() {
		p.closing.Store(true)
		p.ear.stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.pool.Close()
		}()
		timer := time.NewTimer(p.d.limit)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			p.err = errors.New("a connection to PostgreSQL did not end")
		}
		if p.long != nil {
			p.err = errors.Join(p.err, p.long.close())
		}
	})
	return p.err
}

// postgresTurn is a transaction's view of its connection. It uses the context
// of the turn, whichever the function passes.
type postgresTurn struct {
	conn *pgx.Conn
	ctx  context.Context
}

func (t *postgresTurn) query(_ context.Context, text string, args []any) (rows, error) {
	r, err := t.conn.Query(t.ctx, text, args...) //nolint:contextcheck // of the turn, on purpose
	if err != nil {
		return nil, err
	}
	return &postgresRows{r: r, ctx: t.ctx, raw: true}, nil
}

func (t *postgresTurn) exec(_ context.Context, text string, args []any) (int64, error) {
	tag, err := t.conn.Exec(t.ctx, text, args...) //nolint:contextcheck // of the turn, on purpose
	return tag.RowsAffected(), err
}
