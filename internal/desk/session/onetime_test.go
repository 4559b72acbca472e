// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestS50_A63_OnlyTheLinkItselfOpens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p, other := r.member("林岚", access.Agent), r.member("周启", access.Lead)
		link := r.link(session.ForPassword, p.ID, time.Hour)
		visit, token := r.in(p), r.token(p)
		for name, secret := range map[string]string{
			"nothing": "", "a blank": " ", "short": link[:25], "longer": link + "a", "with a blank": link + " ", "in capitals": strings.ToUpper(link),
			"of zeroes": strings.Repeat("a", 26), "null": "null", "a byte of zero": link[:25] + "\x00", "a wildcard": "%", "the stored hash": r.stored(`SELECT hash FROM one_time`)[0],
			"a session": visit, "an API token": token, "an API token without its prefix": strings.TrimPrefix(token, session.TokenPrefix),
		} {
			_, err := r.PeekOneTime(t.Context(), session.ForPassword, secret)
			refused(t, name, err, errs.NotFound)
			_, _, err = r.ChoosePassword(t.Context(), secret, "another good passphrase", r.visit)
			refused(t, name, err, errs.NotFound)
			_, err = r.SetUp(t.Context(), secret, first(), "another good passphrase", r.visit)
			refused(t, name, err, errs.NotFound)
		}
		_, err := r.PeekOneTime(t.Context(), session.ForSetUp, link)
		refused(t, "for another purpose", err, errs.NotFound)
		_, _, err = r.Who(t.Context(), link)
		refused(t, "a link as a session", err, errs.Unauthenticated)
		_, err = r.WhoseToken(t.Context(), session.TokenPrefix+link)
		refused(t, "a link as a token", err, errs.Unauthenticated)
		if who, err := r.PeekOneTime(t.Context(), session.ForPassword, link); err != nil || who != p.ID {
			t.Fatalf("the link itself: %d, %v; it was for %d and never for %d", who, err, p.ID, other.ID)
		}
	})
}

func TestS50_S51_ALinkWorksOnceWhoeverHurries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		link := r.link(session.ForPassword, p.ID, time.Hour)
		var won atomic.Int64
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				_, who, err := r.ChoosePassword(t.Context(), link, fmt.Sprint("another good passphrase ", i), r.visit)
				switch {
				case err == nil && who.ID == p.ID:
					won.Add(1)
				case errs.KindOf(err) != errs.NotFound:
					t.Errorf("%+v, %v", who, err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("one link chose %d passwords", won.Load())
		}
		_, _, err := r.SignIn(t.Context(), p.Email, passphrase, r.visit)
		refused(t, "the old password", err, errs.Unauthenticated)
	})
}

func TestS51_A63_LinksExpireAndANewerOneVoidsTheOlder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p, other := r.somebody("林岚", access.Agent), r.somebody("周启", access.Lead)
		older := r.link(session.ForPassword, p.ID, session.InviteFor)
		others := r.link(session.ForPassword, other.ID, session.InviteFor)
		newer := r.link(session.ForPassword, p.ID, session.ResetFor)
		_, err := r.PeekOneTime(t.Context(), session.ForPassword, older)
		refused(t, "the older one", err, errs.NotFound)
		r.clock.Advance(session.ResetFor - time.Millisecond)
		for name, secret := range map[string]string{"the newer one": newer, "somebody else's": others} {
			if _, err := r.PeekOneTime(t.Context(), session.ForPassword, secret); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		r.clock.Advance(time.Millisecond)
		_, err = r.PeekOneTime(t.Context(), session.ForPassword, newer)
		refused(t, "at its end", err, errs.NotFound)
		_, _, err = r.ChoosePassword(t.Context(), newer, "another good passphrase", r.visit)
		refused(t, "used at its end", err, errs.NotFound)
		if session.ResetFor > 30*time.Minute || session.InviteFor > 24*time.Hour || session.SetUpFor > 24*time.Hour {
			t.Error("a link is good for longer than ASVS 6.5.5 allows")
		}
	})
}

func TestS51_AWeakPasswordDoesNotUseTheLinkUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.somebody("林岚", access.Agent)
		link := r.link(session.ForPassword, p.ID, time.Hour)
		_, _, err := r.ChoosePassword(t.Context(), link, "short", r.visit)
		refused(t, "too short", err, errs.Invalid)
		secret, who, err := r.ChoosePassword(t.Context(), link, "another good passphrase", r.visit)
		if err != nil || who.ID != p.ID {
			t.Fatalf("%+v, %v", who, err)
		}
		if who, _, err := r.Who(t.Context(), secret); err != nil || who.ID != p.ID {
			t.Errorf("not signed in afterwards: %+v, %v", who, err)
		}
		r.change(p, func(p *person.Person) { p.Active = false })
		disabled := r.link(session.ForPassword, p.ID, time.Hour)
		_, _, err = r.ChoosePassword(t.Context(), disabled, "another good passphrase", r.visit)
		refused(t, "for somebody who is inactive", err, errs.NotFound)
	})
}

func first() person.Person {
	return person.Person{Name: "第一位", Email: "first@example.test", Lang: "zh-CN"}
}

func TestS52_S53_A56_TheDeskIsSetUpOnceByTheLinkAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		// A fresh desk has nobody, and nothing that is typed signs in (A56).
		for _, email := range []string{"admin@example.com", "admin@localhost", "root@localhost", "admin", ""} {
			for i, password := range []string{"admin", "password", "", "loopdesk", "changeme"} {
				_, _, err := r.SignIn(t.Context(), email, password, session.Visitor{Address: fmt.Sprint(email, i)})
				refused(t, email+" "+password, err, errs.Unauthenticated)
			}
		}
		link := r.link(session.ForSetUp, 0, session.SetUpFor)
		bad := first()
		bad.Name = ""
		_, err := r.SetUp(t.Context(), link, bad, passphrase, r.visit)
		refused(t, "without a name", err, errs.Invalid)
		if has, err := r.people.HasAdmin(t.Context()); err != nil || has {
			t.Fatalf("half a set-up: %v, %v", has, err)
		}
		var won atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				p := first()
				p.Email = fmt.Sprintf("first%d@example.test", i)
				if _, err := r.SetUp(t.Context(), link, p, passphrase, r.visit); err == nil {
					won.Add(1)
				} else if errs.KindOf(err) != errs.NotFound {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(r.stored(`SELECT email FROM person`)); n != 1 || won.Load() != 1 {
			t.Fatalf("%d set-ups made %d people", won.Load(), n)
		}
		// Whatever link there is afterwards, it opens nothing.
		late := r.link(session.ForSetUp, 0, session.SetUpFor)
		_, err = r.SetUp(t.Context(), late, first(), passphrase, r.visit)
		refused(t, "once there is an administrator", err, errs.NotFound)
	})
}
