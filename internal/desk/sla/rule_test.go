// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// register is a small house: 网络 › VPN › 客户端, two services, two groups.
func register() sla.Register {
	return sla.Register{
		Categories: []catalog.Category{
			{ID: 1, Name: "网络", NameEN: "Network"},
			{ID: 2, Parent: 1, Name: "VPN", Depth: 1},
			{ID: 3, Parent: 2, Name: "客户端", NameEN: "Client", Depth: 2},
			{ID: 9, Name: "打印", NameEN: "Printing"},
		},
		Services: []catalog.Service{{ID: 5, Name: "ERP"}, {ID: 6, Name: "邮件", NameEN: "Mail"}},
		Groups:   []person.Group{{ID: 7, Name: "网络组", NameEN: "Network team"}, {ID: 8, Name: "桌面组"}},
	}
}

// with is the standard policy with rules, made ready.
func with(rules ...sla.Rule) *sla.Rulebook {
	p := sla.Standard()
	p.Rules = rules
	return p.Open(func(string) (calendar.Calendar, bool) { return calendar.Always{}, true }, register())
}

func response(n int64) sla.Target { return sla.Target{Response: n} }

// placed is a P3 ticket of a category, service, group, organisation and place.
func placed(category, service, group int64, organisation, site string) ticket.Ticket {
	t := slatest.New(ticket.Portal).Ticket
	t.Category, t.Service, t.Group = catalog.CategoryID(category), catalog.ServiceID(service), person.GroupID(group)
	t.Detail.Organisation, t.Detail.Site = organisation, site
	return t
}

func TestN23_TheMostSpecificRuleHoldsAndSaysWhy(t *testing.T) {
	t.Parallel()
	rules := []sla.Rule{
		{Name: "network", Categories: []int64{1}, Target: response(61)},
		{Name: "vpn", Categories: []int64{2}, Target: response(62)},
		{Name: "sales", Organisations: []string{"销售部"}, Target: response(63)},
		{Name: "sales by erp", Organisations: []string{"销售部"}, Services: []int64{5}, Target: response(64)},
		{Name: "shanghai", Sites: []string{"上海"}, Target: response(65)},
		{Name: "p1 of the network team", Priorities: []triage.Priority{triage.P1}, Groups: []int64{7}, Target: response(5)},
	}
	b := with(rules...)
	for _, tt := range []struct {
		name string
		t    ticket.Ticket
		rule string
		want int64
		says string // of the English reasons
	}{
		{"nothing special", placed(9, 6, 8, "财务部", "北京"), "", 120, "No special rule applies; the basic targets of P3 count"},
		{"a category", placed(1, 0, 0, "", ""), "network", 61, "because the category is “Network”"},
		{"the deeper category", placed(2, 0, 0, "", ""), "vpn", 62, "“network” matches too, but by a wider category"},
		{"what lies below it", placed(3, 0, 0, "", ""), "vpn", 62, "because the category is “Network / VPN / Client”"},
		{"a department", placed(9, 0, 0, "销售部", ""), "sales", 63, "department was “销售部” when it was recorded"},
		{"a part of it", placed(9, 0, 0, "销售部/华东区", ""), "sales", 63, ""},
		{"not what only begins alike", placed(9, 0, 0, "销售部长室", ""), "", 120, ""},
		{"more conditions", placed(1, 5, 0, "销售部", "上海"), "sales by erp", 64, "“sales” matches too, but with fewer conditions"},
		{"as many conditions: the deeper category", placed(1, 0, 0, "销售部", "上海"), "network", 61, "“sales” matches too, but by a wider category"},
		{"as many conditions: what stands above", placed(9, 0, 0, "销售部", "上海 3 楼"), "sales", 63, "“shanghai” matches just as well, but stands below it"},
		{"a group alone does not make a P1", placed(9, 0, 7, "", ""), "", 120, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := b.Terms(tt.t)
			if x.Rule != tt.rule || x.Target.Response != tt.want {
				t.Errorf("rule %q, response %d, want %q, %d", x.Rule, x.Target.Response, tt.rule, tt.want)
			}
			if x.Target.Resolve != sla.Standard().Targets[2].Resolve {
				t.Errorf("what the rule leaves open became %d", x.Target.Resolve)
			}
			got := said(b.Because(tt.t, sla.Response), i18n.EN)
			if !strings.Contains(got, tt.says) {
				t.Errorf("said:\n%s\nwant %s", got, tt.says)
			}
			if tt.rule != "" && !strings.Contains(said(b.Because(tt.t, sla.Resolve), i18n.EN), "The rule says nothing on this target; the basic one of P3 counts") {
				t.Error("it does not say where the other targets come from")
			}
		})
	}
	urgent := placed(1, 5, 7, "销售部", "上海")
	urgent.Priority = triage.P1
	if x := b.Terms(urgent); x.Rule != "sales by erp" { // as many conditions, and it stands above
		t.Errorf("rule %q", x.Rule)
	}
	urgent.Service = 0
	if x := b.Terms(urgent); x.Rule != "p1 of the network team" || x.Target.Response != 5 {
		t.Errorf("rule %q", x.Rule)
	}
}

func said(list []sla.Line, lang i18n.Lang) string {
	var out []string
	for _, l := range list {
		out = append(out, l.Text(lang, slatest.Start(), time.UTC))
	}
	return strings.Join(out, "\n")
}

// A rule's calendar goes before every minute for P1, that before the group's own, that before the policy's.
func TestN23_WhichCalendarCountsAndWhy(t *testing.T) {
	t.Parallel()
	hours := office(t)
	p := sla.Standard()
	p.Calendar, p.Groups = "policy", map[person.GroupID]string{7: "group"}
	p.Rules = []sla.Rule{{Name: "vpn", Categories: []int64{2}, Calendar: "rule"}}
	named := map[string]calendar.Calendar{}
	for _, name := range []string{"policy", "group", "rule"} {
		s := hours.Sheet()
		s.Name, s.Title, s.TitleEN = name, name, name
		h, err := calendar.New(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		named[name] = h
	}
	b := p.Open(func(name string) (calendar.Calendar, bool) { c, ok := named[name]; return c, ok }, register())
	for _, tt := range []struct {
		name     string
		t        ticket.Ticket
		priority triage.Priority
		want     string // "" for every minute
		confirm  string // the calendar of the wait for the user's word
		says     string
	}{
		{"the policy's", placed(9, 0, 8, "", ""), triage.P3, "policy", "policy", "The calendar is the one of the policy"},
		{"the group's", placed(9, 0, 7, "", ""), triage.P3, "group", "group", "the own one of the group “Network team”"},
		{"every minute", placed(9, 0, 7, "", ""), triage.P1, "", "group", "For P1 every minute counts"},
		{"the rule's", placed(3, 0, 7, "", ""), triage.P1, "rule", "rule", "the one that the rule “vpn” names"},
	} {
		tt.t.Priority = tt.priority
		x := b.Terms(tt.t)
		if got := x.Calendar().Line().NameEN; got != tt.want {
			t.Errorf("%s: the clocks count by %q, want %q", tt.name, got, tt.want)
		}
		if got := said(b.Because(tt.t, sla.Response), i18n.EN); !strings.Contains(got, tt.says) {
			t.Errorf("%s: said\n%s", tt.name, got)
		}
		tt.t.ResolvedAt, tt.t.Status = slatest.Start(), ticket.Resolved
		c, ok := x.One(sla.Confirm, tt.t, slatest.Start())
		if !ok || c.Why[len(c.Why)-1].Part.NameEN != tt.confirm {
			t.Errorf("%s: the user's days count by %q, want %q", tt.name, c.Why[len(c.Why)-1].Part.NameEN, tt.confirm)
		}
	}
	// A calendar that is not there counts every minute: due too early, never never.
	delete(named, "policy")
	if c := p.Open(func(name string) (calendar.Calendar, bool) { c, ok := named[name]; return c, ok }, register()).Terms(placed(9, 0, 8, "", "")).Calendar(); c != (calendar.Always{}) {
		t.Errorf("counts by %v", c.Line())
	}
}

func TestARuleThatMakesNoSenseIsRefusedWithWhatToChange(t *testing.T) {
	t.Parallel()
	good := sla.Rule{Name: "a", Services: []int64{5}, Target: response(10)}
	for _, tt := range []struct {
		name, field, key string
		rules            []sla.Rule
	}{
		{"well", "", "", []sla.Rule{good}},
		{"no name", "rule.0.name", "sla.rule_name", []sla.Rule{{Services: []int64{5}, Target: response(10)}}},
		{"twice the same name", "rule.1.name", "sla.rule_name_taken", []sla.Rule{good, {Name: "A", Groups: []int64{7}, Target: response(10)}}},
		{"no condition", "rule.0.priorities", "sla.rule_everything", []sla.Rule{{Name: "a", Target: response(10)}}},
		{"no target", "rule.0.response", "sla.rule_empty", []sla.Rule{{Name: "a", Services: []int64{5}}}},
		{"a calendar is enough", "", "", []sla.Rule{{Name: "a", Services: []int64{5}, Calendar: "x"}}},
		{"an answer after the solution of P1", "rule.0.response", "sla.slower_than_resolve_rule", []sla.Rule{{Name: "a", Services: []int64{5}, Target: response(241)}}},
		{"fits, where P1 is left out", "", "", []sla.Rule{{Name: "a", Priorities: []triage.Priority{triage.P2}, Services: []int64{5}, Target: response(241)}}},
		{"a cadence beyond the solution", "rule.0.update", "sla.update_slower_rule", []sla.Rule{{Name: "a", Services: []int64{5}, Target: sla.Target{Update: 60, Resolve: 50, Response: 10}}}},
		{"asked again before the cadence", "rule.0.silence", "sla.silence_sooner_rule", []sla.Rule{{Name: "a", Services: []int64{5}, Target: sla.Target{Silence: 20}}}},
		{"negative", "rule.0.resolve", "sla.out_of_range", []sla.Rule{{Name: "a", Services: []int64{5}, Target: sla.Target{Resolve: -2}}}},
		{"hidden by the one above", "rule.1.name", "sla.rule_hidden", []sla.Rule{{Name: "a", Services: []int64{5, 6}, Target: response(10)}, {Name: "b", Services: []int64{6}, Target: response(11)}}},
		{"not hidden: it names more", "", "", []sla.Rule{{Name: "a", Services: []int64{5, 6}, Target: response(10)}, {Name: "b", Services: []int64{6}, Groups: []int64{7}, Target: response(11)}}},
		{"not hidden: it stands above", "", "", []sla.Rule{{Name: "b", Services: []int64{6}, Target: response(11)}, {Name: "a", Services: []int64{5, 6}, Target: response(10)}}},
		{"hidden by a wider department", "rule.1.name", "sla.rule_hidden", []sla.Rule{{Name: "a", Organisations: []string{"销售部"}, Target: response(10)}, {Name: "b", Organisations: []string{"销售部/华东"}, Target: response(11)}}},
		{"P5", "rule.0.priorities", "sla.rule_priority", []sla.Rule{{Name: "a", Priorities: []triage.Priority{5}, Services: []int64{5}, Target: response(10)}}},
		{"an empty department", "rule.0.organisations", "sla.rule_words", []sla.Rule{{Name: "a", Organisations: []string{""}, Target: response(10)}}},
		{"a control character", "rule.0.sites", "sla.rule_words", []sla.Rule{{Name: "a", Sites: []string{"a\u202eb"}, Target: response(10)}}},
		{"sixty-one rules", "rules", "sla.rules_many", make([]sla.Rule, 61)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := sla.Standard()
			p.Rules = tt.rules
			e := errs.As(p.Check())
			if tt.key == "" {
				if e != nil {
					t.Errorf("refused: %v", e.Fields)
				}
				return
			}
			if e == nil || !slices.ContainsFunc(e.Fields, func(f errs.FieldError) bool { return f.Name == tt.field && f.Key == tt.key }) {
				t.Fatalf("%v, want %s: %s", e, tt.field, tt.key)
			}
			for _, lang := range i18n.Langs() {
				for _, f := range e.Fields {
					if text := i18n.T(lang, f.Key, f.Args...); strings.Contains(text, "⟦") || strings.Contains(text, "<no value>") {
						t.Errorf("%s: %s", f.Key, text)
					}
				}
			}
		})
	}
}

// Which waits rest which clock is the policy's to say.
func TestN23_N30_ThePolicySaysWhichWaitsRestWhichClock(t *testing.T) {
	t.Parallel()
	p := sla.Standard()
	p.Pauses[sla.Resolve] = []ticket.Waiting{ticket.ForVendor}
	p.Pauses[sla.Update] = []ticket.Waiting{ticket.ForVisit}
	b := sla.By(p, calendar.Always{})
	for _, tt := range []struct {
		reason  ticket.Waiting
		next    time.Duration
		resolve time.Duration // 0 where it rests
		update  time.Duration // 0 where it rests
		silence time.Duration // 0 where there is none
	}{
		{ticket.ForRequester, 0, 72 * hour, 9 * hour, 0},
		{ticket.ForVendor, 0, 0, 9 * hour, 0},
		{ticket.ForVisit, 0, 72 * hour, 0, 74 * hour},
		{ticket.ForVisit, 30 * hour, 72 * hour, 30 * hour, 0}, // a time that was told is owed (N30)
		{ticket.Blocked, 20 * hour, 72 * hour, 20 * hour, 0},
	} {
		l := answered()
		next := time.Time{}
		if tt.next > 0 {
			next = slatest.Start().Add(tt.next)
		}
		l.Then(hour, slatest.Held(tt.reason, next)).Wait(minute)
		x := b.Terms(l.Ticket)
		for name, want := range map[sla.Name]time.Duration{sla.Resolve: tt.resolve, sla.Update: tt.update, sla.Silence: tt.silence} {
			c, ok := x.One(name, l.Ticket, l.Now)
			due := time.Duration(0)
			if !c.Due.IsZero() {
				due = c.Due.Sub(slatest.Start())
			}
			if ok != (want != 0 || name != sla.Silence) || due != want || (name != sla.Silence && (want == 0) != (c.State == sla.Paused)) {
				t.Errorf("for %s %v: the %s clock is there %v, %s, due after %v, want %v", tt.reason, tt.next, name, ok, c.State, due, want)
			}
		}
		if due, _ := b.Next(l.Ticket); due.Equal(ticket.Never) {
			t.Errorf("for %s nothing is due", tt.reason)
		}
	}
	for name, list := range map[sla.Name][]ticket.Waiting{sla.Update: {ticket.Blocked}, sla.Confirm: {ticket.ForVendor}, sla.Resolve: {"lunch"}, sla.Silence: {ticket.ForRequester}} {
		p := sla.Standard()
		p.Pauses[name] = list
		if e := errs.As(p.Check()); e == nil || e.Fields[0].Key != "sla.pause_unknown" {
			t.Errorf("%s pauses for %v: %v", name, list, e)
		}
	}
}

// Somebody of the other team must take what is handed over.
func TestN28_TheTakeOverClock(t *testing.T) {
	t.Parallel()
	handed := func() *slatest.Life {
		return answered().Then(hour, ticket.HandedOver{Of: ticket.Of{Ticket: 1}, From: 7, To: 8, Done: "d", Why: "w", Needed: "n"})
	}
	assigned := ticket.Assigned{Of: ticket.Of{Ticket: 1}, Assignee: 9}
	for _, tt := range []struct {
		name string
		life *slatest.Life
		want expected
	}{
		{"nothing was handed over", answered(), expected{}},
		{"it runs from the hand-over", handed().Wait(minute), expected{sla.Running, 4 * hour, "sla.why_handed_over"}},
		{"a word of whoever handed it over does not stop it", handed().Then(minute, answered().Word()), expected{sla.Running, 4 * hour, ""}},
		{"given to somebody by name", handed().Then(hour, assigned), expected{sla.Met, 4 * hour, ""}},
		{"too late", handed().Then(3*hour, assigned), expected{sla.Missed, 4 * hour, ""}},
		{"a word of another", handed().By(9, minute, answered().Word()), expected{sla.Met, 4 * hour, ""}},
		{"handed back: another run", handed().By(9, minute, ticket.HandedOver{Of: ticket.Of{Ticket: 1}, From: 8, To: 7}).Wait(minute), expected{sla.Running, 2*hour + 2*hour + minute, ""}},
		{"solved all the same", handed().Then(hour, slatest.Solved()), expected{sla.Met, 4 * hour, ""}},
		{"closed", handed().Then(hour, slatest.Ended(ticket.Cancelled)), expected{sla.Met, 4 * hour, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.life, sla.Accept, tt.want)
		})
	}
}
