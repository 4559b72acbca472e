// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// The kinds of job: approvers are asked again, and nobody waits for them any longer.
const (
	RemindJob = "approval:remind"
	ExpireJob = "approval:expire"
)

// zero is "not at all".
var zero time.Time //nolint:gochecknoglobals // a constant in all but name

// appoint makes the appointments of an approval that waits; one that was made before is kept once.
func (s *Service) appoint(ctx context.Context, tx *db.Tx, a Approval) error {
	payload := strconv.FormatInt(int64(a.ID), 10)
	list := []job.Spec{{Kind: ExpireJob, Payload: payload, Key: key(ExpireJob, a.ID, a.ExpiresAt.UnixMilli()), RunAt: a.ExpiresAt}}
	if a.RemindAt.Before(a.ExpiresAt) {
		list = append(list, job.Spec{Kind: RemindJob, Payload: payload, Key: key(RemindJob, a.ID, a.RemindAt.UnixMilli()), RunAt: a.RemindAt})
	}
	return s.Jobs.Enqueue(ctx, tx, list...)
}

func (s *Service) ofJob(ctx context.Context, j job.Job) (Approval, error) {
	n, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return Approval{}, job.Permanent(err)
	}
	a, err := get(ctx, s.DB, ID(n))
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return a, job.Permanent(err)
	}
	return a, err
}

// expire ends what nobody decided in time.
func (s *Service) expire(ctx context.Context, j job.Job) error {
	a, err := s.ofJob(ctx, j)
	if err != nil || !a.Open() || s.Clock.Now().Before(a.ExpiresAt) {
		return err
	}
	_, err = s.close(ctx, a, Expired, "", 0)
	if errs.KindOf(err) == errs.Conflict { // somebody was quicker
		return nil
	}
	return err
}

// remind asks those once more whose turn it is, and makes the next appointment.
func (s *Service) remind(ctx context.Context, j job.Job) error {
	a, err := s.ofJob(ctx, j)
	now := s.Clock.Now()
	if err != nil || !a.Open() || now.Before(a.RemindAt) {
		return err
	}
	ready, err := s.desk(ctx)
	if err != nil {
		return err
	}
	policy, err := s.policy(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.Tickets.Lock(ctx, tx, a.Ticket); err != nil {
			return err
		}
		a, err := take(ctx, tx, a.ID)
		if err != nil || !a.Open() || now.Before(a.RemindAt) {
			return err
		}
		turn, err := s.turn(ctx, tx, a)
		if err != nil || len(turn) == 0 {
			return err
		}
		a.Reminders++
		a.RemindAt = s.hours(now, policy.RemindHours)
		if err := save(ctx, tx, a); err != nil {
			return err
		}
		if err := s.appoint(ctx, tx, a); err != nil {
			return err
		}
		return s.tell(ctx, tx, ready, a, told{step: ticket.ApprovalReminded, turn: turn})
	})
}

// closed drops what waits on a ticket that is closed. It comes after the commit: the ticket may be
// open again by then, and what waits on it too.
func (s *Service) closed(ctx context.Context, r event.Record, _ ticket.Ended) error {
	list, err := waitingOf(ctx, s.DB, ticket.ID(r.Subject))
	for _, a := range list {
		if _, e := s.close(ctx, a, Dropped, "approval.because_closed", 0); e != nil && errs.KindOf(e) != errs.Conflict {
			err = e
		}
	}
	return err
}

// personChanged takes the seats of somebody who left before they answered. Where the others can
// still decide, they do; where not, the asker hears that nobody can.
func (s *Service) personChanged(ctx context.Context, _ event.Record, f person.Changed) error {
	if f.Active {
		return nil
	}
	list, err := seatsOf(ctx, s.DB, f.Person)
	if err != nil {
		return err
	}
	ready, err := s.desk(ctx)
	for _, a := range list {
		if err == nil {
			err = s.vacate(ctx, ready, a, f.Person)
		}
	}
	return err
}

func (s *Service) vacate(ctx context.Context, ready ticket.Ready, seen Approval, who person.ID) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.Tickets.Lock(ctx, tx, seen.Ticket); err != nil {
			return err
		}
		a, err := take(ctx, tx, seen.ID)
		if err != nil || !a.Open() {
			return err
		}
		a = a.left(who, s.Clock.Now())
		for _, seat := range a.Seats {
			if seat.Person == who && seat.Answer == "" {
				if _, err := saveSeat(ctx, tx, seat); err != nil {
					return err
				}
			}
		}
		if v := Judge(a.Levels, a.Seats); v.State == Dropped {
			_, err = s.end(ctx, tx, ready, a, Dropped, 0)
		}
		return err
	})
}

// ContentChanged voids what waits for a subject that is not what it was. The room that keeps it
// calls this when it changed; deciding finds it out in any case.
func (s *Service) ContentChanged(ctx context.Context, on ticket.ID, kind, ref string) error {
	list, err := waitingOf(ctx, s.DB, on)
	for _, a := range list {
		if a.Subject.Kind != kind || a.Subject.Ref != ref {
			continue
		}
		if changed, e := s.changed(ctx, a); e != nil || !changed {
			err = e
			continue
		}
		if _, e := s.close(ctx, a, Void, "", 0); e != nil && errs.KindOf(e) != errs.Conflict {
			err = e
		}
	}
	return err
}
