// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// WatchJob looks at an open session when something should have happened in it.
const WatchJob = "remote:watch"

// plan queues the next look at a session. One job waits for each state; the one of a state that
// the session has left finds nothing to do.
func (s *Service) plan(ctx context.Context, tx *db.Tx, p Policy, x Session) error {
	due, act := x.Due(p)
	if act == "" {
		return nil
	}
	payload := strconv.FormatInt(int64(x.ID), 10) + " " + string(x.State)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: WatchJob, Payload: payload, Key: WatchJob + ":" + payload, RunAt: due.Add(time.Millisecond)})
}

// watch ends a session that nobody ended: one that was forgotten, that nobody answered, or of
// which one side is gone. While it goes on as it should, it looks again later.
func (s *Service) watch(ctx context.Context, j job.Job) error {
	id, state, _ := strings.Cut(j.Payload, " ")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return job.Permanent(fmt.Errorf("read job %d: %w", j.ID, err))
	}
	x, err := get(ctx, s.DB, ID(n))
	if err != nil {
		return err
	}
	p, _, err := s.Policy(ctx)
	if err != nil || !x.Open() || x.State != State(state) {
		return err
	}
	due, act := x.Due(p)
	if s.Clock.Now().Before(due) {
		return job.At(due.Add(time.Millisecond), nil)
	}
	return s.endBySelf(ctx, x, act)
}

// endBySelf ends a session in the name of the desk; one that has ended meanwhile is left alone.
func (s *Service) endBySelf(ctx context.Context, x Session, act Act) error {
	_, err := s.change(ctx, access.Desk(), ticket.Ticket{ID: x.Ticket}, x.ID, act, nil, over)
	if errs.KindOf(err) == errs.Conflict {
		return nil
	}
	return err
}

// TicketEnded hears, after its commit, that a ticket was closed: what is open on it ends, where the
// ticket was not opened again meanwhile.
func (s *Service) TicketEnded(ctx context.Context, _ event.Record, f ticket.Ended) error {
	list, err := openOf(ctx, s.DB, f.Ticket)
	for _, x := range list {
		if err == nil {
			err = s.endBySelf(ctx, x, Close)
		}
	}
	return err
}
