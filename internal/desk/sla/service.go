// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Service holds the policy and the calendars in memory, plans deadlines, and ends the wait for a confirmation.
type Service struct {
	settings *setting.Service
	jobs     *job.Queue
	clock    clock.Clock
	shelf    atomic.Pointer[shelf]
	book     atomic.Pointer[Rulebook]
	making   sync.Mutex      // of a new rulebook
	register Register        // names and tree, guarded by making
	tickets  *ticket.Service // given by Serve; the ticket room is made with Plan before
	hooks    []Hook
}

// Hook is called for an open ticket within the commit that planned it again.
type Hook func(context.Context, *db.Tx, ticket.Ticket) error

// The kinds of job of this room.
const (
	ExpireJob = "sla:expire" // at its time it ends the wait for a confirmation
	RemindJob = "sla:remind" // at its time it asks the requester once more whether a solution works
	ReplanJob = "sla:replan" // after a new policy or calendar it plans the open tickets again
)

// lag is how long another node may go on planning by an old policy, at most.
const lag = 30 * time.Second

// NewService makes the room. Call Load before the first ticket and Serve before the jobs run.
func NewService(s *setting.Service, q *job.Queue, c clock.Clock) *Service {
	v := &Service{settings: s, jobs: q, clock: c}
	v.shelf.Store(&shelf{Shelf: &calendar.Shelf{}, version: -1})
	start := Standard()
	v.remake(&start, nil)
	return v
}

// Load reads the policy, the calendars and the names that rules speak of. It runs at start,
// after a change, and every quarter of a minute on nodes that did not make the change.
func (s *Service) Load(ctx context.Context) error {
	p, _, err := setting.Load(ctx, s.settings, PolicyName, Standard())
	if err != nil {
		return err
	}
	if err := s.loadCalendars(ctx); err != nil {
		return err
	}
	reg, err := s.readRegister(ctx)
	if err != nil {
		return err
	}
	s.remake(&p, &reg)
	return nil
}

func (s *Service) readRegister(ctx context.Context) (r Register, err error) {
	if s.tickets == nil {
		return r, nil
	}
	if r.Categories, err = s.tickets.Catalog.Categories(ctx); err != nil {
		return r, err
	}
	if r.Services, err = s.tickets.Catalog.Services(ctx); err != nil {
		return r, err
	}
	r.Groups, err = s.tickets.People.Groups(ctx)
	r.Read = err == nil
	return r, err
}

// SavePolicy stores a policy that was read at a version. Errors: Invalid with the fields to
// mend, also where a calendar or what a rule names is gone; Stale; Denied.
func (s *Service) SavePolicy(ctx context.Context, by access.Actor, p Policy, version int64) error {
	if err := s.Load(ctx); err != nil { // what rules may name is known within the commit
		return err
	}
	return setting.Save(ctx, s.settings, by, PolicyName, p, version)
}

// remake makes the policy ready with the calendars of now; a policy and names that are not given
// are those of before.
func (s *Service) remake(p *Policy, reg *Register) {
	s.making.Lock()
	defer s.making.Unlock()
	if p == nil {
		p = &s.book.Load().Policy
	}
	if reg != nil {
		s.register = *reg
	}
	s.book.Store(p.Open(s.shelf.Load().Get, s.register))
}

// Serve handles the timed jobs on the tickets.
func (s *Service) Serve(tickets *ticket.Service) {
	s.tickets = tickets
	s.jobs.Handle(ExpireJob, s.expire)
	s.jobs.Handle(RemindJob, s.remind)
	s.jobs.Handle(ReplanJob, s.replan, job.Timeout(time.Hour))
}

// Replanned registers what else is planned by the clocks of a ticket. It is called for every
// open ticket that was planned again, within that commit, and may be called again for the same.
// The assembly registers it before the jobs run.
func (s *Service) Replanned(fn Hook) { s.hooks = append(s.hooks, fn) }

// Policy returns the policy in force.
func (s *Service) Policy() Policy { return s.book.Load().Policy }

// Rulebook returns the policy in force with its calendars.
func (s *Service) Rulebook() *Rulebook { return s.book.Load() }

// Terms returns what holds for a ticket.
func (s *Service) Terms(t ticket.Ticket) Terms { return s.book.Load().Terms(t) }

// Plan is the planner of the ticket room.
func (s *Service) Plan(t ticket.Ticket) (time.Time, string) { return s.book.Load().Next(t) }

// Expect is what an acknowledgement tells: when a human will be in touch at the latest (N20).
// Where the policy names no time for it, that is the time by which it is solved.
func (s *Service) Expect(t ticket.Ticket) time.Time {
	x := s.Terms(t)
	goal := x.Target.Response
	if goal == None {
		goal = x.Target.Resolve
	}
	return x.calendar.Add(t.CreatedAt, minutes(goal))
}

// Running computes every clock of a ticket now, without the reasons. It asks no database and
// may be called within a commit.
func (s *Service) Running(t ticket.Ticket) []Clock {
	return s.Terms(t).muted().Clocks(t, s.clock.Now())
}

// One computes one clock of a ticket now, without the reasons; false where it has none of that name.
func (s *Service) One(name Name, t ticket.Ticket) (Clock, bool) {
	return s.book.Load().One(name, t, s.clock.Now())
}

// AfterWord is when the requester would be owed the next word if they got one now, by whatever
// holds for the ticket; false where none would be.
func (s *Service) AfterWord(t ticket.Ticket) (time.Time, bool) {
	said := ticket.Said{Of: ticket.Of{Ticket: t.ID}, Kind: ticket.Public, FirstResponse: t.FirstResponseAt.IsZero()}
	t = ticket.Apply(t, said, access.Desk().Meta(s.clock.Now()))
	c, ok := s.One(Update, t)
	return c.Due, ok && c.State != Paused
}

// Clocks computes the clocks of a ticket now, each explained to the day.
func (s *Service) Clocks(t ticket.Ticket) []Clock {
	return s.book.Load().Explain(t, s.clock.Now())
}

// Sketch reckons what each clock of a ticket that nobody recorded would be, from its CreatedAt
// on: for those who want to see what a policy does.
func (s *Service) Sketch(t ticket.Ticket) []Clock {
	x, now := s.Terms(t), s.clock.Now()
	t.FirstResponseAt, t.LastPublicAt, t.ResolvedAt = time.Time{}, t.CreatedAt, t.CreatedAt
	confirm, _ := x.confirm(t)
	list := []Clock{
		x.begin(Response, t.CreatedAt, "sla.why_recorded", minutes(x.Target.Response), "sla.why_target"),
		x.begin(Update, t.CreatedAt, "sla.why_last_word", minutes(x.Target.Update), "sla.why_cadence"),
		x.begin(Resolve, t.CreatedAt, "sla.why_recorded", minutes(x.Target.Resolve), "sla.why_target"),
		x.begin(Accept, t.CreatedAt, "sla.why_handed_over", minutes(x.Target.Accept), "sla.why_accept"),
		x.begin(Silence, t.CreatedAt, "sla.why_waits_since", minutes(x.Target.Silence), "sla.why_silence"),
		confirm,
	}
	list = slices.DeleteFunc(list, func(c Clock) bool { return x.Target.Of(c.Name) == None })
	for i, c := range list {
		list[i] = c.explained(now)
	}
	return list
}

// Trial opens a policy that is not in force, with the calendars and the register of the house, to try
// it on tickets. Invalid as for SavePolicy.
func (s *Service) Trial(p Policy) (*Rulebook, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := s.known(p); err != nil {
		return nil, err
	}
	s.making.Lock()
	defer s.making.Unlock()
	return p.Open(s.shelf.Load().Get, s.register), nil
}
