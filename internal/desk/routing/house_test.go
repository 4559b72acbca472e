// SPDX-License-Identifier: Apache-2.0

package routing_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is this room with those below it: two agents in the network group, one of whom knows VPN.
type room struct {
	testing.TB
	*routing.Service
	clock            *clock.Manual
	bus              *event.Bus
	jobs             *job.Queue
	lin, zhou, admin person.Person
	wang             person.Person
	network, desktop person.Group
	printer          catalog.Category
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t testing.TB, d *db.DB) *room {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	blobs, err := blob.Open(t.Context(), "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	p := routing.Parts{DB: d, Bus: bus, Clock: c, Jobs: jobs, People: person.NewService(d, bus, c), Catalog: catalog.New(d, bus, c)}
	p.Rotas = rota.NewService(d, bus, c, p.People)
	p.Tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: p.People, Catalog: p.Catalog, Settings: setting.NewService(d, bus, c), Blobs: blobs, Gates: ticket.StandardGates(),
	})
	r := &room{TB: t, Service: routing.NewService(p), clock: c, bus: bus, jobs: jobs}
	r.Listen()
	r.lin, r.zhou, r.admin = r.person("lin", access.Agent, ""), r.person("zhou", access.Agent, "vpn"), r.person("adm", access.Admin, "")
	r.wang = r.person("wang", access.Requester, "")
	r.network, r.desktop = r.group("网络组", r.lin.ID, r.zhou.ID), r.group("桌面组")
	if r.printer, err = r.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "打印机"}, 0); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) person(name string, role access.Role, skills person.Skills) person.Person {
	r.Helper()
	p, err := r.People.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: name + "@desk.test", Lang: "en", Role: role, Skills: skills, Department: "财务部"})
	if err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *room) group(name string, members ...person.ID) person.Group {
	r.Helper()
	g, err := r.People.SaveGroup(r.Context(), access.Desk(), person.Group{Name: name, Active: true, Members: members}, 0)
	if err != nil {
		r.Fatal(err)
	}
	return g
}

func as(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}

// rule saves a rule in use.
func (r *room) rule(x routing.Rule) routing.Rule {
	r.Helper()
	if x.Name == "" {
		x.Name = x.Condition
	}
	if x.Group == 0 {
		x.Group = r.network.ID
	}
	x.Active = true
	x, err := r.Save(r.Context(), as(r.admin), x, 0)
	if err != nil {
		r.Fatal(err)
	}
	return x
}

// meanwhile lets something happen where the ticket room looks at its clock next: between choosing
// whom a ticket goes to and the commit that gives it.
type meanwhile struct {
	clock.Clock
	do func()
}

func (m *meanwhile) Now() time.Time {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.Clock.Now()
}

// open records a ticket and lets the rules have a look at it.
func (r *room) open(words string) ticket.Ticket {
	r.Helper()
	return r.settled(r.record(words))
}

func (r *room) record(words string) ticket.Ticket {
	r.Helper()
	t, _, err := r.Tickets.Record(r.Context(), as(r.wang), ticket.Request{Requester: r.wang.ID, Channel: ticket.Portal, Say: ticket.Say{Text: words}})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *room) settled(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
	t, err := r.Tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: t.ID})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *room) do(by person.Person, t ticket.Ticket, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	t, err := r.Tickets.Do(r.Context(), as(by), ticket.Target{ID: t.ID}, cmd)
	if err != nil {
		r.Fatal(err)
	}
	return r.settled(t)
}

func (r *room) lines() []routing.Line {
	r.Helper()
	list, _, err := r.Lines(r.Context(), as(r.admin))
	if err != nil {
		r.Fatal(err)
	}
	return list
}
