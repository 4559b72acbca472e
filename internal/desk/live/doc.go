// SPDX-License-Identifier: Apache-2.0

// Package live says which open pages are stale.
//
// Every fact about a ticket becomes hints, published by its commit and by nothing else:
//
//	ticket:<id>    the page of the ticket
//	queue          every list of tickets that staff have open
//	person:<id>    the lists of the people concerned: requester, owner, assignee, whoever acted
//
// A hint carries nothing but its topic. Whoever hears it asks again with their own rights, so
// that a hint can show nothing to anybody, and one that is lost costs a moment, not a fact.
package live
