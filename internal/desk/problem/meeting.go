// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Reviews returns the reviews, the newest period first.
func (s *Service) Reviews(ctx context.Context, by access.Actor) ([]Review, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	return reviews(ctx, s.DB, 60)
}

// Review returns a review with what was decided. The agenda of a draft is made as of now. Of the
// improvements it holds those that the reader finds in the register.
func (s *Service) Review(ctx context.Context, by access.Actor, which ReviewID) (Review, []Decision, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return Review{}, nil, err
	}
	r, err := review(ctx, s.DB, which)
	if err != nil {
		return r, nil, gone(err, "problem.review_not_found")
	}
	if r.Draft() {
		if r.Agenda, err = s.agenda(ctx, r); err != nil {
			return r, nil, err
		}
	}
	list, err := decisions(ctx, s.DB, which)
	if err == nil {
		list, err = s.shown(ctx, by, &r.Agenda, list)
	}
	return r, list, err
}

// shown takes out of a review what its reader does not find in the register (S24): improvements that leads
// keep to themselves, what was decided about such a one, and that one came of a decision.
func (s *Service) shown(ctx context.Context, by access.Actor, a *Agenda, list []Decision) ([]Decision, error) {
	if may(by, access.ProblemWork) == nil {
		return list, nil
	}
	var named []ImprovementID
	for _, i := range slices.Concat(a.Overdue, a.Effects) {
		named = append(named, i.ID)
	}
	for _, d := range list {
		named = append(named, d.improvement(), d.made())
	}
	found, err := someImprovements(ctx, s.DB, named)
	if err != nil {
		return nil, err
	}
	hidden := func(which ImprovementID) bool {
		return which != 0 && !slices.ContainsFunc(found, func(i Improvement) bool { return i.ID == which && readable(by, i) })
	}
	unread := func(i Improvement) bool { return hidden(i.ID) }
	a.Overdue, a.Effects = slices.DeleteFunc(a.Overdue, unread), slices.DeleteFunc(a.Effects, unread)
	list = slices.DeleteFunc(list, func(d Decision) bool { return hidden(d.improvement()) })
	for i, d := range list {
		if hidden(d.made()) {
			list[i].Makes, list[i].Made = Nothing, 0
		}
	}
	return list, nil
}

// month is when the month began that runs at the desk.
func (s *Service) month(ctx context.Context) time.Time {
	now := s.Clock.Now().In(s.zone(ctx))
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
}

// ofMonth makes the draft of a month, or finds the review that it has, also where the desk went by another
// zone when that was made.
func (s *Service) ofMonth(ctx context.Context, tx *db.Tx, begin time.Time) (Review, error) {
	r := Review{Begin: begin.UTC(), End: begin.AddDate(0, 1, 0).UTC(), MadeAt: s.Clock.Now()}
	list, err := reviewsNear(ctx, tx, r.Begin, r.End)
	if err != nil {
		return r, err
	}
	if len(list) > 0 {
		return list[0], nil
	}
	which, err := insertReview(ctx, tx, r)
	if err != nil {
		return r, err
	}
	return review(ctx, tx, which)
}

// draftReview sees that there is a draft of the month that ended last, and tells the leads, each once, that it
// waits to be held, whoever made it.
func (s *Service) draftReview(ctx context.Context) error {
	begin := s.month(ctx).AddDate(0, -1, 0)
	leads, err := s.leads(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.ofMonth(ctx, tx, begin)
		if err != nil || !r.Draft() || r.Runs(s.Clock.Now()) {
			return err
		}
		for _, who := range leads {
			if err := tell(ctx, tx, who, NoticeReview, int64(r.ID), s.Clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// leads are the people who hold reviews.
func (s *Service) leads(ctx context.Context) ([]person.ID, error) {
	staff, err := s.People.Staff(ctx)
	if err != nil {
		return nil, err
	}
	var out []person.ID
	for _, p := range staff {
		if p.Active && p.Role == access.Lead {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// Call makes the draft of a review of a period, or returns the one that begins then. Leads alone.
func (s *Service) Call(ctx context.Context, by access.Actor, begin, end time.Time) (ReviewID, error) {
	if err := may(by, access.ProblemWork); err != nil {
		return 0, err
	}
	if !begin.Before(end) || end.Sub(begin) > 366*24*time.Hour {
		return 0, errs.Field("end", "problem.period_wrong")
	}
	var which ReviewID
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		which, err = insertReview(ctx, tx, Review{Begin: begin, End: end, MadeAt: s.Clock.Now()})
		return err
	})
	return which, err
}

// CallMonth makes the draft of a review of the month that runs at the desk, or returns the one that it has.
// Leads alone.
func (s *Service) CallMonth(ctx context.Context, by access.Actor) (ReviewID, error) {
	if err := may(by, access.ProblemWork); err != nil {
		return 0, err
	}
	var r Review
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = s.ofMonth(ctx, tx, s.month(ctx))
		return err
	})
	return r.ID, err
}

// Decide records a decision of a review; an improvement or a problem comes of it where it is
// wanted. Leads alone, and only before the review was closed.
func (s *Service) Decide(ctx context.Context, by access.Actor, which ReviewID, d Decision) (Decision, error) {
	if err := may(by, access.ProblemWork); err != nil {
		return d, err
	}
	if err := d.clean(); err != nil {
		return d, err
	}
	if err := s.owner(ctx, d.Owner, 0); err != nil {
		return d, err
	}
	d.Review, d.By, d.At = which, person.ID(by.ID), s.Clock.Now()
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := takeReview(ctx, tx, which)
		if err != nil {
			return gone(err, "problem.review_not_found")
		}
		if !r.Draft() {
			return errs.New(errs.Conflict, "problem.review_held")
		}
		switch d.Makes {
		case MakeImprovement:
			i, err := s.improve(ctx, tx, by, s.planOf(d))
			if err != nil {
				return err
			}
			d.Made = int64(i.ID)
		case MakeProblem:
			p, err := s.open(ctx, tx, by, Draft{Title: d.title(), Owner: d.Owner}, 0, nil)
			if err != nil {
				return err
			}
			d.Made = int64(p.ID)
		case Nothing:
		}
		if d.ID, err = insertDecision(ctx, tx, d); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(d.At), Resolution{d})
		return err
	})
	return d, references(err)
}

// planOf is the improvement that a decision makes: about the problem or the category that the
// item was about.
func (s *Service) planOf(d Decision) Plan {
	p := Plan{Title: d.title(), Why: d.About, Owner: d.Owner, Due: d.Due}
	if p.Why == "" {
		p.Why = d.Text
	}
	p.Problem, p.Category = d.subject()
	return p
}

// Hold closes a review: its agenda is kept as it is now, and nothing changes any more; therefore not before
// its period is over. version is the one that was seen; 0 skips the check.
func (s *Service) Hold(ctx context.Context, by access.Actor, which ReviewID, version int64) error {
	if err := may(by, access.ProblemWork); err != nil {
		return err
	}
	r, err := review(ctx, s.DB, which)
	if err != nil {
		return gone(err, "problem.review_not_found")
	}
	if !r.Draft() {
		return errs.New(errs.Conflict, "problem.review_held")
	}
	if r.Runs(s.Clock.Now()) {
		return errs.New(errs.Conflict, "problem.review_runs", "Day", r.End.In(s.zone(ctx)).Format(time.DateOnly))
	}
	agenda, err := s.agenda(ctx, r)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := takeReview(ctx, tx, which)
		if err != nil {
			return gone(err, "problem.review_not_found")
		}
		if !r.Draft() {
			return errs.New(errs.Conflict, "problem.review_held")
		}
		if err := stale(version, r.Version); err != nil {
			return err
		}
		r.HeldAt, r.HeldBy, r.Agenda = s.Clock.Now(), person.ID(by.ID), agenda
		if err := saveReview(ctx, tx, r); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(r.HeldAt), Held{which})
		return err
	})
}
