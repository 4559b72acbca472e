// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Clock    clock.Clock
	Jobs     *job.Queue
	People   *person.Service
	Settings *setting.Service
	Tickets  *ticket.Service
	Keys     *secret.Keys
	// Relay is where browsers reach this node's relay, "host:port"; "" where there is none.
	Relay func() string
	// Hint tells open pages, within the commit, that something was said in a session of a ticket.
	Hint func(*db.Tx, ticket.ID)
	// Over hears, after the commit, that a session has ended: its relay closes at once. nil for nobody.
	Over func(ID)
}

// Service holds the commands and queries on remote help.
type Service struct{ Parts }

// NewService makes the room and takes charge of its jobs.
func NewService(p Parts) *Service {
	if p.Relay == nil {
		p.Relay = func() string { return "" }
	}
	if p.Hint == nil {
		p.Hint = func(*db.Tx, ticket.ID) {}
	}
	s := &Service{p}
	p.Jobs.Handle(WatchJob, s.watch)
	return s
}

// Policy returns the policy in force, and its version.
func (s *Service) Policy(ctx context.Context) (Policy, int64, error) {
	return setting.Load(ctx, s.Settings, PolicyName, Start())
}

// Side is whose part somebody plays in a share.
type Side string

// The sides.
const (
	Sharer Side = "requester" // whose screen it is
	Viewer Side = "agent"     // who looks
)

// sideOf says which side of a session somebody is on. Denied for anybody else who may read the
// ticket: a colleague is told who looks, and looks not; who takes part sees nothing.
func sideOf(by access.Actor, t ticket.Ticket, x Session) (Side, error) {
	if access.Can(by, access.TicketAnswer, t.Object()) == nil && int64(t.Requester) == by.ID {
		return Sharer, nil
	}
	if by.Staff() && by.Kind == access.Person && x.of(person.ID(by.ID)) {
		return Viewer, access.Can(by, access.TicketWork, t.Object())
	}
	if by.Staff() {
		return "", errs.New(errs.Denied, "remote.not_yours")
	}
	return "", errs.New(errs.Denied, "access.only_requester")
}

// find returns a session of a ticket and which side the actor is on.
func (s *Service) find(ctx context.Context, by access.Actor, on ticket.Target, which ID) (ticket.Ticket, Session, Side, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return t, Session{}, "", err
	}
	x, err := get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil || err == nil && x.Ticket != t.ID {
		return t, Session{}, "", errs.New(errs.NotFound, "remote.not_found")
	}
	if err != nil {
		return t, Session{}, "", err
	}
	side, err := sideOf(by, t, x)
	return t, x, side, err
}

// ForTicket returns the sessions of a ticket, newest first, to staff and to the requester.
func (s *Service) ForTicket(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Session, error) {
	if !by.Staff() || access.Can(by, access.TicketWork, t.Object()) != nil {
		if err := access.Can(by, access.TicketAnswer, t.Object()); err != nil {
			return nil, err
		}
	}
	return ofTicket(ctx, s.DB, t.ID, 50)
}

// OpenOn returns what is open on a ticket, for staff.
func (s *Service) OpenOn(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Session, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	return openOf(ctx, s.DB, t.ID)
}

// Share returns the newest share of a ticket, as its requester or staff see it; NotFound where
// there never was one.
func (s *Service) Share(ctx context.Context, by access.Actor, t ticket.Ticket) (Session, error) {
	list, err := s.ForTicket(ctx, by, t)
	if err != nil {
		return Session{}, err
	}
	for _, x := range list {
		if x.Way == Share {
			return x, nil
		}
	}
	return Session{}, errs.New(errs.NotFound, "remote.not_found")
}

// Open returns what is open on any ticket, oldest first, for staff.
func (s *Service) Open(ctx context.Context, by access.Actor) ([]Session, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	return open(ctx, s.DB, 200)
}

// change carries out an act on a session, in one commit with what it says on the ticket. edit may
// change the session further; fact says what is recorded, nil for nothing.
func (s *Service) change(ctx context.Context, by access.Actor, t ticket.Ticket, which ID, act Act, edit func(context.Context, *db.Tx, *Session) error, fact func(Session) ticket.RemoteFact) (Session, error) {
	ready, err := s.Tickets.Ready(ctx, by, ticket.NoteRemote{})
	if err != nil {
		return Session{}, err
	}
	p, _, err := s.Policy(ctx)
	if err != nil {
		return Session{}, err
	}
	var out Session
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = s.changeIn(ctx, tx, change{by, t.ID, which, act, edit, fact, p, ready})
		return err
	})
	return out, err
}

// change is what changeIn needs to know before the commit begins.
type change struct {
	by     access.Actor
	on     ticket.ID
	which  ID
	act    Act
	edit   func(context.Context, *db.Tx, *Session) error
	fact   func(Session) ticket.RemoteFact
	policy Policy
	ready  ticket.Ready
}

func (s *Service) changeIn(ctx context.Context, tx *db.Tx, c change) (Session, error) {
	t, err := s.Tickets.Lock(ctx, tx, c.on)
	if err != nil {
		return Session{}, err
	}
	if c.act == Close && t.Open() { // it was opened again before its end was heard of
		return Session{}, errs.New(errs.Conflict, "remote.not_now")
	}
	x, err := take(ctx, tx, c.which)
	if err != nil {
		return Session{}, err
	}
	if c.act != "" {
		if x, err = x.Do(c.act, s.Clock.Now(), person.ID(c.by.ID)); err != nil {
			return Session{}, err
		}
	}
	if c.edit != nil {
		if err := c.edit(ctx, tx, &x); err != nil {
			return Session{}, err
		}
	}
	if err := save(ctx, tx, x); err != nil {
		return Session{}, err
	}
	if !x.Open() {
		if err := forget(ctx, tx, x.ID); err != nil {
			return Session{}, err
		}
		if s.Over != nil {
			tx.AfterCommit(func() { s.Over(x.ID) })
		}
	} else if c.act != "" {
		if err := s.plan(ctx, tx, c.policy, x); err != nil {
			return Session{}, err
		}
	}
	s.Hint(tx, c.on)
	if f := c.fact(x); f != nil {
		_, err = c.ready.Remote(f).In(ctx, tx, ticket.Target{ID: c.on})
	}
	return x, err
}

// over is the fact that a session ended.
func over(x Session) ticket.RemoteFact {
	return ticket.RemoteEnded{
		Session: int64(x.ID), Way: string(x.Way), Tool: x.Tool, Started: !x.StartedAt.IsZero(), Reason: string(x.Reason), Outcome: string(x.Outcome), Note: x.Note,
		Seconds: int64(x.Took().Seconds()), Pictures: int(x.Kept),
	}
}
