// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// ask records a request of the requester, as the portal does.
func ask(t *testing.T, h *apptest.House, text string) ticket.Ticket {
	t.Helper()
	user := h.Person(access.Requester)
	v, _, err := h.Tickets.Record(t.Context(), apptest.Actor(user, "portal"), ticket.Request{
		Requester: user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: text, Channel: ticket.Portal},
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// work gives commands on a ticket, as the agent does.
func work(t *testing.T, h *apptest.House, v ticket.Ticket, commands ...ticket.Command) ticket.Ticket {
	t.Helper()
	for _, cmd := range commands {
		var err error
		if v, err = h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), ticket.Target{ID: v.ID}, cmd); err != nil {
			t.Fatalf("%s: %v", cmd.Name(), err)
		}
	}
	return v
}

// taken is a request that the agent has taken, graded and recorded: ready for a solution.
func taken(t *testing.T, h *apptest.House, text string) ticket.Ticket {
	t.Helper()
	whole := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		whole[e] = ticket.Answer{Value: "已问"}
	}
	return work(t, h, ask(t, h, text), ticket.Accept{}, ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}}, ticket.Record{Intake: whole})
}

// solved is a request whose solution waits for the requester's word.
func solved(t *testing.T, h *apptest.House, text string) ticket.Ticket {
	t.Helper()
	return work(t, h, taken(t, h, text), ticket.Resolve{
		Solution: ticket.Solution{Text: "换了连接线，请看画面", Cause: "连接线坏了", Prevention: "备一根新线", Verify: []string{"打开显示器，画面稳定"}},
	})
}

// now reads a ticket as it stands.
func now(t *testing.T, h *apptest.House, v ticket.Ticket) ticket.Ticket {
	t.Helper()
	v, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: v.ID})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// said waits for nothing: it is what the thread of a ticket holds now.
func said(t *testing.T, h *apptest.House, v ticket.Ticket) (texts []string) {
	t.Helper()
	list, err := h.Tickets.Thread(t.Context(), access.Desk(), v)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Message != nil {
			texts = append(texts, e.Message.Text)
		}
	}
	return texts
}
