// SPDX-License-Identifier: Apache-2.0

package score

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// forget takes away what is kept of a ticket that is not closed.
func forget(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM score_miss WHERE ticket_id = $1`, which); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM score_ticket WHERE ticket_id = $1`, which)
	return err
}

// keep stores the sheet of a ticket in place of what was stored.
func keep(ctx context.Context, tx *db.Tx, s Sheet, missed []string) error {
	if err := forget(ctx, tx, s.Ticket); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO score_ticket (ticket_id, closed_at, closed_as, needed, group_id, category_id, agent_id, priority,
			efficient, friendly, book, kept, broken, rating, said, rough, met, judged, deviated, back, cause)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		s.Ticket, s.Closed, string(s.As), one(s.Needed), s.Group, s.Category, s.Agent, s.Priority, s.Efficient, s.Friendly, s.Book,
		s.Kept, s.Broken, s.Rating, s.Said, s.Rough, s.Met, s.Judged, s.Deviated, s.Back, s.Cause)
	if err != nil || len(missed) == 0 {
		return err
	}
	var b strings.Builder
	b.WriteString(`INSERT INTO score_miss (ticket_id, clause, closed_at, group_id) VALUES `)
	var args []any
	for i, clause := range missed {
		if i > 0 {
			b.WriteString(", ")
		}
		at := func(k int) string { return "$" + strconv.Itoa(4*i+k) }
		b.WriteString("(" + at(1) + ", " + at(2) + ", " + at(3) + ", " + at(4) + ")")
		args = append(args, s.Ticket, clause, s.Closed, s.Group)
	}
	_, err = db.Exec(ctx, tx, b.String(), args...)
	return err
}

// keepDeviations stores those of a ticket in place of what was stored.
func keepDeviations(ctx context.Context, tx *db.Tx, which ticket.ID, list []Deviation) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM score_deviation WHERE ticket_id = $1`, which); err != nil {
		return err
	}
	for i, d := range list {
		_, err := db.Exec(ctx, tx, `INSERT INTO score_deviation (ticket_id, nth, event_id, at, by_id, group_id, clause, gap, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			which, int64(i+1), d.Event, d.At, d.By, d.Group, d.Clause, d.Gap, d.Reason)
		if err != nil {
			return err
		}
	}
	return nil
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// counted says which tickets are counted in a figure: a figure and the list behind it both ask here.
func counted(f Figure) string {
	switch f {
	case FigureTickets:
		return `TRUE`
	case FigureConfirmed:
		return `needed = 1 AND closed_as = 'confirmed'`
	case FigureUnconfirmed:
		return `needed = 1 AND closed_as <> 'confirmed'`
	case FigureNeeded:
		return `needed = 1`
	case FigureRated:
		return `rating > 0`
	}
	return `FALSE`
}

// cells counts the tickets that were closed in a stretch of weeks of the same length.
func cells(ctx context.Context, q db.Querier, s calendar.Stretch, ask Question) ([]Cell, error) {
	return db.All(ctx, q, func(r db.Row) (c Cell, err error) {
		var week int64
		err = r.Scan(&week, &c.Group, &c.Category, &c.Agent, &c.Tickets, &c.Confirmed, &c.Unconfirmed, &c.Rated, &c.Stars,
			&c.sums[0], &c.counts[0], &c.sums[1], &c.counts[1], &c.sums[2], &c.counts[2])
		c.Week = s.Nth(week)
		return c, err
	}, `SELECT (closed_at - CAST($3 AS BIGINT)) / CAST($4 AS BIGINT), group_id, category_id, agent_id, COUNT(*),
			SUM(CASE WHEN `+counted(FigureConfirmed)+` THEN 1 ELSE 0 END), SUM(CASE WHEN `+counted(FigureUnconfirmed)+` THEN 1 ELSE 0 END),
			SUM(CASE WHEN `+counted(FigureRated)+` THEN 1 ELSE 0 END), SUM(rating),
			SUM(CASE WHEN efficient >= 0 THEN efficient ELSE 0 END), SUM(CASE WHEN efficient >= 0 THEN 1 ELSE 0 END),
			SUM(CASE WHEN friendly >= 0 THEN friendly ELSE 0 END), SUM(CASE WHEN friendly >= 0 THEN 1 ELSE 0 END),
			SUM(CASE WHEN book >= 0 THEN book ELSE 0 END), SUM(CASE WHEN book >= 0 THEN 1 ELSE 0 END)
		FROM score_ticket WHERE closed_at >= $1 AND closed_at < $2
			AND (CAST($5 AS BIGINT) = 0 OR group_id = $5) AND (CAST($6 AS BIGINT) = 0 OR category_id = $6)
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`, s.From, s.To, s.From.UnixMilli(), s.Week.Milliseconds(), ask.Group, ask.Category)
}

// behind lists the tickets that a figure counts.
func behind(ctx context.Context, q db.Querier, from, to time.Time, ask Question, p Pick, people []person.ID, every bool, after spot) ([]Entry, error) {
	at, group, category := after.at, ask.Group, ask.Category
	if at.IsZero() {
		at = to
	}
	if p.Group != nil {
		group = *p.Group
	}
	if p.Category != nil {
		category = *p.Category
	}
	if ask.Group != 0 && group != ask.Group || ask.Category != 0 && category != ask.Category {
		return nil, nil
	}
	args := []any{from, to, at, after.ticket, p.Group != nil || group != 0, group, p.Category != nil || category != 0, category, every, int64(p.Limit + 1), person.ID(-1)}
	for _, id := range people {
		args = append(args, id)
	}
	return db.All(ctx, q, func(r db.Row) (e Entry, err error) {
		err = r.Scan(&e.Ticket, &e.Closed, &e.As, &e.Group, &e.Category, &e.Agent, &e.Rating)
		return e, err
	}, `SELECT ticket_id, closed_at, closed_as, group_id, category_id, agent_id, rating FROM score_ticket
		WHERE closed_at >= $1 AND closed_at < $2 AND closed_at <= $3 AND (closed_at < $3 OR ticket_id < $4) AND `+counted(p.Figure)+`
			AND (NOT $5 OR group_id = $6) AND (NOT $7 OR category_id = $8) AND ($9 OR agent_id IN (`+db.List(len(people)+1, 11)+`))
		ORDER BY closed_at DESC, ticket_id DESC LIMIT $10`, args...)
}

// Count is a word with how often it stands there.
type Count struct {
	What string
	Many int64
}

func counts(ctx context.Context, q db.Querier, text string, args ...any) ([]Count, error) {
	return db.All(ctx, q, func(r db.Row) (c Count, err error) {
		err = r.Scan(&c.What, &c.Many)
		return c, err
	}, text, args...)
}

// causes are those that were told most often, of tickets that were closed in a stretch of time.
func causes(ctx context.Context, q db.Querier, from, to time.Time, group int64, most int) ([]Count, error) {
	return counts(ctx, q, `SELECT cause, COUNT(*) FROM score_ticket WHERE closed_at >= $1 AND closed_at < $2 AND cause <> ''
			AND (CAST($3 AS BIGINT) = 0 OR group_id = $3) GROUP BY cause ORDER BY COUNT(*) DESC, cause LIMIT $4`, from, to, group, int64(most))
}

// misses are the clauses that were missed most often.
func misses(ctx context.Context, q db.Querier, from, to time.Time, group int64) ([]Count, error) {
	return counts(ctx, q, `SELECT clause, COUNT(*) FROM score_miss WHERE closed_at >= $1 AND closed_at < $2
			AND (CAST($3 AS BIGINT) = 0 OR group_id = $3) GROUP BY clause ORDER BY COUNT(*) DESC, clause`, from, to, group)
}

// Closed returns the next tickets behind one, in order of their keys, that were closed since an instant
// and can be scored, and Many how many there are. They are for rooms of the desk.
func (s *Service) Closed(ctx context.Context, since time.Time, after ticket.ID, limit int) ([]int64, error) {
	return db.All(ctx, s.DB.Long(), db.Int, `SELECT ticket_id FROM score_ticket WHERE ticket_id > $1 AND closed_at >= $2 ORDER BY ticket_id LIMIT $3`, after, since, int64(limit))
}

// Many is how many Closed returns in all.
func (s *Service) Many(ctx context.Context, since time.Time) (int64, error) {
	return db.One(ctx, s.DB.Long(), db.Int, `SELECT COUNT(*) FROM score_ticket WHERE closed_at >= $1`, since)
}
