// SPDX-License-Identifier: Apache-2.0

package event_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

var (
	noon      = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	by        = event.Meta{ActorID: 7, ActorKind: "person", Via: "web", At: noon}
	errRefuse = errors.New("not like this")
)

// Planted and picked are facts of a room called garden.
type planted struct {
	Bed  int64
	What string
}

func (planted) EventName() string     { return "garden.planted" }
func (p planted) EventSubject() int64 { return p.Bed }

type picked struct{ Bed int64 }

func (picked) EventName() string     { return "garden.picked" }
func (p picked) EventSubject() int64 { return p.Bed }

// Swept is a fact of another room.
type swept struct{ Yard int64 }

func (swept) EventName() string     { return "yard.swept" }
func (s swept) EventSubject() int64 { return s.Yard }

// other claims the name of planted.
type other struct{ planted }

// house is a bus with its queue on a database.
type house struct {
	d    *db.DB
	jobs *job.Queue
	bus  *event.Bus
}

func build(d *db.DB) house {
	q := job.New(d, clock.NewManual(noon), nil)
	return house{d, q, event.NewBus(q)}
}

// record stores facts in one commit and returns the last record.
func (h house) record(t *testing.T, facts ...event.Fact) (r event.Record, err error) {
	t.Helper()
	err = h.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		for _, f := range facts {
			if r, err = h.bus.Record(ctx, tx, by, f); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func (h house) all(t *testing.T) []event.Record {
	t.Helper()
	list, err := h.bus.ListAll(t.Context(), h.d, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (h house) runs(t *testing.T) int {
	t.Helper()
	n, err := h.jobs.RunDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type homeless struct{}

func (homeless) EventName() string   { return "planted" }
func (homeless) EventSubject() int64 { return 0 }

type unwritable struct{ C chan int }

func (unwritable) EventName() string   { return "garden.closed" }
func (unwritable) EventSubject() int64 { return 0 }
