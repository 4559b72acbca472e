// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Reader is somebody who was asked to read a version (N9).
type Reader struct {
	Runbook ID
	Number  int64
	Person  person.ID
	AskedAt time.Time
	ReadAt  time.Time // zero until they say so
}

// handlers are the people who handle the categories that a runbook is offered for: the members of
// their groups or, where a category and those above it have none, all who work.
func (s *Service) handlers(ctx context.Context, list []Place) (People, error) {
	staff, err := s.People.Staff(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	works := func(who person.ID) bool {
		return slices.ContainsFunc(staff, func(p person.Person) bool { return p.ID == who && p.Active && p.Role != access.Admin })
	}
	var out People
	for _, p := range list {
		if g := s.Catalog.GroupFor(ctx, s.People, p.Category); g.ID != 0 {
			for _, m := range g.Members {
				if works(m) {
					out = out.With(m)
				}
			}
			continue
		}
		for _, m := range staff {
			if works(m.ID) {
				out = out.With(m.ID)
			}
		}
	}
	return out, nil
}

// askReaders asks those who handle the categories to read the version in force. Who wrote in it,
// reviewed it or put it in force knows it; who was asked for an older one is asked for this one.
func (s *Service) askReaders(ctx context.Context, tx *db.Tx, x Runbook, who People, by access.Actor) error {
	if x.Published == 0 || !x.RetiredAt.IsZero() {
		return nil
	}
	v, err := versionAt(ctx, tx, x.ID, x.Published)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	if err := dropAsked(ctx, tx, x.ID, x.Published); err != nil {
		return err
	}
	for _, p := range who {
		if v.Authors.Has(p) || v.Reviewer == p || person.ID(by.ID) == p {
			continue
		}
		if err := ask(ctx, tx, Reader{Runbook: x.ID, Number: x.Published, Person: p, AskedAt: s.Clock.Now()}); err != nil {
			return err
		}
	}
	return nil
}

// Readers returns who was asked to read a version, and who has. Staff only.
func (s *Service) Readers(ctx context.Context, by access.Actor, which ID, number int64) ([]Reader, error) {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return nil, err
	}
	return readers(ctx, s.DB, which, number)
}

// ToRead returns the runbooks whose version in force the actor was asked to read and has not.
func (s *Service) ToRead(ctx context.Context, by access.Actor) ([]Runbook, error) {
	if by.Kind != access.Person || access.Can(by, access.RunbookRead, access.Object{}) != nil {
		return nil, nil //nolint:nilerr // who may read none was asked to read none
	}
	return toRead(ctx, s.DB, person.ID(by.ID))
}

// Confirm is somebody's word that they have read a version. Saying it again changes nothing.
// Conflict where they were not asked, or a newer version is in force.
func (s *Service) Confirm(ctx context.Context, by access.Actor, which ID, number int64) error {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := get(ctx, tx, which)
		if err != nil {
			return orUnknown(err)
		}
		if x.Published != number {
			return errs.New(errs.Conflict, "runbook.newer")
		}
		n, err := confirm(ctx, tx, which, number, person.ID(by.ID), s.Clock.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			list, err := readers(ctx, tx, which, number)
			if err == nil && !slices.ContainsFunc(list, func(r Reader) bool { return r.Person == person.ID(by.ID) }) {
				err = errs.New(errs.Conflict, "runbook.not_asked")
			}
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Known{which, number, person.ID(by.ID)})
		return err
	})
}
