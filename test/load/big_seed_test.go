// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/test/running"
)

// longest makes a ticket of manyMessages messages.
func (s *seeding) longest(now time.Time) {
	s.Helper()
	at := now.Add(-30 * 24 * time.Hour)
	l := s.plan(longEvery/2, at) // a long one already
	for n := len(l.deeds); n < manyMessages+2; n++ {
		by := access.Actor{Kind: access.Person, ID: int64(s.agents[0].ID), Role: access.Agent, Via: "web"}
		if n%2 == 0 {
			by = access.Actor{Kind: access.Person, ID: int64(l.user.ID), Role: access.Requester, Via: "portal"}
		}
		l.deeds = append(l.deeds, deed{at.Add(time.Duration(n) * 10 * time.Minute), by, ticket.Reply{Say: ticket.Say{Text: words(n)}}})
	}
	s.live([]*life{l})
}

// listeners adds people of the desk who sign in and keep pages open.
func (s *seeding) listeners(n int) {
	s.Helper()
	for i := range n {
		p, err := s.h.People.Add(s.Context(), access.Desk(), person.Person{Name: fmt.Sprintf("值班 %d", i), Email: listener(i), Role: access.Agent, Lang: "zh-CN"})
		s.must(err)
		secret, err := s.h.Sessions.MakeOneTime(s.Context(), session.ForPassword, p.ID, time.Hour)
		s.must(err)
		_, _, err = s.h.Sessions.ChoosePassword(s.Context(), secret, running.Passphrase, session.Visitor{})
		s.must(err)
	}
}

func listener(i int) string { return fmt.Sprintf("live%d@example.test", i) }

// The columns that a copy shares with its ticket, message and fact.
const (
	copiedTicket = `version, status, is_open, pending, closed_as, subject, snippet, channel, requester_id, owner_id, assignee_id, group_id,
		category_id, service_id, graded, priority, detail, department, place, reopened, hand_overs, merged_into_id, next_due, next_clock, promise_at`
	copiedMessage = `kind, author_id, by_user, first, channel, body, quoted, html, mail_id, seconds, proof, copied, masked`
	copiedEvent   = `room, name, actor_id, actor_kind, via`
)

// ticketTimes and the others are shifted into the past, copy by copy.
func ticketTimes(shift string) (names, values string) {
	for _, c := range []string{"created_at", "updated_at", "accepted_at", "first_response_at", "last_public_at", "last_requester_at", "resolved_at", "confirmed_at", "closed_at"} {
		names += ", " + c
		values += ", " + c + " - " + shift
	}
	return names, values
}

// factOf is a fact's text with the keys of its copy. The facts of a ticket name it and, some of
// them, a message.
func factOf(e db.Engine) string {
	return db.Pair{
		SQLite: `json_set(data, '$.Ticket', subject + $2, '$.Message', CASE WHEN COALESCE(json_extract(data, '$.Message'), 0) > 0 THEN json_extract(data, '$.Message') + $4 ELSE json_extract(data, '$.Message') END)`,
		Postgres: `CAST(jsonb_set(jsonb_set(CAST(data AS jsonb), '{Ticket}', to_jsonb(subject + CAST($2 AS BIGINT))), '{Message}',
			CASE WHEN COALESCE(CAST(CAST(data AS jsonb)->>'Message' AS BIGINT), 0) > 0 THEN to_jsonb(CAST(CAST(data AS jsonb)->>'Message' AS BIGINT) + CAST($4 AS BIGINT)) ELSE 'null' END, TRUE) AS TEXT)`,
	}.For(e)
}

// multiply copies the tickets of a desk that does not run, with their messages and facts: the open
// ones until bigOpen are open, the closed ones into its past until it has n tickets; and lets the
// room of the search make its index. What follows from facts by a job has happened once and is not
// copied: no letter is written again, and the report takes the copies as known (make tally
// measures the report).
func multiply(t *testing.T, d *running.Desk, n int) {
	t.Helper()
	ctx := t.Context()
	h, err := app.Open(ctx, app.Config{Data: d.Data, Database: d.Database, HTTP: d.HTTP, SecureCookies: "auto"}, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	c := &copying{T: t, h: h}
	c.top, c.message, c.event = c.max("ticket"), c.max("message"), c.max("event")
	have, open := int(c.one(`SELECT COUNT(*) FROM ticket`)), int(c.one(`SELECT COUNT(*) FROM ticket WHERE is_open = 1`))
	lived, begin := max(have-open, 1), time.Now()
	past := int64(2 * 365 * 24 * time.Hour / time.Millisecond) // how far the oldest copy lies back
	pass := int64(1)
	for ; open < min(bigOpen, n*openShare/10) && have < n; pass++ {
		made := c.pass(pass, pass, min(bigOpen-open, n-have), 1) // some milliseconds earlier, so that no two are the same
		have, open = have+made, open+made
	}
	for first := pass; have < n; pass++ {
		made := c.pass(pass, past*(pass-first+1)*int64(lived)/int64(n), n-have, 0)
		if made == 0 {
			t.Fatal("no ticket is closed: there is nothing to copy")
		}
		have += made
	}
	c.end()
	t.Logf("%s: copied until there are %d in %v", c.h.DB.Engine(), have, time.Since(begin).Round(time.Second))
	if err := h.Search.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	for {
		done, err := h.Jobs.RunDue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if done == 0 {
			return
		}
	}
}

// copying writes copies.
type copying struct {
	*testing.T
	h                   *app.House
	top, message, event int64 // the greatest keys of what is copied
}

func (c *copying) one(query string, args ...any) int64 {
	c.Helper()
	n, err := db.One(c.Context(), c.h.DB, db.Int, query, args...)
	if err != nil {
		c.Fatalf("%s: %v", query, err)
	}
	return n
}

func (c *copying) max(table string) int64 {
	return c.one(`SELECT COALESCE(MAX(id), 0) FROM ` + table)
}

// copyStretch is how many tickets one statement copies: none takes so long that it is interrupted.
const copyStretch = 1000

// pass copies every ticket that is open, or every one that is not, once; at most so many.
func (c *copying) pass(n, shift int64, most, open int) (made int) {
	c.Helper()
	names, values := ticketTimes("$3")
	fact := factOf(c.h.DB.Engine())
	for from := int64(0); from < c.top && made < most; from += copyStretch {
		upTo := min(from+copyStretch, c.top) // no copy of a copy
		ids := `SELECT id FROM ticket WHERE id > $1 AND id <= $5 AND is_open = ` + strconv.Itoa(open) + ` ORDER BY id LIMIT $6`
		args := []any{from, n * c.top, shift, n * c.message, upTo, most - made}
		err := c.h.DB.Write(c.Context(), func(ctx context.Context, tx *db.Tx) error {
			got, err := db.Exec(ctx, tx, `INSERT INTO ticket (id, number, token, `+copiedTicket+names+`)
				SELECT id + $2, number + $2, token || '-' || CAST($2 + 0 * $4 AS TEXT), `+copiedTicket+values+` FROM ticket WHERE id IN (`+ids+`)`, args...)
			if err != nil {
				return err
			}
			made += int(got)
			if _, err := db.Exec(ctx, tx, `INSERT INTO message (id, ticket_id, at, `+copiedMessage+`)
				SELECT id + $4, ticket_id + $2, at - $3, `+copiedMessage+` FROM message WHERE ticket_id IN (`+ids+`)`, args...); err != nil {
				return err
			}
			_, err = db.Exec(ctx, tx, `INSERT INTO event (id, subject, at, data, `+copiedEvent+`)
				SELECT id + $7, subject + $2, at - $3, `+fact+`, `+copiedEvent+` FROM event WHERE room = 'ticket' AND subject IN (`+ids+`)`, append(args, n*c.event)...)
			return err
		})
		if err != nil {
			c.Fatal(err)
		}
	}
	return made
}

// end lets what counts go on behind the copies.
func (c *copying) end() {
	c.Helper()
	run := func(query string) {
		c.Helper()
		err := c.h.DB.Write(c.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, query)
			return err
		})
		if err != nil {
			c.Fatalf("%s: %v", query, err)
		}
	}
	run(`UPDATE report_place SET fact_id = (SELECT MAX(id) FROM event)`)
	if c.h.DB.Engine() == db.SQLite {
		run(`UPDATE ticket_number SET value = (SELECT MAX(number) FROM ticket)`)
		return
	}
	for _, table := range []string{"ticket", "message", "event"} {
		run(`SELECT setval(pg_get_serial_sequence('` + table + `', 'id'), (SELECT MAX(id) FROM ` + table + `))`)
	}
	run(`SELECT setval('ticket_number', (SELECT MAX(number) FROM ticket))`)
	run(`ANALYZE`) // as its own keeper would, some minutes later
}
