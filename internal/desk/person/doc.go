// SPDX-License-Identifier: Apache-2.0

// Package person owns the people of the desk and the groups they work in.
//
// A requester asks, an agent works in groups, a lead looks after agents, an
// administrator looks after the desk. A person is never deleted: an inactive
// one can no longer sign in or be given work, and keeps its place in the record.
package person
