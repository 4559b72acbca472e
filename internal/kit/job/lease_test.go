// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

func TestF21_ACrashedWorkersJobIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		crashed, other := node(d, c), node(d, c)
		var seen diary
		crashed.Handle("send", seen.write)
		other.Handle("send", seen.write)
		enqueue(t, d, crashed, job.Spec{Kind: "send"})
		if list := claim(t, crashed); len(list) != 1 {
			t.Fatalf("claimed %v", list)
		}
		c.Advance(job.Lease - time.Millisecond)
		if n := due(t, other); n != 0 {
			t.Errorf("%d taken within the lease", n)
		}
		c.Advance(time.Millisecond)
		if n := due(t, other); n != 1 || seen.runs[0].Attempt != 2 {
			t.Errorf("%d taken after the lease: %+v", n, seen.runs)
		}
		if job.Lease > time.Minute {
			t.Errorf("the lease is %v, F21 allows a minute", job.Lease)
		}
	})
}

// Where nobody else can be at it, nobody has to wait for the lease either.
func TestF21_TheNextProcessInheritsAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		crashed, next := node(d, c), node(d, c)
		var seen diary
		for _, q := range []*job.Queue{crashed, next} {
			q.Handle("send", seen.write)
		}
		enqueue(t, d, crashed, job.Spec{Kind: "send"}, job.Spec{Kind: "send", RunAt: noon.Add(time.Hour)})
		claim(t, crashed)
		c.Advance(time.Second)
		if err := next.Inherit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := due(t, next); n != 1 || seen.runs[0].Attempt != 2 {
			t.Errorf("%d taken: %+v", n, seen.runs)
		}
	})
}

// A job that kills its worker every time, by memory perhaps, must not go on for ever.
func TestF21_AJobThatKillsItsWorkersDies(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		var seen diary
		q.Handle("poison", seen.write, job.MaxAttempts(2))
		enqueue(t, d, q, job.Spec{Kind: "poison"})
		for range 2 {
			claim(t, q)
			c.Advance(job.Lease)
		}
		due(t, q)
		gone := dead(t, q)
		if len(seen.runs) != 0 || len(gone) != 1 || gone[0].Attempts != 2 || !strings.Contains(gone[0].Error, "stopped in the middle") {
			t.Errorf("%d runs, %+v", len(seen.runs), gone)
		}
	})
}

func TestF22_AStaleWorkerFinishesNothing(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]error{
		"done": nil, "failed": errBroken, "permanent": job.Permanent(errBroken), "later": job.At(noon, nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := clock.NewManual(noon)
				paused, other := node(d, c), node(d, c)
				paused.Handle("send", func(context.Context, job.Job) error { return answer })
				other.Handle("send", func(context.Context, job.Job) error { return nil })
				enqueue(t, d, paused, job.Spec{Kind: "send", Key: "k"})
				finish := paused.Do(t.Context(), claim(t, paused)[0])
				c.Advance(job.Lease)
				mine := claim(t, other)
				if len(mine) != 1 {
					t.Fatalf("claimed %v", mine)
				}
				if err := finish(); err != nil {
					t.Fatal(err)
				}
				if got := count(t, other, "send"); got != (job.Count{Kind: "send", Running: 1, Known: true}) {
					t.Errorf("the stale finish changed something: %+v", got)
				}
				if err := other.Do(t.Context(), mine[0])(); err != nil {
					t.Fatal(err)
				}
				if got := count(t, other, "send"); got != (job.Count{Kind: "send"}) {
					t.Errorf("the rightful finish did not: %+v", got)
				}
			})
		})
	}
}

// effect is a handler whose effect is a row of the table person_group, beside or within which the
// job is marked done.
func effect(d *db.DB, q *job.Queue, fenced bool) job.Handler {
	return func(ctx context.Context, j job.Job) error {
		return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `INSERT INTO person_group (name) VALUES ($1)`, j.Payload+" in run "+strconv.Itoa(j.Attempt))
			if err != nil || !fenced {
				return err
			}
			return q.Done(ctx, tx, j)
		})
	}
}

func effects(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.One(t.Context(), d, func(r db.Row) (n int, err error) {
		err = r.Scan(&n)
		return n, err
	}, `SELECT COUNT(*) FROM person_group`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The process dies after the effect and before the job is marked done.
func TestF39_AKillBetweenEffectAndMark(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fenced bool
		want   int
	}{
		{"repeats the effect once", false, 2},
		{"repeats nothing where effect and mark are one commit", true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := clock.NewManual(noon)
				killed, next := node(d, c), node(d, c)
				killed.Handle("send", effect(d, killed, tt.fenced))
				next.Handle("send", effect(d, next, tt.fenced))
				enqueue(t, d, killed, job.Spec{Kind: "send", Payload: "mail"})
				killed.Do(t.Context(), claim(t, killed)[0]) // and no more
				for range 3 {
					c.Advance(job.Lease)
					if _, err := next.RunDue(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if got := effects(t, d); got != tt.want {
					t.Errorf("%d effects, not %d", got, tt.want)
				}
				if got := count(t, next, "send"); got != (job.Count{Kind: "send"}) {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

func TestF22_AStaleEffectIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		paused, other := node(d, c), node(d, c)
		do := effect(d, paused, true)
		paused.Handle("send", do)
		other.Handle("send", effect(d, other, true))
		enqueue(t, d, paused, job.Spec{Kind: "send", Payload: "mail"})
		stale := claim(t, paused)[0]
		c.Advance(job.Lease)
		if n, err := other.RunDue(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d runs, %v", n, err)
		}
		if err := do(t.Context(), stale); !errors.Is(err, job.ErrLost) {
			t.Errorf("the stale effect was answered %v", err)
		}
		if got := effects(t, d); got != 1 {
			t.Errorf("%d effects", got)
		}
	})
}

// Two nodes at full speed share the jobs and never run one twice.
func TestF21_TwoNodesNeverRunAJobTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const jobs = 600
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		c := clock.NewManual(noon)
		ran := make(chan job.Job, 2*jobs)
		nodes := []*job.Queue{node(d, c), node(d, c)}
		var all sync.WaitGroup
		for _, q := range nodes {
			q.Handle("send", func(_ context.Context, j job.Job) error {
				ran <- j
				return nil
			})
		}
		for i := range jobs / 2 {
			enqueue(t, d, nodes[i%2], job.Spec{Kind: "send", Payload: strconv.Itoa(i)})
		}
		for _, q := range nodes {
			all.Go(func() {
				if err := q.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		for i := range jobs / 2 {
			enqueue(t, d, nodes[i%2], job.Spec{Kind: "send", Payload: strconv.Itoa(jobs/2 + i)})
		}
		times := map[string]int{}
		for range jobs {
			times[(<-ran).Payload]++
		}
		stop()
		all.Wait()
		close(ran)
		for j := range ran {
			times[j.Payload]++
		}
		want := map[string]int{}
		for i := range jobs {
			want[strconv.Itoa(i)] = 1
		}
		if diff := cmp.Diff(want, times); diff != "" {
			t.Error(diff)
		}
		if got := count(t, nodes[0], "send"); got != (job.Count{Kind: "send"}) {
			t.Errorf("something is left: %+v", got)
		}
	})
}
