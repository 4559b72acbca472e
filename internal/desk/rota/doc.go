// SPDX-License-Identifier: Apache-2.0

// Package rota says who is on call.
//
// A rota is a few shifts in a time zone; each shift has people who take turns. Who is on call
// at an instant is a pure function of the rota and its swaps: nothing is written out ahead, so
// that a changed rota can never disagree with an old list.
//
//	shift × day ──▶ occurrence [begin, end) in the rota's zone ──▶ whose turn ──▶ a swap in its place
//
// The end of an occurrence and the begin of the next are the same wall clock turned into an
// instant by the same rule, so that a change of the clocks leaves neither a hole nor two on
// duty. A time that nobody covers is a gap; it is shown, never filled in silently.
//
// Nothing is deleted: a swap that was called off and a feed that was revoked stay as they were.
package rota
