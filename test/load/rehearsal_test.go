// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// rehearsalVariable is how many closed tickets are judged again; make rehearsal takes 100,000.
const rehearsalVariable = "LOOPDESK_REHEARSAL"

// TestN2_ARehearsalOfMany judges many closed tickets by a changed pack, prints how far it is while it
// runs and how many it judged in a second, and stops a second run midway. What it counts is counted; it
// judges no time. One ticket is led through its life by commands, the others are copies of its facts.
func TestN2_ARehearsalOfMany(t *testing.T) {
	many := 250
	if text := os.Getenv(rehearsalVariable); text != "" {
		var err error
		if many, err = strconv.Atoi(text); err != nil || many < 1 {
			t.Fatalf("%s=%s is not a number of tickets", rehearsalVariable, text)
		}
	}
	dbtest.EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		h := apptest.New(t, apptest.On(url))
		copies(t, h, many)
		facts, err := db.One(t.Context(), h.DB.Long(), db.Int, `SELECT COUNT(*) FROM event WHERE room = 'ticket'`)
		if err != nil {
			t.Fatal(err)
		}
		by := apptest.Actor(h.Person(access.Admin), "web")
		begin := func() rehearsal.ID {
			t.Helper()
			id, err := h.Rehearsals.Start(t.Context(), by, rehearsal.Pack, "[N34]\noff = true\n", 3)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		id := begin()
		done := make(chan error, 1)
		at := time.Now()
		go func() { _, err := h.Jobs.RunDue(t.Context()); done <- err }()
		watch(t, h, by, id, done, func(rehearsal.Run) {})
		took := time.Since(at)
		r, tallies, changes, err := h.Rehearsals.Get(t.Context(), by, id)
		if err != nil || r.State != rehearsal.Done || r.Done != int64(many) || r.Changed != int64(many) || len(changes) != min(many, 200) {
			t.Errorf("%v: %+v, %d changes", err, r, len(changes))
		}
		for _, x := range tallies {
			if x.Clause == "N34" && (x.MetWas != int64(many) || x.MetNow != 0) {
				t.Errorf("N34: %+v", x)
			}
		}
		t.Logf("rehearsal on %s: %d tickets of %d facts judged twice in %v: %d tickets/s", h.DB.Engine(), many, facts, took.Round(time.Millisecond), int64(float64(many)/took.Seconds()))

		// Stopped at the first sign that it works.
		id = begin()
		go func() { _, err := h.Jobs.RunDue(t.Context()); done <- err }()
		stopped := false
		watch(t, h, by, id, done, func(r rehearsal.Run) {
			if !stopped && r.Done > 0 && r.State == rehearsal.Running {
				stopped = true
				if err := h.Rehearsals.Cancel(t.Context(), by, id); err != nil {
					t.Error(err)
				}
			}
		})
		r, _, _, err = h.Rehearsals.Get(t.Context(), by, id)
		if err != nil || stopped && r.State == rehearsal.Running || stopped && r.State == rehearsal.Cancelled && r.Done > int64(many) || !stopped && r.State != rehearsal.Done {
			t.Errorf("stopped %v: %v %+v", stopped, err, r)
		}
		t.Logf("a second run, stopped: %v, %s with %d of %d judged", stopped, r.State, r.Done, r.Total)
	})
}

// watch looks how far a run is until its job has ended.
func watch(t *testing.T, h *apptest.House, by access.Actor, id rehearsal.ID, done <-chan error, see func(rehearsal.Run)) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	told := -10
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		case <-look.C:
		}
		r, _, _, err := h.Rehearsals.Get(t.Context(), by, id)
		if err != nil {
			t.Error(err)
			continue
		}
		if see(r); r.Percent() >= told+10 {
			told = r.Percent()
			t.Logf("%d of %d judged (%d%%)", r.Done, r.Total, told)
		}
	}
}

// copies writes many closed tickets: one that was led to its end, and copies of its row, its facts and
// its scores.
func copies(t *testing.T, h *apptest.House, many int) {
	t.Helper()
	owner, agent := h.Person(access.Requester), apptest.Actor(h.Person(access.Agent), "web")
	x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(owner, "portal"), ticket.Request{
		Requester: owner.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸，月结单打不出来"},
		Intake: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "09:10"}, ticket.Affected: {Value: "打印"}, ticket.People: {Value: "1"}, ticket.Wanted: {Value: "今天"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []ticket.Command{
		ticket.Accept{},
		ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}},
		ticket.Record{Intake: map[ticket.Element]ticket.Answer{ticket.Who: {Value: "王海燕"}, ticket.Contact: {Value: "8001"}, ticket.Symptom: {Value: "卡纸"}}},
		ticket.Reply{Say: ticket.Say{Text: "正在看纸道，半小时内回复您"}},
		ticket.Diagnose{Hypothesis: "纸道有碎纸", Check: "拆开后盖看", Result: "有碎纸", Judgement: ticket.Confirms},
		ticket.Resolve{Solution: ticket.Solution{Text: "清了纸道", Cause: "纸道有碎纸", Prevention: "换纸前抖散", Verify: []string{"打印一页"}}, Difficulties: "碎纸看不见", Approach: "拆开后盖"},
	} {
		if _, err := h.Tickets.Do(t.Context(), agent, ticket.Target{ID: x.ID}, cmd); err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
		h.Advance(time.Minute)
	}
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(owner, "portal"), ticket.Target{ID: x.ID}, ticket.Confirm{}); err != nil {
		t.Fatal(err)
	}
	h.RunJobs()
	if err := h.Reports.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &copying{T: t, h: h.House}
	for have := 1; have < many; { // copies are copied: as many again each time
		c.top, c.message, c.event = c.max("ticket"), c.max("message"), c.max("event")
		have += c.pass(1, 0, many-have, 0)
	}
	c.end()
	const scores = `closed_at, closed_as, needed, group_id, category_id, agent_id, priority, efficient, friendly, book, kept, broken, rating, said, rough, met, judged, deviated, back, cause`
	err = h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `INSERT INTO score_ticket (ticket_id, `+scores+`)
			SELECT t.id, `+scores+` FROM (SELECT id FROM ticket WHERE id <> $1) t CROSS JOIN (SELECT `+scores+` FROM score_ticket WHERE ticket_id = $1) s`, x.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
