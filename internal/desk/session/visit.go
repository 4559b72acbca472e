// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Peek is Who without prolonging the visit: a page left open and listening is no work.
func (s *Service) Peek(ctx context.Context, secret string) (person.Person, Session, error) {
	gone := errs.New(errs.Unauthenticated, "access.sign_in")
	if !id.IsToken(secret) {
		return person.Person{}, Session{}, gone
	}
	v, err := sessionByHash(ctx, s.db, id.Hash(secret))
	if errs.KindOf(err) == errs.NotFound {
		return person.Person{}, Session{}, gone
	}
	if err != nil {
		return person.Person{}, Session{}, err
	}
	who, err := s.people.Get(ctx, v.Person) // as stored: another node may have changed it just now (S45)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return person.Person{}, Session{}, err
	}
	if err != nil || !who.Active || !v.live(who.Role, s.clock.Now()) {
		return person.Person{}, Session{}, gone
	}
	return who, v, nil
}

// End ends one of one's own visits (ASVS 7.5.2). NotFound where it is not one's own or over.
func (s *Service) End(ctx context.Context, by access.Actor, which int64) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	who := person.ID(by.ID)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropOwnSession(ctx, tx, who, which); err != nil {
			return err
		}
		_, err := s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), SignedOut{Person: who})
		return err
	})
}
