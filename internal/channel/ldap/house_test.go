// SPDX-License-Identifier: Apache-2.0

package ldap_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/ldap/slapdtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// room is the directory with what stands below it, sign-in, and a real server.
type room struct {
	testing.TB
	*directory.Service
	clock    *clock.Manual
	people   *person.Service
	sessions *session.Service
	jobs     *job.Queue
	admin    access.Actor
	server   *slapdtest.Server
	log      *lines
}

// lines is a log that a test reads.
type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write takes a line.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d, slapdtest.Start(t))) })
}

func newRoom(t testing.TB, d *db.DB, server *slapdtest.Server) *room {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	r := &room{TB: t, clock: c, server: server, log: &lines{}}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	r.jobs = job.New(d, c, log)
	bus := event.NewBus(r.jobs)
	r.people = person.NewService(d, bus, c)
	r.Service = directory.NewService(directory.Parts{
		DB: d, Bus: bus, Clock: c, Jobs: r.jobs, People: r.people, Settings: setting.NewService(d, bus, c),
		Keys: secret.New(bytes.Repeat([]byte{7}, secret.Size)), Client: client(), Log: log,
	})
	r.sessions = session.NewService(d, bus, c, r.people, sessiontest.Cheap())
	event.Within(bus, r.sessions.PersonChanged)
	r.sessions.Elsewhere = func(ctx context.Context, p person.Person, password string) (bool, bool) {
		v := r.Judge(ctx, p, password)
		return v == directory.Right, v != directory.Silent
	}
	p := r.add("郑宁", "admin@firm.example", access.Admin)
	r.admin = access.Actor{ID: int64(p.ID), Kind: access.Person, Role: access.Admin, Via: "web"}
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) add(name, email string, role access.Role) person.Person {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: email, Lang: "zh-CN", Role: role})
	r.must(err)
	return p
}

// save switches the server on, with a change to what most houses want.
func (r *room) save(change func(*directory.Server)) {
	r.Helper()
	c := r.server.Setting()
	c.On = true
	if change != nil {
		change(&c)
	}
	_, err := r.SaveServer(r.Context(), r.admin, c, slapdtest.Password, setting.AnyVersion)
	r.must(err)
}

// due lets what is due be done.
func (r *room) due() {
	r.Helper()
	_, err := r.jobs.RunDue(r.Context())
	r.must(err)
	if dead, err := r.jobs.Dead(r.Context(), 0, 10); err != nil || len(dead) > 0 {
		r.Fatalf("%v %+v", err, dead)
	}
}

// whole reads everything and returns what the run came to.
func (r *room) whole() directory.Run {
	r.Helper()
	r.must(r.Sync(r.Context(), r.admin))
	r.due()
	return r.last()
}

// later lets time pass until the next run and returns what it came to.
func (r *room) later() directory.Run {
	r.Helper()
	r.clock.Advance(61 * time.Minute)
	r.due()
	return r.last()
}

func (r *room) last() directory.Run {
	r.Helper()
	list, err := r.Runs(r.Context(), r.admin, 1)
	if err != nil || len(list) != 1 {
		r.Fatal(err, "no run")
	}
	return list[0]
}

func (r *room) person(email string) person.Person {
	r.Helper()
	p, err := r.people.ByEmail(r.Context(), email)
	if err != nil {
		r.Fatalf("%s: %v", email, err)
	}
	return p
}

func tally(run directory.Run) string {
	var out []string
	for _, k := range directory.Kinds() {
		if n := run.Tally[k]; n > 0 {
			out = append(out, fmt.Sprintf("%s %d", k, n))
		}
	}
	return strings.TrimSuffix(string(run.State)+": "+strings.Join(out, ", ")+" "+run.Why, " ")
}

// changed counts what a run did. What changed in the second of the last run is read once more.
func changed(run directory.Run) (n int64) {
	for k, x := range run.Tally {
		if k != directory.Same {
			n += x
		}
	}
	return n
}

func (r *room) want(what, want string, run directory.Run) {
	r.Helper()
	if got := tally(run); got != want {
		lines, _ := r.Lines(r.Context(), r.admin, run.ID, "", -1<<62, 8)
		r.Errorf("%s: %s, want %s\n%s %+v", what, got, want, run.Answer, lines)
	}
}
