// SPDX-License-Identifier: Apache-2.0

package report

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Override is a priority that somebody chose in place of the one that the answers give (N22).
type Override struct {
	Ticket   ticket.ID
	At       time.Time
	By       person.ID      // 0 for the desk
	Group    person.GroupID // that had the ticket then
	Computed triage.Priority
	Chosen   triage.Priority
	Reason   string
}

// Overrides are those of one ticket, in the order of its facts.
func Overrides(list []Told) []Override {
	var out []Override
	var t ticket.Ticket
	for _, n := range list {
		t.Advance(n.Fact, n.Meta)
		if f, ok := n.Fact.(ticket.Graded); ok && f.Priority != f.Computed {
			out = append(out, Override{t.ID, n.Meta.At, person.ID(n.Meta.ActorID), t.Group, f.Computed, f.Priority, f.Reason})
		}
	}
	return out
}

// mostOverrides bounds a list; whoever overrides more often has another question to answer.
const mostOverrides = 500

// Overrides lists the overridden priorities of a stretch of weeks, the newest first, at most 500.
//
// Errors: Denied for whoever does not lead.
func (s *Service) Overrides(ctx context.Context, by access.Actor, q Question, loc *time.Location) ([]Override, error) {
	if err := access.Can(by, access.LeadRead, access.Object{}); err != nil {
		return nil, err
	}
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	first, _, err := q.span(s.Clock.Now(), loc)
	if err != nil {
		return nil, err
	}
	return overrides(ctx, s.DB, first, q.Group, q.Priority)
}

func scanOverride(r db.Row) (o Override, err error) {
	err = r.Scan(&o.Ticket, &o.At, &o.By, &o.Group, &o.Computed, &o.Chosen, &o.Reason)
	return o, err
}

func overrides(ctx context.Context, q db.Querier, from time.Time, group person.GroupID, chosen triage.Priority) ([]Override, error) {
	return db.All(ctx, q, scanOverride, `SELECT ticket_id, at, by_id, group_id, computed, chosen, reason FROM report_override
		WHERE at >= $1 AND (CAST($2 AS BIGINT) = 0 OR group_id = $2) AND (CAST($3 AS BIGINT) = 0 OR chosen = $3) ORDER BY at DESC, ticket_id DESC, nth DESC LIMIT $4`,
		from, group, chosen, int64(mostOverrides))
}

// keepOverrides stores those of a ticket in place of what was stored.
func keepOverrides(ctx context.Context, tx *db.Tx, which int64, list []Override) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM report_override WHERE ticket_id = $1`, which); err != nil {
		return err
	}
	for i, o := range list {
		_, err := db.Exec(ctx, tx, `INSERT INTO report_override (ticket_id, nth, at, by_id, group_id, computed, chosen, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			which, int64(i), o.At, o.By, o.Group, o.Computed, o.Chosen, o.Reason)
		if err != nil {
			return err
		}
	}
	return nil
}
