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
	mu     sync.Mutex
	runs   [][]string
	single diary
	fails  string // the payload that cannot be done
}

func (c *company) all(_ context.Context, list []job.Job) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var run []string
	for _, j := range list {
		run = append(run, j.Payload)
		if j.Payload == c.fails {
			return errors.New("one of them cannot be done")
		}
	}
	c.runs = append(c.runs, run)
	return nil
}

func (c *company) one(_ context.Context, j job.Job) error {
	c.single.note(j)
	if j.Payload == c.fails {
		return job.Permanent(errors.New("it cannot be done"))
	}
	return nil
}

func TestJobsThatGatherWaitForTheFirstAndRunTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorker(d)
		came := make(chan []string, 10)
		w.Handle("index", func(_ context.Context, j job.Job) error { return errors.New("by itself: " + j.Payload) }, job.Gather(lag),
			job.Together(20, func(_ context.Context, list []job.Job) error {
				var run []string
				for _, j := range list {
					run = append(run, j.Payload)
				}
				came <- run
				return nil
			}))
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
		q.Handle("index", c.one, job.Gather(lag), job.Together(20, c.all))
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
		q.Handle("index", c.one, job.Together(20, c.all))
		for _, p := range []string{"a", "bad", "b"} {
			enqueue(t, d, q, job.Spec{Kind: "index", Payload: p})
		}
		_ = due(t, q)
		if got := c.single.payloads(); !cmp.Equal(got, []string{"a", "bad", "b"}) || c.runs != nil {
			t.Errorf("by itself ran %v, together %v", got, c.runs)
		}
		if got := count(t, q, "index"); got != (job.Count{Kind: "index", Dead: 1, Known: true}) {
			t.Errorf("%+v", got)
		}
		if list := dead(t, q); len(list) != 1 || list[0].Payload != "bad" {
			t.Errorf("dead are %+v", list)
		}
	})
}

// A worker that died may have died of one of them: they are tried one by one, so that the others
// are not counted against it again and again.
func TestF21_WhatACrashedWorkerHeldRunsOneByOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &company{}
		now := clock.NewManual(noon)
		q := node(d, now)
		q.Handle("index", c.one, job.Together(20, c.all))
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "a"}, job.Spec{Kind: "index", Payload: "b"})
		if got := len(claim(t, q)); got != 2 {
			t.Fatalf("%d were claimed", got)
		}
		now.Advance(job.Lease + time.Second)
		if n, err := q.RunDue(t.Context()); n != 2 || err != nil {
			t.Errorf("%d ran: %v", n, err)
		}
		if got := c.single.payloads(); !cmp.Equal(got, []string{"a", "b"}) || c.runs != nil {
			t.Errorf("by itself ran %v, together %v", got, c.runs)
		}
	})
}
