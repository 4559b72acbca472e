// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"math"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Filter narrows the list of problems.
type Filter struct {
	States []State // every state where empty
	Before ID      // older ones; 0 for the newest
	Limit  int     // 1–200, 50 where 0
}

// List returns problems, the newest first. Staff only.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter) ([]Problem, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	if len(f.States) == 0 {
		f.States = States()
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	if f.Before <= 0 {
		f.Before = math.MaxInt64
	}
	return listed(ctx, s.DB, f.States, f.Before, f.Limit)
}

// Get returns a problem; NotFound where there is none.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Problem, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return Problem{}, err
	}
	p, err := get(ctx, s.DB, which)
	return p, gone(err, "problem.not_found")
}

// Tickets returns those tickets of a problem that the reader may see, the newest first.
func (s *Service) TicketsOf(ctx context.Context, by access.Actor, which ID) ([]ticket.Ticket, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	list, err := links(ctx, s.DB, which, 200)
	if err != nil {
		return nil, err
	}
	keys := make([]ticket.ID, len(list))
	for i, l := range list {
		keys[i] = l.Ticket
	}
	return s.readable(ctx, by, keys)
}

// readable are the tickets of these keys that somebody may see, in their order.
func (s *Service) readable(ctx context.Context, by access.Actor, keys []ticket.ID) ([]ticket.Ticket, error) {
	some, err := s.Tickets.Some(ctx, by, keys)
	if err != nil {
		return nil, err
	}
	out := make([]ticket.Ticket, 0, len(keys))
	for _, k := range keys {
		if t, ok := some[k]; ok && access.Can(by, access.TicketRead, t.Object()) == nil {
			out = append(out, t)
		}
	}
	return out, nil
}

// Records are the facts of a problem, the oldest first.
func (s *Service) Records(ctx context.Context, by access.Actor, which ID) ([]event.Record, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	return s.Bus.List(ctx, s.DB, "problem", int64(which), 0, 500)
}

// Behind returns the problems of a ticket. Whoever is no staff gets none.
func (s *Service) Behind(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Problem, error) {
	if may(by, access.ProblemRead) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	return behind(ctx, s.DB, t.ID)
}

// Open takes up a problem. Leads decide that there is one.
func (s *Service) Open(ctx context.Context, by access.Actor, d Draft, first ...ticket.ID) (Problem, error) {
	if err := may(by, access.ProblemWork); err != nil {
		return Problem{}, err
	}
	if err := s.check(ctx, &d, 0); err != nil {
		return Problem{}, err
	}
	var p Problem
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = s.open(ctx, tx, by, d, 0, first)
		return err
	})
	return p, references(err)
}

// check is about a problem whose owner was somebody.
func (s *Service) check(ctx context.Context, d *Draft, was person.ID) error {
	if err := d.clean(); err != nil {
		return err
	}
	return s.owner(ctx, d.Owner, was)
}

// open takes up a problem in a commit.
func (s *Service) open(ctx context.Context, tx *db.Tx, by access.Actor, d Draft, of CandidateID, first []ticket.ID) (Problem, error) {
	now := s.Clock.Now()
	p := Problem{Version: 1, State: Open, Draft: d, OpenedAt: now, OpenedBy: person.ID(by.ID), ChangedAt: now}
	var err error
	if p.ID, err = insert(ctx, tx, p); err != nil {
		return p, err
	}
	if _, err = s.Bus.Record(ctx, tx, by.Meta(now), Opened{p.ID, p.Title, of}); err != nil {
		return p, err
	}
	for _, k := range first {
		added, err := link(ctx, tx, Link{p.ID, k, person.ID(by.ID), now})
		if err != nil {
			return p, err
		}
		if added {
			p.Tickets++
			s.hint(tx, k)
		}
	}
	return p, nil
}

func (s *Service) hint(tx *db.Tx, which ticket.ID) {
	if s.Hint != nil {
		s.Hint(tx, which)
	}
}

// works asks whether somebody may work on a problem: leads, and its owner.
func works(by access.Actor, p Problem) error {
	if p.Owner != 0 && int64(p.Owner) == by.ID && by.Kind == access.Person {
		return may(by, access.ProblemLink)
	}
	return may(by, access.ProblemWork)
}

// MayWork reports whether somebody may change a problem.
func MayWork(by access.Actor, p Problem) bool { return works(by, p) == nil }

// Edit changes what is written about a problem. version is the one that was seen; 0 skips the check.
func (s *Service) Edit(ctx context.Context, by access.Actor, which ID, version int64, d Draft) (Problem, error) {
	if err := may(by, access.ProblemLink); err != nil {
		return Problem{}, err
	}
	was, err := s.Get(ctx, by, which)
	if err != nil {
		return Problem{}, err
	}
	if err := s.check(ctx, &d, was.Owner); err != nil {
		return Problem{}, err
	}
	return s.change(ctx, by, which, version, func(ctx context.Context, tx *db.Tx, p *Problem) error {
		fields := changed(p.Draft, d)
		if len(fields) == 0 {
			return nil
		}
		if p.Owner != d.Owner && may(by, access.ProblemWork) != nil {
			return errs.New(errs.Denied, "problem.owner_lead")
		}
		if p.State == Known && d.Workaround == "" && d.Reply == "" {
			return errs.Field("workaround", "problem.workaround_missing")
		}
		p.Draft = d
		_, err := s.Bus.Record(ctx, tx, by.Meta(p.ChangedAt), Edited{p.ID, fields, d})
		return err
	})
}

// changed names the fields in which two drafts differ.
func changed(a, b Draft) (out []string) {
	for _, x := range []struct {
		name string
		is   bool
	}{
		{"title", a.Title != b.Title},
		{"category", a.Category != b.Category},
		{"service", a.Service != b.Service},
		{"owner", a.Owner != b.Owner},
		{"cause", a.Cause != b.Cause},
		{"workaround", a.Workaround != b.Workaround},
		{"reply", a.Reply != b.Reply},
		{"fix", a.Fix != b.Fix},
	} {
		if x.is {
			out = append(out, x.name)
		}
	}
	return out
}

// change takes a problem, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, by access.Actor, which ID, version int64, fn func(context.Context, *db.Tx, *Problem) error) (Problem, error) {
	var p Problem
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = take(ctx, tx, which); err != nil {
			return gone(err, "problem.not_found")
		}
		if err = works(by, p); err != nil {
			return err
		}
		if err = stale(version, p.Version); err != nil {
			return err
		}
		p.ChangedAt = s.Clock.Now()
		if err = fn(ctx, tx, &p); err != nil {
			return err
		}
		if err = save(ctx, tx, p); err != nil {
			return err
		}
		p.Tickets, err = linksCount(ctx, tx, p.ID)
		return err
	})
	return p, references(err)
}

// Move brings a problem to another state. Whoever owns an open ticket of a problem that is
// resolved hears of it. Leads alone close and reopen.
func (s *Service) Move(ctx context.Context, by access.Actor, which ID, version int64, to State, note string) (Problem, error) {
	if err := may(by, access.ProblemLink); err != nil {
		return Problem{}, err
	}
	note = prose(note)
	return s.change(ctx, by, which, version, func(ctx context.Context, tx *db.Tx, p *Problem) error {
		if to == Closed || p.State.Reopens(to) {
			if err := may(by, access.ProblemWork); err != nil {
				return err
			}
		}
		if err := p.Move(to, note); err != nil {
			return err
		}
		from := p.State
		p.State = to
		switch to {
		case Known:
			p.KnownAt = p.ChangedAt
		case Resolved:
			p.ResolvedAt = p.ChangedAt
		case Closed:
			p.ClosedAt = p.ChangedAt
		case Open, Investigating:
		}
		if _, err := s.Bus.Record(ctx, tx, by.Meta(p.ChangedAt), Moved{p.ID, from, to, note}); err != nil || to != Resolved {
			return err
		}
		return s.tellOwners(ctx, tx, by, *p)
	})
}

// tellOwners records on each open ticket of a problem that it is resolved; the inbox hears that.
func (s *Service) tellOwners(ctx context.Context, tx *db.Tx, by access.Actor, p Problem) error {
	list, err := links(ctx, tx, p.ID, maxLinks)
	if err != nil {
		return err
	}
	for _, l := range list {
		t, err := s.Tickets.GetIn(ctx, tx, l.Ticket)
		if err != nil {
			return err
		}
		if !t.Open() {
			continue
		}
		if _, err := s.Bus.Record(ctx, tx, by.Meta(p.ChangedAt), TicketSolved{l.Ticket, p.ID, p.Title}); err != nil {
			return err
		}
	}
	return nil
}

// Link puts a ticket to a problem. A ticket that is there already stays.
func (s *Service) Link(ctx context.Context, by access.Actor, which ID, on ticket.Target) (ticket.Ticket, error) {
	return s.linking(ctx, by, which, on, func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
		return s.put(ctx, tx, by, which, t)
	})
}

func (s *Service) put(ctx context.Context, tx *db.Tx, by access.Actor, which ID, t ticket.Ticket) error {
	if n, err := linksCount(ctx, tx, which); err != nil || n >= maxLinks {
		if err == nil {
			err = errs.New(errs.Conflict, "problem.links_many", "Max", maxLinks)
		}
		return err
	}
	now := s.Clock.Now()
	added, err := link(ctx, tx, Link{which, t.ID, person.ID(by.ID), now})
	if err != nil || !added {
		return err
	}
	s.hint(tx, t.ID)
	_, err = s.Bus.Record(ctx, tx, by.Meta(now), LinkedTo{which, t.ID, t.Number})
	return err
}

// Unlink takes a ticket from a problem.
func (s *Service) Unlink(ctx context.Context, by access.Actor, which ID, on ticket.Target) (ticket.Ticket, error) {
	return s.linking(ctx, by, which, on, func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
		return s.take(ctx, tx, by, which, t)
	})
}

func (s *Service) take(ctx context.Context, tx *db.Tx, by access.Actor, which ID, t ticket.Ticket) error {
	removed, err := unlink(ctx, tx, which, t.ID)
	if err != nil || !removed {
		return err
	}
	s.hint(tx, t.ID)
	_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Unlinked{which, t.ID, t.Number})
	return err
}

// linking is a change of which tickets belong to a problem.
func (s *Service) linking(ctx context.Context, by access.Actor, which ID, on ticket.Target, fn func(context.Context, *db.Tx, ticket.Ticket) error) (ticket.Ticket, error) {
	if err := may(by, access.ProblemLink); err != nil {
		return ticket.Ticket{}, err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return t, err
	}
	return t, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := get(ctx, tx, which); err != nil {
			return gone(err, "problem.not_found")
		}
		return fn(ctx, tx, t)
	})
}
