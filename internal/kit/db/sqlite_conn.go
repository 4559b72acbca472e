// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"database/sql"
)

// sqliteConn is one connection with the statements that were prepared on it.
// It belongs to one goroutine at a time.
type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	guard *guard
}

func newSQLiteConn(conn *sql.Conn) *sqliteConn {
	return &sqliteConn{conn: conn, stmts: map[string]*sql.Stmt{}, guard: newGuard(conn)}
}

// maxStmts bounds the statements of one connection; the texts of a house are
// a few hundred, and only lists of values make new ones.
const maxStmts = 500

func (c *sqliteConn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := c.stmts[text]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStmts {
		c.forget()
	}
	s, err := c.conn.PrepareContext(c.guard.context(ctx), text)
	if err != nil {
		return nil, err
	}
	c.stmts[text] = s
	return s, nil
}

// forget closes all statements. They come back one by one as they are needed.
func (c *sqliteConn) forget() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	clear(c.stmts)
}

// exec runs a statement that changes rows. Who calls it or query has the
// connection guarded for as long as ctx lasts.
func (c *sqliteConn) exec(ctx context.Context, text string, args []any) (int64, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	s, err := c.prepare(ctx, text) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(c.guard.context(ctx), args...)
	if err != nil {
		return 0, ended(ctx, err)
	}
	return r.RowsAffected()
}

// ended says that a statement failed because its time was over, where that is so.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *sqliteConn) query(ctx context.Context, text string, args []any) (*sqliteRows, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	s, err := c.prepare(ctx, text) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(c.guard.context(ctx), args...) //nolint:rowserrcheck // sqliteRows.close looks
	if err != nil {
		return nil, ended(ctx, err)
	}
	return &sqliteRows{ctx: ctx, r: r}, nil
}

func (c *sqliteConn) close() error {
	c.forget()
	return c.conn.Close()
}

// sqliteRows is a result of SQLite. free gives the connection back.
type sqliteRows struct {
	ctx   context.Context //nolint:containedctx // of the statement, which lasts as long as its result
	r     *sql.Rows
	cells []cell
	dest  []any
	free  func()
}

func (r *sqliteRows) next() bool { return r.r.Next() }

func (r *sqliteRows) Scan(dest ...any) error {
	if len(r.cells) != len(dest) {
		r.cells, r.dest = make([]cell, len(dest)), make([]any, len(dest))
		for i := range r.cells {
			r.dest[i] = &r.cells[i]
		}
	}
	for i, d := range dest {
		r.cells[i].dest = d
	}
	return r.r.Scan(r.dest...)
}

func (r *sqliteRows) close() error {
	err := r.r.Close()
	if e := r.r.Err(); e != nil {
		err = ended(r.ctx, e) // says why Next ended
	}
	if r.free != nil {
		r.free()
	}
	return sqliteError(err)
}
