// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// F25: a copy made while others write is the database at one instant: of two
// rows that are always written together it has both or neither, and of a row
// it has all that came before.
func TestF25BackupUnderLoad(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	run(t, d, thing.For(db.SQLite))
	var stop atomic.Bool
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := 0; !stop.Load(); n++ {
				name := strconv.Itoa(i) + "-" + strconv.Itoa(n)
				if err := d.Write(t.Context(), both(put(name+"a"), put(name+"b"))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	folder := t.TempDir()
	var last int64
	for i := range 5 {
		path := filepath.Join(folder, strconv.Itoa(i)+".db")
		if err := d.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		copied := dbtest.Open(t, "sqlite://"+path)
		n, err := db.One(t.Context(), copied, scanInt, `SELECT COUNT(*) FROM thing`)
		top, err2 := db.One(t.Context(), copied, scanInt, `SELECT COALESCE(MAX(id), 0) FROM thing`)
		if err != nil || err2 != nil || n%2 != 0 || n != top || n < last {
			t.Errorf("copy %d has %d rows up to id %d after %d: %v, %v", i, n, top, last, err, err2)
		}
		last = n
	}
	stop.Store(true)
	all.Wait()
}

func TestBackupReplacesNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), path); err == nil {
		t.Error("a file that was there was taken")
	}
	if body, err := os.ReadFile(path); err != nil || string(body) != "something else" {
		t.Errorf("it is %q now, %v", body, err)
	}
	// What a crash left half done is in nobody's way.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".part", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(path + ".part"); !os.IsNotExist(err) {
		t.Errorf("the half is left: %v", err)
	}
}

func TestF25DamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	run(t, d, thing.For(db.SQLite))
	for i := range 500 {
		run(t, d, `INSERT INTO thing (name) VALUES ($1)`, "a name that fills a page after some time "+strconv.Itoa(i))
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "whole.db")
	if err := d.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.CheckFile(t.Context(), path); err != nil {
		t.Errorf("the whole file: %v", err)
	}
	for name, body := range map[string][]byte{
		"cut in half":       whole[:len(whole)/2],
		"cut by a page":     whole[:len(whole)-4096],
		"empty":             {},
		"something else":    []byte("<html>"),
		"a page of nothing": append(append(append([]byte{}, whole[:4096*3]...), make([]byte, 4096)...), whole[4096*4:]...),
		"no header":         append(make([]byte, 100), whole[100:]...),
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := db.CheckFile(t.Context(), path); kindOf(err) != "invalid db.damaged" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := db.CheckFile(t.Context(), filepath.Join(folder, "nowhere")); err == nil {
		t.Error("a file that is not there: no error")
	}
}

func TestPostgresIsBackedUpElsewhere(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, _ string) {
		wantKind(t, d.Backup(t.Context(), filepath.Join(t.TempDir(), "x.db")), "invalid db.backup_elsewhere")
	})
}

func TestOptimize(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		if err := d.Optimize(t.Context()); err != nil {
			t.Error(err)
		}
		want(t, d, "a")
	})
}
