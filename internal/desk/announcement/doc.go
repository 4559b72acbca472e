// SPDX-License-Identifier: Apache-2.0

// Package announcement holds what the desk tells everybody: planned work, a known failure, a word of
// advice; and who wants to hear of it, or of a major incident, by mail (N14, N29).
//
//	published ──▶ changed … ──▶ over, by its end or by hand
//
// It is said once and read by many, so that fewer people ask. What it says stands in Chinese, and in
// English where somebody wrote that too; a reader of a language that is not there gets the other.
package announcement
