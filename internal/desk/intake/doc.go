// SPDX-License-Identifier: Apache-2.0

// Package intake turns inbound messages into tickets and replies, and loses none.
//
// The raw message is journalled durably before anybody is told that it was accepted; it is
// understood afterwards, by a job that can crash, be repaired and run again:
//
//	received ──▶ done: new ticket, or appended to one
//	   │   └───▶ suppressed: bounce, answering machine, our own mail, the same delivery twice
//	   └───────▶ quarantined ──▶ retried, made a ticket by hand, or discarded
//
// received = new + appended + suppressed + quarantined, always (promise P2).
//
// A sender's address proves nothing. A message joins a ticket only by the signed token in
// the reply address or in the Message-ID that it answers, never by subject or sender (S03,
// S06). What it may do there depends on who its author says they are, and never goes further
// than what a forger could be allowed: staff leave a note, the requester speaks and reopens,
// anybody else speaks in their own name and is told nothing (S01, S04, S07).
package intake
