// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Count is how many promises ended one way, of those that were due in one week.
type Count struct {
	Week     time.Time // the Monday on which it began, at midnight of the zone that was asked for
	Group    person.GroupID
	Priority triage.Priority
	Source   Source
	State    State
	Count    int64
}

// maxWeeks bounds a report.
const maxWeeks = 106

// Counts counts the promises that were due from the week of one instant to the week of another,
// both included, by group, priority, source and state. Weeks begin on Mondays in loc; of more
// than two years only the last two are counted. Staff only.
func (s *Service) Counts(ctx context.Context, by access.Actor, from, to time.Time, loc *time.Location) ([]Count, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	last := calendar.Monday(to, loc)
	week := calendar.Monday(from, loc)
	if least := last.AddDate(0, 0, -7*(maxWeeks-1)); week.Before(least) {
		week = least
	}
	var out []Count
	for _, stretch := range calendar.Weeks(week, last) {
		list, err := counted(ctx, s.DB.Long(), stretch)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// dueIn are the promises of a stretch of time: counting them and listing them both ask here.
const dueIn = ` FROM promise WHERE due >= $1 AND due < $2`

// counted counts the weeks of a stretch in one query, over an index that holds all of it.
func counted(ctx context.Context, q db.Querier, s calendar.Stretch) ([]Count, error) {
	return db.All(ctx, q, func(r db.Row) (c Count, err error) {
		var week int64
		err = r.Scan(&week, &c.Group, &c.Priority, &c.Source, &c.State, &c.Count)
		c.Week = s.Nth(week)
		return c, err
	}, `SELECT (due - CAST($3 AS BIGINT)) / CAST($4 AS BIGINT), COALESCE(group_id, 0), priority, source, state, COUNT(*)`+dueIn+`
		GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`, s.From, s.To, s.From.UnixMilli(), s.Week.Milliseconds())
}
