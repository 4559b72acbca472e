// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the ticket room with the rooms below it and nobody listening.
type room struct {
	*testing.T
	*ticket.Service
	clock     *clock.Manual
	jobs      *job.Queue
	people    *person.Service
	group     person.GroupID
	agent     access.Actor
	lead      access.Actor
	requester access.Actor
	other     access.Actor // another requester
}

// each runs fn on a fresh room on each engine.
func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people := person.NewService(d, bus, c)
	blobs, err := blob.Open(ctx, "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &room{T: t, clock: c, jobs: jobs, people: people, Service: ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: setting.NewService(d, bus, c),
		Blobs: blobs, Jobs: jobs, Gates: ticket.StandardGates(),
	})}
	r.agent = r.person("林岚", access.Agent, "web")
	r.lead = r.person("周启", access.Lead, "web")
	r.requester = r.person("王海", access.Requester, "portal")
	r.other = r.person("Tom", access.Requester, "portal")
	g, err := people.SaveGroup(ctx, access.Desk(), person.Group{Name: "系统组"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.group = g.ID
	return r
}

func (r *room) person(name string, role access.Role, via string) access.Actor {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{
		Name: name, Email: fmt.Sprintf("%x@example.test", name), Lang: "zh-CN", Role: role,
	})
	if err != nil {
		r.Fatal(err)
	}
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
}

func (r *room) record(text string) ticket.Ticket {
	r.Helper()
	t, repeated, err := r.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: text},
	})
	if err != nil || repeated {
		r.Fatal(repeated, err)
	}
	return t
}

func (r *room) do(by access.Actor, t ticket.Ticket, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	out, err := r.Do(r.Context(), by, ticket.Target{ID: t.ID}, cmd)
	if err != nil {
		r.Fatalf("%s: %v", cmd.Name(), err)
	}
	return out
}

// complete brings a new ticket to where a solution may be given.
func (r *room) complete(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	r.do(r.agent, t, ticket.Accept{})
	r.do(r.agent, t, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Impaired}})
	return r.do(r.agent, t, ticket.Record{Intake: map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: "09:20"}, ticket.Affected: {Value: "付款"}, ticket.People: {Value: "6"},
		ticket.Wanted: {Unknown: true, Reason: "用户不确定"},
	}})
}

func solution() ticket.Solution {
	return ticket.Solution{Text: "扩容完成，请再提交一次", Cause: "空间满", Prevention: "85% 告警", Verify: []string{"提交一笔"}}
}

func (r *room) rebuilt(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	out, err := r.Rebuilt(context.WithoutCancel(r.Context()), t.ID)
	if err != nil {
		r.Fatal(err)
	}
	return out
}
