// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// limiter counts requests by person and minute, on this node alone: it keeps one program that
// ran wild from taking the desk away from everybody else, and nothing finer.
type limiter struct {
	clock clock.Clock
	max   int
	state *window
}

type window struct {
	mu     sync.Mutex
	minute time.Time
	counts map[person.ID]int
}

func newLimiter(c clock.Clock, perMinute int) limiter {
	return limiter{clock: c, max: perMinute, state: &window{counts: map[person.ID]int{}}}
}

// take counts one request; Limited with Retry-After where it is one too many.
func (l limiter) take(who person.ID) error {
	if l.max <= 0 {
		return nil
	}
	now := l.clock.Now()
	minute := now.Truncate(time.Minute)
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	if !l.state.minute.Equal(minute) {
		l.state.minute = minute
		clear(l.state.counts)
	}
	if l.state.counts[who]++; l.state.counts[who] <= l.max {
		return nil
	}
	wait := int(minute.Add(time.Minute).Sub(now)/time.Second) + 1
	return &refusalError{
		cause:  errs.New(errs.Limited, "api.too_many", "Count", wait),
		status: http.StatusTooManyRequests,
		header: http.Header{"Retry-After": {strconv.Itoa(wait)}},
	}
}

// count counts an act of the reader together with those by the pages (A28, S88).
func (a *API) count(ctx context.Context, r reader, act session.Act) error {
	if r.uncounted(act) {
		return nil
	}
	return tooMany(a.Sessions.Count(ctx, r.by.ID, act))
}

// uncounted reports whether the reader may do something without end: as on the pages, staff are
// counted for their files alone.
func (r reader) uncounted(act session.Act) bool { return act != session.Uploading && r.staff() }

// tooMany says when to come back.
func tooMany(err error) error {
	if errs.KindOf(err) != errs.Limited {
		return err
	}
	return &refusalError{
		cause:  errs.As(err),
		status: http.StatusTooManyRequests,
		header: http.Header{"Retry-After": {strconv.Itoa(int(session.Window / time.Second))}},
	}
}
