// SPDX-License-Identifier: Apache-2.0

// Package auth says who sent a mail, as far as that can be known: SPF (RFC 7208), DKIM
// (RFC 6376) and DMARC (RFC 7489), checked here or told by a server in front that is believed
// (Authentication-Results, RFC 8601).
//
//	at the border    bytes, peer, envelope ─▶ Check ─▶ SPF, DKIM, DMARC
//	behind a border  bytes ─▶ Told: the fields of servers on a list, and of no other
//	                 nothing told ─▶ Check without a peer: DKIM alone
//
// What counts is alignment: a signature of another domain than the author's proves nothing
// about the author (S01, S13). What could not be looked up is said to be so and never counts as
// a pass. ARC and every other field that a sender can write are ignored (S05, S08).
//
// A message may cost so many look-ups, signatures and seconds and no more; its names are
// resolved by what the caller gives, so that no test asks the network.
package auth
