// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// reviewed is how an incident ends in these stories.
var reviewed = major.End{Review: "表空间没有监控，已加上告警规则"} //nolint:gochecknoglobals // a constant in all but name

// solves works on the ticket until it is solved, with its closure sheet or without.
func (w *world) solves(sheet bool) {
	w.Helper()
	r := ticket.Resolve{Solution: ticket.Solution{Text: "加了数据文件", Cause: "表空间不足", Prevention: "每周检查", Verify: []string{"提交一张"}}}
	if sheet {
		r.Difficulties, r.Approach = "要等夜里", "先加一个"
	}
	for _, cmd := range []ticket.Command{
		ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}},
		ticket.Classify{Category: w.subject.ID},
		ticket.Deviate{Gap: "gap.intake", Reason: "用户只说了现象"},
		r,
	} {
		w.do(w.agent, "web", cmd)
	}
	w.refresh()
}

// asks opens a request of somebody by the portal.
func (w *world) asks(p person.Person, text string) ticket.Ticket {
	w.Helper()
	t, _, err := w.Tickets.Record(w.Context(), apptest.Actor(p, "portal"), ticket.Request{Requester: p.ID, Channel: ticket.Portal, Say: ticket.Say{Text: text}})
	w.must(err)
	return t
}

// A confirmed ticket closes with the deviation that its last gap was left to: it does not stand there as
// one to be recorded (N35, N36).
func TestN36_ADeviationFromTheLastGapCloses(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.solves(false)
		w.do(w.owner, "portal", ticket.Confirm{})
		if x := w.now(); x.Status != ticket.Resolved {
			t.Fatalf("without its record it is %s", x.Status)
		}
		w.do(w.lead, "web", ticket.Deviate{Gap: "gap.closure", Reason: "没有难点可写"})
		if x := w.now(); x.Status != ticket.Closed || x.ClosedAs != ticket.Confirmed {
			t.Errorf("nothing is missing, and it is %s %s", x.Status, x.ClosedAs)
		}
	})
}

// What everybody reads has words of its own, by whichever door: the subject is the requester's (N4).
func TestN4_WhatEverybodyReadsOfAnIncidentIsWritten(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		program, at := h.API(w.lead), "/api/v1/tickets/"+w.ticket.Ref()+"/major"
		if r := program.JSON(http.MethodPost, at, `{"public":true,"headline":" "}`); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "headline") {
			t.Errorf("by program: %d %s", r.Status, r.Body)
		}
		page := h.SignInAs(w.lead).Post(workspace.Path+"/majors/"+w.ticket.Ref()+"/declare", url.Values{"headline": {""}, "public": {"yes"}})
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "写下所有人看到的话") {
			t.Errorf("on the page: %d", page.Status)
		}
		if r := program.JSON(http.MethodPost, at, `{}`); r.Status >= http.StatusBadRequest {
			t.Errorf("for staff alone: %d %s", r.Status, r.Body)
		}
	})
}

// So it does when the incident ends that held it open (N4).
func TestN4_N36_TheEndOfAnIncidentClosesItsTicket(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead, on := apptest.Actor(w.lead, "web"), ticket.Target{ID: w.ticket.ID}
		_, err := h.Majors.Declare(t.Context(), lead, on, major.Declaration{Headline: "网上订单暂时不可用", Public: true})
		w.must(err)
		w.solves(true)
		w.do(w.owner, "portal", ticket.Confirm{})
		if x := w.now(); x.Status != ticket.Resolved {
			t.Fatalf("before its incident it is %s", x.Status)
		}
		_, err = h.Majors.End(t.Context(), lead, on, reviewed)
		w.must(err)
		w.RunJobs()
		if x := w.now(); x.Status != ticket.Closed || x.ClosedAs != ticket.Confirmed {
			t.Errorf("the incident is over, nothing is missing, and its ticket is %s %s", x.Status, x.ClosedAs)
		}

		other := ticket.Target{ID: w.asks(w.owner, "邮件全停").ID} // not solved: its incident may end, and it goes on
		_, err = h.Majors.Declare(t.Context(), lead, other, major.Declaration{})
		w.must(err)
		_, err = h.Majors.End(t.Context(), lead, other, reviewed)
		w.must(err)
		w.RunJobs()
		if x, err := h.Tickets.Get(t.Context(), access.Desk(), other); err != nil || x.Status != ticket.New {
			t.Errorf("one that is not solved is %s (%v)", x.Status, err)
		}
	})
}

// The closure sheet of a confirmed ticket closes it, so what is about to be said is said before.
func TestN36_TheClosureSheetDoesNotOvertakeAReply(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.solves(false)
		w.do(w.owner, "portal", ticket.Confirm{})
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "谢谢确认，有事再找我", Channel: ticket.Web}, Undo: true})
		w.do(w.agent, "web", ticket.Archive{Difficulties: "要等夜里", Approach: "先加一个"})
		w.Advance(time.Minute)
		list, err := h.Tickets.Thread(t.Context(), access.Desk(), w.now())
		w.must(err)
		said, ended := -1, -1
		for i, e := range list {
			switch e.Fact.(type) {
			case ticket.Said:
				said = i
			case ticket.Ended:
				ended = i
			}
		}
		if ended < 0 || said > ended {
			t.Errorf("said at %d, ended at %d", said, ended)
		}
	})
}

// A request that is merged takes its incident and its problem along: the requester goes on hearing of
// the one, and the matter counts once for the other (N4, N14, N38).
func TestN4_N38_AMergedRequestTakesItsIncidentAndItsProblemAlong(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead, on := apptest.Actor(w.lead, "web"), ticket.Target{ID: w.ticket.ID}
		_, err := h.Majors.Declare(t.Context(), lead, on, major.Declaration{Headline: "网上订单暂时不可用", Public: true})
		w.must(err)
		a, b := w.asks(w.stranger, "ERP 打不开"), w.asks(w.stranger, "ERP 还是打不开")
		w.must(h.Majors.Attach(t.Context(), lead, on, ticket.Target{ID: a.ID}))
		p, err := h.Problems.Open(t.Context(), lead, problem.Draft{Title: "ERP 连接池"}, a.ID)
		w.must(err)
		_, err = h.Tickets.Do(t.Context(), lead, ticket.Target{ID: a.ID}, ticket.Merge{Into: b.ID})
		w.must(err)
		u, err := h.Majors.Update(t.Context(), lead, on, major.Word{Text: "正在切换到备库", Public: true, Spread: true})
		if err != nil || u.Spread != 1 {
			t.Errorf("posted on %d requests (%v)", u.Spread, err)
		}
		list, err := h.Problems.TicketsOf(t.Context(), lead, p.ID)
		if err != nil || len(list) != 1 || list[0].ID != b.ID {
			t.Errorf("to the problem belong %d tickets (%v), not the one that lives on", len(list), err)
		}
	})
}

// A request of an incident that has ended may belong to the next; one of an incident that stands may
// not, and that is said (N4).
func TestN4_ARequestBelongsToOneIncidentThatStands(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		lead := apptest.Actor(w.lead, "web")
		first, second, request := ticket.Target{ID: w.ticket.ID}, ticket.Target{ID: w.asks(w.owner, "邮件全停").ID}, ticket.Target{ID: w.asks(w.stranger, "ERP 打不开").ID}
		for _, on := range []ticket.Target{first, second} {
			_, err := h.Majors.Declare(t.Context(), lead, on, major.Declaration{Headline: "网上订单暂时不可用", Public: true})
			w.must(err)
		}
		w.must(h.Majors.Attach(t.Context(), lead, first, request))
		w.must(h.Majors.Attach(t.Context(), lead, first, request)) // again changes nothing
		if err := h.Majors.Attach(t.Context(), lead, second, request); errs.KindOf(err) != errs.Conflict {
			t.Errorf("attached to two that stand: %v", err)
		}
		_, err := h.Majors.End(t.Context(), lead, first, reviewed)
		w.must(err)
		w.must(h.Majors.Attach(t.Context(), lead, second, request))
		if _, _, list, err := h.Majors.Get(t.Context(), lead, second.ID); err != nil || len(list) != 1 || list[0].Ticket != request.ID {
			t.Errorf("attached to the next: %v %v", list, err)
		}
	})
}
