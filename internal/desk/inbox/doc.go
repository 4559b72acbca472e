// SPDX-License-Identifier: Apache-2.0

// Package inbox tells staff what happened to the tickets that concern them: on their pages, on
// their desktop, and in a summary by mail; and requesters on their pages what happened to their
// requests, or to those in which they take part. By mail these have their letters.
//
//	fact ──Within──▶ audience: who, and as what ──▶ one row a reader and fact (unique)
//	                                              └─▶ one job: desktop at once, summary when it is due
//
//	unread ──opened, or marked──▶ read ──done──▶ done ──undone──▶ read
//
// Nobody is told what they did themselves, and nobody twice of one fact, however often it is
// heard and on whichever node: the row is unique. Of several reasons to tell somebody the
// weightiest is told. On the page everything about one ticket is one line.
//
// Each person says by which way a kind reaches them (Rule); the letters about single facts are
// those of desk/notify, which asks here whether they are wanted. What waits for a summary is left
// out of it once it was read on the page, and a summary with nothing in it is not sent. Of a
// ticket of P1 nothing waits, neither for a summary nor for the end of quiet hours.
//
// A mention or a watch gives no rights: who may not read the ticket is told nothing.
package inbox
