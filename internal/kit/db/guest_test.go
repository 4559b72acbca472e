// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// A command works beside the process that serves the file, and is no reason
// for that one not to start.
func TestGuestBesideTheOwner(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLite(t)
	guest := func() *db.DB {
		d, err := db.Open(t.Context(), db.Config{URL: url, Guest: true, Readers: 1})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	early := guest()
	owner := dbtest.Open(t, url)
	run(t, owner, thing.For(db.SQLite))
	late := guest()
	run(t, early, `INSERT INTO thing (name) VALUES ('early')`)
	run(t, owner, `INSERT INTO thing (name) VALUES ('owner')`)
	run(t, late, `INSERT INTO thing (name) VALUES ('late')`)
	if err := early.Close(); err != nil {
		t.Error(err)
	}
	for _, d := range []*db.DB{owner, late} {
		want(t, d, "early", "late", "owner")
	}
	if err := late.Close(); err != nil {
		t.Error(err)
	}
	if _, err := db.Open(t.Context(), db.Config{URL: url}); kindOf(err) != "unavailable db.in_use" {
		t.Errorf("a second owner got %v", err)
	}
	run(t, owner, `INSERT INTO thing (name) VALUES ('still there')`)
}

func TestGuestMakesNoFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, err := db.Open(t.Context(), db.Config{URL: "sqlite://" + filepath.Join(folder, "desk.db"), Guest: true}); err == nil {
		t.Error("opened what is not there")
	}
	if list, err := os.ReadDir(folder); err != nil || len(list) != 0 {
		t.Errorf("left %v, %v", list, err)
	}
}
