// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// A driver that keeps its handle elsewhere is no fault, but costs: it should be noticed here.
func TestTheGuardKnowsItsConnection(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		if d := impatient(t, url, patience); !db.Guarded(d) {
			t.Error("the handle of the connection was not found")
		}
	})
}

// F19: a reader who leaves ends the statement, and nobody else's on the same connection.
func TestF19ALeavingReaderEndsOneStatement(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := impatient(t, url, patience)
		run(t, d, thing.For(d.Engine()))
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), patience/25)
			_, err := db.One(ctx, d, scanInt, forever.For(d.Engine()))
			cancel()
			if err == nil {
				t.Fatal("a statement without end ended")
			}
			for range 10 { // more than there are readers
				want(t, d, "a")
			}
		}
	})
}
