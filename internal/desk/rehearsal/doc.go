// SPDX-License-Identifier: Apache-2.0

// Package rehearsal tries a changed norm pack or policy on real tickets before it is switched on: the
// closed tickets of the last months are judged twice, as it is and as it would be, and what differs is
// counted and listed. Nothing of a ticket changes by it.
//
//	running ── all are judged ─▶ done
//	   │
//	   └────── somebody stops it ─▶ cancelled
//
// It is a job that works in batches. Each batch is kept in one commit with how far it is, so that a
// run that was cut off goes on where it was, and counts no ticket twice; before each batch it looks
// whether somebody stopped it.
package rehearsal
