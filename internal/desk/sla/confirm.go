// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

type expiry struct {
	Ticket ticket.ID
}

// SolutionGiven listens, within the commit: the wait for the user's word ends by a timed job (N35).
func (s *Service) SolutionGiven(ctx context.Context, tx *db.Tx, r event.Record, f ticket.SolutionGiven) error {
	t, err := s.tickets.GetIn(ctx, tx, f.Ticket)
	if err != nil {
		return err
	}
	return s.expireAt(ctx, tx, t, strconv.FormatInt(r.ID, 10))
}

// Said listens, within the commit: who wrote when the time was up has the whole time again from the answer
// on (N29, N35), and the job that ended it sleeps no more.
func (s *Service) Said(ctx context.Context, tx *db.Tx, r event.Record, f ticket.Said) error {
	if f.ByRequester || f.Kind != ticket.Public && !f.Spoke {
		return nil
	}
	t, err := s.tickets.GetIn(ctx, tx, f.Ticket)
	if err != nil || t.Detail.Expired.IsZero() || !t.ToConfirm() {
		return err
	}
	return s.expireAt(ctx, tx, t, strconv.FormatInt(r.ID, 10))
}

// expireAt plans the end of the wait that began with a solution; cause makes it one job.
func (s *Service) expireAt(ctx context.Context, tx *db.Tx, t ticket.Ticket, cause string) error {
	payload, err := json.Marshal(expiry{Ticket: t.ID})
	if err != nil {
		return err
	}
	x := s.Terms(t)
	specs := []job.Spec{{Kind: ExpireJob, Payload: string(payload), Key: ExpireJob + ":" + cause, RunAt: x.patience(t.ConfirmFrom())}}
	if at, ok := s.reminder(x, t); ok {
		specs = append(specs, job.Spec{Kind: RemindJob, Payload: string(payload), Key: RemindJob + ":" + cause, RunAt: at})
	}
	return s.jobs.Enqueue(ctx, tx, specs...)
}

// reminder is when the requester is asked next whether the solution works; false where the time
// for an answer is up before.
func (s *Service) reminder(x Terms, t ticket.Ticket) (time.Time, bool) {
	days := s.Policy().RemindDays
	if days < 1 {
		return time.Time{}, false
	}
	at := x.own.AddDays(t.ConfirmFrom(), int(days)*(t.Detail.Reminders+1))
	return at, at.Before(x.patience(t.ConfirmFrom()))
}

// later is when a job looks again that found the desk owing the requester an answer: the time for
// confirming begins anew with it, and no wait is shorter than a day.
func (s *Service) later(x Terms) time.Time { return x.own.AddDays(s.clock.Now(), 1) }

// remind looks again when it wakes, and then at the time of the next reminder; after the last one
// when the time is up, for what the requester writes until then begins it anew. The command says
// which one it is, so that two jobs of one solution do not remind twice.
func (s *Service) remind(ctx context.Context, j job.Job) error {
	var e expiry
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return job.Permanent(err)
	}
	t, err := s.tickets.Get(ctx, access.Desk(), ticket.Target{ID: e.Ticket})
	if err != nil {
		return err
	}
	x := s.Terms(t)
	switch at, ok := s.reminder(x, t); {
	case !t.ToConfirm() || s.Policy().RemindDays < 1:
		return nil
	case t.AsksBack():
		return job.At(s.later(x), nil)
	case !ok && !x.patience(t.ConfirmFrom()).After(s.clock.Now()):
		return nil
	case !ok:
		return job.At(x.patience(t.ConfirmFrom()), nil)
	case at.After(s.clock.Now()):
		return job.At(at, nil)
	}
	cmd := ticket.RemindUser{Resolutions: t.Detail.Resolutions, Nth: t.Detail.Reminders + 1}
	if t, err = s.tickets.Do(ctx, access.Desk(), ticket.Target{ID: t.ID}, cmd); err != nil {
		return s.overtaken(x, err)
	}
	if at, ok := s.reminder(x, t); ok {
		return job.At(at, nil)
	}
	return job.At(x.patience(t.ConfirmFrom()), nil)
}

// overtaken is what follows where something happened to the ticket while a job woke: nothing, or
// another look where the requester wrote.
func (s *Service) overtaken(x Terms, err error) error {
	switch {
	case errors.Is(err, ticket.ErrAsksBack):
		return job.At(s.later(x), nil)
	case errs.KindOf(err) == errs.Conflict:
		return nil
	}
	return err
}

// expire looks again when it wakes: a confirmed, rejected or newly solved ticket is left alone, and
// nothing ends while the desk owes the requester an answer (N29).
func (s *Service) expire(ctx context.Context, j job.Job) error {
	var e expiry
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return job.Permanent(err)
	}
	t, err := s.tickets.Get(ctx, access.Desk(), ticket.Target{ID: e.Ticket})
	if err != nil {
		return err
	}
	if !t.ToConfirm() {
		return nil
	}
	x := s.Terms(t)
	if t.AsksBack() {
		return job.At(s.later(x), nil)
	}
	if due := x.patience(t.ConfirmFrom()); due.After(s.clock.Now()) { // solved again or answered since, or the policy became more patient
		return job.At(due, nil)
	}
	_, err = s.tickets.Do(ctx, access.Desk(), ticket.Target{ID: t.ID}, ticket.Expire{Resolutions: t.Detail.Resolutions})
	return s.overtaken(x, err)
}
