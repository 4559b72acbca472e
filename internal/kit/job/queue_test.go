// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

func TestP4_AJobIsThereIfItsCommitIs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := node(d, clock.NewManual(noon))
		var seen diary
		q.Handle("note", seen.write)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := q.Enqueue(ctx, tx, job.Spec{Kind: "note", Payload: "rolled back"}); err != nil {
				return err
			}
			return errBroken
		})
		if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		enqueue(t, d, q, job.Spec{Kind: "note", Payload: "committed"}, job.Spec{Kind: "note", Payload: "with it"})
		n, err := q.RunDue(t.Context())
		if err != nil || n != 2 {
			t.Fatalf("%d runs, %v", n, err)
		}
		if diff := cmp.Diff([]string{"committed", "with it"}, seen.payloads()); diff != "" {
			t.Error(diff)
		}
		if c := count(t, q, "note"); c != (job.Count{Kind: "note"}) {
			t.Errorf("something is left: %+v", c)
		}
	})
}

func TestEnqueueRefusesAJobWithoutAKind(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := node(d, clock.NewManual(noon))
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return q.Enqueue(ctx, tx, job.Spec{Kind: "note"}, job.Spec{Payload: "for whom?"})
		})
		if err == nil {
			t.Error("it was queued")
		}
	})
}

func TestAKeyWaitsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		var seen diary
		broken := true
		q.Handle("index", func(_ context.Context, j job.Job) error {
			seen.note(j)
			if broken {
				return errBroken
			}
			return nil
		})
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "first", Key: "k"})
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "second", Key: "k"},
			job.Spec{Kind: "index", Payload: "other", Key: "l"})
		if c := count(t, q, "index"); c.Waiting != 2 {
			t.Fatalf("%d wait, not the first and the one with another key", c.Waiting)
		}

		// While the first runs, the next of its key is queued but does not start.
		running := claim(t, q)
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "third", Key: "k"})
		if more := claim(t, q); len(running) != 2 || len(more) != 0 {
			t.Fatalf("claimed %v, then %v", running, more)
		}
		for _, j := range running {
			if err := q.Do(t.Context(), j)(); err != nil {
				t.Fatal(err)
			}
		}
		// The first failed. The third waits already and takes its place.
		broken = false
		if n := due(t, q); n != 1 {
			t.Errorf("%d runs, not the third alone", n)
		}
		c.Advance(time.Minute)
		due(t, q)
		if diff := cmp.Diff([]string{"first", "other", "third", "other"}, seen.payloads()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnExpiredRunAndTheNextOfItsKeyDoNotMeet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		var seen diary
		q.Handle("index", seen.write)
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "first", Key: "k"})
		claim(t, q) // and never seen again
		enqueue(t, d, q, job.Spec{Kind: "index", Payload: "second", Key: "k"})
		c.Advance(job.Lease)
		if list := claim(t, q); len(list) != 1 || list[0].Payload != "first" {
			t.Errorf("claimed %+v, not the first alone", list)
		}
	})
}

func TestADeadJobDoesNotHoldItsKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := node(d, clock.NewManual(noon))
		q.Handle("index", func(context.Context, job.Job) error { return job.Permanent(errBroken) })
		enqueue(t, d, q, job.Spec{Kind: "index", Key: "k"})
		due(t, q)
		enqueue(t, d, q, job.Spec{Kind: "index", Key: "k"})
		gone := dead(t, q)
		if c := count(t, q, "index"); c.Waiting != 1 || len(gone) != 1 {
			t.Fatalf("%+v", c)
		}
		// Retried, it would be a second one that waits: the one there takes its place.
		if err := q.Retry(t.Context(), gone[0].ID); err != nil {
			t.Fatal(err)
		}
		if c := count(t, q, "index"); c.Waiting != 1 || c.Dead != 0 {
			t.Errorf("%+v", c)
		}
	})
}

func TestP8_ATimedJobRunsWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		var seen diary
		q.Handle("clock", seen.write)
		at := noon.Add(150 * time.Minute)
		enqueue(t, d, q,
			job.Spec{Kind: "clock", Payload: "half past two", RunAt: at},
			job.Spec{Kind: "clock", Payload: "two", RunAt: at.Add(-30 * time.Minute)},
			job.Spec{Kind: "clock", Payload: "long ago", RunAt: noon.Add(-time.Hour)})
		if n := due(t, q); n != 1 {
			t.Errorf("%d ran at noon", n)
		}
		c.Set(at.Add(-time.Millisecond))
		if n := due(t, q); n != 1 {
			t.Errorf("%d ran a millisecond early", n)
		}
		c.Set(at.Add(time.Hour)) // the house was asleep
		enqueue(t, d, q, job.Spec{Kind: "clock", Payload: "at once"})
		due(t, q)
		if diff := cmp.Diff([]string{"long ago", "two", "half past two", "at once"}, seen.payloads()); diff != "" {
			t.Error(diff)
		}
		if got := seen.runs[2]; !got.DueAt.Equal(at) || !got.QueuedAt.Equal(noon) || got.Attempt != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestAnUnknownKindWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(noon)
		q := node(d, c)
		q.Handle("known", func(context.Context, job.Job) error { return nil })
		enqueue(t, d, q, job.Spec{Kind: "of another release"}, job.Spec{Kind: "known", RunAt: noon.Add(time.Hour)})
		c.Advance(time.Minute)
		if n := due(t, q); n != 0 {
			t.Errorf("%d runs", n)
		}
		list, err := q.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []job.Count{
			{Kind: "known", Waiting: 1, Known: true},
			{Kind: "of another release", Waiting: 1, Due: 1, Oldest: noon},
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAKindHasOneHandler(t *testing.T) {
	t.Parallel()
	q := job.New(nil, clock.NewManual(noon), nil)
	nothing := func(context.Context, job.Job) error { return nil }
	q.Handle("once", nothing)
	for name, mistake := range map[string]func(){
		"twice":           func() { q.Handle("once", nothing) },
		"without a kind":  func() { q.Handle("", nothing) },
		"without a doing": func() { q.Handle("other", nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a handler %s was taken", name)
				}
			}()
			mistake()
		}()
	}
}
