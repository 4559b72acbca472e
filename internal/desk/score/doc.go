// SPDX-License-Identifier: Apache-2.0

// Package score says how a ticket was done, by the three words of the standard's first clause:
// efficient, friendly, by the book (N1). Each is a number from 0 to 100, a pure function of the facts
// of the ticket, and none of them is ever added to another: fast and rude is not half good.
//
//	facts of a closed ticket ── Compute ─▶ score_ticket     one row a ticket
//	                         ├─ verdicts ▶ score_miss       one row a clause that was missed
//	                         └─ excuses ─▶ score_deviation  one row a deviation, with its review
//
// The rows are a cache: desk/report reads the log and keeps them in its own commit (report.Beside), so
// that a new policy, calendar or norm pack makes them be computed again. A ticket that came back has no
// row until it is closed again.
//
// From the same rows comes the figure that the desk is led by: of the tickets that were closed and
// needed the requester's word, the share that has it (N35). Time that ran out is counted against it and
// never in it.
//
// Who may see what: leads and administrators everybody, agents themselves by name and the groups that
// they belong to as a whole. There is no list of others for them to be compared in.
package score
