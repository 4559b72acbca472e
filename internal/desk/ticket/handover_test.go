// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// team makes a group of these people.
func (r *room) team(name string, of ...access.Actor) person.GroupID {
	r.Helper()
	g := person.Group{Name: name, Active: true}
	for _, a := range of {
		g.Members = append(g.Members, person.ID(a.ID))
	}
	g, err := r.people.SaveGroup(r.Context(), access.Desk(), g, 0)
	if err != nil {
		r.Fatal(err)
	}
	return g.ID
}

// retire puts a group out of use; its members stay in it.
func (r *room) retire(which person.GroupID) {
	r.Helper()
	g := r.people.Group(r.Context(), which)
	g.Active = false
	if _, err := r.people.SaveGroup(r.Context(), access.Desk(), g, 0); err != nil {
		r.Fatal(err)
	}
}

func (r *room) refused(by access.Actor, t ticket.Ticket, cmd ticket.Command, key string) {
	r.Helper()
	_, err := r.Do(r.Context(), by, ticket.Target{ID: t.ID}, cmd)
	if e := errs.As(err); e == nil || e.Key != key {
		r.Errorf("%s: %v, want %s", cmd.Name(), err, key)
	}
}

func over(to person.GroupID) ticket.HandOver {
	return ticket.HandOver{Group: to, Done: "重启过", Why: "疑似交换机", Needed: "查端口"}
}

func TestN28_AHandOverIsTakenOrGivenBackByTheOtherTeam(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net := r.person("赵网", access.Agent, "web")
		outsider := r.person("别组", access.Agent, "web")
		desk, network := r.team("服务台", r.agent), r.team("网络组", net)
		tk := r.do(r.agent, r.record("连不上"), ticket.Accept{})
		tk = r.do(r.agent, tk, ticket.Assign{Group: desk})
		r.refused(net, tk, ticket.TakeOver{}, "ticket.no_hand_over")
		tk = r.do(r.agent, tk, over(network))
		if !tk.HandedOver() || tk.Owner != person.ID(r.agent.ID) {
			t.Fatalf("it is handed over: %v, owner %d", tk.HandedOver(), tk.Owner)
		}
		r.refused(r.agent, tk, ticket.TakeOver{}, "ticket.hand_over_own")
		r.refused(outsider, tk, ticket.TakeOver{}, "ticket.hand_over_others")
		r.refused(net, tk, ticket.RefuseHandOver{Reason: "不"}, "ticket.refuse_reason")
		r.clock.Advance(time.Minute)
		tk = r.do(net, tk, ticket.RefuseHandOver{Reason: "端口正常，是系统的问题"})
		if tk.Group != desk || tk.Assignee != person.ID(r.agent.ID) || tk.HandedOver() || tk.Detail.HandOver.Refusal == "" || tk.Detail.HandOver.Answered().IsZero() {
			t.Errorf("given back it stands with group %d, %d: %+v", tk.Group, tk.Assignee, tk.Detail.HandOver)
		}
		tk = r.do(r.agent, tk, over(network))
		tk = r.do(net, tk, ticket.TakeOver{})
		if tk.Assignee != person.ID(net.ID) || tk.Detail.HandOver.Taken.IsZero() || tk.Owner != person.ID(r.agent.ID) {
			t.Errorf("taken over by %d, owner %d", tk.Assignee, tk.Owner)
		}
		if d := cmp.Diff(tk.Detail, r.rebuilt(tk).Detail); d != "" {
			t.Errorf("the row is not its facts:\n%s", d)
		}
	})
}

// Assigning it by hand to whoever handed it over is no yes of the other team: that gives it back with a
// reason (N28). To one of its own it is assigned as before, and what was taken goes to whoever.
func TestN28_WhatIsAssignedBackToItsSenderIsNotTaken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net := r.person("赵网", access.Agent, "web")
		desk, network := r.team("服务台", r.agent), r.team("网络组", net)
		tk := r.do(r.agent, r.record("连不上"), ticket.Accept{})
		tk = r.do(r.agent, r.do(r.agent, tk, ticket.Assign{Group: desk}), over(network))
		back := ticket.Assign{Assignee: person.ID(r.agent.ID)}
		r.refused(r.agent, tk, back, "ticket.hand_over_own")
		for _, by := range []access.Actor{net, r.lead} {
			_, err := r.Do(t.Context(), by, ticket.Target{ID: tk.ID}, back)
			if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Name != "assignee" || e.Fields[0].Key != "ticket.hand_over_back" {
				t.Errorf("assigned back: %v", err)
			}
		}
		if tk = r.do(r.lead, tk, ticket.Assign{Owner: person.ID(r.lead.ID)}); !tk.HandedOver() {
			t.Errorf("another owner is no answer: %+v", tk.Detail.HandOver)
		}
		if tk = r.do(r.lead, tk, ticket.Assign{Assignee: person.ID(net.ID)}); tk.Detail.HandOver.Taken.IsZero() {
			t.Errorf("given to one of the team: %+v", tk.Detail.HandOver)
		}
		if tk = r.do(net, tk, back); tk.Assignee != person.ID(r.agent.ID) {
			t.Errorf("it was taken and is with %d", tk.Assignee)
		}
	})
}

// What is given back goes to nobody who left, and to no group out of use: it is free for the group
// that sent it, or stays where it is (N12, N28).
func TestN28_WhatIsGivenBackGoesToSomebodyWhoIsHere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net, mate := r.person("赵网", access.Agent, "web"), r.person("韩桌", access.Agent, "web")
		desk, network := r.team("服务台", r.agent, mate), r.team("网络组", net)
		refuse := ticket.RefuseHandOver{Reason: "端口正常，是系统的问题"}
		handed := func() ticket.Ticket {
			tk := r.do(mate, r.record("连不上"), ticket.Accept{})
			return r.do(mate, r.do(mate, tk, ticket.Assign{Group: desk}), over(network))
		}
		here, left, alone := handed(), handed(), handed()
		if tk := r.do(net, here, refuse); tk.Group != desk || tk.Assignee != person.ID(mate.ID) {
			t.Errorf("its sender is here: with group %d, %d", tk.Group, tk.Assignee)
		}
		p, err := r.people.Get(t.Context(), person.ID(mate.ID))
		if err != nil {
			t.Fatal(err)
		}
		p.Active = false
		if _, err := r.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
			t.Fatal(err)
		}
		if tk := r.do(net, left, refuse); tk.Group != desk || tk.Assignee != 0 || tk.HandedOver() {
			t.Errorf("its sender left: with group %d, %d", tk.Group, tk.Assignee)
		}
		r.retire(desk)
		tk := r.do(net, alone, refuse)
		if tk.Group != network || tk.Assignee != 0 || tk.HandedOver() {
			t.Errorf("its group is out of use too: with group %d, %d", tk.Group, tk.Assignee)
		}
		if d := cmp.Diff(tk.Detail, r.rebuilt(tk).Detail); d != "" {
			t.Errorf("the row is not its facts:\n%s", d)
		}
	})
}

func TestN11_TheThirdPassBetweenTwoGroupsIsRaised(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net := r.person("赵网", access.Agent, "web")
		desk, network, other := r.team("服务台", r.agent), r.team("网络组", net), r.team("系统二组", r.lead)
		tk := r.do(r.agent, r.record("连不上"), ticket.Accept{})
		tk = r.do(r.agent, tk, ticket.Assign{Group: desk})
		raised := func() (n int) {
			list, err := r.Thread(t.Context(), access.Desk(), tk)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				if f, ok := e.Fact.(ticket.PassedAround); ok {
					n = f.Count
				}
			}
			return n
		}
		for i, step := range []struct {
			by person.GroupID
			n  int
		}{{network, 0}, {desk, 0}, {other, 0}, {desk, 0}, {network, 3}, {desk, 4}} {
			if tk = r.do(r.agent, tk, over(step.by)); raised() != step.n {
				t.Errorf("pass %d raises %d, want %d", i, raised(), step.n)
			}
		}
		if tk.PingPong() != 4 {
			t.Errorf("it was passed %d times", tk.PingPong())
		}
	})
}

func TestN28_AHandOverToAPersonGoesToTheirGroup(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net := r.person("赵网", access.Agent, "web")
		network := r.team("网络组", net)
		tk := r.do(r.agent, r.record("连不上"), ticket.Accept{})
		tk = r.do(r.agent, tk, ticket.HandOver{Assignee: person.ID(net.ID), Done: "a", Why: "b", Needed: "c"})
		if tk.Group != network || tk.Assignee != person.ID(net.ID) {
			t.Errorf("it is with group %d, %d", tk.Group, tk.Assignee)
		}
	})
}

// A group that was put out of use keeps its members. Whoever is named goes on working in the others,
// and the ticket goes there, or stays where it is.
func TestN28_AHandOverToAPersonGoesToNoGroupThatIsOutOfUse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net, last := r.person("赵网", access.Agent, "web"), r.person("老钱", access.Agent, "web")
		old := r.team("旧网络组", net, last)
		desktop, desk := r.team("桌面组", net), r.team("服务台", r.agent)
		r.retire(old)
		for _, x := range []struct {
			to   access.Actor
			want person.GroupID
		}{{net, desktop}, {last, desk}} {
			tk := r.do(r.agent, r.record("连不上"), ticket.Accept{})
			tk = r.do(r.agent, tk, ticket.Assign{Group: desk})
			tk = r.do(r.agent, tk, ticket.HandOver{Assignee: person.ID(x.to.ID), Done: "a", Why: "b", Needed: "c"})
			if tk.Group != x.want || tk.Assignee != person.ID(x.to.ID) {
				t.Errorf("it is with group %d, %d, want %d", tk.Group, tk.Assignee, x.want)
			}
		}
	})
}

// What was handed over to a group before that was put out of use is still its members' to answer.
func TestN28_AGroupOutOfUseAnswersWhatItWasGiven(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		net := r.person("赵网", access.Agent, "web")
		desk, network := r.team("服务台", r.agent), r.team("网络组", net)
		tk := r.do(r.agent, r.record("连不上"), ticket.Accept{})
		tk = r.do(r.agent, tk, ticket.Assign{Group: desk})
		tk = r.do(r.agent, tk, over(network))
		r.retire(network)
		if tk = r.do(net, tk, ticket.RefuseHandOver{Reason: "我们组已经撤了"}); tk.Group != desk {
			t.Errorf("given back it is with group %d", tk.Group)
		}
	})
}

func TestN11_N28_AHandOverSaysAtOnceAllThatItNeeds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.do(r.agent, r.record("打印机卡纸"), ticket.Accept{})
		_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: tk.ID}, ticket.HandOver{Done: "重启过"})
		e := errs.As(err)
		if e == nil || e.Kind != errs.Invalid {
			t.Fatalf("%v", err)
		}
		var named []string
		for _, f := range e.Fields {
			named = append(named, f.Name)
		}
		for _, g := range e.Gaps {
			named = append(named, g.Key)
		}
		if diff := cmp.Diff([]string{"group", "gap.why", "gap.needed"}, named); diff != "" {
			t.Error(diff)
		}
		if now := r.now(tk); now.Version != tk.Version || !now.Detail.HandOver.At.IsZero() {
			t.Errorf("what was refused left something: %+v", now.Detail.HandOver)
		}
	})
}
