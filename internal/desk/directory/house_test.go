// SPDX-License-Identifier: Apache-2.0

package directory_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the directory with the rooms below it.
type room struct {
	*testing.T
	*directory.Service
	clock  *clock.Manual
	people *person.Service
	jobs   *job.Queue
	admin  access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	r := &room{T: t, clock: c, jobs: jobs, people: person.NewService(d, bus, c)}
	r.Service = directory.NewService(r.parts(d, bus))
	p, err := r.people.Add(t.Context(), access.Desk(), person.Person{Name: "郑宁", Email: "admin@q.example", Lang: "zh-CN", Role: access.Admin})
	if err != nil {
		t.Fatal(err)
	}
	r.admin = access.Actor{ID: int64(p.ID), Kind: access.Person, Role: access.Admin, Via: "web"}
	return r
}

func (r *room) run() {
	r.Helper()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
	if dead, err := r.jobs.Dead(r.Context(), 0, 10); err != nil || len(dead) > 0 {
		r.Fatalf("%v %+v", err, dead)
	}
}

func (r *room) upload(text string, leavers bool) directory.Import {
	r.Helper()
	x, err := r.Upload(r.Context(), r.admin, directory.Import{Name: "people.csv", Leavers: leavers}, []byte(text))
	if err != nil {
		r.Fatal(err)
	}
	return x
}

func (r *room) apply(x directory.Import, allowed bool) directory.Run {
	r.Helper()
	made, err := r.Apply(r.Context(), r.admin, x.ID, allowed)
	if err != nil {
		r.Fatal(err)
	}
	r.run()
	return r.get(made.ID)
}

func (r *room) get(which directory.RunID) directory.Run {
	r.Helper()
	out, err := r.Service.Run(r.Context(), r.admin, which)
	if err != nil {
		r.Fatal(err)
	}
	return out
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
	return string(run.State) + ": " + strings.Join(out, ", ")
}

func (r *room) parts(d *db.DB, bus *event.Bus) directory.Parts {
	return directory.Parts{DB: d, Bus: bus, Clock: r.clock, Jobs: r.jobs, People: r.people, Settings: setting.NewService(d, bus, r.clock)}
}
