// SPDX-License-Identifier: Apache-2.0

package live

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
)

// Queue is the topic of every list of tickets that staff have open.
const Queue = "queue"

// Ticket is the topic of one ticket's page.
func Ticket(which ticket.ID) string { return "ticket:" + strconv.FormatInt(int64(which), 10) }

// Writing is the topic of who is writing on a ticket.
func Writing(which ticket.ID) string { return "writing:" + strconv.FormatInt(int64(which), 10) }

// Remote is the topic of what the two sides of a shared screen tell each other on a ticket.
func Remote(which ticket.ID) string { return "remote:" + strconv.FormatInt(int64(which), 10) }

// Person is the topic of one person's lists.
func Person(who person.ID) string { return "person:" + strconv.FormatInt(int64(who), 10) }

// Service turns facts into hints.
type Service struct {
	hub     *pubsub.Hub
	tickets *ticket.Service
}

// NewService makes the room.
func NewService(h *pubsub.Hub, t *ticket.Service) *Service { return &Service{hub: h, tickets: t} }

// broken is the one fact of the promise room that comes without a fact of its ticket.
const broken = "promise.broken"

// Heard listens, within the commit, to every fact, and publishes hints for those about a
// ticket: the facts of the ticket room, and those of rooms that speak of a ticket's mail.
func (s *Service) Heard(ctx context.Context, tx *db.Tx, r event.Record) error {
	room, _, _ := strings.Cut(r.Name, ".")
	if room != "ticket" && room != "notify" && room != "escalation" && room != "major" && room != "run" && r.Name != broken {
		return nil
	}
	t, err := s.tickets.GetIn(ctx, tx, ticket.ID(r.Subject))
	if err != nil {
		return err
	}
	for _, topic := range topics(t, r.Meta) {
		s.hub.Publish(tx, topic)
	}
	return nil
}

// Wrote hints that somebody began or ended to write on a ticket, which is no fact about it.
func (s *Service) Wrote(tx *db.Tx, which ticket.ID) { s.hub.Publish(tx, Writing(which)) }

// topics are the pages that a fact about the ticket makes stale.
func topics(t ticket.Ticket, m event.Meta) []string {
	out := []string{Ticket(t.ID), Queue}
	concerned := append([]person.ID{t.Requester, t.Owner, t.Assignee}, t.Detail.Participants...)
	if m.ActorKind == string(access.Person) || m.ActorKind == string(access.Link) {
		concerned = append(concerned, person.ID(m.ActorID))
	}
	for _, who := range concerned {
		if topic := Person(who); who != 0 && !slices.Contains(out, topic) {
			out = append(out, topic)
		}
	}
	return out
}
