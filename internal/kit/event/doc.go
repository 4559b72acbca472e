// SPDX-License-Identifier: Apache-2.0

// Package event records what happened, in the commit in which it happened, and
// tells those who want to know.
//
//	Record ──▶ the row in the table event      the same commit
//	       ──▶ Within-listeners                the same commit; may refuse it
//	       ──▶ one job per After-listener      queued in the commit, run after it
//
// The table is the only history there is: timelines, audit, conformance and
// webhooks read it, and nothing in it changes. A Within-listener keeps what
// must be true at the same moment; it waits for nothing but the database. An
// After-listener runs at least once, possibly twice and on any node: it knows
// the work of its first run again by the record's id.
//
// A fact that a listener causes may wake other listeners. Such a chain ends at
// MaxDepth with a failure that people see, instead of running for ever.
//
// It knows no fact of the trade; those are types of their rooms.
package event
