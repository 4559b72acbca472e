// SPDX-License-Identifier: Apache-2.0

// Package dbtest gives a test a database of its own, migrated and empty, on
// both engines.
//
// SQLite lies in the test's temporary folder. PostgreSQL is the server that
// LOOPDESK_TEST_POSTGRES names, with a user who may make databases; without
// the variable only SQLite runs, and with CI=true that is a failure.
//
// A test pays for a copy, not for the migrations: both engines copy a template
// that was migrated once.
package dbtest
