// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"context"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const (
	// batch is how many tickets are looked at in one commit: enough to be quick in a storm, few
	// enough that a page which writes waits for milliseconds.
	batch = 25
	// poll is how long a moment may be over before it is seen, where another node planned it.
	poll = time.Second
	// patience is how long a ticket rests at which looking failed, so that it holds up no other.
	patience = 5 * time.Minute
	// breath is the least that lies between two looks where the last one found less than a batch.
	breath = 50 * time.Millisecond
	// rest lies between two full batches, in which others write.
	rest = 2 * time.Millisecond
)

// Run looks at tickets when their time comes, until ctx ends. Every node runs it: the rows
// keep them apart.
func (s *Service) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := s.Round(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.Log.ErrorContext(ctx, "escalations could not be looked at", "error", err)
			s.wait(ctx, poll)
		case n == batch:
			s.storm(ctx)
		default:
			s.wait(ctx, s.sleep(ctx))
		}
	}
	return nil
}

// lanes is how many batches are looked at side by side in a storm, where the database lets
// several commits be under way: most of a commit is waiting for its answers. SQLite has one
// writer, and one lane.
const lanes = 4

// storm looks at full batches until there are none. What one lane holds the others pass over.
func (s *Service) storm(ctx context.Context) {
	n := 1
	if s.DB.Engine() == db.Postgres {
		n = lanes
	}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				s.wait(ctx, rest)
				if n, err := s.Round(ctx); err != nil || n < batch { // Run looks again, and says what failed
					return
				}
			}
		})
	}
	wg.Wait()
}

func (s *Service) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	var wake <-chan struct{}
	if d > rest {
		wake = s.wake
	}
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// sleep is how long there is nothing to do here: until the first moment, a second at most.
func (s *Service) sleep(ctx context.Context) time.Duration {
	list, err := soonest(ctx, s.DB)
	if err != nil || len(list) == 0 {
		return poll
	}
	return min(max(list[0].Sub(s.Clock.Now()), breath), poll)
}

// RunDue looks at everything that is due until nothing is, and returns at how many tickets it
// looked. It is for tests and for whoever moves a clock by hand.
func (s *Service) RunDue(ctx context.Context) (int, error) {
	for total := 0; ; {
		n, err := s.Round(ctx)
		if total += n; err != nil || n == 0 {
			return total, err
		}
	}
}

// Round looks at one batch of the tickets whose time has come. A clock that jumped is not
// believed at once.
func (s *Service) Round(ctx context.Context) (int, error) {
	now := s.Clock.Now()
	sure, err := s.trusts(ctx, now)
	if err != nil {
		return 0, err
	}
	if !sure {
		s.Log.WarnContext(ctx, "the clock jumped; nothing is escalated until it has kept its word", "now", now)
		return 0, nil
	}
	waiting, err := due(ctx, s.DB, now, 1)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	plan := s.Plan()
	who, err := s.cast(ctx, plan, now)
	if err != nil {
		return 0, err
	}
	v := visit{s, plan, who, now}
	n := 0
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := claim(ctx, tx, now, batch)
		n = len(list)
		return v.all(ctx, tx, list, err)
	})
	if err == nil || ctx.Err() != nil {
		return n, err
	}
	return v.oneByOne(ctx, err)
}

// visit is one look at some tickets.
type visit struct {
	*Service
	plan Plan
	who  cast
	now  time.Time
}

func (v visit) all(ctx context.Context, tx *db.Tx, list []ticket.ID, err error) error {
	for _, which := range list {
		if err != nil {
			return err
		}
		err = v.one(ctx, tx, which)
	}
	return err
}

// oneByOne finds the ticket at which looking fails and lets it rest.
func (v visit) oneByOne(ctx context.Context, cause error) (int, error) {
	list, err := due(ctx, v.DB, v.now, batch)
	if err != nil {
		return 0, cause
	}
	n := 0
	for _, which := range list {
		err := v.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			mine, err := claimOne(ctx, tx, which, v.now)
			return v.all(ctx, tx, mine, err)
		})
		if err == nil {
			n++
			continue
		}
		if ctx.Err() != nil {
			return n, err
		}
		v.Log.ErrorContext(ctx, "a ticket cannot be escalated and is tried again later", "ticket", which, "error", err)
		if err := v.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return look(ctx, tx, which, v.now.Add(patience), v.now.Add(patience))
		}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// one looks at a ticket whose row this commit holds.
func (v visit) one(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	t, err := v.Tickets.GetIn(ctx, tx, which)
	if errs.KindOf(err) == errs.NotFound {
		return leave(ctx, tx, which)
	}
	if err != nil {
		return err
	}
	old, err := pasts(ctx, tx, which)
	if err != nil {
		return err
	}
	done := make(map[key]bool, len(old))
	for _, p := range old {
		done[p.key] = true
	}
	scene, err := v.Scene(ctx, tx, t)
	if err != nil {
		return err
	}
	list := v.plan.Moments(scene)
	j := judge(list, done, v.now)
	for _, m := range j.pass {
		if _, err := once(ctx, tx, which, m, false, v.now); err != nil {
			return err
		}
	}
	alert := standing(scene, old)
	for _, m := range j.raise {
		id, err := v.raise(ctx, tx, t, m, j)
		if err != nil {
			return err
		}
		if id != 0 {
			alert = Alert{ID: id, Clock: m.Clock.Name, Due: m.Clock.Due, At: v.now}
		}
	}
	if j.next.IsZero() {
		j.next = ticket.Never
		if alert.Clock == "" {
			return leave(ctx, tx, which)
		}
	}
	return settle(ctx, tx, which, j.next, alert)
}

// standing is the alert of what was raised before, while its clock still runs.
func standing(s Scene, old []past) (out Alert) {
	for _, p := range old {
		for _, c := range s.Clocks {
			if c.Running && p.raised && c.Run == p.run {
				out = Alert{ID: p.id, Clock: c.Name, Due: c.Due, At: p.at}
			}
		}
	}
	return out
}

// raise tells people of a moment: the row that makes it one, the fact, and with it the jobs
// of those who carry it. 0 where it was raised before.
func (v visit) raise(ctx context.Context, tx *db.Tx, t ticket.Ticket, m Moment, j judged) (int64, error) {
	ids, err := once(ctx, tx, t.ID, m, true, v.now)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	f := Raised{
		Ticket: t.ID, Clock: m.Clock.Name, Run: m.Clock.Run, Step: m.Step.ID, Percent: m.Step.Percent, Minutes: m.Step.Minutes,
		Due: m.Clock.Due, Moment: m.At, By: m.Step.By,
	}
	for _, p := range j.pass {
		if p.Clock.Run == m.Clock.Run {
			f.Passed++
		}
	}
	f.Told, f.Gap = v.who.told(m.Step, v.rota(), t)
	if _, err := v.Bus.Record(ctx, tx, access.Desk().Meta(v.now), f); err != nil {
		return 0, err
	}
	if !m.Step.tells(OnPage) {
		return ids[0], nil
	}
	for _, x := range f.Told {
		if err := notice(ctx, tx, ids[0], t.ID, x.Person); err != nil {
			return 0, err
		}
	}
	return ids[0], nil
}
