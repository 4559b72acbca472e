// SPDX-License-Identifier: Apache-2.0

// Package turn is the relay of shared screens (N26): STUN and TURN (RFC 8489, RFC 8656) on one
// address, UDP and TCP, for two browsers between which no direct way leads.
//
//	requester ──▶ allocation ─┐            ┌─ allocation ◀── agent
//	                          └──▶ hall ───┘  in memory, of one session
//
// A relay is feared because it sends packets of strangers to wherever they say: into the network
// behind it, to the machine that it stands on. This one cannot. Its relayed side is no socket but
// a place in memory: a packet reaches the allocations of the same session and nothing else, so that
// there is no address, private, loopback or public, to which anybody could have something sent.
// It also opens no further ports: one for UDP and one for TCP is all that a firewall must know.
//
// Who may use it is asked of the room of remote help each time, by a name and a password that were
// made for one side of one session; when that session ends, its allocations close at once.
package turn
