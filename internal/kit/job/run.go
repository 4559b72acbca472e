// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// How the end of Run is spent: handlers may finish what they do, then their contexts end, then
// what they did is written down. Together less than 10 s (F07).
const (
	drainFree   = 6 * time.Second
	drainCut    = 2 * time.Second
	drainRecord = 1500 * time.Millisecond
)

// turned is what a turn of the queue brought.
type turned struct {
	claimed []Job
	more    bool      // there may be more that is due than could be claimed
	later   time.Time // when the next job is to run, if there was room for more than there was to do
}

// turn is one commit: it finishes what was done and claims what is due.
func (q *Queue) turn(ctx context.Context, results []result, a ask) (out turned, err error) {
	err = q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = turned{}
		now := q.clock.Now()
		if err := finish(ctx, tx, results, now); err != nil {
			return err
		}
		claim, left := id.Token(), a.room
		wanted, gathered, err := q.wanted(ctx, tx, a, now)
		if err != nil {
			return fmt.Errorf("look for jobs: %w", err)
		}
		for _, want := range wanted {
			if left <= 0 {
				out.more = true
				break
			}
			if !want.one {
				want.room = min(want.room, left)
			}
			list, err := take(ctx, tx, want, claim, now)
			if err != nil {
				return fmt.Errorf("claim jobs: %w", err)
			}
			out.claimed = append(out.claimed, list...)
			if want.one {
				left -= min(len(list), 1)
			} else {
				left -= len(list)
			}
		}
		if left > 0 {
			out.later, err = next(ctx, tx, now)
			out.later = earlier(out.later, gathered)
		}
		out.more = out.more || left == 0
		return err
	})
	return out, err
}

// parts are the runs that claimed jobs make: those of a kind that are done together are one, unless
// they were begun before, and each other is one by itself.
func (q *Queue) parts(list []Job) [][]Job {
	out := make([][]Job, 0, len(list))
	together := map[string]int{}
	for _, j := range list {
		if !q.inCompany(j) {
			out = append(out, []Job{j})
		} else if i, ok := together[j.Kind]; ok {
			out[i] = append(out[i], j)
		} else {
			together[j.Kind] = len(out)
			out = append(out, []Job{j})
		}
	}
	return out
}

// inCompany reports whether a job is done with others of its kind: in its first run.
func (q *Queue) inCompany(j Job) bool {
	h, _ := q.handler(j.Kind)
	return h.all != nil && j.Attempt == 1
}

// RunDue runs what is due, one after the other, until nothing is, and returns how many jobs it ran,
// each as often as it did; none waits for company. The error joins what the handlers answered; their
// jobs wait or are dead as in Run. It is for tests, whose clock stands still, and for commands.
func (q *Queue) RunDue(ctx context.Context) (int, error) {
	const most = 100_000
	var failures []error
	var results []result
	n := 0
	for n < most {
		t, err := q.turn(ctx, results, ask{room: width})
		if err != nil {
			return n, errors.Join(append(failures, err)...)
		}
		if len(t.claimed) == 0 {
			return n, errors.Join(failures...)
		}
		results = results[:0]
		for _, list := range q.parts(t.claimed) {
			for _, r := range q.doAll(ctx, list) {
				if r.err != nil {
					failures = append(failures, fmt.Errorf("job %d %s: %w", r.job.ID, r.job.Kind, r.err))
				}
				results = append(results, r)
				n++
			}
		}
	}
	return n, errors.Join(append(failures, errors.New("the jobs due never end"))...)
}

// Run runs jobs until ctx ends, and then waits at most 10 s for those that are running; what
// did not finish by then is taken up by whoever comes next. It returns nil then.
//
// Trouble with the database is logged and waited out. A second Run on one queue is refused.
func (q *Queue) Run(ctx context.Context) error {
	if !q.runs.CompareAndSwap(false, true) {
		return errors.New("job: this queue runs already")
	}
	defer q.runs.Store(false)
	r := &runner{q: q, held: map[*held]struct{}{}, busy: map[string]int{}, came: make(chan outcome, 4*width), look: true}
	for ctx.Err() == nil {
		r.turn(ctx)
		r.wait(ctx)
	}
	r.drain(context.WithoutCancel(ctx))
	return nil
}

// Inherit ends the leases that a process which crashed left behind, so that its jobs are taken
// up at once. Call it before Run where no other process can be at them: a SQLite file has one
// that runs jobs. Where there may be others the leases run out by themselves.
func (q *Queue) Inherit(ctx context.Context) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return release(ctx, tx, q.clock.Now()) })
}

// runner is the state of Run. Only its goroutine touches it; the handlers' goroutines answer
// through came.
type runner struct {
	q       *Queue
	held    map[*held]struct{}
	runs    int            // handlers at work
	busy    map[string]int // jobs that run, by kind; of a kind that is done together those in company
	results []result       // to be written down
	came    chan outcome   // has room for an answer of every handler that runs, which may be more than width (inCompany)
	next    time.Time      // when the next job becomes due; zero if none is known
	look    bool           // something may be due
	ill     bool           // the last commit failed
}

// held is a job that runs here.
type held struct {
	job   Job
	until time.Time // the end of the lease
	last  time.Time // the lease is not renewed beyond; a handler that ignores its timeout loses the job
	lost  bool      // somebody else may hold it by now
	end   context.CancelCauseFunc
}

// outcome is the end of a run, of one job or of those that were gathered for it.
type outcome struct {
	held    []*held
	end     context.CancelCauseFunc
	results []result
}

func (r *runner) room() int { return width - r.runs }

// turn finishes and claims, if there is anything to finish or room and reason to claim.
func (r *runner) turn(ctx context.Context) {
	r.beat(ctx)
	if len(r.results) == 0 && (!r.look || r.room() <= 0) {
		return
	}
	room := 0
	if ctx.Err() == nil {
		room = r.room()
	}
	until := r.q.clock.Now().Add(lease)
	t, err := r.q.turn(ctx, r.results, ask{room: room, busy: r.busy, patient: true})
	if r.ill = err != nil; r.ill {
		if ctx.Err() == nil {
			r.q.log.Error("the job queue cannot reach its table", "error", err)
		}
		return
	}
	r.results = r.results[:0]
	// A full claim may have left something; without room the next outcome asks again.
	r.next, r.look = t.later, t.more
	for _, list := range r.q.parts(t.claimed) {
		r.start(ctx, list, until)
	}
}

// start runs jobs of one kind in one goroutine.
func (r *runner) start(ctx context.Context, list []Job, until time.Time) {
	ctx, end := context.WithCancelCause(context.WithoutCancel(ctx))
	limits, _ := r.q.handler(list[0].Kind)
	all := make([]*held, 0, len(list))
	for _, j := range list {
		h := &held{job: j, until: until, end: end}
		if limits.timeout > 0 {
			h.last = until.Add(limits.timeout)
		}
		all = append(all, h)
		r.held[h] = struct{}{}
		r.busy[j.Kind] += r.weight(j)
	}
	r.runs++
	go func() { r.came <- outcome{all, end, r.q.doAll(ctx, list)} }()
}

// weight is what a job adds to busy. One that is done by itself after all keeps nobody's company waiting.
func (r *runner) weight(j Job) int {
	if h, _ := r.q.handler(j.Kind); h.all != nil && j.Attempt > 1 {
		return 0
	}
	return 1
}

// take notes the answer of a handler, and of all others that have answered by now.
func (r *runner) take(o outcome) {
	for {
		o.end(nil)
		for _, h := range o.held {
			delete(r.held, h)
			r.busy[h.job.Kind] -= r.weight(h.job)
		}
		r.runs--
		r.results = append(r.results, o.results...)
		r.look = true // there is room, and a job of the same key may have waited for this one
		select {
		case o = <-r.came:
		default:
			return
		}
	}
}

// wait returns when there is something to do: an answer, a wake-up, a job that becomes due, a
// lease to renew, or the poll.
func (r *runner) wait(ctx context.Context) {
	if len(r.results) > 0 && !r.ill || r.look && r.room() > 0 && !r.ill {
		return
	}
	d := poll
	if !r.ill && r.room() > 0 && !r.next.IsZero() {
		if d = min(d, r.next.Sub(r.q.clock.Now())); d <= 0 {
			r.look = true
			return
		}
	}
	ring, stop := r.q.timer(d)
	defer stop()
	wake := r.q.wake
	if r.ill || r.room() <= 0 {
		wake = nil // it is kept for when it is of use
	}
	came := r.came
	if r.ill {
		came = nil
	}
	select {
	case <-ctx.Done():
	case o := <-came:
		r.take(o)
	case <-wake:
		r.expect(r.q.heard())
	case <-ring:
		r.poll(ctx)
	}
}

// expect takes note of when there is something to do.
func (r *runner) expect(at time.Time) {
	if at.After(r.q.clock.Now()) {
		r.next = earlier(r.next, at)
	} else if !at.IsZero() {
		r.look = true
	}
}

// poll looks, without writing, when the first job is due.
func (r *runner) poll(ctx context.Context) {
	at, err := first(ctx, r.q.db)
	if r.ill = err != nil; r.ill {
		if ctx.Err() == nil {
			r.q.log.Error("the job queue cannot reach its table", "error", err)
		}
		return
	}
	r.next = at
	r.look = r.look || !at.IsZero() && !at.After(r.q.clock.Now())
}

// beat renews the leases that are a third over. A handler whose job is no longer ours, or whose
// lease ended while it could not be renewed, is told so.
func (r *runner) beat(ctx context.Context) {
	now := r.q.clock.Now()
	until := now.Add(lease)
	list := map[*held]bool{} // whether it is still held
	for h := range r.held {
		if !h.lost && until.Sub(h.until) >= beat && (h.last.IsZero() || now.Before(h.last)) {
			list[h] = true
		}
	}
	if len(list) == 0 {
		return
	}
	err := r.q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		for h := range list {
			if list[h], err = renew(ctx, tx, h.job, until); err != nil {
				return err
			}
		}
		return nil
	})
	for h, kept := range list {
		switch {
		case err == nil && kept:
			h.until = until
		case err == nil, !now.Before(h.until):
			h.lost = true
			h.end(errLost)
		}
	}
}

// drain waits for the handlers and writes down what they did.
func (r *runner) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drainFree+drainCut+drainRecord)
	defer cancel()
	ring, stop := r.q.timer(drainFree)
	defer func() { stop() }()
	r.record(ctx)
	for cut := false; len(r.held) > 0; {
		select {
		case o := <-r.came:
			r.take(o)
			r.record(ctx)
			continue
		case <-ring:
		}
		if cut {
			r.q.log.Warn("jobs did not stop in time and will run again", "count", len(r.held))
			break
		}
		cut = true
		for h := range r.held {
			h.end(errStopping)
		}
		ring, stop = r.q.timer(drainCut)
	}
	r.record(ctx)
	if len(r.results) > 0 {
		r.q.log.Error("finished jobs could not be marked and will run again", "count", len(r.results))
	}
}

// record writes the results down and claims nothing.
func (r *runner) record(ctx context.Context) {
	if len(r.results) == 0 {
		return
	}
	if _, err := r.q.turn(ctx, r.results, ask{}); err == nil {
		r.results = r.results[:0]
	}
}
