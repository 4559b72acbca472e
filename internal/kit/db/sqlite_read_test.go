// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Whoever reads alone keeps to one connection, however many were needed at once before: the
// others would prepare every statement again.
func TestAReaderAloneKeepsToOneConnection(t *testing.T) {
	t.Parallel()
	d := impatient(t, "sqlite://"+t.TempDir()+"/x.db", patience)
	db.AllReaders(t, d)()
	before := db.Prepared(d)
	if len(before) < 2 {
		t.Fatalf("%d connections were open at once", len(before))
	}
	for n := range 20 {
		want := int64(n)
		if got, err := db.One(t.Context(), d, db.Int, fmt.Sprintf("SELECT %d", n)); err != nil || got != want {
			t.Fatalf("%d, %v", got, err)
		}
	}
	after := db.Prepared(d)
	last := len(after) - 1
	for i, n := range after {
		if added := n - before[i]; i < last && added != 0 || i == last && added < 20 {
			t.Errorf("connection %d of %d prepared %d statements for one reader", i, len(after), added)
		}
	}
}
