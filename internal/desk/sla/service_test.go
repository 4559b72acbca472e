// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
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
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is this room with the ticket room below it.
type room struct {
	testing.TB
	clocks    *sla.Service
	tickets   *ticket.Service
	settings  *setting.Service
	jobs      *job.Queue
	clock     *clock.Manual
	agent     access.Actor
	requester access.Actor
}

func newRoom(t testing.TB, d *db.DB) *room {
	t.Helper()
	ctx := t.Context()
	c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	jobs := job.New(d, c, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people, settings := person.NewService(d, bus, c), setting.NewService(d, bus, c)
	clocks := sla.NewService(settings, jobs, c)
	blobs, err := blob.Open(ctx, "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	tickets := ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: c, People: people, Catalog: catalog.New(d, bus, c), Settings: settings, Blobs: blobs,
		Gates: ticket.StandardGates(), Plan: clocks.Plan, Expect: clocks.Expect,
	})
	event.Within(bus, clocks.SolutionGiven)
	event.Within(bus, clocks.Said)
	event.Within(bus, clocks.Changed)
	event.Within(bus, clocks.Moved)
	clocks.Serve(tickets)
	r := &room{TB: t, clocks: clocks, tickets: tickets, settings: settings, jobs: jobs, clock: c}
	add := func(name string, role access.Role) access.Actor {
		p, err := people.Add(ctx, access.Desk(), person.Person{Name: name, Email: name + "@desk.test", Lang: "en", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
	}
	r.agent, r.requester = add("lin", access.Agent), add("wang", access.Requester)
	return r
}

// open records a ticket that is ready to be solved.
func (r *room) open() ticket.ID {
	r.Helper()
	full := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		full[e] = ticket.Answer{Value: "x"}
	}
	t, _, err := r.tickets.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Intake: full, Say: ticket.Say{Text: "ERP"},
	})
	if err != nil {
		r.Fatal(err)
	}
	r.do(r.agent, t.ID, ticket.Accept{})
	r.do(r.agent, t.ID, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}})
	return t.ID
}

// do carries a command out and holds the stored plan against one computed from the facts anew.
func (r *room) do(by access.Actor, which ticket.ID, cmd ticket.Command) ticket.Ticket {
	r.Helper()
	t, err := r.tickets.Do(r.Context(), by, ticket.Target{ID: which}, cmd)
	if err != nil {
		r.Fatalf("%s: %v", cmd.Name(), err)
	}
	r.planned(which)
	return t
}

func (r *room) planned(which ticket.ID) {
	r.Helper()
	stored, err := r.tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		r.Fatal(err)
	}
	again, err := r.tickets.Rebuilt(r.Context(), which)
	if err != nil {
		r.Fatal(err)
	}
	if due, name := r.clocks.Plan(again); !due.Equal(stored.NextDue) || name != stored.NextClock {
		r.Errorf("stored %s at %v, computed from the facts %s at %v", stored.NextClock, stored.NextDue, name, due)
	}
}

func (r *room) get(which ticket.ID) ticket.Ticket {
	r.Helper()
	t, err := r.tickets.Get(r.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// pass lets time pass and everything run that is due by then.
func (r *room) pass(d time.Duration) {
	r.Helper()
	r.clock.Advance(d)
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
	dead, err := r.jobs.Dead(r.Context(), 1<<62, 10)
	if err != nil || len(dead) > 0 {
		r.Fatalf("dead jobs: %v, %v", dead, err)
	}
}

func solution() ticket.Resolve {
	return ticket.Resolve{Solution: ticket.Solution{Text: "s", Cause: "c", Prevention: "p", Verify: []string{"v"}}}
}

func TestN23_TheStoredDueTimeIsTheComputedOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		which := r.open()
		for _, s := range []struct {
			by  access.Actor
			cmd ticket.Command
		}{
			{r.agent, ticket.Reply{Say: ticket.Say{Text: "10:00 前反馈"}}},
			{r.agent, ticket.Note{Say: ticket.Say{Text: "n"}}},
			{r.requester, ticket.Reply{Say: ticket.Say{Text: "快点"}}},
			{r.agent, ticket.HoldFor{Reason: ticket.Blocked, Stuck: "s", Doing: "d", Next: r.clock.Now().Add(9 * time.Hour)}},
			{r.agent, ticket.Resume{}},
			{r.agent, ticket.HoldFor{Reason: ticket.ForRequester}},
			{r.requester, ticket.Reply{Say: ticket.Say{Text: "好的"}}},
			{r.agent, solution()},
			{r.requester, ticket.Reject{Reason: "还是不行"}},
			{r.agent, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}}},
			{r.agent, solution()},
			{r.requester, ticket.Reply{Say: ticket.Say{Text: "在哪里点"}}},
			{r.requester, ticket.Confirm{}},
			{r.agent, ticket.Archive{Difficulties: "d", Approach: "a"}},
			{r.requester, ticket.Reopen{Reason: "又来了"}},
			{r.agent, ticket.Close{As: ticket.Cancelled, Reason: "重复了"}},
		} {
			r.clock.Advance(17 * time.Minute)
			r.do(s.by, which, s.cmd)
		}
	})
}

func TestN35_TheTimeForConfirmingIsUpAndCountsAsUnconfirmed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		silent, sheet, confirmed, rejected := r.open(), r.open(), r.open(), r.open()
		for _, which := range []ticket.ID{silent, confirmed, rejected} {
			r.do(r.agent, which, solution())
		}
		full := solution()
		full.Difficulties, full.Approach = "d", "a"
		r.do(r.agent, sheet, full)
		r.do(r.requester, confirmed, ticket.Confirm{})
		r.pass(day)
		r.do(r.requester, rejected, ticket.Reject{Reason: "不行"})
		r.do(r.agent, rejected, solution())
		r.pass(2*day - time.Minute)
		if v := r.get(silent); !v.Detail.Expired.IsZero() {
			t.Fatal("a minute too early")
		}
		r.pass(time.Minute)
		if v := r.get(silent); v.Status != ticket.Resolved || v.Detail.Expired.IsZero() || v.NextClock != ticket.ClockArchive {
			t.Errorf("without a sheet it waits for one: %s, %v", v.Status, v.Detail.Expired)
		}
		if v := r.get(sheet); v.Status != ticket.Closed || v.ClosedAs != ticket.Unconfirmed || !v.ConfirmedAt.IsZero() {
			t.Errorf("with its sheet it is closed as unconfirmed: %s %s", v.Status, v.ClosedAs)
		}
		if v := r.get(confirmed); !v.Detail.Expired.IsZero() {
			t.Error("a confirmed ticket has no time to be up")
		}
		if v := r.get(rejected); !v.Detail.Expired.IsZero() || v.Status != ticket.Resolved {
			t.Error("a new solution has its own time")
		}
		r.pass(day)
		if v := r.get(rejected); v.Detail.Expired.IsZero() {
			t.Error("the second solution's time is up")
		}
		for _, which := range []ticket.ID{silent, sheet, confirmed, rejected} {
			r.planned(which)
		}
	})
}

func TestN35_TheRequesterIsRemindedOnWorkingDaysUntilTheyAnswer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		if err := r.clocks.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		p := r.clocks.Policy()
		p.Calendar, p.ConfirmDays, p.RemindDays = "china-office", 5, 2
		r.save(p)
		r.clock.Set(at(t, "2026-09-30 15:00")) // the day before the National Day
		silent, confirmed, again := r.open(), r.open(), r.open()
		for _, which := range []ticket.ID{silent, confirmed, again} {
			r.do(r.agent, which, solution())
		}
		upTo := func(s string, want int) {
			t.Helper()
			r.pass(at(t, s).Sub(r.clock.Now()))
			if got := r.get(silent).Detail.Reminders; got != want {
				t.Errorf("at %s: reminded %d times, want %d", s, got, want)
			}
		}
		upTo("2026-10-09 14:59", 0) // working days: 8, 9, 10 (make-up), 12, 13 October
		r.do(r.requester, confirmed, ticket.Confirm{})
		r.do(r.requester, again, ticket.Reject{Reason: "不行"})
		r.do(r.agent, again, solution())
		upTo("2026-10-09 15:00", 1)
		r.save(r.clocks.Policy()) // planned again: nobody is reminded twice
		upTo("2026-10-09 18:00", 1)
		upTo("2026-10-12 15:00", 2)
		upTo("2026-10-14 15:00", 2)
		upTo("2026-10-20 15:00", 2)
		if v := r.get(silent); v.Detail.Expired.IsZero() {
			t.Error("the time is not up")
		}
		if n := r.get(confirmed).Detail.Reminders; n != 0 {
			t.Errorf("reminded %d times of what was confirmed", n)
		}
		if v := r.get(again); v.Detail.Reminders != 2 {
			t.Errorf("reminded %d times of the second solution", v.Detail.Reminders)
		}
		for _, which := range []ticket.ID{silent, confirmed, again} {
			r.planned(which)
		}
	})
}

func TestN23_ANewPolicyIsInForceForOpenTicketsToo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		fresh, solved, closed := r.open(), r.open(), r.open()
		r.do(r.agent, solved, solution())
		r.do(r.agent, closed, ticket.Close{As: ticket.Invalid, Reason: "没有这样的请求"})
		was := r.get(fresh)
		p := r.clocks.Policy()
		p.Targets[was.Priority-1].Response = 10
		p.ConfirmDays = 1
		for i := range int(was.Priority) - 1 {
			p.Targets[i].Response = 10
		}
		if err := setting.Save(t.Context(), r.settings, access.Desk(), sla.PolicyName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		if got := r.clocks.Policy(); !cmp.Equal(got, p) {
			t.Errorf("the policy in force is %+v", got)
		}
		r.pass(time.Second)
		now := r.get(fresh)
		if want := was.CreatedAt.Add(10 * time.Minute); !now.NextDue.Equal(want) || now.Version != was.Version || !now.UpdatedAt.Equal(was.UpdatedAt) {
			t.Errorf("due %v, want %v; version %d, was %d", now.NextDue, want, now.Version, was.Version)
		}
		for _, which := range []ticket.ID{fresh, solved, closed} {
			r.planned(which)
		}
		r.pass(time.Minute)
		if n := r.tickets.Counts(t.Context(), r.agent).Views[ticket.Overdue]; n != 0 {
			t.Errorf("%d overdue", n)
		}
		r.pass(10 * time.Minute)
		if n := r.tickets.Counts(t.Context(), r.agent).Views[ticket.Overdue]; n != 1 {
			t.Errorf("%d overdue after the new due time", n)
		}
		r.pass(day)
		if r.get(solved).Detail.Expired.IsZero() {
			t.Error("less patience for a confirmation counts for solutions that were given before")
		}
		p.ConfirmDays = 5
		if err := setting.Save(t.Context(), r.settings, access.Desk(), sla.PolicyName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		patient := r.open()
		r.do(r.agent, patient, solution())
		r.pass(4 * day)
		if !r.get(patient).Detail.Expired.IsZero() {
			t.Error("more patience counts too")
		}
	})
}

func TestPolicyRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	if err := sla.Standard().Check(); err != nil {
		t.Errorf("the policy of a new desk: %v", err)
	}
	for _, tt := range []struct {
		name, field string
		spoil       func(*sla.Policy)
	}{
		{"no time at all", "response_1", func(p *sla.Policy) { p.Targets[0].Response = 0 }},
		{"negative", "update_2", func(p *sla.Policy) { p.Targets[1].Update = -2 }},
		{"more than a year", "resolve_4", func(p *sla.Policy) { p.Targets[3].Resolve = 366*24*60 + 1 }},
		{"a word later than the solution", "response_1", func(p *sla.Policy) { p.Targets[0].Response = p.Targets[0].Resolve + 1 }},
		{"P2 stricter than P1", "resolve_2", func(p *sla.Policy) { p.Targets[1].Resolve = p.Targets[0].Resolve - 1 }},
		{"no patience", "confirm_days", func(p *sla.Policy) { p.ConfirmDays = 0 }},
		{"a month of it", "confirm_days", func(p *sla.Policy) { p.ConfirmDays = 31 }},
		{"no targets", "resolve_3", func(p *sla.Policy) { p.Targets = [4]sla.Target{} }},
		{"no targets, and said so", "resolve_3", func(p *sla.Policy) {
			for i := range p.Targets {
				p.Targets[i] = sla.Target{Response: sla.None, Update: sla.None, Resolve: sla.None, Accept: sla.None, Silence: 60}
			}
		}},
		{"nothing due after the first word", "resolve_4", func(p *sla.Policy) { p.Targets[3].Resolve, p.Targets[3].Update = sla.None, sla.None }},
		{"nothing due until somebody asks", "resolve_4", func(p *sla.Policy) { p.Targets[3].Resolve, p.Cadence = sla.None, sla.WhenAsked }},
		{"waits that are forgotten", "silence_1", func(p *sla.Policy) { p.Targets[0].Silence = sla.None }},
		{"P3 without a target and P4 with one", "resolve_4", func(p *sla.Policy) { p.Targets[2].Resolve = sla.None }},
		{"a cadence that there is not", "cadence", func(p *sla.Policy) { p.Cadence = "sometimes" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := sla.Standard()
			tt.spoil(&p)
			e := errs.As(p.Check())
			if e == nil || e.Kind != errs.Invalid || len(e.Fields) == 0 {
				t.Fatalf("accepted: %v", e)
			}
			names := []string{}
			for _, f := range e.Fields {
				names = append(names, f.Name)
				for _, lang := range i18n.Langs() { // each says what to change, in both languages
					if text := i18n.T(lang, f.Key, f.Args...); strings.Contains(text, "⟦") || strings.Contains(text, "<no value>") || len(text) < 15 {
						t.Errorf("%s in %s: %q", f.Key, lang, text)
					}
				}
			}
			if !slices.Contains(names, tt.field) {
				t.Errorf("fields %v, want %s", names, tt.field)
			}
		})
	}
}
