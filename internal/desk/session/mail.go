// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// MayByMail reports whether somebody may sign in by a link that is sent to them: requesters only. An
// account that works for others wants more than a mailbox (ASVS 6.3.3).
func MayByMail(p person.Person) bool { return p.Active && !p.Role.Staff() }

// PeekMail returns whom a link for signing in belongs to, without using it up: following a link
// changes nothing. NotFound for every link that is not good.
func (s *Service) PeekMail(ctx context.Context, secret string) (person.Person, error) {
	who, err := s.PeekOneTime(ctx, ForSignIn, secret)
	if err != nil {
		return person.Person{}, err
	}
	p, err := s.people.Get(ctx, who)
	if err == nil && !MayByMail(p) || err != nil && errs.KindOf(err) == errs.NotFound {
		return person.Person{}, errLink()
	}
	return p, err
}

// SignInByMail uses a link up and opens a session; the returned secret goes into the cookie.
func (s *Service) SignInByMail(ctx context.Context, secret string, v Visitor) (string, person.Person, error) {
	p, err := s.PeekMail(ctx, secret)
	if err != nil {
		return "", p, err
	}
	cookie := id.Token()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := useOneTime(ctx, tx, id.Hash(secret), string(ForSignIn), s.clock.Now()); err != nil {
			return errLink()
		}
		return s.open(ctx, tx, cookie, p.ID, v, "mail")
	})
	return cookie, p, err
}
