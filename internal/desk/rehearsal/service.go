// SPDX-License-Identifier: Apache-2.0

package rehearsal

import (
	"context"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Job is the kind of the job that judges.
const Job = "rehearsal:judge"

// Bounds of a rehearsal.
const (
	MaxMonths   = 24
	atOnce      = 100 // tickets judged between two looks at whether it goes on
	mostChanges = 200 // tickets that are kept and listed; all are counted
	mostRuns    = 20  // that are listed
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Jobs    *job.Queue
	Clocks  *sla.Service
	Norm    *norm.Service
	Reports *report.Service
	Scores  *score.Service
	// Elapsed is how much time really passes, for the speed; nil for by the clock.
	Elapsed func() time.Duration
}

// Service rehearses.
type Service struct{ Parts }

// NewService makes the room.
func NewService(p Parts) *Service {
	s := &Service{p}
	if s.Elapsed == nil {
		s.Elapsed = func() time.Duration { return time.Duration(p.Clock.Now().UnixNano()) }
	}
	p.Jobs.Handle(Job, s.judge, job.Timeout(time.Hour), job.Limit(1))
	return s
}

// Ended records what a rehearsal came to, or that somebody stopped it.
type Ended struct {
	Run     ID
	State   State
	Done    int64
	Changed int64
}

// EventName is "rehearsal.ended".
func (Ended) EventName() string { return "rehearsal.ended" }

// EventSubject is the rehearsal.
func (f Ended) EventSubject() int64 { return int64(f.Run) }

// Start begins to judge the tickets that were closed in the last months by what is tried. One runs at a
// time.
//
// Errors: Invalid in "months", "kind", "pack", "policy"; Denied; Conflict while another one runs.
func (s *Service) Start(ctx context.Context, by access.Actor, kind Kind, body string, months int) (ID, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return 0, err
	}
	if months < 1 || months > MaxMonths {
		return 0, errs.Field("months", "rehearsal.months", "Max", MaxMonths)
	}
	if _, err := candidate(kind, body, s.inForce(), s.Clocks.Trial); err != nil {
		return 0, err
	}
	if err := s.Reports.Follow(ctx); err != nil {
		return 0, err
	}
	now := s.Clock.Now()
	r := Run{Kind: kind, Body: body, Months: months, From: now.AddDate(0, -months, 0), State: Running, By: person.ID(by.ID), Started: now}
	var err error
	if r.Total, err = s.Scores.Many(ctx, r.From); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if n, err := running(ctx, tx); err != nil || n > 0 {
			if err == nil {
				err = errs.New(errs.Conflict, "rehearsal.one_runs")
			}
			return err
		}
		if r.ID, err = insert(ctx, tx, r); err != nil {
			return err
		}
		// The key is the run's: the job of one that was stopped may wait still.
		n := strconv.FormatInt(int64(r.ID), 10)
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: Job, Payload: n, Key: Job + ":" + n, RunAt: now})
	})
	return r.ID, err
}

func (s *Service) inForce() side { return side{s.Norm.Pack(), s.Clocks.Rulebook()} }

// judge goes on with a rehearsal until everything is judged or somebody stops it.
func (s *Service) judge(ctx context.Context, j job.Job) error {
	which, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	for {
		more, err := s.step(ctx, ID(which))
		if err != nil || !more {
			return err
		}
	}
}

// step judges a batch and keeps what it came to, with how far it is, in one commit.
func (s *Service) step(ctx context.Context, which ID) (more bool, err error) {
	r, err := one(ctx, s.DB, which)
	if err != nil || r.State != Running {
		return false, err
	}
	began, found := s.Elapsed(), r.Done
	was := s.inForce()
	now, err := candidate(r.Kind, r.Body, was, s.Clocks.Trial)
	if err != nil {
		return false, s.fail(ctx, r, err) // a calendar that it counts by is gone since
	}
	keys, err := s.Scores.Closed(ctx, r.From, r.last, atOnce)
	if err != nil {
		return false, err
	}
	tallies := map[string]*Tally{}
	var changes []Change
	if len(keys) > 0 {
		records, err := s.Bus.ListOf(ctx, s.DB.Long(), "ticket", keys)
		if err != nil {
			return false, err
		}
		for len(records) > 0 {
			n := 1
			for n < len(records) && records[n].Subject == records[0].Subject {
				n++
			}
			told, err := report.Read(records[:n])
			if err != nil {
				return false, err
			}
			if what := compare(told, was, now, s.Clock.Now(), tallies); what != "" {
				changes = append(changes, Change{ticket.ID(records[0].Subject), what})
			}
			records = records[n:]
		}
		r.last = ticket.ID(keys[len(keys)-1])
	}
	r.Done += int64(len(keys))
	r.Worked += s.Elapsed() - began
	if len(keys) < atOnce {
		r.State, r.Ended = Done, s.Clock.Now()
	}
	return r.State == Running, s.keep(ctx, found, r, tallies, changes)
}

// fail ends a run that cannot go on, and says why to the queue.
func (s *Service) fail(ctx context.Context, r Run, cause error) error {
	now := s.Clock.Now()
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := stop(ctx, tx, r.ID, Failed, now)
		if err != nil || n == 0 {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, access.Desk().Meta(now), Ended{r.ID, Failed, r.Done, r.Changed})
		return err
	})
	if err != nil {
		return err
	}
	return job.Permanent(cause)
}

// keep stores a batch of a run that was found at so many. Where somebody stopped it or went on with
// it meanwhile nothing of the batch is kept.
func (s *Service) keep(ctx context.Context, found int64, r Run, tallies map[string]*Tally, changes []Change) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r := r // a commit that is tried again begins where this one did
		room := mostChanges - r.Changed
		r.Changed += int64(len(changes))
		if n, err := move(ctx, tx, found, r); err != nil || n == 0 {
			return err
		}
		for _, t := range tallies {
			if err := addTally(ctx, tx, r.ID, *t); err != nil {
				return err
			}
		}
		for i, c := range changes {
			if int64(i) >= room {
				break
			}
			if err := addChange(ctx, tx, r.ID, c); err != nil {
				return err
			}
		}
		if r.State == Done {
			_, err := s.Bus.Record(ctx, tx, access.Desk().Meta(r.Ended), Ended{r.ID, Done, r.Done, r.Changed})
			return err
		}
		return nil
	})
}

// Cancel stops a rehearsal; what was judged until then stays. One that has ended stays as it is.
//
// Errors: Denied, NotFound.
func (s *Service) Cancel(ctx context.Context, by access.Actor, which ID) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	r, err := one(ctx, s.DB, which)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := stop(ctx, tx, which, Cancelled, now)
		if err != nil || n == 0 {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(now), Ended{which, Cancelled, r.Done, r.Changed})
		return err
	})
}

// Get returns a rehearsal with what it came to so far.
//
// Errors: Denied, NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Run, []Tally, []Change, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Run{}, nil, nil, err
	}
	r, err := one(ctx, s.DB, which)
	if err != nil {
		return r, nil, nil, err
	}
	list, err := tallies(ctx, s.DB, which)
	if err != nil {
		return r, nil, nil, err
	}
	changed, err := changes(ctx, s.DB, which)
	return r, list, changed, err
}

// List returns the last rehearsals, the newest first.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Run, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return runs(ctx, s.DB)
}
