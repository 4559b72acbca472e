// SPDX-License-Identifier: Apache-2.0

// Package clue finds the facts in what people write that others can look for: error codes,
// addresses of hosts, pages and machines, versions, and the names of devices (N16).
//
// It is pure and conservative: a text in, clues out. What may as well be a date, a file, a phone
// number or a ticket's own number is none. The same fact, however written, has one value, so that
// two people who met it are found by it. Addresses lose whatever stands behind a question mark
// and before an @: there passwords are found.
package clue
