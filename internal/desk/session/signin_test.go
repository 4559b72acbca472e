// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestA65_S45_EverySignInMakesANewSecretOf128Bits(t *testing.T) {
	t.Parallel()
	eachAtFullCost(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		seen := map[string]bool{}
		for range 3 {
			secret := r.in(p)
			if len(secret) != 26 || seen[secret] {
				t.Fatalf("secret %q, seen before: %v", secret, seen[secret])
			}
			seen[secret] = true
			who, v, err := r.Who(t.Context(), secret)
			if err != nil || who.ID != p.ID || v.Person != p.ID || v.Address != r.visit.Address || !v.CreatedAt.Equal(r.clock.Now()) {
				t.Fatalf("%+v, %+v, %v", who, v, err)
			}
		}
		// Whoever reads the database holds no key to it.
		for _, hash := range r.stored(`SELECT hash FROM session`) {
			if seen[hash] || len(hash) != 64 {
				t.Errorf("stored as %q", hash)
			}
		}
		for _, hash := range r.stored(`SELECT hash FROM credential`) {
			if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "horse") {
				t.Errorf("a password is stored as %q (ASVS 11.4.2)", hash)
			}
		}
		for _, bad := range []string{"", "x", strings.Repeat("a", 26), strings.Repeat("a", 10_000), "%", "\x00", "汉"} {
			_, _, err := r.Who(t.Context(), bad)
			refused(t, fmt.Sprintf("secret %.30q", bad), err, errs.Unauthenticated)
		}
	})
}

// Two hundred at once: what is evaluated is the limit and not one more, on two nodes as on one.
func TestS47_A55_TriesAreCountedBeforeTheyAreLookedAt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		nodes := []*session.Service{r.Service, r.node()}
		var looked, limited atomic.Int64
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				v := session.Visitor{Address: fmt.Sprintf("198.51.100.%d", i)}
				_, _, err := nodes[i%2].SignIn(t.Context(), p.Email, "not the password", v)
				switch errs.KindOf(err) {
				case errs.Unauthenticated:
					looked.Add(1)
				case errs.Limited:
					limited.Add(1)
				default:
					t.Errorf("try %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if looked.Load() != session.MaxTries || limited.Load() != 200-session.MaxTries {
			t.Errorf("%d tries were looked at and %d refused, want %d and %d", looked.Load(), limited.Load(), session.MaxTries, 200-session.MaxTries)
		}
		_, _, err := r.SignIn(t.Context(), p.Email, passphrase, r.visit)
		refused(t, "the right password within the window", err, errs.Limited)
		r.clock.Advance(session.Window + time.Millisecond)
		r.in(p)
	})
}

func TestS47_A55_OneAddressMayNotTryManyAccounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		// The tries are counted without being looked at: this test is about the address.
		for range session.MaxFrom {
			if err := r.Try(t.Context(), "address:"+r.visit.Address, session.MaxFrom); err != nil {
				t.Fatal(err)
			}
		}
		for range session.MaxTries + 5 {
			_, _, err := r.SignIn(t.Context(), p.Email, passphrase, r.visit)
			refused(t, "from an address beyond its limit", err, errs.Limited)
		}
		// It cannot lock out the account from there.
		if _, _, err := r.SignIn(t.Context(), p.Email, passphrase, session.Visitor{Address: "203.0.113.9"}); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
	})
}

func TestA55_ARightPasswordForgivesTheWrongOnes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		for range 2 {
			for range session.MaxTries - 1 {
				_, _, err := r.SignIn(t.Context(), p.Email, "not the password", r.visit)
				refused(t, "a wrong one", err, errs.Unauthenticated)
			}
			r.in(p)
		}
	})
}

// Whoever tries learns nothing about who has an account: one answer, one record, one limit.
func TestS48_A60_EveryRefusalIsTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		member := r.member("林岚", access.Agent)
		gone := r.member("周启", access.Lead)
		r.change(gone, func(p *person.Person) { p.Active = false })
		silent := r.somebody("王海", access.Requester)
		for name, email := range map[string]string{
			"a wrong password": member.Email, "an inactive person": gone.Email, "nobody has a password": silent.Email, "nobody": "nobody@example.test",
		} {
			for i := range session.MaxTries + 2 {
				secret, who, err := r.SignIn(t.Context(), email, "not the password", session.Visitor{Address: name})
				want := errs.New(errs.Unauthenticated, "session.wrong")
				if i >= session.MaxTries {
					want = errs.New(errs.Limited, "session.too_many")
				}
				if !errors.Is(err, want) || secret != "" || who != (person.Person{}) {
					t.Errorf("%s, try %d: %q %+v %v", name, i, secret, who, err)
				}
			}
		}
		_, _, err := r.SignIn(t.Context(), gone.Email, passphrase, session.Visitor{Address: "x"})
		refused(t, "an inactive person with the right password", err, errs.Limited)
	})
}

// Nothing that is typed can be more than wrong: no failure of ours, on either engine (A88, S92).
func TestS92_A88_WhateverIsTypedIsAtMostWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		hostile := []string{
			"", " ", "\x00", "a\x00b@example.test", "\xff\xfe@example.test", "a@b@c", strings.Repeat("a", 100_000) + "@example.test",
			strings.Repeat("汉", 300) + "@example.test", "' OR 1=1 --", "a@example.test\r\nBcc: x@example.test", "\u202ea@example.test",
		}
		for i, email := range hostile {
			v := session.Visitor{Address: fmt.Sprintf("198.51.100.%d\x00\xff", i), Agent: strings.Repeat("\x00\xff汉", 1000)}
			_, _, err := r.SignIn(t.Context(), email, "not the password", v)
			refused(t, fmt.Sprintf("address %.30q", email), err, errs.Unauthenticated)
		}
		for i, password := range []string{"", "\x00", "\xff", strings.Repeat("x", 1<<20), passphrase + "\x00", passphrase + " ", strings.ToUpper(passphrase)} {
			_, _, err := r.SignIn(t.Context(), p.Email, password, session.Visitor{Address: fmt.Sprintf("203.0.113.%d", i)})
			refused(t, fmt.Sprintf("password %.30q", password), err, errs.Unauthenticated)
		}
		if _, _, err := r.SignIn(t.Context(), "  "+strings.ToUpper(p.Email)+" ", passphrase, session.Visitor{Address: "\x00", Agent: "\x00\xff"}); err != nil {
			t.Errorf("the address in capitals and with blanks: %v", err)
		}
	})
}

func TestA86_SigningInAndBeingRefusedAreRecorded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		_, _, _ = r.SignIn(t.Context(), p.Email, "not the password", r.visit)
		secret := r.in(p)
		_ = r.ChangePassword(t.Context(), self(p), "not the password", "another good passphrase")
		if err := r.SignOut(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"session.signed_out", "session.password_changed", "session.refused", "session.signed_in", "session.refused", "session.signed_out",
		}
		if d := cmp.Diff(want, r.facts(p.ID)); d != "" {
			t.Error(d)
		}
		for _, data := range r.stored(`SELECT data FROM event WHERE room = 'session'`) {
			if strings.Contains(data, "password\":\"") || strings.Contains(data, "not the") || strings.Contains(data, secret) {
				t.Errorf("what was typed stands in the record: %s", data)
			}
		}
		if err := r.SignOut(t.Context(), secret); err != nil {
			t.Errorf("signing out twice: %v", err)
		}
	})
}

func TestA74_AnOldHashIsRenewedByTheNextSignIn(t *testing.T) {
	t.Parallel()
	eachAtFullCost(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		weak := session.WeakHash(t, passphrase)
		r.write(`UPDATE credential SET hash = $1`, weak)
		secret := r.in(p)
		list := r.stored(`SELECT hash FROM credential`)
		if len(list) != 1 || list[0] == weak || !strings.HasPrefix(list[0], "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("it is stored as %v", list)
		}
		if _, _, err := r.Who(t.Context(), secret); err != nil {
			t.Errorf("the session did not last: %v", err)
		}
		r.in(p)
		if again := r.stored(`SELECT hash FROM credential`); !slices.Equal(list, again) {
			t.Error("a hash of today was made anew")
		}
	})
}

func TestA67_S45_S51_ANewPasswordEndsEveryVisitAndEveryLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		here, there, token := r.in(p), r.in(p), r.token(p)
		link := r.link(session.ForPassword, p.ID, time.Hour)
		for range session.MaxTries - 1 {
			err := r.ChangePassword(t.Context(), self(p), "not the password", "another good passphrase")
			if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Name != "old" {
				t.Fatalf("the wrong old one: %v", err)
			}
		}
		if err := r.ChangePassword(t.Context(), self(p), passphrase, "another good passphrase"); err != nil {
			t.Fatal(err)
		}
		for name, secret := range map[string]string{"here": here, "there": there} {
			_, _, err := r.Who(t.Context(), secret)
			refused(t, name, err, errs.Unauthenticated)
		}
		_, err := r.PeekOneTime(t.Context(), session.ForPassword, link)
		refused(t, "a link to choose another password", err, errs.NotFound)
		if _, err := r.WhoseToken(t.Context(), token); err != nil {
			t.Errorf("a program is locked out by a new password: %v", err)
		}
		if _, _, err := r.SignIn(t.Context(), p.Email, "another good passphrase", r.visit); err != nil {
			t.Errorf("the tries before were not forgiven: %v", err)
		}
		_, _, err = r.SignIn(t.Context(), p.Email, passphrase, r.visit)
		refused(t, "the old password", err, errs.Unauthenticated)
	})
}

func TestA55_ChangingThePasswordIsNoWayToGuessIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		for range session.MaxTries {
			_ = r.ChangePassword(t.Context(), self(p), "not the password", "another good passphrase")
		}
		refused(t, "beyond the limit", r.ChangePassword(t.Context(), self(p), passphrase, "another good passphrase"), errs.Limited)
		for name, by := range map[string]access.Actor{
			"nobody": {}, "a link": {ID: int64(p.ID), Kind: access.Link, Ticket: 1, Role: access.Requester}, "somebody without a password": self(r.somebody("王海", access.Requester)),
		} {
			if err := r.ChangePassword(context.WithoutCancel(t.Context()), by, "", "another good passphrase"); err == nil {
				t.Errorf("%s changed a password", name)
			}
		}
	})
}
