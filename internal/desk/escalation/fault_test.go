// SPDX-License-Identifier: Apache-2.0

package escalation_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// P8 on virtual time: 60 tickets over a day, one every 24 minutes, each answered early, late or
// never, looked at for 27 hours. Every step that was owed is raised at its time, none twice, none
// that was not owed. The figures are printed.
func TestP8_EveryStepAtItsTimeOverADay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		const minutes = 27 * 60
		owed := map[string]time.Time{} // ticket and step → when
		opens, answers := map[int]bool{}, map[int][]ticket.Ticket{}
		for i := range 60 {
			opens[24*i] = true
		}
		list := 0
		for minute := range minutes {
			now := begin().Add(time.Duration(minute) * time.Minute)
			if h.clock.Set(now); opens[minute] {
				one := h.open()
				stop := now.Add(1000 * time.Hour) // nobody answers
				if list%5 != 0 {
					after := 11 + 13*list%97
					stop = now.Add(time.Duration(after) * time.Minute)
					answers[minute+after] = append(answers[minute+after], one)
				}
				for step, at := range map[string]time.Time{"r50": now.Add(30 * time.Minute), "r100": now.Add(time.Hour), "r+30": now.Add(90 * time.Minute)} {
					if at.Before(stop) {
						owed[fmt.Sprint(one.ID, " ", step)] = at
					}
				}
				list++
			}
			for _, one := range answers[minute] {
				h.reply(one)
			}
			h.run()
		}
		if list != 60 || len(owed) < 60 {
			t.Fatalf("%d tickets, %d steps owed", list, len(owed))
		}
		raised := all(t, h.db)
		once(t, raised)
		worst, wrong := time.Duration(0), 0
		for _, e := range raised {
			if e.Clock == "update" {
				continue
			}
			k := fmt.Sprint(e.Ticket, " ", e.Step)
			at, ok := owed[k]
			if !ok {
				wrong++
				t.Errorf("%s was not owed", k)
				continue
			}
			delete(owed, k)
			worst = max(worst, e.At.Sub(at).Abs())
		}
		t.Logf("P8: %d steps raised, %d missing, %d wrong, worst error %v of virtual time (bound 1 s)", len(raised), len(owed), wrong, worst)
		if len(owed) != 0 || worst > time.Second {
			t.Errorf("missing %v, worst error %v", owed, worst)
		}
	})
}

// postgres gives two houses on one PostgreSQL.
func postgres(t *testing.T) string {
	t.Helper()
	for _, url := range dbtest.URLs(t) {
		if url[0] == 'p' {
			return url
		}
	}
	t.Log("without PostgreSQL two nodes share a SQLite file")
	return dbtest.URLs(t)[0]
}

// Two nodes of one desk, one of them stopped in the middle of what it does again and again:
// every step is raised once, and its letter is written once (F21, P8).
func TestF21_TwoNodesOneOfThemKilled(t *testing.T) {
	t.Parallel()
	url := postgres(t)
	h := newHouse(t, url)
	const tickets, kills = 120, 25
	for range tickets {
		h.open()
	}
	h.clock.Advance(65 * time.Minute) // r100 of all of them is due, and r50 is overtaken
	survivor := newNode(t, dbtest.Open(t, url), h.clock)
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	run := func(ctx context.Context, n *node) {
		wg.Go(func() { _ = n.Run(ctx) })
		wg.Go(func() { _ = n.jobs.Run(ctx) })
	}
	run(ctx, survivor)
	for i := range kills {
		victim := newNode(t, dbtest.Open(t, url), h.clock)
		short, kill := context.WithCancel(ctx)
		looks := 0
		victim.held = func(ticket.ID) { // it dies in the middle of a commit, each time elsewhere
			if looks++; looks > i%7 {
				kill()
			}
		}
		_, _ = victim.RunDue(short)
		kill()
		h.clock.Advance(time.Second)
	}
	h.clock.Advance(30 * time.Minute)
	stop()
	wg.Wait()
	if _, err := survivor.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(time.Minute) // what a dead node had claimed is taken up
	if _, err := survivor.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := all(t, h.db)
	n := once(t, list)
	late := 0
	for _, e := range list {
		if e.Step != "r100" && e.Step != "r+30" {
			t.Errorf("raised %s", e.Step)
		}
		if e.Step == "r+30" {
			late++
		}
	}
	t.Logf("F21: %d kills, %d steps raised once each, %d letters", kills, n, survivor.mailed.Load())
	if n != 2*tickets || late != tickets {
		t.Errorf("%d raised (%d of them the last step), want %d", n, late, 2*tickets)
	}
}

// A node is paused while it holds a ticket, and another works on: what the paused one does
// after it wakes is done once, or not at all (F22).
func TestF22_PausedHolderRaisesNothingTwice(t *testing.T) {
	t.Parallel()
	url := postgres(t)
	h := newHouse(t, url)
	one := h.open()
	h.clock.Advance(time.Hour)
	paused, resume := make(chan struct{}), make(chan struct{})
	sleeper := newNode(t, dbtest.Open(t, url), h.clock)
	var first sync.Once
	sleeper.held = func(ticket.ID) { first.Do(func() { close(paused); <-resume }) }
	done := make(chan error, 1)
	go func() {
		_, err := sleeper.Round(t.Context())
		done <- err
	}()
	<-paused
	if h.db.Engine() == db.Postgres { // the other node passes over what is held
		if n, err := h.Round(t.Context()); n != 0 || err != nil {
			t.Errorf("looked at %d tickets that another node holds: %v", n, err)
		}
		// The server gives the sleeper up: its connection ends, and with it what it held. The wait
		// is for that end: without it the answer is only that the signal is on its way.
		ended, err := db.All(t.Context(), h.db, func(r db.Row) (ok bool, err error) { err = r.Scan(&ok); return ok, err }, `
			SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]bool{true}, ended); diff != "" {
			t.Fatalf("connections ended (-want +got):\n%s", diff)
		}
		h.run()
		if diff := cmp.Diff([]string{"r100"}, h.raised(one)); diff != "" {
			t.Errorf("the other node took it up (-want +got):\n%s", diff)
		}
	}
	close(resume)
	<-done // its commit fails, or what it does again finds everything done
	h.run()
	if diff := cmp.Diff([]string{"r100"}, h.raised(one)); diff != "" {
		t.Errorf("after it woke (-want +got):\n%s", diff)
	}
}

// An answer and a step that come at the same time: whichever commits first, the step is not
// raised after the answer.
func TestF22_AnswerAndStepCannotCross(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for range 10 {
			one := h.open()
			h.clock.Advance(time.Hour)
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = h.Round(t.Context()) })
			wg.Go(func() {
				_, _ = h.tickets.Do(t.Context(), h.agent, ticket.Target{ID: one.ID}, ticket.Reply{Say: ticket.Say{Text: "x", Channel: ticket.Web}})
			})
			wg.Wait()
			said, step := int64(0), int64(0)
			records, err := h.tickets.Records(t.Context(), one.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				if r.Name == "ticket.said" {
					said = r.ID
				}
			}
			list, err := h.ForTicket(t.Context(), access.Desk(), one)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				step = e.ID
			}
			if h.db.Engine() == db.SQLite && step > said {
				t.Errorf("step %d was raised after the answer %d", step, said)
			}
		}
	})
}

// Nodes whose machines are five minutes apart: told by the database they raise each step once
// and on time; even with clocks of their own they raise nothing twice (F43).
func TestF43_FiveMinutesBetweenTwoNodes(t *testing.T) {
	t.Parallel()
	url := postgres(t)
	h := newHouse(t, url)
	passed := time.Duration(0)
	here := func() time.Duration { return passed }
	there := func() time.Duration { return passed + 5*time.Minute } // whatever it counts from
	a := newNode(t, dbtest.Open(t, url), clock.NewSteady(here, begin(), 0))
	b := newNode(t, dbtest.Open(t, url), clock.NewSteady(there, begin(), 5*time.Minute))
	skewed := clock.NewManual(begin().Add(5 * time.Minute))
	ahead := newNode(t, dbtest.Open(t, url), skewed)
	for range 20 {
		h.open()
	}
	look := func(nodes ...*node) {
		var wg sync.WaitGroup
		for _, n := range nodes {
			wg.Go(func() {
				if _, err := n.RunDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	for range 65 {
		passed += time.Minute
		look(a, b)
	}
	worst := time.Duration(0)
	for _, e := range all(t, h.db) {
		worst = max(worst, e.At.Sub(e.Moment).Abs())
	}
	if n := once(t, all(t, h.db)); n != 40 || worst > time.Second {
		t.Errorf("%d raised, worst error %v; want 40 on time", n, worst)
	}
	for range 40 { // and one whose clock nobody puts right
		passed += time.Minute
		skewed.Set(begin().Add(passed + 5*time.Minute))
		look(a, ahead)
	}
	n := once(t, all(t, h.db))
	t.Logf("F43: %d steps by nodes five minutes apart, none twice; worst error %v where the database tells the time", n, worst)
	if n != 60 {
		t.Errorf("%d raised, want 60", n)
	}
}
