// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// staleAfter bounds how long another node may show an old tree.
const staleAfter = 30 * time.Second

// Desk holds the commands and queries on categories and services.
type Desk struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
	mu    sync.RWMutex
	held  held

	changes uint64 // counts; what was read before a change is not kept after it
}

type held struct {
	categories []Category
	services   []Service
	forms      map[CategoryID]Form // the newest of each
	at         time.Time
}

// New makes the room. Its type is Desk because Service is a word of the trade here.
func New(d *db.DB, bus *event.Bus, c clock.Clock) *Desk {
	return &Desk{db: d, bus: bus, clock: c}
}

func (d *Desk) read(ctx context.Context) (held, error) {
	now := d.clock.Now()
	d.mu.RLock()
	h, changes := d.held, d.changes
	d.mu.RUnlock()
	if !h.at.IsZero() && now.Sub(h.at) < staleAfter && !now.Before(h.at) {
		return h, nil
	}
	flat, err := categories(ctx, d.db)
	if err != nil {
		return held{}, err
	}
	list, err := services(ctx, d.db)
	if err != nil {
		return held{}, err
	}
	forms, err := lastForms(ctx, d.db)
	if err != nil {
		return held{}, err
	}
	h = held{categories: order(flat), services: list, forms: byCategory(forms), at: now}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changes == changes {
		d.held = h
	}
	return h, nil
}

func (d *Desk) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes++
	d.held = held{}
}

// Categories returns the whole tree in display order. The list is shared: callers only read it.
func (d *Desk) Categories(ctx context.Context) ([]Category, error) {
	h, err := d.read(ctx)
	return h.categories, err
}

// Services returns the register, core services first. The list is shared: callers only read it.
func (d *Desk) Services(ctx context.Context) ([]Service, error) {
	h, err := d.read(ctx)
	return h.services, err
}

// Category returns one category; the zero Category where there is none.
func (d *Desk) Category(ctx context.Context, which CategoryID) Category {
	h, err := d.read(ctx)
	if i := slices.IndexFunc(h.categories, func(c Category) bool { return c.ID == which }); err == nil && i >= 0 {
		return h.categories[i]
	}
	return Category{}
}

// Path returns the category below its ancestors, root first.
func (d *Desk) Path(ctx context.Context, which CategoryID) []Category {
	var out []Category
	for range maxLevels {
		c := d.Category(ctx, which)
		if c.ID == 0 {
			break
		}
		out = append(out, c)
		which = c.Parent
	}
	slices.Reverse(out)
	return out
}

// Service returns one service; the zero Service where there is none.
func (d *Desk) Service(ctx context.Context, which ServiceID) Service {
	h, err := d.read(ctx)
	if i := slices.IndexFunc(h.services, func(s Service) bool { return s.ID == which }); err == nil && i >= 0 {
		return h.services[i]
	}
	return Service{}
}

// SaveCategory adds (ID 0) or changes a category.
func (d *Desk) SaveCategory(ctx context.Context, by access.Actor, c Category, version int64) (Category, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Category{}, err
	}
	if err := checkNames(&c.Name, &c.NameEN); err != nil {
		return Category{}, err
	}
	if c.Service != 0 && d.Service(ctx, c.Service).ID == 0 {
		return Category{}, errs.Field("service", "catalog.service_unknown")
	}
	var err error
	if c.Skills, err = c.Skills.Check(); err != nil {
		return Category{}, err
	}
	err = d.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockTree(ctx, tx); err != nil {
			return err
		}
		flat, err := categories(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkParent(flat, c); err != nil {
			return err
		}
		if c.ID == 0 {
			c.Active, c.Version = true, 1
			c.ID, err = insertCategory(ctx, tx, c)
		} else {
			var was Category
			if was, err = takeCategory(ctx, tx, c.ID); err != nil {
				return err
			}
			if version != 0 && was.Version != version+1 {
				return errs.Overtaken(was.Version - 1)
			}
			c.Version = was.Version
			err = saveCategory(ctx, tx, c)
		}
		if db.IsForeignKey(err) {
			return errs.Field("group", "catalog.group_unknown")
		}
		if err != nil {
			return err
		}
		tx.AfterCommit(d.forget)
		_, err = d.bus.Record(ctx, tx, by.Meta(d.clock.Now()), CategoryChanged{c})
		return err
	})
	return c, err
}

// checkParent refuses a parent that does not exist, a circle, and a fifth level: of the category
// itself or of one below it.
func checkParent(flat []Category, c Category) error {
	above := 0
	for p := c.Parent; p != 0; above++ {
		if p == c.ID || above == maxLevels {
			return errs.Field("parent", "catalog.parent_circle")
		}
		i := slices.IndexFunc(flat, func(x Category) bool { return x.ID == p })
		if i < 0 {
			return errs.Field("parent", "catalog.parent_unknown")
		}
		p = flat[i].Parent
	}
	if above+levels(flat, c.ID, maxLevels) > maxLevels {
		return errs.Field("parent", "catalog.parent_circle")
	}
	return nil
}

// levels counts the levels of the tree below and with a category; 1 for one without children,
// and for a new one. It stops at the first level too many.
func levels(flat []Category, which CategoryID, left int) int {
	deepest := 0
	for _, x := range flat {
		if left > 0 && which != 0 && x.Parent == which {
			deepest = max(deepest, levels(flat, x.ID, left-1))
		}
	}
	return deepest + 1
}

// SaveService adds (ID 0) or changes a service.
func (d *Desk) SaveService(ctx context.Context, by access.Actor, s Service, version int64) (Service, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Service{}, err
	}
	if err := checkNames(&s.Name, &s.NameEN); err != nil {
		return Service{}, err
	}
	var err error
	if s.Skills, err = s.Skills.Check(); err != nil {
		return Service{}, err
	}
	s.Depends = ReadNeeds(string(s.Depends))
	err = d.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := lockServices(ctx, tx); err != nil {
			return err
		}
		register, err := services(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkNeeds(register, s); err != nil {
			return err
		}
		if s.ID == 0 {
			s.Active, s.Version = true, 1
			s.ID, err = insertService(ctx, tx, s)
		} else {
			var was Service
			if was, err = takeService(ctx, tx, s.ID); err != nil {
				return err
			}
			if version != 0 && was.Version != version+1 {
				return errs.Overtaken(was.Version - 1)
			}
			s.Version = was.Version
			err = saveService(ctx, tx, s)
		}
		if db.IsUnique(err) {
			return errs.Field("name", "catalog.service_taken")
		}
		if db.IsForeignKey(err) {
			return errs.Field("owner", "catalog.owner_unknown")
		}
		if err != nil {
			return err
		}
		tx.AfterCommit(d.forget)
		_, err = d.bus.Record(ctx, tx, by.Meta(d.clock.Now()), ServiceChanged{s})
		return err
	})
	return s, err
}
