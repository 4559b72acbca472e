// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
)

// TestN5_ATicketThatComesBackCountsAgainstItsStep: a step solved a ticket, the requester says that it
// did not hold, and the step, its run and its runbook no longer count it as solved; the same ticket
// opened once more does not count twice.
func TestN5_ATicketThatComesBackCountsAgainstItsStep(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		below := s.category()
		id := s.published(network, runbook.Place{Category: below})
		x := s.asked(below)
		s.do(x.Ref(), "runbook", url.Values{"runbook": {fmt.Sprint(id)}, "do": {"run"}})
		run := fmt.Sprint(s.runOf("/" + x.Ref()))
		s.do(x.Ref(), "runbook/"+run+"/mark", url.Values{"seq": {"1"}, "step": {"cable"}, "outcome": {runbook.Done}})
		lead := apptest.Actor(h.Person(access.Lead), "web")
		fared := func(solved, back int64, rate int) {
			t.Helper()
			r, err := h.Runbooks.RecordOf(t.Context(), lead, id)
			s.must(err)
			step := r.Steps["cable"]
			if r.Solved != solved || r.Back != back || r.Rate() != rate || step.Solved != solved || step.Back != back || step.Rate() != rate || step.Tried != 1 {
				t.Fatalf("the runbook: %+v (%d %%), the step: %+v (%d %%)", r, r.Rate(), step, step.Rate())
			}
		}
		fared(1, 0, 100)
		s.end(x.Ref())
		user := h.SignInAs(s.user)
		if r := user.Post("/requests/"+x.Ref()+"/reopen", url.Values{"reason": {"又断了"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("reopened: %d\n%s", r.Status, r.Body)
		}
		fared(0, 1, 0)
		s.do(x.Ref(), "resolve", url.Values{
			"solution": {"换了网线"}, "cause": {"网线断了"}, "prevention": {"不适用"}, "verify": {"打开网页"}, "difficulties": {"无"}, "approach": {"换线"},
		})
		if r := user.Post("/requests/"+x.Ref()+"/reject", url.Values{"reason": {"还是断"}, "solution": {"2"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("rejected: %d\n%s", r.Status, r.Body)
		}
		fared(0, 1, 0)
		if page := s.agent.Get("/work/runbooks/" + fmt.Sprint(id)); !strings.Contains(page.Body, "之后重开") || !strings.Contains(page.Body, "重开 1") {
			t.Errorf("the page of the runbook does not say so: %d\n%s", page.Status, page.Body)
		}
		if r := h.API(s.agent.Person).JSON(http.MethodGet, "/api/v1/runbooks/"+fmt.Sprint(id), ""); strings.Count(r.Body, `"came_back":1`) != 2 {
			t.Errorf("a program reads %s", r.Body)
		}
	})
}

// TestN31_ApprovalHoursAreKeptByAnAdministrator: what is out of range is refused with its reason and
// what was typed; what is saved holds for the next approval, in working hours.
func TestN31_ApprovalHoursAreKeptByAnAdministrator(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.SignIn(access.Admin)
		send := func(remind, expire, version string) apptest.Reply {
			return admin.Post("/admin/approvals", url.Values{"remind_hours": {remind}, "expire_hours": {expire}, "version": {version}})
		}
		is := func(what string, r apptest.Reply, status int, words ...string) {
			t.Helper()
			if r.Status != status {
				t.Fatalf("%s: %d, want %d\n%s", what, r.Status, status, r.Body)
			}
			for _, w := range words {
				if !strings.Contains(r.Body, w) {
					t.Errorf("%s does not say %q", what, w)
				}
			}
		}
		is("the page", admin.Get("/admin/approvals"), http.StatusOK, `value="4"`, `value="24"`)
		is("never", send("0", "24", "0"), http.StatusUnprocessableEntity, "提醒间隔为 1 至 240")
		is("over before it is asked again", send("30", "8", "0"), http.StatusUnprocessableEntity, "不短于提醒间隔", `value="30"`, `value="8"`)
		is("for ever", send("4", "961", "0"), http.StatusUnprocessableEntity)
		is("a good one", send("2", "16", "0"), http.StatusSeeOther)
		is("it holds", admin.Get("/admin/approvals"), http.StatusOK, `value="2"`, `value="16"`)
		is("saved elsewhere meanwhile", send("3", "16", "0"), http.StatusPreconditionFailed)
		is("by an agent", h.SignIn(access.Agent).Post("/admin/approvals", url.Values{"remind_hours": {"1"}, "expire_hours": {"2"}}), http.StatusForbidden)
	})
}
