// SPDX-License-Identifier: Apache-2.0

package device_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the register with the rooms below it.
type room struct {
	*testing.T
	*device.Service
	people  *person.Service
	catalog *catalog.Desk
	tickets *ticket.Service

	admin, agent, asker access.Actor
	wang                person.Person
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		jobs := job.New(d, c, slog.New(slog.DiscardHandler))
		bus := event.NewBus(jobs)
		r := &room{T: t, people: person.NewService(d, bus, c), catalog: catalog.New(d, bus, c)}
		r.tickets = ticket.NewService(ticket.Parts{DB: d, Bus: bus, Clock: c, People: r.people, Catalog: r.catalog, Settings: setting.NewService(d, bus, c), Jobs: jobs, Gates: ticket.StandardGates()})
		r.Service = device.NewService(device.Parts{DB: d, Bus: bus, Clock: c, People: r.people, Catalog: r.catalog, Tickets: r.tickets})
		r.Listen()
		r.admin, r.agent = r.person("郑宁", "admin@q.example", access.Admin), r.person("陈立", "agent@q.example", access.Agent)
		r.asker = r.person("王海燕", "wang@q.example", access.Requester)
		r.asker.Via = "portal"
		r.wang = r.people.Card(t.Context(), person.ID(r.asker.ID))
		fn(t, r)
	})
}

func (r *room) person(name, email string, role access.Role) access.Actor {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: email, Lang: "zh-CN", Role: role})
	if err != nil {
		r.Fatal(err)
	}
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
}

func (r *room) device(d device.Device) device.Device {
	r.Helper()
	d, err := r.Save(r.Context(), r.agent, d, 0)
	if err != nil {
		r.Fatal(err)
	}
	return d
}

func (r *room) ticket() ticket.Ticket {
	r.Helper()
	t, _, err := r.tickets.Record(r.Context(), r.asker, ticket.Request{Requester: r.wang.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸。"}})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// field fails the test unless err points at the field with the key.
func field(t *testing.T, what string, err error, name, key string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid || len(e.Fields) == 0 || e.Fields[0].Name != name || e.Fields[0].Key != key {
		t.Errorf("%s: %v, want %s at %s", what, err, key, name)
	}
}
