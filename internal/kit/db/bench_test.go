// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// BenchmarkWrite measures a write the size of a new ticket (a number, the row,
// its first message, an event, a job), durable when it returns, for 1, 8 and 64
// callers, with and without a note to listeners. BenchmarkSync says what the
// disk allows.
func BenchmarkWrite(b *testing.B) {
	for _, url := range dbtest.URLs(b) {
		d := dbtest.Open(b, url)
		makeDesk(b, d)
		for _, callers := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/callers=%d", d.Engine(), callers), func(b *testing.B) {
				share(b, callers, func(ctx context.Context) error { return d.Write(ctx, openTicket(false)) })
			})
			b.Run(fmt.Sprintf("%s/noting/callers=%d", d.Engine(), callers), func(b *testing.B) {
				share(b, callers, func(ctx context.Context) error { return d.Write(ctx, openTicket(true)) })
			})
		}
	}
}

// BenchmarkSync appends a page to a file and waits until the disk has it.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "page"))
	if err != nil {
		b.Fatal(err)
	}
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// share spreads b.N calls of fn over callers.
func share(b *testing.B, callers int, fn func(context.Context) error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := fn(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

var deskTables = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite: `
		CREATE TABLE b_number (value BIGINT NOT NULL);
		INSERT INTO b_number (value) VALUES (1000);
		CREATE TABLE b_ticket (id INTEGER PRIMARY KEY AUTOINCREMENT, number BIGINT NOT NULL UNIQUE, subject TEXT NOT NULL, at BIGINT NOT NULL);
		CREATE TABLE b_row (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, ticket_id BIGINT NOT NULL REFERENCES b_ticket (id), body TEXT NOT NULL)`,
	Postgres: `
		CREATE SEQUENCE b_number;
		CREATE TABLE b_ticket (id BIGSERIAL PRIMARY KEY, number BIGINT NOT NULL UNIQUE, subject TEXT NOT NULL, at BIGINT NOT NULL);
		CREATE TABLE b_row (id BIGSERIAL PRIMARY KEY, kind TEXT NOT NULL, ticket_id BIGINT NOT NULL REFERENCES b_ticket (id), body TEXT NOT NULL)`,
}

var nextNumber = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite:   `UPDATE b_number SET value = value + 1 RETURNING value`,
	Postgres: `SELECT nextval('b_number')`,
}

func makeDesk(tb testing.TB, d *db.DB) {
	tb.Helper()
	for text := range strings.SplitSeq(deskTables.For(d.Engine()), ";\n") {
		run(tb, d, text)
	}
}

func openTicket(noting bool) func(context.Context, *db.Tx) error {
	body := strings.Repeat("打印机 3 楼 卡纸 ", 30)
	return func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Insert(ctx, tx, nextNumber.For(tx.Engine()))
		if err != nil {
			return err
		}
		id, err := db.Insert(ctx, tx, `INSERT INTO b_ticket (number, subject, at) VALUES ($1, $2, $3) RETURNING id`, n, "打印机卡纸", int64(1))
		if err != nil {
			return err
		}
		for _, kind := range []string{"message", "event", "job"} {
			if _, err := db.Exec(ctx, tx, `INSERT INTO b_row (kind, ticket_id, body) VALUES ($1, $2, $3)`, kind, id, body); err != nil {
				return err
			}
		}
		if noting {
			tx.Notify("ticket", fmt.Sprint(id))
		}
		return nil
	}
}
