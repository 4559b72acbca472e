// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const (
	// width is how many jobs run at once on one node.
	width = 32
	// lease is how long a claim holds without a sign of life: what a crashed node held is
	// taken up again within this time (F21: at most 60 s). A mail that was being understood
	// waits as long to be seen.
	lease = 21 * time.Second
	// beat is after what part of the lease it is renewed.
	beat = lease / 3
	// poll is the net under the wake-ups: how long a job that another process put into the
	// queue may wait for a free worker here.
	poll = time.Second
)

// Queue holds the handlers of a process and runs the jobs of all. It is safe for concurrent use.
type Queue struct {
	db     *db.DB
	clock  clock.Clock
	log    *slog.Logger
	wake   chan struct{}
	runs   atomic.Bool
	jitter func() float64 // in [0, 1)
	timer  func(time.Duration) (c <-chan time.Time, stop func() bool)

	mu    sync.RWMutex
	kinds map[string]handler

	askMu sync.Mutex
	asked time.Time // when the next job that was queued here is to run; zero if the workers know of all
}

// New makes a queue on d. Nothing runs before Run or RunDue.
func New(d *db.DB, c clock.Clock, log *slog.Logger) *Queue {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Queue{
		db: d, clock: c, log: log, wake: make(chan struct{}, 1), kinds: map[string]handler{},
		jitter: random,
		timer: func(d time.Duration) (<-chan time.Time, func() bool) {
			t := time.NewTimer(d)
			return t.C, t.Stop
		},
	}
}

// random returns a number in [0, 1).
func random() float64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}

// DB reads from the database in which the queue stands.
func (q *Queue) DB() db.Querier { return q.db }

// Handle says who does the jobs of a kind. Jobs of a kind that no node handles wait; Counts
// shows them. A second handler for one kind is a mistake in the assembly and panics.
func (q *Queue) Handle(kind string, do Handler, opts ...Option) {
	q.handle(kind, handler{do: do}, opts)
}

// HandleAll says who does up to most jobs of a kind in one run; the rest is as with Handle. One such
// run is at work on a node at a time, so there is no Limit. Where it fails, each job of it runs again
// by itself, as the second of its at least two attempts, so do must bear that some of it is done.
func (q *Queue) HandleAll(kind string, most int, do func(ctx context.Context, list []Job) error, opts ...Option) {
	one := func(ctx context.Context, j Job) error { return do(ctx, []Job{j}) }
	q.handle(kind, handler{do: one, all: do, most: max(most, 1)}, opts)
}

func (q *Queue) handle(kind string, h handler, opts []Option) {
	h.max, h.timeout, h.backoff = 10, 5*time.Minute, Wait
	for _, o := range opts {
		o(&h)
	}
	if h.all != nil && (h.limit != 0 || h.max < 2) {
		panic("job: what is done in one run has no limit, and a second attempt by itself: " + kind)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, ok := q.kinds[kind]; ok || kind == "" || h.do == nil {
		panic("job: a kind needs one handler and has it once: " + kind)
	}
	q.kinds[kind] = h
}

func (q *Queue) handler(kind string) (handler, bool) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	h, ok := q.kinds[kind]
	return h, ok
}

// ask is what a node can do at this moment.
type ask struct {
	room    int            // runs that may begin
	busy    map[string]int // jobs that run, by kind
	patient bool           // lets the kinds that gather wait for company
}

// demand is a wish to claim up to room jobs of some kinds.
type demand struct {
	kinds []string
	room  int
	one   bool // the jobs are one run
}

// demands divides the room that is left between the kinds with a limit of their own and all
// others together. Those with a limit come first: they cannot take everything.
func (q *Queue) demands(a ask) []demand {
	q.mu.RLock()
	defer q.mu.RUnlock()
	var list []demand
	var others []string
	for _, kind := range slices.Sorted(maps.Keys(q.kinds)) {
		h := q.kinds[kind]
		if h.all != nil {
			if a.busy[kind] == 0 {
				list = append(list, demand{[]string{kind}, h.most, true})
			}
		} else if h.limit == 0 {
			others = append(others, kind)
		} else if left := h.limit - a.busy[kind]; left > 0 {
			list = append(list, demand{[]string{kind}, left, false})
		}
	}
	if len(others) > 0 {
		list = append(list, demand{others, a.room, false})
	}
	return list
}

// wanted are the demands for which something is due, each with those of its kinds that are, and when
// the first kind that still gathers is to run. Most turns find a job or two, and each demand is a
// statement of its own.
func (q *Queue) wanted(ctx context.Context, tx *db.Tx, a ask, now time.Time) (list []demand, gathered time.Time, err error) {
	if a.room <= 0 {
		return nil, time.Time{}, nil
	}
	waiting, err := dueKinds(ctx, tx, now)
	if err != nil || len(waiting) == 0 {
		return nil, time.Time{}, err
	}
	due := make(map[string]bool, len(waiting))
	for _, w := range waiting {
		h, _ := q.handler(w.kind)
		at := w.since.Add(h.wait)
		due[w.kind] = !a.patient || !at.After(now)
		if !due[w.kind] && (h.all == nil || a.busy[w.kind] == 0) { // the end of a run in company asks again
			gathered = earlier(gathered, at)
		}
	}
	for _, d := range q.demands(a) {
		d.kinds = slices.DeleteFunc(d.kinds, func(kind string) bool { return !due[kind] })
		if len(d.kinds) > 0 {
			list = append(list, d)
		}
	}
	return list, gathered, nil
}

// earlier is the earlier of two instants; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Enqueue puts jobs into the queue; they are there if and only if tx commits.
//
// A spec whose key belongs to a job that still waits is left out, whatever else it says. One
// whose key belongs to a job that runs is queued, since what it is for may have come too late
// for that run; it starts when the run is over. A dead job does not count.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, specs ...Spec) error {
	if len(specs) == 0 {
		return nil
	}
	for _, s := range specs {
		if s.Kind == "" {
			return errors.New("enqueue: a job without a kind")
		}
	}
	if err := insert(ctx, tx, specs, q.clock.Now()); err != nil {
		return fmt.Errorf("enqueue %s: %w", specs[0].Kind, err)
	}
	at := q.soonest(specs)
	tx.AfterCommit(func() { q.nudge(at) })
	return nil
}

// soonest is when the first of these jobs is to run.
func (q *Queue) soonest(specs []Spec) (first time.Time) {
	now := q.clock.Now()
	for _, s := range specs {
		at := s.RunAt
		if at.Before(now) {
			at = now
		}
		h, _ := q.handler(s.Kind)
		first = earlier(first, at.Add(h.wait))
	}
	return first
}

// nudge tells the workers of this process when there is something to do.
func (q *Queue) nudge(at time.Time) {
	q.askMu.Lock()
	q.asked = earlier(q.asked, at)
	q.askMu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// heard is when the workers were asked to be at work, since they heard last; zero if they were not.
func (q *Queue) heard() time.Time {
	q.askMu.Lock()
	defer q.askMu.Unlock()
	at := q.asked
	q.asked = time.Time{}
	return at
}

// Done marks the job as done in the commit of its effect: both happen or neither, and only
// while this run still holds the job. Otherwise it answers ErrLost, and the caller must let
// the transaction fail (F22).
func (q *Queue) Done(ctx context.Context, tx *db.Tx, j Job) error {
	n, err := remove(ctx, tx, j.claim, []int64{j.ID})
	if err == nil && n == 0 {
		err = ErrLost
	}
	return err
}
