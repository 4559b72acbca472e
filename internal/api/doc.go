// SPDX-License-Identifier: Apache-2.0

// Package api is the door for programs: /api/v1, described by docs/openapi.json.
//
// It translates and nothing else. A request becomes one command or query of the
// trade, the answer becomes JSON; gates, rights and the life of a ticket are the
// trade's own, so that a program meets the same refusals as a person.
//
//	bearer token ─▶ who ─▶ may they? ─▶ strict JSON ─▶ command ─▶ JSON
//	                  └──────────┴─────────┴────────────┴──▶ problem (RFC 9457)
//
// Times are RFC 3339 in UTC. Tickets go by their number; people, groups,
// categories and services by a whole number "id". Lists come in pages: pass
// next_cursor as cursor. POST /tickets takes an Idempotency-Key: the same key
// with the same body gives the same ticket however often it is sent. Commands
// take If-Match with the ETag that the caller saw, and dry_run=true, which says
// what would happen and changes nothing.
package api

//go:generate go test . -run TestDocumentIsWhatTheDoorDoes -update
