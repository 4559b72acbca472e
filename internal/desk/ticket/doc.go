// SPDX-License-Identifier: Apache-2.0

// Package ticket is the heart of the desk: a ticket is a list of facts.
//
// A command is decided against what is known, recorded as events in one commit,
// and everything else follows from the events. The row of a ticket is nothing
// but its events folded; folding them again gives the same row.
//
//	        accept             hold                 resolve
//	new ──────────────▶ open ◀──────▶ pending ─┬──────────────▶ resolved
//	 │                   │  resume             │                 │  │
//	 │ close(cancelled,  │◀────────────────────┼─── reject ──────┘  │ confirm, or
//	 │ invalid), merge   │                     │                    │ the time is up
//	 └──────────┬────────┴─────────────────────┘                    ▼
//	            └────────────────────────────────────────────────▶ closed
//	                                        reopen: closed ──▶ open
//
// Closed says how: confirmed (the user said so), unconfirmed (the time was up),
// cancelled, duplicate, invalid. Unconfirmed never counts as confirmed (N35).
//
// Gates stand before commands. A gate looks at the ticket as it would be and
// says what is missing; the same answer is the process rail of the page and the
// problem of the API. A recorded deviation with a reason is the way out where
// policy allows one. This room knows no listener and no feature: the assembly
// says which gates stand where, who hears of a fact, and how deadlines are planned.
package ticket
