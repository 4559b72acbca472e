// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

var errBroken = errors.New("the far side is away")

func TestAFailedJobWaitsLongerEachTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		var seen diary
		q.Handle("send", func(_ context.Context, j job.Job) error {
			seen.note(j)
			return errBroken
		}, job.MaxAttempts(4))
		enqueue(t, d, q, job.Spec{Kind: "send", Payload: "p", Key: "k"})
		var waits []time.Duration
		for range 4 {
			if n, err := q.RunDue(t.Context()); n != 1 || !errors.Is(err, errBroken) {
				t.Fatalf("%d runs, %v", n, err)
			}
			step := time.Second
			for range 60 {
				if count(t, q, "send").Due == 1 || len(dead(t, q)) == 1 {
					break
				}
				c.Advance(step)
			}
			waits = append(waits, c.Now().Sub(seen.runs[len(seen.runs)-1].DueAt))
		}
		if diff := cmp.Diff([]time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 0}, waits); diff != "" {
			t.Error(diff)
		}
		want := []job.Dead{{
			ID: seen.runs[0].ID, Kind: "send", Payload: "p", Key: "k", Error: errBroken.Error(), Attempts: 4,
			At: noon.Add(35 * time.Second), QueuedAt: noon,
		}}
		if diff := cmp.Diff(want, dead(t, q)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWait(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 10: 2560 * time.Second, 11: time.Hour, 1 << 40: time.Hour,
	} {
		if got := job.Wait(attempt); got != want {
			t.Errorf("after attempt %d: %v, not %v", attempt, got, want)
		}
	}
}

func TestTheRandomPartTakesAQuarterAtMost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		q.SetJitter(func() float64 { return 0.5 })
		q.Handle("send", func(context.Context, job.Job) error { return errBroken },
			job.Backoff(func(attempt int) time.Duration { return time.Duration(attempt) * 8 * time.Second }))
		enqueue(t, d, q, job.Spec{Kind: "send"})
		due(t, q)
		c.Advance(7*time.Second - time.Millisecond)
		early := due(t, q)
		c.Advance(time.Millisecond)
		if onTime := due(t, q); early != 0 || onTime != 1 {
			t.Errorf("%d runs early, %d on time", early, onTime)
		}
	})
}

func TestWhatAnErrorMeans(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("很长的错误\x00", 100)
	cases := []struct {
		name     string
		answer   error
		waiting  int
		dead     int
		attempts int // of the dead
		note     string
	}{
		{"permanent is dead at once", job.Permanent(errBroken), 0, 1, 1, errBroken.Error()},
		{"wrapped permanent too", errors.Join(job.Permanent(errBroken)), 0, 1, 1, errBroken.Error()},
		{"no permanent without an error", job.Permanent(nil), 0, 0, 0, ""},
		{"later is not an attempt", job.At(noon.Add(time.Hour), nil), 1, 0, 0, ""},
		{"later with a cause", job.At(noon.Add(time.Hour), errBroken), 1, 0, 0, ""},
		{"a long text is cut", job.Permanent(errors.New(long)), 0, 1, 1, strings.ReplaceAll(long, "\x00", "")},
		{"bad letters are mended", job.Permanent(errors.New("a\xffb")), 0, 1, 1, "a\uFFFDb"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				q := node(d, clock.NewManual(noon))
				q.Handle("do", func(context.Context, job.Job) error { return tt.answer }, job.MaxAttempts(1+tt.waiting))
				enqueue(t, d, q, job.Spec{Kind: "do"})
				if n := due(t, q); n != 1 {
					t.Fatalf("%d runs", n)
				}
				if c := count(t, q, "do"); c.Waiting != tt.waiting || c.Dead != tt.dead {
					t.Fatalf("%+v", c)
				}
				for _, x := range dead(t, q) {
					cut := strings.TrimSuffix(x.Error, "…")
					if x.Attempts != tt.attempts || !strings.HasPrefix(tt.note, cut) || len(x.Error) > 500 ||
						!utf8.ValidString(x.Error) || (len(tt.note) <= 500 && x.Error != tt.note) {
						t.Errorf("%d attempts, %q", x.Attempts, x.Error)
					}
				}
			})
		})
	}
}

func TestLaterNeverWearsAJobOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		var seen diary
		q.Handle("clock", func(_ context.Context, j job.Job) error {
			seen.note(j)
			return job.At(c.Now().Add(time.Hour), errBroken)
		}, job.MaxAttempts(1))
		enqueue(t, d, q, job.Spec{Kind: "clock"})
		for range 5 {
			due(t, q)
			c.Advance(time.Hour)
		}
		for _, j := range seen.runs {
			if j.Attempt != 1 {
				t.Errorf("attempt %d", j.Attempt)
			}
		}
		if len(seen.runs) != 5 || count(t, q, "clock").Waiting != 1 {
			t.Errorf("%d runs", len(seen.runs))
		}
	})
}

func TestAPanicIsAFailure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := node(d, clock.NewManual(noon))
		var seen diary
		q.Handle("bad", func(context.Context, job.Job) error { panic("out of range") }, job.MaxAttempts(1))
		q.Handle("good", seen.write)
		enqueue(t, d, q, job.Spec{Kind: "bad"}, job.Spec{Kind: "good"})
		due(t, q)
		gone := dead(t, q)
		if len(gone) != 1 || !strings.HasPrefix(gone[0].Error, "panic: out of range") || len(seen.runs) != 1 {
			t.Errorf("%+v, %d others ran", gone, len(seen.runs))
		}
	})
}

func TestAJobEndsAtItsTimeout(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := node(d, clock.NewManual(noon))
		q.Handle("slow", func(ctx context.Context, _ job.Job) error {
			<-ctx.Done()
			return ctx.Err()
		}, job.MaxAttempts(1), job.Timeout(time.Nanosecond))
		enqueue(t, d, q, job.Spec{Kind: "slow"})
		due(t, q)
		if gone := dead(t, q); len(gone) != 1 || !strings.Contains(gone[0].Error, "longer than its timeout (1ns)") {
			t.Errorf("%+v", gone)
		}
	})
}

func TestPeopleRetryAndDiscardDeadJobs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		broken := true
		var seen diary
		q.Handle("send", func(_ context.Context, j job.Job) error {
			if broken {
				return errBroken
			}
			return seen.write(t.Context(), j)
		}, job.MaxAttempts(1))
		for _, p := range []string{"a", "b", "c"} {
			enqueue(t, d, q, job.Spec{Kind: "send", Payload: p})
		}
		due(t, q)
		page, err := q.Dead(t.Context(), 0, 2)
		if err != nil || len(page) != 2 || page[0].Payload != "c" {
			t.Fatalf("%+v, %v", page, err)
		}
		rest, err := q.Dead(t.Context(), page[1].ID, 2)
		if err != nil || len(rest) != 1 || rest[0].Payload != "a" {
			t.Fatalf("%+v, %v", rest, err)
		}
		broken = false
		for _, do := range []error{q.Retry(t.Context(), rest[0].ID), q.Discard(t.Context(), page[0].ID)} {
			if do != nil {
				t.Error(do)
			}
		}
		if n, err := q.RunDue(t.Context()); n != 1 || err != nil {
			t.Errorf("%d runs, %v", n, err)
		}
		if len(seen.runs) != 1 || seen.runs[0].Attempt != 1 || seen.runs[0].Payload != "a" {
			t.Errorf("%+v", seen.runs)
		}
		want := errs.New(errs.NotFound, "job.not_dead")
		for _, again := range []error{q.Retry(t.Context(), rest[0].ID), q.Discard(t.Context(), page[0].ID), q.Retry(t.Context(), 0)} {
			if !errors.Is(again, want) {
				t.Errorf("%v", again)
			}
		}
		if gone := dead(t, q); len(gone) != 1 || gone[0].Payload != "b" {
			t.Errorf("%+v", gone)
		}
	})
}
