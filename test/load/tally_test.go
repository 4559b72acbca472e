// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// tallyVariable is how many tickets a report counts; make tally takes 100,000.
const tallyVariable = "LOOPDESK_TALLY"

// TestReportOfManyTickets asks for the report on page, by API and as files where many tickets
// lie over two years, six clocks and two promises each, and prints how long each takes. What it
// counts is counted; it judges no time. The rows are written as desk/report keeps them.
func TestReportOfManyTickets(t *testing.T) {
	many := 500
	if text := os.Getenv(tallyVariable); text != "" {
		var err error
		if many, err = strconv.Atoi(text); err != nil || many < 1 {
			t.Fatalf("%s=%s is not a number of tickets", tallyVariable, text)
		}
	}
	dbtest.EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		h := apptest.New(t, apptest.On(url))
		tallied(t, h, many)
		lead := h.SignIn(access.Lead)
		calls := map[string]*apptest.Client{"page": lead, "API": h.API(lead.Person), "CSV": lead, "XLSX": lead}
		for _, x := range []struct{ who, path string }{
			{"page", "/work/report"},
			{"page", "/work/report?weeks=52"},
			{"page", "/work/report?weeks=52&group=1"},
			{"page", workspace.ReportBehindPath + "?weeks=52&figure=kept"},
			{"page", workspace.ReportBehindPath + "?weeks=52&figure=reopened&in=1"},
			{"API", "/api/v1/report?weeks=104"},
			{"CSV", "/work/report/report.csv?weeks=52"},
			{"XLSX", "/work/report/report.xlsx?weeks=52"},
		} {
			best, first := time.Hour, time.Duration(0)
			var body string
			for range 4 {
				at := time.Now()
				r := calls[x.who].Get(x.path)
				if r.Status != http.StatusOK {
					t.Fatalf("%s: %d", x.path, r.Status)
				}
				took := time.Since(at)
				if first == 0 {
					first = took
				}
				best, body = min(best, took), r.Body
			}
			t.Logf("report on %s, %d tickets: %s %s first %v, best of four %v", h.DB.Engine(), many, x.who, x.path, first.Round(time.Millisecond), best.Round(time.Millisecond))
			if x.who == "API" {
				counted(t, body, many)
			}
		}
	})
}

// counted holds what the API counts against what was written.
func counted(t *testing.T, body string, many int) {
	t.Helper()
	var got struct {
		Rows []struct {
			What                            string
			Kept, Broken, Late, Open, Moved int64
		}
		Flows []struct{ Opened int64 }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	runs, promises, opened := int64(0), int64(0), int64(0)
	for _, x := range got.Rows {
		if n := x.Kept + x.Broken + x.Late + x.Open + x.Moved; x.What == "promise" {
			promises += n
		} else {
			runs += n
		}
	}
	for _, x := range got.Flows {
		opened += x.Opened
	}
	if opened != int64(many) || runs != 6*int64(many) || promises != 2*int64(many) {
		t.Errorf("%d opened, %d clocks, %d promises; want %d, %d, %d", opened, runs, promises, many, 6*many, 2*many)
	}
}

// tallied writes many tickets, with the rows that the report keeps of their clocks, over the two
// years before now: one ticket by command, the others as copies of its row.
func tallied(t *testing.T, h *apptest.House, many int) {
	t.Helper()
	for i := range 8 {
		if _, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "G" + strconv.Itoa(i)}, 0); err != nil {
			t.Fatal(err)
		}
	}
	who := h.Person(access.Requester)
	if _, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "x"}}); err != nil {
		t.Fatal(err)
	}
	h.RunJobs()
	if err := h.Reports.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, span := h.Clock.Now().UnixMilli(), int64(103*7*24*time.Hour/time.Millisecond)
	const columns = `status, is_open, pending, closed_as, subject, snippet, channel, requester_id, owner_id, assignee_id, group_id, category_id, service_id,
		graded, priority, detail, created_at, updated_at, accepted_at, first_response_at, last_public_at, last_requester_at, next_due, next_clock, promise_at, version`
	run := func(text string, args ...any) {
		t.Helper()
		err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, text, args...)
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	for have := 1; have < many; {
		more := min(have, many-have, stretch)
		run(`INSERT INTO ticket (number, token, `+columns+`)
			SELECT number + $1, 'b' || CAST(number + $1 AS TEXT), `+columns+` FROM ticket ORDER BY id LIMIT $2`, have, more)
		have += more
	}
	run(`DELETE FROM report_clock`)
	run(`DELETE FROM report_ticket`)
	run(`DELETE FROM promise`)
	for after := 0; after <= many; after += stretch { // no statement takes so long that it is interrupted
		to := after + stretch
		run(`INSERT INTO report_ticket (ticket_id, opened_at, group_id, priority, reassigned, reopened, rejected, closed, fact_id)
			SELECT id, CAST($1 AS BIGINT) - (id * 7919777) % CAST($2 AS BIGINT), id % 9, 1 + id % 4, id % 3, 0, id % 2, 1, 999999999
			FROM ticket WHERE id > $3 AND id <= $4`, now, span, after, to)
		for i, name := range []string{"response", "update", "update", "silence", "accept", "resolve"} {
			run(`INSERT INTO report_clock (ticket_id, run, name, state, group_id, priority, due_at, done_at, took)
				SELECT id, '`+name+`:' || CAST(id + $3 AS TEXT), '`+name+`', CASE id % 5 WHEN 0 THEN 'broken' WHEN 1 THEN 'open' ELSE 'kept' END, id % 9, 1 + id % 4,
					CAST($1 AS BIGINT) - (id * 7919777 + $3 * 60000) % CAST($2 AS BIGINT), CAST($1 AS BIGINT), id * 1000
				FROM ticket WHERE id > $4 AND id <= $5`, now, span, i, after, to)
		}
		for i := range 2 {
			run(`INSERT INTO promise (ticket_id, source, fact_id, told_at, due, state, group_id, priority)
				SELECT id, 'reply', 1000000 + id * 2 + $3, CAST($1 AS BIGINT), CAST($1 AS BIGINT) - (id * 7919777 + $3) % CAST($2 AS BIGINT),
					CASE id % 4 WHEN 0 THEN 'broken' ELSE 'kept' END, NULL, 1 + id % 4
				FROM ticket WHERE id > $4 AND id <= $5`, now, span, i, after, to)
		}
	}
}

// stretch is for how many tickets one statement writes.
const stretch = 5000
