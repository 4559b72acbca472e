// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"context"
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Service holds the policy and the calendars in memory, plans deadlines, and ends the wait for a confirmation.
type Service struct {
	settings *setting.Service
	jobs     *job.Queue
	clock    clock.Clock
	policy   atomic.Pointer[Policy]
	shelf    atomic.Pointer[shelf]
	tickets  *ticket.Service // given by Serve; the ticket room is made with Plan before
}

// The kinds of job of this room.
const (
	ExpireJob = "sla:expire" // at its time it ends the wait for a confirmation
	ReplanJob = "sla:replan" // after a new policy or calendar it plans the open tickets again
)

// lag is how long another node may go on planning by an old policy, at most.
const lag = 30 * time.Second

// NewService makes the room. Call Load before the first ticket and Serve before the jobs run.
func NewService(s *setting.Service, q *job.Queue, c clock.Clock) *Service {
	v := &Service{settings: s, jobs: q, clock: c}
	start := Standard()
	v.policy.Store(&start)
	v.shelf.Store(&shelf{Shelf: &calendar.Shelf{}, version: -1})
	return v
}

// Load reads the policy and the calendars. It runs at start, after a change, and every quarter
// of a minute on nodes that did not make the change.
func (s *Service) Load(ctx context.Context) error {
	p, _, err := setting.Load(ctx, s.settings, PolicyName, Standard())
	if err != nil {
		return err
	}
	if err := s.loadCalendars(ctx); err != nil {
		return err
	}
	s.policy.Store(&p)
	return nil
}

// Serve handles the timed jobs on the tickets.
func (s *Service) Serve(tickets *ticket.Service) {
	s.tickets = tickets
	s.jobs.Handle(ExpireJob, s.expire)
	s.jobs.Handle(ReplanJob, s.replan)
}

// Policy returns the policy in force.
func (s *Service) Policy() Policy { return *s.policy.Load() }

// Plan is the planner of the ticket room.
func (s *Service) Plan(t ticket.Ticket) (time.Time, string) { return Next(t, s.Policy(), s.Calendar()) }

// Expect is what an acknowledgement tells: when a human will be in touch at the latest (N20).
func (s *Service) Expect(t ticket.Ticket) time.Time {
	p := s.Policy()
	return p.hours(s.Calendar(), t.Priority).Add(t.CreatedAt, minutes(p.target(t.Priority).Response))
}

// Clocks computes the clocks of a ticket now, each explained to the day.
func (s *Service) Clocks(t ticket.Ticket) []Clock {
	p, cal, now := s.Policy(), s.Calendar(), s.clock.Now()
	out := Clocks(t, p, cal, now)
	for i, c := range out {
		out[i] = c.explained(p.hours(cal, t.Priority), now)
	}
	return out
}

// Changed listens, within the commit, for a new policy and for new calendars: they are in
// force as soon as they are saved, and the open tickets are planned by them again at once, and
// once more when every node knows them. A policy by a calendar that is not there is refused.
func (s *Service) Changed(ctx context.Context, tx *db.Tx, r event.Record, f setting.Changed) error {
	switch f.Name {
	case PolicyName:
		p := Standard()
		if err := json.Unmarshal(f.Value, &p); err != nil {
			return err
		}
		if _, ok := s.shelf.Load().Get(p.Calendar); !ok {
			return errs.Field("calendar", "sla.calendar_gone")
		}
		tx.AfterCommit(func() { s.policy.Store(&p) })
	case calendar.BookName:
		if err := s.calendarsChanged(tx, f); err != nil {
			return err
		}
	default:
		return nil
	}
	key := ReplanJob + ":" + strconv.FormatInt(r.ID, 10)
	return s.jobs.Enqueue(ctx, tx,
		job.Spec{Kind: ReplanJob, Payload: strconv.FormatInt(r.ID, 10), Key: key, RunAt: r.Meta.At},
		job.Spec{Kind: ReplanJob, Payload: strconv.FormatInt(r.ID, 10), Key: key + ":again", RunAt: r.Meta.At.Add(lag)})
}

// replan plans every open ticket by the policy in force, and has each solution's wait end when
// the policy now says. Doing it again changes nothing.
func (s *Service) replan(ctx context.Context, j job.Job) error {
	if err := s.Load(ctx); err != nil {
		return err
	}
	for after := ticket.ID(0); ; {
		last, err := s.tickets.Replan(ctx, after, 200, func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
			if t.Status != ticket.Resolved {
				return nil
			}
			return s.expireAt(ctx, tx, t.ID, t.ResolvedAt, j.Payload+":"+strconv.FormatInt(int64(t.ID), 10))
		})
		if err != nil || last == 0 {
			return err
		}
		after = last
	}
}

type expiry struct {
	Ticket ticket.ID
}

// SolutionGiven listens, within the commit: the wait for the user's word ends by a timed job (N35).
func (s *Service) SolutionGiven(ctx context.Context, tx *db.Tx, r event.Record, f ticket.SolutionGiven) error {
	return s.expireAt(ctx, tx, f.Ticket, r.Meta.At, strconv.FormatInt(r.ID, 10))
}

// expireAt plans the end of the wait that began with a solution; cause makes it one job.
func (s *Service) expireAt(ctx context.Context, tx *db.Tx, which ticket.ID, solved time.Time, cause string) error {
	payload, err := json.Marshal(expiry{Ticket: which})
	if err != nil {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, job.Spec{
		Kind: ExpireJob, Payload: string(payload), Key: ExpireJob + ":" + cause, RunAt: s.patience(solved),
	})
}

// patience is when the time for confirming a solution is up.
func (s *Service) patience(solved time.Time) time.Time {
	return s.Calendar().AddDays(solved, int(s.Policy().ConfirmDays))
}

// expire looks again when it wakes: a confirmed, rejected or newly solved ticket is left alone.
func (s *Service) expire(ctx context.Context, j job.Job) error {
	var e expiry
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return job.Permanent(err)
	}
	t, err := s.tickets.Get(ctx, access.Desk(), ticket.Target{ID: e.Ticket})
	if err != nil {
		return err
	}
	due := s.patience(t.ResolvedAt)
	if t.Status != ticket.Resolved || !t.ConfirmedAt.IsZero() || !t.Detail.Expired.IsZero() {
		return nil
	}
	if due.After(s.clock.Now()) { // solved again since, or the policy became more patient
		return job.At(due, nil)
	}
	_, err = s.tickets.Do(ctx, access.Desk(), ticket.Target{ID: t.ID}, ticket.Expire{Resolutions: t.Detail.Resolutions})
	if errs.KindOf(err) == errs.Conflict {
		return nil
	}
	return err
}
