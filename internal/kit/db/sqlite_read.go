// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"errors"
	"sync"
	"time"
)

// readers is a pool of query-only connections, handed out first come first served.
type readers struct {
	from  opener
	wait  time.Duration    // for a connection
	limit time.Duration    // of one statement
	free  chan *sqliteConn // a slot each; nil is a slot without a connection yet
	quit  chan struct{}
	once  sync.Once
}

func newReaders(from opener, n int, wait, limit time.Duration) *readers {
	p := &readers{from: from, wait: wait, limit: limit, free: make(chan *sqliteConn, n), quit: make(chan struct{})}
	for range n {
		p.free <- nil
	}
	return p
}

// take waits for a connection, at most its time.
func (p *readers) take(ctx context.Context) (*sqliteConn, error) {
	select {
	case <-p.quit:
		return nil, closedError()
	default:
	}
	var c *sqliteConn
	select {
	case c = <-p.free:
	default:
		timer := time.NewTimer(p.wait)
		defer timer.Stop()
		select {
		case c = <-p.free:
		case <-p.quit:
			return nil, closedError()
		case <-timer.C:
			return nil, busyError(errors.New("no reader came free"))
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if c != nil {
		return c, nil
	}
	c, err := p.from.open()
	if err != nil {
		p.free <- nil
		return nil, sqliteError(err)
	}
	return c, nil
}

func (p *readers) query(ctx context.Context, text string, args []any) (rows, error) {
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, p.limit)
	end := c.guard.begin(within)
	r, err := c.query(within, text, args)
	if err != nil {
		end()
		cancel()
		p.free <- c
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, sqliteError(err)
	}
	r.free = func() { end(); cancel(); p.free <- c }
	return r, nil
}

// stop refuses new readers and waits for those that run, at most Limit.
func (p *readers) stop() error {
	var err error
	p.once.Do(func() {
		close(p.quit)
		timer := time.NewTimer(p.wait)
		defer timer.Stop()
		for range cap(p.free) {
			select {
			case c := <-p.free:
				if c != nil {
					err = errors.Join(err, c.close())
				}
			case <-timer.C:
				err = errors.Join(err, errors.New("a reader did not end"))
				return
			}
		}
	})
	return err
}
