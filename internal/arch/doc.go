// SPDX-License-Identifier: Apache-2.0

// Package arch is the plan of the house, as a test.
//
// Imports go down only, rooms of one floor do not know each other, a table has
// one owner, and every room says what it is. docs/architecture.md draws what
// this package enforces.
package arch
