// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Spec says what is to be done, and when.
type Spec struct {
	Kind    string    // names the handler, "room:verb"
	Payload string    // what the handler needs: UTF-8 without NUL, usually JSON
	Key     string    // at most one job of a key waits; empty means no limit
	RunAt   time.Time // not before; zero means at once
}

// Job is one run of a job, as its handler sees it.
type Job struct {
	ID       int64
	Kind     string
	Payload  string
	Key      string
	Attempt  int       // 1 in the first run
	DueAt    time.Time // when this run was to start
	QueuedAt time.Time

	claim string // the token under which this run holds the job
}

// Handler does a job. An error means another run after a while, unless it says otherwise
// (Permanent, At); a panic is an error. ctx ends at the timeout, when the lease was lost, and
// when the process has waited long enough for it to stop.
type Handler func(ctx context.Context, j Job) error

// handler is a Handler with its limits.
type handler struct {
	do      Handler
	wait    time.Duration                               // how long the first may wait for others
	all     func(ctx context.Context, list []Job) error // does several in one run; nil where each is a run
	most    int                                         // jobs of one run of all
	max     int
	timeout time.Duration
	limit   int // runs at once on one node; 0 is as many as there is room for
	backoff func(attempt int) time.Duration
}

// Option changes how the jobs of a kind are run.
type Option func(*handler)

// MaxAttempts is after how many failed runs a job is dead; 10 if not said.
func MaxAttempts(n int) Option { return func(h *handler) { h.max = max(n, 1) } }

// Timeout is how long one run may take; 5 minutes if not said.
func Timeout(d time.Duration) Option { return func(h *handler) { h.timeout = d } }

// Limit is how many jobs of the kind run at once on one node, so that a slow one (a dead mail
// domain, F38) never takes all workers.
func Limit(n int) Option { return func(h *handler) { h.limit = max(n, 0) } }

// Gather lets a job wait, once it is due, until the first of its kind has waited for d: what
// follows a hundred commits of one second needs no hundred commits of its own.
func Gather(d time.Duration) Option { return func(h *handler) { h.wait = d } }

// Backoff is how long a job waits at most after its attempt-th failed run; see Wait for the
// usual answer. Up to a quarter is taken off at random, so that what failed together does not
// come back together.
func Backoff(wait func(attempt int) time.Duration) Option {
	return func(h *handler) { h.backoff = wait }
}

// Wait is the usual back-off: 5 s after the first failed run, then twice as long each time, one hour at most.
func Wait(attempt int) time.Duration {
	const first, most = 5 * time.Second, time.Hour
	if attempt > 10 {
		return most
	}
	return min(first<<max(attempt-1, 0), most)
}

// permanentError is a failure that another run would not mend.
type permanentError struct{ cause error }

// Permanent says that another run would not help: the job is dead at once. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// Error is the text of the cause.
func (p *permanentError) Error() string { return p.cause.Error() }

// Unwrap returns the cause.
func (p *permanentError) Unwrap() error { return p.cause }

// laterError asks for another run at a certain time.
type laterError struct {
	at    time.Time
	cause error
}

// At asks for the next run at t and does not count this one as an attempt. The cause, which
// may be nil, is shown with the job.
func At(t time.Time, cause error) error { return &laterError{t, cause} }

// Error is the text of the cause.
func (l *laterError) Error() string {
	if l.cause == nil {
		return "later"
	}
	return l.cause.Error()
}

// Unwrap returns the cause, or nil.
func (l *laterError) Unwrap() error { return l.cause }

// Why a handler's context ended.
var (
	errTimeout  = errors.New("the job took longer than its timeout")
	errLost     = errors.New("the lease of the job was lost")
	errStopping = errors.New("the process stops")
)

// ErrLost is what Done answers when the job is no longer held by this run.
var ErrLost = errLost

// noteLen bounds the stored text of a failure, in bytes.
const noteLen = 500

// note is the text of a failure as the table can hold it on both engines.
func note(err error) string {
	if err == nil {
		return ""
	}
	s := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "�"), "\x00", "")
	if len(s) > noteLen {
		s = strings.ToValidUTF8(s[:noteLen-len("…")], "") + "…"
	}
	return s
}
