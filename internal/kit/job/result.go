// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// fate is what becomes of a job after a run.
type fate int

const (
	done fate = iota
	again
	dead
)

// result is the outcome of one run.
type result struct {
	job      Job
	fate     fate
	attempts int       // what counts from now on
	at       time.Time // the next run
	err      error
}

// finish writes results down. A result of a run that lost its job changes nothing (F22).
func finish(ctx context.Context, tx *db.Tx, list []result, now time.Time) error {
	byClaim := map[string][]int64{}
	for _, r := range list {
		var err error
		switch r.fate {
		case done:
			byClaim[r.job.claim] = append(byClaim[r.job.claim], r.job.ID)
		case again:
			err = putBack(ctx, tx, r.job, r.attempts, r.at, note(r.err))
		case dead:
			err = bury(ctx, tx, r.job, r.attempts, now, note(r.err))
		}
		if err != nil {
			return fmt.Errorf("finish job %d: %w", r.job.ID, err)
		}
	}
	for claim, ids := range byClaim {
		if _, err := remove(ctx, tx, claim, ids); err != nil {
			return fmt.Errorf("finish jobs: %w", err)
		}
	}
	return nil
}

// do runs one job in the calling goroutine.
func (q *Queue) do(ctx context.Context, j Job) result {
	h, _ := q.handler(j.Kind) // only known kinds are claimed
	if j.Attempt > h.max {    // claimed again because its last worker never came back
		return q.report(result{job: j, fate: dead, attempts: j.Attempt - 1, err: errors.New("the worker stopped in the middle of the last attempt")})
	}
	err := call(ctx, h.timeout, func(ctx context.Context) error { return h.do(ctx, j) })
	return q.report(q.judge(ctx, h, j, err))
}

// doAll runs jobs of one kind in the calling goroutine, in one run of what does them together. Where
// that fails they go back, and each is a run of its own from then on (parts): one that cannot be done
// leaves its neighbours intact, and each has its own time and lease.
func (q *Queue) doAll(ctx context.Context, list []Job) []result {
	h, _ := q.handler(list[0].Kind)
	if len(list) == 1 {
		return []result{q.do(ctx, list[0])}
	}
	err := call(ctx, h.timeout, func(ctx context.Context) error { return h.all(ctx, list) })
	if err != nil {
		q.log.Warn("jobs that were done together failed and run one by one", "kind", list[0].Kind, "count", len(list), "error", err)
	}
	out := make([]result, 0, len(list))
	for _, j := range list {
		if err == nil {
			out = append(out, result{job: j, fate: done})
		} else {
			out = append(out, result{job: j, fate: again, attempts: j.Attempt, at: q.clock.Now()})
		}
	}
	return out
}

// call runs a handler within its timeout and makes a panic an error.
func call(ctx context.Context, timeout time.Duration, do func(context.Context) error) (err error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, errTimeout)
		defer cancel()
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if err = do(ctx); err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		err = fmt.Errorf("%w (%v): %w", errTimeout, timeout, err)
	}
	return err
}

// judge decides what an error means for the job.
func (q *Queue) judge(ctx context.Context, h handler, j Job, err error) result {
	r := result{job: j, attempts: j.Attempt, err: err}
	var p *permanentError
	var l *laterError
	switch {
	case err == nil:
		r.fate = done
	case errors.Is(context.Cause(ctx), errStopping): // cut off by us: not its fault
		r.fate, r.attempts, r.at = again, j.Attempt-1, q.clock.Now()
	case errors.As(err, &p):
		r.fate = dead
	case errors.As(err, &l):
		r.fate, r.attempts, r.at, r.err = again, j.Attempt-1, l.at, l.cause
	case j.Attempt >= h.max:
		r.fate = dead
	default:
		wait := h.backoff(j.Attempt)
		wait -= time.Duration(float64(wait) / 4 * q.jitter())
		r.fate, r.at = again, q.clock.Now().Add(wait)
	}
	return r
}

// report tells the log about a failure. People see dead letters in the interface.
func (q *Queue) report(r result) result {
	switch {
	case r.fate == dead:
		q.log.Error("a job is dead", "job", r.job.ID, "kind", r.job.Kind, "attempts", r.attempts, "error", r.err)
	case r.fate == again && r.err != nil:
		q.log.Warn("a job failed and runs again", "job", r.job.ID, "kind", r.job.Kind, "attempt", r.job.Attempt, "at", r.at, "error", r.err)
	}
	return r
}
