// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// closedBy records a request and leads it to its end: with the requester's word, or without.
func closedBy(t *testing.T, h *apptest.House, who person.Person, group person.GroupID, confirmed, deviates bool) ticket.ID {
	t.Helper()
	owner := h.Person(access.Requester)
	x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(owner, "portal"), ticket.Request{
		Requester: owner.ID, Channel: ticket.Portal, Group: group, Say: ticket.Say{Text: "打印机卡纸"},
		Intake: map[ticket.Element]ticket.Answer{
			ticket.Since: {Value: "09:10"}, ticket.Affected: {Value: "打印"}, ticket.People: {Value: "1"}, ticket.Wanted: {Value: "今天"},
		},
	})
	do := func(by access.Actor, cmd ticket.Command) {
		t.Helper()
		if _, err := h.Tickets.Do(t.Context(), by, ticket.Target{ID: x.ID}, cmd); err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	agent := apptest.Actor(who, "web")
	do(agent, ticket.Accept{})
	do(agent, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}})
	do(agent, ticket.Record{Intake: map[ticket.Element]ticket.Answer{ticket.Who: {Value: "王海燕"}, ticket.Contact: {Value: "8001"}, ticket.Symptom: {Value: "卡纸"}}})
	s := ticket.Solution{Text: "清了纸道", Cause: "纸道有碎纸", Prevention: "换纸前抖散", Verify: []string{"打印一页"}}
	if deviates {
		do(agent, ticket.Deviate{Gap: "gap.prevention", Reason: "原因还在查，先恢复使用"})
		s.Prevention = ""
	}
	do(agent, ticket.Resolve{Solution: s, Difficulties: "碎纸看不见", Approach: "拆开后盖"})
	if confirmed {
		do(apptest.Actor(owner, "portal"), ticket.Confirm{})
	} else {
		h.Advance(30 * 24 * time.Hour)
	}
	h.RunJobs()
	if got, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: x.ID}); err != nil || got.Status != ticket.Closed {
		t.Fatalf("%s, %v", got.Status, err)
	}
	return x.ID
}

func ref(t *testing.T, h *apptest.House, which ticket.ID) string {
	t.Helper()
	x, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		t.Fatal(err)
	}
	return x.Ref()
}

// TestN35_N1_TheTruthAboutClosureAndTheThreeScores: time that ran out is in the divisor and never a
// confirmation; a lead sees everybody, an agent nobody by name but themselves.
func TestN35_N1_TheTruthAboutClosureAndTheThreeScores(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent, lead := h.Person(access.Agent), h.Person(access.Lead)
		other := h.Somebody(access.Agent)
		group, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "服务台", Members: []person.ID{agent.ID, other.ID}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		mine := closedBy(t, h, agent, group.ID, true, false)
		closedBy(t, h, agent, group.ID, true, false)
		closedBy(t, h, other, group.ID, true, true)
		late := closedBy(t, h, other, group.ID, false, false)
		all, err := h.Scores.Ask(t.Context(), apptest.Actor(lead, "web"), score.Question{}, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		total := all.Total()
		if total.Tickets != 4 || total.Confirmed != 3 || total.Unconfirmed != 1 || total.Truth() != 750 {
			t.Errorf("%+v, %d ‰", total, total.Truth())
		}
		if n := len(score.By(all.Cells, func(c score.Cell) person.ID { return c.Agent })); n != 2 {
			t.Errorf("the lead sees %d people", n)
		}
		own, err := h.Scores.Ask(t.Context(), apptest.Actor(agent, "web"), score.Question{}, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range score.By(own.Cells, func(c score.Cell) person.ID { return c.Agent }) {
			if l.Key == other.ID || l.Key == agent.ID && l.Tickets != 2 || l.Key == 0 && l.Tickets != 2 {
				t.Errorf("the agent sees %d tickets of %d", l.Tickets, l.Key)
			}
		}
		if own.Own.Tickets != 2 || own.Own.Truth() != 1000 {
			t.Errorf("their own: %+v", own.Own)
		}
		if asked, err := h.Scores.Ask(t.Context(), apptest.Actor(agent, "web"), score.Question{Agent: other.ID}, time.UTC); err != nil || len(asked.Cells) != 0 {
			t.Errorf("asked for another: %d cells, %v", len(asked.Cells), err)
		}
		for path, want := range map[string][]string{
			"/work/scores": {"75.0%", "真实闭环率", "三项得分"},
			"/work/scores/agents/" + strconv.FormatInt(int64(agent.ID), 10): {"100.0%"},
			"/work/deviations":                 {"原因还在查"},
			"/work/tickets/" + ref(t, h, mine): {"三项得分", "未评分"},
		} {
			r := h.SignIn(access.Lead).Get(path)
			for _, text := range want {
				if r.Status != http.StatusOK || !strings.Contains(r.Body, text) {
					t.Errorf("%s: %d, no %q", path, r.Status, text)
				}
			}
		}
		if r := h.SignIn(access.Agent).Get("/work/deviations"); r.Status != http.StatusForbidden {
			t.Errorf("deviations for an agent: %d", r.Status)
		}

		// It came back: it is not closed, and nobody confirmed it.
		if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Requester), "portal"), ticket.Target{ID: late}, ticket.Reopen{Reason: "又卡"}); err != nil {
			t.Fatal(err)
		}
		again, err := h.Scores.Ask(t.Context(), apptest.Actor(lead, "web"), score.Question{}, time.UTC)
		if err != nil || again.Total().Tickets != 3 {
			t.Errorf("%+v, %v", again.Total(), err)
		}
	})
}

// TestN2_ADeviationIsReviewedBySomebodyElse: a lead accepts or does not, says why, may say it again; who
// deviated does not, whatever they lead.
func TestN2_ADeviationIsReviewedBySomebodyElse(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		lead, admin, agent := h.Person(access.Lead), h.Person(access.Admin), h.Person(access.Agent)
		closedBy(t, h, agent, 0, true, true)
		closedBy(t, h, lead, 0, true, true)
		p, err := h.Scores.Deviations(t.Context(), apptest.Actor(lead, "web"), score.Filter{}, time.UTC)
		if err != nil || len(p.List) != 2 || p.List[0].By != lead.ID || p.List[0].Clause != "N34" {
			t.Fatalf("%+v, %v", p.List, err)
		}
		own, theirs := p.List[0], p.List[1]
		review := func(by person.Person, d score.Deviation, x score.Finding, comment string) error {
			return h.Scores.Review(t.Context(), apptest.Actor(by, "web"), d.Event, x, comment)
		}
		for name, tt := range map[string]struct {
			err  error
			want errs.Kind
		}{
			"one's own":                      {review(lead, own, score.Accepted, ""), errs.Denied},
			"an agent":                       {review(agent, own, score.Accepted, ""), errs.Denied},
			"nothing said":                   {review(lead, theirs, "", ""), errs.Invalid},
			"not accepted, without a word":   {review(lead, theirs, score.Refused, "不"), errs.Invalid},
			"too long":                       {review(lead, theirs, score.Accepted, strings.Repeat("长", 1001)), errs.Invalid},
			"of something that is not there": {review(lead, score.Deviation{Event: 1 << 40}, score.Accepted, ""), errs.NotFound},
		} {
			var e *errs.Error
			if errs.KindOf(tt.err) != tt.want || !errors.As(tt.err, &e) {
				t.Errorf("%s: %v", name, tt.err)
			}
		}
		if err := review(admin, own, score.Accepted, ""); err != nil {
			t.Error(err)
		}
		client := h.SignIn(access.Lead)
		at := "/work/deviations/" + strconv.FormatInt(theirs.Event, 10) + "/review?weeks=4"
		if r := client.Post(at, url.Values{"finding": {"refused"}, "comment": {"短"}}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, `value="短"`) {
			t.Errorf("refused without a reason: %d", r.Status)
		}
		if r := client.Post(at, url.Values{"finding": {"refused"}, "comment": {"原因写得不够清楚"}}); r.Status != http.StatusSeeOther {
			t.Errorf("%d", r.Status)
		}
		for finding, want := range map[string]int{"": 2, "accepted": 1, "refused": 1, "unseen": 0} {
			if p, err := h.Scores.Deviations(t.Context(), apptest.Actor(lead, "web"), score.Filter{Finding: finding}, time.UTC); err != nil || len(p.List) != want {
				t.Errorf("%q: %d, %v", finding, len(p.List), err)
			}
		}
		counts, err := h.Scores.Tallies(t.Context(), apptest.Actor(lead, "web"), score.Filter{}, time.UTC)
		if err != nil || len(counts) != 1 || counts[0] != (score.Tally{Clause: "N34", Accepted: 1, Refused: 1}) {
			t.Errorf("%+v, %v", counts, err)
		}
		// Computed again from the facts, with what was said of them still there.
		if err := h.Reports.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p, err = h.Scores.Deviations(t.Context(), apptest.Actor(lead, "web"), score.Filter{Finding: "refused"}, time.UTC); err != nil || len(p.List) != 1 || p.List[0].Review.Comment != "原因写得不够清楚" {
			t.Errorf("%+v, %v", p.List, err)
		}
	})
}
