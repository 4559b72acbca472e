// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// ticketDesk is the ticket page of an agent in a whole house, on SQLite with a clock that stands still.
type ticketDesk struct {
	*testing.T
	*apptest.House
	agent *apptest.Client
	group person.GroupID
	ref   string // the ticket of the test
}

// openPage is a house with one request of the requester.
func openPage(t *testing.T, words string) *ticketDesk {
	t.Helper()
	h := apptest.New(t)
	p := &ticketDesk{T: t, House: h, agent: h.SignIn(access.Agent)}
	g, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "系统组", NameEN: "Systems"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.group = g.ID
	p.ref = p.record(words).Ref()
	return p
}

// record opens a request of the requester at the portal.
func (p *ticketDesk) record(words string) ticket.Ticket {
	p.Helper()
	who := p.Person(access.Requester)
	t, _, err := p.Tickets.Record(p.Context(), apptest.Actor(who, "portal"), ticket.Request{
		Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: words},
	})
	if err != nil {
		p.Fatal(err)
	}
	return t
}

func (p *ticketDesk) now() ticket.Ticket {
	p.Helper()
	t, err := p.Tickets.Get(p.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(p.ref)})
	if err != nil {
		p.Fatal(err)
	}
	return t
}

// leaves lets the seconds pass in which a reply can be taken back.
func (p *ticketDesk) leaves() { p.Advance(10 * time.Second) }

// do gives a command as the agent, past the page.
func (p *ticketDesk) do(cmd ticket.Command) {
	p.Helper()
	by := apptest.Actor(p.Person(access.Agent), "web")
	if _, err := p.Tickets.Do(p.Context(), by, ticket.Target{Number: ticket.ParseRef(p.ref)}, cmd); err != nil {
		p.Fatalf("%s: %v", cmd.Name(), err)
	}
}

// ready brings the ticket to where only the solution is missing.
func (p *ticketDesk) ready() {
	p.Helper()
	p.do(ticket.Accept{})
	p.do(ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Impaired}})
	p.do(ticket.Record{Intake: map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: "09:20"}, ticket.Affected: {Value: "付款"}, ticket.People: {Value: "6"}, ticket.Wanted: {Value: "15:00"},
	}})
}

func (p *ticketDesk) at(what string) string {
	if what == "" {
		return "/work/tickets/" + p.ref
	}
	return "/work/tickets/" + p.ref + "/" + what
}

func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// post sends a form as a browser without a script.
func (p *ticketDesk) post(what string, pairs ...string) apptest.Reply {
	p.Helper()
	return p.agent.Post(p.at(what), fields(pairs...))
}

// htmx sends a form as our script does.
func (p *ticketDesk) htmx(what string, pairs ...string) apptest.Reply {
	p.Helper()
	return p.agent.Send(http.MethodPost, p.at(what), strings.NewReader(fields(pairs...).Encode()), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Hx-Request": {"true"}, "Hx-Request-Type": {"partial"},
	})
}

// part asks for a piece of the page as our script does.
func (p *ticketDesk) part(what string) apptest.Reply {
	p.Helper()
	return p.agent.Send(http.MethodGet, p.at(what), nil, http.Header{"Hx-Request": {"true"}, "Hx-Request-Type": {"partial"}})
}

// went fails the test where a form did not lead on.
func (p *ticketDesk) went(r apptest.Reply, to string) {
	p.Helper()
	if r.Status != http.StatusSeeOther || r.Location() != to {
		p.Fatalf("%d to %q, not to %q\n%s", r.Status, r.Location(), to, excerpt(r.Body))
	}
}

// shows fails the test where an answer lacks one of the texts.
func (p *ticketDesk) shows(r apptest.Reply, status int, texts ...string) {
	p.Helper()
	if r.Status != status {
		p.Fatalf("status %d, not %d\n%s", r.Status, status, excerpt(r.Body))
	}
	for _, s := range texts {
		if !strings.Contains(r.Body, s) {
			p.Errorf("%q is not shown", s)
		}
	}
}

// hides fails the test where an answer has one of the texts.
func (p *ticketDesk) hides(r apptest.Reply, texts ...string) {
	p.Helper()
	for _, s := range texts {
		if strings.Contains(r.Body, s) {
			p.Errorf("%q is shown", s)
		}
	}
}

func excerpt(s string) string {
	if len(s) > 3000 {
		return s[:3000]
	}
	return s
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
