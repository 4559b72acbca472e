// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestOneAndAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, `INSERT INTO thing (name) VALUES ('a'), ('b')`)
		got, err := db.One(t.Context(), d, scanText, `SELECT name FROM thing ORDER BY id`)
		if err != nil || got != "a" {
			t.Errorf("the first of two: got %q, %v", got, err)
		}
		_, err = db.One(t.Context(), d, scanText, `SELECT name FROM thing WHERE id = $1`, 0)
		if !errors.Is(err, errs.New(errs.NotFound, "db.not_found")) {
			t.Errorf("no row: got %v", err)
		}
		list, err := db.All(t.Context(), d, scanText, `SELECT name FROM thing WHERE id = 0`)
		if err != nil || len(list) != 0 {
			t.Errorf("no rows: got %v, %v", list, err)
		}
		if _, err = db.All(t.Context(), d, scanText, `SELECT nothing FROM thing`); err == nil {
			t.Error("a wrong text: no error")
		}
		refuse := func(db.Row) (string, error) { return "x", errRefused }
		if got, err := db.One(t.Context(), d, refuse, `SELECT name FROM thing`); !errors.Is(err, errRefused) || got != "" {
			t.Errorf("a scan that refuses: got %q, %v", got, err)
		}
		if got, err := db.All(t.Context(), d, refuse, `SELECT name FROM thing`); !errors.Is(err, errRefused) || got != nil {
			t.Errorf("a scan that refuses: got %v, %v", got, err)
		}
		want(t, d, "a", "b")
	})
}

// A row that is not there spoils nothing: the transaction goes on.
func TestNoRowDoesNotEndTheTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := db.One(ctx, tx, scanText, `SELECT name FROM thing`); kindOf(err) != "not_found db.not_found" {
				t.Errorf("got %v", err)
			}
			n, err := db.Exec(ctx, tx, `UPDATE thing SET n = 1 WHERE name = 'nobody'`)
			if n != 0 || err != nil {
				t.Errorf("changed %d rows, %v", n, err)
			}
			return put("a")(ctx, tx)
		})
		if err != nil {
			t.Error(err)
		}
		want(t, d, "a")
	})
}

func TestTakeCountsAndReads(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			one, err := db.Insert(ctx, tx, `INSERT INTO thing (name) VALUES ($1) RETURNING id`, "a")
			if err != nil {
				return err
			}
			two, err := db.Insert(ctx, tx, `INSERT INTO thing (name) VALUES ($1) RETURNING id`, "b")
			if err != nil || two <= one {
				t.Errorf("ids %d, %d, %v", one, two, err)
			}
			n, err := db.One(ctx, tx, scanInt, `UPDATE thing SET n = n + 1 WHERE id = $1 RETURNING n`, two)
			if n != 1 || err != nil {
				t.Errorf("took %d, %v", n, err)
			}
			rows, err := db.Exec(ctx, tx, `UPDATE thing SET n = n + 1 WHERE id IN (`+db.List(2, 2)+`) AND n < $1`, 10, one, two)
			if rows != 2 {
				t.Errorf("changed %d rows", rows)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestConstraintsHaveNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, `CREATE TABLE part (id BIGINT PRIMARY KEY, thing_id BIGINT NOT NULL REFERENCES thing (id))`)
		run(t, d, `INSERT INTO thing (id, name) VALUES (1, 'a')`)
		run(t, d, `INSERT INTO part (id, thing_id) VALUES (1, 1)`)
		for _, tt := range []struct {
			text        string
			unique, ref bool
		}{
			{`INSERT INTO thing (name) VALUES ('a')`, true, false},
			{`INSERT INTO thing (id, name) VALUES (1, 'b')`, true, false},
			{`INSERT INTO part (id, thing_id) VALUES (1, 1)`, true, false},
			{`INSERT INTO part (id, thing_id) VALUES (2, 3)`, false, true},
			{`DELETE FROM thing WHERE id = 1`, false, true},
			{`INSERT INTO part (id) VALUES (3)`, false, false},
		} {
			err := d.Write(t.Context(), do(tt.text))
			if err == nil || db.IsUnique(err) != tt.unique || db.IsForeignKey(err) != tt.ref || db.IsUnknown(err) {
				t.Errorf("%s: unique %v, reference %v: %v", tt.text, db.IsUnique(err), db.IsForeignKey(err), err)
			}
		}
		if db.IsUnique(nil) || db.IsForeignKey(nil) || db.IsUnique(errRefused) {
			t.Error("what is not of the database has a name")
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	got := []string{db.List(0, 1), db.List(1, 1), db.List(3, 9)}
	if diff := cmp.Diff([]string{"", "$1", "$9,$10,$11"}, got); diff != "" {
		t.Error(diff)
	}
	p := db.Pair{SQLite: "s", Postgres: "p"}
	if s := p.For(db.SQLite) + p.For(db.Postgres); s != "sp" {
		t.Errorf("got %q", s)
	}
}

// More statements than a connection keeps, and results longer than a page.
func TestManyTextsAndManyRows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range 600 {
				if _, err := db.Exec(ctx, tx, `INSERT INTO thing (name, n) VALUES ($1, $2)`+strings.Repeat(" ", i), strings.Repeat("x", i+1), i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := db.All(t.Context(), d, scanInt, `SELECT n FROM thing ORDER BY n`)
		if err != nil || len(list) != 600 || list[599] != 599 {
			t.Errorf("%d rows, %v", len(list), err)
		}
	})
}
