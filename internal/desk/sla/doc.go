// SPDX-License-Identifier: Apache-2.0

// Package sla computes the clocks of a ticket: first response, update, resolution,
// and the wait for the user's confirmation.
//
// A clock is a function of the ticket's facts, the policy and the calendar. Nothing is
// stored but a cache of the next due time, for sorting; computing it again gives the same
// value, and every clock can say line by line why it is due when it is (N3, N23, N29).
package sla
