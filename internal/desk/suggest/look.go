// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// lookJob is the kind of the job that guesses for one ticket.
const lookJob = "suggest:look"

// reasonsShown bounds the words that are named with a guess.
const reasonsShown = 3

// mostAgain bounds the open tickets that are looked at again by new models.
const mostAgain = 200

// Listen takes part in the commits of the facts that ask for a guess, or decide about one.
func (s *Service) Listen() {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, _ event.Record, f ticket.Recorded) error {
		return s.queue(ctx, tx, f.Ticket)
	})
	hear[ticket.Classified](s, Category, ServiceLabel)
	hear[ticket.Assigned](s, Group)
	hear[ticket.HandedOver](s, Group)
	hear[ticket.Graded](s, Core, Affected, Halt)
	event.Within(s.Bus, s.ended)
}

func (s *Service) queue(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	id := strconv.FormatInt(int64(which), 10)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: lookJob, Payload: id, Key: lookJob + ":" + id})
}

// lookAgain lets the open tickets that nobody has graded be looked at by new models.
func (s *Service) lookAgain(ctx context.Context) error {
	page, err := s.Tickets.List(ctx, access.Desk(), ticket.Filter{View: ticket.Risk, Limit: mostAgain})
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range page.Tickets {
			if t.Graded && t.Category != 0 && t.Service != 0 && t.Group != 0 {
				continue
			}
			if err := s.queue(ctx, tx, t.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// company is how long a new ticket may wait for others before it is looked at, and atOnce how many
// are looked at in one run.
const (
	company = 300 * time.Millisecond
	atOnce  = 20
)

// look guesses for tickets, looks for the same matter, and saves what an administrator allowed.
func (s *Service) look(ctx context.Context, jobs []job.Job) error {
	var keys []ticket.ID
	for _, j := range jobs {
		id, err := strconv.ParseInt(j.Payload, 10, 64)
		if err != nil {
			return job.Permanent(fmt.Errorf("read job %d: %w", j.ID, err))
		}
		keys = append(keys, ticket.ID(id))
	}
	list, err := s.Tickets.FirstsOf(ctx, keys)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(t ticket.First) bool { return !t.Open() })
	if len(list) == 0 {
		return nil
	}
	var guesses []Offer
	for _, t := range list {
		more, err := s.guess(ctx, t)
		if err != nil {
			return err
		}
		guesses = append(guesses, more...)
	}
	same, err := s.findAlike(ctx, list)
	if err != nil {
		return err
	}
	solved, err := s.findSolved(ctx, list)
	if err != nil {
		return err
	}
	if err := s.offer(ctx, guesses, same, solved); err != nil {
		return err
	}
	for _, id := range keys {
		if !slices.ContainsFunc(guesses, func(o Offer) bool { return o.Ticket == id }) {
			continue
		}
		if err := s.apply(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// offer saves what was found for tickets, in one commit.
func (s *Service) offer(ctx context.Context, guesses []Offer, same []alikeRow, solved []solvedRow) error {
	if len(guesses) == 0 && len(same) == 0 && len(solved) == 0 {
		return nil
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		told := map[ticket.ID]bool{}
		for _, o := range guesses {
			told[o.Ticket] = true
			if err := putOffer(ctx, tx, o); err != nil {
				return err
			}
		}
		for _, a := range same {
			told[a.Ticket] = true
			if err := putAlike(ctx, tx, a, s.Clock.Now()); err != nil {
				return err
			}
		}
		for _, d := range solved {
			told[d.Ticket] = true
			if err := putSolved(ctx, tx, d, s.Clock.Now()); err != nil {
				return err
			}
		}
		if s.Hint != nil {
			for id := range told {
				s.Hint(tx, id)
			}
		}
		return nil
	})
}

// guess returns the offers for what the ticket does not say yet.
func (s *Service) guess(ctx context.Context, t ticket.First) ([]Offer, error) {
	models, err := s.inUse(ctx)
	if err != nil {
		return nil, err
	}
	var out []Offer
	for _, l := range Labels() {
		m, ok := models[l]
		if !ok {
			continue
		}
		if l != Group && l.of(t.Ticket) != "" {
			continue
		}
		list := m.model.Guesses(textOf(t), 1)
		if len(list) == 0 {
			continue
		}
		o := Offer{
			Ticket: t.ID, Label: l, Value: list[0].Label, Share: thousandths(list[0].Share), Sure: m.made.Sure, Version: m.made.Version, At: s.Clock.Now(),
		}
		if o.Share < offered || !s.holds(ctx, t.Ticket, o) {
			continue
		}
		o.Reasons = m.model.Explain(textOf(t), o.Value, reasonsShown)
		out = append(out, o)
	}
	return out, nil
}

// apply saves the guesses that an administrator allowed to be saved, with a fact that says so.
func (s *Service) apply(ctx context.Context, which ticket.ID) error {
	p, _, err := s.Policy(ctx)
	if err != nil || len(p.Apply) == 0 {
		return err
	}
	list, err := offers(ctx, s.DB, which)
	if err != nil {
		return err
	}
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: which})
	if err != nil {
		return err
	}
	cmd := ticket.Classify{Category: t.Category, Service: t.Service}
	var take []Offer
	for _, o := range list {
		if !p.applies(o) || o.Label.of(t) != "" || !s.holds(ctx, t, o) {
			continue
		}
		if o.Label == Category {
			cmd.Category = catalog.CategoryID(number(o.Value))
		} else {
			cmd.Service = catalog.ServiceID(number(o.Value))
		}
		take = append(take, o)
	}
	if len(take) == 0 {
		return nil
	}
	ready, err := s.Tickets.Ready(ctx, access.Desk(), cmd)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := ready.In(ctx, tx, ticket.Target{ID: t.ID, Version: t.Version}); err != nil {
			return err
		}
		for _, o := range take {
			o.Outcome = Applied
			if err := settleOffer(ctx, tx, o, now); err != nil {
				return err
			}
			f := WasApplied{Ticket: t.ID, Label: o.Label, Value: o.Value, Share: o.Share, Version: o.Version, Reasons: o.Reasons}
			if _, err := s.Bus.Record(ctx, tx, access.Desk().Meta(now), f); err != nil {
				return err
			}
		}
		return nil
	})
	switch errs.KindOf(err) {
	case errs.Stale, errs.Conflict: // a person was quicker, and their word counts
		return nil
	default:
		return err
	}
}
