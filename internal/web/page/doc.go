// SPDX-License-Identifier: Apache-2.0

// Package page is the floor on which every face stands: portal, workspace and administration.
//
// A face hands its routes to a Router and writes handlers that return an error. This room
// does the rest, and does it in one place: who is there, in which language and zone; what a
// failure looks like; which headers stand on every answer; how a form keeps what was typed;
// how files and foreign HTML leave the house; how a page hears that something changed.
//
//	request ─▶ Router ─▶ who is there? ─▶ may this role? ─▶ handler ─▶ Render, Redirect
//	             │             │                │              │
//	             └── 404, 405  └── sign in      └── 403        └── error ─▶ fail: status,
//	                                                                      sentence, way on
//
// Every route names an action of access, or says Public, SignedIn or LinkHolder; a route
// without one stops the start of the program (ASVS 8.2.1, check A69). The rooms below ask
// access again for the thing itself; nothing here decides about a ticket.
//
// A GET changes nothing, every unsafe method is refused from another origin (A37), and no
// text of an internal error ever reaches a page: it carries an incident number instead,
// which stands in the log once (A88).
package page
