// SPDX-License-Identifier: Apache-2.0

package fault_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/test/running"
)

// kills is how often the desk is killed: a few in every run, LOOPDESK_KILLS on demand.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("LOOPDESK_KILLS")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("LOOPDESK_KILLS=%s is not a number of kills", text)
	}
	return n
}

func TestF01_KilledUnderLoadOnSQLite(t *testing.T) {
	t.Parallel()
	killUnderLoad(t, "")
}

func TestF02_KilledUnderLoadOnPostgreSQL(t *testing.T) {
	t.Parallel()
	server := dbtest.Server(t)
	if server == "" {
		t.Logf("%s is not set: not run", dbtest.Variable)
		return
	}
	killUnderLoad(t, dbtest.Postgres(t, server))
}

// killUnderLoad kills the desk at random moments while clients create tickets by API and
// mail, and compares what they were told with what is there (P1, P2, P6). A mail at which the desk
// ended three times lies in quarantine, where people see it (F33): it may be the reason.
func killUnderLoad(t *testing.T, database string) {
	d := running.New(t, database)
	told := &answers{ok: map[string]bool{}}
	slowest := time.Duration(0)
	for range kills(t) {
		slowest = max(slowest, d.Start())
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for who := range 8 {
			wg.Go(func() { client(ctx, d, who, told) })
		}
		time.Sleep(time.Duration(100+rand.IntN(500)) * time.Millisecond) // the moment of the kill is the fault
		d.Kill()
		cancel()
		wg.Wait()
	}
	slowest = max(slowest, d.Start())
	if !d.Until(time.Minute, running.Unread) { // what was being understood at a kill is taken up again
		t.Error("mails are still not understood after a minute")
	}
	found, mails := found(d), mailed(d)
	ok, unknown, kept, lost, doubled := 0, 0, 0, 0, 0
	for subject, acknowledged := range told.ok {
		n := found[subject]
		delete(found, subject)
		if acknowledged {
			ok++
			state, all := fate(mails, subject)
			switch {
			case n > 0:
			case state == afterThree:
				kept++
			default:
				lost++
				t.Errorf("acknowledged and lost: %s: %s", subject, all)
			}
		} else {
			unknown++
		}
		if n > 1 {
			doubled++
			t.Errorf("%d tickets for %s", n, subject)
		}
	}
	for subject := range found {
		t.Errorf("a ticket that nobody sent: %s", subject)
	}
	if kept > mostKept(t) {
		t.Errorf("%d mails in quarantine after %d kills", kept, kills(t))
	}
	if ok == 0 {
		t.Error("nothing was acknowledged: the load is broken")
	}
	t.Logf("%d kills: %d acknowledged, %d of them in quarantine, %d unknown, %d lost, %d doubled; ready again after at most %v", kills(t), ok, kept, unknown, lost, doubled, slowest.Round(time.Millisecond))
	if slowest > 10*time.Second {
		t.Errorf("it took %v to be ready again", slowest)
	}
	for _, broken := range incomplete(d) {
		t.Error(broken)
	}
}

// found counts the tickets by subject.
func found(d *running.Desk) map[string]int {
	d.Helper()
	out := map[string]int{}
	for _, subject := range d.Texts(`SELECT subject FROM ticket`) {
		out[subject]++
	}
	return out
}

// afterThree is the fate of a mail at which the desk ended three times.
const afterThree = "quarantined intake.failed"

// mostKept bounds how many such mails there may be: each takes three kills, and a desk reads four at
// once.
func mostKept(t *testing.T) int { return (kills(t) / 3) * 4 }

// mailed is what became of each mail that was taken in, and its text.
func mailed(d *running.Desk) [][]string {
	d.Helper()
	raw := `CAST(r.raw AS TEXT)`
	if d.Database != "" {
		raw = `convert_from(r.raw, 'UTF8')`
	}
	return d.Rows(`SELECT i.state, i.outcome, i.reason, CAST(j.state AS TEXT), CAST(j.attempt AS TEXT), CAST(j.run_at AS TEXT), j.error, ` + raw + ` FROM inbound i JOIN inbound_raw r ON r.inbound_id = i.id
		LEFT JOIN job j ON j.kind = '` + intake.ParseJob + `' AND j.payload = CAST(i.id AS TEXT)`)
}

// fate is what became of the mail with a subject: its state with the reason, and all that is known.
func fate(mails [][]string, subject string) (state, all string) {
	for _, m := range mails {
		if strings.Contains(m[len(m)-1], subject) {
			return strings.TrimSpace(m[0] + " " + m[2]), strings.Join(m[:len(m)-1], " | ")
		}
	}
	return "", "no mail was stored"
}

// incomplete names everything that is there by half (P7, I4, I6).
func incomplete(d *running.Desk) []string {
	d.Helper()
	var out []string
	for what, query := range map[string]string{
		"ticket without its first message": `SELECT CAST(t.number AS TEXT) FROM ticket t WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.ticket_id = t.id AND m.first)`,
		"ticket without its birth":         `SELECT CAST(t.number AS TEXT) FROM ticket t WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.name = 'ticket.recorded' AND e.subject = t.id)`,
		"number used twice":                `SELECT CAST(number AS TEXT) FROM ticket GROUP BY number HAVING COUNT(*) > 1`,
		"mail neither placed nor held":     running.Unread,
		"mail placed nowhere":              `SELECT CAST(id AS TEXT) FROM inbound WHERE state = 'done' AND ticket_id IS NULL`,
	} {
		for _, which := range d.Texts(query) {
			out = append(out, fmt.Sprintf("%s: %s", what, which))
		}
	}
	if d.Database == "" {
		if got := strings.Join(d.Texts(`PRAGMA integrity_check`), " "); got != "ok" {
			out = append(out, "integrity check: "+got)
		}
	}
	return out
}
