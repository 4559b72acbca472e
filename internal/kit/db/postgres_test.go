// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// postgres runs fn on PostgreSQL alone, with an empty table "thing".
func postgres(t *testing.T, limit time.Duration, fn func(t *testing.T, d *db.DB, url string)) {
	t.Helper()
	server := dbtest.Server(t)
	if server == "" {
		return
	}
	url := dbtest.EmptyPostgres(t, server)
	d := impatient(t, url, limit)
	run(t, d, thing.For(db.Postgres))
	fn(t, d, url)
}

func impatient(t *testing.T, url string, limit time.Duration) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Impatient(db.Config{URL: url, Readers: 4}, limit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// beside is a connection of somebody else.
func beside(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestF17CommitIsTriedAgain(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, _ string) {
		for _, tt := range []struct {
			name  string
			state string
			fails int // so many commits
			runs  int // of the function
			want  string
		}{
			{"a serialization failure", "40001", 1, 2, ""},
			{"a deadlock", "40P01", 1, 2, ""},
			{"four times", "40001", 4, 5, ""},
			{"too often", "40001", 5, 5, "unavailable db.busy"},
			{"another failure", "23514", 1, 1, "internal"},
		} {
			fails, runs, hooks := 0, 0, 0
			db.SetFailpoints(d, func() error {
				if fails++; fails <= tt.fails {
					return &pgconn.PgError{Severity: "ERROR", Code: tt.state}
				}
				return nil
			}, nil)
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				runs++
				tx.AfterCommit(func() { hooks++ })
				return put("a")(ctx, tx)
			})
			wantKind(t, err, tt.want)
			var list []string
			if tt.want == "" {
				list = []string{"a"}
			}
			if runs != tt.runs || hooks != len(list) {
				t.Errorf("%s: ran %d times, want %d; %d hooks", tt.name, runs, tt.runs, hooks)
			}
			want(t, d, list...)
			db.SetFailpoints(d, nil, nil)
			run(t, d, `DELETE FROM thing`)
		}
	})
}

// F17: a fifth of all commits fails for many callers at once. What was
// acknowledged is there once, what was not is not there.
func TestF17NoGhosts(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, _ string) {
		var commits, hooks atomic.Int64
		db.SetFailpoints(d, func() error {
			if commits.Add(1)%5 == 0 {
				return &pgconn.PgError{Severity: "ERROR", Code: "40001"}
			}
			return nil
		}, nil)
		var all sync.WaitGroup
		var mu sync.Mutex
		var acked []string
		for i := range 8 {
			all.Go(func() {
				for n := range 20 {
					name := fmt.Sprintf("%d-%d", i, n)
					err := d.Write(t.Context(), both(put(name), func(_ context.Context, tx *db.Tx) error {
						tx.AfterCommit(func() { hooks.Add(1) })
						return nil
					}))
					if err != nil {
						wantKind(t, err, "unavailable db.busy")
						continue
					}
					mu.Lock()
					acked = append(acked, name)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if int(hooks.Load()) != len(acked) {
			t.Errorf("%d hooks for %d commits", hooks.Load(), len(acked))
		}
		want(t, d, acked...)
	})
}

func TestRealDeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, _ string) {
		run(t, d, `INSERT INTO thing (name) VALUES ('a'), ('b')`)
		const add = `UPDATE thing SET n = n + 1 WHERE name = $1`
		var all sync.WaitGroup
		var have sync.WaitGroup // both have their first lock
		have.Add(2)
		for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
			all.Go(func() {
				var once sync.Once
				err := d.Write(t.Context(), both(do(add, order[0]), func(context.Context, *db.Tx) error {
					once.Do(func() { have.Done(); have.Wait() })
					return nil
				}, do(add, order[1])))
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		n, err := db.All(t.Context(), d, scanInt, `SELECT n FROM thing`)
		if err != nil || len(n) != 2 || n[0] != 2 || n[1] != 2 {
			t.Errorf("got %v, %v", n, err)
		}
	})
}

// A statement that PostgreSQL wants run again is run again, whatever error the
// function makes of it.
func TestF17HiddenSerializationFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, _ string) {
		runs := 0
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if runs++; runs == 1 {
				if _, err := db.Exec(ctx, tx, `DO $$ BEGIN RAISE EXCEPTION 'crossed' USING ERRCODE = '40001'; END $$`); err == nil {
					t.Error("no failure")
				}
				return errRefused
			}
			return put("a")(ctx, tx)
		})
		if err != nil || runs != 2 {
			t.Errorf("got %v after %d runs", err, runs)
		}
		want(t, d, "a")
	})
}

// kill ends the server's side of the connection of tx.
func kill(t *testing.T, conn *pgx.Conn, pid int64) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend($1, 10000)`, int32(pid)); err != nil {
		t.Error(err)
	}
}

func TestConnectionLostBeforeTheCommitIsTriedAgain(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, url string) {
		other := beside(t, url)
		runs := 0
		err := d.Write(t.Context(), both(put("a"), func(ctx context.Context, tx *db.Tx) error {
			pid, err := db.One(ctx, tx, scanInt, `SELECT pg_backend_pid()`)
			if runs++; runs == 1 {
				kill(t, other, pid)
			}
			return err
		}, put("b")))
		if err != nil || runs != 2 {
			t.Errorf("got %v after %d runs", err, runs)
		}
		want(t, d, "a", "b")
	})
}

func TestF16ConnectionLostDuringTheCommitIsUnknown(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, url string) {
		other := beside(t, url)
		var pid int64
		db.SetFailpoints(d, func() error { kill(t, other, pid); return nil }, nil)
		runs := 0
		err := d.Write(t.Context(), both(put("a"), func(ctx context.Context, tx *db.Tx) (err error) {
			runs++
			pid, err = db.One(ctx, tx, scanInt, `SELECT pg_backend_pid()`)
			return err
		}))
		wantKind(t, err, "unavailable db.unknown")
		if !db.IsUnknown(err) || runs != 1 {
			t.Errorf("unknown %v after %d runs", db.IsUnknown(err), runs)
		}
		db.SetFailpoints(d, nil, nil)
		run(t, d, `INSERT INTO thing (name) VALUES ('b')`)
		want(t, d, "b")
	})
}

func TestF19LockHeldBySomebodyElse(t *testing.T) {
	t.Parallel()
	postgres(t, patience, func(t *testing.T, d *db.DB, url string) {
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		other := beside(t, url)
		hold, err := other.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hold.Exec(t.Context(), `SELECT * FROM thing FOR UPDATE`); err != nil {
			t.Fatal(err)
		}
		wantKind(t, d.Write(t.Context(), do(`UPDATE thing SET n = 1`)), "unavailable db.busy")
		if err := hold.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		run(t, d, `UPDATE thing SET n = 1`)
	})
}

// F20: the network swallows everything. Requests fail, and go on when it is back.
func TestF20BlackHole(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, _ *db.DB, server string) {
		hole := newHole(t, server)
		d, err := db.Open(t.Context(), db.Impatient(db.Config{URL: hole.url, Readers: 4}, patience))
		if err != nil {
			t.Fatal(err)
		}
		// What fell into the hole may be waited for when closing, in vain.
		t.Cleanup(func() { _ = d.Close() })
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		hole.open.Store(true)
		_, err = db.All(t.Context(), d, scanText, `SELECT name FROM thing`)
		wantKind(t, err, "unavailable db.busy")
		if err := d.Write(t.Context(), put("b")); err == nil || !strings.HasPrefix(kindOf(err), "unavailable") {
			t.Errorf("writing got %v", err)
		}
		hole.open.Store(false)
		for { // until the pool has thrown away what fell into the hole
			if err := d.Write(t.Context(), put("c")); err == nil {
				break
			} else if !strings.HasPrefix(kindOf(err), "unavailable") {
				t.Fatal(err)
			}
		}
		want(t, d, "a", "c")
	})
}

// hole is a way to the server on which bytes can be made to vanish.
type hole struct {
	url  string
	open atomic.Bool
}

func newHole(t *testing.T, server string) *hole {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	h, host := &hole{}, u.Host
	u.Host = l.Addr().String()
	h.url = u.String()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", host)
			if err != nil {
				_ = near.Close()
				continue
			}
			go h.pass(near, far)
			go h.pass(far, near)
		}
	}()
	return h
}

// pass copies bytes one way for as long as both ends are there.
func (h *hole) pass(from, to net.Conn) {
	defer func() { _ = errors.Join(from.Close(), to.Close()) }()
	for buf := make([]byte, 4096); ; {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if h.open.Load() {
			_, _ = io.Discard.Write(buf[:n])
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
