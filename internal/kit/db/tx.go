// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Tx is a transaction inside Write. It belongs to the goroutine that runs fn.
type Tx struct {
	d      *DB
	on     txConn
	hooks  []func()
	notes  []note
	known  map[any]any
	failed error // the first statement that failed; nothing runs after it
	ended  atomic.Bool
}

// txConn is the engine's side of a transaction.
type txConn interface {
	query(ctx context.Context, text string, args []any) (rows, error)
	exec(ctx context.Context, text string, args []any) (int64, error)
}

// Engine returns the engine, for Pair.For.
func (t *Tx) Engine() Engine { return t.d.engine }

// AfterCommit runs fn once, in the goroutine of the caller of Write, after
// the commit is durable and before Write returns. It never runs when the
// transaction is rolled back or tried again. The functions of one transaction
// run in order; those of two transactions may run in either order, so a cache
// must compare versions.
func (t *Tx) AfterCommit(fn func()) { t.hooks = append(t.hooks, fn) }

// Know keeps what a room has read for the rest of the transaction, so that ten listeners of one
// commit do not read one row ten times. key is of a type of the room's own. Whoever writes the row
// calls Forget.
func (t *Tx) Know(key, value any) {
	if t.known == nil {
		t.known = map[any]any{}
	}
	t.known[key] = value
}

// Known returns what was kept under key, nil where nothing is.
func (t *Tx) Known(key any) any { return t.known[key] }

// Forget drops what was kept under key.
func (t *Tx) Forget(key any) { delete(t.known, key) }

func (t *Tx) query(ctx context.Context, text string, args []any) (rows, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	args, err := values(args)
	if err != nil {
		return nil, t.spoil(err)
	}
	r, err := t.on.query(ctx, text, args)
	if err != nil {
		return nil, t.spoil(err)
	}
	return r, nil
}

func (t *Tx) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := t.ready(); err != nil {
		return 0, err
	}
	args, err := values(args)
	if err != nil {
		return 0, t.spoil(err)
	}
	n, err := t.on.exec(ctx, text, args)
	if err != nil {
		return 0, t.spoil(err)
	}
	return n, nil
}

// ready refuses a statement after the end or after a failure. PostgreSQL
// refuses the latter itself; SQLite would go on and hide the difference.
func (t *Tx) ready() error {
	if t.ended.Load() {
		return errEnded
	}
	if t.failed != nil {
		return fmt.Errorf("db: statement after a failed statement: %w", t.failed)
	}
	return nil
}

func (t *Tx) spoil(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// verdict joins what fn returned with what its statements met: a transaction
// in which a statement failed cannot be committed, whatever fn says.
func (t *Tx) verdict(err error) error {
	if err == nil {
		return t.failed
	}
	return err
}
