// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"database/sql/driver"
	"reflect"
	"sync"
	"time"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// guard ends what runs on a connection of SQLite when a context ends (F19).
//
// The driver does that too, by two goroutines for each statement. To start and
// end them costs four times what reading a row by its key does, and wakes an
// idle core that finds nothing to do. A guard costs one entry in the context,
// for one statement or for all statements of a turn.
type guard struct {
	handle uintptr // SQLite's own; 0 where it is not known: the driver's way is used

	mu   sync.Mutex
	turn int64 // counts begin and end; odd while guarded
}

// again is how often an interrupt is repeated: SQLite forgets one that comes
// just before a statement begins.
const again = 10 * time.Millisecond

// newGuard finds the handle, which the driver keeps to itself.
func newGuard(conn driver.Conn) *guard {
	g := &guard{}
	if v := reflect.Indirect(reflect.ValueOf(conn)); v.Kind() == reflect.Struct {
		if f := v.FieldByName("db"); f.Kind() == reflect.Uintptr {
			g.handle = uintptr(f.Uint())
		}
	}
	return g
}

// begin watches over the connection until the returned function is called.
func (g *guard) begin(ctx context.Context) (end func()) {
	if g.handle == 0 || ctx.Done() == nil {
		return func() {}
	}
	turn := g.next()
	stop := context.AfterFunc(ctx, func() { g.interrupt(turn) })
	return func() {
		g.next()
		stop()
	}
}

func (g *guard) next() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn++
	return g.turn
}

// interrupt ends the statements of a turn, until it is over. It never reaches
// into the next one.
func (g *guard) interrupt(turn int64) {
	tls := libc.NewTLS()
	defer tls.Close()
	tick := time.NewTicker(again)
	defer tick.Stop()
	for g.once(tls, turn) {
		<-tick.C
	}
}

func (g *guard) once(tls *libc.TLS, turn int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.turn != turn {
		return false
	}
	sqlite3.Xsqlite3_interrupt(tls, g.handle)
	return true
}

// context is what the driver gets to see of ctx: no end where the guard knows
// of it.
func (g *guard) context(ctx context.Context) context.Context {
	if g.handle == 0 {
		return ctx
	}
	return context.WithoutCancel(ctx)
}
