// SPDX-License-Identifier: Apache-2.0

package escalation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

func TestN3_StepsAreRaisedAtTheirTimeAndOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		one := h.open()
		for _, x := range []struct {
			at   time.Duration
			want []string
		}{
			{30*time.Minute - time.Millisecond, []string{}},
			{30 * time.Minute, []string{"r50"}},
			{30 * time.Minute, []string{"r50"}},
			{60*time.Minute - time.Millisecond, []string{"r50"}},
			{60 * time.Minute, []string{"r50", "r100"}},
			{90 * time.Minute, []string{"r50", "r100", "r+30"}},
			{1000 * time.Hour, []string{"r50", "r100", "r+30"}},
		} {
			h.at(x.at)
			if diff := cmp.Diff(x.want, h.raised(one)); diff != "" {
				t.Errorf("at %v (-want +got):\n%s", x.at, diff)
			}
		}
		list := all(t, h.db)
		if len(list[2].Told) != 1 || list[2].Told[0].Person != person.ID(h.lead.ID) || list[2].Told[0].As != escalation.Leads {
			t.Errorf("told %+v, want the lead", list[2].Told)
		}
		if _, err := h.jobs.RunDue(t.Context()); err != nil || h.mailed.Load() != 3 {
			t.Errorf("%d letters for 3 steps: %v", h.mailed.Load(), err)
		}
	})
}

func TestN3_AClockThatWasMetRaisesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		answered, held := h.open(), h.open()
		h.do(h.agent, held, ticket.Accept{})
		h.do(h.agent, held, ticket.HoldFor{Reason: ticket.ForRequester})
		h.clock.Set(begin().Add(29 * time.Minute))
		h.reply(answered)
		h.at(100 * time.Minute)
		if got := append(h.raised(answered), h.raised(held)...); len(got) != 0 {
			t.Errorf("raised %v", got)
		}
		h.at(149 * time.Minute) // 29 + 120
		if diff := cmp.Diff([]string{"u100"}, h.raised(answered)); diff != "" {
			t.Errorf("the next run (-want +got):\n%s", diff)
		}
		h.reply(answered) // another run begins, which comes due in its turn
		h.at((149 + 120) * time.Minute)
		if diff := cmp.Diff([]string{"u100", "u100"}, h.raised(answered)); diff != "" {
			t.Errorf("the run after (-want +got):\n%s", diff)
		}
	})
}

// What the queue shows: an alert stands while its clock runs, and goes with its reason.
func TestN3_AlertStandsUntilItsReasonIsGone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		one := h.open()
		h.do(h.agent, one, ticket.Accept{})
		h.at(time.Hour)
		stands := func() string {
			list, err := h.Alerts(t.Context(), h.agent, []ticket.ID{one.ID})
			if err != nil {
				t.Fatal(err)
			}
			return list[one.ID].Clock
		}
		mine := func() int {
			list, err := h.Notices(t.Context(), h.agent, 5)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if stands() != "response" || mine() != 1 {
			t.Errorf("alert %q, %d notices; want response and one", stands(), mine())
		}
		h.reply(one)
		h.run()
		if stands() != "" || mine() != 0 {
			t.Errorf("alert %q, %d notices after the answer", stands(), mine())
		}
	})
}

func TestN3_NoticeIsPutAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.do(h.agent, h.open(), ticket.Accept{})
		h.at(time.Hour)
		list, err := h.Notices(t.Context(), h.agent, 5)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d notices: %v", len(list), err)
		}
		if err := h.PutAway(t.Context(), h.lead, list[0].ID); err != nil { // somebody else's stays
			t.Fatal(err)
		}
		if list, _ := h.Notices(t.Context(), h.agent, 5); len(list) != 1 {
			t.Error("another person put it away")
		}
		if err := h.PutAway(t.Context(), h.agent, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if list, _ := h.Notices(t.Context(), h.agent, 5); len(list) != 0 {
			t.Error("it is still there")
		}
	})
}

// A policy that moves the due time leaves what was raised, and moves the rest.
func TestN3_MovedDueTimeMovesWhatWasNotRaised(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		one := h.open()
		h.at(30 * time.Minute)
		h.target.Store(120) // the half was reached of the old target; it is not reached again
		h.do(h.agent, one, ticket.Note{Say: ticket.Say{Text: "x", Channel: ticket.Web}})
		h.at(60 * time.Minute)
		if diff := cmp.Diff([]string{"r50"}, h.raised(one)); diff != "" {
			t.Errorf("after the target moved (-want +got):\n%s", diff)
		}
		h.at(120 * time.Minute)
		if diff := cmp.Diff([]string{"r50", "r100"}, h.raised(one)); diff != "" {
			t.Errorf("at the new due time (-want +got):\n%s", diff)
		}
		h.target.Store(60) // shorter again: what is past comes at once, and nothing twice
		h.do(h.agent, one, ticket.Note{Say: ticket.Say{Text: "x", Channel: ticket.Web}})
		h.run()
		if diff := cmp.Diff([]string{"r50", "r100", "r+30"}, h.raised(one)); diff != "" {
			t.Errorf("after it moved back (-want +got):\n%s", diff)
		}
	})
}

func TestN3_OnlyInWorkingHoursButForUrgentOnes(t *testing.T) {
	t.Parallel()
	day := []calendar.Shift{{From: 9 * 60, To: 18 * 60}}
	office, err := calendar.New(calendar.Sheet{
		Name: "office", Title: "Office", TitleEN: "Office", Zone: "Asia/Shanghai", Week: [7][]calendar.Shift{1: day, 2: day, 3: day, 4: day, 5: day},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.EachURL(t, func(t *testing.T, url string) {
		h := newHouse(t, url, func(n *node, _ *escalation.Parts) { n.hours = office })
		h.clock.Set(begin().Add(8*time.Hour + 15*time.Minute)) // 17:15, closes at 18:00
		calm, urgent := h.open(), h.open()
		h.do(h.agent, urgent, ticket.Accept{})
		h.do(h.agent, urgent, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}})
		h.at(8*time.Hour + 45*time.Minute)
		h.at(9*time.Hour + 15*time.Minute) // due at 18:15
		if diff := cmp.Diff([]string{"r50"}, h.raised(calm)); diff != "" {
			t.Errorf("in the evening (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"r50", "r100"}, h.raised(urgent)); diff != "" {
			t.Errorf("P1 in the evening (-want +got):\n%s", diff)
		}
		h.at(24*time.Hour - time.Millisecond)
		if diff := cmp.Diff([]string{"r50"}, h.raised(calm)); diff != "" {
			t.Errorf("before the opening (-want +got):\n%s", diff)
		}
		h.at(24 * time.Hour) // nine in the morning: both that waited come together
		if diff := cmp.Diff([]string{"r50", "r+30", "r100"}, h.raised(calm)); diff != "" {
			t.Errorf("at the opening (-want +got):\n%s", diff)
		}
	})
}

// A step that is added counts from then on: nobody is told of what was late before it was there.
func TestN3_NewStepDoesNotReachBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		late := h.open()
		h.at(100 * time.Hour)
		before := len(h.raised(late))
		p, version, err := h.Stored(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.Steps = append(p.Steps, escalation.Step{Clock: "response", Minutes: 60, To: []escalation.Audience{escalation.Leads}, By: []string{escalation.OnPage}})
		if err := h.Save(t.Context(), access.Desk(), p, version); err != nil {
			t.Fatal(err)
		}
		fresh := h.open()
		h.do(h.agent, late, ticket.Note{Say: ticket.Say{Text: "x", Channel: ticket.Web}})
		h.run()
		for i := range 5 {
			h.at(100*time.Hour + time.Duration(i*30)*time.Minute)
		}
		if got := h.raised(late); len(got) != before {
			t.Errorf("the new step reached back: %v", got)
		}
		if got := h.raised(fresh); len(got) != 4 {
			t.Errorf("raised %v, want the new step too", got)
		}
	})
}

// I10: when a ticket is looked at next is what computing it again gives, whatever happened.
func TestI10_StoredLookIsTheRecomputedOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		one := h.open()
		for i := range 8 {
			h.clock.Advance(7 * time.Minute)
			switch i % 4 {
			case 0:
				h.do(h.agent, one, ticket.Note{Say: ticket.Say{Text: "x", Channel: ticket.Web}})
			case 1:
				h.reply(one)
			case 2:
				h.target.Store(int64(60 + i))
			}
			h.run()
			fresh, err := h.tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: one.ID})
			if err != nil {
				t.Fatal(err)
			}
			var want time.Time
			for _, m := range h.Plan().Moments(h.scene(fresh)) {
				if m.At.After(h.clock.Now()) {
					want = m.At
					break
				}
			}
			if got := wakeAt(t, h.db, one.ID); i%4 != 2 && !got.Equal(want) {
				t.Errorf("step %d: looked at at %v, want %v", i, got, want)
			}
		}
	})
}
