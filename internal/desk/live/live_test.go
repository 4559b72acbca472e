// SPDX-License-Identifier: Apache-2.0

package live_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
)

type room struct {
	*testing.T
	db        *db.DB
	bus       *event.Bus
	tickets   *ticket.Service
	clock     *clock.Manual
	agent     access.Actor
	lead      access.Actor
	requester access.Actor
	hints     <-chan string
}

// each runs fn on each engine with somebody who has every page open.
func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		bus := event.NewBus(job.New(d, c, slog.New(slog.DiscardHandler)))
		people, hub := person.NewService(d, bus, c), pubsub.New(d)
		blobs, err := blob.Open(t.Context(), "file://"+t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = blobs.Close() })
		r := &room{T: t, db: d, bus: bus, clock: c, tickets: ticket.NewService(ticket.Parts{
			DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: setting.NewService(d, bus, c), Blobs: blobs,
			Gates: ticket.StandardGates(),
		})}
		event.WithinAny(bus, live.NewService(hub, r.tickets).Heard)
		add := func(name string, role access.Role, via string) access.Actor {
			p, err := people.Add(t.Context(), access.Desk(), person.Person{Name: name, Email: name + "@example.net", Lang: "en", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
		}
		r.agent, r.lead, r.requester = add("lin", access.Agent, "web"), add("zhou", access.Lead, "web"), add("wang", access.Requester, "portal")
		topics := []string{live.Queue, live.Ticket(1), live.Ticket(2)}
		for _, a := range []access.Actor{r.agent, r.lead, r.requester} {
			topics = append(topics, live.Person(person.ID(a.ID)))
		}
		hints, cancel := hub.Subscribe(topics...)
		t.Cleanup(cancel)
		r.hints = hints
		fn(t, r)
	})
}

// heard returns the topics hinted at so far, sorted, each once.
func (r *room) heard() []string {
	var out []string
	for {
		select {
		case h := <-r.hints:
			out = append(out, h)
		default:
			slices.Sort(out)
			return slices.Compact(out)
		}
	}
}

func (r *room) record() ticket.Ticket {
	r.Helper()
	t, _, err := r.tickets.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "The printer is silent"},
	})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *room) do(by access.Actor, t ticket.Ticket, cmd ticket.Command) {
	r.Helper()
	if _, err := r.tickets.Do(r.Context(), by, ticket.Target{ID: t.ID}, cmd); err != nil {
		r.Fatal(err)
	}
}

func TestEveryFactMakesItsPagesStale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		on := func(x ticket.Ticket, who ...access.Actor) []string {
			out := []string{live.Queue, live.Ticket(x.ID)}
			for _, a := range who {
				out = append(out, live.Person(person.ID(a.ID)))
			}
			slices.Sort(out)
			return out
		}
		check := func(what string, want []string) {
			t.Helper()
			if d := cmp.Diff(want, r.heard()); d != "" {
				t.Errorf("%s: %s", what, d)
			}
		}
		check("people and settings are no ticket", nil)
		x := r.record()
		check("recorded", on(x, r.requester))
		r.do(r.lead, x, ticket.Note{Say: ticket.Say{Text: "look"}})
		check("a note by somebody else", on(x, r.requester, r.lead))
		r.do(r.agent, x, ticket.Accept{})
		check("accepted", on(x, r.requester, r.agent))
		r.do(r.agent, x, ticket.Assign{Assignee: person.ID(r.lead.ID)})
		check("assigned", on(x, r.requester, r.agent, r.lead))
		r.do(access.Actor{Kind: access.Link, ID: r.requester.ID, Ticket: int64(x.ID), Via: "link"}, x, ticket.Reply{Say: ticket.Say{Text: "still silent"}})
		check("a reply by link", on(x, r.requester, r.agent, r.lead))
		y := r.record()
		check("another ticket", on(y, r.requester))
	})
}

func TestP4_WhatWasRolledBackMakesNothingStale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record()
		r.heard()
		stop := errors.New("stop")
		ready, err := r.tickets.Ready(t.Context(), r.agent, ticket.Accept{})
		if err != nil {
			t.Fatal(err)
		}
		err = r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := ready.In(ctx, tx, ticket.Target{ID: x.ID}); err != nil {
				return err
			}
			return stop
		})
		if got := r.heard(); !errors.Is(err, stop) || got != nil {
			t.Errorf("%v, %v", err, got)
		}
	})
}

// letter stands for a fact of another room about a ticket, or not about one.
type letter struct {
	name   string
	ticket int64
}

func (f letter) EventName() string   { return f.name }
func (f letter) EventSubject() int64 { return f.ticket }

func TestFactsOfOtherRooms(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record()
		r.heard()
		for name, want := range map[string]int{"notify.undelivered": 3, "session.signed_in": 0} {
			err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := r.bus.Record(ctx, tx, access.Desk().Meta(r.clock.Now()), letter{name, int64(x.ID)})
				return err
			})
			if got := r.heard(); err != nil || len(got) != want {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
	})
}
