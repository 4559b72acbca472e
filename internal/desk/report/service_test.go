// SPDX-License-Identifier: Apache-2.0

package report_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is this room with those below it, two groups with an agent each, a lead and a requester.
type room struct {
	testing.TB
	*report.Service
	settings                   *setting.Service
	jobs                       *job.Queue
	clock                      *clock.Manual
	lin, zhou, lead, requester access.Actor
	desk, network              person.GroupID
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newRoom(t, d)) })
}

func newRoom(t testing.TB, d *db.DB) *room {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	r := &room{TB: t, clock: c, jobs: job.New(d, c, slog.New(slog.DiscardHandler))}
	bus := event.NewBus(r.jobs)
	p := report.Parts{DB: d, Bus: bus, Clock: c, People: person.NewService(d, bus, c)}
	r.settings = setting.NewService(d, bus, c)
	blobs, err := blob.Open(ctx, "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	p.Clocks = sla.NewService(r.settings, r.jobs, c)
	p.Tickets = ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: p.People, Catalog: catalog.New(d, bus, c), Settings: r.settings, Blobs: blobs,
		Gates: ticket.StandardGates(), Plan: p.Clocks.Plan, Expect: p.Clocks.Expect,
	})
	p.Clocks.Serve(p.Tickets)
	p.Promises = promise.NewService(promise.Parts{DB: d, Bus: bus, Clock: c, Jobs: r.jobs, Tickets: p.Tickets})
	p.Promises.Listen()
	event.Within(bus, p.Clocks.Changed)
	event.Within(bus, p.Clocks.SolutionGiven)
	r.Service = report.NewService(p)
	if err := p.Clocks.Load(ctx); err != nil {
		t.Fatal(err)
	}
	add := func(name string, role access.Role) access.Actor {
		x, err := p.People.Add(ctx, access.Desk(), person.Person{Name: name, Email: name + "@desk.test", Lang: "en", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return access.Actor{ID: int64(x.ID), Kind: access.Person, Role: role, Via: "web"}
	}
	r.lin, r.zhou, r.lead, r.requester = add("lin", access.Agent), add("zhou", access.Agent), add("li", access.Lead), add("wang", access.Requester)
	for _, g := range []struct {
		name string
		of   access.Actor
		to   *person.GroupID
	}{{"服务台", r.lin, &r.desk}, {"网络组", r.zhou, &r.network}} {
		got, err := p.People.SaveGroup(ctx, access.Desk(), person.Group{Name: g.name, Members: []person.ID{person.ID(g.of.ID)}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		*g.to = got.ID
	}
	return r
}

func (r *room) open() ticket.ID {
	r.Helper()
	t, _, err := r.Tickets.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Group: r.desk, Say: ticket.Say{Text: "打印机不出纸"},
	})
	if err != nil {
		r.Fatal(err)
	}
	return t.ID
}

func (r *room) do(by access.Actor, which ticket.ID, cmd ticket.Command) {
	r.Helper()
	if _, err := r.Tickets.Do(r.Context(), by, ticket.Target{ID: which}, cmd); err != nil {
		r.Fatal(err)
	}
}

func (r *room) pass(d time.Duration) {
	r.Helper()
	r.clock.Advance(d)
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func (r *room) ask(by access.Actor, q report.Question) report.Report {
	r.Helper()
	got, err := r.Ask(r.Context(), by, q, time.UTC)
	if err != nil {
		r.Fatal(err)
	}
	return got
}

// lives are three tickets: one answered in time, one late and moved to the other group, one left alone.
func (r *room) lives() []ticket.ID {
	r.Helper()
	say := ticket.Reply{Say: ticket.Say{Text: "正在处理"}}
	good, late, left := r.open(), r.open(), r.open()
	r.do(r.lin, good, ticket.Accept{})
	r.do(r.lin, good, say)
	r.pass(90 * time.Hour)
	r.do(r.lin, late, ticket.Accept{})
	r.do(r.lin, late, say)
	r.do(r.lin, late, ticket.HandOver{Group: r.network, Done: "查了网线", Why: "交换机", Needed: "查端口"})
	r.do(r.zhou, late, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}})
	r.pass(time.Hour)
	r.do(r.zhou, late, say)
	return []ticket.ID{good, late, left}
}

// same holds what is kept against what the facts give.
func (r *room) same(list []ticket.ID) {
	r.Helper()
	for _, which := range list {
		kept, err := r.Stored(r.Context(), which)
		if err != nil {
			r.Fatal(err)
		}
		want, _, err := r.Computed(r.Context(), which)
		if err != nil {
			r.Fatal(err)
		}
		if d := cmp.Diff(want, kept, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Millisecond)); d != "" || len(kept) == 0 {
			r.Errorf("ticket %d, computed from its facts and kept:\n%s", which, d)
		}
	}
}

func TestI10_WhatIsKeptIsWhatTheFactsGive(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		list := r.lives()
		got := r.ask(r.lead, report.Question{Weeks: 2})
		r.same(list)
		byName := map[string]report.Sum{}
		for _, x := range got.Rows {
			byName[x.What] = byName[x.What].Add(x)
		}
		if x := byName["response"]; x.Kept != 1 || x.Broken != 1 || x.Late != 1 {
			t.Errorf("response: %+v", x)
		}
		if x := byName["accept"]; x.Kept != 1 || x.Missed() != 0 {
			t.Errorf("accept: %+v", x)
		}
		if x := byName[report.Promise]; x.Kept != 1 || x.Broken != 2 {
			t.Errorf("promises: %+v", x)
		}
		var opened, moved int64
		for _, f := range got.Flows {
			opened, moved = opened+f.Opened, moved+f.Reassigned
		}
		if opened != 3 || moved != 1 {
			t.Errorf("%d opened, %d moved", opened, moved)
		}
		// What happens later is in the next report; computed again nothing changes.
		r.do(r.lin, list[2], ticket.Accept{})
		r.do(r.lin, list[2], ticket.Reply{Say: ticket.Say{Text: "抱歉久等"}})
		r.ask(r.lead, report.Question{})
		r.same(list)
		if err := r.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.same(list)
	})
}

// A new policy moves due times of clocks that stopped long ago, too: the report follows it.
func TestANewPolicyIsCountedBy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		list := r.lives()
		r.ask(r.lead, report.Question{})
		p := r.Clocks.Policy()
		for i := range p.Targets {
			p.Targets[i] = sla.Target{Response: 30_000, Update: 30_000, Resolve: 60_000, Accept: 6000, Silence: 30_000}
		}
		if err := setting.Save(t.Context(), r.settings, access.Desk(), sla.PolicyName, p, 0); err != nil {
			t.Fatal(err)
		}
		r.pass(10 * time.Minute)
		if err := r.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.same(list)
		got := r.ask(r.lead, report.Question{Weeks: 20, Until: r.clock.Now().AddDate(0, 0, 60)})
		for _, x := range got.Rows {
			if x.What == string(sla.Response) && x.Broken+x.Late != 0 {
				t.Errorf("by the new policy everything is in time: %+v", x)
			}
		}
	})
}

// Agents get their own groups, leads every one, requesters nothing (S24).
func TestS24_WhoGetsWhichGroups(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.lives()
		groups := func(by access.Actor, q report.Question) []person.GroupID { return r.ask(by, q).Groups() }
		if d := cmp.Diff([]person.GroupID{r.desk, r.network}, groups(r.lead, report.Question{})); d != "" {
			t.Errorf("lead:\n%s", d)
		}
		if d := cmp.Diff([]person.GroupID{r.network}, groups(r.zhou, report.Question{})); d != "" {
			t.Errorf("agent:\n%s", d)
		}
		if got := groups(r.zhou, report.Question{Group: r.desk}); len(got) != 0 {
			t.Errorf("an agent asked for another group and got %v", got)
		}
		if _, err := r.Ask(t.Context(), r.requester, report.Question{}, time.UTC); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester: %v", err)
		}
		for _, weeks := range []int{-1, report.MaxWeeks + 1} {
			if _, err := r.Ask(t.Context(), r.lead, report.Question{Weeks: weeks}, time.UTC); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%d weeks: %v", weeks, err)
			}
		}
	})
}

// Many weeks at once are each week by itself, also over the Sundays on which clocks are changed.
func TestManyWeeksAreEachWeekByItself(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, r *room) {
		for range 8 { // from the beginning of March to the middle of April
			r.lives()
			r.pass(60 * time.Hour)
		}
		ask := func(q report.Question) report.Report {
			got, err := r.Ask(t.Context(), r.lead, q, berlin)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		all := ask(report.Question{Weeks: 10, Until: r.clock.Now().AddDate(0, 0, 7)})
		if len(all.Rows) < 10 {
			t.Fatalf("%d rows", len(all.Rows))
		}
		var rows []report.Row
		var flows []report.Flow
		for _, week := range all.Weeks {
			one := ask(report.Question{Weeks: 1, Until: week.Add(time.Hour)})
			rows, flows = append(rows, one.Rows...), append(flows, one.Flows...)
		}
		order := cmpopts.SortSlices(func(a, b report.Row) bool {
			return a.Week.Before(b.Week) || a.Week.Equal(b.Week) && (a.What < b.What || a.What == b.What && (a.Group < b.Group || a.Group == b.Group && a.Priority < b.Priority))
		})
		if d := cmp.Diff(rows, all.Rows, order); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(flows, all.Flows); d != "" {
			t.Error(d)
		}
	})
}
