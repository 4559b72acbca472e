// SPDX-License-Identifier: Apache-2.0

package pubsub

import (
	"context"
	"strings"
	"sync"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Resync is the hint that hints were lost: look again at everything.
const Resync = "*"

// channel is the name under which the nodes talk to each other.
const channel = "hint"

// room is how many hints wait for a subscriber who does not keep up.
const room = 32

// Hub knows who wants hints about what. It is safe for concurrent use.
type Hub struct {
	db   *db.DB
	node string // to know our own hints again when they come back

	mu     sync.Mutex
	topics map[string]map[*subscriber]struct{}
	all    map[*subscriber]struct{}
}

type subscriber struct {
	c      chan string
	topics []string
}

// New makes a hub. Hints of this process arrive at once; those of other nodes after Listen.
func New(d *db.DB) *Hub {
	return &Hub{db: d, node: id.Token(), topics: map[string]map[*subscriber]struct{}{}, all: map[*subscriber]struct{}{}}
}

// Publish sends a hint about a topic when tx is committed, and never otherwise. A topic is a
// short name, "ticket:1042".
func (h *Hub) Publish(tx *db.Tx, topic string) {
	tx.AfterCommit(func() { h.hint(topic) })
	tx.Notify(channel, h.node+" "+topic)
}

// Listen passes on the hints of other nodes until ctx ends. It returns as soon as it does so.
func (h *Hub) Listen(ctx context.Context) error {
	return h.db.Listen(ctx, channel, h.heard)
}

// heard takes what came over the database. No payload at all means that some may have been missed.
func (h *Hub) heard(payload string) {
	node, topic, ok := strings.Cut(payload, " ")
	switch {
	case !ok:
		h.resync()
	case node != h.node:
		h.hint(topic)
	}
}

// Subscribe returns the hints about some topics until cancel is called, which closes the
// channel and may be called again.
func (h *Hub) Subscribe(topics ...string) (hints <-chan string, cancel func()) {
	s := &subscriber{c: make(chan string, room), topics: topics}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[s] = struct{}{}
	for _, t := range topics {
		if h.topics[t] == nil {
			h.topics[t] = map[*subscriber]struct{}{}
		}
		h.topics[t][s] = struct{}{}
	}
	return s.c, func() { h.leave(s) }
}

func (h *Hub) leave(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.all[s]; !ok {
		return
	}
	delete(h.all, s)
	for _, t := range s.topics {
		delete(h.topics[t], s)
		if len(h.topics[t]) == 0 {
			delete(h.topics, t)
		}
	}
	close(s.c)
}

func (h *Hub) hint(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.topics[topic] {
		s.send(topic)
	}
}

func (h *Hub) resync() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.all {
		s.send(Resync)
	}
}

// send never waits: when there is no room, all that waits gives way to one Resync. The lock of
// the hub is held, so that nobody else sends and the channel is open.
func (s *subscriber) send(topic string) {
	select {
	case s.c <- topic:
		return
	default:
	}
	for {
		select {
		case <-s.c:
		default:
			s.c <- Resync
			return
		}
	}
}
