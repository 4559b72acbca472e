// SPDX-License-Identifier: Apache-2.0

package person_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the person room alone.
type room struct {
	*testing.T
	*person.Service
	db    *db.DB
	bus   *event.Bus
	clock *clock.Manual
	admin person.Person
}

// each runs fn on a fresh room with one administrator on each engine.
func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := &room{T: t, db: d, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
		r.bus = event.NewBus(job.New(d, r.clock, slog.New(slog.DiscardHandler)))
		r.Service = r.node()
		r.admin = r.add("管理员", access.Admin)
		fn(t, r)
	})
}

// node is the room as another process on the same database has it.
func (r *room) node() *person.Service { return person.NewService(r.db, r.bus, r.clock) }

func somebody(name string, role access.Role) person.Person {
	return person.Person{Name: name, Email: fmt.Sprintf("%x@example.test", name), Lang: "zh-CN", Role: role}
}

func (r *room) add(name string, role access.Role) person.Person {
	r.Helper()
	p, err := r.Add(r.Context(), access.Desk(), somebody(name, role))
	if err != nil {
		r.Fatal(err)
	}
	return p
}

// ensure is EnsureIn in a commit of its own.
func (r *room) ensure(p person.Person) (out person.Person, err error) {
	err = r.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		out, err = r.EnsureIn(ctx, tx, access.Desk(), p)
		return err
	})
	return out, err
}

func actor(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}

// field fails the test unless err points at the field with the key.
func field(t *testing.T, what string, err error, name, key string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid {
		t.Errorf("%s: %v, want %s at %s", what, err, key, name)
		return
	}
	for _, f := range e.Fields {
		if f.Name == name && f.Key == key {
			return
		}
	}
	t.Errorf("%s: %+v, want %s at %s", what, e.Fields, key, name)
}

func refused(t *testing.T, what string, err error, kind errs.Kind) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}
