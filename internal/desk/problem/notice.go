// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Notice is something of this room that somebody is told on the page of what they were told. It
// is about no ticket, and therefore beside the items that are.
type Notice struct {
	ID    int64
	Kind  string // NoticeDue or NoticeReview
	About int64  // the improvement, or the review
	At    time.Time
}

// The kinds of notice.
const (
	NoticeDue    = "due"    // an improvement of theirs is due
	NoticeReview = "review" // a review waits to be held
)

// Notices returns what somebody was told and has not put away, the newest first.
func (s *Service) Notices(ctx context.Context, by access.Actor) ([]Notice, error) {
	if by.Kind != access.Person || may(by, access.ProblemRead) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	return notices(ctx, s.DB, person.ID(by.ID), 20)
}

// Unseen counts them.
func (s *Service) Unseen(ctx context.Context, by access.Actor) (int64, error) {
	if by.Kind != access.Person || may(by, access.ProblemRead) != nil {
		return 0, nil //nolint:nilerr // who is no staff is told of none, which is no failure
	}
	return noticesCount(ctx, s.DB, person.ID(by.ID))
}

// PutAway takes a notice from the page of whoever was told. One of somebody else stays.
func (s *Service) PutAway(ctx context.Context, by access.Actor, which int64) error {
	if err := may(by, access.ProblemRead); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return untell(ctx, tx, person.ID(by.ID), which) })
}

// remind tells the owners of what is due, each once.
func (s *Service) remind(ctx context.Context) error {
	now := s.Clock.Now()
	list, err := due(ctx, s.DB, now)
	if err != nil || len(list) == 0 {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, i := range list {
			if i.Owner == 0 {
				continue
			}
			if err := tell(ctx, tx, i.Owner, NoticeDue, int64(i.ID), now); err != nil {
				return err
			}
		}
		return nil
	})
}

// dueStill keeps the notice that an improvement is due with its owner while it is, and takes it from
// everybody else: it waits for them no more, and on a later day its owner is told anew.
func dueStill(ctx context.Context, tx *db.Tx, i Improvement, now time.Time) error {
	owner := i.Owner
	if !i.Overdue(now) {
		owner = 0
	}
	return takeBack(ctx, tx, NoticeDue, int64(i.ID), owner)
}
