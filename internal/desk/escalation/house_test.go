// SPDX-License-Identifier: Apache-2.0

package escalation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
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

// begin is a Monday at nine in Shanghai.
func begin() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) }

// node is the room on one process, with simple clocks: an hour until the first word, two
// between words, so that a test knows every due time.
type node struct {
	t testing.TB
	*escalation.Service
	db       *db.DB
	bus      *event.Bus
	jobs     *job.Queue
	tickets  *ticket.Service
	people   *person.Service
	settings *setting.Service
	target   *atomic.Int64 // minutes until the first word
	hours    calendar.Calendar
	mailed   *atomic.Int64
	held     func(ticket.ID) // called while a node looks at a ticket
}

type option func(*node, *escalation.Parts)

func newNode(t testing.TB, d *db.DB, c clock.Clock, opts ...option) *node {
	t.Helper()
	n := &node{t: t, db: d, target: &atomic.Int64{}, mailed: &atomic.Int64{}, hours: calendar.Always{}, held: func(ticket.ID) {}}
	n.target.Store(60)
	n.jobs = job.New(d, c, slog.New(slog.DiscardHandler))
	n.bus = event.NewBus(n.jobs)
	n.people, n.settings = person.NewService(d, n.bus, c), setting.NewService(d, n.bus, c)
	blobs, err := blob.Open(context.WithoutCancel(t.Context()), "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	n.tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: n.bus, Clock: c, People: n.people, Catalog: catalog.New(d, n.bus, c), Settings: n.settings, Blobs: blobs,
		Gates:   ticket.Gates{},
		Settled: func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error { return n.Planned(ctx, tx, t) },
	})
	p := escalation.Parts{
		DB: d, Bus: n.bus, Clock: c, People: n.people, Rotas: rota.NewService(d, n.bus, c, n.people), Settings: n.settings, Tickets: n.tickets,
		Scene: func(_ context.Context, _ *db.Tx, t ticket.Ticket) (escalation.Scene, error) { return n.scene(t), nil }, Jobs: n.jobs,
	}
	for _, o := range opts {
		o(n, &p)
	}
	n.Service = escalation.NewService(p)
	event.Within(n.bus, n.Changed)
	event.After(n.bus, "test:letter", func(context.Context, event.Record, escalation.Raised) error {
		n.mailed.Add(1)
		return nil
	})
	if err := n.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

// scene is what a ticket's steps depend on.
func (n *node) scene(t ticket.Ticket) escalation.Scene {
	n.held(t.ID)
	s := escalation.Scene{Priority: t.Priority, Urgent: t.Graded && t.Priority == triage.P1, Hours: n.hours}
	if !t.Open() || t.Status == ticket.Pending {
		return s
	}
	name, start, target := "response", t.CreatedAt, time.Duration(n.target.Load())*time.Minute
	if !t.FirstResponseAt.IsZero() {
		name, start, target = "update", t.LastPublicAt, 2*time.Hour
	}
	due := start.Add(target)
	s.Clocks = []escalation.Clock{{
		Name: name, Run: name + ":" + strconv.FormatInt(start.UnixMilli(), 10), Running: true, Due: due,
		At:  func(p int) time.Time { return start.Add(target / 100 * time.Duration(p)) },
		Off: func(d time.Duration) time.Time { return due.Add(d) },
	}}
	return s
}

// steps are raised at 50 %, when due, and half an hour later.
func steps() escalation.Plan {
	by := []string{escalation.OnPage, escalation.ByMail}
	return escalation.Plan{Steps: []escalation.Step{
		{ID: "r50", Clock: "response", Percent: 50, To: []escalation.Audience{escalation.Assignee}, By: by},
		{ID: "r100", Clock: "response", Percent: 100, To: []escalation.Audience{escalation.Owner}, By: by},
		{ID: "r+30", Clock: "response", Minutes: 30, To: []escalation.Audience{escalation.Leads}, By: by},
		{ID: "u100", Clock: "update", Percent: 100, To: []escalation.Audience{escalation.Leads}, By: by},
	}}
}

// house is one node with its people.
type house struct {
	*testing.T
	*node
	clock     *clock.Manual
	agent     access.Actor
	lead      access.Actor
	requester access.Actor
	url       string
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.EachURL(t, func(t *testing.T, url string) { fn(t, newHouse(t, url)) })
}

func newHouse(t *testing.T, url string, opts ...option) *house {
	t.Helper()
	c := clock.NewManual(begin())
	h := &house{T: t, clock: c, url: url, node: newNode(t, dbtest.Open(t, url), c, opts...)}
	add := func(name string, role access.Role) access.Actor {
		p, err := h.people.Add(t.Context(), access.Desk(), person.Person{Name: name, Email: name + "@desk.example", Lang: "en", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
	}
	h.agent, h.lead, h.requester = add("lin", access.Agent), add("zhou", access.Lead), add("wang", access.Requester)
	h.plan(steps())
	return h
}

// plan puts a plan in force with the ids that it names.
func (h *house) plan(p escalation.Plan) {
	h.Helper()
	if err := setting.Save(h.Context(), h.settings, access.Desk(), escalation.PlanName, p, setting.AnyVersion); err != nil {
		h.Fatal(err)
	}
}

func (h *house) open() ticket.Ticket {
	h.Helper()
	t, _, err := h.tickets.Record(h.Context(), h.requester, ticket.Request{
		Requester: person.ID(h.requester.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "ERP"},
	})
	if err != nil {
		h.Fatal(err)
	}
	return t
}

func (h *house) do(by access.Actor, on ticket.Ticket, cmd ticket.Command) {
	h.Helper()
	if _, err := h.tickets.Do(h.Context(), by, ticket.Target{ID: on.ID}, cmd); err != nil {
		h.Fatalf("%s: %v", cmd.Name(), err)
	}
}

func (h *house) reply(on ticket.Ticket) {
	h.Helper()
	h.do(h.agent, on, ticket.Reply{Say: ticket.Say{Text: "we are at it", Channel: ticket.Web}})
}

// run looks at everything that is due.
func (h *house) run() {
	h.Helper()
	if _, err := h.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// at moves the clock to an instant after the begin and looks.
func (h *house) at(d time.Duration) {
	h.Helper()
	h.clock.Set(begin().Add(d))
	h.run()
}

// raised lists the steps that were raised on a ticket, in order.
func (n *node) raised(on ticket.Ticket) []string {
	n.t.Helper()
	list, err := n.ForTicket(n.t.Context(), access.Desk(), on)
	if err != nil {
		n.t.Fatal(err)
	}
	out := []string{}
	for _, e := range list {
		out = append(out, e.Step)
	}
	return out
}

// all reads every escalation there is.
func all(t testing.TB, d *db.DB) (out []escalation.Entry) {
	t.Helper()
	list, err := db.All(t.Context(), d, func(r db.Row) (e escalation.Entry, err error) {
		var data []byte
		if err = r.Scan(&e.ID, &e.At, &data); err == nil {
			err = json.Unmarshal(data, &e.Raised)
		}
		return e, err
	}, `SELECT id, at, data FROM event WHERE room = 'escalation' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// once fails where anything was raised twice, and counts.
func once(t testing.TB, list []escalation.Entry) int {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range list {
		k := fmt.Sprint(e.Ticket, " ", e.Run, " ", e.Step)
		if seen[k] {
			t.Errorf("raised twice: %s", k)
		}
		seen[k] = true
	}
	return len(seen)
}

func wakeAt(t testing.TB, d *db.DB, on ticket.ID) time.Time {
	t.Helper()
	at, err := db.One(t.Context(), d, func(r db.Row) (x time.Time, err error) {
		err = r.Scan(&x)
		return x, err
	}, `SELECT wake_at FROM escalation_due WHERE ticket_id = $1`, on)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
