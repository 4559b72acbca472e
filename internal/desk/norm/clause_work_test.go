// SPDX-License-Identifier: Apache-2.0

package norm_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

func TestN4_AnEmergencyHasSomebodyAtOnce(t *testing.T) {
	t.Parallel()
	urgent := func() *slatest.Life { return slatest.New(ticket.Phone).Then(minute, slatest.Graded(triage.P1)) }
	prove(t, "N4", []proof{
		{"no emergency", answered(), norm.NA, "", 0, "", "Not a P1"},
		{"just graded", urgent().Wait(minute), norm.Open, "", 16 * minute, "", "stand up for it"},
		{"taken at once", urgent().Then(5*minute, slatest.Accepted()), norm.Met, "accepted", 6 * minute, "", "5 min"},
		{"taken before it was graded", answered().Then(hour, slatest.Graded(triage.P1)), norm.Met, "graded", 2 * hour, "", "Somebody stood up"},
		{"a major incident is declared", urgent().Then(3*minute, ticket.Paced{Of: ticket.Of{Ticket: 1}, Minutes: 30, Because: "major"}), norm.Met, "paced", 4 * minute, "", ""},
		{"taken too late", urgent().Then(hour, slatest.Accepted()), norm.Missed, "accepted", hour + minute, "", "without anybody"},
		{"nobody", urgent().Wait(hour), norm.Missed, "", 16 * minute, "", "without anybody"},
		{"called off", urgent().Then(minute, slatest.Ended(ticket.Cancelled)), norm.NA, "", 0, "", "not applicable"},
	})
}

func TestN5_WhatWasSuspectedWasLookedAt(t *testing.T) {
	t.Parallel()
	line := func(n int, j ticket.Judgement) ticket.Diagnosed {
		return ticket.Diagnosed{Of: ticket.Of{Ticket: 1}, Line: n, Finding: ticket.Finding{Hypothesis: "表空间满", Check: "df", Judgement: j}}
	}
	prove(t, "N5", []proof{
		{"no log", solved(), norm.NA, "", 0, "", "not applicable"},
		{"a suspicion", answered().Then(hour, line(1, ticket.Unclear)), norm.Open, "diagnosed", 2 * hour, "", "1 lines"},
		{"looked at", answered().Then(hour, line(1, ticket.Unclear)).Then(hour, line(1, ticket.Confirms)), norm.Met, "diagnosed", 3 * hour, "", "have a result"},
		{"one left open", answered().Then(hour, line(1, ticket.Confirms)).Then(0, line(2, ticket.Unclear)).Then(0, slatest.Solved()).Then(0, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed)), norm.Missed, "diagnosed", 2 * hour, "", "when it was closed"},
		{"called off", answered().Then(hour, line(1, ticket.Unclear)).Then(0, slatest.Ended(ticket.Cancelled)), norm.NA, "", 2 * hour, "", "not applicable"},
	})
}

func TestN12_SomebodyAnswersForItToItsEnd(t *testing.T) {
	t.Parallel()
	prove(t, "N12", []proof{
		{"nobody yet", fresh(), norm.Open, "", 0, "", "yet"},
		{"taken", answered(), norm.Met, "accepted", minute, "", "beginning to end"},
		{"survives a hand-over", answered().Then(hour, handed(1, 2)), norm.Met, "accepted", minute, "", ""},
		{"closed without", fresh().Then(hour, slatest.Solved()).Then(0, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "", "when it was closed"},
		{"called off", dropped(), norm.NA, "", 0, "", "not applicable"},
	})
}

func TestN14_TheChannelIsRecorded(t *testing.T) {
	t.Parallel()
	prove(t, "N14", []proof{{"by mail", fresh(), norm.Met, "recorded", 0, "", "mail"}, {"by telephone", slatest.New(ticket.Phone), norm.Met, "recorded", 0, "", "phone"}})
}

func TestN16_WhatIsMissingIsAskedFor(t *testing.T) {
	t.Parallel()
	asked := func() *slatest.Life {
		return answered().Then(hour, ticket.AskedFor{Of: ticket.Of{Ticket: 1}, Message: 3})
	}
	prove(t, "N16", []proof{
		{"nothing missing", answered(), norm.NA, "", 0, "", "not applicable"},
		{"asked", asked(), norm.Met, "asked", 2 * hour, "", "asked for more"},
		{"and answered", asked().Then(hour, slatest.UserWord()), norm.Met, "said", 3 * hour, "", "answered"},
	})
}

func TestN21_ItHasACategory(t *testing.T) {
	t.Parallel()
	filed := ticket.Classified{Of: ticket.Of{Ticket: 1}, Category: 4}
	prove(t, "N21", []proof{
		{"not yet", answered(), norm.Open, "", 0, "", "yet"},
		{"filed", answered().Then(hour, filed), norm.Met, "classified", 2 * hour, "", "has a category"},
		{"closed without", solved().Then(0, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "", "when it was closed"},
		{"called off", dropped(), norm.NA, "", 0, "", "not applicable"},
	})
}

func TestN23_SolvedWithinTheTargetOfItsPriority(t *testing.T) {
	t.Parallel()
	prove(t, "N23", []proof{
		{"solved in time", solved(), norm.Met, "resolved", 3 * hour, "", "within the target"},
		{"called off", dropped(), norm.NA, "", 0, "", "not applicable"},
	})
	late := answered().Then(0, slatest.Graded(triage.P1)).Then(60*day, slatest.Solved())
	if v := verdict(late, "N23"); v.State != norm.Missed || v.At.Sub(slatest.Start()) != 60*day+hour || time.Duration(v.Event) == 0 {
		t.Errorf("%+v", v)
	}
}
