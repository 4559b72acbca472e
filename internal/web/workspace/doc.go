// SPDX-License-Identifier: Apache-2.0

// Package workspace is the face for those who help: one calm list in risk order and, on the
// ticket, the user's words, one thread, two composers that cannot be confused, and the process
// rail that says what is done, what is next and what would be missing.
//
// Dense, keyboard first. Every form works as a plain POST; a missing item opens its form where
// it is listed. It decides nothing: gates and rules answer from the trade.
package workspace
