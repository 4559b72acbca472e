// SPDX-License-Identifier: Apache-2.0

package promise_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

const (
	minute = time.Minute
	hour   = time.Hour
)

// start is a Monday, 09:00 in Shanghai. The acknowledgement promises a word within the hour.
func start() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) }

// room is this room with the ticket room below it.
type room struct {
	testing.TB
	*promise.Service
	clock     *clock.Manual
	group     person.GroupID
	agent     access.Actor
	requester access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t testing.TB, d *db.DB) *room {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(start())
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people := person.NewService(d, bus, c)
	blobs, err := blob.Open(ctx, "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	tickets := ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: setting.NewService(d, bus, c), Blobs: blobs,
		Gates: ticket.StandardGates(),
	})
	r := &room{TB: t, clock: c, Service: promise.NewService(promise.Parts{DB: d, Bus: bus, Clock: c, Jobs: jobs, Tickets: tickets})}
	r.Listen()
	add := func(name string, role access.Role) access.Actor {
		p, err := people.Add(ctx, access.Desk(), person.Person{Name: name, Email: name + "@desk.test", Lang: "en", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
	}
	r.agent, r.requester = add("lin", access.Lead), add("wang", access.Requester)
	g, err := people.SaveGroup(ctx, access.Desk(), person.Group{Name: "网络组", NameEN: "Network"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.group = g.ID
	return r
}

func (r *room) open() ticket.ID {
	r.Helper()
	t, _, err := r.Tickets.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "打印机不出纸"},
	})
	if err != nil {
		r.Fatal(err)
	}
	return t.ID
}

// accepted is a ticket that somebody took.
func (r *room) accepted() ticket.ID {
	r.Helper()
	which := r.open()
	r.do(r.agent, which, ticket.Accept{})
	return which
}

func (r *room) do(by access.Actor, which ticket.ID, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	t, err := r.Tickets.Do(r.Context(), by, ticket.Target{ID: which}, cmd)
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// say is a reply that may tell a time.
func say(text string, by time.Time) ticket.Reply {
	return ticket.Reply{Say: ticket.Say{Text: text}, Promise: by, Words: text}
}

func (r *room) pass(d time.Duration) {
	r.Helper()
	r.clock.Advance(d)
	r.runs()
}

func (r *room) runs() {
	r.Helper()
	if _, err := r.Jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func (r *room) rows(which ticket.ID) []promise.Promise {
	r.Helper()
	t, err := r.Tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		r.Fatal(err)
	}
	list, err := r.ForTicket(r.Context(), access.Desk(), t)
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// states are the promises of a ticket in short: "reply kept".
func (r *room) states(which ticket.ID) []string {
	r.Helper()
	var out []string
	for _, p := range r.rows(which) {
		out = append(out, string(p.Source)+" "+string(p.State))
	}
	return out
}

func (r *room) want(which ticket.ID, want ...string) {
	r.Helper()
	if d := cmp.Diff(want, r.states(which)); d != "" {
		r.Error(d)
	}
	r.same(which)
}

// same holds the rows against what the facts say.
func (r *room) same(which ticket.ID) {
	r.Helper()
	rebuilt, err := r.Rebuilt(r.Context(), which)
	if err != nil {
		r.Fatal(err)
	}
	own := cmpopts.IgnoreFields(promise.Promise{}, "ID", "Group", "Owner", "Assignee", "Priority")
	if d := cmp.Diff(rebuilt, r.rows(which), own, cmpopts.EquateEmpty()); d != "" {
		r.Errorf("computed from the facts, and stored:\n%s", d)
	}
}

// facts are the names of the facts of this room about a ticket.
func (r *room) facts(which ticket.ID) []string {
	r.Helper()
	list, err := r.Bus.List(r.Context(), r.DB, "promise", int64(which), 0, 1000)
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, x := range list {
		out = append(out, x.Name[len("promise."):])
	}
	return out
}
