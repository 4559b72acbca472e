// SPDX-License-Identifier: Apache-2.0

// Package app puts the house together and runs it.
//
//	config.go   every key that must be known before the database opens; the manual
//	house.go    which room is made of what, in order
//	wiring.go   who hears what, and which gates stand where
//	serve.go    the doors to the street: HTTP, SMTP, metrics; start and drain
//	others      one file a command: migrate, doctor, backup, restore, user, token, demo
//
// Nothing is decided here that is the trade's to decide. Adding a room is a field of House,
// a line in assemble and its lines in wiring.go.
package app
