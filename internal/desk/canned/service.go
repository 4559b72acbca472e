// SPDX-License-Identifier: Apache-2.0

package canned

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

// Service keeps the texts.
type Service struct {
	db     *db.DB
	bus    *event.Bus
	clock  clock.Clock
	people *person.Service
}

// NewService makes the room.
func NewService(d *db.DB, bus *event.Bus, c clock.Clock, people *person.Service) *Service {
	return &Service{db: d, bus: bus, clock: c, people: people}
}

// List returns the texts that a member of staff may use: their own first, then those of their
// groups, then everybody's. Administrators get those of all groups.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Text, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	list, err := readable(ctx, s.db, person.ID(by.ID))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(t Text) bool { return t.Group != 0 && !s.within(ctx, by, t.Group) })
	slices.SortStableFunc(list, func(a, b Text) int { return a.shelf() - b.shelf() })
	return list, nil
}

// shelf orders texts by whose they are.
func (t Text) shelf() int {
	switch {
	case t.Own():
		return 0
	case t.Group != 0:
		return 1
	}
	return 2
}

// within reports whether somebody belongs to a group or looks after all of them.
func (s *Service) within(ctx context.Context, by access.Actor, g person.GroupID) bool {
	return access.Can(by, access.AdminRead, access.Object{}) == nil || slices.Contains(s.people.Group(ctx, g).Members, person.ID(by.ID))
}

// Get returns a text that the actor may use; NotFound for every other.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Text, error) {
	gone := errs.New(errs.NotFound, "canned.not_found")
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Text{}, err
	}
	t, err := byID(ctx, s.db, which)
	if errs.KindOf(err) == errs.NotFound {
		return Text{}, gone
	}
	if err == nil && (t.Own() && t.Person != person.ID(by.ID) || t.Group != 0 && !s.within(ctx, by, t.Group)) {
		return Text{}, gone
	}
	return t, err
}

// MayChange reports whether somebody may change a text: their own, those of a group of theirs that
// they lead, or any shared one as an administrator.
func (s *Service) MayChange(ctx context.Context, by access.Actor, t Text) bool {
	return mayChange(by, s.people.GroupsOf(ctx, person.ID(by.ID)), t)
}

// mayChange is MayChange for somebody who works in these groups. Within a commit they were read
// before it.
func mayChange(by access.Actor, groups []person.GroupID, t Text) bool {
	switch {
	case t.Own():
		return t.Person == person.ID(by.ID)
	case access.Can(by, access.AdminWork, access.Object{}) == nil:
		return true
	}
	return t.Group != 0 && access.Can(by, access.LeadRead, access.Object{}) == nil && slices.Contains(groups, t.Group)
}

// Shelves are the groups whose texts somebody may add and change.
func (s *Service) Shelves(ctx context.Context, by access.Actor) ([]person.Group, error) {
	list, err := s.people.Groups(ctx)
	return slices.DeleteFunc(slices.Clone(list), func(g person.Group) bool { return !g.Active || !s.MayChange(ctx, by, Text{Group: g.ID}) }), err
}

// Save adds (ID 0) or changes a text. version is the one the editor saw; 0 skips the check.
func (s *Service) Save(ctx context.Context, by access.Actor, t Text, version int64) (Text, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Text{}, err
	}
	groups := s.people.GroupsOf(ctx, person.ID(by.ID))
	if !mayChange(by, groups, t) {
		return Text{}, errs.New(errs.Denied, "canned.shared_denied")
	}
	if err := t.Check(); err != nil {
		return Text{}, err
	}
	now := s.clock.Now()
	out := t
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		t := t
		if t.ID == 0 {
			if n, err := owned(ctx, tx, t.Person); err != nil || n >= maxOwn && t.Own() {
				return cmpErr(err, errs.Field("title", "canned.many", "Max", maxOwn))
			}
			t.Version = 1
			t.ID, err = insert(ctx, tx, t, now)
		} else {
			var was Text
			if was, err = take(ctx, tx, t.ID); err != nil {
				return gone(err)
			}
			if !mayChange(by, groups, was) {
				return errs.New(errs.NotFound, "canned.not_found")
			}
			if version != 0 && was.Version != version+1 {
				return errs.Overtaken(was.Version - 1)
			}
			t.Version = was.Version
			err = save(ctx, tx, t, now)
		}
		if db.IsForeignKey(err) {
			return errs.Field("group", "catalog.group_unknown")
		}
		if err != nil {
			return err
		}
		out = t
		_, err = s.bus.Record(ctx, tx, by.Meta(now), Changed{Text: t})
		return err
	})
	return out, err
}

// Remove takes a text away.
func (s *Service) Remove(ctx context.Context, by access.Actor, which ID) error {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return err
	}
	groups := s.people.GroupsOf(ctx, person.ID(by.ID))
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := take(ctx, tx, which)
		if err != nil {
			return gone(err)
		}
		if !mayChange(by, groups, t) {
			return errs.New(errs.NotFound, "canned.not_found")
		}
		if err := remove(ctx, tx, which); err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), Changed{Text: t, Removed: true})
		return err
	})
}

func gone(err error) error {
	if errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, "canned.not_found")
	}
	return err
}

func cmpErr(a error, b error) error {
	if a != nil {
		return a
	}
	return b
}
