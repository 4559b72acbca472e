// SPDX-License-Identifier: Apache-2.0

package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// model is a desk as far as a plan concerns it.
type model struct {
	people []person.Person
	said   map[string]map[string]string
	next   person.ID
}

// do applies a plan as the service does.
func (m *model) do(list []directory.Change) {
	for _, c := range list {
		if c.Kind == directory.Bad || c.Kind == directory.Held {
			continue
		}
		if key := c.From.Values[directory.ID]; key != "" {
			m.said[key] = c.Said
		} else if c.Line < 0 {
			m.said[c.Was.Outside][directory.Active] = "no"
		}
		switch i := slices.IndexFunc(m.people, func(p person.Person) bool { return p.ID == c.Was.ID }); {
		case c.Kind == directory.New:
			m.next++
			c.Now.ID = m.next
			m.people = append(m.people, c.Now)
		case i >= 0 && c.Kind != directory.Same:
			m.people[i] = c.Now
		}
	}
}

func allFields() []string {
	return slices.DeleteFunc(directory.Fields(), func(f string) bool { return f == directory.Devices })
}

func (m *model) batch(entries []directory.Entry, keep []string) directory.Batch {
	return directory.Batch{
		Source: directory.LDAP, Fields: allFields(), Entries: entries, Whole: true, Lang: "zh-CN", Said: m.said, Keep: keep,
		Known: func(p person.Person) *errs.FieldError {
			if p.Role != access.Requester {
				return &errs.FieldError{Name: directory.Email, Key: "directory.staff_link"}
			}
			return nil
		},
	}
}

// someone draws an entry: keys, names and addresses from few, so that they collide.
func someone(t *rapid.T, line int) directory.Entry {
	n := rapid.IntRange(0, 30).Draw(t, "key")
	e := directory.Entry{
		Line: int64(line), DN: "uid=x", Active: rapid.IntRange(0, 9).Draw(t, "active") > 0,
		Values: map[string]string{
			directory.ID: fmt.Sprintf("k%d", n), directory.Name: rapid.SampledFrom([]string{"王", "Li Na", "O'Brien", "", "单立"}).Draw(t, "name"),
			directory.Email: rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h", "x y", ""}).Draw(t, "mail") + "@q.example",
			directory.Place: rapid.SampledFrom([]string{"", "B1-305", "B2-1"}).Draw(t, "place"),
		},
	}
	if rapid.Bool().Draw(t, "own address") {
		e.Values[directory.Email] = fmt.Sprintf("own%d@q.example", n)
	}
	if rapid.Bool().Draw(t, "phone") {
		e.Phones = []string{"8009", "139 1111 2222", "8009"}
	}
	return e
}

func entries(t *rapid.T) []directory.Entry {
	out := make([]directory.Entry, rapid.IntRange(1, 25).Draw(t, "entries"))
	for i := range out {
		out[i] = someone(t, i+1)
	}
	return out
}

func desk(t *rapid.T) *model {
	m := &model{said: map[string]map[string]string{}}
	for range rapid.IntRange(0, 8).Draw(t, "people") {
		m.next++
		p := person.Person{
			ID: m.next, Name: "老人", Email: fmt.Sprintf("%c@q.example", 'a'+rune(m.next-1)), Lang: "zh-CN", Active: true,
			Role: rapid.SampledFrom(access.Roles()).Draw(t, "role"),
		}
		m.people = append(m.people, p)
	}
	return m
}

// TestN15_TheSameDirectoryTwiceChangesNothing: whatever the directory is, what was done is done.
// Somebody may take an address that another gave up in the same run: that takes the next one.
func TestN15_TheSameDirectoryTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := desk(t)
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			list := entries(t)
			quiet := false
			for range len(list) + 1 {
				changes := directory.Plan(m.people, m.batch(list, []string{directory.Place}), -1)
				quiet = !slices.ContainsFunc(changes, func(c directory.Change) bool { return c.Kind != directory.Same && c.Kind != directory.Bad })
				m.do(changes)
				if quiet {
					break
				}
			}
			if !quiet {
				t.Fatalf("it never comes to rest")
			}
		}
	})
}

// TestN15_IdentitiesAreStable: a key is one person for good, whatever they are called and wherever
// they are written to; an address is one person; nobody's role comes from an entry.
func TestN15_IdentitiesAreStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := desk(t)
		roles := map[person.ID]access.Role{}
		for _, p := range m.people {
			roles[p.ID] = p.Role
		}
		owner := map[string]person.ID{}
		for range rapid.IntRange(2, 6).Draw(t, "rounds") {
			m.do(directory.Plan(m.people, m.batch(entries(t), nil), -1))
			emails := map[string]person.ID{}
			for _, p := range m.people {
				if p.Outside != "" {
					if was, ok := owner[p.Outside]; ok && was != p.ID {
						t.Fatalf("%s was %d and is %d", p.Outside, was, p.ID)
					}
					owner[p.Outside] = p.ID
				}
				if other, ok := emails[p.Email]; ok {
					t.Fatalf("%s belongs to %d and %d", p.Email, other, p.ID)
				}
				emails[p.Email] = p.ID
				if want := roles[p.ID]; p.Role != want && (want != "" || p.Role != access.Requester) {
					t.Fatalf("%d was %q and is %q", p.ID, want, p.Role)
				}
				if want := roles[p.ID]; want != "" && want != access.Requester && p.Outside != "" {
					t.Fatalf("a member of the staff was taken over by an address")
				}
			}
			for key, id := range owner {
				if !slices.ContainsFunc(m.people, func(p person.Person) bool { return p.ID == id && p.Outside == key }) {
					t.Fatalf("%s was forgotten", key)
				}
			}
		}
	})
}

// TestP5_TheGuardHolds: never more than were allowed are disabled at once, and whoever is held back
// is exactly who would have been disabled.
func TestP5_TheGuardHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := desk(t)
		m.do(directory.Plan(m.people, m.batch(entries(t), nil), -1))
		b := m.batch(entries(t), nil)
		hold := int64(rapid.IntRange(0, 12).Draw(t, "hold"))
		free, held := directory.Count(directory.Plan(m.people, b, -1)), directory.Count(directory.Plan(m.people, b, hold))
		switch {
		case held[directory.Disabled] > hold:
			t.Fatalf("%d disabled, %d allowed", held[directory.Disabled], hold)
		case free[directory.Disabled] > hold && (held[directory.Held] != free[directory.Disabled] || held[directory.Disabled] != 0):
			t.Fatalf("%v of %v", held, free)
		case free[directory.Disabled] <= hold && held[directory.Held] != 0:
			t.Fatalf("%v held for nothing", held)
		}
		most := directory.Most(m.people, directory.LDAP, 10)
		if n := int64(len(m.people)); most < 5 || most > max(5, n/10) {
			t.Fatalf("%d of %d", most, n)
		}
	})
}

// TestN15_WhatWasWrittenByHandStands: in the fields that are kept, what somebody wrote stands until
// the directory says the same; in all others the directory's word counts.
func TestN15_WhatWasWrittenByHandStands(t *testing.T) {
	t.Parallel()
	e := directory.Entry{Line: 1, DN: "uid=li", Active: true, Phones: []string{"8009"}, Values: map[string]string{
		directory.ID: "k", directory.Name: "李娜", directory.Email: "li@q.example", directory.Place: "B1-305", directory.Title: "会计",
	}}
	with := func(field, v string) []directory.Entry {
		x := e
		x.Values = map[string]string{}
		for k, old := range e.Values {
			x.Values[k] = old
		}
		if x.Values[field] = v; field == directory.Active {
			x.Active = v == "yes"
		}
		return []directory.Entry{x}
	}
	m := &model{said: map[string]map[string]string{}}
	keep := []string{directory.Place}
	step := func(list []directory.Entry) directory.Change {
		out := directory.Plan(m.people, m.batch(list, keep), -1)
		m.do(out)
		return out[0]
	}
	step([]directory.Entry{e})
	p := &m.people[0]
	p.Place, p.Title = "四楼", "出纳" // by hand
	c := step(with(directory.Place, "B2-101"))
	if p := m.people[0]; p.Place != "四楼" || p.Title != "会计" || !slices.Equal(c.Kept, []string{directory.Place}) {
		t.Fatalf("%+v %+v", p, c)
	}
	if c := step(with(directory.Place, "B2-101")); c.Kind != directory.Same || len(c.Kept) != 1 {
		t.Errorf("again: %+v", c)
	}
	if c := step(with(directory.Place, "四楼")); len(c.Kept) != 0 || c.Kind != directory.Same {
		t.Errorf("both say the same: %+v", c)
	}
	if step(with(directory.Place, "B3")); m.people[0].Place != "B3" {
		t.Errorf("from then on the directory is heard again: %+v", m.people[0])
	}
	m.people[0].Active = false // an administrator shut them out
	if c := step(with(directory.Place, "B4")); m.people[0].Active || !slices.Contains(c.Kept, directory.Active) {
		t.Errorf("%+v", c)
	}
	step(with(directory.Active, "no"))
	if step(with(directory.Active, "yes")); !m.people[0].Active {
		t.Error("the directory changed its mind and is not heard")
	}
	step([]directory.Entry{{Line: 1, DN: "uid=x", Active: true, Values: map[string]string{directory.ID: "z", directory.Name: "z", directory.Email: "z@q.example"}}})
	if m.people[0].Active {
		t.Error("gone and active")
	}
	if step([]directory.Entry{e}); !m.people[0].Active {
		t.Error("back and shut out: nobody did that by hand")
	}
}
