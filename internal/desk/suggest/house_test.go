// SPDX-License-Identifier: Apache-2.0

package suggest_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is this room with those below it.
type room struct {
	testing.TB
	*suggest.Service
	clock            *clock.Manual
	bus              *event.Bus
	jobs             *job.Queue
	settings         *setting.Service
	lin, admin       person.Person
	wang, li, zhao   person.Person
	printer, network catalog.Category
	vpn              catalog.Service
	desktop, net     person.Group
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
	r := &room{TB: t, clock: c, bus: bus, jobs: jobs, settings: setting.NewService(d, bus, c)}
	p := suggest.Parts{DB: d, Bus: bus, Clock: c, Jobs: jobs, People: person.NewService(d, bus, c), Catalog: catalog.New(d, bus, c), Settings: r.settings}
	p.Tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: p.People, Catalog: p.Catalog, Settings: r.settings, Blobs: blobs, Gates: ticket.StandardGates(),
	})
	r.Service = suggest.NewService(p)
	r.Listen()
	r.lin, r.admin = r.person("lin", access.Agent), r.person("adm", access.Admin)
	r.wang, r.li, r.zhao = r.person("wang", access.Requester), r.person("li", access.Requester), r.person("zhao", access.Requester)
	r.printer, r.network = r.category("打印机"), r.category("网络")
	r.desktop, r.net = r.group("桌面组"), r.group("网络组")
	if r.vpn, err = r.Catalog.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "VPN", Core: true}, 0); err != nil {
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

func (r *room) group(name string) person.Group {
	r.Helper()
	g, err := r.People.SaveGroup(r.Context(), access.Desk(), person.Group{Name: name, Active: true}, 0)
	if err != nil {
		r.Fatal(err)
	}
	return g
}

func (r *room) category(name string) catalog.Category {
	r.Helper()
	c, err := r.Catalog.SaveCategory(r.Context(), access.Desk(), catalog.Category{Name: name}, 0)
	if err != nil {
		r.Fatal(err)
	}
	return c
}

func as(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}

func (r *room) record(who person.Person, subject, words string) ticket.Ticket {
	r.Helper()
	t, _, err := r.Tickets.Record(r.Context(), as(who), ticket.Request{Requester: who.ID, Channel: ticket.Portal, Subject: subject, Say: ticket.Say{Text: words}})
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

func (r *room) settle() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// history records tickets of two kinds that an agent classified and graded, and lets the desk
// learn from them.
func (r *room) history() {
	r.Helper()
	for i := range 15 {
		t := r.record(r.wang, "打印机卡纸", fmt.Sprintf("第 %d 台打印机卡纸了，出不来纸", i))
		r.do(r.lin, t, ticket.Classify{Category: r.printer.ID})
		r.do(r.lin, t, ticket.Assign{Group: r.desktop.ID})
		r.do(r.lin, t, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}})
		t = r.record(r.li, "VPN 连不上", fmt.Sprintf("在家连不上 VPN，提示 ERR-%d timeout", i))
		r.do(r.lin, t, ticket.Classify{Category: r.network.ID, Service: r.vpn.ID})
		r.do(r.lin, t, ticket.Assign{Group: r.net.ID})
		r.do(r.lin, t, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Stopped}})
	}
	if err := r.Learn(r.Context(), as(r.admin)); err != nil {
		r.Fatal(err)
	}
	r.settle()
	r.clock.Advance(8 * 24 * time.Hour) // what was is not the same matter as what comes
}

func (r *room) offers(t ticket.Ticket) map[suggest.Label]suggest.Offer {
	r.Helper()
	list, err := r.For(r.Context(), as(r.lin), t)
	if err != nil {
		r.Fatal(err)
	}
	out := map[suggest.Label]suggest.Offer{}
	for _, o := range list {
		out[o.Label] = o
	}
	return out
}

func (r *room) get(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	t, err := r.Tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: t.ID})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *room) overview() suggest.Overview {
	r.Helper()
	o, err := r.Overview(r.Context(), as(r.admin))
	if err != nil {
		r.Fatal(err)
	}
	return o
}
