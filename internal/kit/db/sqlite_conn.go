// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go
)

// opener opens connections of SQLite that belong to whoever opened them.
//
// They are the driver's own. What database/sql does for each statement on top of it (a pool, who
// holds what, which type a value has) is done here already, by the readers, the writer and value:
// it would be paid twice, forty times for a page.
type opener struct {
	driver driver.Driver
	dsn    string
}

func newOpener(dsn string) (opener, error) {
	none, err := sql.Open("sqlite", dsn) // opens nothing: it looks the driver up
	if err != nil {
		return opener{}, err
	}
	return opener{none.Driver(), dsn}, none.Close()
}

func (o opener) open() (*sqliteConn, error) {
	c, err := o.driver.Open(o.dsn)
	if err != nil {
		return nil, err
	}
	conn, ok := c.(driver.ConnPrepareContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("db: a %T prepares no statements", c), c.Close())
	}
	return &sqliteConn{conn: c, prep: conn, stmts: map[string]sqliteStmt{}, guard: newGuard(c)}, nil
}

// sqliteConn is one connection with the statements that were prepared on it.
// It belongs to one goroutine at a time.
type sqliteConn struct {
	conn  driver.Conn
	prep  driver.ConnPrepareContext // the same
	stmts map[string]sqliteStmt
	guard *guard
}

// sqliteStmt is a prepared statement.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// maxStmts bounds the statements of one connection; the texts of a house are
// a few hundred, and only lists of values make new ones.
const maxStmts = 500

func (c *sqliteConn) prepare(ctx context.Context, text string) (sqliteStmt, error) {
	if s, ok := c.stmts[text]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStmts {
		c.forget()
	}
	made, err := c.prep.PrepareContext(c.guard.context(ctx), text)
	if err != nil {
		return nil, err
	}
	s, ok := made.(sqliteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("db: a %T takes no context", made), made.Close())
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

// named are arguments as the driver takes them; values has made their types its own.
func named(args []any) []driver.NamedValue {
	if len(args) == 0 {
		return nil
	}
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return out
}

// exec runs a statement that changes rows. Who calls it or query has the
// connection guarded for as long as ctx lasts.
func (c *sqliteConn) exec(ctx context.Context, text string, args []any) (int64, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	s, err := c.prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(c.guard.context(ctx), named(args))
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
	s, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(c.guard.context(ctx), named(args))
	if err != nil {
		return nil, ended(ctx, err)
	}
	return &sqliteRows{ctx: ctx, r: r, row: make([]driver.Value, len(r.Columns()))}, nil
}

func (c *sqliteConn) close() error {
	c.forget()
	return c.conn.Close()
}

// sqliteRows is a result of SQLite. free gives the connection back.
type sqliteRows struct {
	ctx  context.Context //nolint:containedctx // of the statement, which lasts as long as its result
	r    driver.Rows
	row  []driver.Value
	err  error // why there is no further row, where that was not the end
	free func()
}

func (r *sqliteRows) next() bool {
	if r.err != nil {
		return false
	}
	err := r.r.Next(r.row)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return err == nil
}

func (r *sqliteRows) Scan(dest ...any) error {
	if len(dest) != len(r.row) {
		return fmt.Errorf("db: %d columns for %d destinations", len(r.row), len(dest))
	}
	for i, d := range dest {
		if err := set(d, r.row[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.r.Columns()[i], err)
		}
	}
	return nil
}

func (r *sqliteRows) close() error {
	err := r.r.Close()
	if r.err != nil {
		err = ended(r.ctx, r.err) // says why next ended
	}
	if r.free != nil {
		r.free()
	}
	return sqliteError(err)
}
