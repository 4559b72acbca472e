// SPDX-License-Identifier: Apache-2.0

package report

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

// place is how far the cache is computed.
type place struct {
	fact  int64     // up to this fact
	again ticket.ID // everything is computed again behind this ticket; -1 where nothing is
}

const idle ticket.ID = -1

func places(ctx context.Context, q db.Querier) ([]place, error) {
	return db.All(ctx, q, func(r db.Row) (p place, err error) {
		err = r.Scan(&p.fact, &p.again)
		return p, err
	}, `SELECT fact_id, again_id FROM report_place WHERE id = 1`)
}

// begin makes the first place; a node that was quicker made it already.
func begin(ctx context.Context, tx *db.Tx, p place) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO report_place (id, fact_id, again_id) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING`, p.fact, p.again)
	return err
}

// move goes on from a place. Where another node went on meanwhile nothing moves; both have
// computed the same.
func move(ctx context.Context, tx *db.Tx, from, to place) error {
	_, err := db.Exec(ctx, tx, `UPDATE report_place SET fact_id = $3, again_id = $4 WHERE id = 1 AND fact_id = $1 AND again_id = $2`,
		from.fact, from.again, to.fact, to.again)
	return err
}

// known returns up to which fact some tickets are computed.
func known(ctx context.Context, q db.Querier, which []int64) (map[int64]int64, error) {
	type row struct{ ticket, fact int64 }
	args := make([]any, 0, len(which))
	for _, id := range which {
		args = append(args, id)
	}
	list, err := db.All(ctx, q, func(r db.Row) (x row, err error) {
		err = r.Scan(&x.ticket, &x.fact)
		return x, err
	}, `SELECT ticket_id, fact_id FROM report_ticket WHERE ticket_id IN (`+db.List(len(which), 1)+`)`, args...)
	out := make(map[int64]int64, len(list))
	for _, x := range list {
		out[x.ticket] = x.fact
	}
	return out, err
}

// keep stores what was computed for a ticket up to a fact, unless somebody has computed it from
// later facts already.
func keep(ctx context.Context, tx *db.Tx, c computed) error {
	which, y, list := c.which, c.tally, c.runs
	n, err := db.Exec(ctx, tx, `
		INSERT INTO report_ticket (ticket_id, opened_at, group_id, priority, reassigned, reopened, rejected, closed, fact_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (ticket_id) DO UPDATE SET opened_at = excluded.opened_at, group_id = excluded.group_id, priority = excluded.priority,
			reassigned = excluded.reassigned, reopened = excluded.reopened, rejected = excluded.rejected, closed = excluded.closed, fact_id = excluded.fact_id
		WHERE report_ticket.fact_id <= excluded.fact_id`,
		which, y.Opened, y.Group, y.Priority, y.Reassigned, y.Reopened, y.Rejected, one(y.Closed), c.fact)
	if err != nil || n == 0 {
		return err
	}
	if err := keepOverrides(ctx, tx, which, c.over); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM report_clock WHERE ticket_id = $1`, which); err != nil {
		return err
	}
	for len(list) > 0 {
		part := list[:min(len(list), rowsAtOnce)]
		list = list[len(part):]
		if err := insert(ctx, tx, which, part); err != nil {
			return err
		}
	}
	if c.beside != nil {
		return c.beside(ctx, tx)
	}
	return nil
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 50

func insert(ctx context.Context, tx *db.Tx, which int64, list []Outcome) error {
	var b strings.Builder
	b.WriteString(`INSERT INTO report_clock (ticket_id, run, name, state, group_id, priority, due_at, done_at, took) VALUES `)
	args := make([]any, 0, 9*len(list))
	for i, x := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		at := func(k int) string { return "$" + strconv.Itoa(9*i+k) }
		b.WriteString("(" + at(1) + ", " + at(2) + ", " + at(3) + ", " + at(4) + ", " + at(5) + ", " + at(6) + ", " + at(7) + ", " + at(8) + ", " + at(9) + ")")
		args = append(args, which, x.Run, x.Name, x.State, x.Group, x.Priority, x.Due, x.Done, x.Took.Milliseconds())
	}
	_, err := db.Exec(ctx, tx, b.String(), args...)
	return err
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// ofRun is the figure in which a run of a clock is counted at $3: a figure and the list behind it both
// ask here.
const ofRun = `CASE WHEN state <> 'open' THEN state WHEN due_at < $3 THEN 'late' ELSE 'open' END`

// clocks counts the runs that were due in a stretch of weeks of the same length, week by week.
func clocks(ctx context.Context, q db.Querier, s calendar.Stretch, now time.Time) ([]Row, error) {
	type count struct {
		Row
		as   Figure
		many int64
	}
	list, err := db.All(ctx, q, func(r db.Row) (x count, err error) {
		var week, took int64
		err = r.Scan(&week, &x.Group, &x.Priority, &x.What, &x.as, &x.many, &took)
		x.Week, x.Longest = s.Nth(week), time.Duration(took)*time.Millisecond
		return x, err
	}, `SELECT (due_at - CAST($4 AS BIGINT)) / CAST($5 AS BIGINT), group_id, priority, name, `+ofRun+`, COUNT(*), MAX(took)
		FROM report_clock WHERE due_at >= $1 AND due_at < $2
		GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4`, s.From, s.To, now, s.From.UnixMilli(), s.Week.Milliseconds())
	var out []Row
	for _, x := range list {
		last := len(out) - 1
		if last < 0 || !out[last].Week.Equal(x.Week) || out[last].Group != x.Group || out[last].Priority != x.Priority || out[last].What != x.What {
			out = append(out, Row{Week: x.Week, Group: x.Group, Priority: x.Priority, What: x.What})
			last++
		}
		out[last].count(x.as, x.many)
		out[last].Longest = max(out[last].Longest, x.Longest)
	}
	return out, err
}

// times is how often a ticket is counted in a figure of what moved: a figure and the list behind it both
// ask here.
func times(f Figure) string {
	switch f {
	case FigureOpened:
		return `1`
	case FigureClosed:
		return `closed`
	case FigureReassigned:
		return `reassigned`
	case FigureReopened:
		return `reopened`
	case FigureRejected:
		return `rejected`
	case FigureKept, FigureBroken, FigureLate, FigureOpen, FigureMoved:
	}
	return `0`
}

// flows counts the tickets that were opened in such a stretch, week by week.
func flows(ctx context.Context, q db.Querier, s calendar.Stretch) ([]Flow, error) {
	return db.All(ctx, q, func(r db.Row) (x Flow, err error) {
		var week int64
		defer func() { x.Week = s.Nth(week) }()
		err = r.Scan(&week, &x.Group, &x.Priority, &x.Opened, &x.Closed, &x.Reassigned, &x.Reopened, &x.Rejected)
		return x, err
	}, `SELECT (opened_at - CAST($3 AS BIGINT)) / CAST($4 AS BIGINT), group_id, priority, SUM(`+times(FigureOpened)+`),
			SUM(`+times(FigureClosed)+`), SUM(`+times(FigureReassigned)+`), SUM(`+times(FigureReopened)+`), SUM(`+times(FigureRejected)+`)
		FROM report_ticket WHERE opened_at >= $1 AND opened_at < $2
		GROUP BY (opened_at - CAST($3 AS BIGINT)) / CAST($4 AS BIGINT), group_id, priority ORDER BY 1, 2, 3`, s.From, s.To, s.From.UnixMilli(), s.Week.Milliseconds())
}

// ran lists the runs that a figure counts.
func ran(ctx context.Context, q db.Querier, s calendar.Stretch, x seen, p Pick, after spot, now time.Time) ([]Entry, error) {
	at, every, groups := after.behind(s, x)
	return db.All(ctx, q, func(r db.Row) (e Entry, err error) {
		err = r.Scan(&e.Ticket, &e.spot.run, &e.What, &e.Group, &e.Priority, &e.At, &e.Done)
		e.Times, e.spot.at, e.spot.ticket = 1, e.At, int64(e.Ticket)
		return e, err
	}, `SELECT ticket_id, run, name, group_id, priority, due_at, done_at FROM report_clock
		WHERE due_at >= $1 AND due_at < $2 AND due_at <= $6 AND `+ofRun+` = $4 AND (CAST($5 AS TEXT) = '' OR name = $5)
			AND (due_at < $6 OR ticket_id < $7 OR ticket_id = $7 AND run < $8)
			AND (CAST($9 AS BIGINT) = 0 OR priority = $9) AND ($10 OR group_id IN (`+db.List(len(groups), 12)+`))
		ORDER BY due_at DESC, ticket_id DESC, run DESC LIMIT $11`,
		append([]any{s.From, s.To, now, p.Figure, p.What, at, after.ticket, after.run, x.priority, every, int64(p.Limit + 1)}, groups...)...)
}

// moved lists the tickets that a figure of what moved counts.
func moved(ctx context.Context, q db.Querier, s calendar.Stretch, x seen, p Pick, after spot) ([]Entry, error) {
	at, every, groups := after.behind(s, x)
	return db.All(ctx, q, func(r db.Row) (e Entry, err error) {
		err = r.Scan(&e.Ticket, &e.Group, &e.Priority, &e.At, &e.Times)
		e.spot.at, e.spot.ticket = e.At, int64(e.Ticket)
		return e, err
	}, `SELECT ticket_id, group_id, priority, opened_at, `+times(p.Figure)+` FROM report_ticket
		WHERE opened_at >= $1 AND opened_at < $2 AND opened_at <= $3 AND `+times(p.Figure)+` > 0 AND (opened_at < $3 OR ticket_id < $4)
			AND (CAST($5 AS BIGINT) = 0 OR priority = $5) AND ($6 OR group_id IN (`+db.List(len(groups), 8)+`))
		ORDER BY opened_at DESC, ticket_id DESC LIMIT $7`,
		append([]any{s.From, s.To, at, after.ticket, x.priority, every, int64(p.Limit + 1)}, groups...)...)
}

// stored returns what is kept of a ticket, for comparison.
func stored(ctx context.Context, q db.Querier, which ticket.ID) ([]Outcome, error) {
	return db.All(ctx, q, func(r db.Row) (x Outcome, err error) {
		var group person.GroupID
		var took int64
		err = r.Scan(&x.Run, &x.Name, &x.State, &group, &x.Priority, &x.Due, &x.Done, &took)
		x.Group, x.Took = group, time.Duration(took)*time.Millisecond
		return x, err
	}, `SELECT run, name, state, group_id, priority, due_at, done_at, took FROM report_clock WHERE ticket_id = $1 ORDER BY run`, which)
}
