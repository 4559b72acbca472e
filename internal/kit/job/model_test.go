// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// model is what a queue with three nodes that crash, sleep and fail must be like. Jobs without a
// key are counted: each of them is in the table, dead, or done by a run that held it.
type model struct {
	d      *db.DB
	clock  *clock.Manual
	nodes  []*job.Queue
	answer error               // of the next run
	held   [][]job.Job         // by node
	holder map[int64]*job.Job  // who holds a job by right
	until  map[int64]time.Time // and how long
	queued int                 // jobs without a key
	done   int
}

func newModel(t *rapid.T, d *db.DB) *model {
	m := &model{d: d, clock: clock.NewManual(noon), held: make([][]job.Job, 3), holder: map[int64]*job.Job{}, until: map[int64]time.Time{}}
	for range m.held {
		q := node(d, m.clock)
		q.Handle("do", func(context.Context, job.Job) error { return m.answer }, job.MaxAttempts(3))
		m.nodes = append(m.nodes, q)
	}
	err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `DELETE FROM job`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *model) number(t *rapid.T, where string) int {
	n, err := db.One(context.Background(), m.d, func(r db.Row) (n int, err error) {
		err = r.Scan(&n)
		return n, err
	}, `SELECT COUNT(*) FROM job WHERE `+where)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (m *model) enqueue(t *rapid.T) {
	key := rapid.SampledFrom([]string{"", "", "k", "l"}).Draw(t, "key")
	at := m.clock.Now().Add(time.Duration(rapid.IntRange(-5, 90).Draw(t, "seconds")) * time.Second)
	err := m.d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return m.nodes[0].Enqueue(ctx, tx, job.Spec{Kind: "do", Key: key, RunAt: at})
	})
	if err != nil {
		t.Fatal(err)
	}
	if key == "" {
		m.queued++
	}
}

func (m *model) claim(t *rapid.T) {
	n := rapid.IntRange(0, 2).Draw(t, "node")
	list, err := m.nodes[n].Claim(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range list {
		if m.holder[j.ID] != nil && m.clock.Now().Before(m.until[j.ID]) {
			t.Fatalf("job %d was given away while it was held", j.ID)
		}
		if j.DueAt.After(m.clock.Now()) {
			t.Fatalf("job %d runs early", j.ID)
		}
		m.holder[j.ID], m.until[j.ID] = &j, m.clock.Now().Add(job.Lease)
	}
	m.held[n] = append(m.held[n], list...)
}

func (m *model) finish(t *rapid.T) {
	n := rapid.IntRange(0, 2).Draw(t, "node")
	if len(m.held[n]) == 0 {
		t.Skip("it holds nothing")
	}
	j := m.held[n][0]
	m.held[n] = m.held[n][1:]
	m.answer = rapid.SampledFrom([]error{nil, nil, errBroken, job.Permanent(errBroken), job.At(m.clock.Now().Add(time.Minute), nil)}).Draw(t, "answer")
	rightful := m.holder[j.ID] != nil && *m.holder[j.ID] == j
	before := m.state(t, j.ID)
	if err := m.nodes[n].Do(context.Background(), j)(); err != nil {
		t.Fatal(err)
	}
	after := m.state(t, j.ID)
	switch {
	case !rightful && before != after:
		t.Fatalf("a stale run changed job %d from %s to %s", j.ID, before, after)
	case rightful && before == after:
		t.Fatalf("the run that holds job %d changed nothing: %s", j.ID, after)
	case rightful:
		delete(m.holder, j.ID)
		if after == "gone" && j.Key == "" {
			m.done++
		}
	}
}

func (m *model) state(t *rapid.T, which int64) string {
	list, err := db.All(context.Background(), m.d, func(r db.Row) (string, error) {
		var state, attempt, at int64
		var claim string
		err := r.Scan(&state, &attempt, &at, &claim)
		return fmt.Sprint(state, attempt, at, claim), err
	}, `SELECT state, attempt, run_at, claim FROM job WHERE id = $1`, which)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		return "gone"
	}
	return list[0]
}

func (m *model) check(t *rapid.T) {
	if n := m.number(t, `key = ''`); n+m.done != m.queued {
		t.Fatalf("%d jobs were queued, %d are there and %d done", m.queued, n, m.done)
	}
	for _, key := range []string{"k", "l"} {
		for name, state := range map[string]string{"wait": "0", "run": "1"} {
			if n := m.number(t, `key = '`+key+`' AND state = `+state); n > 1 {
				t.Fatalf("%d jobs of key %s %s", n, key, name)
			}
		}
	}
}

func TestF21_F22_TheQueueAgainstItsModel(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(t *rapid.T) {
			m := newModel(t, d)
			t.Repeat(map[string]func(*rapid.T){
				"":        m.check,
				"enqueue": m.enqueue,
				"claim":   m.claim,
				"finish":  m.finish,
				"crash": func(t *rapid.T) {
					n := rapid.IntRange(0, 2).Draw(t, "node")
					m.held[n] = nil
				},
				"time": func(t *rapid.T) {
					m.clock.Advance(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second)
				},
			})
			// In the end everything that was not given up is done.
			m.answer = nil
			for range 4 {
				m.clock.Advance(time.Hour)
				if _, err := m.nodes[1].RunDue(context.Background()); err != nil && m.number(t, `state = 2`) == 0 {
					t.Fatal(err)
				}
			}
			if n := m.number(t, `state < 2`); n != 0 {
				t.Fatalf("%d jobs are left", n)
			}
		})
	})
}
