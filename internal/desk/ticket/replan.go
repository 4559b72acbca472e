// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// FoldVersion counts the ways in which facts were folded into rows, release by release. A
// release that keeps more in the detail than the one before raises it; what was open then is
// folded again from its facts.
const FoldVersion = 5

// Replanning says how open tickets are planned again.
type Replanning struct {
	Limit int  // how many in a commit
	Fold  bool // from their facts, instead of from the rows that were made of them
	// Also runs for each ticket in the same commit.
	Also func(context.Context, *db.Tx, Ticket) error
}

// Replan plans a stretch of open tickets again, when what they are planned by has changed: the
// stored due time must be what computing it again gives. Nothing happened to the tickets, so
// their versions stay.
//
// It returns the last ticket that it looked at, 0 when there is none after the given one. A
// ticket that changes meanwhile is left alone: its own command has planned it.
func (s *Service) Replan(ctx context.Context, after ID, how Replanning) (ID, error) {
	var last ID
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		last = 0
		list, err := db.All(ctx, tx, scan, `SELECT `+columns+` FROM ticket WHERE is_open = 1 AND id > $1 ORDER BY id LIMIT $2`, after, how.Limit)
		if err != nil || len(list) == 0 {
			return err
		}
		last = list[len(list)-1].ID
		if how.Fold {
			if list, err = s.refold(ctx, tx, list); err != nil {
				return err
			}
		}
		if err := s.replan(ctx, tx, list); err != nil {
			return err
		}
		for _, t := range list {
			if err := how.Also(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	return last, err
}

// refold folds the facts of some tickets again, which are read in one query, and saves what
// came out differently.
func (s *Service) refold(ctx context.Context, tx *db.Tx, list []Ticket) ([]Ticket, error) {
	which := make([]int64, len(list))
	for i, t := range list {
		which[i] = int64(t.ID)
	}
	records, err := s.Bus.ListOf(ctx, tx, "ticket", which)
	if err != nil {
		return nil, err
	}
	facts := map[int64][]event.Record{}
	for _, r := range records {
		facts[r.Subject] = append(facts[r.Subject], r)
	}
	out := make([]Ticket, len(list))
	for i, was := range list {
		now, err := Fold(Ticket{}, facts[int64(was.ID)])
		if err != nil {
			return nil, err
		}
		if now.ID == 0 { // a row without facts, which no command makes
			now = was
		}
		now.Version, now.NextDue, now.NextClock, now.PromiseAt = was.Version, was.NextDue, was.NextClock, now.promise()
		if err := save(ctx, tx, now); err != nil {
			return nil, err
		}
		out[i] = now
	}
	return out, nil
}

// planned is how many due times one statement writes.
const planned = 100

// replan computes the due times of tickets again and writes those that moved, many in one
// statement.
func (s *Service) replan(ctx context.Context, tx *db.Tx, list []Ticket) error {
	moved := make(map[ID]Ticket, len(list))
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		rows, err := db.All(ctx, tx, db.Int, planText(len(args)/4), args...)
		for _, id := range rows {
			s.publish(tx, moved[ID(id)])
		}
		args = args[:0]
		return err
	}
	for _, t := range list {
		due, name := s.Plan(t)
		if due.Equal(t.NextDue) && name == t.NextClock {
			continue
		}
		t.NextDue, t.NextClock = due, name
		moved[t.ID] = t
		tx.Forget(inCommit(t.ID))
		if args = append(args, t.ID, t.Version, due, name); len(args) == 4*planned {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// planText is the statement that writes n due times.
func planText(n int) string {
	var b strings.Builder
	b.WriteString(`WITH plan (id, version, due, clock) AS (VALUES `)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		at := func(j int) string { return "$" + strconv.Itoa(4*i+j) }
		b.WriteString("(CAST(" + at(1) + " AS BIGINT), CAST(" + at(2) + " AS BIGINT), CAST(" + at(3) + " AS BIGINT), CAST(" + at(4) + " AS TEXT))")
	}
	b.WriteString(`)
		UPDATE ticket SET next_due = plan.due, next_clock = plan.clock FROM plan
		WHERE ticket.id = plan.id AND ticket.version = plan.version RETURNING ticket.id`)
	return b.String()
}
