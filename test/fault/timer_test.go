// SPDX-License-Identifier: Apache-2.0

package fault_test

import (
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/test/running"
)

// TestF21_TwoNodesWithDueTimersOneKilled runs two processes on one PostgreSQL while timers come
// due, and kills one of them again and again: every timer fires once, and within a minute.
func TestF21_TwoNodesWithDueTimersOneKilled(t *testing.T) {
	t.Parallel()
	server := dbtest.Server(t)
	if server == "" {
		t.Logf("%s is not set: not run", dbtest.Variable)
		return
	}
	kills, tickets := 3, 60
	if text := os.Getenv("LOOPDESK_TIMER_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("LOOPDESK_TIMER_KILLS=%s is not a number of kills", text)
		}
		kills, tickets = n, 20*n
	}
	steady := running.New(t, dbtest.Postgres(t, server))
	victim := running.On(t, steady.Data, steady.Database)
	steady.Start()
	client := &http.Client{Timeout: 10 * time.Second}
	for n := range tickets {
		if err := steady.Create(t.Context(), client, "timer-"+strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	// Their first word is due one after the other, beginning in a second, as long as the kills last.
	book := steady.Open()
	span := int64(kills) * 1500
	if _, err := book.ExecContext(t.Context(), `
		UPDATE ticket SET created_at = created_at - (next_due - ($1 + (id * $2) % $3))`, time.Now().UnixMilli()+1000, int64(7919), span); err != nil {
		t.Fatal(err)
	}
	if _, err := book.ExecContext(t.Context(), `UPDATE escalation_due SET wake_at = $1`, time.Now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	for range kills {
		victim.Start()
		victim.Idle(400 * time.Millisecond)
		victim.Kill()
	}
	want := strconv.Itoa(tickets)
	if !steady.Until(time.Minute, `
		SELECT '1' FROM ticket WHERE NOT EXISTS (
			SELECT 1 FROM event WHERE name = 'escalation.raised' AND subject = ticket.id AND data LIKE '%response-100%') LIMIT 1`) {
		t.Error("not every timer fired within a minute of the last kill")
	}
	rows := steady.Rows(`SELECT COUNT(*), COUNT(DISTINCT subject) FROM event WHERE name = 'escalation.raised' AND data LIKE '%response-100%'`)
	t.Logf("F21: %d kills, %s timers fired on %s tickets", kills, rows[0][0], rows[0][1])
	if rows[0][0] != want || rows[0][1] != want {
		t.Errorf("%s timers fired on %s tickets, want %s each once", rows[0][0], rows[0][1], want)
	}
}
