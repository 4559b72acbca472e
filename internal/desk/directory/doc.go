// SPDX-License-Identifier: Apache-2.0

// Package directory brings the people of the organisation to the desk: from a file that somebody
// uploads, and from a directory server that is asked again and again.
//
//	file ──▶ Read ─┐                      ┌─ preview: what would happen
//	               ├─▶ entries ─▶ Plan ───┤
//	server ────────┘                      └─ run: a job that does it, entry by entry
//
// Plan is pure: the people as they are and the entries in, a change for each entry out. A preview
// and a run are the same plan, so that what was shown is what is done. A run may be done again:
// what is done already is unchanged then. Nothing is lost on a bad line: it stays with the run,
// with its number, its text and its reason.
//
// Nobody is deleted. Who is gone from a directory that is known whole is disabled; where that would
// be many at once, the run holds those back and asks (a filter that was mistyped must not shut out
// the house).
//
//	run: waiting ──▶ running ──▶ done
//	                    │ ├────▶ asks ──▶ (confirmed: a run of its own)
//	                    │ └────▶ failed
package directory
