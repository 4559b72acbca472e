// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

const lag = 300 * time.Millisecond

// company keeps the runs of jobs that are done together, by what they carry.
type company struct {
	mu    sync.Mutex
	runs  [][]string
	fails string // the payload that cannot be done
}

func (c *company) all(_ context.Context, list []job.Job) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var run []string
	fails := false
	for _, j := range list {
		run = append(run, j.Payload)
		fails = fails || j.Payload == c.fails
	}
	switch {
	case fails && len(list) == 1:
		c.runs = append(c.runs, run)
		return job.Permanent(errors.New("it cannot be done"))
	case fails:
		return errors.New("one of them cannot be done")
	}
	c.runs = append(c.runs, run)
	return nil
}

func TestJobsThatGatherWaitForTheFirstAndRunTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		came := make(chan []string, 10)
		w.HandleAll("index", 20, func(_ context.Context, list []job.Job) error {
			var run []string
			for _, j := range list {
				run = append(run, j.Payload)
			}
			came <- run
			return nil
		}, job.Gather(lag))
		w.start(t)
		<-w.asked // it found nothing
		for i, want := range []time.Duration{lag, lag - 100*time.Millisecond, lag - 200*time.Millisecond} {
			enqueue(t, d, w.Queue, job.Spec{Kind: "index", Payload: strconv.Itoa(i)})
			if got := <-w.asked; got != want {
				t.Errorf("after job %d it waits %v and not %v", i, got, want)
			}
			w.clock.Advance(100 * time.Millisecond)
		}
		if len(came) != 0 {
			t.Fatal("it did not wait")
		}
		w.pass(0)
		if got := <-came; !cmp.Equal(got, []string{"0", "1", "2"}) {
			t.Errorf("together came %v", got)
		}
		w.end(t)
		if got := count(t, w.Queue, "index"); got != (job.Count{Kind: "index"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatGathersKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		ran := make(chan string, 10)
		do := func(_ context.Context, j job.Job) error {
			ran <- j.Kind
			return nil
		}
		w.Handle("acknowledge", do, job.Gather(lag))
		w.Handle("send", do)
		w.start(t)
		<-w.asked
		enqueue(t, d, w.Queue, job.Spec{Kind: "acknowledge"}, job.Spec{Kind: "send"})
		if got := <-ran; got != "send" {
			t.Errorf("%s ran first", got)
		}
		for got := range w.asked { // it has written down that the mail went out, and waits for the rest
			if got == lag {
				break
			}
		}
		w.pass(lag)
		if got := <-ran; got != "acknowledge" {
			t.Errorf("%s ran then", got)
		}
		w.end(t)
	})
}

func TestARunTakesNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &company{}
		q := node(d, clock.NewManual(noon))
		q.HandleAll("index", 20, c.all, job.Gather(lag))
		for i := range 45 {
			enqueue(t, d, q, job.Spec{Kind: "index", Payload: strconv.Itoa(i)})
		}
		if n, err := q.RunDue(t.Context()); n != 45 || err != nil {
			t.Errorf("%d ran: %v", n, err)
		}
		var sizes []int
		for _, r := range c.runs {
			sizes = append(sizes, len(r))
		}
		if !cmp.Equal(sizes, []int{20, 20, 5}) {
			t.Errorf("runs of %v", sizes)
		}
	})
}

func TestOneThatCannotBeDoneLeavesItsCompanyIntact(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &company{fails: "bad"}
		q := node(d, clock.NewManual(noon))
		q.HandleAll("index", 20, c.all)
		for _, p := range []string{"a", "bad", "b"} {
			enqueue(t, d, q, job.Spec{Kind: "index", Payload: p})
		}
		_ = due(t, q)
		if want := [][]string{{"a"}, {"bad"}, {"b"}}; !cmp.Equal(c.runs, want) {
			t.Errorf("runs of %v", c.runs)
		}
		if got := count(t, q, "index"); got != (job.Count{Kind: "index", Dead: 1, Known: true}) {
			t.Errorf("%+v", got)
		}
		if list := dead(t, q); len(list) != 1 || list[0].Payload != "bad" {
			t.Errorf("dead are %+v", list)
		}
	})
}

// While an acknowledgement is written, the next still knows its time.
func TestTheNextKnowsItsTimeWhileOneOfItsKindRuns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		begun, open := make(chan string, 10), make(chan struct{})
		w.Handle("acknowledge", func(_ context.Context, j job.Job) error {
			begun <- j.Payload
			<-open
			return nil
		}, job.Gather(lag))
		w.Handle("send", func(context.Context, job.Job) error { return nil })
		w.start(t)
		<-w.asked
		enqueue(t, d, w.Queue, job.Spec{Kind: "acknowledge", Payload: "a"})
		<-w.asked
		w.pass(lag)
		<-begun
		for len(w.asked) > 0 {
			<-w.asked
		}
		for _, s := range []job.Spec{{Kind: "acknowledge", Payload: "b"}, {Kind: "send"}} { // the turn of the second looks for all
			enqueue(t, d, w.Queue, s)
			for {
				if got := <-w.asked; got == lag {
					break
				} else if s.Kind == "send" {
					t.Fatalf("it waits %v", got)
				}
			}
		}
		w.pass(lag)
		if got := <-begun; got != "b" {
			t.Errorf("%s ran", got)
		}
		close(open)
		w.end(t)
	})
}

// A run in company that fails costs each one attempt, and has each run by itself the next time, with a
// time and a lease of its own.
func TestAfterARunInCompanyThatFailedEachGoesByItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		open := make(chan struct{})
		begun := make(chan string, 10)
		w.HandleAll("index", 20, func(_ context.Context, list []job.Job) error {
			switch j := list[0]; {
			case len(list) > 1 && j.Payload == "slow":
				panic("it cannot be done")
			case len(list) > 1:
				begun <- "in company"
			case j.Attempt != 2:
				t.Errorf("%s is in attempt %d", j.Payload, j.Attempt)
			default:
				begun <- j.Payload
				if j.Payload == "slow" {
					<-open
				}
			}
			return nil
		})
		enqueue(t, d, w.Queue, job.Spec{Kind: "index", Payload: "slow"}, job.Spec{Kind: "index", Payload: "b"})
		w.start(t)
		if got := map[string]bool{<-begun: true, <-begun: true}; !got["slow"] || !got["b"] {
			t.Errorf("%v ran", got)
		}
		enqueue(t, d, w.Queue, job.Spec{Kind: "index", Payload: "c"}, job.Spec{Kind: "index", Payload: "d"})
		if got := <-begun; got != "in company" { // the slow one keeps nobody waiting
			t.Errorf("%s ran", got)
		}
		close(open)
		w.end(t)
		if got := count(t, w.Queue, "index"); got != (job.Count{Kind: "index"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatIsDoneTogetherHasNoLimitAndASecondRun(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]job.Option{"a limit": job.Limit(2), "one attempt": job.MaxAttempts(1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("it is taken")
				}
			}()
			c := &company{}
			node(nil, clock.NewManual(noon)).HandleAll("index", 20, c.all, more)
		})
	}
}

// TestF49_AChangeIsNotMissedByTheJobThatWaits: what a commit changes is done after it, also where its job was
// left out because another of the key waits. SQLite has one writer and no such moment.
func TestF49_AChangeIsNotMissedByTheJobThatWaits(t *testing.T) {
	t.Parallel()
	server := dbtest.Server(t)
	if server == "" { // it is said, and no gap in CI
		return
	}
	d := dbtest.Open(t, dbtest.Postgres(t, server))
	q := node(d, clock.NewManual(noon))
	q.Handle("index", func(context.Context, job.Job) error { return nil })
	same := job.Spec{Kind: "index", Key: "index:5"}
	enqueue(t, d, q, same)
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := q.Enqueue(ctx, tx, same, same); err != nil {
			return err
		}
		if list := claim(t, q); len(list) != 0 {
			t.Errorf("taken before the commit: %+v", list)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if list := claim(t, q); len(list) != 1 {
		t.Errorf("after it %+v", list)
	}
}

// A worker that died may have died of one of them: they are tried one by one.
func TestF21_WhatACrashedWorkerHeldRunsOneByOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &company{}
		now := clock.NewManual(noon)
		q := node(d, now)
		q.HandleAll("index", 20, c.all)
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "a"}, job.Spec{Kind: "index", Payload: "b"})
		if got := len(claim(t, q)); got != 2 {
			t.Fatalf("%d were claimed", got)
		}
		now.Advance(job.Lease + time.Second)
		if n, err := q.RunDue(t.Context()); n != 2 || err != nil {
			t.Errorf("%d ran: %v", n, err)
		}
		if want := [][]string{{"a"}, {"b"}}; !cmp.Equal(c.runs, want) {
			t.Errorf("runs of %v", c.runs)
		}
	})
}
