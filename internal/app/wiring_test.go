// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Every fact of a ticket is told to somebody, or somebody has written down why not.
func TestEveryFactIsHeardOrLeftUnheardOnPurpose(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "desk", "ticket", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var source []byte
	for _, name := range files {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, part...)
	}
	var facts []string
	for _, m := range regexp.MustCompile(`EventName\(\) string\s*\{ return "(ticket\.[a-z_]+)" \}`).FindAllSubmatch(source, -1) {
		facts = append(facts, string(m[1]))
	}
	if len(facts) < 20 {
		t.Fatalf("only %d facts found: the search is broken", len(facts))
	}
	told, unheard := apptest.New(t).Told(), app.Unheard()
	for _, f := range facts {
		heard := slices.Contains(told, f)
		if why, silent := unheard[f]; silent == heard || (silent && len(why) < 10) {
			t.Errorf("%s: heard %v, left unheard because %q", f, heard, why)
		}
	}
	for _, f := range append(told, slices.Collect(keysOf(unheard))...) {
		if !slices.Contains(facts, f) {
			t.Errorf("%s is no fact of a ticket any more", f)
		}
	}
}

func keysOf(m map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// The house is wired: a request by API is acknowledged by mail with a link, the policy is in
// force as soon as it is saved, and who loses rights loses their sessions.
func TestTheHouseIsWired(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		user := h.Person(access.Requester)
		made := h.API(user).JSON("POST", "/api/v1/tickets", `{"text":"The printer on floor 3 jams."}`)
		if made.Status != 201 {
			t.Fatalf("%d %s", made.Status, made.Body)
		}
		h.RunJobs()
		letters := h.Mailbox(user.Email)
		if len(letters) != 1 || !strings.Contains(letters[0].Text(), h.URL+"/t/") {
			t.Errorf("%d letters: %v", len(letters), letters)
		}

		p := sla.Standard()
		p.ConfirmDays = 5
		if err := setting.Save(t.Context(), h.Settings, access.Desk(), sla.PolicyName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		if got := h.Clocks.Policy().ConfirmDays; got != 5 {
			t.Errorf("the policy in force says %d days", got)
		}

		agent := h.SignIn(access.Agent)
		if r := agent.Get("/me"); r.Status != 200 {
			t.Fatalf("/me answers %d", r.Status)
		}
		demoted := agent.Person
		demoted.Role = access.Requester
		if _, err := h.People.Change(t.Context(), access.Desk(), demoted, 0); err != nil {
			t.Fatal(err)
		}
		if r := agent.Get("/me"); r.Status == 200 {
			t.Error("S45: whoever lost rights is still signed in")
		}
	})
}

// The gates of the standard stand where they should (N32–N36).
func TestTheGatesStand(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user, agent := h.Person(access.Requester), apptest.Actor(h.Person(access.Agent), "web")
	made, _, err := h.Tickets.Record(t.Context(), apptest.Actor(user, "portal"), ticket.Request{
		Requester: user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "The printer on floor 3 jams."},
	})
	if err != nil {
		t.Fatal(err)
	}
	on := ticket.Target{ID: made.ID}
	if _, err := h.Tickets.Do(t.Context(), agent, on, ticket.Accept{}); err != nil {
		t.Fatal(err)
	}
	_, err = h.Tickets.Do(t.Context(), agent, on, ticket.Resolve{Solution: ticket.Solution{Text: "Roller replaced."}})
	e := errs.As(err)
	if e == nil || e.Kind != errs.Missing {
		t.Fatalf("resolved all the same: %v", err)
	}
	var clauses []string
	for _, g := range e.Gaps {
		clauses = append(clauses, g.Clause)
	}
	for _, c := range []string{"N15", "N22", "N33", "N34"} {
		if !slices.Contains(clauses, c) {
			t.Errorf("nothing asks for %s: %v", c, clauses)
		}
	}
}

// One ticket's life by mail alone, over the wire: it comes by SMTP, is acknowledged, solved
// and confirmed by the link in the letter.
func TestTheLoopClosesByMail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		const user = "wang@people.example"
		raw := "From: Wang <" + user + ">\r\nTo: " + apptest.Address + "\r\nSubject: Printer\r\nMessage-ID: <1@people.example>\r\n" +
			"Date: Mon, 02 Mar 2026 09:00:00 +0800\r\n\r\nThe printer on floor 3 jams.\r\n"
		if err := smtp.SendMail(h.SMTP(), nil, user, []string{apptest.Address}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		h.RunJobs()
		letters := h.Mailbox(user)
		if len(letters) != 1 || !strings.Contains(letters[0].Header("References"), "<1@people.example>") {
			t.Fatalf("%d letters: %v", len(letters), letters)
		}
		list, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{})
		if err != nil || len(list.Tickets) != 1 {
			t.Fatalf("%d tickets, %v", len(list.Tickets), err)
		}
		agent, on := apptest.Actor(h.Person(access.Agent), "web"), ticket.Target{ID: list.Tickets[0].ID}
		for _, cmd := range []ticket.Command{
			ticket.Accept{},
			ticket.Record{Intake: map[ticket.Element]ticket.Answer{
				ticket.Since: {Value: "9:00"}, ticket.Affected: {Value: "printing"}, ticket.People: {Value: "1"}, ticket.Wanted: {Value: "today"},
			}},
			ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}},
			ticket.Resolve{
				Solution:     ticket.Solution{Text: "Roller replaced.", Cause: "Worn.", Prevention: "Counted.", Verify: []string{"Print a page"}},
				Difficulties: "none", Approach: "replaced",
			},
		} {
			if _, err := h.Tickets.Do(t.Context(), agent, on, cmd); err != nil {
				t.Fatal(err)
			}
		}
		h.RunJobs()
		letters = h.Mailbox(user)
		link := regexp.MustCompile(regexp.QuoteMeta(h.URL) + `(/t/[a-z0-9-]+)`).FindStringSubmatch(letters[len(letters)-1].Text())
		if link == nil {
			t.Fatalf("no link in: %s", letters[len(letters)-1].Text())
		}
		reader := h.Nobody()
		if r := reader.Get(link[1]); r.Status != 200 {
			t.Fatalf("the link answers %d", r.Status)
		}
		if seen, err := h.Tickets.Get(t.Context(), access.Desk(), on); err != nil || seen.Status != ticket.Resolved {
			t.Fatalf("looking made it %s, %v", seen.Status, err)
		}
		if r := reader.Post(link[1]+"/confirm", nil); r.Status != 303 {
			t.Fatalf("confirming answers %d\n%s", r.Status, r.Body)
		}
		done, err := h.Tickets.Get(t.Context(), access.Desk(), on)
		if err != nil || done.ClosedAs != ticket.Confirmed {
			t.Errorf("the ticket is %s as %q, %v", done.Status, done.ClosedAs, err)
		}
	})
}

// A forgotten password comes by mail, to the owner of the address alone (S48).
func TestS48_TheLinkForAForgottenPasswordComesByMail(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	agent := h.Person(access.Agent)
	for _, email := range []string{agent.Email, "nobody@desk.example"} {
		if r := h.Nobody().Post("/forgot", url.Values{"email": {email}}); r.Status >= 400 {
			t.Fatalf("%d\n%s", r.Status, r.Body)
		}
	}
	h.RunJobs()
	if all := h.Mail.Mails(); len(all) != 1 || !strings.Contains(all[0].Text(), h.URL+"/password/") {
		t.Errorf("%d letters: %v", len(all), all)
	}
}
