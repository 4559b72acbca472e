// SPDX-License-Identifier: Apache-2.0

package announcement

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Service holds the commands and queries on announcements.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
}

// NewService makes the room.
func NewService(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	return &Service{db: d, bus: bus, clock: c}
}

// Standing returns what a reader sees now, the newest first. Whoever is not signed in sees what is
// for anybody.
func (s *Service) Standing(ctx context.Context, by access.Actor) ([]Announcement, error) {
	list, err := standing(ctx, s.db, s.clock.Now())
	if by.Kind != access.Person {
		list = slices.DeleteFunc(list, func(a Announcement) bool { return !a.Anonymous })
	}
	return list, err
}

// latestShown bounds the list for those who write them.
const latestShown = 100

// Latest returns the last ones, over or not, for staff.
func (s *Service) Latest(ctx context.Context, by access.Actor) ([]Announcement, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	return latest(ctx, s.db, latestShown)
}

// Get returns one, for staff. NotFound where there is none.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Announcement, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Announcement{}, err
	}
	a, err := byID(ctx, s.db, which)
	return a, gone(err)
}

// Save publishes (ID 0) or changes one. version is the one that the editor saw, 0 skips the check;
// quiet tells nobody of a change by mail. Stale where somebody else was quicker, Conflict where it is over.
func (s *Service) Save(ctx context.Context, by access.Actor, a Announcement, version int64, quiet bool) (Announcement, error) {
	if err := access.Can(by, access.AnnouncementWork, access.Object{}); err != nil {
		return a, err
	}
	if err := a.check(); err != nil {
		return a, err
	}
	now := s.clock.Now()
	if !a.Until.IsZero() && !a.Until.After(now) {
		return a, errs.Field("until", "announcement.until_past")
	}
	changed := a.ID != 0
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if !changed {
			a.By, a.At, a.Version = person.ID(by.ID), now, 1
			a.ID, err = insert(ctx, tx, a)
		} else {
			var was Announcement
			if was, err = take(ctx, tx, a.ID); err != nil {
				return gone(err)
			}
			if version != 0 && was.Version != version+1 {
				return errs.Overtaken(was.Version - 1)
			}
			if !was.Over.IsZero() {
				return errs.New(errs.Conflict, "announcement.over")
			}
			a.By, a.At, a.Version = was.By, was.At, was.Version
			err = save(ctx, tx, a)
		}
		if db.IsForeignKey(err) {
			return errs.Field("service", "ticket.service_unknown")
		}
		if err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(now), Published{Announcement: a, Changed: changed, Quiet: quiet && changed})
		return err
	})
	return a, err
}

// End takes one off the pages. One that is over already stays as it is.
func (s *Service) End(ctx context.Context, by access.Actor, which ID) error {
	if err := access.Can(by, access.AnnouncementWork, access.Object{}); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := take(ctx, tx, which)
		if err != nil || !a.Over.IsZero() {
			return gone(err)
		}
		now := s.clock.Now()
		a.Over = now
		if err := save(ctx, tx, a); err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(now), Ended{which})
		return err
	})
}

func gone(err error) error {
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, "announcement.not_found")
	}
	return err
}

// maxTopics bounds what one person follows.
const maxTopics = 100

// Follow lets somebody hear of a topic by mail, or no more. Only a signed-in person follows.
func (s *Service) Follow(ctx context.Context, by access.Actor, t Topic, on bool) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	if _, major := t.Major(); !major && t != Everything {
		return errs.Field("topic", "announcement.topic")
	}
	who := person.ID(by.ID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !on {
			return unfollow(ctx, tx, who, t)
		}
		if list, err := topics(ctx, tx, who); err != nil || len(list) >= maxTopics {
			if err != nil {
				return err
			}
			return errs.New(errs.Conflict, "announcement.topics_many", "Max", maxTopics)
		}
		return follow(ctx, tx, who, t, s.clock.Now())
	})
}

// Follows returns what somebody follows.
func (s *Service) Follows(ctx context.Context, by access.Actor) ([]Topic, error) {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return nil, err
	}
	return topics(ctx, s.db, person.ID(by.ID))
}

// Followers returns who hears of a topic, within the caller's commit: of the topic itself or of
// everything, at most limit behind the given one.
func (s *Service) Followers(ctx context.Context, q db.Querier, t Topic, after person.ID, limit int) ([]person.ID, error) {
	return followers(ctx, q, t, Everything, after, limit)
}
