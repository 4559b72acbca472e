// SPDX-License-Identifier: Apache-2.0

// Package notify tells people by mail what happened to their tickets, once each, and keeps
// a log of it that staff can read on the ticket.
//
//	fact ──After──▶ audience: who is told what ──▶ delivery row + job, in one commit
//
//	queued ──sent by the server──▶ sent
//	  │ ▲ └──refused for good, or five days passed──▶ failed ──retried by a person──▶ queued
//	  └─┘ not now: tried again, later each time
//	skipped: not to be told at all, and why: no mail server, inactive, our own address, a loop
//
// A fact that was rolled back is told to nobody, and a fact that is heard twice is told once:
// the row is unique by fact, person and template (P4, F06). A letter that is sent again after
// a crash is the same letter with the same Message-ID (F39).
//
// Whoever acted is not told what he did. The acknowledgement is the one exception, and the one
// letter that holds no word of anybody: it could be sent to a person who never wrote to us (S14, F37).
//
// Files of a reply are linked, not attached. A link asks for the reader's right again each
// time, a copy in a mailbox never does; what is large or foreign would get the whole letter
// refused on the way; and a file that is found to be harmful can still be taken back.
//
// It does not know how a letter looks or travels: Renderer and Sender are given to it.
package notify
