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
// A message that was fetched from a mailbox is known by its place there (mailbox, UIDVALIDITY,
// UID): it is stored once however often it is read, and only what is stored is marked in the
// mailbox (P3, F31). The room keeps which mailboxes there are, how they go, which node reads
// each, and records when one is silent for too long (P13).
//
// A sender's address proves nothing. A message joins a ticket only by the signed token in
// the reply address or in the Message-ID that it answers, never by subject or sender (S03,
// S06). What it may do there depends on who its author says they are, and never goes further
// than what a forger could be allowed: staff leave a note, the requester speaks and reopens,
// anybody else speaks in their own name and is told nothing (S01, S04, S07).
package intake
