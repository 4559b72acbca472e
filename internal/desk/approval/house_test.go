// SPDX-License-Identifier: Apache-2.0

package approval_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// room is this room with those below it, and the people of a small house.
type room struct {
	testing.TB
	*approval.Service
	clock                 *clock.Manual
	jobs                  *job.Queue
	lin, zhou, chen, zhao person.Person // agents, and a lead
	wang, boss, deputy    person.Person // requesters
	shelf                 *shelf
}

// shelf is a kind of subject whose content can change.
type shelf struct {
	mu    sync.Mutex
	texts map[string]string
	by    person.ID // who wrote them
}

func (s *shelf) put(ref, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts[ref] = text
}

func (s *shelf) Content(_ context.Context, _ ticket.ID, ref string) (string, string, person.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.texts[ref]
	if !ok {
		return "", "", 0, errs.New(errs.NotFound, "approval.not_found")
	}
	return "第三步", text, s.by, nil
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
	r := &room{TB: t, clock: c, jobs: jobs, shelf: &shelf{texts: map[string]string{}}}
	p := approval.Parts{
		DB: d, Bus: bus, Clock: c, Jobs: jobs, People: person.NewService(d, bus, c), Settings: setting.NewService(d, bus, c),
		Links: session.NewLinks(secret.New(make([]byte, secret.Size)), c), Contents: map[string]approval.Contents{"shelf": r.shelf},
	}
	p.Tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: p.People, Catalog: catalog.New(d, bus, c), Settings: p.Settings, Blobs: blobs, Gates: ticket.StandardGates(),
	})
	p.Manager = func(_ context.Context, who person.ID) (person.ID, error) {
		if who == r.wang.ID {
			return r.boss.ID, nil
		}
		return 0, errs.New(errs.NotFound, "directory.no_manager")
	}
	r.Service = approval.NewService(p)
	r.Listen()
	r.lin, r.zhou, r.chen, r.zhao = r.person("lin", access.Agent), r.person("zhou", access.Agent), r.person("chen", access.Agent), r.person("zhao", access.Lead)
	r.wang, r.boss, r.deputy = r.person("wang", access.Requester), r.person("boss", access.Requester), r.person("deputy", access.Requester)
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

func (r *room) group(name string, of ...person.Person) person.Group {
	r.Helper()
	g := person.Group{Name: name, Active: true}
	for _, p := range of {
		g.Members = append(g.Members, p.ID)
	}
	g, err := r.People.SaveGroup(r.Context(), access.Desk(), g, 0)
	if err != nil {
		r.Fatal(err)
	}
	return g
}

func as(p person.Person) access.Actor {
	via := "portal"
	if p.Role.Staff() {
		via = "web"
	}
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: via}
}

// open records a ticket of wang's and has lin accept it.
func (r *room) open() ticket.Ticket {
	r.Helper()
	q := ticket.Request{Requester: r.wang.ID, Channel: ticket.Portal}
	q.Say.Text = "需要财务共享盘的写权限"
	t, _, err := r.Tickets.Record(r.Context(), as(r.wang), q)
	if err != nil {
		r.Fatal(err)
	}
	return r.do(r.lin, t, ticket.Accept{})
}

func (r *room) do(by person.Person, t ticket.Ticket, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	t, err := r.Tickets.Do(r.Context(), as(by), ticket.Target{ID: t.ID}, cmd)
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// ask lets lin ask the people of one level.
func (r *room) ask(t ticket.Ticket, levels ...approval.AskLevel) approval.Approval {
	r.Helper()
	a, err := r.Ask(r.Context(), as(r.lin), ticket.Target{ID: t.ID}, approval.Ask{
		Subject: approval.Subject{Kind: approval.Free, Title: "开通财务共享盘写权限", Content: "给王海燕 F:\\finance 的写权限，三个月"}, Levels: levels, Hold: true,
	})
	if err != nil {
		r.Fatal(err)
	}
	return a
}

func (r *room) status(t ticket.Ticket) (ticket.Status, ticket.Waiting) {
	r.Helper()
	now, err := r.Tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: t.ID})
	if err != nil {
		r.Fatal(err)
	}
	return now.Status, now.Pending
}

func (r *room) state(a approval.Approval) approval.State {
	r.Helper()
	v, err := r.Get(r.Context(), as(r.zhao), a.ID)
	if err != nil {
		r.Fatal(err)
	}
	return v.State
}

// steps are what the ticket tells of its approvals.
func (r *room) steps(t ticket.Ticket) []ticket.ApprovalStep {
	r.Helper()
	list, err := r.Tickets.Thread(r.Context(), access.Desk(), t)
	now, e := r.Tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: t.ID})
	if err == nil && e == nil {
		list, err = r.Tickets.Thread(r.Context(), access.Desk(), now)
	}
	if err != nil || e != nil {
		r.Fatal(err, e)
	}
	var out []ticket.ApprovalStep
	for _, x := range list {
		if f, ok := x.Fact.(ticket.Approval); ok {
			out = append(out, f.Step)
		}
	}
	return out
}

func (r *room) run() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func key(err error) string {
	if e := errs.As(err); e != nil {
		return e.Key
	}
	return ""
}

func sessionBond(t ticket.Ticket, p person.Person) session.Bond {
	return session.Bond{Ticket: int64(t.ID), Person: int64(p.ID)}
}
