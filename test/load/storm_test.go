// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// stormVariable is how many clocks come due at once; make storm takes 10,000.
const stormVariable = "LOOPDESK_STORM"

// TestP8_StormOfDueClocks lets many clocks come due in the same minute while somebody reads the
// queue, and prints the delay of the last step and the page's p99 meanwhile. Every step is
// raised once, and no page fails; it judges no time.
func TestP8_StormOfDueClocks(t *testing.T) {
	many := 200
	if text := os.Getenv(stormVariable); text != "" {
		var err error
		if many, err = strconv.Atoi(text); err != nil || many < 1 {
			t.Fatalf("%s=%s is not a number of tickets", stormVariable, text)
		}
	}
	dbtest.EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		storm(t, apptest.New(t, apptest.On(url)), many)
	})
}

func storm(t *testing.T, h *apptest.House, many int) {
	t.Helper()
	h.Person(access.Lead)
	for range many {
		who := h.Person(access.Requester)
		if _, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{
			Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "storm"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	// Long after the first step and right at the due time of the response, which all share.
	h.Clock.Set(h.Clocks.Expect(ticket.Ticket{CreatedAt: apptest.Start()}))
	reader := h.SignIn(access.Agent)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	begin := time.Now()
	go func() { done <- h.Escalations.Run(ctx) }() // as every node runs it
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	var pages []time.Duration
	for delay := time.Duration(0); ; {
		if waiting(t, h) == 0 {
			delay = time.Since(begin)
		}
		at := time.Now()
		if r := reader.Get("/work"); r.Status != http.StatusOK {
			t.Fatalf("the queue is %d", r.Status)
		}
		pages = append(pages, time.Since(at))
		if delay != 0 {
			report(t, h, many, delay, pages)
			return
		}
	}
}

// waiting is at how many tickets nobody has looked yet.
func waiting(t *testing.T, h *apptest.House) int64 {
	t.Helper()
	n, err := db.One(t.Context(), h.DB, db.Int, `SELECT COUNT(*) FROM escalation_due WHERE wake_at <= $1`, h.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func report(t *testing.T, h *apptest.House, many int, delay time.Duration, pages []time.Duration) {
	t.Helper()
	raised := 0
	for n := range many {
		one, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: ticket.ID(n + 1)})
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.Escalations.ForTicket(t.Context(), access.Desk(), one)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, e := range list {
			if seen[e.Run+e.Step] {
				t.Errorf("%s was raised twice on %s", e.Step, one.Ref())
			}
			seen[e.Run+e.Step] = true
		}
		if len(list) > 0 {
			raised++
		}
	}
	if raised != many {
		t.Errorf("%d of %d tickets were escalated", raised, many)
	}
	slices.Sort(pages)
	t.Logf("P8 storm on %s: %d clocks due at once, the last step raised after %v; queue page meanwhile p50 %v, p99 %v over %d readings",
		h.DB.Engine(), many, delay.Round(time.Millisecond), pages[len(pages)/2].Round(time.Millisecond),
		pages[len(pages)*99/100].Round(time.Millisecond), len(pages))
}
