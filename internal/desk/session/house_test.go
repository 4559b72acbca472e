// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

const passphrase = "correct horse battery"

// room is the session room with what stands below it, wired as in the house.
type room struct {
	*testing.T
	*session.Service
	db     *db.DB
	bus    *event.Bus
	clock  *clock.Manual
	people *person.Service
	visit  session.Visitor
	cost   session.Cost
}

// each runs fn on a fresh room on each engine, where a password costs next to nothing.
func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d, sessiontest.Cheap())) })
}

// eachAtFullCost is each with passwords as a desk keeps them.
func eachAtFullCost(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d, session.Standard())) })
}

func newRoom(t *testing.T, d *db.DB, cost session.Cost) *room {
	t.Helper()
	r := &room{
		T: t, db: d, cost: cost, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)),
		visit: session.Visitor{Address: "192.0.2.7", Agent: "test"},
	}
	r.bus = event.NewBus(job.New(d, r.clock, slog.New(slog.DiscardHandler)))
	r.people = person.NewService(d, r.bus, r.clock)
	r.Service = r.node()
	event.Within(r.bus, r.PersonChanged)
	return r
}

// node is the room as another process on the same database has it: with memories of its own.
func (r *room) node() *session.Service {
	r.Helper()
	return session.NewService(r.db, r.bus, r.clock, person.NewService(r.db, r.bus, r.clock), r.cost)
}

// somebody adds a person without a password.
func (r *room) somebody(name string, role access.Role) person.Person {
	r.Helper()
	p, err := r.people.Add(r.Context(), access.Desk(), person.Person{Name: name, Email: fmt.Sprintf("%x@example.test", name), Lang: "zh-CN", Role: role})
	if err != nil {
		r.Fatal(err)
	}
	return p
}

// member adds a person who can sign in with the passphrase.
func (r *room) member(name string, role access.Role) person.Person {
	r.Helper()
	p := r.somebody(name, role)
	if err := r.SetPassword(r.Context(), p.ID, passphrase); err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *room) in(p person.Person) string {
	r.Helper()
	secret, _, err := r.SignIn(r.Context(), p.Email, passphrase, r.visit)
	if err != nil {
		r.Fatal(err)
	}
	return secret
}

func (r *room) token(p person.Person) string {
	r.Helper()
	secret, _, err := r.MakeToken(r.Context(), self(p), p.ID, "monitoring")
	if err != nil {
		r.Fatal(err)
	}
	return secret
}

func (r *room) link(use session.Purpose, who person.ID, life time.Duration) string {
	r.Helper()
	secret, err := r.MakeOneTime(r.Context(), use, who, life)
	if err != nil {
		r.Fatal(err)
	}
	return secret
}

// change lets the desk change a person.
func (r *room) change(p person.Person, how func(*person.Person)) {
	r.Helper()
	now, err := r.people.Get(r.Context(), p.ID)
	if err != nil {
		r.Fatal(err)
	}
	how(&now)
	if _, err := r.people.Change(r.Context(), access.Desk(), now, 0); err != nil {
		r.Fatal(err)
	}
}

// facts returns the names of what was recorded about somebody, oldest first.
func (r *room) facts(who person.ID) []string {
	r.Helper()
	list, err := r.bus.List(r.Context(), r.db, "session", int64(who), 0, 1000)
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return out
}

// stored reads one column of every row of a table of this room.
func (r *room) stored(text string) []string {
	r.Helper()
	list, err := db.All(r.Context(), r.db, func(x db.Row) (s string, err error) {
		err = x.Scan(&s)
		return s, err
	}, text)
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// write changes something behind everybody's back.
func (r *room) write(text string, args ...any) {
	r.Helper()
	err := r.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, text, args...)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
}

// refused fails the test unless err is a refusal of the kind.
func refused(t *testing.T, what string, err error, kind errs.Kind) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

func self(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}
