// SPDX-License-Identifier: Apache-2.0

// Package text cuts words for searching: what a text holds, what somebody looks for, and where
// the one stands in the other. It is pure, and one set of rules serves the index, the check of
// what the index found, and the marks in what is shown.
//
//	text ── Units ──▶ words and ideographs, folded, with their places
//	                   │ Terms                        │ Pattern.Find
//	                   ▼                              ▼
//	              what an index holds           where a pattern stands
//
// A unit is a word of letters and digits, or one ideograph. Units without anything between them
// (打印机), and words with one joining character between them (ERR-1234, 192.168.1.10,
// a@b.example, C:\Users), are a run. An index holds every unit and every pair of neighbours in
// a run, so that one or two Chinese characters, a code and a host name are each found by a look
// into the index, whatever the language, without a dictionary.
package text
