// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// staleAfter bounds how long another node may go on with old views.
const staleAfter = 15 * time.Second

// maxViews bounds how many views one person has: beyond that nobody finds one.
const maxViews = 100

// Desk holds the commands and queries on saved views, and hands them out from memory: every
// page of the workspace shows some.
type Desk struct {
	db     *db.DB
	bus    *event.Bus
	clock  clock.Clock
	people *person.Service

	mu      sync.RWMutex
	held    *held
	changes uint64 // counts; what was read before a change is not kept after it
}

type held struct {
	at      time.Time
	views   []View
	choices map[person.ID][]choice // by place
}

// New makes the room.
func New(d *db.DB, bus *event.Bus, c clock.Clock, people *person.Service) *Desk {
	return &Desk{db: d, bus: bus, clock: c, people: people}
}

func (s *Desk) read(ctx context.Context) (*held, error) {
	now := s.clock.Now()
	s.mu.RLock()
	h, changes := s.held, s.changes
	s.mu.RUnlock()
	if h != nil && now.Sub(h.at) < staleAfter && !now.Before(h.at) {
		return h, nil
	}
	fresh := &held{at: now, choices: map[person.ID][]choice{}}
	var err error
	if fresh.views, err = standing(ctx, s.db); err != nil {
		return nil, err
	}
	list, err := choices(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		fresh.choices[c.who] = append(fresh.choices[c.who], c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == changes {
		s.held = fresh
	}
	return fresh, nil
}

func (s *Desk) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = nil
	s.changes++
}

// Entry is a view in somebody's list.
type Entry struct {
	View
	Favourite bool // it stands beside their pages
	Keeps     bool // they may change it
}

// Views returns the views that somebody has, in their own order: theirs as they put them, then
// the others by age. Nobody but staff has any.
func (s *Desk) Views(ctx context.Context, by access.Actor) ([]Entry, error) {
	if !by.Staff() || by.Kind != access.Person {
		return nil, nil
	}
	h, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	me := person.ID(by.ID)
	groups := s.people.GroupsOf(ctx, me)
	var out []Entry
	place := map[ViewID]int{}
	for i, c := range h.choices[me] {
		place[c.view] = i + 1
	}
	for _, v := range h.views {
		if !v.has(by, groups) {
			continue
		}
		e := Entry{View: v, Favourite: v.Sharing != Own, Keeps: v.keeps(by, groups)}
		if i := place[v.ID]; i > 0 {
			e.Favourite = h.choices[me][i-1].chosen
		}
		out = append(out, e)
	}
	last := len(place) + 1
	slices.SortStableFunc(out, func(a, b Entry) int { return orLast(place[a.ID], last) - orLast(place[b.ID], last) })
	return out, nil
}

func orLast(n, last int) int {
	if n == 0 {
		return last
	}
	return n
}

// Get returns one of the views that somebody has; one that they do not have is not there (S24).
func (s *Desk) Get(ctx context.Context, by access.Actor, which ViewID) (Entry, error) {
	list, err := s.Views(ctx, by)
	if err != nil {
		return Entry{}, err
	}
	if i := slices.IndexFunc(list, func(e Entry) bool { return e.ID == which }); i >= 0 {
		return list[i], nil
	}
	return Entry{}, errGone()
}

// Save adds (ID 0) or changes a view; version is what the editor saw, 0 to skip the check. A new
// view stands beside its maker's pages at once.
func (s *Desk) Save(ctx context.Context, by access.Actor, v View, version int64) (View, error) {
	tree, err := s.admit(ctx, by, &v)
	if err != nil {
		return View{}, err
	}
	v.Filter = tree.String()
	groups := s.people.GroupsOf(ctx, person.ID(by.ID))
	var out View
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out = v
		if v.ID == 0 {
			if out.ID, err = s.add(ctx, tx, by, v); err != nil {
				return err
			}
		}
		was, err := s.take(ctx, tx, by, groups, out.ID)
		if err != nil {
			return err
		}
		if v.ID != 0 && version != 0 && was.Version != version+1 {
			return errs.Overtaken(was.Version - 1)
		}
		if v.Sharing == Own && int64(was.Owner) != by.ID { // it would be its maker's alone, and gone for whoever says so
			return errs.Field("shared", "queue.own_maker")
		}
		out.Owner, out.Version = was.Owner, was.Version
		if err := save(ctx, tx, out); err != nil {
			return err
		}
		return s.record(ctx, tx, by, out, false)
	})
	return out, err
}

// admit checks a view as it shall be, before the commit.
func (s *Desk) admit(ctx context.Context, by access.Actor, v *View) (Tree, error) {
	if err := access.Can(by, access.QueueWork, access.Object{}); err != nil {
		return Tree{}, err
	}
	if by.Kind != access.Person {
		return Tree{}, errs.New(errs.Denied, "access.denied")
	}
	if err := v.check(); err != nil {
		return Tree{}, err
	}
	tree, err := Parse(v.Filter)
	if err == nil {
		tree, err = Settle(ctx, tree, nil)
	}
	if err != nil {
		return Tree{}, err
	}
	if v.Sharing != Own && !v.keeps(by, s.people.GroupsOf(ctx, person.ID(by.ID))) {
		return Tree{}, errs.Field("shared", "queue.shared_denied")
	}
	return tree.Tidy(), nil
}

func (s *Desk) add(ctx context.Context, tx *db.Tx, by access.Actor, v View) (ViewID, error) {
	n, err := owned(ctx, tx, person.ID(by.ID))
	if err != nil {
		return 0, err
	}
	if n >= maxViews {
		return 0, errs.Field("name", "queue.views_many", "Max", maxViews)
	}
	v.Owner = person.ID(by.ID)
	which, err := insert(ctx, tx, v)
	if err != nil {
		return 0, err
	}
	return which, choose(ctx, tx, choice{who: v.Owner, view: which, place: s.clock.Now().UnixMilli(), chosen: true})
}

// take takes a view that somebody may change. One that they do not have is not there.
// groups are theirs, read before the commit.
func (s *Desk) take(ctx context.Context, tx *db.Tx, by access.Actor, groups []person.GroupID, which ViewID) (View, error) {
	was, err := take(ctx, tx, which)
	if errs.KindOf(err) == errs.NotFound {
		return View{}, errGone()
	}
	if err != nil {
		return View{}, err
	}
	seen := was
	seen.gone = false
	switch {
	case !seen.has(by, groups):
		return View{}, errGone()
	case !was.keeps(by, groups):
		return View{}, errs.New(errs.Denied, "queue.not_yours")
	}
	return was, nil
}

func (s *Desk) record(ctx context.Context, tx *db.Tx, by access.Actor, v View, gone bool) error {
	tx.AfterCommit(s.forget)
	_, err := s.bus.Record(ctx, tx, by.Meta(s.clock.Now()),
		ViewChanged{View: v.ID, Name: v.Name, Filter: v.Filter, Sharing: v.Sharing, Version: v.Version, Deleted: gone})
	return err
}

// Delete takes a view away from everybody; Restore brings it back as it was.
func (s *Desk) Delete(ctx context.Context, by access.Actor, which ViewID) (View, error) {
	return s.bury(ctx, by, which, s.clock.Now())
}

// Restore brings a deleted view back.
func (s *Desk) Restore(ctx context.Context, by access.Actor, which ViewID) (View, error) {
	return s.bury(ctx, by, which, time.Time{})
}

func (s *Desk) bury(ctx context.Context, by access.Actor, which ViewID, at time.Time) (View, error) {
	if err := access.Can(by, access.QueueWork, access.Object{}); err != nil {
		return View{}, err
	}
	groups := s.people.GroupsOf(ctx, person.ID(by.ID))
	var v View
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if v, err = s.take(ctx, tx, by, groups, which); err != nil {
			return err
		}
		if v.gone && !at.IsZero() {
			return errGone()
		}
		if err := bury(ctx, tx, which, at); err != nil {
			return err
		}
		return s.record(ctx, tx, by, v, !at.IsZero())
	})
	return v, err
}

// Arrange says which of somebody's views stand beside their pages, and in which order: all of
// their views, in that order, those that stand there first marked as such.
func (s *Desk) Arrange(ctx context.Context, by access.Actor, order []ViewID, chosen map[ViewID]bool) error {
	if err := access.Can(by, access.QueueWork, access.Object{}); err != nil {
		return err
	}
	list, err := s.Views(ctx, by)
	if err != nil {
		return err
	}
	has := map[ViewID]bool{}
	for _, e := range list {
		has[e.ID] = true
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.AfterCommit(s.forget)
		for i, which := range order {
			if !has[which] {
				return errGone()
			}
			if err := choose(ctx, tx, choice{who: person.ID(by.ID), view: which, place: int64(i), chosen: chosen[which]}); err != nil {
				return err
			}
		}
		return nil
	})
}
