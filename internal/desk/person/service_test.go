// SPDX-License-Identifier: Apache-2.0

package person_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestA22_EveryFieldOfAPersonHasItsBounds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		cases := map[string]struct {
			how       func(*person.Person)
			name, key string
		}{
			"no name":              {func(p *person.Person) { p.Name = " \x00 " }, "name", "person.name_length"},
			"a name too long":      {func(p *person.Person) { p.Name = strings.Repeat("汉", 81) }, "name", "person.name_length"},
			"no address":           {func(p *person.Person) { p.Email = "" }, "email", "person.email_shape"},
			"two addresses":        {func(p *person.Person) { p.Email = "a@b.test,c@d.test" }, "email", "person.email_shape"},
			"a phone too long":     {func(p *person.Person) { p.Phone = strings.Repeat("8", 41) }, "phone", "person.too_long"},
			"a department so long": {func(p *person.Person) { p.Department = strings.Repeat("部", 81) }, "department", "person.too_long"},
			"a place too long":     {func(p *person.Person) { p.Place = strings.Repeat("楼", 81) }, "place", "person.too_long"},
			"another language":     {func(p *person.Person) { p.Lang = "fr" }, "lang", "person.lang_unknown"},
			"no language":          {func(p *person.Person) { p.Lang = "" }, "lang", "person.lang_unknown"},
			"no such zone":         {func(p *person.Person) { p.Zone = "Asia/Atlantis" }, "zone", "person.zone_unknown"},
			"a zone from the disk": {func(p *person.Person) { p.Zone = "../../../etc/passwd" }, "zone", "person.zone_unknown"},
			"another role":         {func(p *person.Person) { p.Role = "root" }, "role", "person.role_unknown"},
			"no role":              {func(p *person.Person) { p.Role = "" }, "role", "person.role_unknown"},
		}
		for name, tt := range cases {
			p := somebody("王海", access.Requester)
			tt.how(&p)
			_, err := r.Add(t.Context(), access.Desk(), p)
			field(t, name, err, tt.name, tt.key)
			was := r.add(name, access.Requester)
			edited := was
			tt.how(&edited)
			_, err = r.Change(t.Context(), access.Desk(), edited, 0)
			field(t, name+", changed", err, tt.name, tt.key)
			if now, err := r.Get(t.Context(), was.ID); err != nil || now != was {
				t.Errorf("%s: what was refused is stored: %+v, %v", name, now, err)
			}
		}
		p := somebody(strings.Repeat("汉", 80), access.Agent)
		p.Email, p.Phone, p.Department, p.Place, p.Zone = "BOUND@example.test", strings.Repeat("8", 40), strings.Repeat("部", 80), strings.Repeat("楼", 80), "Europe/Berlin"
		got, err := r.Add(t.Context(), access.Desk(), p)
		if err != nil {
			t.Fatal(err)
		}
		p.ID, p.Email, p.Active, p.Version, p.CreatedAt = got.ID, "bound@example.test", true, 1, r.clock.Now()
		stored, err := r.Get(t.Context(), got.ID)
		if d := cmp.Diff(p, stored); d != "" || err != nil || got != stored {
			t.Errorf("%v\n%s", err, d)
		}
	})
}

func TestAnAddressBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.add("林岚", access.Agent)
		twin := somebody("另一位", access.Requester)
		twin.Email = " " + strings.ToUpper(p.Email)
		_, err := r.Add(t.Context(), access.Desk(), twin)
		field(t, "added", err, "email", "person.email_taken")
		other := r.add("周启", access.Lead)
		other.Email = p.Email
		_, err = r.Change(t.Context(), access.Desk(), other, 0)
		field(t, "changed", err, "email", "person.email_taken")
		if found, err := r.ByEmail(t.Context(), strings.ToUpper(p.Email)); err != nil || found != p {
			t.Errorf("%+v, %v", found, err)
		}
		for _, email := range []string{"nobody@example.test", "", "\x00", "\xff@x", "a@b,c@d", p.Email + "\x00"} {
			_, err := r.ByEmail(t.Context(), email)
			refused(t, fmt.Sprintf("%q", email), err, errs.NotFound)
		}
		// A transaction in which the address was taken goes on: another row may follow.
		err = r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := r.AddIn(ctx, tx, access.Desk(), twin); err == nil {
				t.Error("the address was given away twice")
			}
			_, err := r.AddIn(ctx, tx, access.Desk(), somebody("第三位", access.Requester))
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// Two mails of one stranger at once make one person, and neither mail fails (F32).
func TestF32_WhoeverIsMadeTwiceAtOnceIsOnePerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		const hands = 16
		var wg sync.WaitGroup
		ids := make([]person.ID, hands)
		for i := range hands {
			wg.Go(func() {
				p, err := r.ensure(person.Person{Name: fmt.Sprint("Stranger ", i), Email: "New@Example.test", Lang: "en", Role: access.Admin})
				if err != nil || p.Role != access.Requester {
					t.Errorf("%+v, %v", p, err)
				}
				ids[i] = p.ID
			})
		}
		wg.Wait()
		for _, which := range ids {
			if which != ids[0] || which == 0 {
				t.Fatalf("%v", ids)
			}
		}
		// An unreadable name becomes one that can be stored; an address that is none is refused.
		p, err := r.ensure(person.Person{Name: "\x00\u202e", Email: "noname@example.test", Lang: "en"})
		if err != nil || p.Name != "noname" {
			t.Errorf("%+v, %v", p, err)
		}
		p, err = r.ensure(person.Person{Name: strings.Repeat("汉 ", 200), Email: "long@example.test", Lang: "en"})
		if err != nil || len([]rune(p.Name)) > 80 {
			t.Errorf("%+v, %v", p, err)
		}
		_, err = r.ensure(person.Person{Name: "x", Email: "a@b,c@d", Lang: "en"})
		field(t, "no address", err, "email", "person.email_shape")
	})
}

func TestA69_WhoMayAddAndChangePeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		roles := map[access.Role]person.Person{access.Admin: r.admin}
		for _, role := range []access.Role{access.Requester, access.Agent, access.Lead} {
			roles[role] = r.add(string(role), role)
		}
		for _, by := range access.Roles() {
			for _, made := range access.Roles() {
				p := somebody(fmt.Sprint(by, " adds ", made), made)
				_, err := r.Add(t.Context(), actor(roles[by]), p)
				if want := by == access.Admin || (by.Staff() && made == access.Requester); (err == nil) != want {
					t.Errorf("%s adds a %s: %v", by, made, err)
				}
			}
			for whose, p := range roles {
				p, err := r.Get(t.Context(), p.ID)
				if err != nil {
					t.Fatal(err)
				}
				plain := p
				plain.Phone += "1"
				if _, err = r.Change(t.Context(), actor(roles[by]), plain, 0); (err == nil) != (by == whose || by == access.Admin) {
					t.Errorf("%s changes the phone of %s: %v", by, whose, err)
				}
				if whose == access.Admin {
					continue // changed below
				}
				for what, how := range map[string]func(*person.Person){
					"role": func(p *person.Person) { p.Role = access.Admin }, "address": func(p *person.Person) { p.Email = "x" + p.Email }, "end": func(p *person.Person) { p.Active = false },
				} {
					if by == access.Admin {
						continue
					}
					edited := plain
					how(&edited)
					_, err := r.Change(t.Context(), actor(roles[by]), edited, 0)
					refused(t, fmt.Sprint(by, " changes the ", what, " of ", whose), err, errs.Denied)
				}
			}
			_, err := r.List(t.Context(), actor(roles[by]), person.Filter{})
			if (err == nil) != by.Staff() {
				t.Errorf("%s lists people: %v", by, err)
			}
			if _, err := r.SaveGroup(t.Context(), actor(roles[by]), person.Group{Name: fmt.Sprint("group of ", by)}, 0); (err == nil) != (by == access.Admin) {
				t.Errorf("%s saves a group: %v", by, err)
			}
		}
		portal := access.Actor{ID: int64(roles[access.Requester].ID), Kind: access.Link, Ticket: 1, Role: access.Requester}
		for name, by := range map[string]access.Actor{"nobody": {}, "a link": portal} {
			if _, err := r.Add(t.Context(), by, somebody(name, access.Requester)); err == nil {
				t.Errorf("%s added a person", name)
			}
			if _, err := r.Change(t.Context(), by, roles[access.Requester], 0); err == nil {
				t.Errorf("%s changed a person", name)
			}
			if _, err := r.List(t.Context(), by, person.Filter{}); err == nil {
				t.Errorf("%s lists people", name)
			}
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for name, how := range map[string]func(*person.Person){
			"demoted": func(p *person.Person) { p.Role = access.Lead }, "disabled": func(p *person.Person) { p.Active = false },
		} {
			p := r.admin
			how(&p)
			_, err := r.Change(t.Context(), actor(r.admin), p, 0)
			field(t, name, err, "role", "person.last_admin")
		}
		// Two who demote each other at once: one of them wins, and one stays.
		second := r.add("第二位", access.Admin)
		for range 6 {
			var wg sync.WaitGroup
			for _, p := range []person.Person{r.admin, second} {
				wg.Go(func() {
					p.Role, p.Active = access.Lead, true
					_, err := r.Change(t.Context(), access.Desk(), p, 0)
					if err != nil && errs.KindOf(err) != errs.Invalid {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if has, err := r.HasAdmin(t.Context()); err != nil || !has {
				t.Fatalf("nobody can administer the desk any more: %v", err)
			}
			for _, p := range []person.Person{r.admin, second} {
				p.Role, p.Active = access.Admin, true
				if _, err := r.Change(t.Context(), access.Desk(), p, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestF53_OneOfManyEditsOfAPersonWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.add("林岚", access.Agent)
		const hands = 12
		results := make([]error, hands)
		var wg sync.WaitGroup
		for i := range hands {
			wg.Go(func() {
				edited := p
				edited.Phone = fmt.Sprint(i)
				_, results[i] = r.Change(t.Context(), actor(r.admin), edited, p.Version)
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if errs.KindOf(err) != errs.Stale {
				t.Error(err)
			}
		}
		now, err := r.Get(t.Context(), p.ID)
		if won != 1 || err != nil || now.Version != p.Version+1 {
			t.Errorf("%d edits of one version won; the version is %d: %v", won, now.Version, err)
		}
		nobody := p
		nobody.ID = 1 << 40
		_, err = r.Change(t.Context(), actor(r.admin), nobody, 0)
		refused(t, "somebody who is not there", err, errs.NotFound)
	})
}

func TestA86_WhatChangedIsRecorded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.add("林岚", access.Agent)
		edited := p
		edited.Role, edited.Phone, edited.Email = access.Lead, "8206", "lin@example.test"
		if _, err := r.Change(t.Context(), actor(r.admin), edited, 0); err != nil {
			t.Fatal(err)
		}
		list, err := r.bus.List(t.Context(), r.db, "person", int64(p.ID), 0, 10)
		if err != nil || len(list) != 2 || list[1].Meta.ActorID != int64(r.admin.ID) {
			t.Fatalf("%+v, %v", list, err)
		}
		want := fmt.Sprintf(`{"Person":%d,"Fields":["email","phone","role"],"RoleWas":"agent","Role":"lead","Active":true}`, p.ID)
		if got := string(list[1].Data); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestANameIsNewAtOnceHereAndSoonElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		far := r.node()
		p := r.add("旧名", access.Agent)
		for _, s := range []*person.Service{r.Service, far} {
			if got := s.Card(t.Context(), p.ID); got != p {
				t.Fatalf("%+v", got)
			}
		}
		p.Name = "新名"
		if _, err := r.Change(t.Context(), actor(r.admin), p, 0); err != nil {
			t.Fatal(err)
		}
		if got := r.Card(t.Context(), p.ID); got.Name != "新名" || got.Version != 2 {
			t.Errorf("here: %+v", got)
		}
		r.clock.Advance(30 * time.Second)
		if got := far.Card(t.Context(), p.ID); got.Name != "新名" {
			t.Errorf("elsewhere after half a minute: %+v", got)
		}
		if got := r.Card(t.Context(), 1<<40); got != (person.Person{}) {
			t.Errorf("nobody is %+v", got)
		}
		// Readers that hurry beside the writers never leave an old name behind.
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				edited := p
				edited.Name = fmt.Sprint("名", i)
				if _, err := r.Change(t.Context(), actor(r.admin), edited, 0); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { r.Card(t.Context(), p.ID) })
		}
		wg.Wait()
		stored, err := r.Get(t.Context(), p.ID)
		if got := r.Card(t.Context(), p.ID); err != nil || got != stored {
			t.Errorf("remembered %+v, stored %+v, %v", got, stored, err)
		}
	})
}
