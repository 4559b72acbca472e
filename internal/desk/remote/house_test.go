// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
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

// room is this room with the ticket room below it, and a ticket of wang's.
type room struct {
	testing.TB
	*remote.Service
	clock *clock.Manual
	jobs  *job.Queue
	on    ticket.Target
	over  []remote.ID

	agent, other, wang, link, part access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t testing.TB, d *db.DB) *room {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people, settings := person.NewService(d, bus, c), setting.NewService(d, bus, c)
	blobs, err := blob.Open(ctx, "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	tickets := ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: settings, Blobs: blobs, Gates: ticket.StandardGates(),
	})
	r := &room{TB: t, clock: c, jobs: jobs}
	r.Service = remote.NewService(remote.Parts{
		DB: d, Clock: c, Jobs: jobs, People: people, Settings: settings, Tickets: tickets, Keys: secret.New(bytes.Repeat([]byte{7}, secret.Size)),
		Relay: func() string { return "relay.desk.test:3478" }, Over: func(which remote.ID) { r.over = append(r.over, which) },
	})
	event.After(bus, "remote:closed", r.TicketEnded)
	add := func(name string, role access.Role, via string) access.Actor {
		p, err := people.Add(ctx, access.Desk(), person.Person{Name: name, Email: name + "@desk.test", Lang: "en", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
	}
	r.agent, r.other, r.wang, r.part = add("chen", access.Agent, "web"), add("zhou", access.Lead, "web"), add("wang", access.Requester, "portal"), add("liu", access.Requester, "portal")
	v, _, err := tickets.Record(ctx, r.wang, ticket.Request{Requester: person.ID(r.wang.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "打印机不出纸"}})
	if err != nil {
		t.Fatal(err)
	}
	r.on = ticket.Target{ID: v.ID}
	r.link = access.Actor{ID: r.wang.ID, Kind: access.Link, Ticket: int64(v.ID), Via: "portal"}
	for _, cmd := range []ticket.Command{ticket.Accept{}, ticket.AddParticipant{Person: person.ID(r.part.ID)}} {
		if _, err := tickets.Do(ctx, r.agent, r.on, cmd); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// must is for what has to work.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (r *room) asked(pictures bool) remote.Session {
	r.Helper()
	return must[remote.Session](r)(r.Ask(r.Context(), r.agent, r.on, pictures))
}

// agreed is a share to which wang consented, with what their window knows.
func (r *room) agreed(pictures bool) (remote.Session, string) {
	r.Helper()
	x, window, err := r.Agree(r.Context(), r.link, r.on, r.asked(pictures).ID, remote.Consent{Text: remote.Words, Pictures: pictures})
	if err != nil {
		r.Fatal(err)
	}
	return x, window
}

func (r *room) live(pictures bool) (remote.Session, string) {
	r.Helper()
	x, window := r.agreed(pictures)
	h := must[remote.Heard](r)(r.Exchange(r.Context(), r.agent, r.on, x.ID, remote.Talk{Began: true}))
	return h.Session, window
}

func (r *room) advance(d time.Duration) {
	r.Helper()
	r.clock.Advance(d)
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// line is what stands on the ticket about remote help, as somebody reads it.
func (r *room) line(by access.Actor) string {
	r.Helper()
	t := must[ticket.Ticket](r)(r.Tickets.Get(r.Context(), by, r.on))
	var out []string
	for _, e := range must[[]ticket.Entry](r)(r.Tickets.Thread(r.Context(), by, t)) {
		switch f := e.Fact.(type) {
		case ticket.RemoteAsked:
			out = append(out, "asked")
		case ticket.RemoteAgreed:
			out = append(out, "agreed")
			if f.Pictures {
				out[len(out)-1] += "+pictures"
			}
		case ticket.RemoteStarted:
			out = append(out, strings.TrimSpace("started "+f.Tool+" "+f.With))
		case ticket.RemotePictured:
			out = append(out, "picture")
		case ticket.RemoteEnded:
			out = append(out, strings.TrimSpace("ended "+f.Reason+" "+f.Outcome))
		}
	}
	return strings.Join(out, ", ")
}

func (r *room) refused(what string, err error, want errs.Kind) {
	r.Helper()
	if err == nil || errs.KindOf(err) != want {
		r.Errorf("%s: %v, want %v", what, err, want)
	}
}
