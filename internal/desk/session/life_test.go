// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/session/sessiontest"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestA66_VisitsEndWhenIdleAndWhenOld(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for role, bounds := range map[access.Role][2]time.Duration{
			access.Requester: {session.Idle, session.Absolute}, access.Agent: {session.Idle, session.Absolute},
			access.Lead: {session.Idle, session.Absolute}, access.Admin: {session.AdminIdle, session.AdminAbsolute},
		} {
			idle, absolute := bounds[0], bounds[1]
			p := r.member(string(role), role)
			start := r.clock.Now()
			still := func(secret, what string, want bool) {
				t.Helper()
				if _, _, err := r.Who(t.Context(), secret); (err == nil) != want {
					t.Errorf("%s %s: %v, want alive %v", role, what, err, want)
				}
			}
			secret := r.in(p)
			r.clock.Advance(idle - time.Millisecond)
			still(secret, "just within the idle limit", true)
			r.clock.Advance(idle - time.Millisecond)
			still(secret, "prolonged by the last look", true)
			r.clock.Advance(idle)
			still(secret, "idle", false)

			busy := r.in(p)
			begin := r.clock.Now()
			for r.clock.Now().Sub(begin) < absolute-idle/2 {
				still(busy, "busy all the time", true)
				r.clock.Advance(idle / 2)
			}
			r.clock.Set(begin.Add(absolute - time.Millisecond))
			still(busy, "just within the absolute limit", true)
			r.clock.Set(begin.Add(absolute))
			still(busy, "too old", false)
			r.clock.Set(start)
		}
	})
}

func TestA66_LookingWithoutWorkingDoesNotProlong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		secret := r.in(r.member("林岚", access.Agent))
		for range 8 {
			r.clock.Advance(session.Idle/8 - time.Second)
			if _, _, err := r.Peek(t.Context(), secret); err != nil {
				t.Fatal(err)
			}
		}
		r.clock.Advance(8 * time.Second)
		_, _, err := r.Peek(t.Context(), secret)
		refused(t, "a page that was only left open", err, errs.Unauthenticated)
	})
}

// A clock that is put forward and back again prolongs nothing; two nodes may differ by a little.
func TestF42_F43_NoClockProlongsAVisit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		now := r.clock.Now()
		r.clock.Set(now.Add(4 * time.Minute))
		skewed := r.in(p)
		r.clock.Set(now.Add(48 * time.Hour))
		ahead := r.in(p)
		r.clock.Set(now)
		if _, _, err := r.Who(t.Context(), skewed); err != nil {
			t.Errorf("opened on a node that is four minutes ahead: %v", err)
		}
		_, _, err := r.Who(t.Context(), ahead)
		refused(t, "opened two days from now", err, errs.Unauthenticated)
		for _, far := range []time.Duration{-24 * time.Hour, 24 * time.Hour, -60 * 365 * 24 * time.Hour, 12 * 365 * 24 * time.Hour} {
			r.clock.Set(now.Add(far))
			_, _, err := r.Who(t.Context(), skewed)
			refused(t, fmt.Sprint("with the clock moved by ", far), err, errs.Unauthenticated)
		}
	})
}

// Rights that are lost are lost at once: here, and on another node that remembers the person.
func TestS45_A67_A70_WhoeverLosesRightsLosesVisitsTokensAndLinks(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		how             func(*person.Person)
		visits, tokens  bool // whether they live on
		links, signedIn bool
	}{
		"disabled":     {how: func(p *person.Person) { p.Active = false }},
		"demoted":      {how: func(p *person.Person) { p.Role = access.Requester }, signedIn: true},
		"promoted":     {how: func(p *person.Person) { p.Role = access.Admin }, signedIn: true},
		"another mail": {how: func(p *person.Person) { p.Email = "new@example.test" }, visits: true, tokens: true, signedIn: true},
		"another name": {how: func(p *person.Person) { p.Name = "林小岚" }, visits: true, tokens: true, links: true, signedIn: true},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *room) {
				r.member("管理员", access.Admin)
				p, bystander := r.member("林岚", access.Lead), r.member("周启", access.Lead)
				visit, token, link := r.in(p), r.token(p), r.link(session.ForPassword, p.ID, time.Hour)
				other := r.in(bystander)
				far := r.node()
				if _, _, err := far.Who(t.Context(), visit); err != nil { // the other node has seen them
					t.Fatal(err)
				}
				r.change(p, tt.how)
				now, err := r.people.Get(t.Context(), p.ID)
				if err != nil {
					t.Fatal(err)
				}
				for node, s := range map[string]*session.Service{"here": r.Service, "another node": far} {
					who, _, err := s.Who(t.Context(), visit)
					if (err == nil) != tt.visits || (err == nil && who != now) {
						t.Errorf("%s, the visit: %+v, %v", node, who, err)
					}
					who, err = s.WhoseToken(t.Context(), token)
					if (err == nil) != tt.tokens || (err == nil && who != now) {
						t.Errorf("%s, the token: %+v, %v", node, who, err)
					}
					if _, err := s.PeekOneTime(t.Context(), session.ForPassword, link); (err == nil) != tt.links {
						t.Errorf("%s, the link: %v", node, err)
					}
					if _, _, err := s.Who(t.Context(), other); err != nil {
						t.Errorf("%s, a bystander: %v", node, err)
					}
					secret, who, err := s.SignIn(t.Context(), now.Email, passphrase, r.visit)
					if (err == nil) != tt.signedIn || (err == nil && who != now) {
						t.Errorf("%s, signing in: %+v, %v", node, who, err)
					} else if err == nil {
						if who, _, err := s.Who(t.Context(), secret); err != nil || who.Role != now.Role {
							t.Errorf("%s, after signing in: %+v, %v", node, who, err)
						}
					}
				}
			})
		})
	}
}

func TestA67_OneCanSeeAndEndOnesOwnVisitsOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p, stranger := r.member("林岚", access.Agent), r.member("周启", access.Lead)
		here := r.in(p)
		r.clock.Advance(time.Minute)
		there := r.in(p)
		list, err := r.Sessions(t.Context(), self(p))
		if err != nil || len(list) != 2 || !list[0].CreatedAt.After(list[1].CreatedAt) {
			t.Fatalf("%+v, %v", list, err)
		}
		refused(t, "somebody else's", r.End(t.Context(), self(stranger), list[1].ID), errs.NotFound)
		refused(t, "one that never was", r.End(t.Context(), self(p), 1<<62), errs.NotFound)
		for name, by := range map[string]access.Actor{"nobody": {}, "a link": {ID: int64(p.ID), Kind: access.Link, Ticket: 1, Role: access.Requester}} {
			if err := r.End(t.Context(), by, list[1].ID); err == nil {
				t.Errorf("%s ended a visit", name)
			}
			if list, err := r.Sessions(t.Context(), by); err == nil {
				t.Errorf("%s sees %+v", name, list)
			}
		}
		if err := r.End(t.Context(), self(p), list[1].ID); err != nil {
			t.Fatal(err)
		}
		_, _, err = r.Who(t.Context(), here)
		refused(t, "the one that was ended", err, errs.Unauthenticated)
		if _, _, err := r.Who(t.Context(), there); err != nil {
			t.Errorf("the other one: %v", err)
		}
		if err := r.SignOut(t.Context(), there); err != nil {
			t.Fatal(err)
		}
		_, _, err = r.Who(t.Context(), there)
		refused(t, "after signing out", err, errs.Unauthenticated)
	})
}

func TestOldVisitsTriesAndLinksAreSweptAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		r.in(p)
		r.link(session.ForPassword, p.ID, time.Minute)
		_, _, _ = r.SignIn(t.Context(), "nobody@example.test", "not the password", r.visit)
		r.clock.Advance(session.Absolute + time.Hour)
		r.in(p)
		if n := len(r.stored(`SELECT hash FROM session`)); n != 1 {
			t.Errorf("%d visits are kept", n)
		}
		if n := len(r.stored(`SELECT hash FROM one_time`)); n != 0 {
			t.Errorf("%d links are kept", n)
		}
		if list := r.stored(`SELECT name FROM attempt`); len(list) != 1 {
			t.Errorf("tries are kept: %v", list)
		}
	})
}

// TestA66_ModelOfAVisit drives random looks and moves of the clock and compares with the rule
// in one line: a visit lives while neither limit was reached.
func TestA66_ModelOfAVisit(t *testing.T) {
	t.Parallel()
	r := newRoom(t, dbtest.Open(t, dbtest.SQLite(t)), sessiontest.Cheap())
	people := map[access.Role]person.Person{access.Agent: r.member("林岚", access.Agent), access.Admin: r.member("管理员", access.Admin)}
	rapid.Check(t, func(rt *rapid.T) {
		role := rapid.SampledFrom([]access.Role{access.Agent, access.Admin}).Draw(rt, "role")
		idle, absolute := session.Idle, session.Absolute
		if role == access.Admin {
			idle, absolute = session.AdminIdle, session.AdminAbsolute
		}
		r.clock.Advance(30 * 24 * time.Hour)
		secret := r.OpenFor(r.T, people[role].ID)
		born, seen, dead := r.clock.Now(), r.clock.Now(), false
		for range rapid.IntRange(1, 30).Draw(rt, "looks") {
			r.clock.Advance(time.Duration(rapid.Int64Range(0, int64(idle)*5/4).Draw(rt, "pause")).Truncate(time.Millisecond))
			now := r.clock.Now()
			want := !dead && now.Sub(seen) < idle && now.Sub(born) < absolute
			_, _, err := r.Who(r.Context(), secret)
			if (err == nil) != want {
				rt.Fatalf("%v after its birth and %v after the last look: %v, want alive %v", now.Sub(born), now.Sub(seen), err, want)
			}
			if dead = !want; want && now.Sub(seen) > time.Minute {
				seen = now
			}
		}
	})
}
