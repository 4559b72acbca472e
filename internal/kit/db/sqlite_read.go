// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"errors"
	"sync"
	"time"
)

// readers is a pool of query-only connections. Who waits for one is served first come first
// served. Of those that are free the one that came back last goes out first: it has its statements
// prepared and its pages at hand, which those that nobody needed for a while have not.
type readers struct {
	from  opener
	wait  time.Duration // for a connection
	limit time.Duration // of one statement
	turns chan struct{} // one for each connection that may go out
	quit  chan struct{}
	once  sync.Once

	mu   sync.Mutex
	idle []*sqliteConn // opened and free, the last to come back at the end
}

func newReaders(from opener, n int, wait, limit time.Duration) *readers {
	p := &readers{from: from, wait: wait, limit: limit, turns: make(chan struct{}, n), quit: make(chan struct{})}
	for range n {
		p.turns <- struct{}{}
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
	select {
	case <-p.turns:
	default:
		timer := time.NewTimer(p.wait)
		defer timer.Stop()
		select {
		case <-p.turns:
		case <-p.quit:
			return nil, closedError()
		case <-timer.C:
			return nil, busyError(errors.New("no reader came free"))
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if c := p.warmest(); c != nil {
		return c, nil
	}
	c, err := p.from.open()
	if err != nil {
		p.turns <- struct{}{}
		return nil, sqliteError(err)
	}
	return c, nil
}

// warmest takes the free connection that was used last, nil where none is open.
func (p *readers) warmest() *sqliteConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return c
}

// give puts a connection back.
func (p *readers) give(c *sqliteConn) {
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	p.turns <- struct{}{}
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
		p.give(c)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, sqliteError(err)
	}
	r.free = func() { end(); cancel(); p.give(c) }
	return r, nil
}

// stop refuses new readers and waits for those that run, at most Limit.
func (p *readers) stop() error {
	var err error
	p.once.Do(func() {
		close(p.quit)
		timer := time.NewTimer(p.wait)
		defer timer.Stop()
		for range cap(p.turns) {
			select {
			case <-p.turns:
				if c := p.warmest(); c != nil {
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
