// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN2_APackIsRehearsedOnRealTicketsBeforeItIsSwitchedOn: what would change is counted and listed, a
// run that was cut off goes on and counts nothing twice, one that is stopped stays stopped, and a bad
// pack never begins.
func TestN2_APackIsRehearsedOnRealTicketsBeforeItIsSwitchedOn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := &world{T: t, House: h}
		by := apptest.Actor(h.Person(access.Admin), "web")
		agent := h.Person(access.Agent)
		closedBy(t, h, agent, 0, true, true)
		closedBy(t, h, agent, 0, true, false)
		closedBy(t, h, agent, 0, true, false)
		h.RunJobs()
		get := func(id rehearsal.ID) (rehearsal.Run, map[string]rehearsal.Tally, []rehearsal.Change) {
			t.Helper()
			r, list, changes, err := h.Rehearsals.Get(t.Context(), by, id)
			w.must(err)
			out := map[string]rehearsal.Tally{}
			for _, x := range list {
				out[x.Clause] = x
			}
			return r, out, changes
		}
		pack := "[N34]\noff = true\n[N33]\nwhen = 'channel == \"phone\"'\n"

		// Cut off in the middle of a batch: nothing of the batch is kept, and it is judged again.
		id, err := h.Rehearsals.Start(t.Context(), by, rehearsal.Pack, pack, 3)
		w.must(err)
		mend := w.failpoint("rehearsal_change")
		if _, err := h.Jobs.RunDue(t.Context()); err != nil {
			t.Log(err)
		}
		if r, tallies, _ := get(id); r.State != rehearsal.Running || r.Done != 0 || len(tallies) != 0 {
			t.Errorf("half a batch is kept: %+v, %v", r, tallies)
		}
		if _, err := h.Rehearsals.Start(t.Context(), by, rehearsal.Pack, pack, 3); errs.KindOf(err) != errs.Conflict {
			t.Errorf("two at once: %v", err)
		}
		mend()
		h.Advance(time.Hour)
		r, tallies, changes := get(id)
		if r.State != rehearsal.Done || r.Done != 3 || r.Total != 3 || r.Changed != 3 || r.Percent() != 100 {
			t.Errorf("%+v", r)
		}
		if n := tallies["N34"]; n.MetWas != 3 || n.MetNow != 0 {
			t.Errorf("N34: %+v", n)
		}
		if n := tallies["N33"]; n.MetWas != 3 || n.MetNow != 0 || n.MissedNow != 0 {
			t.Errorf("N33: %+v", n)
		}
		if len(changes) != 3 || !strings.Contains(changes[0].What, "N33 met→not_applicable") {
			t.Errorf("%+v", changes)
		}
		if got := h.Norm.Pack().Clause("N34"); got.Off {
			t.Error("a rehearsal switched the pack on")
		}

		// Stopped before it began to work.
		id, err = h.Rehearsals.Start(t.Context(), by, rehearsal.Pack, pack, 1)
		w.must(err)
		admin := h.SignIn(access.Admin)
		at := "/admin/rehearsals/" + key(id)
		if r := admin.Get(at); r.Status != http.StatusOK || !strings.Contains(r.Body, "every 1s") || !strings.Contains(r.Body, "停止演练") {
			t.Errorf("while it runs: %d", r.Status)
		}
		if r := admin.Post(at+"/cancel", nil); r.Status != http.StatusSeeOther {
			t.Errorf("%d", r.Status)
		}
		h.RunJobs()
		if r, _, _ := get(id); r.State != rehearsal.Cancelled || r.Done != 0 {
			t.Errorf("stopped: %+v", r)
		}
		if r := admin.Get(at); strings.Contains(r.Body, "every 1s") || !strings.Contains(r.Body, "已停止") {
			t.Error("a page of a run that was stopped goes on asking")
		}

		// A policy under which nobody could be in time.
		p := sla.Standard()
		for i := range p.Targets {
			p.Targets[i].Resolve = 1
		}
		body, err := json.Marshal(p)
		w.must(err)
		if id, err = h.Rehearsals.Start(t.Context(), by, rehearsal.Policy, string(body), 3); err == nil {
			h.RunJobs()
			if r, _, _ := get(id); r.State != rehearsal.Done || r.Done != 3 {
				t.Errorf("a policy: %+v", r)
			}
		} else if errs.KindOf(err) != errs.Invalid { // targets that contradict each other are refused as they are when saved
			t.Error(err)
		}

		// The page of the time limits rehearses what stands in its form, and switches on what was rehearsed.
		standard := sla.Standard()
		limits := url.Values{"version": {"0"}, "months": {"3"}, "confirm_days": {"5"}, "remind_days": {"2"}, "cadence": {string(standard.Cadence)}, "calendar": {standard.Calendar}}
		for i, aims := range standard.Targets {
			for _, name := range sla.Aims() {
				field := sla.Field(string(name), triage.Priority(i+1))
				if v := aims.Of(name); v == sla.None {
					limits.Add("none", field)
				} else {
					limits.Set(field, strconv.FormatInt(v, 10))
				}
			}
		}
		longer := standard.Targets[0].Resolve + 30
		limits.Set(sla.Field(string(sla.Resolve), triage.P1), strconv.FormatInt(longer, 10))
		began := admin.Post("/admin/policies/rehearse", limits)
		if began.Status != http.StatusSeeOther || !strings.HasPrefix(began.Location(), "/admin/rehearsals/") {
			t.Fatalf("the form of the limits: %d to %s\n%s", began.Status, began.Location(), began.Body)
		}
		h.RunJobs()
		stored := func() sla.Policy {
			p, _, err := setting.Load(t.Context(), h.Settings, sla.PolicyName, sla.Standard())
			w.must(err)
			return p
		}
		if stored().ConfirmDays == 5 || !strings.Contains(admin.Get(began.Location()).Body, "启用这些时限") {
			t.Error("it is in force before it was switched on, or cannot be switched on")
		}
		if r := admin.Post(began.Location()+"/policy", url.Values{"version": {"0"}}); r.Status != http.StatusSeeOther || stored().Targets[0].Resolve != longer || stored().ConfirmDays != 5 {
			t.Errorf("switched on: %d, %+v", r.Status, stored())
		}
		limits.Set("months", "25")
		if r := admin.Post("/admin/policies/rehearse", limits); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "1–24") {
			t.Errorf("25 months on the page of the limits: %d", r.Status)
		}

		for text, says := range map[string]string{"[N99]\n": "N99", "[N33]\nwhen = 'x'\n": "N33"} {
			if r := admin.Post("/admin/rehearsals", url.Values{"pack": {text}, "version": {"0"}, "months": {"3"}}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, says) {
				t.Errorf("%q: %d", text, r.Status)
			}
		}
		if _, err := h.Rehearsals.Start(t.Context(), by, rehearsal.Pack, "", 25); errs.KindOf(err) != errs.Invalid {
			t.Errorf("25 months: %v", err)
		}
		if _, err := h.Rehearsals.Start(t.Context(), apptest.Actor(h.Person(access.Lead), "web"), rehearsal.Pack, "", 3); errs.KindOf(err) != errs.Denied {
			t.Errorf("a lead: %v", err)
		}
	})
}

// TestN2_ARehearsalBegunBehindAStoppedOneRuns: the job of the one that was stopped waits still, and is
// not taken for the job of the next; and one that cannot go on says so instead of running for ever.
func TestN2_ARehearsalBegunBehindAStoppedOneRuns(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := &world{T: t, House: h}
		by := apptest.Actor(h.Person(access.Admin), "web")
		closedBy(t, h, h.Person(access.Agent), 0, true, false)
		h.RunJobs()
		start := func() rehearsal.ID {
			t.Helper()
			id, err := h.Rehearsals.Start(t.Context(), by, rehearsal.Pack, "[N34]\noff = true\n", 3)
			w.must(err)
			return id
		}
		state := func(id rehearsal.ID) rehearsal.State {
			t.Helper()
			r, _, _, err := h.Rehearsals.Get(t.Context(), by, id)
			w.must(err)
			return r.State
		}
		first := start()
		w.must(h.Rehearsals.Cancel(t.Context(), by, first))
		second := start()
		h.RunJobs()
		if a, b := state(first), state(second); a != rehearsal.Cancelled || b != rehearsal.Done {
			t.Errorf("stopped: %s, begun again: %s", a, b)
		}
		third := start()
		w.statement(`UPDATE rehearsal SET body = '[N99]' WHERE state = 'running'`)
		_, _ = h.Jobs.RunDue(t.Context()) // the job says what is wrong
		if s := state(third); s != rehearsal.Failed {
			t.Errorf("cannot go on: %s", s)
		}
		if r := h.SignIn(access.Admin).Get("/admin/rehearsals/" + key(third)); r.Status != http.StatusOK || strings.Contains(r.Body, "every 1s") || !strings.Contains(r.Body, "未能完成") {
			t.Errorf("its page: %d", r.Status)
		}
		if s := state(start()); s != rehearsal.Running {
			t.Errorf("after it: %s", s)
		}
	})
}
