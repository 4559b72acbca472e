// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"context"
	"errors"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	People  *person.Service
	Catalog *catalog.Desk
	Tickets *ticket.Service
}

// Service offers, gives and passes over.
type Service struct{ Parts }

// NewService makes the room.
func NewService(p Parts) *Service { return &Service{p} }

// errFull leaves a commit in which it turned out that there is no room for another ticket.
var errFull = errors.New("enough in work") //nolint:gochecknoglobals // a sentinel

// stretch is how many free tickets are read at once.
const stretch = 100

// Look returns the ticket that Take would give, and changes nothing.
func (s *Service) Look(ctx context.Context, by access.Actor) (Pick, error) {
	x, err := s.taker(ctx, by)
	if err != nil {
		return Pick{}, err
	}
	var p Pick
	if p.Why, err = s.room(ctx, s.DB, x); err != nil || p.Why.Full() {
		return p, err
	}
	err = s.each(ctx, by, x, &p.Why, func(t ticket.Ticket) (bool, error) {
		p.Ticket = t
		return false, nil
	})
	return p, err
}

// Take gives the actor the next ticket: a new one becomes theirs, one that somebody else answers
// for is theirs to work on. Where somebody else was quicker it is the one after it. The zero Ticket
// means that nothing is offered, and Why says why.
func (s *Service) Take(ctx context.Context, by access.Actor) (Pick, error) {
	x, err := s.taker(ctx, by)
	if err != nil {
		return Pick{}, err
	}
	var p Pick
	if p.Why, err = s.room(ctx, s.DB, x); err != nil || p.Why.Full() {
		return p, err
	}
	err = s.each(ctx, by, x, &p.Why, func(t ticket.Ticket) (bool, error) {
		got, err := s.take(ctx, by, x, t)
		switch {
		case errors.Is(err, errFull):
			p.Why, err = s.room(ctx, s.DB, x)
			return false, err
		case late(err):
			p.Why.Free--
			return true, nil
		}
		p.Ticket = got
		return false, err
	})
	return p, err
}

// TakeThis gives the actor the ticket that Look showed.
//
// Errors: Conflict where it is free no longer, or there is no room for it; Denied where the actor
// handed it over and the other team is to answer; NotFound.
func (s *Service) TakeThis(ctx context.Context, by access.Actor, number int64) (ticket.Ticket, error) {
	x, err := s.taker(ctx, by)
	if err != nil {
		return ticket.Ticket{}, err
	}
	t, err := s.Tickets.Get(ctx, by, ticket.Target{Number: number})
	if err != nil {
		return ticket.Ticket{}, err
	}
	if !free(t) {
		return ticket.Ticket{}, gone(t)
	}
	if t.HandedOverBy(x.person.ID) {
		return ticket.Ticket{}, ticket.ErrHandOverOwn
	}
	got, err := s.take(ctx, by, x, t)
	switch {
	case errors.Is(err, errFull):
		return ticket.Ticket{}, errs.New(errs.Conflict, "pull.full")
	case late(err):
		return ticket.Ticket{}, gone(t)
	}
	return got, err
}

func gone(t ticket.Ticket) error { return errs.New(errs.Conflict, "pull.gone", "Ref", t.Ref()) }

// free reports whether nobody works on a ticket and somebody could.
func free(t ticket.Ticket) bool {
	return t.Assignee == 0 && (t.Status == ticket.New || t.Status == ticket.Opened)
}

// take takes one ticket in one commit, as it was read.
func (s *Service) take(ctx context.Context, by access.Actor, x taker, t ticket.Ticket) (got ticket.Ticket, err error) {
	var cmd ticket.Command = ticket.Accept{}
	if t.Status == ticket.Opened {
		cmd = ticket.Assign{Assignee: x.person.ID}
	}
	ready, err := s.Tickets.Ready(ctx, by, cmd)
	if err != nil {
		return ticket.Ticket{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Tickets.Turn(ctx, tx, x.person.ID, x.now); err != nil {
			return err
		}
		w, err := s.room(ctx, tx, x)
		if err != nil {
			return err
		}
		if w.Full() {
			return errFull
		}
		got, err = ready.In(ctx, tx, ticket.Target{ID: t.ID, Version: t.Version})
		return err
	})
	return got, err
}

// late reports whether somebody else was quicker.
func late(err error) bool {
	switch errs.KindOf(err) {
	case errs.Conflict, errs.Stale, errs.NotFound:
		return err != nil
	default:
		return false
	}
}

// Pass passes a ticket over. It stays where it is, for everybody else.
//
// Errors: Invalid with the fields "reason" and "words"; Conflict where it is free no longer.
func (s *Service) Pass(ctx context.Context, by access.Actor, number int64, why Reason, words string) error {
	x, err := s.taker(ctx, by)
	if err != nil {
		return err
	}
	if words, err = check(why, words); err != nil {
		return err
	}
	t, err := s.Tickets.Get(ctx, by, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	if !free(t) {
		return gone(t)
	}
	f := Skipped{Ticket: t.ID, Person: x.person.ID, Reason: why, Words: words}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := skip(ctx, tx, f, x.now, x.now.Add(Rest)); err != nil {
			return err
		}
		_, err := s.Bus.Record(ctx, tx, by.Meta(x.now), f)
		return err
	})
}

// taker gathers what decides about the tickets of an actor: a person who works for the desk.
func (s *Service) taker(ctx context.Context, by access.Actor) (taker, error) {
	if err := access.Can(by, access.TicketWork, access.Object{}); err != nil {
		return taker{}, err
	}
	if by.Kind != access.Person {
		return taker{}, errs.New(errs.Denied, "access.denied")
	}
	x := taker{person: s.People.Card(ctx, person.ID(by.ID)), now: s.Clock.Now()}
	x.groups = s.People.GroupsInUse(ctx, x.person.ID)
	x.inUse = func(g person.GroupID) bool { return s.People.Group(ctx, g).Active }
	var err error
	x.skipped, err = skipped(ctx, s.DB, x.person.ID, x.now)
	return x, err
}

// room says how much the taker has in work, and how much they may.
func (s *Service) room(ctx context.Context, q db.Querier, x taker) (w Why, err error) {
	w.Limit = s.People.LimitOf(ctx, x.person)
	w.InWork, err = s.Tickets.InWork(ctx, q, x.person.ID)
	return w, err
}

// each gives the free tickets that suit the taker to fn, the greatest risk first, until fn has
// had enough.
func (s *Service) each(ctx context.Context, by access.Actor, x taker, w *Why, fn func(ticket.Ticket) (more bool, err error)) error {
	f := ticket.Filter{View: ticket.Risk, Free: true, Limit: stretch}
	for {
		page, err := s.Tickets.List(ctx, by, f)
		if err != nil {
			return err
		}
		for _, t := range page.Tickets {
			if !x.suits(t, s.Catalog.Skills(ctx, t.Category, t.Service), w) {
				continue
			}
			if own, err := s.sent(ctx, by, x, t); err != nil {
				return err
			} else if own {
				w.Own++
				continue
			}
			if more, err := fn(t); err != nil || !more {
				return err
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return nil
		}
	}
}

// sent reports whether the taker handed a ticket over and the other team is to answer: they are not
// given it, which would count as that answer (N28). Lists do not know, so the ticket is read whole.
func (s *Service) sent(ctx context.Context, by access.Actor, x taker, t ticket.Ticket) (bool, error) {
	if t.Status != ticket.Opened {
		return false, nil
	}
	t, err := s.Tickets.Get(ctx, by, ticket.Target{ID: t.ID})
	return t.HandedOverBy(x.person.ID), err
}
