// SPDX-License-Identifier: Apache-2.0

// Package promise keeps what was told to requesters with a time: that somebody will be in touch
// by then (N20), when they hear next while a ticket waits (N30), a time that a reply names (N29), by
// when somebody is there (N27).
//
//	                 a word of a human, or the solution, in time
//	         ┌──────────────────────────────────────────────────▶ kept
//	  told   │       a later time is told before this one is due
//	──────▶ open ───────────────────────────────────────────────▶ renegotiated ──▶ the next promise
//	         │       it is due and nothing was said
//	         ├──────────────────────────────────────────────────▶ broken
//	         │       the ticket was closed or merged
//	         └──────────────────────────────────────────────────▶ void
//
// A promise is a function of the facts of its ticket. The rows are written by listeners in the
// commit of the fact that makes or settles them, so that a reply and its promise are stored
// together or not at all; computing them again from the facts gives the same rows. Only that a
// promise broke has no fact of the ticket: a timed job notices it, or the first fact that comes
// too late, whichever is earlier, and records it once.
//
// An agreed visit promises that somebody is there before its time is over. Only the engineer's arrival
// keeps it, when it was and not when the desk heard of it; another appointment is another promise.
//
// The acknowledgement promises a human's word. Only such a word keeps it; a later time that is
// told without one does not move it.
//
// The time at which a vendor said they would answer is not the desk's promise and has no row
// here. This room keeps its clock: when it passes in silence, the ticket says so and the owner
// is reminded.
//
// How times are recognised in words is the package phrase.
package promise
