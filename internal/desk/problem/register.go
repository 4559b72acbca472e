// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Improvements returns the register, what stands open and is due first on top. Leads see all;
// whoever is no lead sees those that are theirs, and those of problems.
func (s *Service) Improvements(ctx context.Context, by access.Actor) ([]Improvement, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	list, err := improvements(ctx, s.DB, 300)
	if err != nil || may(by, access.ProblemWork) == nil {
		return list, err
	}
	var out []Improvement
	for _, i := range list {
		if readable(by, i) {
			out = append(out, i)
		}
	}
	return out, nil
}

// readable reports whether somebody who is no lead sees an improvement.
func readable(by access.Actor, i Improvement) bool {
	return i.Problem != 0 || int64(i.Owner) == by.ID || may(by, access.ProblemWork) == nil
}

// Improvement returns one entry.
func (s *Service) Improvement(ctx context.Context, by access.Actor, which ImprovementID) (Improvement, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return Improvement{}, err
	}
	i, err := improvement(ctx, s.DB, which)
	if err == nil && !readable(by, i) {
		err = errs.New(errs.NotFound, "problem.improvement_not_found")
	}
	return i, gone(err, "problem.improvement_not_found")
}

// ImprovementsOf returns those of a problem.
func (s *Service) ImprovementsOf(ctx context.Context, by access.Actor, of ID) ([]Improvement, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	return improvementsOf(ctx, s.DB, of)
}

// Improve adds an entry to the register. Leads decide that.
func (s *Service) Improve(ctx context.Context, by access.Actor, p Plan) (Improvement, error) {
	if err := may(by, access.ProblemWork); err != nil {
		return Improvement{}, err
	}
	if err := s.checkPlan(ctx, &p, 0); err != nil {
		return Improvement{}, err
	}
	var i Improvement
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		i, err = s.improve(ctx, tx, by, p)
		return err
	})
	if err != nil {
		return i, references(err)
	}
	return i, s.count(ctx, &i)
}

func (s *Service) checkPlan(ctx context.Context, p *Plan, was person.ID) error {
	if err := p.clean(); err != nil {
		return err
	}
	return s.owner(ctx, p.Owner, was)
}

func (s *Service) improve(ctx context.Context, tx *db.Tx, by access.Actor, p Plan) (Improvement, error) {
	i := Improvement{Version: 1, Plan: p, State: Planned, MadeAt: s.Clock.Now(), MadeBy: person.ID(by.ID)}
	var err error
	if i.ID, err = insertImprovement(ctx, tx, i); err != nil {
		return i, err
	}
	_, err = s.Bus.Record(ctx, tx, by.Meta(i.MadeAt), Improved{i})
	return i, err
}

// SaveImprovement changes an entry: leads everything, whoever it belongs to how far it is.
// version is the one that was seen; 0 skips the check. What is dropped needs a reason.
func (s *Service) SaveImprovement(ctx context.Context, by access.Actor, which ImprovementID, version int64, p Plan, to Progress, reason string) (Improvement, error) {
	if err := may(by, access.ProblemLink); err != nil {
		return Improvement{}, err
	}
	was, err := s.Improvement(ctx, by, which)
	if err != nil {
		return Improvement{}, err
	}
	if err := s.checkPlan(ctx, &p, was.Owner); err != nil {
		return Improvement{}, err
	}
	if reason = prose(reason); to == Dropped && reason == "" {
		return Improvement{}, errs.Field("reason", "problem.reason_length")
	}
	switch to {
	case Planned, Doing, Done, Dropped:
	default:
		return Improvement{}, errs.Field("state", "problem.state_unknown")
	}
	var i Improvement
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if i, err = takeImprovement(ctx, tx, which); err != nil {
			return gone(err, "problem.improvement_not_found")
		}
		lead := may(by, access.ProblemWork) == nil
		if !lead && (i.Owner == 0 || int64(i.Owner) != by.ID) {
			return errs.New(errs.Denied, "problem.improvement_denied")
		}
		if err := stale(version, i.Version); err != nil {
			return err
		}
		if lead {
			i.Plan = p
		}
		now := s.Clock.Now()
		if to == Done && i.State != Done {
			i.DoneAt = now
		} else if to != Done {
			i.DoneAt = time.Time{}
		}
		i.State, i.Reason = to, ""
		if to == Dropped {
			i.Reason = reason
		}
		if err := saveImprovement(ctx, tx, i); err != nil {
			return err
		}
		if err := dueStill(ctx, tx, i, now); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(now), Improved{i})
		return err
	})
	if err != nil {
		return i, references(err)
	}
	return i, s.count(ctx, &i)
}

// count counts the effect of one improvement at once.
func (s *Service) count(ctx context.Context, i *Improvement) error {
	around := s.Clock.Now()
	if i.State == Done {
		around = i.DoneAt
	}
	list, err := s.history(ctx, around.Add(-EffectWeeks*7*24*time.Hour))
	if err != nil {
		return err
	}
	return s.countIn(ctx, i, list)
}

// countIn counts the effect of an improvement in tickets that were read.
func (s *Service) countIn(ctx context.Context, i *Improvement, list []ticket.First) error {
	if !i.Measured() || i.State == Dropped {
		return nil
	}
	sift, err := s.sieve(ctx, *i, list)
	if err != nil {
		return err
	}
	now, around := s.Clock.Now(), s.Clock.Now()
	if i.State == Done {
		around = i.DoneAt
	}
	i.Effect, i.CountedAt = effect(list, around, now, i.State == Done, sift.holds), now
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return saveEffect(ctx, tx, *i) })
}

// recount counts the effects that can still change: what is not done, or was done within the
// weeks that are counted.
func (s *Service) recount(ctx context.Context, list []ticket.First) error {
	all, err := improvements(ctx, s.DB, 1000)
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.State == Done && i.DoneAt.Before(s.Clock.Now().Add(-(EffectWeeks*7+1)*24*time.Hour)) {
			continue
		}
		if err := s.countIn(ctx, &i, list); err != nil {
			return err
		}
	}
	return nil
}

// sieve is what an improvement counts. Of a problem without a filter those tickets count that
// belong to it, and those whose words are like those of one that does.
func (s *Service) sieve(ctx context.Context, i Improvement, list []ticket.First) (sieve, error) {
	out := sieve{service: i.Service}
	for _, w := range i.Words {
		out.words = append(out.words, strings.ToLower(w))
	}
	if i.Category != 0 {
		all, err := s.Catalog.Categories(ctx)
		if err != nil {
			return out, err
		}
		out.categories = below(all, i.Category)
	}
	if i.Problem == 0 {
		return out, nil
	}
	own, err := links(ctx, s.DB, i.Problem, maxLinks)
	if err != nil {
		return out, err
	}
	out.linked = map[ticket.ID]bool{}
	for _, l := range own {
		out.linked[l.Ticket] = true
	}
	pool := model.NewPool()
	for _, t := range list {
		pool.Add(int64(t.ID), textOf(t))
	}
	out.alike = func(t ticket.First) bool {
		for _, m := range pool.Alike(int64(t.ID), textOf(t), 8, nil) {
			if out.linked[ticket.ID(m.Key)] && m.Share >= leastKnown {
				return true
			}
		}
		return false
	}
	return out, nil
}

// below are a category and all that lie under it.
func below(all []catalog.Category, top catalog.CategoryID) map[catalog.CategoryID]bool {
	out := map[catalog.CategoryID]bool{top: true}
	for range len(all) {
		before := len(out)
		for _, c := range all {
			if out[c.Parent] {
				out[c.ID] = true
			}
		}
		if len(out) == before {
			break
		}
	}
	return out
}
