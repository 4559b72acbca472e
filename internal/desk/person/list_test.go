// SPDX-License-Identifier: Apache-2.0

package person_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// pages reads a list page by page, as somebody who presses "further".
func (r *room) pages(f person.Filter) []person.Person {
	r.Helper()
	var out []person.Person
	for range 1000 {
		page, err := r.List(r.Context(), actor(r.admin), f)
		if err != nil {
			r.Fatal(err)
		}
		out = append(out, page...)
		if len(page) < f.Limit {
			return out
		}
		f.After = page[len(page)-1]
	}
	r.Fatal("the list has no end")
	return nil
}

// Names sort differently on the engines; a list read page by page holds everybody once on either.
func TestPagesHoldEverybodyOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		names := []string{
			"Ann", "ann", "ANN", "Änn", "an-n", "an n", "a.nn", "Zoë", "zoe", "Zoé", "é", "e\u0301", "王海", "王海燕", "王 海", "李", "Ωmega", "ωmega", "_", "%", "!", "'", "\"", "1", "10", "2", "😀", "ß", "ss",
			"Ann", "Ann", "王海", // two of one name
		}
		want := map[person.ID]bool{r.admin.ID: true}
		for i, name := range names {
			p := somebody(name, access.Roles()[i%3])
			p.Email = fmt.Sprintf("p%d@example.test", i)
			got, err := r.Add(t.Context(), access.Desk(), p)
			if err != nil {
				t.Fatal(err)
			}
			want[got.ID] = true
		}
		whole := r.pages(person.Filter{Limit: 200})
		for limit := 1; limit <= 9; limit += 2 {
			got := r.pages(person.Filter{Limit: limit})
			seen := map[person.ID]bool{}
			for _, p := range got {
				seen[p.ID] = true
			}
			if len(got) != len(want) || len(seen) != len(want) {
				t.Errorf("pages of %d hold %d people, %d of them different; want %d", limit, len(got), len(seen), len(want))
			}
			if d := cmp.Diff(whole, got); d != "" {
				t.Errorf("pages of %d are in another order than the whole", limit)
			}
		}
		staff := r.pages(person.Filter{Limit: 3, Staff: true})
		if slices.ContainsFunc(staff, func(p person.Person) bool { return !p.Role.Staff() }) || len(staff) != 1+2*len(names)/3 {
			t.Errorf("%d of staff: %+v", len(staff), staff)
		}
	})
}

func TestS82_S81_WhatIsSearchedForMeansItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		add := func(name, email, department, phone string) {
			t.Helper()
			p := person.Person{Name: name, Email: email, Department: department, Phone: phone, Lang: "en", Role: access.Requester}
			if _, err := r.Add(t.Context(), access.Desk(), p); err != nil {
				t.Fatal(err)
			}
		}
		add("100% Sure", "sure@example.test", "R_D", "021-8206")
		add("1000 Sure", "thousand@example.test", "RxD", "021-8207")
		add("O'Brien! Émile", "a_b@example.test", "财务部", "")
		add("Back\\slash", "axb@example.test", "", "")
		for text, want := range map[string]string{
			"100%": "100% Sure", "0%": "100% Sure", "%": "100% Sure", "_": "100% Sure,O'Brien! Émile", "R_D": "100% Sure", "r_d": "100% Sure", "a_b": "O'Brien! Émile",
			"!": "O'Brien! Émile", "!!": "", "'": "O'Brien! Émile", "\\": "Back\\slash", "o'brien": "O'Brien! Émile", "BACK": "Back\\slash", "Émile": "O'Brien! Émile",
			"财务": "O'Brien! Émile", "8206": "100% Sure", "SURE@EXAMPLE": "100% Sure", "  sure  ": "1000 Sure,100% Sure",
			"' OR '1'='1": "", "%' OR 1=1 --": "", "$1": "", "nothing": "", strings.Repeat("%", 5000): "", "\x00": "1000 Sure,100% Sure,Back\\slash,O'Brien! Émile,管理员",
			"\xff\xfe": "1000 Sure,100% Sure,Back\\slash,O'Brien! Émile,管理员", "su\x00re": "", "*": "", "\"": "",
		} {
			list, err := r.List(t.Context(), actor(r.admin), person.Filter{Text: text})
			if err != nil {
				t.Errorf("%.20q: %v", text, err)
				continue
			}
			var names []string
			for _, p := range list {
				names = append(names, p.Name)
			}
			slices.Sort(names)
			wants := strings.FieldsFunc(want, func(c rune) bool { return c == ',' })
			slices.Sort(wants)
			if d := cmp.Diff(wants, names); d != "" && (len(wants) > 0 || len(names) > 0) {
				t.Errorf("%.20q: %s", text, d)
			}
		}
		for text, want := range map[string]string{
			"100% Sure": "100% Sure", " 1000  sure": "1000 Sure", "SURE@example.test": "100% Sure", "o'brien! Émile": "O'Brien! Émile", "O'Brien! Émile": "O'Brien! Émile",
			"Sure": "", "%": "", "": "", "\x00": "", "\xff\xfe": "", "' OR '1'='1": "", strings.Repeat("%", 5000): "",
		} {
			var name string
			list, err := r.Called(t.Context(), actor(r.admin), text, 3)
			if len(list) > 0 {
				name = list[0].Name
			}
			if err != nil || name != want || len(list) > 1 {
				t.Errorf("called %.20q: %q of %d, want %q, %v", text, name, len(list), want, err)
			}
		}
		if _, err := r.Called(t.Context(), access.Actor{ID: 2, Kind: access.Person, Role: access.Requester}, "100% Sure", 3); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester is told: %v", err)
		}
		if _, err := r.List(t.Context(), actor(r.admin), person.Filter{After: person.Person{Name: "\x00\xff", ID: -1}, Limit: -5}); err != nil {
			t.Errorf("a page after nobody: %v", err)
		}
	})
}

func TestStaffAreThoseWhoCanBeGivenWork(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		agent, lead := r.add("林岚", access.Agent), r.add("周启", access.Lead)
		r.add("王海", access.Requester)
		if list, err := r.Staff(t.Context()); err != nil || len(list) != 3 { // what is kept in memory is dropped with the next change
			t.Fatal(list, err)
		}
		gone := r.add("已离职", access.Agent)
		if list, err := r.Staff(t.Context()); err != nil || len(list) != 4 {
			t.Fatal(list, err)
		}
		gone.Active = false
		if _, err := r.Change(t.Context(), actor(r.admin), gone, 0); err != nil {
			t.Fatal(err)
		}
		list, err := r.Staff(t.Context())
		got := map[person.ID]bool{}
		for _, p := range list {
			got[p.ID] = true
		}
		if d := cmp.Diff(map[person.ID]bool{agent.ID: true, lead.ID: true, r.admin.ID: true}, got); d != "" || err != nil {
			t.Error(err, d)
		}
	})
}

func TestGroupsHaveOneNameAndKnownMembers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a, b := r.add("林岚", access.Agent), r.add("周启", access.Lead)
		members := []person.ID{b.ID, a.ID, b.ID}
		g, err := r.SaveGroup(t.Context(), actor(r.admin), person.Group{Name: " 系统组\n", NameEN: "Systems", Members: members}, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := person.Group{ID: g.ID, Name: "系统组", NameEN: "Systems", Active: true, Version: 1, Members: []person.ID{a.ID, b.ID}}
		if d := cmp.Diff(want, g); d != "" || members[0] != b.ID {
			t.Errorf("%s\nthe caller's list became %v", d, members)
		}
		if d := cmp.Diff(want, r.Group(t.Context(), g.ID)); d != "" {
			t.Error(d)
		}
		_, err = r.SaveGroup(t.Context(), actor(r.admin), person.Group{Name: "系统组"}, 0)
		field(t, "a second one", err, "name", "person.group_name_taken")
		for name, bad := range map[string]string{"no name": "\u200b ", "a name too long": strings.Repeat("组", 61)} {
			_, err = r.SaveGroup(t.Context(), actor(r.admin), person.Group{Name: bad}, 0)
			field(t, name, err, "name", "person.group_name_length")
		}
		_, err = r.SaveGroup(t.Context(), actor(r.admin), person.Group{Name: "x", Members: []person.ID{1 << 40}}, 0)
		field(t, "a member who is not there", err, "members", "person.member_unknown")
		g.Members, g.Active = []person.ID{a.ID}, false
		saved, err := r.SaveGroup(t.Context(), actor(r.admin), g, 1)
		if err != nil || saved.Version != 2 {
			t.Fatalf("%+v, %v", saved, err)
		}
		_, err = r.SaveGroup(t.Context(), actor(r.admin), g, 1)
		refused(t, "an old version", err, errs.Stale)
		_, err = r.SaveGroup(t.Context(), actor(r.admin), person.Group{ID: 1 << 40, Name: "y"}, 0)
		refused(t, "one that is not there", err, errs.NotFound)
		if got := r.Group(t.Context(), g.ID); got.Active || len(got.Members) != 1 {
			t.Errorf("%+v", got)
		}
		if got := r.GroupsOf(t.Context(), a.ID); !slices.Equal(got, []person.GroupID{g.ID}) || len(r.GroupsOf(t.Context(), b.ID)) != 0 {
			t.Errorf("%v and %v", got, r.GroupsOf(t.Context(), b.ID))
		}
		if got := r.GroupsInUse(t.Context(), a.ID); len(got) != 0 {
			t.Errorf("out of use: %v", got)
		}
		if got := r.Group(t.Context(), 0); got.ID != 0 {
			t.Errorf("no group is %+v", got)
		}
	})
}
