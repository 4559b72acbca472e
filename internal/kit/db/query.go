// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Querier is what can be read from: a *DB, or a *Tx inside Write.
type Querier interface {
	query(ctx context.Context, text string, args []any) (rows, error)
}

// Row is one row of a result. Scan copies its columns into dest in order:
// pointers to whole numbers, strings, booleans, floats, byte slices, to types
// made of them, and to time.Time for milliseconds. NULL becomes the zero value.
type Row interface{ Scan(dest ...any) error }

// rows is a result that is read forwards and must be closed.
type rows interface {
	Row
	next() bool
	close() error // the failure of the whole result, if any
}

// One returns the only row of a statement as scan reads it; no row is
// errs.NotFound with the key "db.not_found". Further rows are not looked at.
func One[T any](ctx context.Context, q Querier, scan func(Row) (T, error), text string, args ...any) (T, error) {
	var v, none T
	r, err := q.query(ctx, text, args)
	if err != nil {
		return none, err
	}
	found := r.next()
	if found {
		v, err = scan(r)
	}
	if e := r.close(); e != nil {
		return none, spoiled(q, e)
	}
	if err != nil {
		return none, err
	}
	if !found {
		return none, errs.New(errs.NotFound, "db.not_found")
	}
	return v, nil
}

// Int reads a row of one number, for counts and keys.
func Int(r Row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

// All returns every row of a statement; no row is an empty list.
func All[T any](ctx context.Context, q Querier, scan func(Row) (T, error), text string, args ...any) ([]T, error) {
	return Fill(ctx, q, 0, func(r Row, v *T) (err error) {
		*v, err = scan(r)
		return err
	}, text, args...)
}

// Fill is All for large values: each row is scanned where it stays, and there is room for so many
// before the list has to grow.
func Fill[T any](ctx context.Context, q Querier, room int, scan func(Row, *T) error, text string, args ...any) ([]T, error) {
	r, err := q.query(ctx, text, args)
	if err != nil {
		return nil, err
	}
	var list []T
	for err == nil && r.next() {
		if list == nil && room > 0 {
			list = make([]T, 0, room)
		}
		var zero T
		list = append(list, zero)
		err = scan(r, &list[len(list)-1])
	}
	if e := r.close(); e != nil {
		return nil, spoiled(q, e)
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// spoiled remembers in a transaction that reading a result failed.
func spoiled(q Querier, err error) error {
	if tx, ok := q.(*Tx); ok {
		return tx.spoil(err)
	}
	return err
}

// Exec runs a statement that changes rows and returns how many.
func Exec(ctx context.Context, tx *Tx, text string, args ...any) (int64, error) {
	return tx.exec(ctx, text, args)
}

// Insert runs "INSERT … RETURNING id" and returns the id.
func Insert(ctx context.Context, tx *Tx, text string, args ...any) (int64, error) {
	return One(ctx, tx, scanID, text, args...)
}

func scanID(r Row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

// Opt makes zero, "nobody" in Go, NULL in the table.
func Opt[T ~int64](v T) any {
	if v == 0 {
		return nil
	}
	return int64(v)
}

// List returns n placeholders from $from on: List(3, 2) is "$2,$3,$4".
func List(n, from int) string {
	b := make([]byte, 0, 4*n)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(from+i), 10)
	}
	return string(b)
}
