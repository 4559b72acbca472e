// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Wishes is everything that somebody has said about how they are told.
type Wishes struct {
	Rules  Rules // where there is none, Standard holds
	Reader Reader
}

// Wishes returns those of whoever asks. Staff only.
func (s *Service) Wishes(ctx context.Context, who access.Actor) (Wishes, error) {
	if err := may(who); err != nil {
		return Wishes{}, err
	}
	me := person.ID(who.ID)
	rules, err := rulesOf(ctx, s.DB, me)
	if err != nil {
		return Wishes{}, err
	}
	r, err := readerOf(ctx, s.DB, me)
	return Wishes{rules[me], r}, err
}

// SaveWishes stores them. Invalid with fields. What is on its way goes as it was begun.
func (s *Service) SaveWishes(ctx context.Context, who access.Actor, w Wishes) error {
	if err := may(who); err != nil {
		return err
	}
	if err := w.Rules.Check(); err != nil {
		return err
	}
	if err := w.Reader.Check(); err != nil {
		return err
	}
	me := person.ID(who.ID)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, k := range Kinds() {
			if rule, ok := w.Rules[k]; ok {
				if err := saveRule(ctx, tx, me, rule); err != nil {
					return err
				}
			}
		}
		return saveReader(ctx, tx, me, w.Reader)
	})
}

// OwnWishes returns which kinds somebody is told of their own requests.
func (s *Service) OwnWishes(ctx context.Context, who access.Actor) (map[Kind]bool, error) {
	if _, err := mine(who); err != nil {
		return nil, err
	}
	rules, err := rulesOf(ctx, s.DB, person.ID(who.ID))
	out := map[Kind]bool{}
	for _, k := range OwnKinds() {
		out[k] = rules[person.ID(who.ID)].Of(k).Page
	}
	return out, err
}

// SaveOwnWishes stores them. A solution that waits for their word is always told: without it the
// loop does not close (N35).
func (s *Service) SaveOwnWishes(ctx context.Context, who access.Actor, told map[Kind]bool) error {
	if _, err := mine(who); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, k := range OwnKinds() {
			r := Standard(k)
			r.Page = told[k] || k == Solution
			if err := saveRule(ctx, tx, person.ID(who.ID), r); err != nil {
				return err
			}
		}
		return nil
	})
}

// Wants reports whether somebody wants a letter about a single fact of a kind: at once, or in a
// summary but for a ticket on which nothing may wait.
func (s *Service) Wants(ctx context.Context, who person.ID, k Kind, t ticket.Ticket) (bool, error) {
	rules, err := rulesOf(ctx, s.DB, who)
	if err != nil {
		return false, err
	}
	mail := rules[who].Of(k).Mail
	return mail == AtOnce || mail == Digest && urgent(t), nil
}
