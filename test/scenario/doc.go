// SPDX-License-Identifier: Apache-2.0

// Package scenario tells stories on the whole house, over the wire, on both engines: one file
// a story. Nothing in them reaches past a door that a person or a program could use, but to
// run due jobs and to move the clock.
package scenario
