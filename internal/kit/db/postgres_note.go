// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// wire is the one channel of PostgreSQL on which all notes travel; the names
// inside are ours. So there is nothing to subscribe to when a room listens.
const wire = "loopdesk"

// The listening connection asks for a sign of life when it was quiet for so
// long, and comes back after a pause that grows to the longest one.
const (
	quiet        = 20 * time.Second
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
)

// tell hands notes to PostgreSQL, which passes them on when it commits.
func tell(ctx context.Context, conn *pgx.Conn, notes []note) error {
	if len(notes) == 0 {
		return nil
	}
	texts := make([]string, len(notes))
	for i, n := range notes {
		texts[i] = n.channel + "\n" + n.payload
	}
	_, err := conn.Exec(ctx, `SELECT pg_notify('`+wire+`', t) FROM unnest($1::text[]) AS t`, texts)
	return err
}

// ear is the connection of a process that hears notes. It opens with the
// first listener and stays.
type ear struct {
	mu     sync.Mutex
	cancel context.CancelFunc // nil: not open yet
	done   chan struct{}
	closed bool
}

// listen returns once the process hears notes.
func (p *postgres) listen(ctx context.Context) error {
	p.ear.mu.Lock()
	defer p.ear.mu.Unlock()
	switch {
	case p.ear.closed:
		return closedError()
	case p.ear.cancel != nil:
		return nil
	}
	conn, err := p.listening(ctx)
	if err != nil {
		return postgresError(err, ctx.Err() != nil)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p.ear.cancel, p.ear.done = cancel, make(chan struct{})
	go func() {
		defer close(p.ear.done)
		p.hear(life, conn)
	}()
	return nil
}

func (e *ear) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if e.cancel != nil {
		e.cancel()
		<-e.done
	}
}

// listening opens a connection that listens.
func (p *postgres) listening(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.d.limit)
	defer cancel()
	config := p.config.Copy()
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, `LISTEN `+wire); err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return conn, nil
}

// hear passes notes on until life ends, over one connection after another.
func (p *postgres) hear(life context.Context, conn *pgx.Conn) {
	for {
		err := p.drain(life, conn)
		_ = conn.Close(life)
		if life.Err() != nil {
			return
		}
		p.d.log.Warn("listening to PostgreSQL was interrupted", slog.Any("err", err))
		if conn = p.again(life); conn == nil {
			return
		}
		p.d.ears.missed()
	}
}

// again opens the next connection; nil means that life ended first.
func (p *postgres) again(life context.Context) *pgx.Conn {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		conn, err := p.listening(life)
		if err == nil {
			return conn
		}
		p.d.log.Debug("listening to PostgreSQL failed", slog.Any("err", err))
		select {
		case <-time.After(pause):
		case <-life.Done():
			return nil
		}
	}
}

// drain passes on what conn hears until it breaks.
func (p *postgres) drain(life context.Context, conn *pgx.Conn) error {
	for {
		n, err := p.wait(life, conn)
		switch {
		case err == nil:
			channel, payload, _ := strings.Cut(n.Payload, "\n")
			p.d.ears.tell([]note{{channel, payload}})
		case life.Err() != nil || !pgconn.Timeout(err):
			return err
		default:
			if err := p.alive(life, conn); err != nil {
				return err
			}
		}
	}
}

func (p *postgres) wait(life context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	ctx, cancel := context.WithTimeout(life, quiet)
	defer cancel()
	return conn.WaitForNotification(ctx)
}

func (p *postgres) alive(life context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(life, p.d.limit)
	defer cancel()
	return conn.Ping(ctx)
}
