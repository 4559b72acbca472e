// SPDX-License-Identifier: Apache-2.0

// Package escalation tells the right people, once, that a clock runs out.
//
// A plan holds steps: which clock, when (a percentage of the target, or minutes before or after
// it is due), whom to tell, by what. The clocks come from other rooms; a step's moment is
// computed from them, never stored but as the one instant at which the ticket is looked at next:
//
//	ticket changes ──in its commit──▶ escalation_due: one row per ticket, looked at next at …
//	that time comes ──▶ the row is locked, the ticket read, its clocks computed as they are now
//	   moment reached, clock still runs, not raised before ──▶ one commit:
//	   row (ticket, run of the clock, step) UNIQUE + escalation.raised + its letters as jobs
//	   + when the ticket is looked at next
//
// So a step is raised exactly once, whatever wakes whom how often: the row is the fact, timers
// only wake (P8, F21). Whoever changes a ticket writes the same row in the same commit, so that
// nothing is raised for what was answered a moment before, and a node that was paused while it
// held the row commits what it holds or nothing (F22).
//
// What holds when things move:
//
//   - A clock that was met, or is paused, raises nothing.
//   - A new policy or priority moves the moments of what was not raised; what was, stays.
//     A run of a clock is named by its start: a new word or a reopening is a new run.
//   - A clock that jumps back raises nothing again: the rows are there (F42).
//   - When several steps of one clock have come due unseen (the desk was down, the clock jumped
//     forward), those of the last quarter of an hour are raised, and of the older ones only the
//     last: nobody is helped by five letters about one delay. The others are noted as passed.
//   - A node whose clock jumps, against the time that really passed, raises nothing until the
//     clock has kept its word for ten minutes (Guard). On PostgreSQL the clock of the house is
//     the database's, for all nodes (F43).
//   - A step added to the plan is not raised for moments before it was added.
//
// Only in working hours, of the calendar that the ticket's clocks count by: a moment outside
// waits for the next opening, but for tickets of P1 and major incidents.
package escalation
