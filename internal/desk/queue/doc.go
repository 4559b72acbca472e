// SPDX-License-Identifier: Apache-2.0

// Package queue says which tickets a list holds, and keeps the lists that people save.
//
// A filter is one small tree. People write it as words, in either language, or build it from
// rows; it is stored as words whose names are keys. Bound to its reader and an instant it becomes
// a plan, and a plan runs in two ways that are proven equal: as a predicate over a row in memory
// (Plan.Holds) and as a condition of SQL (in the room of the tickets, whose columns they are).
//
//	status:open (owner:me or assignee:me) -channel:mail silent:>4h
//	        │ Parse, Understand: names become keys, words become codes
//	        ▼
//	      Tree ──Write──▶ words again, in the reader's language
//	        │ Bind: me, my groups, now, what lies below a category
//	        ▼
//	      Plan ──▶ Holds(Row) · SQL
//
// A plan never widens what its reader may see: whoever runs one adds access.Tickets to it.
//
//	View:  saved ──changed──▶ saved ──deleted──▶ gone ──restored──▶ saved
//	own: its owner alone · group: whoever works in it · all: everybody of the desk
package queue
