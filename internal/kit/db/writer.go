// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// A batch ends with so many callers, or when its turns have taken this part of
// Limit, so that the first of many slow ones is not kept.
const (
	maxBatch  = 256
	batchPart = 50
)

// writer owns the only connection that may change a SQLite file. Whoever
// waits while it works shares the next commit, so that one fsync serves many:
//
//	BEGIN  first  SAVEPOINT second RELEASE  SAVEPOINT third ROLLBACK TO …  COMMIT  answers
//
// It never waits for company. Nobody is answered before the COMMIT, and when
// that fails, it fails for everyone. The first caller of a batch needs no
// savepoint: there is nothing before it that its failure could take along.
type writer struct {
	d     *DB
	conn  *sqliteConn
	calls chan *call
	quit  chan struct{} // closed: nobody new is let in
	done  chan struct{} // closed: the goroutine is gone
	once  sync.Once

	// The batch that runs; they belong to the goroutine.
	ran []*call // waiting for the commit
	now *call   // having its turn
}

// call is one caller of Write.
type call struct {
	ctx     context.Context
	fn      func(context.Context, *Tx) error
	state   atomic.Int32
	tx      *Tx
	err     error
	refused error         // the function's own failure, told with its neighbours' commit
	done    chan struct{} // closed: err and tx are final
}

// The states of a call. It leaves waiting exactly once.
const (
	waiting int32 = iota
	taken         // by the writer: the caller waits for the answer
	gone          // the caller gave up first: the writer passes it over
)

func newWriter(d *DB, from opener) (*writer, error) {
	conn, err := from.open()
	if err != nil {
		return nil, err
	}
	w := &writer{
		d:     d,
		conn:  conn,
		calls: make(chan *call, maxBatch),
		quit:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// submit waits for fn's turn, at most Limit and no longer than ctx, and then
// for its answer, whatever becomes of ctx.
func (w *writer) submit(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	select {
	case <-w.quit:
		return nil, closedError()
	default:
	}
	c := &call{ctx: ctx, fn: fn, done: make(chan struct{})}
	timer := time.NewTimer(w.d.limit)
	defer timer.Stop()
	select {
	case w.calls <- c:
	case <-w.quit:
		return nil, closedError()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-timer.C:
		return nil, busyError(errors.New("the queue of the writer is full"))
	}
	var why error
	select {
	case <-c.done:
		return c.answer()
	case <-w.done:
		why = closedError()
	case <-ctx.Done():
		why = context.Cause(ctx)
	case <-timer.C:
		why = busyError(errors.New("the writer had no turn to give"))
	}
	if c.state.CompareAndSwap(waiting, gone) {
		return nil, why
	}
	<-c.done
	return c.answer()
}

func (c *call) answer() ([]func(), error) {
	if c.err != nil {
		return nil, c.err
	}
	hooks := c.tx.hooks
	if notes := c.tx.notes; len(notes) > 0 {
		hooks = append(hooks, func() { c.tx.d.ears.tell(notes) })
	}
	return hooks, nil
}

func (c *call) finish(err error) {
	c.err = err
	close(c.done)
}

// run serves callers until stop, and those first who were let in before it.
func (w *writer) run() {
	defer func() {
		if w.now == nil {
			close(w.done)
			return
		}
		// fn ended this goroutine, as t.FailNow does in a test. The batch is lost, the writer is not.
		w.rollback()
		for _, c := range append(w.ran, w.now) {
			c.finish(errors.New("db: a function in Write ended its goroutine"))
		}
		w.ran, w.now = nil, nil
		go w.run()
	}()
	for {
		select {
		case c := <-w.calls:
			w.batch(c)
		case <-w.quit:
			for c := w.next(); c != nil; c = w.next() {
				w.batch(c)
			}
			return
		}
	}
}

// next returns a caller that waits, or nil.
func (w *writer) next() *call {
	select {
	case c := <-w.calls:
		return c
	default:
		return nil
	}
}

// batch gives c and whoever else waits a turn each, commits and answers them.
func (w *writer) batch(c *call) {
	full := time.NewTimer(w.d.limit / batchPart)
	defer full.Stop()
	for n := 1; c != nil; n++ {
		if c.state.CompareAndSwap(waiting, taken) {
			w.turn(c)
		}
		if c = nil; n < maxBatch && !over(full) {
			c = w.next()
		}
	}
	w.commit()
}

func over(t *time.Timer) bool {
	select {
	case <-t.C:
		return true
	default:
		return false
	}
}

// turn runs c's function inside the batch. A failure takes nothing with it. It
// is answered at once when nobody wrote before it, and otherwise with the
// commit: it may rest on what they wrote, and "that name is taken" must be true
// when the caller hears it.
func (w *writer) turn(c *call) {
	c.refused = nil
	first := len(w.ran) == 0
	if err := w.open(first); err != nil {
		c.finish(sqliteError(err))
		if !first {
			w.apart()
		}
		return
	}
	w.now = c
	err := w.call(c)
	w.now = nil
	if err == nil && !first {
		err = w.exec(`RELEASE turn`)
	}
	if err == nil {
		w.ran = append(w.ran, c)
		return
	}
	switch {
	case first:
		c.finish(sqliteError(err))
		w.rollback()
	case w.exec(`ROLLBACK TO turn`) != nil || w.exec(`RELEASE turn`) != nil:
		c.finish(sqliteError(err))
		w.apart()
	default:
		c.refused = sqliteError(err)
		w.ran = append(w.ran, c)
	}
}

// open begins the batch, or a caller's part of it.
func (w *writer) open(first bool) error {
	if !first {
		return w.exec(`SAVEPOINT turn`)
	}
	err := w.exec(`BEGIN IMMEDIATE`)
	if err != nil {
		w.rollback() // should a transaction be left over, the next caller is rid of it
	}
	return err
}

// call runs c's function with a context that keeps the values of the caller's
// and forgets its end: an interrupted statement may roll back the whole
// transaction, other callers' work with it. Only the time of the turn ends it.
func (w *writer) call(c *call) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), w.d.limit)
	defer cancel()
	defer w.conn.guard.begin(ctx)()
	c.tx = &Tx{d: w.d, on: &sqliteTurn{conn: w.conn, ctx: ctx}}
	return c.tx.run(ctx, c.fn)
}

// apart runs those who wait for the commit once more, each in a commit of its
// own, after SQLite rolled the whole batch back at one caller's failure: an
// interrupted statement, a full disk.
func (w *writer) apart() {
	again := w.ran
	w.ran = nil
	w.rollback()
	for _, c := range again {
		w.turn(c)
		w.commit()
	}
}

// commit makes the batch durable and answers everyone in it alike.
func (w *writer) commit() {
	if len(w.ran) == 0 {
		return
	}
	fail := w.d.fail.Load()
	err := fail.before()
	if err == nil {
		err = w.exec(`COMMIT`)
	}
	if err != nil {
		w.rollback()
		err = sqliteError(fmt.Errorf("commit: %w", err))
	} else if lost := fail.after(); lost != nil {
		err = unknownError(lost)
	}
	for _, c := range w.ran {
		if err == nil {
			c.finish(c.refused)
		} else {
			c.finish(err)
		}
	}
	clear(w.ran)
	w.ran = w.ran[:0]
}

func (w *writer) exec(text string) error {
	_, err := w.conn.exec(context.Background(), text, nil)
	return err
}

// rollback ends the transaction if there is one; SQLite may have ended it already.
func (w *writer) rollback() { _ = w.exec(`ROLLBACK`) }

// stop lets nobody new in, serves those who wait and closes, at most after Limit.
func (w *writer) stop() error {
	w.once.Do(func() { close(w.quit) })
	timer := time.NewTimer(w.d.limit)
	defer timer.Stop()
	select {
	case <-w.done:
		return w.conn.close()
	case <-timer.C:
		return errors.New("the writer did not end")
	}
}

// sqliteTurn is one caller's view of the writer's connection. It uses the
// context of the turn, whichever the function passes.
type sqliteTurn struct {
	conn *sqliteConn
	ctx  context.Context
}

func (t *sqliteTurn) query(_ context.Context, text string, args []any) (rows, error) {
	r, err := t.conn.query(t.ctx, text, args) //nolint:contextcheck // of the turn, on purpose
	if err != nil {
		return nil, sqliteError(err)
	}
	return r, nil
}

func (t *sqliteTurn) exec(_ context.Context, text string, args []any) (int64, error) {
	n, err := t.conn.exec(t.ctx, text, args) //nolint:contextcheck // of the turn, on purpose
	return n, sqliteError(err)
}

// run calls fn with t in its context and returns what the transaction comes
// to: the error of fn, of its panic or of a statement whose error fn kept to
// itself.
func (t *Tx) run(ctx context.Context, fn func(context.Context, *Tx) error) (err error) {
	defer func() {
		t.ended.Store(true)
		if v := recover(); v != nil {
			err = caught(v, debug.Stack())
			return
		}
		err = t.verdict(err)
	}()
	return fn(context.WithValue(ctx, insideKey{}, t), t)
}
