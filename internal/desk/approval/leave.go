// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Leave says who sits in somebody's seats while they are away. It does not take the seat from
// them: whoever answers first, answers.
type Leave struct {
	Person person.ID
	Deputy person.ID
	From   time.Time
	To     time.Time // not included
}

// Away reports whether it holds at an instant.
func (l Leave) Away(at time.Time) bool { return !at.Before(l.From) && at.Before(l.To) }

// maxLeave is how far ahead and how long a leave may be.
const maxLeave = 366 * 24 * time.Hour

// Leave returns the leave of whoever asks that has not ended; false where there is none.
func (s *Service) Leave(ctx context.Context, by access.Actor) (Leave, bool, error) {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return Leave{}, false, err
	}
	list, err := leavesOf(ctx, s.DB, person.ID(by.ID))
	if err != nil || len(list) == 0 || !list[0].To.After(s.Clock.Now()) {
		return Leave{}, false, err
	}
	return list[0], true, nil
}

// SaveLeave stores who sits in one's seats while one is away. Invalid with fields.
func (s *Service) SaveLeave(ctx context.Context, by access.Actor, l Leave) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	l.Person = person.ID(by.ID)
	now := s.Clock.Now()
	deputy := s.People.Card(ctx, l.Deputy)
	switch {
	case l.Deputy == 0 || !deputy.Active:
		return errs.Field("deputy", "approval.deputy_unknown")
	case l.Deputy == l.Person:
		return errs.Field("deputy", "approval.deputy_self")
	case l.From.IsZero():
		return errs.Field("from", "approval.leave_from")
	case !l.To.After(l.From) || !l.To.After(now):
		return errs.Field("to", "approval.leave_to")
	case l.To.After(now.Add(maxLeave)):
		return errs.Field("to", "approval.leave_far")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := saveLeave(ctx, tx, l); err != nil {
			return err
		}
		_, err := s.Bus.Record(ctx, tx, by.Meta(now), LeaveSet(l))
		return err
	})
}

// EndLeave takes back who sits in one's seats.
func (s *Service) EndLeave(ctx context.Context, by access.Actor) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		gone, err := dropLeave(ctx, tx, person.ID(by.ID))
		if err != nil || !gone {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), LeaveSet{Person: person.ID(by.ID)})
		return err
	})
}

// deputies returns who stands in for whom now, of these people; from the commit where one is open.
func (s *Service) deputies(ctx context.Context, q db.Querier, who []person.ID) (map[person.ID]person.ID, error) {
	list, err := leavesOf(ctx, q, who...)
	now := s.Clock.Now()
	list = slices.DeleteFunc(list, func(l Leave) bool { return !l.Away(now) })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var stand []person.ID
	for _, l := range list {
		stand = append(stand, l.Deputy)
	}
	active, err := s.People.ActiveIn(ctx, q, stand...)
	out := map[person.ID]person.ID{}
	for _, l := range list {
		if active[l.Deputy] {
			out[l.Person] = l.Deputy
		}
	}
	return out, err
}
