// SPDX-License-Identifier: Apache-2.0

package routing_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestConditionsOverEveryField(t *testing.T) {
	t.Parallel()
	f := routing.Fields{
		Subject: "VPN 掉线", Words: "在家连不上 VPN，ERR-691", Category: "VPN", Categories: []string{"网络", "VPN"}, Service: "远程接入", Core: true, Group: "网络组",
		Department: "财务部", Place: "3 楼", Channel: "phone", Priority: "P2", Graded: true, Requester: "wang@desk.test",
	}
	for s, want := range map[string]bool{
		`has("vpn") and has("连不上")`: true,
		`has("ERR-691")`:            true,
		`has("连上")`:                 false,
		`has("")`:                   false,
		`"网络" in categories and category == "VPN"`:   true,
		`service == "远程接入" and core`:                 true,
		`department == "财务部" and place contains "3"`: true,
		`channel in ["phone", "mail"] and graded`:    true,
		`priority in ["P1", "P2"]`:                   true,
		`group == "桌面组" or not graded`:               false,
		`requester endsWith "@desk.test"`:            true,
		`lower(subject) startsWith "vpn"`:            true,
		`words matches "ERR-\\d+"`:                   true,
		`true`:                                       true,
	} {
		c, err := routing.Compile(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if got, err := c.Holds(f); err != nil || got != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
}

// What never ends, makes too much or is no condition is refused when it is saved.
func TestARuleThatNeverEndsIsRefused(t *testing.T) {
	t.Parallel()
	for s, key := range map[string]string{
		`all(1..1000000000, # > 0)`:                     "routing.condition_loop",
		`any(categories, any(categories, # == "x"))`:    "routing.condition_loop",
		`5 in 1..1000000000`:                            "routing.condition_loop",
		`len(filter(1..99999, all(1..99999, #>0))) > 0`: "routing.condition_loop",
		`repeat("a", 1000000000) == words`:              "routing.condition_loop",
		``:                                              "routing.condition_empty",
		strings.Repeat("x", 1001):                       "routing.condition_long",
		strings.Repeat("(", 900) + "core":               "routing.condition_ends",
		strings.Repeat("core and ", 110) + "core":       "routing.condition_wrong",
		`department = "财务部"`:                            "routing.condition_wrong",
		`has("x" and`:                                   "routing.condition_ends",
		`nobody == "x"`:                                 "routing.condition_name",
		`category + 1`:                                  "routing.condition_kind",
		`subject`:                                       "routing.condition_wrong",
		`now() > date("2020-01-01")`:                    "routing.condition_name",
		`words matches "("`:                             "routing.condition_wrong",
	} {
		_, err := routing.Compile(s)
		if e := errs.As(err); e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != "condition" || e.Fields[0].Key != key {
			t.Errorf("%.60s: %v, want %s", s, err, key)
		}
	}
}

// Whatever is typed is refused with a mark, or answers about any ticket.
func TestA22_AnyCondition(t *testing.T) {
	t.Parallel()
	pieces := []string{"core", "graded", "not ", " and ", " or ", "(", ")", `has("`, `VPN`, `")`, `words`, ` == `, ` matches `, `"(a+)+"`, "categories", "[0]", "[99]", "..", "all(", "# ", "{", "}", "?.", "??", " ? ", " : ", "1", "**", "lower(", "let x = ", ";", "nil"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 12).Draw(t, "pieces"), "")
		c, err := routing.Compile(s)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		_, _ = c.Holds(routing.Fields{Subject: rapid.String().Draw(t, "subject"), Words: strings.Repeat("aaaa\xff", 10000)})
	})
}

func TestN8_TheFirstRuleThatHoldsChoosesTheGroup(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		plain := r.open("VPN 连不上")
		if plain.Group != 0 {
			t.Errorf("a group without a rule: %+v", plain)
		}
		r.rule(routing.Rule{Condition: `has("打印机")`, Group: r.desktop.ID})
		vpn := r.rule(routing.Rule{Name: "远程接入", Condition: `has("VPN") and department == "财务部"`})
		r.rule(routing.Rule{Condition: `has("VPN")`, Group: r.desktop.ID})
		x := r.open("VPN 连不上，打 不开")
		if x.Group != r.network.ID || x.Assignee != 0 {
			t.Errorf("group %d, assignee %d", x.Group, x.Assignee)
		}
		facts, err := r.bus.List(t.Context(), r.DB, "routing", int64(x.ID), 0, 10)
		if err != nil || len(facts) != 1 || !strings.Contains(string(facts[0].Data), "远程接入") {
			t.Errorf("%v %+v", err, facts)
		}
		if run, err := r.Last(t.Context(), as(r.lin), x); err != nil || run.Rule != vpn.ID || run.Choice != routing.GroupOnly {
			t.Errorf("%v %+v", err, run)
		}
		if run, err := r.Last(t.Context(), access.Actor{ID: int64(r.wang.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}, x); err != nil || run.Rule != 0 {
			t.Errorf("a requester reads the rule: %+v", run)
		}
		// Classified later, another rule may hold.
		r.rule(routing.Rule{Condition: `category == "打印机"`, Group: r.desktop.ID})
		y := r.open("出不来纸")
		if y = r.do(r.lin, y, ticket.Classify{Category: r.printer.ID}); y.Group != r.desktop.ID {
			t.Errorf("group %d", y.Group)
		}
	})
}

func TestWhereAPersonChoseRulesLeaveIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		rule := r.rule(routing.Rule{Condition: `has("VPN") or graded`})
		x := r.open("VPN 连不上")
		x = r.do(r.lin, x, ticket.Assign{Group: r.desktop.ID})
		x = r.do(r.lin, x, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}})
		if x.Group != r.desktop.ID {
			t.Errorf("the rule moved it again: %d", x.Group)
		}
		y := r.open("VPN 连不上")
		y = r.do(r.lin, y, ticket.Accept{})
		r.do(r.lin, y, ticket.HandOver{Group: r.desktop.ID, Done: "重启", Why: "不是网络", Needed: "看电脑"})
		r.open("VPN 又断了")
		if l := r.lines()[0]; l.ID != rule.ID || l.Sent != 3 || l.Bounced != 2 || l.Recent != 3 || !l.Always || l.Reached != 3 {
			t.Errorf("%+v", l)
		}
	})
}

func TestN8_TheLeastLoadedWhoIsOnDutyAndCan(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(routing.Rule{Condition: `has("VPN")`, Assign: true, Skills: "vpn"})
		r.rule(routing.Rule{Condition: `has("WiFi")`, Assign: true})
		if x := r.open("VPN 连不上"); x.Assignee != r.zhou.ID || x.Group != r.network.ID {
			t.Errorf("%d of group %d, want the one who knows", x.Assignee, x.Group)
		}
		one, two := r.open("WiFi 连不上"), r.open("WiFi 很慢")
		if one.Assignee != r.lin.ID || two.Assignee != r.lin.ID && two.Assignee != r.zhou.ID {
			t.Errorf("%d and %d", one.Assignee, two.Assignee)
		}
		three := r.open("WiFi 断")
		count := map[person.ID]int{}
		for _, x := range []ticket.Ticket{one, two, three} {
			count[x.Assignee]++
		}
		if count[r.lin.ID] != 2 || count[r.zhou.ID] != 1 {
			t.Errorf("the load is not spread: %v", count)
		}
		r.zhou.Limit = 2
		if _, err := r.People.Change(t.Context(), access.Desk(), r.zhou, 0); err != nil {
			t.Fatal(err)
		}
		x := r.open("VPN 又断了")
		if run, _ := r.Last(t.Context(), as(r.lin), x); x.Assignee != 0 || x.Group != r.network.ID || run.Choice != routing.NoRoom {
			t.Errorf("assignee %d, %+v", x.Assignee, run)
		}
	})
}

// Of two tickets that are sent at the same time the second sees what the first was given to: nobody
// gets more than their limit, and the load is spread.
func TestN13_TicketsThatComeTogetherKeepTheLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(routing.Rule{Condition: `has("VPN")`, Assign: true, Skills: "vpn"})
		r.rule(routing.Rule{Condition: `has("WiFi")`, Assign: true})
		r.zhou.Limit = 2
		if _, err := r.People.Change(t.Context(), access.Desk(), r.zhou, 0); err != nil {
			t.Fatal(err)
		}
		watch := &meanwhile{Clock: r.clock}
		r.Tickets.Clock = watch
		together := func(words string) (first, second ticket.Ticket) {
			first = r.record(words + "连不上")
			watch.do = func() { second = r.open(words + "很慢") }
			return r.settled(first), second
		}
		first, second := together("WiFi ")
		if run, _ := r.Last(t.Context(), as(r.lin), first); second.Assignee != r.lin.ID || first.Assignee != r.zhou.ID || run.InWork != 0 || run.Choice != routing.Least {
			t.Errorf("the load is not spread: %d and %d, %+v", second.Assignee, first.Assignee, run)
		}
		first, second = together("VPN ")
		if run, _ := r.Last(t.Context(), as(r.lin), first); second.Assignee != r.zhou.ID || first.Assignee != 0 || first.Group != r.network.ID || run.Choice != routing.NoRoom {
			t.Errorf("beyond the limit: %d and %d, %+v", second.Assignee, first.Assignee, run)
		}
		if n, err := r.Tickets.Load(t.Context(), r.DB, r.zhou.ID); n != 2 || err != nil {
			t.Errorf("%d lie with somebody who may have 2: %v", n, err)
		}
	})
}

// Any number come at once, and several workers send them (S56).
func TestN13_S56_AnyNumberAtOnceKeepTheLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		const limit, tickets = 3, 12
		r.rule(routing.Rule{Condition: `has("VPN")`, Assign: true})
		for _, p := range []*person.Person{&r.lin, &r.zhou} {
			p.Limit = limit
			if _, err := r.People.Change(t.Context(), access.Desk(), *p, 0); err != nil {
				t.Fatal(err)
			}
		}
		var wait sync.WaitGroup
		for range tickets {
			wait.Go(func() {
				q := ticket.Request{Requester: r.wang.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "VPN 连不上"}}
				if _, _, err := r.Tickets.Record(t.Context(), as(r.wang), q); err != nil {
					t.Error(err)
				}
				if _, err := r.jobs.RunDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, p := range []person.Person{r.lin, r.zhou} {
			if n, err := r.Tickets.Load(t.Context(), r.DB, p.ID); n != limit || err != nil {
				t.Errorf("%d lie with %s, who may have %d: %v", n, p.Name, limit, err)
			}
		}
	})
}

func TestOnlyWhoIsOnDuty(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		duty, err := r.Rotas.Save(t.Context(), as(r.admin), rota.Rota{
			Name: "网络值班", Zone: "UTC", Active: true,
			Shifts: []rota.Shift{{Name: "白班", From: 0, To: 12 * 60, Days: 127, People: []person.ID{r.zhou.ID}, Every: 1, Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}},
		}, 0)
		if err != nil {
			t.Fatal(err)
		}
		r.rule(routing.Rule{Condition: `true`, Assign: true, Rota: duty.ID})
		if x := r.open("没有网"); x.Assignee != r.zhou.ID {
			t.Errorf("%d", x.Assignee)
		}
		r.clock.Advance(14 * time.Hour)
		x := r.open("没有网")
		if run, _ := r.Last(t.Context(), as(r.lin), x); x.Assignee != 0 || x.Group != r.network.ID || run.Choice != routing.NoDuty {
			t.Errorf("assignee %d, %+v", x.Assignee, run)
		}
	})
}

func TestAConditionThatFailsIsPassedOverAndShown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(routing.Rule{Condition: `categories[0] == "硬件"`, Group: r.desktop.ID})
		r.rule(routing.Rule{Condition: `true`})
		x := r.open("没有网")
		if x.Group != r.network.ID {
			t.Errorf("group %d", x.Group)
		}
		lines := r.lines()
		if lines[0].Troubles != 1 || lines[0].Trouble == "" || lines[0].TroubleAt.IsZero() || lines[1].Troubles != 0 || !lines[1].Always {
			t.Errorf("%+v", lines)
		}
		fixed := lines[0].Rule
		fixed.Condition = `"硬件" in categories`
		if _, err := r.Save(t.Context(), as(r.admin), fixed, fixed.Version); err != nil {
			t.Fatal(err)
		}
		if lines = r.lines(); lines[0].Troubles != 0 {
			t.Errorf("%+v", lines[0])
		}
		if _, err := r.Save(t.Context(), as(r.admin), fixed, fixed.Version); errs.KindOf(err) != errs.Stale {
			t.Errorf("%v", err)
		}
	})
}

func TestTheBoxTriesWithoutChanging(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.open("VPN 连不上")
		r.open("打印机卡纸")
		got, err := r.Try(t.Context(), as(r.admin), `has("VPN")`, x.Number)
		if err != nil || !got.Holds || got.Count != 1 || got.Of != 2 || !slices.Equal(got.Matched, []string{x.Ref()}) || got.Fields.Department != "财务部" {
			t.Errorf("%v %+v", err, got)
		}
		if got, err = r.Try(t.Context(), as(r.admin), `categories[0] == "硬件"`, 0); err != nil || got.Trouble == "" {
			t.Errorf("%v %+v", err, got)
		}
		for _, bad := range []struct {
			condition string
			number    int64
			field     string
		}{{`all(1..9, true)`, 0, "condition"}, {`core`, 99999, "ticket"}} {
			_, err := r.Try(t.Context(), as(r.admin), bad.condition, bad.number)
			if e := errs.As(err); e == nil || e.Kind != errs.Invalid || e.Fields[0].Name != bad.field {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := r.Try(t.Context(), as(r.lin), `core`, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("%v", err)
		}
	})
}

func TestRulesAreCheckedAndMoved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		_, err := r.Save(t.Context(), as(r.admin), routing.Rule{Condition: "all("}, 0)
		if e := errs.As(err); e == nil || e.Kind != errs.Invalid || len(e.Fields) != 3 {
			t.Errorf("%v", err)
		}
		if _, err := r.Save(t.Context(), as(r.lin), routing.Rule{Name: "x", Condition: "core", Group: r.network.ID}, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("%v", err)
		}
		if _, err := r.Save(t.Context(), as(r.admin), routing.Rule{Name: "x", Condition: "core", Group: r.network.ID, Rota: 999}, 0); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v", err)
		}
		a, b, c := r.rule(routing.Rule{Condition: "core"}), r.rule(routing.Rule{Condition: "graded"}), r.rule(routing.Rule{Condition: "true"})
		if err := r.Up(t.Context(), as(r.admin), c.ID); err != nil {
			t.Fatal(err)
		}
		if err := r.Up(t.Context(), as(r.admin), a.ID); err != nil {
			t.Fatal(err)
		}
		var got []routing.RuleID
		for _, l := range r.lines() {
			got = append(got, l.ID)
		}
		if !slices.Equal(got, []routing.RuleID{a.ID, c.ID, b.ID}) {
			t.Errorf("%v", got)
		}
		if _, err := r.Get(t.Context(), as(r.admin), 999); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%v", err)
		}
	})
}
