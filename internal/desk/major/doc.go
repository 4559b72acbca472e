// SPDX-License-Identifier: Apache-2.0

// Package major runs a major incident: one ticket for which everything goes faster and in the
// open (N4).
//
//	declared ──▶ on call is told at any hour ──▶ updates, each written once ──▶ ended, with a review
//	                                                │ on the ticket, for its requester
//	                                                │ on the portal, while it stands
//	                                                └ on every attached request, if wanted
//
// The ticket stays a ticket: its gates, clocks and confirmation hold as ever. What this room adds
// is a short cadence for public words, the list of requests that belong to it, and the review
// without which it does not end; a recorded deviation with a reason is the way out.
//
// What stands is kept in memory on every node, so that the banner costs a page nothing.
package major
