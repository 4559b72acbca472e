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
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN2_APackActsAtEveryDoorAndABadOneNowhere: strictness acts in the domain as soon as a pack is saved,
// on every node; one that cannot be used is refused with its line and leaves the one before in force.
func TestN2_APackActsAtEveryDoorAndABadOneNowhere(t *testing.T) {
	t.Parallel()
	if norm.PackName != report.PackName {
		t.Fatal("reports do not notice a new pack")
	}
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.SignIn(access.Admin)
		agent, owner := apptest.Actor(h.Person(access.Agent), "api"), h.Person(access.Requester)
		x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(owner, "portal"), ticket.Request{Requester: owner.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸"}})
		if err != nil {
			t.Fatal(err)
		}
		do := func(cmd ticket.Command) error {
			_, err := h.Tickets.Do(t.Context(), agent, ticket.Target{ID: x.ID}, cmd)
			return err
		}
		if err := do(ticket.Accept{}); err != nil {
			t.Fatal(err)
		}
		if err := do(ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}}); err != nil {
			t.Fatal(err)
		}
		solve := ticket.Resolve{Solution: ticket.Solution{Text: "清了纸道", Cause: "碎纸", Prevention: "抖散", Verify: nil}}
		missing := func() string {
			e := errs.As(do(solve))
			if e == nil {
				return "solved"
			}
			var out []string
			for _, g := range e.Gaps {
				word := g.Key
				if g.Deviable {
					word += "?"
				}
				out = append(out, word)
			}
			return strings.Join(out, " ")
		}
		save := func(text, version string) apptest.Reply {
			return admin.Post("/admin/norm", url.Values{"pack": {text}, "version": {version}})
		}
		if got := missing(); got != "gap.intake? gap.verify?" {
			t.Errorf("the house's own pack: %s", got)
		}
		if r := save("[N33]\nstrict = \"blocked\"\n[N15]\nstrict = \"hint\"\n", "0"); r.Status != http.StatusSeeOther {
			t.Fatalf("%d", r.Status)
		}
		if got := missing(); got != "gap.verify" {
			t.Errorf("N33 blocked and N15 a hint: %s", got)
		}
		if err := do(ticket.Deviate{Gap: "gap.verify", Reason: "没有可以验证的步骤"}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("deviated from what is blocked: %v", err)
		}
		for text, says := range map[string]string{
			"# 我们的\n[N99]\ntitle = \"x\"\n":         "第 2 行：没有条款“N99”",
			"[N33]\nwhen = 'chanel == \"phone\"'\n": "第 2 行：N33 的条件无法执行",
			"[N35]\n\nstrict = \"hint\"\n":          "第 3 行：N35 最宽只能设为 blocked",
		} {
			if r := save(text, "1"); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, says) || !strings.Contains(r.Body, "原来的条款包继续生效") {
				t.Errorf("%q: %d", text, r.Status)
			}
			if r := admin.Post("/admin/norm/preview", url.Values{"pack": {text}, "version": {"1"}}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, says) {
				t.Errorf("preview of %q: %d", text, r.Status)
			}
		}
		if got := missing(); got != "gap.verify" {
			t.Errorf("after bad packs: %s", got)
		}
		if r := admin.Post("/admin/norm/preview", url.Values{"pack": {"[N33]\nstrict = \"hint\"\n"}, "version": {"1"}}); r.Status != http.StatusOK || !strings.Contains(r.Body, "<del>blocked</del>") || !strings.Contains(r.Body, ">hint</ins>") {
			t.Errorf("preview: %d", r.Status)
		}
		if r := save("", "0"); r.Status != http.StatusPreconditionFailed {
			t.Errorf("somebody else saved meanwhile: %d", r.Status)
		}
		if r := save("[N33]\nstrict = \"hint\"\n[N15]\noff = true\n", "1"); r.Status != http.StatusSeeOther {
			t.Fatalf("%d", r.Status)
		}
		if got := missing(); got != "solved" {
			t.Errorf("N33 a hint and N15 off: %s", got)
		}
		if r := admin.Post("/admin/norm/restore", url.Values{"version": {"2"}, "to": {"1"}}); r.Status != http.StatusSeeOther {
			t.Errorf("%d", r.Status)
		}
		if got := h.Norm.Pack().Clause("N33").At(triage.P1); got != norm.Blocked {
			t.Errorf("gone back to %s", got)
		}
		h.Clock.Advance(time.Minute) // another node reads what is stored
		if err := h.Norm.Load(t.Context()); err != nil || h.Norm.Pack().Clause("N33").At(triage.P1) != norm.Blocked {
			t.Errorf("%v", err)
		}
	})
}
