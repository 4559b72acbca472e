// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS14_StoppedMailIsSaidOnEveryPageOfStaff until somebody lets it go on.
func TestS14_StoppedMailIsSaidOnEveryPageOfStaff(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	lead, agent, admin, user := h.SignIn(access.Lead), h.SignIn(access.Agent), h.SignIn(access.Admin), h.SignIn(access.Requester)
	const said, press = "自动邮件已停止（", `action="/work/mail/go"`
	if p := lead.Get("/work/quarantine"); !strings.Contains(p.Body, `action="/work/mail/stop"`) || strings.Contains(p.Body, said) {
		t.Fatal("no press to stop it")
	}
	if p := agent.Get("/work/quarantine"); strings.Contains(p.Body, "/work/mail/stop") {
		t.Error("an agent is offered what they may not do")
	}
	if p := lead.Post("/work/mail/stop", url.Values{"next": {"/work"}}); p.Status != http.StatusSeeOther || p.Location() != "/work" {
		t.Fatalf("%d %s", p.Status, p.Location())
	}
	for _, path := range []string{"/work", "/work/quarantine", "/work/board", "/admin", "/admin/pace", "/me"} {
		if p := admin.Get(path); !strings.Contains(p.Body, said) || !strings.Contains(p.Body, press) {
			t.Errorf("%s says nothing", path)
		}
	}
	if p := agent.Get("/work"); !strings.Contains(p.Body, said) || strings.Contains(p.Body, press) {
		t.Error("an agent reads it and presses nothing")
	}
	if p := user.Get("/"); strings.Contains(p.Body, said) {
		t.Error("requesters are told of it")
	}
	if p := admin.Post("/work/mail/go", url.Values{"next": {"//elsewhere.example"}}); p.Location() != "/work/quarantine" {
		t.Errorf("leads to %s", p.Location())
	}
	if p := lead.Get("/work"); strings.Contains(p.Body, said) {
		t.Error("still said")
	}
}

// TestS02_TheCoveredOriginalIsAPressThatIsRecorded and no link, which more than people follow.
func TestS02_TheCoveredOriginalIsAPressThatIsRecorded(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	which := h.Receive("no-reply@cloud.example", []byte("From: no-reply@cloud.example\r\nSubject: Your code\r\n\r\nYour verification code is 604218\r\n"))
	h.RunJobs()
	e, err := h.Intake.Entry(t.Context(), access.Desk(), which)
	if err != nil || e.Ticket == 0 {
		t.Fatalf("%+v %v", e, err)
	}
	v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: e.Ticket})
	if err != nil {
		t.Fatal(err)
	}
	lead, agent := h.SignIn(access.Lead), h.SignIn(access.Agent)
	at := "/work/quarantine/" + number(int64(which))
	if p := lead.Get(at + "/raw"); p.Status != http.StatusSeeOther || p.Location() != at {
		t.Errorf("a link opens it: %d", p.Status)
	}
	if p := agent.Get(at + "/raw"); p.Status != http.StatusForbidden {
		t.Errorf("an agent opens it: %d", p.Status)
	}
	if p := lead.Get(at); !strings.Contains(p.Body, at+"/original") || strings.Contains(p.Body, "604218") {
		t.Error("the page has no press, or the code")
	}
	if p := agent.Post(at+"/original", nil); p.Status != http.StatusForbidden {
		t.Errorf("an agent presses: %d", p.Status)
	}
	if p := lead.Post(at+"/original", nil); p.Status != http.StatusOK || !strings.Contains(p.Body, "604218") || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	if p := agent.Get("/work/tickets/" + v.Ref()); !strings.Contains(p.Body, "被遮盖的原件") {
		t.Error("the ticket does not say who read it")
	}
}
