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

// Between counts the promises that were due in one stretch of time, as Counts does in weeks: the week of
// each count is the beginning of the stretch. Staff only.
func (s *Service) Between(ctx context.Context, by access.Actor, from, to time.Time) ([]Count, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	return counted(ctx, s.DB.Long(), calendar.Stretch{From: from, To: to, Week: to.Sub(from)})
}

// Stretch asks for the promises that were due in one stretch of time and ended one way, those due last
// first.
type Stretch struct {
	From, To  time.Time
	State     State
	Groups    []person.GroupID // nil for every one; 0 is that of tickets without one
	Priority  triage.Priority
	BeforeDue time.Time // goes on behind this one
	Before    ID
	Limit     int
}

// Due lists what Between counts. Staff only.
func (s *Service) Due(ctx context.Context, by access.Actor, x Stretch) ([]Promise, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	if x.BeforeDue.IsZero() {
		x.BeforeDue = x.To
	}
	every := x.Groups == nil
	if len(x.Groups) == 0 {
		x.Groups = []person.GroupID{-1} // nobody's
	}
	args := []any{x.From, x.To, x.State, x.Priority, x.BeforeDue, x.Before, every, x.Limit}
	for _, g := range x.Groups {
		args = append(args, g)
	}
	return db.All(ctx, s.DB.Long(), scan, `SELECT `+columns+dueIn+` AND state = $3 AND (CAST($4 AS BIGINT) = 0 OR priority = $4)
		AND (due < $5 OR due = $5 AND id < $6) AND ($7 OR COALESCE(group_id, 0) IN (`+db.List(len(x.Groups), 9)+`))
		ORDER BY due DESC, id DESC LIMIT $8`, args...)
}
