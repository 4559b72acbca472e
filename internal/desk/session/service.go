// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Service signs people in and out.
type Service struct {
	db     *db.DB
	bus    *event.Bus
	clock  clock.Clock
	people *person.Service
	hasher hasher
	dummy  string // a hash of nothing, compared for unknown accounts so that they take as long (S48)

	// Elsewhere asks another server whether a password is right; the assembly gives it before
	// anybody signs in, nil asks nobody. Where it answers its word counts; where it does not, the
	// password that the desk knows does.
	Elsewhere func(ctx context.Context, who person.Person, password string) (right, answered bool)
}

// NewService makes the room; cost is what hashing a password takes, Standard for all but tests.
func NewService(d *db.DB, bus *event.Bus, c clock.Clock, people *person.Service, cost Cost) *Service {
	s := &Service{db: d, bus: bus, clock: c, people: people, hasher: newHasher(cost)}
	s.dummy = s.hasher.nobodys()
	return s
}

// Visitor is what a door knows of who knocks.
type Visitor struct {
	Address string // network address, without port
	Agent   string // the browser's name for itself
	Was     string // the secret of the visit that it had; that one ends in the commit that opens another
}

func (v Visitor) clean() Visitor {
	v.Address, v.Agent = person.CleanName(v.Address), person.CleanName(v.Agent)
	if r := []rune(v.Agent); len(r) > 200 {
		v.Agent = string(r[:200])
	}
	return v
}

// errWrong is the one answer to every failed try: unknown, inactive, no password, wrong password (S48).
func errWrong() error { return errs.New(errs.Unauthenticated, "session.wrong") }

// SignIn checks a password and opens a session; the returned secret goes into the cookie.
//
// Limited after MaxFrom tries from one address or MaxTries for one account within Window. The
// address comes first: whoever is refused for it cannot lock out an account any more.
func (s *Service) SignIn(ctx context.Context, email, password string, v Visitor) (string, person.Person, error) {
	email, ok := person.CleanEmail(email)
	if err := s.Try(ctx, "address:"+person.CleanName(v.Address), MaxFrom); err != nil {
		return "", person.Person{}, err
	}
	if ok { // what is no address is nobody's account
		if err := s.Try(ctx, account(email), MaxTries); err != nil {
			return "", person.Person{}, err
		}
	}
	who, stored, err := s.account(ctx, email)
	if err != nil {
		return "", person.Person{}, err
	}
	if ok, err = s.matches(ctx, password, stored); err != nil {
		return "", person.Person{}, err
	}
	ok = ok && stored != s.dummy
	own := ok // the desk's own password, and not another server's
	if right, answered := s.elsewhere(ctx, who, password); answered {
		ok, own = right && who.ID != 0 && who.Active, ok && right
	}
	if !ok {
		if err := s.refused(ctx, who.ID, v); err != nil {
			return "", person.Person{}, err
		}
		return "", person.Person{}, errWrong()
	}
	fresh := ""
	if own {
		if fresh, err = s.hasher.renew(ctx, password, stored); err != nil {
			return "", person.Person{}, err
		}
	}
	secret := id.Token()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := forgive(ctx, tx, account(email)); err != nil {
			return err
		}
		if fresh != "" {
			if err := saveCredential(ctx, tx, who.ID, fresh, s.clock.Now()); err != nil {
				return err
			}
		}
		return s.open(ctx, tx, secret, who.ID, v, "")
	})
	return secret, who, err
}

// elsewhere asks the other server where there is one. What is far too long is no password, and an
// empty one is nobody's: neither is sent anywhere (S54).
func (s *Service) elsewhere(ctx context.Context, who person.Person, password string) (right, answered bool) {
	if s.Elsewhere == nil {
		return false, false
	}
	if len(password) > 4*MaxPassword {
		password = ""
	}
	right, answered = s.Elsewhere(ctx, who, password)
	return right && password != "", answered
}

// account names the tries for an address.
func account(email string) string { return "account:" + email }

// account finds who has the address and the hash to compare with: the dummy for whoever
// cannot sign in, so that the answer takes as long (S48).
func (s *Service) account(ctx context.Context, email string) (person.Person, string, error) {
	who, err := s.people.ByEmail(ctx, email)
	if errs.KindOf(err) == errs.NotFound || err == nil && !who.Active {
		return who, s.dummy, nil
	}
	if err != nil {
		return who, "", err
	}
	stored, err := credential(ctx, s.db, who.ID)
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return who, s.dummy, nil
	}
	return who, stored, err
}

// matches compares in the same time whatever was typed; what is far too long is no password.
func (s *Service) matches(ctx context.Context, password, stored string) (bool, error) {
	if len(password) > 4*MaxPassword {
		password, stored = "", s.dummy
	}
	return s.hasher.matches(ctx, password, stored)
}

// refused records a try that failed.
func (s *Service) refused(ctx context.Context, who person.ID, v Visitor) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := s.bus.Record(ctx, tx, s.meta(who), Refused{Person: who, Address: v.clean().Address, Why: "password"})
		return err
	})
}

// open begins a visit; by says what opened it.
func (s *Service) open(ctx context.Context, tx *db.Tx, secret string, who person.ID, v Visitor, by string) error {
	v, now := v.clean(), s.clock.Now()
	if err := dropOld(ctx, tx, now); err != nil {
		return err
	}
	if err := s.leave(ctx, tx, v.Was); err != nil {
		return err
	}
	if err := insertSession(ctx, tx, id.Hash(secret), Session{Person: who, Address: v.Address, Agent: v.Agent, CreatedAt: now, SeenAt: now}); err != nil {
		return err
	}
	_, err := s.bus.Record(ctx, tx, s.meta(who), SignedIn{Person: who, Address: v.Address, By: by})
	return err
}

func (s *Service) meta(who person.ID) event.Meta {
	return event.Meta{ActorID: int64(who), ActorKind: string(access.Person), Via: "session", At: s.clock.Now()}
}

// Try counts a try before it is looked at, and refuses beyond the limit (ASVS 6.3.1, 2.4.1).
func (s *Service) Try(ctx context.Context, name string, limit int64) error {
	var n int64
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = count(ctx, tx, name, s.clock.Now())
		return err
	})
	return beyond(n, limit, err)
}

func beyond(n, limit int64, err error) error {
	if err == nil && n > limit {
		return errs.New(errs.Limited, "session.too_many", "Minutes", int(Window/time.Minute))
	}
	return err
}

// Who returns the person behind a session secret. Unauthenticated where it is unknown, over,
// or its person inactive. The visit is prolonged at most once a minute.
func (s *Service) Who(ctx context.Context, secret string) (person.Person, Session, error) {
	who, v, err := s.Peek(ctx, secret)
	if err != nil {
		return person.Person{}, Session{}, err
	}
	now := s.clock.Now()
	if now.Sub(v.SeenAt) > time.Minute {
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return touch(ctx, tx, v.ID, now) })
	}
	return who, v, err
}

// SignOut ends a session; an unknown one is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.leave(ctx, tx, secret) })
}

// leave ends a session within a commit; an unknown one, or none, is no error.
func (s *Service) leave(ctx context.Context, tx *db.Tx, secret string) error {
	if secret == "" {
		return nil
	}
	v, err := sessionByHash(ctx, tx, id.Hash(secret))
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		return err
	}
	if err := dropSession(ctx, tx, id.Hash(secret)); err != nil {
		return err
	}
	_, err = s.bus.Record(ctx, tx, s.meta(v.Person), SignedOut{Person: v.Person})
	return err
}

// EndAll ends every session of a person: after a role change, a disabling, a new password (S45).
func (s *Service) EndAll(ctx context.Context, tx *db.Tx, who person.ID) error {
	if err := dropSessions(ctx, tx, who); err != nil {
		return err
	}
	_, err := s.bus.Record(ctx, tx, s.meta(who), SignedOut{Person: who, All: true})
	return err
}

// PersonChanged listens, within the commit. Whoever has another role or is inactive loses
// sessions and tokens (S45): a token made with few rights must not grow with its person. Links
// that were sent to an address are void as soon as the address is another (S50).
func (s *Service) PersonChanged(ctx context.Context, tx *db.Tx, _ event.Record, f person.Changed) error {
	if f.Active && f.Role == f.RoleWas && !slices.Contains(f.Fields, "email") {
		return nil
	}
	if err := dropOneTimes(ctx, tx, f.Person); err != nil {
		return err
	}
	if f.Active && f.Role == f.RoleWas {
		return nil
	}
	if err := revokeTokens(ctx, tx, f.Person, s.clock.Now()); err != nil {
		return err
	}
	return s.EndAll(ctx, tx, f.Person)
}

// SetPassword gives somebody a password and ends their other sessions. The caller has shown
// that it may: by the old password, a one-time link, or the command line.
func (s *Service) SetPassword(ctx context.Context, who person.ID, password string) error {
	p, err := s.people.Get(ctx, who)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, p); err != nil {
		return err
	}
	hashed, err := s.hasher.make(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.setPassword(ctx, tx, who, hashed) })
}

func (s *Service) setPassword(ctx context.Context, tx *db.Tx, who person.ID, hashed string) error {
	if err := saveCredential(ctx, tx, who, hashed, s.clock.Now()); err != nil {
		return err
	}
	if err := dropOneTimes(ctx, tx, who); err != nil { // a link to choose another one is void too (S51)
		return err
	}
	if err := s.EndAll(ctx, tx, who); err != nil {
		return err
	}
	_, err := s.bus.Record(ctx, tx, s.meta(who), PasswordChanged{Person: who})
	return err
}

// ChangePassword replaces one's own password, given the old one; tries count as sign-ins do.
func (s *Service) ChangePassword(ctx context.Context, by access.Actor, old, password string) error {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return err
	}
	who := person.ID(by.ID)
	p, err := s.people.Get(ctx, who)
	if err != nil {
		return err
	}
	if err := s.Try(ctx, account(p.Email), MaxTries); err != nil {
		return err
	}
	stored, err := credential(ctx, s.db, who)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	if err != nil {
		stored = s.dummy
	}
	if ok, err := s.matches(ctx, old, stored); err != nil {
		return err
	} else if !ok || stored == s.dummy {
		if err := s.refused(ctx, who, Visitor{}); err != nil {
			return err
		}
		return errs.Field("old", "session.old_wrong")
	}
	if err := CheckPassword(password, p); err != nil {
		return err
	}
	hashed, err := s.hasher.make(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := forgive(ctx, tx, account(p.Email)); err != nil {
			return err
		}
		return s.setPassword(ctx, tx, who, hashed)
	})
}

// Sessions lists one's own visits, the latest first.
func (s *Service) Sessions(ctx context.Context, by access.Actor) ([]Session, error) {
	if err := access.Can(by, access.SelfWork, access.Object{}); err != nil {
		return nil, err
	}
	return sessionsOf(ctx, s.db, person.ID(by.ID))
}
