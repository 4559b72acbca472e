// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// Two nodes on one PostgreSQL count the same tickets.
func TestASecondNodeHearsOfTickets(t *testing.T) {
	t.Parallel()
	server := dbtest.Server(t)
	if server == "" {
		return // SQLite has one node
	}
	conf := app.Config{Data: t.TempDir(), Database: dbtest.Postgres(t, server)}
	node := func() *app.House {
		h, err := app.Open(context.WithoutCancel(t.Context()), conf, app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
		ended := make(chan error, 1)
		go func() { ended <- h.Run(ctx, app.Doors{}) }()
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := h.Close(); err != nil {
				t.Error(err)
			}
		})
		return h
	}
	first, second := node(), node()
	for !second.Ready() { // it listens from then on
		if err := second.DB.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	user, err := first.People.Add(t.Context(), access.Desk(), person.Person{Name: "Ada", Email: "ada@desk.example", Lang: "en", Role: access.Requester})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = first.Tickets.Record(t.Context(), access.Desk(), ticket.Request{
		Requester: user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "The printer on floor 3 jams."},
	})
	if err != nil {
		t.Fatal(err)
	}
	for second.Tickets.Counts(t.Context(), access.Desk()).Views[ticket.Unclaimed] != 1 {
		if err := second.DB.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A node that missed what another one said reads all open tickets again: what was closed meanwhile
// is not counted any more, and its figures are as long as their lists.
func TestANodeThatMissedNotesForgetsWhatWasClosed(t *testing.T) {
	t.Parallel()
	server := dbtest.Server(t)
	if server == "" {
		return // SQLite has one node
	}
	conf := app.Config{Data: t.TempDir(), Database: dbtest.Postgres(t, server)}
	node := func() *app.House { // none of them runs, so that neither hears the other
		h, err := app.Open(context.WithoutCancel(t.Context()), conf, app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := h.Close(); err != nil {
				t.Error(err)
			}
		})
		return h
	}
	first := node()
	user, err := first.People.Add(t.Context(), access.Desk(), person.Person{Name: "Ada", Email: "ada@desk.example", Lang: "en", Role: access.Requester})
	if err != nil {
		t.Fatal(err)
	}
	made, _, err := first.Tickets.Record(t.Context(), access.Desk(), ticket.Request{
		Requester: user.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "The printer on floor 3 jams."},
	})
	if err != nil {
		t.Fatal(err)
	}
	second := node()
	counted := func() int { return second.Tickets.Counts(t.Context(), access.Desk()).Views[ticket.Unclaimed] }
	if n := counted(); n != 1 {
		t.Fatalf("counted %d of one", n)
	}
	by := access.Actor{ID: int64(user.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}
	if _, err := first.Tickets.Do(t.Context(), by, ticket.Target{ID: made.ID}, ticket.Close{As: ticket.Cancelled, Reason: "It works again."}); err != nil {
		t.Fatal(err)
	}
	if err := second.Tickets.LoadBoard(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := counted(); n != 0 {
		t.Errorf("the figure says %d, and no ticket is open", n)
	}
}
