// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is this room with those below it, two agents and a requester.
type room struct {
	testing.TB
	*pull.Service
	clock         *clock.Manual
	lin, zhou     person.Person
	requester     person.Person
	network       person.Group
	software, erp catalog.Category
	vpn           catalog.Service
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t testing.TB, d *db.DB) *room {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	bus := event.NewBus(job.New(d, c, slog.New(slog.DiscardHandler)))
	blobs, err := blob.Open(t.Context(), "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	p := pull.Parts{DB: d, Bus: bus, Clock: c, People: person.NewService(d, bus, c), Catalog: catalog.New(d, bus, c)}
	p.Tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: p.People, Catalog: p.Catalog, Settings: setting.NewService(d, bus, c), Blobs: blobs,
		Gates: ticket.StandardGates(),
	})
	r := &room{TB: t, Service: pull.NewService(p), clock: c}
	r.lin, r.zhou, r.requester = r.person("lin", access.Agent), r.person("zhou", access.Agent), r.person("wang", access.Requester)
	r.network = r.group(person.Group{Name: "网络组", Members: []person.ID{r.zhou.ID}})
	r.software = r.category(catalog.Category{Name: "软件"})
	r.erp = r.category(catalog.Category{Name: "ERP", Parent: r.software.ID})
	if r.vpn, err = r.Catalog.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "VPN", Skills: "vpn"}, 0); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) person(name string, role access.Role) person.Person {
	r.Helper()
	p, err := r.People.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: name + "@desk.test", Lang: "en", Role: role})
	if err != nil {
		r.Fatal(err)
	}
	return p
}

// change saves somebody as changed by fn.
func (r *room) change(p *person.Person, fn func(*person.Person)) {
	r.Helper()
	fn(p)
	var err error
	if *p, err = r.People.Change(r.Context(), access.Desk(), *p, 0); err != nil {
		r.Fatal(err)
	}
}

func (r *room) group(g person.Group) person.Group {
	r.Helper()
	g.Active = true
	g, err := r.People.SaveGroup(r.Context(), access.Desk(), g, 0)
	if err != nil {
		r.Fatal(err)
	}
	return g
}

func (r *room) category(c catalog.Category) catalog.Category {
	r.Helper()
	c, err := r.Catalog.SaveCategory(r.Context(), access.Desk(), c, 0)
	if err != nil {
		r.Fatal(err)
	}
	return c
}

func as(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}

func (r *room) open(q ticket.Request) ticket.Ticket {
	r.Helper()
	q.Requester, q.Channel, q.Say.Text = r.requester.ID, ticket.Portal, "打印机不出纸"
	t, _, err := r.Tickets.Record(r.Context(), as(r.requester), q)
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
	return t
}

func (r *room) look(by person.Person) pull.Pick {
	r.Helper()
	p, err := r.Look(r.Context(), as(by))
	if err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *room) take(by person.Person) pull.Pick {
	r.Helper()
	p, err := r.Take(r.Context(), as(by))
	if err != nil {
		r.Fatal(err)
	}
	return p
}
