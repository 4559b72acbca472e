// SPDX-License-Identifier: Apache-2.0

package rota

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

// staleAfter bounds how long another node may go on with an old rota.
const staleAfter = 15 * time.Second

// remembered is how long a swap that is over is kept in memory, for the weeks that one looks back at.
const remembered = 60 * 24 * time.Hour

// Service holds the commands and queries on rotas, and hands them out from memory.
type Service struct {
	db     *db.DB
	bus    *event.Bus
	clock  clock.Clock
	people *person.Service

	mu      sync.RWMutex
	held    held
	changes uint64 // counts; what was read before a change is not kept after it
}

type held struct {
	rotas []Rota
	swaps map[ID][]Swap
	at    time.Time
}

// NewService makes the room.
func NewService(d *db.DB, bus *event.Bus, c clock.Clock, people *person.Service) *Service {
	return &Service{db: d, bus: bus, clock: c, people: people}
}

func (s *Service) read(ctx context.Context) (held, error) {
	now := s.clock.Now()
	s.mu.RLock()
	h, changes := s.held, s.changes
	s.mu.RUnlock()
	if !h.at.IsZero() && now.Sub(h.at) < staleAfter && !now.Before(h.at) {
		return h, nil
	}
	rotas, err := all(ctx, s.db)
	if err != nil {
		return held{}, err
	}
	list, err := swapsSince(ctx, s.db, now.Add(-remembered))
	if err != nil {
		return held{}, err
	}
	h = held{rotas: rotas, swaps: map[ID][]Swap{}, at: now}
	for _, x := range list {
		h.swaps[x.Rota] = append(h.swaps[x.Rota], x)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == changes {
		s.held = h
	}
	return h, nil
}

func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	s.held = held{}
}

// List returns every rota by name. The list is shared: callers only read it.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Rota, error) {
	if err := access.Can(by, access.RotaRead, access.Object{}); err != nil {
		return nil, err
	}
	h, err := s.read(ctx)
	return h.rotas, err
}

// Get returns a rota with the swaps that are not long over. NotFound where there is none.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Rota, []Swap, error) {
	if err := access.Can(by, access.RotaRead, access.Object{}); err != nil {
		return Rota{}, nil, err
	}
	h, err := s.read(ctx)
	if err != nil {
		return Rota{}, nil, err
	}
	if i := slices.IndexFunc(h.rotas, func(r Rota) bool { return r.ID == which }); i >= 0 {
		return h.rotas[i], h.swaps[which], nil
	}
	return Rota{}, nil, errs.New(errs.NotFound, "rota.not_found")
}

// OnCall returns who is on call at t, from memory; nobody where the rota has a gap, is not in
// use or is not there. It is for rooms that act by themselves.
func (s *Service) OnCall(ctx context.Context, which ID, t time.Time) ([]person.ID, error) {
	h, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range h.rotas {
		if r.ID == which && r.Active {
			return r.People(t, h.swaps[which]), nil
		}
	}
	return nil, nil
}

// Save adds (ID 0) or changes a rota; version is what the editor saw, 0 to skip the check.
func (s *Service) Save(ctx context.Context, by access.Actor, r Rota, version int64) (Rota, error) {
	if err := access.Can(by, access.RotaWork, access.Object{}); err != nil {
		return Rota{}, err
	}
	if err := r.Check(); err != nil {
		return Rota{}, err
	}
	var bad []errs.FieldError
	for i, shift := range r.Shifts {
		if !s.staff(ctx, shift.People) {
			bad = append(bad, errs.FieldError{Name: Field("people", i), Key: "rota.people_staff"})
		}
	}
	if err := errs.Invalidf(bad...); err != nil {
		return Rota{}, err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out := r
		if out.ID == 0 {
			if out.ID, err = insert(ctx, tx, out); err != nil {
				return err
			}
		}
		was, err := take(ctx, tx, out.ID)
		if err != nil {
			return err
		}
		if r.ID != 0 && version != 0 && was.Version != version+1 {
			return errs.Overtaken(was.Version - 1)
		}
		out.Version = was.Version
		if err := save(ctx, tx, out); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.forget(); r = out })
		_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), Changed{Rota: out.ID, Name: out.Name, Version: out.Version, Shifts: out.Shifts, Active: out.Active})
		return err
	})
	if db.IsUnique(err) {
		return Rota{}, errs.Field("name", "rota.name_taken")
	}
	if errs.KindOf(err) == errs.NotFound {
		return Rota{}, errs.New(errs.NotFound, "rota.not_found")
	}
	return r, err
}

// staff reports whether all of the people are there and work for the desk.
func (s *Service) staff(ctx context.Context, list []person.ID) bool {
	return !slices.ContainsFunc(list, func(who person.ID) bool {
		p := s.people.Card(ctx, who)
		return !p.Active || !p.Role.Staff()
	})
}

// Trade writes a swap down. Leads may for anybody; everybody else gives a duty of their own
// away or takes one over, and says how that was agreed. Whoever has a duty by a swap may pass it on.
// A swap with somebody whose turn it is not then would be a line that changes nothing, and is refused.
func (s *Service) Trade(ctx context.Context, by access.Actor, x Swap) (Swap, error) {
	if err := access.Can(by, access.RotaSwap, access.Object{}); err != nil {
		return Swap{}, err
	}
	if err := x.check(); err != nil {
		return Swap{}, err
	}
	me := person.ID(by.ID)
	if x.Person != me && x.Instead != me {
		if err := access.Can(by, access.RotaWork, access.Object{}); err != nil {
			return Swap{}, err
		}
	}
	if !s.staff(ctx, []person.ID{x.Person}) {
		return Swap{}, errs.Field("person", "rota.swap_person")
	}
	r, swaps, err := s.Get(ctx, by, x.Rota)
	if err != nil {
		return Swap{}, err
	}
	named := x.Instead != 0
	if x.Instead = r.whose(x, swaps); x.Instead == x.Person {
		return Swap{}, errs.Field("person", "rota.swap_back")
	}
	if named && !r.changes(x, swaps) {
		return Swap{}, errs.Field("instead", "rota.swap_not_theirs")
	}
	x.By, x.At, x.Off = me, s.clock.Now(), false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if x.ID, err = insertSwap(ctx, tx, x); err != nil {
			return err
		}
		tx.AfterCommit(s.forget)
		_, err = s.bus.Record(ctx, tx, by.Meta(x.At), Swapped{Rota: x.Rota, Swap: x.ID, Person: x.Person, Instead: x.Instead, From: x.From, To: x.To, Agreed: x.Agreed})
		return err
	})
	return x, err
}

// CallOff ends a swap, so that the turn is as it was without it. Leads may, the two whom it concerns,
// and whoever wrote it down.
func (s *Service) CallOff(ctx context.Context, by access.Actor, on ID, which int64) error {
	if err := access.Can(by, access.RotaSwap, access.Object{}); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := takeSwap(ctx, tx, which)
		if errs.KindOf(err) == errs.NotFound || err == nil && x.Rota != on {
			return errs.New(errs.NotFound, "rota.not_found")
		}
		if err != nil || x.Off {
			return err
		}
		if me := person.ID(by.ID); x.Person != me && x.Instead != me && x.By != me {
			if err := access.Can(by, access.RotaWork, access.Object{}); err != nil {
				return err
			}
		}
		if err := callOff(ctx, tx, which); err != nil {
			return err
		}
		tx.AfterCommit(s.forget)
		_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), SwapCalledOff{Rota: on, Swap: which})
		return err
	})
}
