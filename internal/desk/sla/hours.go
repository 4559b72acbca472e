// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// shelf is the calendars in force, with the version of the book that they were made of.
type shelf struct {
	*calendar.Shelf
	version int64
}

// Calendar returns the calendar of the policy, by which the clocks count; the desk's own
// calendar for whoever else counts working time. Every minute counts where the calendar is
// not there, which another node may see for a moment: due too early, never never.
func (s *Service) Calendar() calendar.Calendar {
	if c, ok := s.shelf.Load().Get(s.Policy().Calendar); ok {
		return c
	}
	return calendar.Always{}
}

// Named returns a calendar by its name; false where there is none.
func (s *Service) Named(name string) (calendar.Calendar, bool) { return s.shelf.Load().Get(name) }

// Book returns the calendars as they are stored, and the version of the book.
func (s *Service) Book(ctx context.Context) (calendar.Book, int64, error) {
	b, version, err := setting.Load(ctx, s.settings, calendar.BookName, calendar.Book{})
	if err == nil && version == 0 {
		b = calendar.Start()
	}
	return b, version, err
}

func (s *Service) loadCalendars(ctx context.Context) error {
	b, version, err := s.Book(ctx)
	if err != nil || version == s.shelf.Load().version {
		return err
	}
	made, err := b.Open()
	if err == nil {
		s.shelf.Store(&shelf{made, version})
	}
	return err // Load makes the rulebook of it
}

// calendarsChanged makes a new book ready within its commit. The calendar of the policy must
// stay.
func (s *Service) calendarsChanged(tx *db.Tx, f setting.Changed) error {
	var b calendar.Book
	if err := json.Unmarshal(f.Value, &b); err != nil {
		return err
	}
	made, err := b.Open()
	if err != nil {
		return err
	}
	for _, name := range s.Policy().Calendars() {
		if _, ok := made.Get(name); !ok {
			return errs.New(errs.Conflict, "sla.calendar_used")
		}
	}
	tx.AfterCommit(func() {
		s.shelf.Store(&shelf{made, f.Version})
		s.remake(nil, nil)
	})
	return nil
}

// SaveCalendar stores a calendar in the place of the one called old, or adds it where old is
// empty. A name that the policy uses keeps its calendar: it can be changed, not renamed.
func (s *Service) SaveCalendar(ctx context.Context, by access.Actor, old string, c calendar.Sheet, version int64) error {
	if err := c.Check(); err != nil {
		return err
	}
	return s.rewrite(ctx, by, version, func(b calendar.Book) (calendar.Book, error) { return b.With(old, c) })
}

// RemoveCalendar removes a calendar. Conflict where the policy counts by it.
func (s *Service) RemoveCalendar(ctx context.Context, by access.Actor, name string, version int64) error {
	return s.rewrite(ctx, by, version, func(b calendar.Book) (calendar.Book, error) {
		if _, ok := b.Sheet(name); !ok {
			return b, errs.New(errs.NotFound, "errs.not_found")
		}
		return b.Without(name), nil
	})
}

// SaveYears stores years of holidays, in the place of those for the same sets and years.
func (s *Service) SaveYears(ctx context.Context, by access.Actor, list []calendar.Year, version int64) error {
	return s.rewrite(ctx, by, version, func(b calendar.Book) (calendar.Book, error) { return b.WithYears(list), nil })
}

// RemoveYear removes an administrator's year; what came with the desk counts again.
func (s *Service) RemoveYear(ctx context.Context, by access.Actor, set string, year int, version int64) error {
	return s.rewrite(ctx, by, version, func(b calendar.Book) (calendar.Book, error) { return b.WithoutYear(set, year), nil })
}

// rewrite changes the book as it is stored now. A version that somebody has overtaken is Stale;
// for a book that nobody has stored yet there is none to see.
func (s *Service) rewrite(ctx context.Context, by access.Actor, version int64, change func(calendar.Book) (calendar.Book, error)) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	b, now, err := s.Book(ctx)
	if err != nil {
		return err
	}
	if version != now {
		return errs.Overtaken(now)
	}
	if b, err = change(b); err != nil {
		return err
	}
	return setting.Save(ctx, s.settings, by, calendar.BookName, b, now)
}

// Missing returns the years of holidays that should be here by now and are not.
func (s *Service) Missing(ctx context.Context, now time.Time) ([]calendar.Missing, error) {
	b, _, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	return b.Missing(now), nil
}
