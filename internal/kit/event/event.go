// SPDX-License-Identifier: Apache-2.0

package event

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// MaxDepth is how many facts may cause one another in a row.
const MaxDepth = 8

// Fact is something that happened. It is stored as JSON and read for ever: fields may be added,
// never renamed or given a new meaning.
type Fact interface {
	// EventName is "room.word"; it must not depend on the value.
	EventName() string
	// EventSubject is what it happened to, by its id in its room; 0 if to the desk as a whole.
	EventSubject() int64
}

// Meta says who did it, by which door, and when.
type Meta struct {
	ActorID   int64
	ActorKind string
	Via       string
	At        time.Time
}

// Record is a stored fact.
type Record struct {
	ID      int64
	Name    string
	Subject int64
	Data    []byte // the fact as JSON
	Meta    Meta
}

// Bus records facts and knows who listens. The assembly registers every listener before the
// first fact; a later one, which would have missed some, panics, and so does a name used twice.
type Bus struct {
	jobs   *job.Queue
	inner  []inner
	outer  []outer
	names  map[string]bool
	opened atomic.Bool
}

// inner is a Within-listener.
type inner struct {
	fact string // "" hears every fact
	do   func(ctx context.Context, tx *db.Tx, r Record, f Fact) error
}

// outer is an After-listener: the kind of its jobs.
type outer struct{ fact, kind string }

// NewBus makes a bus whose After-listeners run as jobs of q.
func NewBus(q *job.Queue) *Bus { return &Bus{jobs: q, names: map[string]bool{}} }

// Record stores a fact in the commit of tx, lets the Within-listeners do their part in the
// order in which they were registered, and queues a job for each After-listener. An error of a
// listener is the error of Record, and the transaction must end with it.
//
// At the ninth fact in a row that a listener caused it answers a permanent failure.
func (b *Bus) Record(ctx context.Context, tx *db.Tx, m Meta, f Fact) (Record, error) {
	b.opened.Store(true)
	name := f.EventName()
	room, _, ok := strings.Cut(name, ".")
	if !ok || m.At.IsZero() {
		return Record{}, fmt.Errorf("record %q: a fact has a room, a word and an instant", name)
	}
	deep := depth(ctx)
	if deep > MaxDepth {
		return Record{}, job.Permanent(fmt.Errorf("record %s: the listeners of facts keep causing facts", name))
	}
	data, err := json.Marshal(f)
	if err != nil {
		return Record{}, fmt.Errorf("record %s: %w", name, err)
	}
	r := Record{Name: name, Subject: f.EventSubject(), Data: data, Meta: m}
	if r.ID, err = insert(ctx, tx, room, r); err != nil {
		return Record{}, fmt.Errorf("record %s: %w", name, err)
	}
	if err := b.within(ctx, tx, deep, r, f); err != nil {
		return Record{}, err
	}
	return r, b.queue(ctx, tx, deep, r)
}

func (b *Bus) within(ctx context.Context, tx *db.Tx, deep int, r Record, f Fact) error {
	if len(b.inner) > 0 {
		ctx = context.WithValue(ctx, depthKey{}, deep+1)
	}
	for _, l := range b.inner {
		if l.fact == "" || l.fact == r.Name {
			if err := l.do(ctx, tx, r, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// notice is the payload of a listener's job.
type notice struct {
	Event int64 `json:"event"`
	Depth int   `json:"depth,omitempty"`
}

func (b *Bus) queue(ctx context.Context, tx *db.Tx, deep int, r Record) error {
	var specs []job.Spec
	var payload []byte
	for _, l := range b.outer {
		if l.fact != "" && l.fact != r.Name {
			continue
		}
		if payload == nil {
			var err error
			if payload, err = json.Marshal(notice{r.ID, deep + 1}); err != nil {
				return err
			}
		}
		specs = append(specs, job.Spec{Kind: l.kind, Payload: string(payload)})
	}
	if len(specs) == 0 {
		return nil
	}
	return b.jobs.Enqueue(ctx, tx, specs...)
}

// depthKey holds how many facts led to what runs in a context.
type depthKey struct{}

func depth(ctx context.Context) int {
	n, _ := ctx.Value(depthKey{}).(int)
	return n
}

var errForeign = errors.New("the fact recorded under this name is of another type")
