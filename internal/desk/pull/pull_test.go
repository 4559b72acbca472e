// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func urgently() ticket.Grade {
	return ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}, Override: triage.P1, Reason: "产线停了"}
}

func TestN23_TheNextIsTheOneAtTheGreatestRisk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		calm, urgent := r.open(ticket.Request{}), r.open(ticket.Request{})
		r.do(r.zhou, urgent, urgently())
		if got := r.look(r.lin); got.Ticket.ID != urgent.ID {
			t.Errorf("shown %d, want %d", got.Ticket.ID, urgent.ID)
		}
		got := r.take(r.lin).Ticket
		if got.ID != urgent.ID || got.Owner != r.lin.ID || got.Assignee != r.lin.ID || got.Status != ticket.Opened {
			t.Errorf("got %d, owner %d, assignee %d, %s", got.ID, got.Owner, got.Assignee, got.Status)
		}
		if got := r.take(r.zhou).Ticket; got.ID != calm.ID {
			t.Errorf("the second got %d", got.ID)
		}
		if p := r.take(r.zhou); p.Ticket.ID != 0 || p.Why.Free != 0 {
			t.Errorf("nothing was left: %+v", p.Why)
		}
	})
}

// What was handed over to a group without a name is offered to its members; its owner stays.
func TestN12_WhatWasHandedOverKeepsItsOwner(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		one := r.do(r.lin, r.open(ticket.Request{}), ticket.Accept{})
		r.do(r.lin, one, ticket.HandOver{Group: r.network.ID, Done: "查了网线", Why: "交换机", Needed: "查端口"})
		got := r.take(r.zhou).Ticket
		if got.ID != one.ID || got.Owner != r.lin.ID || got.Assignee != r.zhou.ID {
			t.Errorf("got %d, owner %d, assignee %d", got.ID, got.Owner, got.Assignee)
		}
	})
}

// A new ticket for which somebody answers and on which nobody works goes to whoever takes it, and
// not to its owner (N12).
func TestN23_WhatOnlyHasAnOwnerIsGivenToWhoTakesIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		one := r.do(r.zhou, r.open(ticket.Request{}), ticket.Assign{Owner: r.zhou.ID})
		two := r.do(r.zhou, r.open(ticket.Request{}), ticket.Assign{Owner: r.zhou.ID})
		got := r.take(r.lin).Ticket
		if got.ID != one.ID || got.Owner != r.zhou.ID || got.Assignee != r.lin.ID || got.Status != ticket.Opened {
			t.Errorf("got %d, owner %d, assignee %d, %s", got.ID, got.Owner, got.Assignee, got.Status)
		}
		got, err := r.TakeThis(t.Context(), as(r.lin), two.Number)
		if err != nil || got.Owner != r.zhou.ID || got.Assignee != r.lin.ID {
			t.Errorf("by number: owner %d, assignee %d: %v", got.Owner, got.Assignee, err)
		}
		p := r.look(r.lin)
		if p.Why.InWork != 2 {
			t.Errorf("%d in work", p.Why.InWork)
		}
		if p = r.look(r.zhou); p.Why.InWork != 0 {
			t.Errorf("the owner has %d in work", p.Why.InWork)
		}
	})
}

// Whoever takes a ticket whose owner left answers for it.
func TestN12_WhoTakesWhatSomebodyLeftAnswersForIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		one := r.do(r.zhou, r.open(ticket.Request{}), ticket.Assign{Owner: r.zhou.ID})
		r.change(&r.zhou, func(p *person.Person) { p.Active = false })
		got := r.take(r.lin).Ticket
		if got.ID != one.ID || got.Owner != r.lin.ID || got.Assignee != r.lin.ID || got.Status != ticket.Opened {
			t.Errorf("got %d, owner %d, assignee %d, %s", got.ID, got.Owner, got.Assignee, got.Status)
		}
	})
}

// Whoever handed a ticket over is not given it by "next": the answer to a hand-over is the other
// team's (N28).
func TestN28_WhoHandedItOverIsNotGivenItBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.network.Members = []person.ID{r.lin.ID, r.zhou.ID}
		r.group(r.network)
		one := r.do(r.lin, r.open(ticket.Request{}), ticket.Accept{})
		r.do(r.lin, one, ticket.HandOver{Group: r.network.ID, Done: "查了网线", Why: "交换机", Needed: "查端口"})
		if p := r.look(r.lin); p.Ticket.ID != 0 || p.Why.Free != 1 || p.Why.Own != 1 {
			t.Errorf("shown %d to its sender: %+v", p.Ticket.ID, p.Why)
		}
		if p := r.take(r.lin); p.Ticket.ID != 0 || p.Why.Own != 1 {
			t.Errorf("%d came back to its sender: %+v", p.Ticket.ID, p.Why)
		}
		_, err := r.TakeThis(t.Context(), as(r.lin), one.Number)
		if e := errs.As(err); e == nil || e.Key != "ticket.hand_over_own" {
			t.Errorf("by number: %v", err)
		}
		other := r.open(ticket.Request{})
		if got := r.take(r.lin).Ticket; got.ID != other.ID {
			t.Errorf("the one after it is %d, want %d", got.ID, other.ID)
		}
		got := r.take(r.zhou).Ticket
		if got.ID != one.ID || got.Assignee != r.zhou.ID || got.Detail.HandOver.Taken.IsZero() {
			t.Errorf("the other team got %d for %d: %+v", got.ID, got.Assignee, got.Detail.HandOver)
		}
	})
}

func TestN8_SkillsAndGroupsNarrowAndTheAnswerSaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.software.Skills = "Windows、office"
		if _, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), r.software, 0); err != nil {
			t.Fatal(err)
		}
		r.change(&r.lin, func(p *person.Person) { p.Skills = "office" })
		one := r.open(ticket.Request{Category: r.erp.ID, Service: r.vpn.ID})
		away := r.open(ticket.Request{Group: r.network.ID})
		other := r.group(person.Group{Name: "桌面组", Members: []person.ID{r.lin.ID}})
		p := r.look(r.lin)
		want := pull.Why{Free: 2, Beyond: 1, Elsewhere: 1, Lacking: []string{"vpn", "windows"}}
		if d := cmp.Diff(want, p.Why); p.Ticket.ID != 0 || d != "" {
			t.Errorf("offered %d\n%s", p.Ticket.ID, d)
		}
		r.change(&r.lin, func(p *person.Person) { p.Skills = "VPN, windows, Office" })
		if p := r.look(r.lin); p.Ticket.ID != one.ID {
			t.Errorf("offered %d: %+v", p.Ticket.ID, p.Why)
		}
		other.Members, r.network.Members = nil, []person.ID{r.lin.ID}
		r.group(other)
		r.group(r.network)
		r.do(r.zhou, one, ticket.Accept{})
		if p := r.look(r.lin); p.Ticket.ID != away.ID {
			t.Errorf("of the own group: offered %d: %+v", p.Ticket.ID, p.Why)
		}
	})
}

// A group that was put out of use keeps its members and its tickets, and counts as none: whoever is
// in no other takes from all, and what stands with it is everybody's.
func TestN8_N13_AGroupOutOfUseNarrowsNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		old, theirs := r.open(ticket.Request{Group: r.network.ID}), r.group(person.Group{Name: "桌面组", Members: []person.ID{r.lin.ID}})
		left := func(by person.Person) (out []ticket.ID) {
			for {
				p := r.look(by)
				if p.Ticket.ID == 0 {
					return out
				}
				out = append(out, p.Ticket.ID)
				if err := r.Pass(t.Context(), as(by), p.Ticket.Number, pull.Urgent, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		if p := r.look(r.lin); p.Ticket.ID != 0 || p.Why.Elsewhere != 1 {
			t.Errorf("in use: offered %d: %+v", p.Ticket.ID, p.Why)
		}
		r.network.Active = false
		if _, err := r.People.SaveGroup(t.Context(), access.Desk(), r.network, 0); err != nil {
			t.Fatal(err)
		}
		living := r.open(ticket.Request{Group: theirs.ID})
		for _, who := range []person.Person{r.zhou, r.lin} {
			got := left(who)
			slices.Sort(got)
			if d := cmp.Diff([]ticket.ID{old.ID, living.ID}, got); d != "" {
				t.Errorf("%s is offered\n%s", who.Name, d)
			}
		}
		both := r.person("qian", access.Agent)
		r.network.Members, theirs.Members = append(r.network.Members, both.ID), append(theirs.Members, both.ID)
		other := r.group(person.Group{Name: "应用组", Members: []person.ID{r.zhou.ID}})
		away := r.open(ticket.Request{Group: other.ID})
		for _, g := range []person.Group{r.network, theirs} {
			if _, err := r.People.SaveGroup(t.Context(), access.Desk(), g, 0); err != nil {
				t.Fatal(err)
			}
		}
		if got := left(both); slices.Contains(got, away.ID) || len(got) != 2 {
			t.Errorf("in another group too: offered %v, %d is elsewhere", got, away.ID)
		}
	})
}

func TestN13_TheLimitOfThePersonStandsBeforeThatOfTheGroup(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for range 6 {
			r.open(ticket.Request{})
		}
		r.network.Limit = 2
		r.group(r.network)
		first := r.take(r.zhou).Ticket
		r.take(r.zhou)
		p := r.take(r.zhou)
		if p.Ticket.ID != 0 || !p.Why.Full() || p.Why.InWork != 2 || p.Why.Limit != 2 {
			t.Errorf("a third of two: %+v", p.Why)
		}
		if p := r.look(r.zhou); p.Ticket.ID != 0 || !p.Why.Full() {
			t.Errorf("shown in spite of the limit: %+v", p.Why)
		}
		r.do(r.zhou, first, ticket.HoldFor{Reason: ticket.ForVendor}) // what waits takes no time
		if p := r.take(r.zhou); p.Ticket.ID == 0 {
			t.Errorf("nothing after one waits: %+v", p.Why)
		}
		r.change(&r.zhou, func(p *person.Person) { p.Limit = 3 })
		if p := r.take(r.zhou); p.Ticket.ID == 0 {
			t.Errorf("nothing by the own limit: %+v", p.Why)
		}
		_, err := r.TakeThis(t.Context(), as(r.zhou), r.look(r.lin).Ticket.Number)
		if errs.KindOf(err) != errs.Conflict {
			t.Errorf("one by number beyond the limit: %v", err)
		}
	})
}

func TestN23_SkippingAsksWhyAndRests(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		one, two := r.open(ticket.Request{}), r.open(ticket.Request{})
		for _, bad := range []struct {
			reason pull.Reason
			words  string
		}{{"", ""}, {"weather", "雨"}, {pull.Other, " "}, {pull.NoSkill, strings.Repeat("长", 500)}} {
			if err := r.Pass(t.Context(), as(r.lin), one.Number, bad.reason, bad.words); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q %.10q: %v", bad.reason, bad.words, err)
			}
		}
		if err := r.Pass(t.Context(), as(r.lin), one.Number, pull.Other, "他们要\n产线的人"); err != nil {
			t.Fatal(err)
		}
		records, err := r.Bus.List(t.Context(), r.DB, "pull", int64(one.ID), 0, 10)
		if err != nil || len(records) != 1 || records[0].Meta.ActorID != int64(r.lin.ID) || !strings.Contains(string(records[0].Data), `"他们要 产线的人"`) {
			t.Fatalf("recorded: %v %+v", err, records)
		}
		if got := r.look(r.lin).Ticket; got.ID != two.ID {
			t.Errorf("offered %d to who passed it over", got.ID)
		}
		if got := r.look(r.zhou).Ticket; got.ID != one.ID {
			t.Errorf("offered %d to another", got.ID)
		}
		if err := r.Pass(t.Context(), as(r.lin), two.Number, pull.Urgent, ""); err != nil {
			t.Fatal(err)
		}
		p := r.look(r.lin)
		if p.Ticket.ID != 0 || p.Why.Skipped != 2 || !p.Why.Again.Equal(r.clock.Now().Add(pull.Rest)) {
			t.Errorf("both are passed over: %+v", p.Why)
		}
		r.clock.Advance(pull.Rest + time.Minute)
		if got := r.look(r.lin).Ticket; got.ID != one.ID {
			t.Errorf("after the rest %d is offered", got.ID)
		}
		r.do(r.zhou, one, ticket.Accept{})
		if err := r.Pass(t.Context(), as(r.lin), one.Number, pull.Urgent, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("what somebody works on was passed over: %v", err)
		}
	})
}

// Any number of agents press at once, each in several places: nobody gets what another got,
// nobody gets more than their limit, and nothing is left that somebody could have got (S56).
func TestN23_S56_TwoWhoPressAtOnceNeverGetTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		const agents, presses, limit, tickets = 4, 5, 3, 10
		for range tickets {
			r.open(ticket.Request{})
		}
		team := make([]person.Person, agents)
		for i := range team {
			team[i] = r.person(strings.Repeat("a", i+1), access.Agent)
			r.change(&team[i], func(p *person.Person) { p.Limit = limit })
		}
		var mu sync.Mutex
		var all []ticket.ID
		got := map[person.ID]int{}
		var wait sync.WaitGroup
		for _, p := range team {
			for range presses {
				wait.Go(func() {
					pick, err := r.Take(t.Context(), as(p))
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					}
					if pick.Ticket.ID != 0 {
						all = append(all, pick.Ticket.ID)
						got[p.ID]++
					}
				})
			}
		}
		wait.Wait()
		slices.Sort(all)
		if n := len(all); n != tickets || len(slices.Compact(all)) != n {
			t.Errorf("%d tickets were taken, %d of them once", n, len(slices.Compact(all)))
		}
		for _, p := range team {
			if got[p.ID] > limit {
				t.Errorf("%s got %d, beyond the limit", p.Name, got[p.ID])
			}
		}
	})
}

func TestN8_SkillsAreRead(t *testing.T) {
	t.Parallel()
	got := person.ReadSkills(" SQL，Windows、sql;\nＶPN\u202e , ").List()
	if d := cmp.Diff([]string{"sql", "windows", "ｖpn"}, got); d != "" {
		t.Error(d)
	}
	if _, err := person.Skills(strings.Repeat("长", 41)).Check(); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a skill too long: %v", err)
	}
	if d := cmp.Diff([]string(nil), person.Skills("a\nb").Missing("b")); d != "" && len(person.Skills("a\nb").Missing("b")) != 0 {
		t.Error(d)
	}
}

// Agents do not lift their own limit, nor give themselves skills.
func TestS21_NobodyChangesTheirOwnLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.lin
		p.Limit = 9
		if _, err := r.People.Change(t.Context(), as(r.lin), p, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("limit: %v", err)
		}
		p = r.lin
		p.Skills = "vpn"
		if _, err := r.People.Change(t.Context(), as(r.lin), p, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("skills: %v", err)
		}
		if _, err := r.Look(t.Context(), as(r.requester)); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester looks: %v", err)
		}
		if _, err := r.Catalog.SaveCategory(t.Context(), as(r.lin), catalog.Category{Name: "x"}, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("a category: %v", err)
		}
	})
}
