// SPDX-License-Identifier: Apache-2.0

package pubsub

// Heard takes a payload as it would come from the database.
func (h *Hub) Heard(payload string) { h.heard(payload) }

// Room is how many hints wait for a subscriber.
const Room = room
