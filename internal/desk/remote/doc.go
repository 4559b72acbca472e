// SPDX-License-Identifier: Apache-2.0

// Package remote is help at a distance (N26): a screen that the requester shows in the browser,
// and tools for remote control that a link opens.
//
//	share:   asked ──▶ agreed ──▶ live ──▶ ended      by either side at once, by a lost line,
//	           │          │                  ▲        by a timer, or with the ticket
//	           └──────────┴──────────────────┘
//	launch:  live ──▶ ended                           by the agent with what came of it, or by a timer
//
// A share is seen and nothing else: there is no way in it by which a key or a press could reach
// the other side. Nothing is recorded. It needs the requester's consent to words that name who
// looks, what is seen and how it stops; the words have a version, and the fact keeps which one was
// read. Pictures are kept only where that consent says so.
//
// The two browsers talk to each other; this room carries what they need to find each other, in
// few and small messages that nobody else can read and that are gone with the session. Where no
// direct way leads, the relay of channel/turn stands in; this room says who may use it.
//
// One session of each kind is open on a ticket at a time. Whoever asked is the only one who sees.
package remote
