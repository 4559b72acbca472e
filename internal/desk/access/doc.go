// SPDX-License-Identifier: Apache-2.0

// Package access answers one question in one place: may this actor do that to this thing?
//
// It is pure. Every door, job, list, count and link asks Can before it acts and
// Tickets before it lists; there is no second way (ASVS 8.2.1, 8.2.2, 8.3.1).
//
//	requester ── own tickets only, never an internal word
//	            who takes part in a ticket reads its public side and speaks on it, no more
//	agent     ── all tickets, quarantine
//	lead      ── agent, and what needs a second pair of eyes
//	admin     ── lead, and people, settings, failed work
//	link      ── a signed link: one ticket, one requester, nothing else
//	system    ── the desk itself: timers and listeners
package access
