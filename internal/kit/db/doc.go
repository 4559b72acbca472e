// SPDX-License-Identifier: Apache-2.0

// Package db runs hand-written SQL on SQLite or PostgreSQL, one text for both.
//
// Everything that changes goes through Write; everything else reads through
// the *DB itself. There is no other way to a connection:
//
//	             SQLite                                PostgreSQL
//	Write   one writer goroutine, group commit    a transaction, tried again
//	        (a savepoint per caller)              on 40001 and 40P01
//	read    query-only connections                the same pool
//
// The functions Exec, Insert, One and All take the transaction or the
// database. Instants are BIGINT milliseconds in the table and time.Time in Go;
// NULL and the zero value stand for each other in both directions.
//
// A statement that failed ends its transaction on both engines, since it does
// so on PostgreSQL: give the error back, do not go on.
//
// Notify and Listen pass fleeting words between nodes. Migrate brings the
// tables up to date from the files in migration/, and Backup copies a SQLite
// file in use. docs/sql.md says which SQL means the same to both engines.
//
// It does not build SQL, map structs or hide which engine runs; the few texts
// that must differ are a Pair.
package db
