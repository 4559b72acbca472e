// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Purpose says what a one-time link is for; a link for one purpose opens no other (S50).
type Purpose string

// The purposes.
const (
	ForSetUp    Purpose = "setup"    // the first administrator of a fresh desk
	ForPassword Purpose = "password" // choosing a password: invitation or reset
	ForSignIn   Purpose = "signin"   // a visit of a requester, without a password
)

// MakeOneTime makes a one-time secret. It voids older ones for the same purpose and person.
func (s *Service) MakeOneTime(ctx context.Context, use Purpose, who person.ID, life time.Duration) (string, error) {
	secret := id.Token()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return insertOneTime(ctx, tx, id.Hash(secret), string(use), who, s.clock.Now().Add(life))
	})
	return secret, err
}

// MakeOneTimeIn is MakeOneTime within the caller's commit.
func (s *Service) MakeOneTimeIn(ctx context.Context, tx *db.Tx, use Purpose, who person.ID, life time.Duration) (string, error) {
	secret := id.Token()
	return secret, insertOneTime(ctx, tx, id.Hash(secret), string(use), who, s.clock.Now().Add(life))
}

// PeekOneTime reports whether a one-time secret is good, without using it up.
func (s *Service) PeekOneTime(ctx context.Context, use Purpose, secret string) (person.ID, error) {
	if !id.IsToken(secret) {
		return 0, errLink()
	}
	who, err := peekOneTime(ctx, s.db, id.Hash(secret), string(use), s.clock.Now())
	if errs.KindOf(err) == errs.NotFound {
		return 0, errLink()
	}
	return who, err
}

func errLink() error { return errs.New(errs.NotFound, "session.link_gone") }

// ChoosePassword uses a one-time link up: sets the password and signs in.
func (s *Service) ChoosePassword(ctx context.Context, secret, password string, v Visitor) (string, person.Person, error) {
	who, err := s.PeekOneTime(ctx, ForPassword, secret)
	if err != nil {
		return "", person.Person{}, err
	}
	p, err := s.people.Get(ctx, who)
	if err != nil || !p.Active {
		return "", person.Person{}, errLink()
	}
	if err := CheckPassword(password, p); err != nil {
		return "", person.Person{}, err
	}
	hashed, err := s.hasher.make(ctx, password)
	if err != nil {
		return "", person.Person{}, err
	}
	cookie := id.Token()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := useOneTime(ctx, tx, id.Hash(secret), string(ForPassword), s.clock.Now()); err != nil {
			return errLink()
		}
		if err := s.setPassword(ctx, tx, who, hashed); err != nil {
			return err
		}
		return s.open(ctx, tx, cookie, who, v, "")
	})
	return cookie, p, err
}

// SetUp uses the set-up link up: makes the first administrator and signs in. NotFound once
// there is an administrator, whatever the link (S53).
func (s *Service) SetUp(ctx context.Context, secret string, first person.Person, password string, v Visitor) (string, error) {
	if _, err := s.PeekOneTime(ctx, ForSetUp, secret); err != nil {
		return "", err
	}
	if has, err := s.people.HasAdmin(ctx); err != nil || has {
		return "", errLink()
	}
	if err := CheckPassword(password, first); err != nil {
		return "", err
	}
	hashed, err := s.hasher.make(ctx, password)
	if err != nil {
		return "", err
	}
	first.Role = access.Admin
	cookie := id.Token()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := useOneTime(ctx, tx, id.Hash(secret), string(ForSetUp), s.clock.Now()); err != nil {
			return errLink()
		}
		p, err := s.people.AddIn(ctx, tx, access.Desk(), first)
		if err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, p.ID, hashed); err != nil {
			return err
		}
		return s.open(ctx, tx, cookie, p.ID, v, "")
	})
	return cookie, err
}
