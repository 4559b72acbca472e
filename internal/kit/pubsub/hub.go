// SPDX-License-Identifier: Apache-2.0

package pubsub

import (
	"context"
	"slices"
	"strconv"
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

// memory is how many hints are remembered for those who are about to listen.
const memory = 1024

// Hub knows who wants hints about what. It is safe for concurrent use.
type Hub struct {
	db   *db.DB
	node string // to know our own hints again when they come back

	mu     sync.Mutex
	topics map[string]map[*subscriber]struct{}
	all    map[*subscriber]struct{}
	past   [memory]string // the last hints, each at its number modulo memory
	count  uint64         // how many hints there were
}

type subscriber struct {
	c      chan string
	topics []string
}

// New makes a hub. Hints of this process arrive at once; those of other nodes after Listen.
func New(d *db.DB) *Hub {
	return &Hub{db: d, node: id.Token()[:8], topics: map[string]map[*subscriber]struct{}{}, all: map[*subscriber]struct{}{}}
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

// Mark is this moment among the hints: a short word for a page to carry from its reading to its
// listening, so that it can be told with Since of what happened between the two.
func (h *Hub) Mark() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.node + "." + strconv.FormatUint(h.count, 36)
}

// Since returns the hints about topics that were given after a mark, each once: Resync alone when
// they are remembered no longer or the mark is not of this process. An empty mark means now.
func (h *Hub) Since(mark string, topics ...string) []string {
	if mark == "" {
		return nil
	}
	node, number, _ := strings.Cut(mark, ".")
	from, err := strconv.ParseUint(number, 36, 64)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || node != h.node || from > h.count || h.count-from > memory {
		return []string{Resync}
	}
	var list []string
	for ; from < h.count; from++ {
		switch topic := h.past[from%memory]; {
		case topic == Resync:
			return []string{Resync}
		case slices.Contains(topics, topic) && !slices.Contains(list, topic):
			list = append(list, topic)
		}
	}
	return list
}

// remember keeps a hint for Since. The lock of the hub is held.
func (h *Hub) remember(topic string) {
	h.past[h.count%memory] = topic
	h.count++
}

func (h *Hub) hint(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(topic)
	for s := range h.topics[topic] {
		s.send(topic)
	}
}

func (h *Hub) resync() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(Resync)
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
