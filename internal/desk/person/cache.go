// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// staleAfter bounds how long another node may show an old name after a change here.
const staleAfter = 30 * time.Second

// cache keeps people and groups in memory, because every row of every list names three of them.
// What was read before a change is not kept after it: the count of changes tells.
type cache struct {
	clock   clock.Clock
	mu      sync.RWMutex
	changes uint64
	people  map[ID]cached
	groups  cachedGroups
	staff   cachedStaff
}

type cached struct {
	person Person
	at     time.Time
}

type cachedGroups struct {
	list []Group
	at   time.Time
}

type cachedStaff struct {
	list []Person
	at   time.Time
}

func newCache(c clock.Clock) *cache {
	return &cache{clock: c, people: map[ID]cached{}}
}

func (c *cache) drop(which ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.staff.list = nil
	delete(c.people, which)
}

func (c *cache) dropGroups() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.groups.list = nil
}

// Card returns a person for display, from memory where it is fresh. Unknown keys give an empty person.
func (s *Service) Card(ctx context.Context, which ID) Person {
	if which == 0 {
		return Person{}
	}
	now := s.clock.Now()
	s.cache.mu.RLock()
	hit, ok := s.cache.people[which]
	changes := s.cache.changes
	s.cache.mu.RUnlock()
	if ok && now.Sub(hit.at) < staleAfter && !now.Before(hit.at) {
		return hit.person
	}
	p, err := get(ctx, s.db, which)
	if err != nil {
		return hit.person
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	if s.cache.changes != changes {
		return p
	}
	if len(s.cache.people) > 50_000 { // about 15 MB; start over rather than track ages
		clear(s.cache.people)
	}
	s.cache.people[which] = cached{p, now}
	return p
}

// Groups returns every group with its members, by age. The list is shared: callers only read it.
func (s *Service) Groups(ctx context.Context) ([]Group, error) {
	now := s.clock.Now()
	s.cache.mu.RLock()
	list, at, changes := s.cache.groups.list, s.cache.groups.at, s.cache.changes
	s.cache.mu.RUnlock()
	if list != nil && now.Sub(at) < staleAfter && !now.Before(at) {
		return list, nil
	}
	list, err := groups(ctx, s.db)
	if err != nil {
		return nil, err
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	if s.cache.changes == changes {
		s.cache.groups.list, s.cache.groups.at = list, now
	}
	return list, nil
}

// Group returns one group; the zero Group where there is none.
func (s *Service) Group(ctx context.Context, which GroupID) Group {
	list, err := s.Groups(ctx)
	if err != nil {
		return Group{}
	}
	if i := slices.IndexFunc(list, func(g Group) bool { return g.ID == which }); i >= 0 {
		return list[i]
	}
	return Group{}
}

// GroupsOf returns the groups that somebody works in, those that were put out of use too: what such a
// group has stays its members' to read and to answer.
func (s *Service) GroupsOf(ctx context.Context, who ID) []GroupID {
	list, err := s.Groups(ctx)
	if err != nil {
		return nil
	}
	var out []GroupID
	for _, g := range list {
		if slices.Contains(g.Members, who) {
			out = append(out, g.ID)
		}
	}
	return out
}

// GroupsInUse returns the groups that somebody works in and that may be given more.
func (s *Service) GroupsInUse(ctx context.Context, who ID) []GroupID {
	return slices.DeleteFunc(s.GroupsOf(ctx, who), func(g GroupID) bool { return !s.Group(ctx, g).Active })
}

// maxStaff bounds the list of everybody who can be given work.
const maxStaff = 1000

// Staff returns the active agents, leads and administrators by name, at most a thousand. The
// list is shared: callers only read it.
func (s *Service) Staff(ctx context.Context) ([]Person, error) {
	now := s.clock.Now()
	s.cache.mu.RLock()
	all, at, changes := s.cache.staff.list, s.cache.staff.at, s.cache.changes
	s.cache.mu.RUnlock()
	if all != nil && now.Sub(at) < staleAfter && !now.Before(at) {
		return all, nil
	}
	all, err := list(ctx, s.db, search{staff: true, active: true, limit: maxStaff})
	if err != nil {
		return nil, err
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	if s.cache.changes == changes {
		s.cache.staff.list, s.cache.staff.at = all, now
	}
	return all, nil
}
