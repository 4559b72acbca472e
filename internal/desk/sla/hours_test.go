// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// office is the office in China that comes with the desk: 09:00–12:00, 13:30–18:00.
func office(t testing.TB) *calendar.Hours {
	t.Helper()
	shelf, err := calendar.Start().Open()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := shelf.Get("china-office")
	h, ok := c.(*calendar.Hours)
	if !ok {
		t.Fatal("no office in China")
	}
	return h
}

// at is a time of the wall clock in Shanghai.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04", s, office(t).Location())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// lived is a P3 life that began at a time. P3: response 2 h, update 8 h, resolve 72 h.
func lived(t testing.TB, begin string) *slatest.Life {
	l := slatest.New(ticket.Portal)
	l.Ticket = ticket.Ticket{}
	first := l.Told[0]
	first.Meta.At = at(t, begin)
	l.Now, l.Told = first.Meta.At, nil
	return l.Then(0, first.Fact)
}

func TestN23_ClocksRestWithTheCalendar(t *testing.T) {
	t.Parallel()
	until := func(l *slatest.Life, s string) time.Duration { return at(t, s).Sub(l.Now) }
	for _, tt := range []struct {
		name  string
		begin string
		tell  func(l *slatest.Life)
		clock sla.Name
		state sla.State
		due   string
	}{
		{"within the morning", "2026-03-02 09:15", func(*slatest.Life) {}, sla.Response, sla.Running, "2026-03-02 11:15"},
		{"over lunch", "2026-03-02 11:30", func(*slatest.Life) {}, sla.Response, sla.Running, "2026-03-02 15:00"},
		{"to the end of the day, not to the next morning", "2026-03-02 16:00", func(*slatest.Life) {}, sla.Response, sla.Running, "2026-03-02 18:00"},
		{"after hours", "2026-03-06 22:00", func(*slatest.Life) {}, sla.Response, sla.Running, "2026-03-09 11:00"},
		{"over the National Day, with its make-up workday", "2026-09-30 17:00", func(*slatest.Life) {}, sla.Resolve, sla.Running, "2026-10-20 14:00"},
		{"the night before does not make it late", "2026-03-06 17:30", func(l *slatest.Life) { l.Wait(48 * hour) }, sla.Response, sla.Running, "2026-03-09 10:30"},
		{"P1 counts every minute", "2026-10-01 03:00", func(l *slatest.Life) { l.Then(0, slatest.Graded(triage.P1)) }, sla.Response, sla.Running, "2026-10-01 03:15"},
		{"and the next word too", "2026-10-01 03:00", func(l *slatest.Life) {
			l.Then(0, slatest.Graded(triage.P1)).Then(minute, slatest.Accepted()).Then(minute, l.Word())
		}, sla.Update, sla.Running, "2026-10-01 03:32"},
		{"a wait counts as long as somebody would have worked", "2026-03-02 09:00", func(l *slatest.Life) {
			l.Then(hour, slatest.Accepted()).Then(0, l.Word()).Then(0, slatest.Held(ticket.ForRequester, time.Time{})).Then(until(l, "2026-03-03 10:00"), slatest.Resumed())
		}, sla.Resolve, sla.Running, "2026-03-16 15:00"},
		{"three working days to confirm", "2026-09-29 09:00", func(l *slatest.Life) {
			l.Then(hour, slatest.Accepted()).Then(until(l, "2026-09-30 15:00"), slatest.Solved())
		}, sla.Confirm, sla.Running, "2026-10-10 15:00"},
		{"for P1 too", "2026-09-29 09:00", func(l *slatest.Life) {
			l.Then(0, slatest.Graded(triage.P1)).Then(hour, slatest.Accepted()).Then(until(l, "2026-09-30 15:00"), slatest.Solved())
		}, sla.Confirm, sla.Running, "2026-10-10 15:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := lived(t, tt.begin)
			tt.tell(l)
			list := sla.Clocks(l.Ticket, sla.Standard(), office(t), l.Now)
			i := slices.IndexFunc(list, func(c sla.Clock) bool { return c.Name == tt.clock })
			if i < 0 {
				t.Fatal("there is no such clock")
			}
			if c := list[i]; c.State != tt.state || !c.Due.Equal(at(t, tt.due)) {
				t.Errorf("%s, due %v, want %s at %s", c.State, c.Due.In(office(t).Location()), tt.state, tt.due)
			}
		})
	}
	p := sla.Standard()
	p.P1Always = false
	l := lived(t, "2026-10-01 03:00")
	l.Then(0, slatest.Graded(triage.P1))
	if c := sla.Clocks(l.Ticket, p, office(t), l.Now)[0]; !c.Due.Equal(at(t, "2026-10-08 09:15")) {
		t.Errorf("without the exception P1 is due %v", c.Due)
	}
	l = lived(t, "2026-09-30 09:00")
	l.Then(0, slatest.Accepted()).Then(hour, slatest.Solved()).Then(hour, slatest.Confirmed())
	if due, name := sla.Next(l.Ticket, p, office(t)); name != ticket.ClockArchive || !due.Equal(at(t, "2026-10-08 11:00")) {
		t.Errorf("%s at %v: the closure sheet is due on the next working day", name, due)
	}
}

func TestN23_ACalendarIsChosenChangedAndExplained(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		ctx, by := t.Context(), access.Desk()
		if err := r.clocks.Load(ctx); err != nil {
			t.Fatal(err)
		}
		which := r.open() // Monday 09:00 in Shanghai, P3 or so
		p := r.clocks.Policy()
		p.Calendar = "nowhere"
		if e := errs.As(setting.Save(ctx, r.settings, by, sla.PolicyName, p, setting.AnyVersion)); e == nil || e.Kind != errs.Invalid || e.Fields[0].Name != "calendar" {
			t.Errorf("a policy by a calendar that is not there: %v", e)
		}
		p.Calendar, p.P1Always = "china-office", false
		for i := range p.Targets {
			p.Targets[i] = sla.Target{Response: 60, Update: 60, Resolve: 600, Accept: 60, Silence: 60}
		}
		if err := setting.Save(ctx, r.settings, by, sla.PolicyName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		was := r.get(which)
		if want := at(t, "2026-03-02 10:00"); was.NextClock != "response" || !was.NextDue.Equal(want) {
			t.Errorf("%s at %v, want %v", was.NextClock, was.NextDue, want)
		}
		r.planned(which)

		// The office opens an hour later on Mondays: open tickets are planned again.
		b, version, err := r.clocks.Book(ctx)
		if err != nil || version != 0 {
			t.Fatal(version, err)
		}
		s, _ := b.Sheet("china-office")
		s.Week[1] = []calendar.Shift{{From: 600, To: 720}, {From: 810, To: 1080}}
		if err := r.clocks.SaveCalendar(ctx, r.agent, "china-office", s, version); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent changed the calendar: %v", err)
		}
		if err := r.clocks.SaveCalendar(ctx, by, "china-office", s, version); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		if now := r.get(which); !now.NextDue.Equal(at(t, "2026-03-02 11:00")) || now.Version != was.Version {
			t.Errorf("due %v, version %d, was %d", now.NextDue, now.Version, was.Version)
		}
		r.planned(which)
		var said []string
		for _, c := range r.clocks.Clocks(r.get(which)) {
			if c.Name == sla.Response {
				if want := r.clocks.Calendar().Between(r.clock.Now(), c.Due); !c.Working || c.Left != want || want > hour {
					t.Errorf("%v left, want %v", c.Left, want)
				}
				for _, l := range slices.Concat(c.Policy, c.Why, c.Days) {
					said = append(said, l.Text(i18n.EN, r.clock.Now(), time.UTC))
				}
			}
		}
		if got := strings.Join(said, "\n"); !strings.HasSuffix(got, "Mon 2026-03-02 10:00–11:00: 1 h\n1 h in all: used up at today 03:00") || !strings.HasPrefix(got, "No special rule applies; the basic targets of P3 count\nThe calendar is the one of the policy\n") || !strings.Contains(got, "On the calendar “China office hours”, time zone Asia/Shanghai") {
			t.Errorf("the explanation:\n%s", got)
		}

		// What the policy counts by stays; what somebody has overtaken is stale.
		_, version, err = r.clocks.Book(ctx)
		if err != nil || version != 1 {
			t.Fatal(version, err)
		}
		if err := r.clocks.RemoveCalendar(ctx, by, "china-office", version); !errors.Is(err, errs.New(errs.Conflict, "sla.calendar_used")) {
			t.Errorf("the calendar in use was removed: %v", err)
		}
		s.Name = "renamed"
		if err := r.clocks.SaveCalendar(ctx, by, "china-office", s, version); !errors.Is(err, errs.New(errs.Conflict, "sla.calendar_used")) {
			t.Errorf("the calendar in use was renamed: %v", err)
		}
		if err := r.clocks.SaveCalendar(ctx, by, "", s, version+1); errs.KindOf(err) != errs.Stale {
			t.Errorf("a version that is not: %v", err)
		}
		if err := r.clocks.SaveCalendar(ctx, by, "", s, version); err != nil {
			t.Fatal(err)
		}
		if _, ok := r.clocks.Named("renamed"); !ok {
			t.Error("the new calendar is not in force")
		}
		if err := r.clocks.RemoveCalendar(ctx, by, "renamed", version+1); err != nil {
			t.Error(err)
		}
		if err := r.clocks.RemoveCalendar(ctx, by, "renamed", version+2); errs.KindOf(err) != errs.NotFound {
			t.Errorf("removed twice: %v", err)
		}
		r.pass(time.Minute)
		r.planned(which)
	})
}

func TestN23_AYearOfHolidaysIsGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		ctx, by := t.Context(), access.Desk()
		p := r.clocks.Policy()
		if err := r.clocks.Load(ctx); err != nil {
			t.Fatal(err)
		}
		p.Calendar, p.P1Always = "china-office", false
		if err := setting.Save(ctx, r.settings, by, sla.PolicyName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		which := r.open()
		if got := r.get(which).NextDue; !calendar.DayOf(got.In(office(t).Location())).Time().Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("due %v", got)
		}
		own := calendar.Year{Set: "cn", Year: 2026, Holidays: []calendar.Holiday{{Name: "x", From: calendar.Date(2026, 3, 2)}}}
		if err := r.clocks.SaveYears(ctx, by, []calendar.Year{own}, 0); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		r.planned(which)
		if got := r.get(which).NextDue; got.Before(at(t, "2026-03-03 09:00")) {
			t.Errorf("due %v, on a holiday", got)
		}
		if err := r.clocks.RemoveYear(ctx, by, "cn", 2026, 1); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		r.planned(which)
		if got := r.get(which).NextDue; got.After(at(t, "2026-03-02 18:00")) {
			t.Errorf("due %v though no holiday", got)
		}
		if list, err := r.clocks.Missing(ctx, at(t, "2026-10-01 00:00")); err != nil || !slices.Equal(list, []calendar.Missing{{Set: "cn", Year: 2027}}) {
			t.Errorf("missing %v, %v", list, err)
		}
		// Another node hears of it when it reads again.
		other := sla.NewService(r.settings, r.jobs, r.clock)
		if err := other.Load(ctx); err != nil {
			t.Fatal(err)
		}
		if got, want := other.Calendar().Key(), r.clocks.Calendar().Key(); got != want || got != "calendar.named" {
			t.Errorf("another node counts by %s", got)
		}
	})
}

// A policy that was saved before calendars could be chosen counts every minute.
func TestN23_AnOlderPolicyKeepsCountingEveryMinute(t *testing.T) {
	t.Parallel()
	p := sla.Standard()
	if err := json.Unmarshal([]byte(`{"Targets":[{"Response":1,"Update":1,"Resolve":1}],"ConfirmDays":5}`), &p); err != nil {
		t.Fatal(err)
	}
	if p.Calendar != calendar.AlwaysName || !p.P1Always || p.ConfirmDays != 5 {
		t.Errorf("%+v", p)
	}
	p.Calendar = ""
	if e := errs.As(p.Check()); e == nil || cmp.Diff("calendar", e.Fields[len(e.Fields)-1].Name) != "" {
		t.Errorf("a policy without a calendar: %v", e)
	}
}
