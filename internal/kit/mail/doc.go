// SPDX-License-Identifier: Apache-2.0

// Package mail reads and writes mail. It knows messages, not tickets.
//
// # Reading
//
// Read understands what mail programs send, which is not always what the standards say:
//
//	bytes ─▶ header, parts ─▶ encodings, character sets ─▶ Message
//	         one pass, by     GB 18030 for all GB labels,    │
//	         line             UTF-8 and GBK under any label  ├─▶ Body, Files, Nested, Report
//	                                                         ├─▶ Signs: what wrote it
//	                                                         └─▶ Defects: what was mended
//
// The structure is found in one pass over slices of the message, so the cost grows with
// the bytes and with nothing else: not with nesting, parts or boundaries (promise P5).
//
// An address is read by one strict parser, for display and for decisions alike; what can be
// read in two ways is nobody's address (S11, S12). A Message-ID, an In-Reply-To and a From
// are what the sender wrote and prove nothing (S01, S05, S06).
//
// Split and Trim tell what a person wrote from what their program repeated below it. They
// cut at lines and return every line: what a rule gets wrong is folded, never lost.
//
// # Writing
//
// Compose writes a Letter. Its headers are typed fields, and there is no way to add
// another, so nothing that stands in a name, a subject or an address becomes a header or a
// receiver (S10, S11).
package mail
