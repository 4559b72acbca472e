// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"slices"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// call takes a request down on the telephone, as the agent does.
func (o *office) call(text string) ticket.Ticket {
	o.Helper()
	x, _, err := o.Tickets.Record(o.Context(), apptest.Actor(o.agent, "web"), ticket.Request{
		Requester: o.user.ID, Channel: ticket.Phone, Say: ticket.Say{Text: text, Channel: ticket.Phone, Seconds: 90},
		Intake: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "08:30"}},
	})
	if err != nil {
		o.Fatal(err)
	}
	return x
}

// dueReadBacks are the tickets of which somebody was told that nobody read them back.
func (o *office) dueReadBacks(who person.Person) []ticket.ID {
	o.Helper()
	p, err := o.Inbox.List(o.Context(), apptest.Actor(who, "web"), inbox.Filter{State: inbox.Open})
	if err != nil {
		o.Fatal(err)
	}
	var out []ticket.ID
	for _, l := range p.Lines {
		for _, i := range l.Items {
			if i.What == inbox.ReadBackDue {
				out = append(out, l.Ticket.ID)
			}
		}
	}
	return out
}

// A quarter of an hour after a call whoever took it is told that it was not read back: once, and
// only where it still is to be done (N18).
func TestTold_N18_WhoTookACallHearsThatItWasNotReadBack(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		left, asked, read, signed := o.call("扫码没有反应"), o.call("门禁刷不开"), o.call("投影没有信号"), o.call("键盘进水了")
		on := func(x ticket.Ticket, cmd ticket.Command) {
			o.Helper()
			o.t = x
			o.do(o.agent, cmd)
		}
		on(asked, ticket.AskReadBack{})
		on(read, ticket.ReadBackWith{Items: ticket.Elements()})
		on(signed, ticket.Deviate{Gap: "gap.read_back", Reason: "对方挂了电话，急单"})
		o.Advance(14 * time.Minute)
		if got := o.dueReadBacks(o.agent); len(got) != 0 {
			t.Errorf("before its time: %v", got)
		}
		o.Advance(2 * time.Minute)
		if got := o.dueReadBacks(o.agent); !slices.Equal(got, []ticket.ID{left.ID}) {
			t.Errorf("told of %v, want of %d alone", got, left.ID)
		}
		o.Advance(time.Hour)
		if got := o.dueReadBacks(o.agent); len(got) != 1 {
			t.Errorf("told again: %v", got)
		}
		if got := o.dueReadBacks(o.lead); len(got) != 0 {
			t.Errorf("the lead, who has nothing to do with it: %v", got)
		}
	})
}

// A low mark is told to those who worked on it and to whoever leads their group; a good one to
// nobody (N1).
func TestTold_N1_ALowRatingIsTold(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		g, err := o.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "桌面组", Active: true, Members: []person.ID{o.agent.ID, o.lead.ID}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		rated := func(who person.Person) int {
			n := 0
			for _, k := range o.told(who, inbox.Open) {
				if k == inbox.Rated {
					n++
				}
			}
			return n
		}
		for score, told := range map[int]bool{5: false, 3: false, 2: true} {
			before := map[person.ID]int{o.agent.ID: rated(o.agent), o.lead.ID: rated(o.lead)}
			x, _, err := o.Tickets.Record(t.Context(), apptest.Actor(o.user, "portal"), ticket.Request{Requester: o.user.ID, Channel: ticket.Portal, Group: g.ID, Say: ticket.Say{Text: "打印机又卡纸"}})
			if err != nil {
				t.Fatal(err)
			}
			whole := map[ticket.Element]ticket.Answer{}
			for _, e := range ticket.Elements() {
				whole[e] = ticket.Answer{Value: "已问"}
			}
			o.t = x
			o.do(o.agent, ticket.Accept{})
			o.do(o.agent, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}})
			o.do(o.agent, ticket.Record{Intake: whole})
			o.do(o.agent, ticket.Resolve{Solution: ticket.Solution{Text: "换了搓纸轮，请再试", Cause: "搓纸轮磨损", Prevention: "每季度检查", Verify: []string{"打印测试页"}}})
			o.do(o.user, ticket.Confirm{})
			o.do(o.user, ticket.Rate{Score: score})
			for _, who := range []person.Person{o.agent, o.lead} {
				if got := rated(who) > before[who.ID]; got != told {
					t.Errorf("%d of 5: %s is told %v, want %v", score, who.Name, got, told)
				}
			}
			if n := rated(o.user); n != 0 {
				t.Errorf("the requester, whose own word it is, is told %d times", n)
			}
		}
	})
}
