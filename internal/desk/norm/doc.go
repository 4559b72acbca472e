// SPDX-License-Identifier: Apache-2.0

// Package norm judges a ticket against the clauses of the support standard.
//
// For each clause the verdict is met, open, missed, deviated or not applicable, with its
// evidence: the fact that shows it. Judging is a pure function of the ticket's facts and
// clocks; nothing is stored, so a changed clause can be tried on old tickets (N2).
package norm
