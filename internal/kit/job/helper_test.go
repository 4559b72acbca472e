// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// node returns a queue as one process has it, with no chance in its back-off.
func node(d *db.DB, c clock.Clock) *job.Queue {
	q := job.New(d, c, nil)
	q.SetJitter(func() float64 { return 0 })
	return q
}

func enqueue(t *testing.T, d *db.DB, q *job.Queue, specs ...job.Spec) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, specs...) })
	if err != nil {
		t.Fatal(err)
	}
}

// due runs what is due and says how many runs that were; failures of handlers are not of interest.
func due(t *testing.T, q *job.Queue) int {
	t.Helper()
	n, _ := q.RunDue(t.Context())
	return n
}

func claim(t *testing.T, q *job.Queue) []job.Job {
	t.Helper()
	list, err := q.Claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// count returns the counts of one kind.
func count(t *testing.T, q *job.Queue, kind string) job.Count {
	t.Helper()
	list, err := q.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Kind == kind {
			return c
		}
	}
	return job.Count{Kind: kind}
}

func dead(t *testing.T, q *job.Queue) []job.Dead {
	t.Helper()
	list, err := q.Dead(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// diary keeps the runs of a handler.
type diary struct {
	mu   sync.Mutex
	runs []job.Job
}

func (d *diary) note(j job.Job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.runs = append(d.runs, j)
}

func (d *diary) payloads() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := []string{}
	for _, j := range d.runs {
		list = append(list, j.Payload)
	}
	return list
}

// write is a handler that only takes notes.
func (d *diary) write(_ context.Context, j job.Job) error {
	d.note(j)
	return nil
}
