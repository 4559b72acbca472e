// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// IsUnique says whether err is a row that is there already: a unique index or
// a primary key refused it.
func IsUnique(err error) bool {
	switch code, state := codes(err); {
	case state != "":
		return state == "23505"
	default:
		return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY ||
			code == sqlite3.SQLITE_CONSTRAINT_ROWID
	}
}

// IsForeignKey says whether err is a reference to a row that is not there, or
// the removal of a row that others refer to. SQLite says so at the statement
// as PostgreSQL does.
func IsForeignKey(err error) bool {
	code, state := codes(err)
	return state == "23503" || code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// IsUnknown says whether err leaves open if the transaction was committed: the
// connection broke while PostgreSQL committed. Only the data can tell, by an
// idempotency key or a unique value (F16).
func IsUnknown(err error) bool {
	e := errs.As(err)
	return e != nil && e.Key == keyUnknown
}

// codes returns SQLite's extended code and PostgreSQL's state inside err.
func codes(err error) (code int, state string) {
	var s *driver.Error
	var p *pgconn.PgError
	switch {
	case errors.As(err, &p):
		return 0, p.Code
	case errors.As(err, &s):
		return s.Code(), ""
	}
	return 0, ""
}

const keyUnknown = "db.unknown"

// closedError is the answer of a closed database.
func closedError() error { return errs.New(errs.Unavailable, "db.closed") }

// busyError says that the database did not get to it in time.
func busyError(cause error) error { return errs.Wrap(cause, errs.Unavailable, "db.busy") }

// awayError says that the database cannot be reached or does not work.
func awayError(cause error) error { return errs.Wrap(cause, errs.Unavailable, "db.away") }

// fullError says that the disk is full (F10).
func fullError(cause error) error { return errs.Wrap(cause, errs.Unavailable, "db.full") }

// unknownError says that a commit may or may not have happened.
func unknownError(cause error) error { return errs.Wrap(cause, errs.Unavailable, keyUnknown) }

// sqliteError gives the failures of the machine their kind and passes on the
// rest: constraints, wrong texts, and whatever is an *errs.Error already.
func sqliteError(err error) error {
	if err == nil {
		return nil
	}
	var s *driver.Error
	switch {
	case errs.As(err) != nil:
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return busyError(err)
	case errors.Is(err, sql.ErrConnDone), err.Error() == "sql: database is closed":
		return closedError()
	case !errors.As(err, &s):
		return err
	}
	switch s.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT:
		return busyError(err)
	case sqlite3.SQLITE_FULL:
		return fullError(err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return awayError(err)
	}
	return err
}

// postgresError does the same for PostgreSQL. ended says that the caller's own
// context is over, which is not the database's fault.
func postgresError(err error, ended bool) error {
	var p *pgconn.PgError
	switch {
	case err == nil, errs.As(err) != nil, ended:
		return err
	case errors.Is(err, puddle.ErrClosedPool):
		return closedError()
	case errors.As(err, &p):
		return stateError(err, p.Code)
	case errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return busyError(err)
	case broken(err):
		return awayError(err)
	}
	return err
}

func stateError(err error, state string) error {
	switch {
	case state == "57014", state == "55P03", state == "53300", state == "40001", state == "40P01":
		return busyError(err) // statement and lock time-outs, no connection left, tried often enough
	case state == "53100":
		return fullError(err)
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P"), strings.HasPrefix(state, "28"),
		strings.HasPrefix(state, "53"), strings.HasPrefix(state, "58"), state == "25006":
		return awayError(err) // connection, shutdown, credentials, resources, disk, a stand-by that only reads
	}
	return err
}
