// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// MakeToken makes an API token for a person; the secret is returned this once.
func (s *Service) MakeToken(ctx context.Context, by access.Actor, who person.ID, name string) (string, Token, error) {
	if by.Kind != access.System {
		if err := access.Can(by, access.SelfWork, access.Object{}); err != nil || by.ID != int64(who) {
			return "", Token{}, errs.New(errs.Denied, "access.denied")
		}
	}
	if name = person.CleanName(name); name == "" || len([]rune(name)) > 60 {
		return "", Token{}, errs.Field("name", "session.token_name")
	}
	secret := TokenPrefix + id.Token()
	t := Token{Person: who, Name: name, CreatedAt: s.clock.Now()}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if t.ID, err = insertToken(ctx, tx, id.Hash(secret), t); err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(t.CreatedAt), TokenChanged{Person: who, Name: name})
		return err
	})
	return secret, t, err
}

// Tokens lists one's own tokens.
func (s *Service) Tokens(ctx context.Context, by access.Actor) ([]Token, error) {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return nil, err
	}
	return tokensOf(ctx, s.db, person.ID(by.ID))
}

// RevokeToken takes back one of one's own tokens. NotFound where it is not one's own or gone.
func (s *Service) RevokeToken(ctx context.Context, by access.Actor, which int64) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.clock.Now()
		name, err := revokeToken(ctx, tx, person.ID(by.ID), which, now)
		if err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(now), TokenChanged{Person: person.ID(by.ID), Name: name, Revoked: true})
		return err
	})
}

// WhoseToken returns the person behind an API token. Unauthenticated where it is unknown,
// revoked, or its person inactive.
func (s *Service) WhoseToken(ctx context.Context, secret string) (person.Person, error) {
	gone := errs.New(errs.Unauthenticated, "access.token")
	if !strings.HasPrefix(secret, TokenPrefix) || !id.IsToken(strings.TrimPrefix(secret, TokenPrefix)) {
		return person.Person{}, gone
	}
	t, err := tokenByHash(ctx, s.db, id.Hash(secret))
	if errs.KindOf(err) == errs.NotFound {
		return person.Person{}, gone
	}
	if err != nil {
		return person.Person{}, err
	}
	who, err := s.people.Get(ctx, t.Person) // as stored: another node may have changed it just now (S45)
	if err == nil && !who.Active || err != nil && errs.KindOf(err) == errs.NotFound {
		return person.Person{}, gone
	}
	return who, err
}
