// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the search with the rooms that it reads.
type room struct {
	*testing.T
	db      *db.DB
	jobs    *job.Queue
	clock   *clock.Manual
	people  *person.Service
	catalog *catalog.Desk
	tickets *ticket.Service
	search  *search.Service
	agent   access.Actor
	lead    access.Actor
	wang    access.Actor // requesters
	li      access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		jobs := job.New(d, c, slog.New(slog.DiscardHandler))
		bus := event.NewBus(jobs)
		people, things := person.NewService(d, bus, c), catalog.New(d, bus, c)
		blobs, err := blob.Open(t.Context(), "file://"+t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = blobs.Close() })
		r := &room{T: t, db: d, jobs: jobs, clock: c, people: people, catalog: things, tickets: ticket.NewService(ticket.Parts{
			DB: d, Bus: bus, Clock: c, People: people, Catalog: things, Settings: setting.NewService(d, bus, c), Blobs: blobs, Gates: ticket.StandardGates(),
		})}
		r.search = search.NewService(search.Parts{DB: d, Clock: c, Jobs: jobs, People: people, Tickets: r.tickets})
		event.WithinAny(bus, r.search.Heard)
		add := func(name, email string, role access.Role, via string) access.Actor {
			p, err := people.Add(t.Context(), access.Desk(), person.Person{Name: name, Email: email, Lang: "zh-CN", Role: role, Department: "财务部", Phone: "13800138000"})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
		}
		r.agent, r.lead = add("林晓岚", "lin.xiaolan@example.net", access.Agent, "web"), add("周立", "zhou.li@example.net", access.Lead, "web")
		r.wang, r.li = add("王海燕", "wang.haiyan@example.net", access.Requester, "portal"), add("Robert Li", "li.rob@example.net", access.Requester, "portal")
		if err := r.search.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.settle()
		fn(t, r)
	})
}

// settle lets the index catch up.
func (r *room) settle() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// record makes a ticket of somebody.
func (r *room) record(by access.Actor, subject, words string, files ...string) ticket.Ticket {
	r.Helper()
	var tokens []string
	for _, name := range files {
		a, err := r.tickets.Stage(r.Context(), by, ticket.File{Name: name, Data: strings.NewReader("x")})
		if err != nil {
			r.Fatal(err)
		}
		tokens = append(tokens, a.Token)
	}
	t, _, err := r.tickets.Record(r.Context(), by, ticket.Request{
		Requester: person.ID(by.ID), Channel: ticket.Portal, Subject: subject, Say: ticket.Say{Text: words, Files: tokens},
	})
	if err != nil {
		r.Fatal(err)
	}
	r.clock.Advance(time.Minute)
	return t
}

func (r *room) do(by access.Actor, t ticket.Ticket, cmd ticket.Command) {
	r.Helper()
	if _, err := r.tickets.Do(r.Context(), by, ticket.Target{ID: t.ID}, cmd); err != nil {
		r.Fatal(err)
	}
}

func (r *room) note(t ticket.Ticket, words string) {
	r.Helper()
	r.do(r.agent, t, ticket.Note{Say: ticket.Say{Text: words}})
}

func (r *room) reply(by access.Actor, t ticket.Ticket, words string) {
	r.Helper()
	r.do(by, t, ticket.Reply{Say: ticket.Say{Text: words}})
}

// find returns everything found, page after page.
func (r *room) find(by access.Actor, typed string) ([]search.Hit, search.Total) {
	r.Helper()
	q := search.Query{Text: typed, Limit: 7}
	var all []search.Hit
	var total search.Total
	for range 1000 {
		p, err := r.search.Find(r.Context(), by, q)
		if err != nil {
			r.Fatalf("%q: %v", typed, err)
		}
		all, total, q.Cursor = append(all, p.Hits...), p.Total, p.Next
		if p.Next == "" {
			return all, total
		}
	}
	r.Fatalf("%q: pages without end", typed)
	return nil, total
}

// refs are the numbers of what is found, best first.
func (r *room) refs(by access.Actor, typed string) string {
	r.Helper()
	hits, total := r.find(by, typed)
	var out []string
	for _, h := range hits {
		out = append(out, h.Ticket.Ref())
	}
	if total.N != len(hits) || total.More || total.About {
		r.Errorf("%q: %d found, total %+v", typed, len(hits), total)
	}
	return strings.Join(out, " ")
}

// show writes pieces with what was found in brackets.
func show(list []search.Piece) string {
	var b strings.Builder
	for _, p := range list {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}
