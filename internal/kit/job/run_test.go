// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// worker is a queue that runs in the background with a clock that stands still and timers that
// ring when the test says so.
type worker struct {
	*job.Queue
	clock *clock.Manual
	asked chan time.Duration // what Run wanted to wait, each time
	ring  chan time.Time     // somebody waits as soon as a send succeeds
	stop  context.CancelFunc
	ended chan error
}

func newWorker(d *db.DB) *worker {
	c := clock.NewManual(noon)
	w := &worker{Queue: node(d, c), clock: c, asked: make(chan time.Duration, 1000), ring: make(chan time.Time), ended: make(chan error, 1)}
	w.SetTimer(func(d time.Duration) (<-chan time.Time, func() bool) {
		w.asked <- d
		return w.ring, func() bool { return true }
	})
	return w
}

func (w *worker) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	go func() { w.ended <- w.Run(ctx) }()
	t.Cleanup(stop)
}

// end stops the worker and waits for it.
func (w *worker) end(t *testing.T) {
	t.Helper()
	w.stop()
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
}

// pass moves the clock and lets the timer ring that Run waits for.
func (w *worker) pass(d time.Duration) {
	w.clock.Advance(d)
	w.ring <- w.clock.Now()
}

func TestACommitWakesTheWorker(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		ran := make(chan job.Job)
		w.Handle("send", func(_ context.Context, j job.Job) error {
			ran <- j
			return nil
		})
		w.start(t)
		<-w.asked // it found nothing and waits; no timer rings in this test
		for range 3 {
			enqueue(t, d, w.Queue, job.Spec{Kind: "send"})
			<-ran
		}
		w.end(t)
		if got := count(t, w.Queue, "send"); got != (job.Count{Kind: "send"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestThePollFindsTheJobsOfOtherProcesses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		ran := make(chan job.Job)
		w.Handle("send", func(_ context.Context, j job.Job) error {
			ran <- j
			return nil
		})
		w.start(t)
		if got := <-w.asked; got != job.Poll {
			t.Errorf("it polls after %v", got)
		}
		enqueue(t, d, node(d, w.clock), job.Spec{Kind: "send"})
		w.pass(job.Poll)
		<-ran
		w.end(t)
	})
}

func TestP8_ATimedJobWakesTheWorkerOnTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		started bool // the job comes from another process when this one runs already
	}{{"known at the start", false}, {"found by the poll", true}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := newWorker(d)
				ran := make(chan time.Time)
				w.Handle("clock", func(context.Context, job.Job) error {
					ran <- w.clock.Now()
					return nil
				})
				timed := job.Spec{Kind: "clock", RunAt: noon.Add(2300 * time.Millisecond)}
				if !tt.started {
					enqueue(t, d, node(d, w.clock), timed)
				}
				w.start(t)
				var waits []time.Duration
				for len(waits) < 3 {
					waits = append(waits, <-w.asked)
					if tt.started && len(waits) == 1 {
						enqueue(t, d, node(d, w.clock), timed)
					}
					w.pass(waits[len(waits)-1])
				}
				at := <-ran
				want := []time.Duration{job.Poll, job.Poll, 300 * time.Millisecond}
				if diff := cmp.Diff(want, waits); diff != "" {
					t.Error(diff)
				}
				if !at.Equal(timed.RunAt) {
					t.Errorf("it ran at %v", at)
				}
				w.end(t)
			})
		})
	}
}

func TestALimitLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		slow, open := make(chan job.Job, 100), make(chan struct{})
		quick := make(chan job.Job, 100)
		var mu sync.Mutex
		most, now := 0, 0
		w.Handle("mail", func(_ context.Context, j job.Job) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			slow <- j
			<-open
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		}, job.Limit(2))
		w.Handle("index", func(_ context.Context, j job.Job) error {
			quick <- j
			return nil
		})
		for range 50 {
			enqueue(t, d, w.Queue, job.Spec{Kind: "mail"})
		}
		w.start(t)
		<-slow
		<-slow
		for range 50 {
			enqueue(t, d, w.Queue, job.Spec{Kind: "index"})
		}
		for range 50 {
			<-quick // while mail stands still
		}
		close(open)
		for range 48 {
			<-slow
		}
		w.end(t)
		if most != 2 {
			t.Errorf("%d ran at once", most)
		}
	})
}

func TestALongJobKeepsItsLease(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		other := node(d, w.clock)
		begun, open := make(chan struct{}), make(chan struct{})
		w.Handle("backup", func(ctx context.Context, _ job.Job) error {
			close(begun)
			<-open
			return ctx.Err()
		}, job.Timeout(time.Hour))
		other.Handle("backup", func(context.Context, job.Job) error { return nil })
		enqueue(t, d, w.Queue, job.Spec{Kind: "backup"})
		w.start(t)
		<-begun
		for range 10 {
			w.pass(job.Beat)
			w.ring <- w.clock.Now() // it has come round: the lease is renewed
			if list := claim(t, other); len(list) != 0 {
				t.Fatal("somebody else took it")
			}
		}
		close(open)
		w.end(t)
		if got := count(t, other, "backup"); got.Running+got.Waiting+got.Dead != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestF22_AHandlerLearnsThatItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		other := node(d, clock.NewManual(noon.Add(job.Lease))) // the worker was frozen (F08) and thinks that it is noon
		begun, told := make(chan struct{}), make(chan error)
		w.Handle("backup", func(ctx context.Context, _ job.Job) error {
			close(begun)
			<-ctx.Done()
			told <- context.Cause(ctx)
			return nil
		}, job.Timeout(0))
		other.Handle("backup", func(context.Context, job.Job) error { return nil })
		enqueue(t, d, w.Queue, job.Spec{Kind: "backup"})
		w.start(t)
		<-begun
		if list := claim(t, other); len(list) != 1 {
			t.Fatalf("claimed %v", list)
		}
		w.pass(job.Beat)
		if err := <-told; !errors.Is(err, job.ErrLost) {
			t.Errorf("it was told %v", err)
		}
		w.end(t)
		if got := count(t, other, "backup"); got.Running != 1 {
			t.Errorf("the other lost it: %+v", got)
		}
	})
}

func TestF07_RunWaitsForWhatRuns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		begun, open := make(chan struct{}), make(chan struct{})
		w.Handle("send", func(ctx context.Context, _ job.Job) error {
			close(begun)
			<-open
			return ctx.Err() // the end of the process is not yet the end of the job
		})
		enqueue(t, d, w.Queue, job.Spec{Kind: "send"})
		w.start(t)
		<-begun
		enqueue(t, d, w.Queue, job.Spec{Kind: "of tomorrow"})
		w.stop()
		for <-w.asked != job.DrainFree { // it has noticed
		}
		enqueue(t, d, w.Queue, job.Spec{Kind: "send", Payload: "comes too late"})
		close(open)
		w.end(t)
		if got := count(t, w.Queue, "send"); got.Waiting != 1 || got.Running != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestF07_WhatDoesNotEndInTimeRunsAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		begun := make(chan struct{}, 2)
		deaf := make(chan struct{})
		t.Cleanup(func() { close(deaf) })
		w.Handle("listens", func(ctx context.Context, _ job.Job) error {
			begun <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}, job.MaxAttempts(1))
		w.Handle("is deaf", func(context.Context, job.Job) error {
			begun <- struct{}{}
			<-deaf
			return nil
		})
		enqueue(t, d, w.Queue, job.Spec{Kind: "listens"}, job.Spec{Kind: "is deaf"})
		w.start(t)
		<-begun
		<-begun
		w.stop()
		for <-w.asked != job.DrainFree {
		}
		w.ring <- noon // its patience ends: the contexts do
		if got := <-w.asked; got != job.DrainCut {
			t.Errorf("it then waits %v", got)
		}
		for count(t, w.Queue, "listens").Waiting == 0 { // it has listened, and that is written down
		}
		w.ring <- noon
		if err := <-w.ended; err != nil {
			t.Error(err)
		}
		if got := count(t, w.Queue, "is deaf"); got.Running != 1 {
			t.Errorf("a job that may still be running was given away: %+v", got)
		}
		w.clock.Advance(job.Lease)
		again := claim(t, w.Queue)
		attempts := map[string]int{}
		for _, j := range again {
			attempts[j.Kind] = j.Attempt
		}
		if diff := cmp.Diff(map[string]int{"listens": 1, "is deaf": 2}, attempts); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAHandlerThatIgnoresItsTimeoutLosesTheJob(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		other := node(d, w.clock)
		begun, deaf := make(chan struct{}), make(chan struct{})
		w.Handle("hangs", func(context.Context, job.Job) error {
			close(begun)
			<-deaf
			return nil
		}, job.Timeout(job.Lease), job.MaxAttempts(1))
		other.Handle("hangs", func(context.Context, job.Job) error { return nil }, job.MaxAttempts(1))
		enqueue(t, d, w.Queue, job.Spec{Kind: "hangs"})
		w.start(t)
		<-begun
		for range 3 * job.Lease / job.Beat {
			w.pass(job.Beat)
			w.ring <- w.clock.Now()
		}
		// Either node buries it: the other one, or the one that hangs, a turn or two later.
		for n := 0; len(dead(t, other)) == 0 && n < 100; n++ {
			due(t, other)
			w.ring <- w.clock.Now()
		}
		if gone := dead(t, other); len(gone) != 1 {
			t.Errorf("nobody sees that it hangs: %+v", gone)
		}
		close(deaf)
		w.end(t)
	})
}

func TestAQueueRunsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		w.start(t)
		<-w.asked
		if err := w.Run(t.Context()); err == nil {
			t.Error("it ran twice")
		}
		w.end(t)
	})
}

func TestRunGoesOnWhenTheDatabaseIsBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		ran := make(chan job.Job, 1)
		w.Handle("send", func(_ context.Context, j job.Job) error {
			ran <- j
			return nil
		})
		rename := func(from, to string) {
			t.Helper()
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := db.Exec(ctx, tx, `ALTER TABLE `+from+` RENAME TO `+to)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		rename("job", "job_away")
		w.start(t)
		for range 3 {
			w.ring <- noon
		}
		rename("job_away", "job")
		enqueue(t, d, w.Queue, job.Spec{Kind: "send"})
		w.ring <- noon
		w.ring <- noon
		<-ran
		w.end(t)
	})
}
