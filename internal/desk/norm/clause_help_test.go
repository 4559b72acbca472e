// SPDX-License-Identifier: Apache-2.0

package norm_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestN26_HelpAtADistanceIsAgreedToAndItsEndIsSaid(t *testing.T) {
	t.Parallel()
	on := ticket.Of{Ticket: 1}
	share := ticket.RemoteStarted{Of: on, Session: 1, Way: ticket.RemoteShare, Viewer: slatest.Agent}
	launch := ticket.RemoteStarted{Of: on, Session: 2, Way: ticket.RemoteLaunch, Tool: "RustDesk", Viewer: slatest.Agent}
	asked := func() *slatest.Life { return answered().Then(hour, ticket.RemoteAsked{Of: on, Session: 1}) }
	seen := func() *slatest.Life {
		return asked().Then(minute, ticket.RemoteAgreed{Of: on, Session: 1, Text: 1}).Then(minute, share)
	}
	ended := ticket.RemoteEnded{Of: on, Session: 1, Way: ticket.RemoteShare, Started: true, Reason: "requester"}
	told := ticket.RemoteEnded{Of: on, Session: 2, Way: ticket.RemoteLaunch, Tool: "RustDesk", Started: true, Reason: "agent", Outcome: "solved"}
	forgot := told
	forgot.Reason, forgot.Outcome = "too_long", ""
	prove(t, "N26", []proof{
		{"none", answered(), norm.NA, "", 0, "", "not applicable"},
		{"asked and declined", asked().Then(minute, ticket.RemoteEnded{Of: on, Session: 1, Way: ticket.RemoteShare, Reason: "declined"}), norm.NA, "", 0, "", "not applicable"},
		{"agreed and seen", seen(), norm.Open, "remote_started", 2*hour + 2*minute, "", "going on"},
		{"and ended by the requester", seen().Then(minute, ended), norm.Met, "remote_ended", 2*hour + 3*minute, "", "agreed"},
		{"seen without consent", asked().Then(minute, share).Then(minute, ended), norm.Missed, "remote_started", 2*hour + minute, "", "without"},
		{"a tool, with its outcome", answered().Then(hour, launch).Then(minute, told), norm.Met, "remote_ended", 2*hour + minute, "", ""},
		{"a tool that was forgotten", answered().Then(hour, launch).Then(minute, forgot), norm.Missed, "remote_ended", 2*hour + minute, "", "came of it"},
		{"and one after it does not mend it", answered().Then(hour, launch).Then(minute, forgot).Then(hour, launch).Then(minute, told), norm.Missed, "remote_ended", 2*hour + minute, "", ""},
	})
}

func TestN27_AVisitIsSignedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	step := func(which int64, s ticket.VisitStep, how, words string) ticket.VisitStepped {
		return ticket.VisitStepped{Of: ticket.Of{Ticket: 1}, Visit: ticket.VisitNote{ID: which, Step: s, How: how, Words: words}}
	}
	agreed := func() *slatest.Life { return answered().Then(hour, step(1, ticket.VisitAgreed, "portal", "")) }
	done := func() *slatest.Life {
		return agreed().Then(hour, step(1, ticket.VisitArrived, "label", "")).Then(hour, step(1, ticket.VisitDone, "", "换了电源"))
	}
	end := ticket.Ended{Of: ticket.Of{Ticket: 1}, As: ticket.Unconfirmed}
	prove(t, "N27", []proof{
		{"none", answered(), norm.NA, "", 0, "", "not applicable"},
		{"agreed", agreed(), norm.Open, "visit", 2 * hour, "", "has not taken place"},
		{"done", done(), norm.Open, "visit", 4 * hour, "", "sign"},
		{"signed", done().Then(minute, step(1, ticket.VisitSigned, "drawn", "王海燕")), norm.Met, "visit", 4*hour + minute, "", "signed"},
		{"nobody could sign", done().Then(minute, step(1, ticket.VisitSigned, "none", "手受伤了")), norm.Deviated, "visit", 4*hour + minute, "", "手受伤了"},
		{"closed without", done().Then(minute, end), norm.Missed, "visit", 4 * hour, "", "without"},
		{"called off", agreed().Then(minute, step(1, ticket.VisitCancelled, "", "自己好了")), norm.NA, "", 0, "", "not applicable"},
		{"closed before it came to that", agreed().Then(minute, end), norm.NA, "", 0, "", "not applicable"},
		{"one signed, one not", done().Then(minute, step(1, ticket.VisitSigned, "typed", "王海燕")).Then(hour, step(2, ticket.VisitArrived, "label", "")), norm.Open, "visit", 5*hour + minute, "", "sign"},
	})
}

func TestN31_WhatCarriesARiskWasCoveredBefore(t *testing.T) {
	t.Parallel()
	on := ticket.Of{Ticket: 1}
	told := func(step ticket.ApprovalStep) ticket.Approval {
		return ticket.Approval{Of: on, Approval: 5, Step: step, Title: "扩容表空间"}
	}
	deed := func(cover ticket.Cover, four bool, releaser person.ID) ticket.DeedDone {
		return ticket.DeedDone{Of: on, Run: 1, Step: "扩容", Risk: "core-configuration", Cover: cover, Writer: 4, FourEyes: four, Releaser: releaser, Outcome: "完成"}
	}
	prove(t, "N31", []proof{
		{"nothing with a risk", answered(), norm.NA, "", 0, "", "not applicable"},
		{"asked", answered().Then(hour, told(ticket.ApprovalAsked)), norm.Open, "approval", 2 * hour, "", "扩容表空间"},
		{"refused, and not done", answered().Then(hour, told(ticket.ApprovalAsked)).Then(minute, told(ticket.ApprovalRefused)), norm.NA, "", 0, "", "not applicable"},
		{"granted", answered().Then(hour, told(ticket.ApprovalAsked)).Then(minute, told(ticket.ApprovalGranted)), norm.Met, "approval", 2*hour + minute, "", "approved"},
		{"done as approved", answered().Then(hour, told(ticket.ApprovalGranted)).Then(minute, deed(ticket.ByApproval, true, 9)), norm.Met, "deed_done", 2*hour + minute, "", "扩容"},
		{"done by the runbook", answered().Then(hour, deed(ticket.ByRunbook, false, 0)), norm.Met, "deed_done", 2 * hour, "", "runbook"},
		{"uncovered", answered().Then(hour, deed("", false, 0)).Then(minute, deed(ticket.ByRunbook, false, 0)), norm.Missed, "deed_done", 2 * hour, "", "neither"},
		{"without a second person", answered().Then(hour, deed(ticket.ByApproval, true, 0)), norm.Missed, "deed_done", 2 * hour, "", "second person"},
		{"released by whoever did it", answered().Then(hour, deed(ticket.ByApproval, true, slatest.Agent)), norm.Missed, "deed_done", 2 * hour, "", "second person"},
	})
}
