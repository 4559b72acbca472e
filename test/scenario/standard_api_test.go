// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// m is a body.
type m = map[string]any

// door is the door of programs as somebody uses it, with a look at what a refusal says.
type door struct {
	*testing.T
	*apptest.Client
}

// ask sends a body, if any, and reads the answer; of a refusal (RFC 9457) its key, and its first field
// with the key of what is wrong there.
func (d door) ask(method, path string, body any, want int) (out map[string]any, problem string) {
	d.Helper()
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			d.Fatal(err)
		}
		text = string(raw)
	}
	r := d.JSON(method, "/api/v1"+path, text)
	if r.Status != want {
		d.Errorf("%s %s: %d, want %d\n%.600s", method, path, r.Status, want, r.Body)
	}
	if r.Body == "" {
		return nil, ""
	}
	if err := json.Unmarshal([]byte(r.Body), &out); err != nil {
		d.Fatalf("%s %s: %v\n%s", method, path, err, r.Body)
	}
	if r.Status < 400 {
		return out, ""
	}
	if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/problem+json") || out["status"] != float64(r.Status) || out["title"] == "" || out["detail"] == "" {
		d.Errorf("%s %s: no problem that a program can read (%s): %s", method, path, got, r.Body)
	}
	problem, _ = out["key"].(string)
	if list, _ := out["errors"].([]any); len(list) > 0 {
		first, _ := list[0].(map[string]any)
		problem += " " + first["field"].(string) + " " + first["key"].(string)
	}
	return out, problem
}

// refused asks, and says so where it is not refused as it should be.
func (d door) refused(method, path string, body any, status int, want string) {
	d.Helper()
	if _, got := d.ask(method, path, body, status); got != want {
		d.Errorf("%s %s: refused as %q, want %q", method, path, got, want)
	}
}

// rows are the members of a list of an answer.
func rows(v any) []map[string]any {
	list, _ := v.([]any)
	out := make([]map[string]any, 0, len(list))
	for _, x := range list {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

// TestN2_TheNormPackByProgram: an administrator reads, saves, looks back and goes back; nobody else comes
// near it, and what cannot be used is refused with its lines and changes nothing.
func TestN2_TheNormPackByProgram(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := door{t, h.API(h.Person(access.Admin))}
		for _, role := range []access.Role{access.Requester, access.Agent, access.Lead} {
			d := door{t, h.API(h.Person(role))}
			d.refused("GET", "/norm", nil, http.StatusForbidden, "access.denied")
			d.refused("PUT", "/norm", m{"pack": "", "version": 0}, http.StatusForbidden, "access.denied")
			d.refused("GET", "/norm/history", nil, http.StatusForbidden, "access.denied")
			d.refused("POST", "/norm/restore", m{"to": 1, "version": 0}, http.StatusForbidden, "access.denied")
		}
		door{t, h.Nobody()}.refused("GET", "/norm", nil, http.StatusUnauthorized, "api.token_missing")

		if a, _ := admin.ask("GET", "/norm", nil, 200); a["pack"] != "" || a["version"] != float64(0) {
			t.Errorf("before anything was saved: %v", a)
		}
		if a, _ := admin.ask("GET", "/norm/history", nil, 200); len(rows(a["items"])) != 0 || a["items"] == nil {
			t.Errorf("a history of nothing: %v", a)
		}
		const strict, loose = "[N33]\nstrict = \"blocked\"\n", "[N33]\nstrict = \"hint\"\n[N34]\noff = true\n"
		if a, _ := admin.ask("PUT", "/norm", m{"pack": strict, "version": 0}, 200); a["pack"] != strict || a["version"] != float64(1) {
			t.Errorf("saved: %v", a)
		}
		strictness := func() string { return string(h.Norm.Pack().Clause("N33").At(triage.P1)) }
		admin.refused("PUT", "/norm", m{"pack": loose, "version": 0}, http.StatusPreconditionFailed, "errs.stale")
		admin.refused("PUT", "/norm", m{"pack": loose}, http.StatusUnprocessableEntity, "errs.fields version api.required")
		admin.refused("PUT", "/norm", m{"pack": strings.Repeat("#", 200001), "version": 1}, http.StatusUnprocessableEntity, "errs.fields pack api.max_length")
		bad, problem := admin.ask("PUT", "/norm", m{"pack": "[N99]\ntitle = \"x\"\n[N33]\nwhen = 'chanel == 1'\n", "version": 1}, http.StatusUnprocessableEntity)
		if !strings.Contains(problem, " pack ") || len(rows(bad["errors"])) != 2 {
			t.Errorf("not every line that is wrong: %v", bad)
		}
		if strictness() != "blocked" {
			t.Errorf("a pack that was refused acts: %s", strictness())
		}
		admin.ask("PUT", "/norm", m{"pack": loose, "version": 1}, 200)

		a, _ := admin.ask("GET", "/norm/history", nil, 200)
		past := rows(a["items"])
		if len(past) != 2 || past[0]["version"] != float64(2) || past[0]["pack"] != loose || past[1]["pack"] != strict {
			t.Fatalf("the latest first: %v", a)
		}
		if by, _ := past[1]["by"].(map[string]any); by["name"] != h.Person(access.Admin).Name || past[1]["at"] == nil {
			t.Errorf("who saved it, and when: %v", past[1])
		}
		admin.refused("POST", "/norm/restore", m{"to": 7, "version": 2}, http.StatusUnprocessableEntity, "norm.no_version to norm.no_version")
		admin.refused("POST", "/norm/restore", m{"to": 0, "version": 2}, http.StatusUnprocessableEntity, "errs.fields to api.min")
		admin.refused("POST", "/norm/restore", m{"to": 1, "version": 1}, http.StatusPreconditionFailed, "errs.stale")
		if strictness() != "hint" {
			t.Errorf("what was refused was done: %s", strictness())
		}
		if a, _ := admin.ask("POST", "/norm/restore", m{"to": 1, "version": 2}, 200); a["pack"] != strict || a["version"] != float64(3) || strictness() != "blocked" {
			t.Errorf("gone back: %v, %s", a, strictness())
		}
	})
}

// TestN2_ARehearsalByProgram: begun, looked at, stopped, listed; of the tickets that would change those
// are named that the reader may see.
func TestN2_ARehearsalByProgram(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := door{t, h.API(h.Person(access.Admin))}
		closedBy(t, h, h.Person(access.Agent), 0, true, false)
		h.RunJobs()
		for _, role := range []access.Role{access.Requester, access.Agent, access.Lead} {
			d := door{t, h.API(h.Person(role))}
			d.refused("GET", "/rehearsals", nil, http.StatusForbidden, "access.denied")
			d.refused("POST", "/rehearsals", m{"kind": "pack", "body": "", "months": 1}, http.StatusForbidden, "access.denied")
			d.refused("GET", "/rehearsals/1", nil, http.StatusForbidden, "access.denied")
			d.refused("POST", "/rehearsals/1/cancel", nil, http.StatusForbidden, "access.denied")
		}
		if a, _ := admin.ask("GET", "/rehearsals", nil, 200); a["items"] == nil || len(rows(a["items"])) != 0 {
			t.Errorf("none yet: %v", a)
		}
		admin.refused("GET", "/rehearsals/1", nil, http.StatusNotFound, "rehearsal.not_found")
		admin.refused("POST", "/rehearsals/1/cancel", nil, http.StatusNotFound, "rehearsal.not_found")
		admin.refused("GET", "/rehearsals/x", nil, http.StatusUnprocessableEntity, "errs.fields id api.want_integer")
		for _, bad := range []struct {
			body m
			want string
		}{
			{m{"kind": "guess", "body": "", "months": 1}, "errs.fields kind api.one_of"},
			{m{"kind": "pack", "body": "", "months": 25}, "errs.fields months api.max"},
			{m{"kind": "pack", "body": "", "months": 0}, "errs.fields months api.min"},
			{m{"kind": "policy", "body": "{", "months": 1}, "rehearsal.policy_unreadable policy rehearsal.policy_unreadable"},
		} {
			admin.refused("POST", "/rehearsals", bad.body, http.StatusUnprocessableEntity, bad.want)
		}
		if _, problem := admin.ask("POST", "/rehearsals", m{"kind": "pack", "body": "[N99]\n", "months": 1}, http.StatusUnprocessableEntity); !strings.Contains(problem, " pack ") {
			t.Errorf("a pack with an unknown clause: %s", problem)
		}

		began, _ := admin.ask("POST", "/rehearsals", m{"kind": "pack", "body": "[N34]\noff = true\n", "months": 3}, http.StatusCreated)
		if began["state"] != "running" || began["total"] != float64(1) || began["done"] != float64(0) || began["clauses"] == nil || began["tickets"] == nil {
			t.Errorf("begun: %v", began)
		}
		admin.refused("POST", "/rehearsals", m{"kind": "pack", "body": "", "months": 1}, http.StatusConflict, "rehearsal.one_runs")
		h.RunJobs()
		at := "/rehearsals/" + strconv.FormatInt(int64(began["id"].(float64)), 10)
		done, _ := admin.ask("GET", at, nil, 200)
		if done["state"] != "done" || done["percent"] != float64(100) || done["changed"] != float64(1) {
			t.Errorf("ended: %v", done)
		}
		if list := rows(done["tickets"]); len(list) != 1 || list[0]["ticket"] != "LD-1001" || !strings.Contains(list[0]["what"].(string), "N34 met→not_applicable") {
			t.Errorf("what would change: %v", done["tickets"])
		}
		found := false
		for _, x := range rows(done["clauses"]) {
			found = found || x["clause"] == "N34" && x["met_was"] == float64(1) && x["met_now"] == float64(0)
		}
		if !found {
			t.Errorf("N34 is not counted: %v", done["clauses"])
		}
		if a, _ := admin.ask("POST", at+"/cancel", nil, 200); a["state"] != "done" {
			t.Errorf("one that has ended stays as it is: %v", a)
		}
		again, _ := admin.ask("POST", "/rehearsals", m{"kind": "pack", "body": "", "months": 1}, http.StatusCreated)
		if a, _ := admin.ask("POST", "/rehearsals/"+strconv.FormatInt(int64(again["id"].(float64)), 10)+"/cancel", nil, 200); a["state"] != "cancelled" {
			t.Errorf("stopped: %v", a)
		}
		if a, _ := admin.ask("GET", "/rehearsals", nil, 200); len(rows(a["items"])) != 2 || rows(a["items"])[0]["id"] != again["id"] {
			t.Errorf("the newest first: %v", a)
		}
		if h.Norm.Pack().Clause("N34").Off {
			t.Error("a rehearsal switched the pack on")
		}
	})
}

// TestN6_N34_AMonthByProgramSaysWhatItsPageSays: for leads, and the same figures everywhere. What is told
// as a cause is told without personal data on the page, in its spreadsheet and to programs as in the
// letter (which TestN38_TheMonthlyReport… looks at): any of them may leave the house.
func TestN6_N34_AMonthByProgramSaysWhatItsPageSays(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent, lead := h.Person(access.Agent), door{t, h.API(h.Person(access.Lead))}
		month := h.Clock.Now().Format("2006-01")
		closedBy(t, h, agent, 0, true, true)
		for _, number := range []string{"13812345678", "13987654321"} {
			solvedBecause(t, h, agent, "账号 "+number+" 被锁")
		}
		closedBy(t, h, agent, 0, false, false) // its time runs out in a later month
		later := h.Clock.Now().Format("2006-01")
		h.RunJobs()
		if err := h.Reports.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, role := range []access.Role{access.Requester, access.Agent} {
			door{t, h.API(h.Person(role))}.refused("GET", "/months/"+month, nil, http.StatusForbidden, "access.denied")
		}
		for bad, want := range map[string]string{
			"2026-13": "score.month_form month score.month_form", "1999-01": "score.month_form month score.month_form", "2026-3": "errs.fields month api.min_length",
		} {
			lead.refused("GET", "/months/"+bad, nil, http.StatusUnprocessableEntity, want)
		}
		a, _ := lead.ask("GET", "/months/"+month, nil, 200)
		if a["month"] != month || a["opened"] != float64(4) || a["closed"] != float64(3) || a["confirmed"] != float64(3) || a["unconfirmed"] != float64(0) || a["truth"] != float64(100) {
			t.Errorf("%v", a)
		}
		if b, _ := lead.ask("GET", "/months/"+later, nil, 200); later == month || b["closed"] != float64(1) || b["unconfirmed"] != float64(1) || b["truth"] != float64(0) {
			t.Errorf("time that ran out is no confirmation: %v", b)
		}
		if list := rows(a["deviations"]); len(list) != 1 || list[0]["what"] != "N34" || list[0]["count"] != float64(1) {
			t.Errorf("deviations: %v", a["deviations"])
		}
		causes := rows(a["causes"])
		if len(causes) != 2 || causes[0]["what"] != "账号 * 被锁" || causes[0]["count"] != float64(2) || causes[1]["count"] != float64(1) {
			t.Errorf("two causes that differ in personal data alone are one: %v", causes)
		}
		// A month in which nothing happened is empty and not refused.
		if a, _ := lead.ask("GET", "/months/2020-01", nil, 200); a["closed"] != float64(0) || a["truth"] != nil || a["causes"] == nil {
			t.Errorf("a month without tickets: %v", a)
		}
		page := h.SignIn(access.Lead)
		for at, body := range map[string]string{
			"program": lead.Get("/api/v1/months/" + month).Body, "page": page.Get("/work/month?month=" + month).Body, "spreadsheet": unzipped(t, page.Get("/work/month/month.xlsx?month="+month).Body),
		} {
			if strings.Contains(body, "13812345678") || strings.Contains(body, "13987654321") {
				t.Errorf("somebody's number stands in the %s", at)
			}
			if !strings.Contains(body, "账号 * 被锁") {
				t.Errorf("the cause is missing from the %s", at)
			}
		}
	})
}

// solvedBecause records a request and solves it by a cause, confirmed.
func solvedBecause(t *testing.T, h *apptest.House, agent person.Person, cause string) {
	t.Helper()
	owner := h.Person(access.Requester)
	x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(owner, "portal"), ticket.Request{
		Requester: owner.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "登录不了"},
		Intake: map[ticket.Element]ticket.Answer{
			ticket.Since: {Value: "09:10"}, ticket.Affected: {Value: "登录"}, ticket.People: {Value: "1"}, ticket.Wanted: {Value: "今天"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	by := apptest.Actor(agent, "web")
	for _, cmd := range []ticket.Command{
		ticket.Accept{},
		ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}},
		ticket.Record{Intake: map[ticket.Element]ticket.Answer{ticket.Who: {Value: "王海燕"}, ticket.Contact: {Value: "8001"}, ticket.Symptom: {Value: "锁了"}}},
		ticket.Resolve{
			Solution:     ticket.Solution{Text: "解锁了", Cause: cause, Prevention: "不要试错口令", Verify: []string{"登录一次"}},
			Difficulties: "无", Approach: "查登录记录",
		},
	} {
		if _, err := h.Tickets.Do(t.Context(), by, ticket.Target{ID: x.ID}, cmd); err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
	}
	if _, err := h.Tickets.Do(t.Context(), apptest.Actor(owner, "portal"), ticket.Target{ID: x.ID}, ticket.Confirm{}); err != nil {
		t.Fatal(err)
	}
}

// unzipped is the text of all parts of a spreadsheet.
func unzipped(t *testing.T, body string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	return b.String()
}
