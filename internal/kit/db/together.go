// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"sync"
)

// togetherKey marks the context of what is read together; its value is the *together.
type togetherKey struct{}

// Together makes what is read with the returned context, until end is called, one reading. On
// SQLite its statements share a connection and a transaction: all of them see the same moment, and
// the price of a transaction is paid once for a page and not once for each of its forty
// statements. On PostgreSQL every statement is one by itself, as without Together.
//
// The reading begins with its first statement and may last for Limit. Write ends it, so that what
// is read afterwards sees what was written. A statement that comes while the result of another is
// still open is read alone. end may be called more than once.
func (d *DB) Together(ctx context.Context) (within context.Context, end func()) {
	s, ok := d.back.(*sqlite)
	if !ok {
		return ctx, func() {}
	}
	t := &together{d: d, from: s.short, ctx: ctx}
	return context.WithValue(ctx, togetherKey{}, t), t.end
}

// together is one reading over one connection of SQLite.
type together struct {
	d    *DB
	from *readers
	ctx  context.Context //nolint:containedctx // of the reading, which its statements share

	mu      sync.Mutex // held while a result is open
	conn    *sqliteConn
	within  context.Context //nolint:containedctx // ctx, for Limit
	unguard func()
	cancel  context.CancelFunc
	over    bool
}

// reading is what ctx is read together with in d, nil where it is not.
func (d *DB) reading(ctx context.Context) *together {
	if t, _ := ctx.Value(togetherKey{}).(*together); t != nil && t.d == d {
		return t
	}
	return nil
}

func (t *together) query(ctx context.Context, text string, args []any) (rows, error) {
	if !t.mu.TryLock() {
		return t.from.query(ctx, text, args)
	}
	if t.over {
		t.mu.Unlock()
		return t.from.query(ctx, text, args)
	}
	done, err := t.ready(ctx)
	var r *sqliteRows
	if err == nil {
		r, err = t.conn.query(ctx, text, args)
	}
	if err != nil {
		done()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, sqliteError(err)
	}
	r.free = done
	return r, nil
}

// ready has the connection watched for a statement. done gives the lock back that its caller
// holds, whether or not there is an error.
func (t *together) ready(ctx context.Context) (done func(), err error) {
	if t.conn == nil {
		if err := t.begin(); err != nil {
			return t.mu.Unlock, err
		}
	}
	if ctx.Done() == t.ctx.Done() {
		return t.mu.Unlock, nil
	}
	t.unguard() // it may end before the reading does
	end := t.conn.guard.begin(ctx)
	return func() {
		end()
		t.unguard = t.conn.guard.begin(t.within)
		t.mu.Unlock()
	}, nil
}

func (t *together) begin() error {
	c, err := t.from.take(t.ctx)
	if err != nil {
		return err
	}
	t.conn = c
	t.within, t.cancel = context.WithTimeout(t.ctx, t.from.limit)
	t.unguard = c.guard.begin(t.within)
	if _, err = c.exec(t.within, `BEGIN`, nil); err != nil {
		t.free()
	}
	return err
}

func (t *together) free() {
	t.unguard()
	t.cancel()
	t.from.give(t.conn)
	t.conn = nil
}

// end gives the connection back. It waits for a result that is open.
func (t *together) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if t.conn != nil {
		_, _ = t.conn.exec(context.Background(), `ROLLBACK`, nil) // nothing was written
		t.free()
	}
}
