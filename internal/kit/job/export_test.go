// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// What the tests may see of the inside.
const (
	Lease = lease
	Beat  = beat
	Poll  = poll
	Width = width

	DrainFree = drainFree
	DrainCut  = drainCut
)

// SetTimer replaces the timer of Run.
func (q *Queue) SetTimer(f func(time.Duration) (<-chan time.Time, func() bool)) { q.timer = f }

// SetJitter replaces the random part of a back-off.
func (q *Queue) SetJitter(f func() float64) { q.jitter = f }

// Claim claims what is due and runs nothing: a worker that dies right after.
func (q *Queue) Claim(ctx context.Context) ([]Job, error) {
	t, err := q.turn(ctx, nil, ask{room: width})
	return t.claimed, err
}

// Do runs a claimed job and keeps the outcome to itself until Finish.
func (q *Queue) Do(ctx context.Context, j Job) (finish func() error) {
	r := q.do(ctx, j)
	return func() error {
		return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return finishOne(ctx, tx, r, q.clock.Now())
		})
	}
}

func finishOne(ctx context.Context, tx *db.Tx, r result, now time.Time) error {
	return finish(ctx, tx, []result{r}, now)
}
