// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Filter narrows the list of promises. Zero fields do not narrow.
type Filter struct {
	State  State // Open where empty: what is due first stands first; else what was due last
	Group  person.GroupID
	Person person.ID // owner or assignee
	Cursor string    // from the page before
	Limit  int       // 1–200, 50 where 0
}

// Line is a promise with the ticket that it was made on.
type Line struct {
	Promise
	On ticket.Ticket // without Detail
}

// Page is a stretch of the list.
type Page struct {
	Lines []Line
	Next  string // cursor of the next page; empty on the last
}

// List returns a page of promises over all tickets. Staff only.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter) (Page, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Page{}, err
	}
	switch f.State {
	case "":
		f.State = Open
	case Open, Kept, Broken, Renegotiated, Void:
	default:
		return Page{}, errs.Field("state", "promise.state_unknown")
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	from, err := f.place()
	if err != nil {
		return Page{}, err
	}
	list, err := listed(ctx, s.DB, f, from)
	if err != nil {
		return Page{}, err
	}
	var p Page
	if len(list) > f.Limit {
		list = list[:f.Limit]
		last := list[f.Limit-1]
		p.Next = strconv.FormatInt(last.Due.UnixMilli(), 10) + "." + strconv.FormatInt(int64(last.ID), 10)
	}
	keys := make([]ticket.ID, 0, len(list))
	for _, x := range list {
		keys = append(keys, x.Ticket)
	}
	on, err := s.Tickets.Some(ctx, by, keys)
	for _, x := range list {
		p.Lines = append(p.Lines, Line{x, on[x.Ticket]})
	}
	return p, err
}

// spot is a place in the list.
type spot struct {
	due int64 // milliseconds, as stored
	id  int64
}

// place reads the cursor; without one it lies before the first.
func (f Filter) place() (spot, error) {
	if f.Cursor == "" && f.State == Open {
		return spot{math.MinInt64, 0}, nil
	}
	if f.Cursor == "" {
		return spot{math.MaxInt64, math.MaxInt64}, nil
	}
	due, id, _ := strings.Cut(f.Cursor, ".")
	at, err := strconv.ParseInt(due, 10, 64)
	n, wrong := strconv.ParseInt(id, 10, 64)
	if err != nil || wrong != nil {
		return spot{}, errs.Field("cursor", "promise.cursor")
	}
	return spot{at, n}, nil
}

func listed(ctx context.Context, q db.Querier, f Filter, from spot) ([]Promise, error) {
	if f.State == Open {
		return db.All(ctx, q, scan, `
			SELECT `+columns+` FROM promise
			WHERE state = 'open' AND (due > $1 OR (due = $1 AND id > $2)) AND (CAST($3 AS BIGINT) = 0 OR group_id = $3)
				AND (CAST($4 AS BIGINT) = 0 OR owner_id = $4 OR assignee_id = $4)
			ORDER BY due, id LIMIT $5`, from.due, from.id, f.Group, f.Person, f.Limit+1)
	}
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM promise
		WHERE state = $6 AND (due < $1 OR (due = $1 AND id < $2)) AND (CAST($3 AS BIGINT) = 0 OR group_id = $3)
			AND (CAST($4 AS BIGINT) = 0 OR owner_id = $4 OR assignee_id = $4)
		ORDER BY due DESC, id DESC LIMIT $5`, from.due, from.id, f.Group, f.Person, f.Limit+1, f.State)
}

// Standing is how many promises somebody has open, and how many of them are due within the hour
// or have passed.
type Standing struct{ Open, Near, Over int }

// Standing counts open promises, of one person (0 for everybody). Staff only.
func (s *Service) Standing(ctx context.Context, by access.Actor, who person.ID) (Standing, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Standing{}, err
	}
	now := s.Clock.Now()
	return standing(ctx, s.DB, who, now, now.Add(time.Hour))
}

func standing(ctx context.Context, q db.Querier, who person.ID, now, near time.Time) (Standing, error) {
	return db.One(ctx, q, func(r db.Row) (x Standing, err error) {
		err = r.Scan(&x.Open, &x.Near, &x.Over)
		return x, err
	}, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN due >= $2 AND due < $3 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN due < $2 THEN 1 ELSE 0 END), 0)
		FROM promise WHERE state = 'open' AND (CAST($1 AS BIGINT) = 0 OR owner_id = $1 OR assignee_id = $1)`, who, now, near)
}
