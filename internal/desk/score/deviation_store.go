// SPDX-License-Identifier: Apache-2.0

package score

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const (
	deviationColumns = `d.event_id, d.ticket_id, d.at, d.by_id, d.group_id, d.clause, d.gap, d.reason,
		COALESCE(r.verdict, ''), COALESCE(r.comment, ''), COALESCE(r.by_id, 0), r.at`
	deviationTables = ` FROM score_deviation d LEFT JOIN score_review r ON r.event_id = d.event_id`
	deviationWhere  = ` WHERE d.at >= $1 AND (CAST($2 AS TEXT) = '' OR d.clause = $2) AND (CAST($3 AS BIGINT) = 0 OR d.group_id = $3)
		AND (CAST($4 AS BIGINT) = 0 OR d.by_id = $4)`
)

func scanDeviation(r db.Row) (d Deviation, err error) {
	err = r.Scan(&d.Event, &d.Ticket, &d.At, &d.By, &d.Group, &d.Clause, &d.Gap, &d.Reason,
		&d.Review.Finding, &d.Review.Comment, &d.Review.By, &d.Review.At)
	return d, err
}

func deviations(ctx context.Context, q db.Querier, from time.Time, f Filter) ([]Deviation, error) {
	before := f.Before
	if before.At.IsZero() {
		before.At = time.UnixMilli(1 << 52)
	}
	return db.All(ctx, q, scanDeviation, `SELECT `+deviationColumns+deviationTables+deviationWhere+`
		AND (CAST($5 AS TEXT) = '' OR COALESCE(r.verdict, 'unseen') = $5)
		AND (d.at < $6 OR d.at = $6 AND d.event_id < $7)
		ORDER BY d.at DESC, d.event_id DESC LIMIT $8`, from, f.Clause, f.Group, f.By, f.Finding, before.At, before.Event, int64(f.Limit+1))
}

func tallies(ctx context.Context, q db.Querier, from, to time.Time, f Filter) ([]Tally, error) {
	return db.All(ctx, q, func(r db.Row) (t Tally, err error) {
		err = r.Scan(&t.Clause, &t.Unseen, &t.Accepted, &t.Refused)
		return t, err
	}, `SELECT d.clause, SUM(CASE WHEN r.verdict IS NULL THEN 1 ELSE 0 END), SUM(CASE WHEN r.verdict = 'accepted' THEN 1 ELSE 0 END),
			SUM(CASE WHEN r.verdict = 'refused' THEN 1 ELSE 0 END)`+deviationTables+deviationWhere+` AND d.at < $5
		GROUP BY d.clause ORDER BY COUNT(*) DESC, d.clause`, from, f.Clause, f.Group, f.By, to)
}

func deviation(ctx context.Context, q db.Querier, which int64) (Deviation, error) {
	d, err := db.One(ctx, q, scanDeviation, `SELECT `+deviationColumns+deviationTables+` WHERE d.event_id = $1`, which)
	if errs.KindOf(err) == errs.NotFound {
		return d, errs.New(errs.NotFound, "score.no_deviation")
	}
	return d, err
}

func deviationsOf(ctx context.Context, q db.Querier, which ticket.ID) ([]Deviation, error) {
	return db.All(ctx, q, scanDeviation, `SELECT `+deviationColumns+deviationTables+` WHERE d.ticket_id = $1 ORDER BY d.nth`, which)
}

func keepReview(ctx context.Context, tx *db.Tx, d Deviation, r Review) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO score_review (event_id, ticket_id, verdict, comment, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (event_id) DO UPDATE SET verdict = excluded.verdict, comment = excluded.comment, by_id = excluded.by_id, at = excluded.at`,
		d.Event, d.Ticket, string(r.Finding), r.Comment, r.By, r.At)
	return err
}
