// SPDX-License-Identifier: Apache-2.0

// Package search finds tickets, what was said on them, and people, by words and by properties.
// It reads across the tables of other rooms and owns the index, which holds no text and can be
// made again from them at any time.
//
//	a fact ──commit──▶ job "search:ticket", one a ticket ──▶ index: ticket → terms
//	                                                            │
//	打印机 ERR-1234 status:open ──▶ terms ──▶ tickets, newest first, a window at a time
//	                                           │ access.Tickets: what the reader may not see is gone
//	                                           │ the row and the text: what the index guessed is gone
//	                                           ▼ rank, page, mark the words
//
// Staff search everything said on a ticket. Whoever sees only some tickets has these looked
// through one by one, in what is public on them, and the index is not asked: an internal word
// changes neither their results nor the time that these take (S24, S25).
//
// A word is found where it stands as a whole word, a run of ideographs wherever it stands. All
// words must be on a ticket, in whatever message. The newest 500 tickets that hold them are
// ranked together, then the next 500.
package search
